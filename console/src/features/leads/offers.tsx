import { Link } from '@tanstack/react-router';
import { Decide } from '../../returns/decide';
import { GiveBack } from '../../returns/give-back';
import { ReturnState, ReturnStory } from '../../returns/return-line';
import { mayBeReturned, RETURN_KINDS } from '../../returns/words';
import { Card, Money, StateChip, Time } from '../../ui/parts';
import type { LeadDetails } from './timeline';

/** The offers with what each brought, and what came back. */
export function Offers({ lead }: { lead: LeadDetails }) {
  const currency = lead.decision?.version?.currency;
  return (
    <Card title="Offers and money">
      {lead.deliveries.length === 0 && <p className="faint">The lead was offered to nobody.</p>}
      {lead.deliveries.map((delivery) => (
        <article key={delivery.id} className="offer">
          <header>
            <Link to="/destinations/$name" params={{ name: delivery.destination }}>
              {delivery.destination}
            </Link>
            <StateChip state={delivery.state} />
            <span className="right">{delivery.price && <Money amount={delivery.price} currency={currency} />}</span>
          </header>
          {delivery.reason && <p>{delivery.reason}</p>}
          {delivery.finding && <p className="finding">{delivery.finding}</p>}
          {delivery.conversions.map((conversion) => (
            <p key={conversion.id} className="conversion">
              <StateChip state={conversion.status} />
              <Time at={conversion.receivedAt} />
              <span className="right">
                <Money amount={conversion.revenue} currency={conversion.currency} />
              </span>
            </p>
          ))}
          {delivery.returns.map((it) => (
            <div key={it.id} className="return-line">
              <ReturnState of={it} />
              <div>
                {RETURN_KINDS[it.kind]}
                {it.reason && `: ${it.reason}`}, <Time at={it.requestedAt} />
                <ReturnStory of={it} />
              </div>
              <Decide of={it} />
            </div>
          ))}
          {delivery.state === 'ACCEPTED' && mayBeReturned(delivery.returns) && (
            <div>
              <GiveBack delivery={delivery.id} destination={delivery.destination} />
            </div>
          )}
          {delivery.attempts.map(
            (attempt) =>
              attempt.responseExcerpt && (
                <details key={attempt.number}>
                  <summary>Answer</summary>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
                  <pre tabIndex={0}>{attempt.responseExcerpt}</pre>
                </details>
              ),
          )}
          <p className="faint">
            click id <span className="mono">{delivery.clickId}</span>
          </p>
        </article>
      ))}
    </Card>
  );
}

import type { SendTestLeadMutation } from '../../graphql/generated';
import { duration } from '../../ui/format';
import { Card, Fact, Money, StateChip } from '../../ui/parts';
import { headText, prettyBody } from './body';

export type Exchange = NonNullable<SendTestLeadMutation['sendTestLead']['exchange']>;

const OUTCOMES: Record<string, { state: string; label: string }> = {
  accepted: { state: 'ACCEPTED', label: 'accepted' },
  rejected: { state: 'REJECTED', label: 'refused' },
  not_sent: { state: 'NOT_SENT', label: 'not sent' },
  unknown: { state: 'HELD', label: 'unknown: the lead would be held or passed on' },
};

/** A request beside its answer, and how the answer was read. */
export function ExchangeView({ of, currency }: { of: Exchange | null; currency: string | null }) {
  if (!of) {
    return (
      <Card title="The exchange">
        <p className="faint">Send the lead: its request and the answer to it are shown here, side by side.</p>
      </Card>
    );
  }
  const outcome = OUTCOMES[of.outcome] ?? { state: 'HELD', label: of.outcome };
  return (
    <div className="test-lead-result">
      <Card title="How the answer was read">
        <dl className="facts-plain" aria-label="Reading">
          <Fact name="Outcome">
            <StateChip state={outcome.state} label={outcome.label} />
          </Fact>
          <Fact name="Pays">
            <Money amount={of.price} currency={currency} />
          </Fact>
          {of.reason !== null && <Fact name="Reason">{of.reason}</Fact>}
          {of.reference !== null && <Fact name="Its id of the lead">{of.reference}</Fact>}
          {of.redirectUrl !== null && <Fact name="Sends the person to">{of.redirectUrl}</Fact>}
          {of.finding !== null && <Fact name="Odd">{of.finding}</Fact>}
          <Fact name="Took">{duration(of.latencyMs)}</Fact>
        </dl>
      </Card>
      <div className="columns">
        <Card title="Request, as it went">
          {of.request ? (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <pre tabIndex={0}>{headText(of.request)}</pre>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              {of.request.body !== null && <pre tabIndex={0}>{prettyBody(of.request.body)}</pre>}
            </>
          ) : (
            <p className="faint">None could be made.</p>
          )}
        </Card>
        <Card title="Answer, as it came">
          <p>{of.status === null ? 'No HTTP answer.' : `HTTP ${of.status}`}</p>
          {of.responseExcerpt !== null && of.responseExcerpt !== '' ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            <pre tabIndex={0}>{prettyBody(of.responseExcerpt)}</pre>
          ) : (
            <p className="faint">It has no body.</p>
          )}
        </Card>
      </div>
      <p className="faint">Secrets are masked in both.</p>
    </div>
  );
}

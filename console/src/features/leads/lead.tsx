import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { pollOf, useFollow } from '../../graphql/follow';
import { LeadChanged, Lead as LeadOperation, OwnLead } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useMay } from '../../shell/session';
import { duration, instant, less, shortId, sum, words } from '../../ui/format';
import { isTyping } from '../../ui/keys';
import { LeadLink } from '../../ui/lead-link';
import { Card, Empty, Fact, Heading, Loaded, Money, StateChip, Time } from '../../ui/parts';
import { Steps } from '../../walk/steps';
import { EventList } from './event-list';
import { Fields, OwnFields } from './fields';
import { Offers } from './offers';
import { axisOf, eventsOf, type LeadDetails } from './timeline';
import { TimelineChart } from './timeline-chart';

/** One lead: what happened, when, why, and for how much. */
export function Lead() {
  const { id } = useParams({ from: '/shell/leads/$id' });
  return useMay('READ') ? <WholeLead key={id} id={id} /> : <LeadOfSource key={id} id={id} />;
}

function NoLead() {
  return <Empty title="There is no lead with this id, or you may not see it." />;
}

function WholeLead({ id }: { id: string }) {
  const mayErase = useMay('ADMINISTER');
  const client = useQueryClient();
  const isLive = useFollow(
    LeadChanged,
    { id },
    () => void client.invalidateQueries({ queryKey: [LeadOperation.name, { id }] }),
  );
  const lead = useAsk(LeadOperation, { id }, pollOf(isLive));
  return (
    <>
      <Heading title={`Lead ${shortId(id)}`}>
        <div className="actions">
          <span className="mono faint">{id}</span>
          {mayErase && (
            <Link to="/people" search={{ lead: id }} className="button">
              Forget this person
            </Link>
          )}
        </div>
      </Heading>
      <Loaded of={lead} lines={10}>
        {(data) => (data.lead ? <Found lead={data.lead} /> : <NoLead />)}
      </Loaded>
    </>
  );
}

function Found({ lead }: { lead: LeadDetails }) {
  const events = eventsOf(lead);
  const steps = lead.decision?.explanation?.steps ?? [];
  const { step, whynot } = useSearch({ from: '/shell/leads/$id' });
  const navigate = useNavigate({ from: '/leads/$id' });
  const chosen = Math.min(step ?? 0, Math.max(0, steps.length - 1));
  const choose = (next: number) =>
    void navigate({ search: (old) => ({ ...old, step: next === 0 ? undefined : next }), replace: true });
  const showWhyNot = (shown: boolean) =>
    void navigate({ search: (old) => ({ ...old, whynot: shown ? true : undefined }), replace: true });
  useLeadKeys({
    '[': () => choose(Math.max(0, chosen - 1)),
    ']': () => choose(Math.min(steps.length - 1, chosen + 1)),
    w: () => showWhyNot(!whynot),
  });
  return (
    <>
      <Summary lead={lead} />
      <Card title="What happened">
        <TimelineChart events={events} axis={axisOf(events)} step={chosen} onStep={choose} />
        <EventList events={events} step={chosen} onStep={choose} />
      </Card>
      <Steps
        walk={lead.decision?.explanation}
        currency={lead.decision?.version?.currency}
        step={chosen}
        onStep={choose}
        whyNot={whynot === true}
        onWhyNot={showWhyNot}
      />
      <div className="columns">
        <Offers lead={lead} />
        <Fields id={lead.id} fields={lead.fields} personal={lead.personalFields} reads={lead.personalReads} />
      </div>
    </>
  );
}

function useLeadKeys(commands: Record<string, () => void>) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!document.querySelector('dialog[open]')) commands[event.key]?.();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}

/** Time and money in one line. */
function Summary({ lead }: { lead: LeadDetails }) {
  const { decision } = lead;
  const took = lead.settledAt ? instant(lead.settledAt) - instant(lead.receivedAt) : null;
  return (
    <dl className="facts">
      <Fact name="Status">
        <StateChip state={lead.status} />
        {lead.isTest && <span className="tag">test</span>}
      </Fact>
      <Fact name="Revenue">
        <Money amount={lead.revenue} currency={decision?.version?.currency} />
      </Fact>
      <Paid lead={lead} />
      <Fact name="Received">
        <Time at={lead.receivedAt} />
      </Fact>
      <Fact name="Took">{took === null ? <span className="faint">under way</span> : duration(took)}</Fact>
      <Fact name="Flow">
        {lead.flow}
        {decision?.version && <span className="faint"> version {decision.version.number}</span>}
      </Fact>
      <Fact name="Source">
        <Link to="/sources/$name" params={{ name: lead.source }}>
          {lead.source}
        </Link>
      </Fact>
      {lead.idempotencyKey && (
        <Fact name="Key">
          <span className="mono">{lead.idempotencyKey}</span>
        </Fact>
      )}
      {lead.duplicateOf && (
        <Fact name="Duplicate of">
          <LeadLink id={lead.duplicateOf} />
        </Fact>
      )}
      {decision?.endReason && <Fact name="Reason">{decision.endReason}</Fact>}
      {decision && <Fact name="Weights of epoch">{decision.epoch}</Fact>}
    </dl>
  );
}

/** What its source is paid for it, and what that leaves where both are in one currency. */
function Paid({ lead: { revenue, payouts, decision } }: { lead: LeadDetails }) {
  const paid = [...new Set(payouts.map(({ currency }) => currency))].map((currency) => ({
    currency,
    amount: sum(payouts.filter((it) => it.currency === currency).map(({ amount }) => amount)),
  }));
  const [only, ...others] = paid;
  if (!only) return null;
  return (
    <>
      <Fact name="Payouts">
        {paid.map(({ currency, amount }, n) => (
          <span key={currency}>
            {n > 0 && ', '}
            <Money amount={amount} currency={currency} />
          </span>
        ))}
      </Fact>
      {others.length === 0 && only.currency === decision?.version?.currency && (
        <Fact name="Margin">
          <Money amount={less(revenue, only.amount)} currency={only.currency} />
        </Fact>
      )}
    </>
  );
}

function LeadOfSource({ id }: { id: string }) {
  const lead = useAsk(OwnLead, { id }, { poll: true });
  return (
    <>
      <Heading title={`Lead ${shortId(id)}`}>
        <span className="mono faint">{id}</span>
      </Heading>
      <Loaded of={lead}>
        {({ lead: found }) =>
          found ? (
            <>
              <dl className="facts">
                <Fact name="Status">
                  <StateChip state={found.status} label={words(found.status)} />
                </Fact>
                <Fact name="Received">
                  <Time at={found.receivedAt} />
                </Fact>
                <Fact name="Flow">{found.flow}</Fact>
              </dl>
              <OwnFields fields={found.fields} personal={found.personalFields} />
            </>
          ) : (
            <NoLead />
          )
        }
      </Loaded>
    </>
  );
}

import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { FlowDocument } from '../../../graphql/flow-document';
import { Replays, type ReplaysQuery, StartReplay } from '../../../graphql/generated';
import { useAsk } from '../../../graphql/use-ask';
import { useChange } from '../../../graphql/use-change';
import { Choice } from '../../../ui/choice';
import { equal } from '../../../ui/equal';
import { FormProblems } from '../../../ui/form';
import { percent } from '../../../ui/format';
import { useNow } from '../../../ui/now';
import { Allowed, Bar, Card, Sentence, StateChip, Time } from '../../../ui/parts';
import { currencyOf, STATES, signed, VERDICTS } from '../../../ui/replay-words';
import { capital } from '../../../ui/sentences';

/** Latest replays among which one of this draft is looked for. */
const LATEST = 10;
/** Days of leads that are replayed. */
const DAYS = 30;
/** Days for which a lead may bring money: younger ones are left out. */
const WINDOWS = ['0', '1', '7', '30'] as const;

type Replay = ReplaysQuery['simulations']['nodes'][number];

/** What the past says of exactly this draft: a replay of the document as it stands here, found again after a reload. */
export function Evidence({
  flow,
  document,
  live,
  hasErrors,
}: {
  flow: string;
  document: FlowDocument;
  /** Hash of the version that is live; none if none is. */
  live: string | null;
  hasErrors: boolean;
}) {
  const now = useNow();
  const asked = useAsk(Replays, { first: LATEST }, { poll: true, pollMs: 2_000 });
  const [window, setWindow] = useState<(typeof WINDOWS)[number]>('30');
  const change = useChange(StartReplay, (answer) => answer.startSimulation);
  const found = asked.data?.simulations.nodes.find(
    ({ scenario, state }) => scenario.flow === flow && state !== 'CANCELLED' && equal(scenario.candidate, document),
  );
  const isUnderWay = found?.state === 'PENDING' || found?.state === 'RUNNING';
  const start = () =>
    change.send({
      input: {
        scenario: {
          flow,
          candidate: document,
          ...(live && { baseline: live }),
          from: Math.round((now - DAYS * 86_400_000) * 1_000),
          attribution_window_days: Number(window),
        },
      },
    });
  return (
    <Card
      title="What the past says of it"
      aside={
        !isUnderWay && (
          <Allowed to="READ" by="an analyst">
            <button
              type="button"
              className="button"
              disabled={hasErrors || change.isBusy || !asked.data}
              onClick={() => void start()}
            >
              {found ? 'Replay it again' : `Replay it over the last ${DAYS} days`}
            </button>
          </Allowed>
        )
      }
    >
      {!found && (
        <p className="faint">
          {hasErrors
            ? 'Once it has no errors, it can be replayed before it is published.'
            : 'Past leads are weighed by how likely this draft would have sent them the same way. Nothing is sent to anybody.'}
        </p>
      )}
      {found && <Found of={found} />}
      {!isUnderWay && !hasErrors && (
        <Choice
          label="A lead may bring money for"
          value={window}
          options={WINDOWS}
          show={(days) => (days === '0' ? 'its first moment alone' : `${days} ${days === '1' ? 'day' : 'days'}`)}
          isRequired
          onChange={(next) => setWindow(next ?? '30')}
        />
      )}
      <FormProblems mistakes={change.mistakes} fault={change.fault} />
    </Card>
  );
}

function Found({ of }: { of: Replay }) {
  const { report, state } = of;
  return (
    <>
      <p className="evidence-line">
        {report ? (
          <StateChip state={`REPLAY_${report.verdict.kind}`} label={VERDICTS[report.verdict.kind].words} />
        ) : (
          <StateChip state={`REPLAY_${state}`} label={STATES[state]} />
        )}
        <span className="faint">
          of exactly this draft, asked <Time at={of.createdAt} />
        </span>
        <Link to="/replays/$id" params={{ id: of.id }}>
          {report ? 'The whole report' : 'Follow it'}
        </Link>
      </p>
      {state === 'RUNNING' && (
        <Bar value={of.progress} max={1} label={`${percent(of.progress)} of the leads are read`} />
      )}
      {of.error && <p className="problem">{of.error}</p>}
      {report && <Difference of={report} />}
      {report?.verdict.because.map((reason) => (
        <p key={reason}>
          <Sentence text={capital(reason)} currency={currencyOf(report.unit)} />.
        </p>
      ))}
    </>
  );
}

/** The difference with its interval, where the log supports one: a bare number would mislead. */
function Difference({ of: { verdict, difference, unit } }: { of: NonNullable<Replay['report']> }) {
  const { diff, ci95 } = difference;
  if (verdict.kind === 'not_enough_evidence' || diff === null || ci95 === null) return null;
  return (
    <p>
      <strong className="number">{signed(diff, unit)}</strong> a lead,{' '}
      <span className="number">
        {signed(ci95[0], unit)} to {signed(ci95[1], unit)}
      </span>{' '}
      in 95 of 100 cases
    </p>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { pollOf, useFollow } from '../../graphql/follow';
import { CancelReplay, Replay as ReplayOperation, ReplayProgress, type ReplayQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { FormProblems } from '../../ui/form';
import { percent } from '../../ui/format';
import { Allowed, Bar, Card, Empty, Fact, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { STATES } from '../../ui/replay-words';
import { Report } from './report';
import { useVersionNames } from './version-names';
import { moment } from './words';

export { NewReplay } from './new-replay';

/** One replay: how far it is, and what it found. */
export function Replay() {
  const { id } = useParams({ from: '/shell/replays/$id' });
  const client = useQueryClient();
  const [isOver, setOver] = useState(false);
  const isLive = useFollow(ReplayProgress, { id }, ({ simulationProgress: { state } }) => {
    setOver(state !== 'PENDING' && state !== 'RUNNING');
    void client.invalidateQueries({ queryKey: [ReplayOperation.name, { id }] });
  });
  const asked = useAsk(ReplayOperation, { id }, pollOf(isLive || isOver, 1_000));
  return (
    <Loaded of={asked}>
      {({ simulation }) =>
        simulation ? (
          <Found of={simulation} />
        ) : (
          <>
            <Heading title="Replay" />
            <Empty title="There is no replay with this id." />
          </>
        )
      }
    </Loaded>
  );
}

function Found({ of }: { of: NonNullable<ReplayQuery['simulation']> }) {
  const change = useChange(CancelReplay, (answer) => answer.cancelSimulation);
  const versionName = useVersionNames();
  const { scenario, state, report } = of;
  const isUnderWay = state === 'PENDING' || state === 'RUNNING';
  const candidate = versionName(scenario.flow, scenario.candidate);
  const baseline = scenario.baseline ? versionName(scenario.flow, scenario.baseline) : 'what was decided then';
  return (
    <>
      <Heading title={`Replay of ${scenario.flow}`}>
        <div className="actions">
          <StateChip state={`REPLAY_${state}`} label={STATES[state]} />
          {isUnderWay && (
            <Allowed to="READ" by="an analyst">
              <button
                type="button"
                className="button"
                disabled={change.isBusy}
                onClick={() => void change.send({ input: { id: of.id } })}
              >
                Cancel
              </button>
            </Allowed>
          )}
          {report && (
            <button type="button" className="button" onClick={() => print()}>
              Print
            </button>
          )}
        </div>
      </Heading>
      <FormProblems mistakes={change.mistakes} fault={change.fault} />
      {isUnderWay && (
        <Card title={state === 'PENDING' ? 'Waits for its turn' : `${percent(of.progress)} of the leads are read`}>
          <Bar value={of.progress} max={1} label="Part of the leads that is read" />
        </Card>
      )}
      {state === 'FAILED' && (
        <section className="verdict-banner verdict-stop" aria-label="What happened">
          <strong>It failed.</strong>
          <p>{of.error}</p>
        </section>
      )}
      {state === 'CANCELLED' && <Empty title="It was cancelled before its end." />}
      {report && <Report of={report} candidate={candidate} baseline={baseline} flow={scenario.flow} />}
      <dl className="facts">
        <Fact name="Candidate">{candidate}</Fact>
        <Fact name="Against">{baseline}</Fact>
        <Fact name="Leads from">
          {scenario.from == null ? 'the first one' : <Time at={moment(scenario.from)} />}
          {scenario.until != null && (
            <>
              {' '}
              to <Time at={moment(scenario.until)} />
            </>
          )}
        </Fact>
        <Fact name="Asked">
          <Time at={of.createdAt} />
        </Fact>
        {report?.maturity && (
          <Fact name="Outcomes known until">
            <Time at={report.maturity.observed_until} />
          </Fact>
        )}
      </dl>
    </>
  );
}

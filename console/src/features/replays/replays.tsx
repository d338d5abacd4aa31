import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useFollow } from '../../graphql/follow';
import {
  ReplayProgress,
  type ReplayProgressSubscription,
  Replays as ReplaysOperation,
  type ReplaysQuery,
} from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { percent } from '../../ui/format';
import { More } from '../../ui/more';
import { Allowed, Empty, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { STATES, signed, VERDICTS } from '../../ui/replay-words';
import { useRows } from '../../ui/rows';
import { useVersionNames } from './version-names';

const UNDER_WAY: ReadonlySet<string> = new Set(['PENDING', 'RUNNING']);
/** Most replays that a list follows: a connection has few subscriptions. */
const FOLLOWED_MAX = 8;

/** Reports are long: pages are short. */
const PAGE_SIZE = 20;

/** All replays: what was asked of the past, and what it said. */
export function Replays() {
  const pages = usePages(ReplaysOperation, {}, (answer) => answer.simulations.pageInfo, PAGE_SIZE, 0);
  const replays = pages.data?.pages.flatMap((page) => page.simulations.nodes) ?? [];
  return (
    <>
      <Heading title="Replays">
        <Allowed to="READ" by="an analyst">
          <Link to="/replays/new" search={{}} className="button">
            Replay a version
          </Link>
        </Allowed>
      </Heading>
      <Loaded of={pages}>
        {() =>
          replays.length > 0 ? (
            <Table replays={replays} />
          ) : (
            <Empty title="Nothing was replayed yet.">
              <p>
                Each decision is kept with the chances of everything that could have happened. A replay weighs past
                leads by how likely another version would have sent them the same way, and says what it would have
                earned, with an interval, or that the past cannot tell.
              </p>
            </Empty>
          )
        }
      </Loaded>
      <More of={pages} shown={replays.length} />
    </>
  );
}

type Row = ReplaysQuery['simulations']['nodes'][number];

function Table({ replays }: { replays: Row[] }) {
  const navigate = useNavigate();
  const versionName = useVersionNames();
  // One runs at a time, the oldest first.
  const underWay = replays.filter(({ state }) => UNDER_WAY.has(state));
  const followed = new Set(underWay.slice(-FOLLOWED_MAX).map(({ id }) => id));
  const body = useRows(replays.length, (at) => {
    const row = replays[at];
    if (row) void navigate({ to: '/replays/$id', params: { id: row.id } });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Replay</th>
            <th scope="col">Candidate</th>
            <th scope="col">Against</th>
            <th scope="col">State</th>
            <th scope="col">Verdict</th>
            <th scope="col" className="right">
              Difference a lead
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {replays.map((row) => (
            <tr key={row.id}>
              <th scope="row">
                <Link to="/replays/$id" params={{ id: row.id }}>
                  {row.scenario.flow}
                </Link>
                <div className="faint">
                  <Time at={row.createdAt} />
                </div>
              </th>
              <td>{versionName(row.scenario.flow, row.scenario.candidate)}</td>
              <td>
                {row.scenario.baseline
                  ? versionName(row.scenario.flow, row.scenario.baseline)
                  : 'what was decided then'}
              </td>
              <td>
                <Progress of={row} isFollowed={followed.has(row.id)} />
              </td>
              <td className="wrap">
                {row.report && (
                  <StateChip
                    state={`REPLAY_${row.report.verdict.kind}`}
                    label={VERDICTS[row.report.verdict.kind].words}
                  />
                )}
                {row.error && <span className="faint">{row.error}</span>}
              </td>
              <td className="right number">
                <Difference of={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** How far a replay is, as it goes on. At its end the list is asked again for what it found. */
function Progress({ of: row, isFollowed }: { of: Row; isFollowed: boolean }) {
  const client = useQueryClient();
  const [told, setTold] = useState<ReplayProgressSubscription['simulationProgress'] | null>(null);
  useFollow(ReplayProgress, isFollowed ? { id: row.id } : null, ({ simulationProgress: now }) => {
    setTold(now);
    if (!UNDER_WAY.has(now.state)) void client.invalidateQueries({ queryKey: [ReplaysOperation.name] });
  });
  const { state, progress } = told ?? row;
  return (
    <StateChip
      state={`REPLAY_${state}`}
      label={state === 'RUNNING' ? `${STATES.RUNNING}, ${percent(progress)}` : STATES[state]}
    />
  );
}

/** The difference with its interval, where the log supports one: a bare number would mislead. */
function Difference({ of: { report } }: { of: Row }) {
  if (!report || report.verdict.kind === 'not_enough_evidence') return null;
  const { diff, ci95 } = report.difference;
  if (diff === null || ci95 === null) return null;
  return (
    <>
      {signed(diff, report.unit)}
      <div className="faint">
        {signed(ci95[0], report.unit)} to {signed(ci95[1], report.unit)}
      </div>
    </>
  );
}

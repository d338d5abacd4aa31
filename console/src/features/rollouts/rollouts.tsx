import { Link, useNavigate } from '@tanstack/react-router';
import { Rollouts as RolloutsOperation, type RolloutsQuery } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { More } from '../../ui/more';
import { Allowed, Empty, Heading, Loaded, Sentence, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';
import { capital } from '../../ui/sentences';
import { exposure } from './words';

const PAGE_SIZE = 20;
const STALE_MS = 5_000;

/** All rollouts: which version takes how many leads, and what it waits for. */
export function Rollouts() {
  const pages = usePages(RolloutsOperation, {}, (answer) => answer.rollouts.pageInfo, PAGE_SIZE, STALE_MS);
  const rollouts = pages.data?.pages.flatMap((page) => page.rollouts.nodes) ?? [];
  return (
    <>
      <Heading title="Rollouts">
        <Allowed to="EDIT" by="an editor">
          <Link to="/rollouts/new" search={{}} className="button">
            Roll out a version
          </Link>
        </Allowed>
      </Heading>
      <Loaded of={pages}>
        {() =>
          rollouts.length > 0 ? (
            <Table rollouts={rollouts} />
          ) : (
            <Empty title="No version was rolled out yet.">
              <p>
                A rollout takes a new version from nobody to everybody in steps: first it decides leads without sending
                anything, then it takes a growing share of them, and then it is live. What harms is taken back without
                anybody being there.
              </p>
            </Empty>
          )
        }
      </Loaded>
      <More of={pages} shown={rollouts.length} />
    </>
  );
}

type Row = RolloutsQuery['rollouts']['nodes'][number];

function Table({ rollouts }: { rollouts: Row[] }) {
  const navigate = useNavigate();
  const body = useRows(rollouts.length, (at) => {
    const row = rollouts[at];
    if (row) void navigate({ to: '/rollouts/$name', params: { name: row.name } });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Rollout</th>
            <th scope="col">State</th>
            <th scope="col">Version</th>
            <th scope="col">Step</th>
            <th scope="col">What it waits for</th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rollouts.map((row) => (
            <tr key={row.name} className={row.endedAt ? 'is-over' : undefined}>
              <th scope="row">
                <Link to="/rollouts/$name" params={{ name: row.name }}>
                  {row.name}
                </Link>
                <div className="faint">{row.flow}</div>
              </th>
              <td>
                <StateChip state={`ROLLOUT_${row.state}`} label={STATES[row.state]} />
              </td>
              <td className="wrap">
                {row.version ? `${row.version.number}${row.version.message && `: ${row.version.message}`}` : 'gone'}
              </td>
              <td>
                {row.endedAt ? (
                  <span className="faint">ended</span>
                ) : (
                  <>
                    {row.step + 1} of {row.steps.length}
                    <div className="faint">{exposure(row.steps[row.step] ?? { sharePpm: null })}</div>
                  </>
                )}
              </td>
              <td className="wrap">
                {row.gate?.reasons.map((reason) => (
                  <div key={reason}>
                    <Sentence text={capital(reason)} />
                  </div>
                ))}
              </td>
              <td>
                <Time at={row.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export const STATES: Record<Row['state'], string> = {
  RUNNING: 'running',
  PAUSED: 'paused',
  LIVE: 'live',
  ROLLED_BACK: 'turned back',
};

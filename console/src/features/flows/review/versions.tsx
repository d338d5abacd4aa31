import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  CompareVersions,
  FlowHistory,
  type FlowHistoryQuery,
  MoveStage,
  RollBackStage,
} from '../../../graphql/generated';
import { useAsk } from '../../../graphql/use-ask';
import { useChange } from '../../../graphql/use-change';
import { Ask } from '../../../ui/ask';
import { count } from '../../../ui/format';
import { Allowed, Card, Empty, Heading, Loaded, Sentence, StateChip, Time } from '../../../ui/parts';
import { changeText } from '../../../ui/sentences';

/** Every version of a flow, which one is live, and how that came about. */
export function Versions() {
  const { flow: name } = useParams({ from: '/shell/flows/$flow/versions' });
  const asked = useAsk(FlowHistory, { name }, { poll: true });
  return (
    <>
      <Heading title={`Versions of ${name}`}>
        <div className="actions">
          <Link to="/replays/new" search={{ flow: name }} className="button">
            Replay a version
          </Link>
          <Link to="/rollouts/new" search={{ flow: name }} className="button">
            Roll out a version
          </Link>
          <Link to="/flows/$flow" params={{ flow: name }} search={{}} className="button">
            Graph
          </Link>
        </div>
      </Heading>
      <Loaded of={asked}>
        {({ flow }) => (flow ? <Found flow={flow} /> : <Empty title="There is no flow with this name." />)}
      </Loaded>
    </>
  );
}

type Flow = NonNullable<FlowHistoryQuery['flow']>;
type Version = Flow['versions']['nodes'][number];

function Found({ flow }: { flow: Flow }) {
  const [target, setTarget] = useState<Version | null>(null);
  const [isBack, setBack] = useState(false);
  const live = flow.stage?.versionHash;
  const moves = flow.stage?.moves.nodes ?? [];
  const known = (hash: string | null | undefined) => flow.versions.nodes.find((version) => version.hash === hash);
  const before = known(moves[0]?.fromHash);
  const named = (hash: string) => {
    const version = known(hash);
    return version ? `version ${version.number}` : hash.slice(0, 12);
  };
  return (
    <>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Message</th>
              <th scope="col">Published</th>
              <th scope="col">By</th>
              <th scope="col">Stage</th>
            </tr>
          </thead>
          <tbody>
            {flow.versions.nodes.map((version) => (
              <tr key={version.hash}>
                <th scope="row">
                  <Link to="/flows/$flow" params={{ flow: flow.name }} search={{ at: version.hash }}>
                    {version.number}
                  </Link>
                </th>
                <td className="wrap">{version.message || <span className="faint">none</span>}</td>
                <td>
                  <Time at={version.createdAt} />
                </td>
                <td>{version.author}</td>
                <td>
                  {version.hash === live ? (
                    <div className="actions">
                      <StateChip state="LIVE" label="live" />
                      {before && (
                        <Allowed to="EDIT" by="an editor">
                          <button type="button" className="button" onClick={() => setBack(true)}>
                            Roll back…
                          </button>
                        </Allowed>
                      )}
                    </div>
                  ) : (
                    <Allowed to="EDIT" by="an editor">
                      <button type="button" className="button" onClick={() => setTarget(version)}>
                        Make live…
                      </button>
                    </Allowed>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Card title="Moves of the stage live">
        {moves.length === 0 ? (
          <p className="faint">No version was live yet.</p>
        ) : (
          <ol className="history">
            {moves.map(({ fromHash, toHash, movedAt, movedBy }) => (
              <li key={movedAt}>
                <Time at={movedAt} />
                <span>
                  {fromHash ? `${named(fromHash)} → ${named(toHash)}` : named(toHash)}, by {movedBy}
                </span>
              </li>
            ))}
          </ol>
        )}
      </Card>
      <MoveTo flow={flow} target={target} onClose={() => setTarget(null)} />
      <RollBack flow={flow} before={isBack ? before : undefined} onClose={() => setBack(false)} />
    </>
  );
}

function MoveTo({ flow, target, onClose }: { flow: Flow; target: Version | null; onClose: () => void }) {
  const change = useChange(MoveStage, (answer) => answer.moveStage);
  return (
    <Ask
      title={`Make version ${target?.number ?? ''} of ${flow.name} live`}
      open={target !== null}
      onClose={onClose}
      label="Make it live"
      change={change}
      onSend={() =>
        change.send({
          input: {
            flow: flow.name,
            stage: 'live',
            version: target?.hash ?? '',
            expected: { revision: flow.stage?.revision ?? 0 },
          },
        })
      }
    >
      {target && flow.stage && <Compared from={flow.stage.versionHash} to={target.hash} />}
    </Ask>
  );
}

function RollBack({ flow, before, onClose }: { flow: Flow; before: Version | undefined; onClose: () => void }) {
  const change = useChange(RollBackStage, (answer) => answer.rollBackStage);
  return (
    <Ask
      title={`Roll ${flow.name} back to version ${before?.number ?? ''}`}
      open={before !== undefined}
      onClose={onClose}
      label="Roll back"
      change={change}
      onSend={() =>
        change.send({
          input: { flow: flow.name, stage: 'live', expected: { revision: flow.stage?.revision ?? 0 } },
        })
      }
    >
      {before && flow.stage && <Compared from={flow.stage.versionHash} to={before.hash} />}
    </Ask>
  );
}

/** What changes for leads when one version takes the place of another. */
function Compared({ from, to }: { from: string; to: string }) {
  const asked = useAsk(CompareVersions, { from, to }, { staleMs: Number.POSITIVE_INFINITY });
  return (
    <div className="effect">
      <h3>What changes</h3>
      <Loaded of={asked} lines={3}>
        {({ flowDiff, flowMoves }) => (
          <>
            {flowDiff.length === 0 && <p>Nothing: both say the same.</p>}
            <ul className="change-list">
              {flowDiff.slice(0, 10).map(({ node, part, message }) => (
                <li key={`${node} ${part} ${message}`}>
                  <Sentence text={changeText(message)} />
                </li>
              ))}
              {flowDiff.length > 10 && <li className="faint">and {count(flowDiff.length - 10)} more</li>}
            </ul>
            {flowMoves.nodes.map(({ node, message }) => (
              <p key={node}>
                <Sentence text={message} />
              </p>
            ))}
          </>
        )}
      </Loaded>
      <p className="faint">Routing changes at once; a lead under way finishes with the version that it began with.</p>
    </div>
  );
}

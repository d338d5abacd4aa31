import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { FlowDocument } from '../../graphql/flow-document';
import {
  DestinationStates,
  Flow as FlowOperation,
  type FlowQuery,
  FlowVersion,
  SetFlowStopped,
} from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { count, shortId } from '../../ui/format';
import { Allowed, Card, Empty, Fact, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { StopBand, StopButton, useStopping } from '../../ui/stop';
import { useKeys } from '../../ui/use-keys';
import { Canvas, type Drawing } from './canvas';
import { Example, useExample } from './example';
import { FindStep } from './find-step';
import { Findings, keyOf } from './findings';
import { canFold, firstFolds, folded, foldsAround } from './fold';
import { graphOf } from './model';
import { NodePanel } from './node-panel';
import { Outline } from './outline';
import { OverlayLegend, OverlayPicker, TrafficTable, useTraffic } from './overlay';
import type { Traffic } from './traffic';
import { useWhyNot, WhyNot } from './why-not';

export { TryLead } from './try';

/** One flow: the graph of a version or of the draft, with an outline that says the same in words. */
export function Flow() {
  const { flow: name } = useParams({ from: '/shell/flows/$flow' });
  const { at } = useSearch({ from: '/shell/flows/$flow' });
  const flow = useAsk(FlowOperation, { name }, { poll: true });
  const change = useChange(SetFlowStopped, (answer) => answer.setFlowStopped);
  const stop = useStopping(
    `flow ${name}`,
    flow.data?.flow?.isStopped ?? false,
    change,
    async (isStopped, reason) => (await change.send({ input: { flow: name, isStopped, reason } })) !== null,
  );
  return (
    <>
      <Heading title={name}>
        <div className="actions">
          {flow.data?.flow && (
            <StopButton of={stop}>
              <p>
                Its leads are answered with 503 at once, so that their senders try again later. Those under way go on,
                and the live version stays as it is.
              </p>
            </StopButton>
          )}
          <Link to="/flows/$flow/try" params={{ flow: name }} search={{ at }} className="button">
            Try a lead
          </Link>
          <Link to="/flows/$flow/allocation" params={{ flow: name }} search={{}} className="button">
            Allocation
          </Link>
          <Link to="/flows/$flow/versions" params={{ flow: name }} className="button">
            Versions
          </Link>
          <Allowed to="EDIT" by="an editor to change it">
            <Link to="/flows/$flow/draft" params={{ flow: name }} search={{}} className="button">
              Edit
            </Link>
          </Allowed>
        </div>
      </Heading>
      <StopBand of={stop}>Its leads are answered with 503; those under way go on.</StopBand>
      <Loaded of={flow}>
        {(data) => (data.flow ? <Found flow={data.flow} /> : <Empty title="There is no flow with this name." />)}
      </Loaded>
    </>
  );
}

type Found = NonNullable<FlowQuery['flow']>;

/** The hash of the version that is shown; none for the draft. */
function shownHash(flow: Found, at: string | undefined): string | null {
  if (at === 'draft' && flow.draft) return null;
  const live = flow.stages.find((stage) => stage.name === 'live')?.versionHash;
  if (at !== undefined && at !== 'live' && at !== 'draft') return at;
  return live ?? flow.versions.nodes[0]?.hash ?? null;
}

function Found({ flow }: { flow: Found }) {
  const { at, finding } = useSearch({ from: '/shell/flows/$flow' });
  const hash = shownHash(flow, at);
  const version = useAsk(
    FlowVersion,
    { hash: hash ?? '' },
    { enabled: hash !== null, staleMs: Number.POSITIVE_INFINITY },
  );
  const isDraft = hash === null && flow.draft !== null;
  const navigate = useNavigate({ from: '/flows/$flow' });
  const choose = (node: string) => void navigate({ search: (old) => ({ ...old, node }), replace: true });
  const shownFinding = isDraft ? flow.draft?.diagnostics.find((it) => keyOf(it) === finding) : undefined;
  const example = useExample(flow.name, shownFinding, flow.leadSchema?.declaredFields ?? []);
  const showExample = (key: string | undefined) =>
    void navigate({
      search: (old) => ({ ...old, finding: key === finding ? undefined : key }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <Versions flow={flow} hash={hash} />
      {isDraft && flow.draft && (
        <>
          <Findings
            diagnostics={flow.draft.diagnostics}
            onChoose={choose}
            example={(key) => (
              <button type="button" className="link" aria-pressed={key === finding} onClick={() => showExample(key)}>
                Show an example lead
              </button>
            )}
          />
          <Drawn document={flow.draft.document} hash={null} lit={example.lit}>
            {shownFinding && <Example finding={shownFinding} of={example} onClose={() => showExample(undefined)} />}
          </Drawn>
        </>
      )}
      {hash !== null && (
        <Loaded of={version} lines={10}>
          {({ flowVersion }) =>
            flowVersion ? (
              <>
                <dl className="facts">
                  <Fact name="Published">
                    <Time at={flowVersion.createdAt} /> <span className="faint">by {flowVersion.author}</span>
                  </Fact>
                  {flowVersion.message && <Fact name="Message">{flowVersion.message}</Fact>}
                  <Fact name="Currency">{flowVersion.currency}</Fact>
                  <Fact name="Sold at most">{flowVersion.maxSold === 1 ? 'once' : `${flowVersion.maxSold} times`}</Fact>
                  <Fact name="Hash">
                    <span className="mono" title={flowVersion.hash}>
                      {flowVersion.hash.slice(0, 12)}
                    </span>
                  </Fact>
                </dl>
                <Drawn document={flowVersion.document} hash={flowVersion.hash} />
              </>
            ) : (
              <Empty title="There is no version with this hash." />
            )
          }
        </Loaded>
      )}
      {hash === null && !flow.draft && <Empty title="This flow has no version and no draft." />}
    </>
  );
}

/** What can be looked at: each version, and the draft. */
function Versions({ flow, hash }: { flow: Found; hash: string | null }) {
  const navigate = useNavigate({ from: '/flows/$flow' });
  const stages = (versionHash: string) =>
    flow.stages.filter((stage) => stage.versionHash === versionHash).map((stage) => stage.name);
  const show = (at: string | undefined) => void navigate({ search: (old) => ({ ...old, at, node: undefined }) });
  const known = flow.versions.nodes.some((version) => version.hash === hash);
  return (
    <div className="versions">
      <label>
        <span className="visually-hidden">What is shown</span>
        <select value={hash ?? 'draft'} onChange={(event) => show(event.target.value)}>
          {flow.draft && <option value="draft">draft, revision {flow.draft.revision}</option>}
          {flow.versions.nodes.map((version) => (
            <option key={version.hash} value={version.hash}>
              version {version.number}
              {stages(version.hash).map((stage) => `, ${stage}`)}
              {version.message && `: ${version.message}`}
            </option>
          ))}
          {hash !== null && !known && <option value={hash}>{shortId(hash)}</option>}
        </select>
      </label>
      {hash !== null && stages(hash).map((stage) => <StateChip key={stage} state="LIVE" label={stage} />)}
      {!flow.isLive && <StateChip state="INACTIVE" label="takes no leads" />}
    </div>
  );
}

function Drawn({
  document,
  hash,
  lit,
  children,
}: {
  document: FlowDocument;
  hash: string | null;
  /** Steps that an example passes; none without one. */
  lit?: string[];
  /** What stands beside the drawing while no node is chosen. */
  children?: ReactNode;
}) {
  const whole = useMemo(() => graphOf(document), [document]);
  const { node, view, fold, overlay } = useSearch({ from: '/shell/flows/$flow' });
  const folds = useMemo(() => new Set(fold === undefined ? firstFolds(whole) : fold.split(',')), [fold, whole]);
  const graph = useMemo(() => folded(whole, folds), [whole, folds]);
  const navigate = useNavigate({ from: '/flows/$flow' });
  const choose = (name: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, node: name }), replace: true });
  const toggleFold = (name: string) => {
    const next = new Set(folds);
    if (!next.delete(name)) next.add(name);
    // An empty list is a choice too: the whole flow.
    void navigate({ search: (old) => ({ ...old, fold: [...next].join(',') }), replace: true });
  };
  const states = useAsk(DestinationStates, {}, { poll: true });
  const closed = useMemo(() => {
    const nodes = states.data?.destinations.nodes ?? [];
    return new Set(nodes.filter((it) => !it.isActive || !it.availability.isAvailable).map((it) => it.name));
  }, [states.data]);
  const traffic = useTraffic(graph, document, hash);
  const whyNot = useWhyNot(whole, document.flow, hash);
  const drawing = drawingOf(overlay, traffic, whyNot.drawn);
  const goTo = (name: string) => {
    const around = [...foldsAround(whole, folds, name)];
    const fold = around.length === folds.size ? {} : { fold: around.join(',') };
    void navigate({ search: (old) => ({ ...old, node: name, ...fold }), replace: true });
  };
  useKeys({ z: () => node !== undefined && canFold(whole, node) && toggleFold(node) });
  const chosen = node !== undefined ? document.nodes[node] : undefined;
  return (
    <Card
      title={
        graph.steps.size === whole.steps.size
          ? `${count(whole.steps.size)} ${whole.steps.size === 1 ? 'step' : 'steps'}`
          : `${count(graph.steps.size)} of ${count(whole.steps.size)} steps`
      }
      aside={
        <div className="actions">
          <FindStep graph={whole} onFound={goTo} />
          {hash !== null && <OverlayPicker />}
          <fieldset className="segments">
            <legend className="visually-hidden">View</legend>
            {(['graph', 'outline'] as const).map((it) => (
              <label key={it}>
                <input
                  type="radio"
                  name="view"
                  checked={(view ?? 'graph') === it}
                  onChange={() =>
                    void navigate({
                      search: (old) => ({ ...old, view: it === 'outline' ? it : undefined }),
                      replace: true,
                    })
                  }
                />
                <span>{it}</span>
              </label>
            ))}
          </fieldset>
        </div>
      }
    >
      <div className="flow-stage">
        {view === 'outline' ? (
          <Outline graph={whole} chosen={node} onChoose={choose} />
        ) : (
          <Canvas
            graph={graph}
            chosen={node}
            closed={closed}
            {...(lit && lit.length > 0 && { lit })}
            overlay={drawing}
            onChoose={choose}
          />
        )}
        {!chosen && children}
        {node !== undefined && chosen && (
          <NodePanel
            name={node}
            node={chosen}
            onClose={() => choose(undefined)}
            onChoose={goTo}
            fold={
              view !== 'outline' && canFold(whole, node)
                ? { isFolded: folds.has(node), toggle: () => toggleFold(node) }
                : null
            }
          />
        )}
      </div>
      {whyNot.isShown && <WhyNot of={whyNot} />}
      {(overlay === 'traffic' || overlay === 'money') && traffic && (
        <>
          <OverlayLegend overlay={overlay} traffic={traffic} />
          <TrafficTable traffic={traffic} />
        </>
      )}
    </Card>
  );
}

/** What is drawn on the graph beside the flow itself. */
function drawingOf(
  overlay: Drawing['kind'] | undefined,
  traffic: Traffic | null,
  turned: Traffic | null,
): Drawing | undefined {
  if (overlay === 'whynot') return turned ? { kind: overlay, traffic: turned } : undefined;
  return overlay && traffic ? { kind: overlay, traffic } : undefined;
}

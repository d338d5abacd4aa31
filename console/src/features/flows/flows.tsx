import { Link, useNavigate } from '@tanstack/react-router';
import { Flows as FlowsOperation, type FlowsQuery } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { More } from '../../ui/more';
import { Allowed, Empty, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';
import { NewFlow } from './draft/new-flow';

/** Findings of drafts are costly: pages are short. */
const PAGE_SIZE = 25;

/** All flows: what is live, and what waits as a draft. */
export function Flows() {
  const pages = usePages(FlowsOperation, {}, (answer) => answer.flows.pageInfo, PAGE_SIZE, 0);
  const flows = pages.data?.pages.flatMap((page) => page.flows.nodes) ?? [];
  return (
    <>
      <Heading title="Flows">
        <Allowed to="EDIT" by="an editor">
          <NewFlow />
        </Allowed>
      </Heading>
      <Loaded of={pages}>
        {() =>
          flows.length > 0 ? (
            <Table flows={flows} />
          ) : (
            <Empty title="There is no flow yet.">
              <p>
                A flow says where leads go. Begin one here, save one with <code>PUT /v1/flows/NAME/draft</code>, or
                generate one with <code>pointsman generate</code>.
              </p>
            </Empty>
          )
        }
      </Loaded>
      <More of={pages} shown={flows.length} />
    </>
  );
}

type Row = FlowsQuery['flows']['nodes'][number];

function Table({ flows }: { flows: Row[] }) {
  const navigate = useNavigate();
  const body = useRows(flows.length, (at) => {
    const flow = flows[at];
    if (flow) void navigate({ to: '/flows/$flow', params: { flow: flow.name }, search: {} });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col">Vertical</th>
            <th scope="col">Live</th>
            <th scope="col">Live since</th>
            <th scope="col">Moved by</th>
            <th scope="col">Draft</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {flows.map((flow) => {
            const live = flow.stages.find((stage) => stage.name === 'live');
            return (
              <tr key={flow.name}>
                <th scope="row">
                  <Link to="/flows/$flow" params={{ flow: flow.name }} search={{}}>
                    {flow.name}
                  </Link>
                </th>
                <td>{flow.vertical}</td>
                <td>
                  {flow.isStopped ? (
                    <StateChip state="STOPPED" />
                  ) : flow.isLive && live?.version ? (
                    <StateChip state="LIVE" label={`version ${live.version.number}`} />
                  ) : (
                    <StateChip state="INACTIVE" label={live ? 'does not run' : 'not live'} />
                  )}
                </td>
                <td>{live ? <Time at={live.movedAt} /> : <span className="faint">never</span>}</td>
                <td>{live?.movedBy}</td>
                <td>
                  <DraftWords draft={flow.draft} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function DraftWords({ draft }: { draft: Row['draft'] }) {
  if (!draft) return <span className="faint">none</span>;
  const errors = draft.diagnostics.filter(({ severity }) => severity === 'ERROR').length;
  const warnings = draft.diagnostics.length - errors;
  return (
    <>
      revision {draft.revision}, <Time at={draft.updatedAt} />
      {errors > 0 && <StateChip state="ERROR" label={`${errors} ${errors === 1 ? 'error' : 'errors'}`} />}
      {warnings > 0 && <StateChip state="WARNING" label={`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`} />}
    </>
  );
}

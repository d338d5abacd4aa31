import { Link, useNavigate } from '@tanstack/react-router';
import { LeadSchemas as LeadSchemasOperation, type LeadSchemasQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { count } from '../../ui/format';
import { Allowed, Empty, Heading, Loaded, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';
import { UsedBy } from './used-by';

export { NewSchema, Schema } from './schema';

/** The lead schemas: what the leads of each vertical are, and which flows read them. */
export function Schemas() {
  const schemas = useAsk(LeadSchemasOperation, {}, { poll: true });
  return (
    <>
      <Heading title="Lead schemas">
        <Allowed to="EDIT" by="an editor to make one">
          <Link to="/schemas/new" search={{}} className="button">
            New schema…
          </Link>
        </Allowed>
      </Heading>
      <Loaded of={schemas}>
        {(data) =>
          data.leadSchemas.nodes.length > 0 ? (
            <Table data={data} />
          ) : (
            <Empty title="There is no lead schema yet.">
              <p>
                A lead schema says which fields the leads of a vertical have. Begin with the{' '}
                <Link to="/setup">first steps</Link>.
              </p>
            </Empty>
          )
        }
      </Loaded>
    </>
  );
}

function Table({ data }: { data: LeadSchemasQuery }) {
  const navigate = useNavigate();
  const rows = data.leadSchemas.nodes;
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/schemas/$vertical', params: { vertical: row.vertical } });
  });
  return (
    <>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Vertical</th>
              <th scope="col" className="right">
                Fields
              </th>
              <th scope="col" className="right">
                Personal ones
              </th>
              <th scope="col">Flows that use it</th>
              <th scope="col">Last change</th>
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map(({ vertical, declaredFields, updatedAt }) => (
              <tr key={vertical}>
                <th scope="row">
                  <Link to="/schemas/$vertical" params={{ vertical }}>
                    {vertical}
                  </Link>
                </th>
                <td className="right number">{count(declaredFields.length)}</td>
                <td className="right number">{count(declaredFields.filter(({ pii }) => pii).length)}</td>
                <td className="wrap">
                  <UsedBy flows={data.flows.nodes.filter((flow) => flow.vertical === vertical)} />
                </td>
                <td>
                  <Time at={updatedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.leadSchemas.pageInfo.hasNextPage && <p className="faint">Only the first 100 are shown.</p>}
    </>
  );
}

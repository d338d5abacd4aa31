import { Link, useNavigate } from '@tanstack/react-router';
import { NamedLists } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { useMay } from '../../shell/session';
import { count } from '../../ui/format';
import { More } from '../../ui/more';
import { Allowed, Empty, Heading, Loaded, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';
import { KINDS } from './words';

export { List } from './list';
export { NewList } from './new-list';

/** The named lists, which criteria and flows ask. */
export function Lists() {
  const may = useMay('EDIT');
  const pages = usePages(NamedLists, {}, (answer) => answer.lists.pageInfo, 50, 0);
  const rows = pages.data?.pages.flatMap((page) => page.lists.nodes) ?? [];
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/lists/$name', params: { name: row.name }, search: {} });
  });
  return (
    <>
      <Heading title="Lists">
        <Allowed to="EDIT" by="an editor">
          <Link to="/lists/new" className="button">
            New list
          </Link>
        </Allowed>
      </Heading>
      <Loaded of={pages} lines={8}>
        {() =>
          rows.length === 0 ? (
            <Empty title="There is no list yet.">
              <p>
                A list holds up to a million postal codes, telephone numbers or other values. Criteria of destinations
                and predicates of flows ask it by its name: <code>zip in list("acme-zips")</code>.
              </p>
              {may && (
                <Link to="/lists/new" className="button">
                  Upload the first
                </Link>
              )}
            </Empty>
          ) : (
            <div className="table-wrap">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Values</th>
                    <th scope="col" className="right">
                      Number
                    </th>
                    <th scope="col" className="right">
                      Version
                    </th>
                    <th scope="col">Since</th>
                    <th scope="col">Asked by live flows</th>
                  </tr>
                </thead>
                <tbody ref={body}>
                  {rows.map((row) => (
                    <tr key={row.name}>
                      <th scope="row">
                        <Link to="/lists/$name" params={{ name: row.name }} search={{}}>
                          {row.name}
                        </Link>
                      </th>
                      <td>{KINDS[row.kind]}</td>
                      <td className="right number">{count(row.valueCount)}</td>
                      <td className="right number">{row.revision}</td>
                      <td>
                        <Time at={row.updatedAt} />
                      </td>
                      <td className="wrap">{row.flows.join(', ') || <span className="faint">none</span>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      <More of={pages} shown={rows.length} />
    </>
  );
}

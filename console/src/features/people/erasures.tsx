import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Erasure as ErasureOperation, Erasures as ErasuresOperation } from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { count, shortId } from '../../ui/format';
import { More } from '../../ui/more';
import { Card, Empty, Fact, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';

/** Who asked for whom to be forgotten, and what retention has removed. Nothing of the persons is in it. */
export function Erasures() {
  const pages = usePages(ErasuresOperation, {}, (answer) => answer.erasures.pageInfo, 20, 0);
  const rows = pages.data?.pages.flatMap((page) => page.erasures.nodes) ?? [];
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/people/erasures/$id', params: { id: row.id } });
  });
  return (
    <Card title="Receipts">
      <Loaded of={pages} lines={4}>
        {() =>
          rows.length === 0 ? (
            <p className="faint">Nobody was erased yet.</p>
          ) : (
            <div className="table-wrap">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Asked for</th>
                    <th scope="col">Receipt</th>
                    <th scope="col">By</th>
                    <th scope="col">Found by</th>
                    <th scope="col" className="right">
                      Leads
                    </th>
                    <th scope="col">State</th>
                  </tr>
                </thead>
                <tbody ref={body}>
                  {rows.map((erasure) => (
                    <tr key={erasure.id}>
                      <td>
                        <Time at={erasure.requestedAt} />
                      </td>
                      <th scope="row">
                        <Link to="/people/erasures/$id" params={{ id: erasure.id }} className="mono" title={erasure.id}>
                          {shortId(erasure.id)}
                        </Link>
                      </th>
                      <td>
                        {erasure.by}
                        {erasure.isRetention && <span className="tag">by age</span>}
                      </td>
                      <td>{foundBy(erasure)}</td>
                      <td className="right number">{count(erasure.leads)}</td>
                      <td>
                        <Done isDone={erasure.isDone} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      <More of={pages} shown={rows.length} />
    </Card>
  );
}

/** By what the leads of an erasure were found. */
function foundBy({ isRetention, fields }: { isRetention: boolean; fields: string[] }) {
  if (fields.length > 0) return fields.join(', ');
  return <span className="faint">{isRetention ? 'their age' : 'leads that were named'}</span>;
}

function Done({ isDone }: { isDone: boolean }) {
  return isDone ? <StateChip state="AVAILABLE" label="done" /> : <StateChip state="RUNNING" label="under way" />;
}

const TABLES: Record<string, string> = {
  lead: 'personal fields of leads',
  lead_given: 'what sources gave',
  attempt: 'excerpts of requests and answers',
  delivery: 'texts of destinations on offers',
  delivery_release: 'reasons of releases',
  decision: 'reasons why leads are held',
  decision_step: 'reasons and excerpts of bids',
  conversion: 'parameters of postbacks',
  parked_postback: 'postbacks that could not be applied',
};

/** The receipt of an erasure, to be kept or printed. */
export function Erasure() {
  const { id } = useParams({ from: '/shell/people/erasures/$id' });
  const erasure = useAsk(ErasureOperation, { id }, { poll: true, pollMs: 2_000 });
  return (
    <>
      <Heading title="Receipt of an erasure">
        <div className="actions">
          <Link to="/people" search={{}} className="button">
            Persons
          </Link>
          <button type="button" className="button" onClick={() => print()}>
            Print
          </button>
        </div>
      </Heading>
      <Loaded of={erasure}>
        {({ erasure: found }) =>
          found ? (
            <>
              <dl className="facts">
                <Fact name="State">
                  <Done isDone={found.isDone} />
                </Fact>
                <Fact name="Asked for">
                  <Time at={found.requestedAt} /> <span className="faint">by {found.by}</span>
                </Fact>
                <Fact name="Nothing left at">
                  <Time at={found.finishedAt} />
                </Fact>
                <Fact name="Found by">{foundBy(found)}</Fact>
                <Fact name="Leads">{count(found.leads)}</Fact>
                <Fact name="Receipt">
                  <span className="mono">{found.id}</span>
                </Fact>
              </dl>
              {!found.isDone && (
                <p className="lede" role="status">
                  Leads are looked through beside the work. A lead that is on its way is waited for.
                </p>
              )}
              <Card title="What was removed">
                {found.rows.length === 0 ? (
                  <p className="faint">{found.isDone ? 'There was nothing to remove.' : 'Nothing yet.'}</p>
                ) : (
                  <div className="table-wrap">
                    <table>
                      <thead>
                        <tr>
                          <th scope="col">Table</th>
                          <th scope="col">Of it</th>
                          <th scope="col" className="right">
                            Rows
                          </th>
                        </tr>
                      </thead>
                      <tbody>
                        {found.rows.map(({ table, rows }) => (
                          <tr key={table}>
                            <th scope="row">
                              <code>{table}</code>
                            </th>
                            <td>{TABLES[table]}</td>
                            <td className="right number">{BigInt(rows).toLocaleString('en-US')}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </div>
                )}
              </Card>
            </>
          ) : (
            <Empty title="There is no erasure with this id." />
          )
        }
      </Loaded>
    </>
  );
}

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Sources as SourcesOperation, type SourcesQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { count } from '../../ui/format';
import { Allowed, Empty, Heading, Loaded, Money, Time } from '../../ui/parts';
import { RangePicker, useRange } from '../../ui/range';
import { useRows } from '../../ui/rows';
import { presetWords } from './document';
import { SourceState } from './state';

export { NewSource, Source } from './source';

/** Who sends leads in a form of their own, and what comes from each. */
export function Sources() {
  const range = useSearch({ from: '/shell/sources' }).range ?? '24h';
  const navigate = useNavigate({ from: '/sources' });
  const { from, before } = useRange(range);
  const sources = useAsk(SourcesOperation, { filter: { from, to: before } }, { poll: true });
  return (
    <>
      <Heading title="Sources">
        <div className="actions">
          <RangePicker
            value={range}
            onChange={(next) => void navigate({ search: { range: next === '24h' ? undefined : next } })}
          />
          <Allowed to="EDIT" by="an editor to add one">
            <Link to="/sources/new" search={{}} className="button">
              New source
            </Link>
          </Allowed>
        </div>
      </Heading>
      <Loaded of={sources}>
        {(data) =>
          data.sources.nodes.length > 0 ? (
            <Table data={data} />
          ) : (
            <Empty title="No source has a document yet.">
              <p>
                A source that sends forms, JSON of its own or the webhooks of a platform has a document that says how
                its payloads are read. Those that send <code>/v1/leads</code> need none.
              </p>
            </Empty>
          )
        }
      </Loaded>
    </>
  );
}

function Table({ data }: { data: SourcesQuery }) {
  const navigate = useNavigate();
  const rows = data.sources.nodes;
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/sources/$name', params: { name: row.name } });
  });
  const points = data.metrics.metrics?.points ?? [];
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">State</th>
            <th scope="col">Flow</th>
            <th scope="col" className="right">
              Leads
            </th>
            <th scope="col" className="right">
              Sold
            </th>
            <th scope="col" className="right">
              Revenue
            </th>
            <th scope="col">Last change</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((source) => {
            // One a currency: amounts of several are never added.
            const own = points.filter((point) => !point.isRest && point.source === source.name);
            return (
              <tr key={source.id}>
                <th scope="row">
                  <Link to="/sources/$name" params={{ name: source.name }}>
                    {source.name}
                  </Link>
                  <div className="faint">{presetWords(source.preset)}</div>
                </th>
                <td>
                  <SourceState isActive={source.isActive} />
                </td>
                <td>
                  <Link to="/flows/$flow" params={{ flow: source.flow }} search={{}}>
                    {source.flow}
                  </Link>
                </td>
                <td className="right number">
                  <Link to="/leads" search={{ source: source.name }}>
                    {count(own.reduce((n, { leads }) => n + leads, 0))}
                  </Link>
                </td>
                <td className="right number">{count(own.reduce((n, { sold }) => n + sold, 0))}</td>
                <td className="right">
                  {own.length === 0 && <span className="faint">none</span>}
                  {own.map(({ currency, revenue }) => (
                    <span key={currency} className="amount">
                      <Money amount={revenue} currency={currency} />
                    </span>
                  ))}
                </td>
                <td>
                  <Time at={source.updatedAt} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {data.sources.pageInfo.hasNextPage && <p className="faint">Only the first 100 are shown.</p>}
    </div>
  );
}

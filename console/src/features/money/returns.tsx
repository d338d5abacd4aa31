import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { LeadFilters, Returns as ReturnsOperation, type ReturnsQuery } from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { Decide } from '../../returns/decide';
import { ReturnState, ReturnStory } from '../../returns/return-line';
import { RETURN_KINDS, RETURN_STATES } from '../../returns/words';
import { Choice } from '../../ui/choice';
import { LeadLink, useLeadRows } from '../../ui/lead-link';
import { More } from '../../ui/more';
import { Empty, Heading, Loaded, Money, StateChip, Time } from '../../ui/parts';
import { STATES } from './search';

type Row = ReturnsQuery['returns']['nodes'][number];

/** Leads that buyers give back, with what is to be decided about them. */
export function Returns() {
  const { destination, state } = useSearch({ from: '/shell/returns' });
  const navigate = useNavigate({ from: '/returns' });
  const filter = { ...(destination && { destination }), ...(state && { state }) };
  const pages = usePages(ReturnsOperation, { filter }, (answer) => answer.returns.pageInfo, 50, 0);
  const names = useAsk(LeadFilters, {}, { staleMs: 60_000 });
  const rows = pages.data?.pages.flatMap((page) => page.returns.nodes) ?? [];
  const isFiltered = destination !== undefined || state !== undefined;
  return (
    <>
      <Heading title="Returns">
        <div className="actions">
          <Link to="/statements" search={{}} className="button">
            Statements
          </Link>
          <button type="button" className="button" onClick={() => void pages.refetch()}>
            Refresh
          </button>
        </div>
      </Heading>
      <p className="lede">
        A buyer gives a lead back on the terms on which it was sold, or charges its money back. A return is taken down
        on the page of its lead, or comes from the buyer itself.
      </p>
      <search className="filters">
        <Choice
          label="Destination"
          value={destination}
          options={names.data?.destinations.nodes.map(({ name }) => name) ?? []}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, destination: next }) })}
        />
        <Choice
          label="State"
          value={state}
          options={STATES}
          show={(it) => RETURN_STATES[it]}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, state: next }) })}
        />
        {isFiltered && (
          <Link to="/returns" search={{}} className="button">
            Clear
          </Link>
        )}
      </search>
      <Loaded of={pages} lines={10}>
        {() =>
          rows.length > 0 ? (
            <Table rows={rows} />
          ) : (
            <Empty title={isFiltered ? 'No return matches these filters.' : 'No lead was given back yet.'} />
          )
        }
      </Loaded>
      <More of={pages} shown={rows.length} />
    </>
  );
}

function Table({ rows }: { rows: Row[] }) {
  const body = useLeadRows(rows.map(({ delivery }) => delivery?.lead?.id));
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Asked for</th>
            <th scope="col">Lead</th>
            <th scope="col">Destination</th>
            <th scope="col">What and why</th>
            <th scope="col">State</th>
            <th scope="col" className="right">
              Taken back
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <Time at={row.requestedAt} />
              </td>
              <th scope="row">
                <LeadLink id={row.delivery?.lead?.id} />
                {row.delivery?.lead && (
                  <div>
                    <StateChip state={row.delivery.lead.status} />
                  </div>
                )}
              </th>
              <td>
                <Link to="/destinations/$name" params={{ name: row.destination }} search={{}}>
                  {row.destination}
                </Link>
              </td>
              <td className="wrap">
                {RETURN_KINDS[row.kind]}
                {row.reason ? `: ${row.reason}` : <span className="faint">, without a reason</span>}
                <ReturnStory of={row} />
              </td>
              <td>
                <ReturnState of={row} />
                <Decide of={row} />
              </td>
              <td className="right">
                {row.state === 'ACCEPTED' ? (
                  <Money amount={row.revenue} currency={row.currency} />
                ) : row.state === 'REVERSED' ? (
                  <s className="faint">
                    <Money amount={row.revenue} currency={row.currency} />
                  </s>
                ) : (
                  <span className="faint">nothing</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

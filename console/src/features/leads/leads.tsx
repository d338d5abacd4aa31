import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { LeadCounts, Leads as LeadsOperation, type LeadsQuery, OwnLeads } from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { useMay } from '../../shell/session';
import { useCurrencies } from '../../ui/currencies';
import { count, shortId } from '../../ui/format';
import { LeadLink } from '../../ui/lead-link';
import { More } from '../../ui/more';
import { Empty, Heading, Loaded, Money, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';
import { LeadFilters } from './filters';
import { NewLeads } from './new-leads';
import { isUnfiltered, leadFilter } from './search';

/** The list of leads, the newest first. */
export function Leads() {
  return useMay('READ') ? <AllLeads /> : <LeadsOfSource />;
}

type Row = LeadsQuery['leads']['nodes'][number];

function AllLeads() {
  const search = useSearch({ from: '/shell/leads' });
  const filter = leadFilter(search);
  const pages = usePages(LeadsOperation, { filter }, (answer) => answer.leads.pageInfo);
  const rows = pages.data?.pages.flatMap((page) => page.leads.nodes) ?? [];
  return (
    <>
      <Heading title="Leads">
        <Counts />
      </Heading>
      <LeadFilters />
      <NewLeads
        filter={filter}
        newest={rows[0]?.id}
        position={pages.data?.pages[0]?.leads.position}
        loadedAt={pages.dataUpdatedAt}
        onShow={() => void pages.refetch()}
      />
      <Loaded of={pages} lines={12}>
        {() => (rows.length > 0 ? <Table rows={rows} /> : <NoLeads isUnfiltered={isUnfiltered(search)} />)}
      </Loaded>
      <More of={pages} shown={rows.length} />
    </>
  );
}

/** Leads by status under the filters that are set; each number opens its leads. */
function Counts() {
  const search = useSearch({ from: '/shell/leads' });
  const counts = useAsk(LeadCounts, { filter: { ...leadFilter(search), status: undefined } }, { poll: true });
  return (
    <ul className="counts" aria-label="Leads by status">
      {counts.data?.leadCounts.map(({ status, leads }) => (
        <li key={status}>
          <Link
            to="/leads"
            search={(old) => ({
              ...old,
              status: search.status === status ? undefined : (status as typeof search.status),
            })}
            aria-current={search.status === status ? 'true' : undefined}
          >
            <StateChip state={status} /> <span className="number">{count(leads)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Table({ rows }: { rows: Row[] }) {
  const currencies = useCurrencies();
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/leads/$id', params: { id: row.id } });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Lead</th>
            <th scope="col">Status</th>
            <th scope="col">Flow</th>
            <th scope="col">Source</th>
            <th scope="col">Offered to</th>
            <th scope="col" className="right">
              Revenue
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((lead) => (
            <tr key={lead.id} className={lead.isTest ? 'is-test' : undefined}>
              <td>
                <Time at={lead.receivedAt} />
              </td>
              <th scope="row">
                <Link to="/leads/$id" params={{ id: lead.id }} className="mono" title={lead.id}>
                  {shortId(lead.id)}
                </Link>
                {lead.isTest && <span className="tag">test</span>}
              </th>
              <td>
                <StateChip state={lead.status} />
              </td>
              <td>{lead.flow}</td>
              <td>{lead.source}</td>
              <td>
                <Offers lead={lead} />
              </td>
              <td className="right">
                <Money amount={lead.revenue} currency={currencies[lead.flow]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The destinations in the order in which they were asked; who took it stands out. */
function Offers({ lead: { deliveries, duplicateOf } }: { lead: Row }) {
  if (duplicateOf) {
    return (
      <span>
        nobody: it is a duplicate of <LeadLink id={duplicateOf} />
      </span>
    );
  }
  if (deliveries.length === 0) return <span className="faint">nobody</span>;
  return (
    <ol className="offers">
      {deliveries.map(({ destination, state }) => (
        <li key={destination} className={state === 'ACCEPTED' ? 'took' : 'refused'}>
          <StateChip state={state} label={destination} />
          <span className="visually-hidden">{state === 'ACCEPTED' ? 'took it' : 'did not take it'}</span>
        </li>
      ))}
    </ol>
  );
}

function NoLeads({ isUnfiltered: noFilter }: { isUnfiltered: boolean }) {
  if (!noFilter) {
    return (
      <Empty title="No lead matches these filters.">
        <Link to="/leads" search={{}} className="button">
          Remove the filters
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No lead has come in yet.">
      <p>Send one with a token of role source:</p>
      <pre>
        {`curl ${location.origin}/v1/leads \\
  -H 'Authorization: Bearer pm_source_…' -H 'Content-Type: application/json' \\
  -d '{"flow": "…", "source": "web", "fields": {}}'`}
      </pre>
    </Empty>
  );
}

function LeadsOfSource() {
  const search = useSearch({ from: '/shell/leads' });
  const pages = usePages(OwnLeads, { filter: leadFilter(search) }, (answer) => answer.leads.pageInfo);
  const rows = pages.data?.pages.flatMap((page) => page.leads.nodes) ?? [];
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/leads/$id', params: { id: row.id } });
  });
  return (
    <>
      <Heading title="Leads" />
      <Loaded of={pages}>
        {() =>
          rows.length === 0 ? (
            <NoLeads isUnfiltered={isUnfiltered(search)} />
          ) : (
            <div className="table-wrap">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Received</th>
                    <th scope="col">Lead</th>
                    <th scope="col">Key</th>
                    <th scope="col">Status</th>
                  </tr>
                </thead>
                <tbody ref={body}>
                  {rows.map((lead) => (
                    <tr key={lead.id}>
                      <td>
                        <Time at={lead.receivedAt} />
                      </td>
                      <th scope="row">
                        <Link to="/leads/$id" params={{ id: lead.id }} className="mono" title={lead.id}>
                          {shortId(lead.id)}
                        </Link>
                      </th>
                      <td className="mono">{lead.idempotencyKey}</td>
                      <td>
                        <StateChip state={lead.status} />
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
    </>
  );
}

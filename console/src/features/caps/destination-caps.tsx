import { Link, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { CapCost as CapCostOperation, DestinationCaps as DestinationCapsOperation } from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { Availability, CapAlarm, CapGauge } from '../../ui/availability';
import { capKey } from '../../ui/cap-words';
import { useCurrencies, useOnlyCurrency } from '../../ui/currencies';
import { count, words } from '../../ui/format';
import { LeadLink } from '../../ui/lead-link';
import { Card, Empty, Fact, Heading, Loaded, Money, StateChip, Time } from '../../ui/parts';
import { type CapCost, capCost } from './cost';
import { CapEditor } from './editor';

/** The caps of one destination: how full, what they cost, and how they are changed. */
export function DestinationCaps() {
  const { name } = useParams({ from: '/shell/destinations/$name/caps' });
  const destination = useAsk(DestinationCapsOperation, { name }, { poll: true });
  const currency = useOnlyCurrency();
  return (
    <>
      <Heading title={`Caps of ${name}`}>
        <div className="actions">
          <Link to="/caps" search={{}} className="button">
            All caps
          </Link>
          <Link to="/destinations/$name" params={{ name }} search={{}} className="button">
            The destination
          </Link>
        </div>
      </Heading>
      <Loaded of={destination}>
        {({ destination: found }) =>
          found ? (
            <>
              <dl className="facts">
                <Fact name="Now">
                  <Availability of={found.availability} isActive={found.isActive} />
                </Fact>
                <Fact name="Last change">
                  <Time at={found.updatedAt} /> <span className="faint">revision {found.revision}</span>
                </Fact>
              </dl>
              <div className="columns">
                <Card title="How full">
                  {found.availability.caps.length === 0 && (
                    <p className="faint">It has no cap: it takes any number of leads.</p>
                  )}
                  {found.availability.caps.map((cap) => (
                    <div key={capKey(cap)} className="cap-line">
                      <CapGauge cap={cap} currency={currency} />
                      <CapAlarm percent={cap.reachedPercent} />
                    </div>
                  ))}
                </Card>
                <Cost name={name} />
              </div>
              <CapEditor key={found.name} of={found} />
            </>
          ) : (
            <Empty title="There is no destination with this name." />
          )
        }
      </Loaded>
    </>
  );
}

/** Leads of a page: each decision is computed again, which takes a while. */
const PAGE_SIZE = 25;

/** Where the leads went that this destination did not get because a cap was used up. */
function Cost({ name }: { name: string }) {
  const pages = usePages(CapCostOperation, { filter: {} }, (answer) => answer.leads.pageInfo, PAGE_SIZE, 60_000);
  const currencies = useCurrencies();
  const leads = useMemo(() => pages.data?.pages.flatMap((page) => page.leads.nodes) ?? [], [pages.data]);
  const cost = useMemo(() => capCost(leads, name, currencies), [leads, name, currencies]);
  return (
    <Card
      title="What they cost"
      aside={
        pages.hasNextPage && (
          <button
            type="button"
            className="button"
            disabled={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            {pages.isFetchingNextPage ? 'Loading…' : `${PAGE_SIZE} more leads`}
          </button>
        )
      }
    >
      <Loaded of={pages} lines={3}>
        {() => (
          <>
            <p>
              Of the latest {count(leads.length)} {leads.length === 1 ? 'lead' : 'leads'}, {count(cost.leads)} could
              have come here: it was offered {count(cost.offered)}, and did not get{' '}
              <strong>{count(cost.diverted)}</strong> because a cap was used up.
            </p>
            {cost.diverted > 0 && <Elsewhere cost={cost} />}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Elsewhere({ cost }: { cost: CapCost }) {
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Went to</th>
            <th scope="col" className="right">
              Leads
            </th>
            <th scope="col" className="right">
              Brought there
            </th>
            <th scope="col">The latest</th>
          </tr>
        </thead>
        <tbody>
          {cost.elsewhere.map(({ to, status, currency, leads, revenue, example }) => (
            <tr key={[to, status, currency].join(' ')}>
              <th scope="row">
                {to === null ? (
                  <>
                    nobody <StateChip state={status ?? ''} label={words(status ?? '')} />
                  </>
                ) : (
                  <Link to="/destinations/$name" params={{ name: to }} search={{}}>
                    {to}
                  </Link>
                )}
              </th>
              <td className="right number">{count(leads)}</td>
              <td className="right">
                <Money amount={revenue} currency={currency} />
              </td>
              <td>
                <LeadLink id={example} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Destinations as DestinationsOperation, type DestinationsQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Availability, CapGauge } from '../../ui/availability';
import { useOnlyCurrency } from '../../ui/currencies';
import { acceptance, healthOf } from '../../ui/destination-words';
import { count, percent } from '../../ui/format';
import { Empty, Heading, Loaded, Money } from '../../ui/parts';
import { RangePicker, useRange } from '../../ui/range';
import { useRows } from '../../ui/rows';

/** All destinations: who takes leads now, how full, and what became of offers. */
export function Destinations() {
  const range = useSearch({ from: '/shell/destinations' }).range ?? '24h';
  const navigate = useNavigate({ from: '/destinations' });
  const { from, before } = useRange(range);
  const destinations = useAsk(
    DestinationsOperation,
    { offers: { createdFrom: from, createdBefore: before } },
    { poll: true },
  );
  return (
    <>
      <Heading title="Destinations">
        <RangePicker
          value={range}
          onChange={(next) => void navigate({ search: { range: next === '24h' ? undefined : next } })}
        />
      </Heading>
      <Loaded of={destinations}>
        {(data) =>
          data.destinations.nodes.length > 0 ? (
            <Table data={data} />
          ) : (
            <Empty title="There is no destination yet.">
              <p>
                A destination is a buyer or an endpoint that may receive leads. Make one with{' '}
                <code>putDestination</code> at <a href="/graphiql">GraphiQL</a>.
              </p>
            </Empty>
          )
        }
      </Loaded>
    </>
  );
}

function Table({ data }: { data: DestinationsQuery }) {
  const currency = useOnlyCurrency();
  const navigate = useNavigate();
  const rows = data.destinations.nodes;
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/destinations/$name', params: { name: row.name }, search: {} });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col">Now</th>
            <th scope="col">Caps</th>
            <th scope="col" className="right">
              Offers
            </th>
            <th scope="col" className="right">
              Accepted
            </th>
            <th scope="col" className="right">
              Not sent
            </th>
            <th scope="col" className="right">
              Unknown
            </th>
            <th scope="col" className="right">
              Paid at once
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((destination) => {
            const health = healthOf(data.deliveryCounts, destination.name);
            const share = acceptance(health);
            return (
              <tr key={destination.name}>
                <th scope="row">
                  <Link to="/destinations/$name" params={{ name: destination.name }} search={{}}>
                    {destination.name}
                  </Link>
                </th>
                <td>
                  <Availability of={destination.availability} isActive={destination.isActive} />
                </td>
                <td className="caps">
                  {destination.availability.caps.length === 0 && <span className="faint">none</span>}
                  {destination.availability.caps.map((cap) => (
                    <CapGauge key={`${cap.name} ${cap.kind} ${cap.window}`} cap={cap} isBrief />
                  ))}
                </td>
                <td className="right number">{count(health.offers)}</td>
                <td className="right">
                  <span className="number">{count(health.accepted)}</span>
                  <span className="faint number"> {share === null ? 'no answers' : percent(share)}</span>
                </td>
                <td className={health.notSent > 0 ? 'right number attention' : 'right number faint'}>
                  {count(health.notSent)}
                </td>
                <td className={health.unknown > 0 ? 'right number attention' : 'right number faint'}>
                  {count(health.unknown)}
                </td>
                <td className="right">
                  <Money amount={health.paid} currency={currency} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

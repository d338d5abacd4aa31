import { Link, useNavigate } from '@tanstack/react-router';
import type { AvailabilityFragment, DeliveryState } from '../graphql/generated';
import { Availability, CapGauge } from './availability';
import { capKey } from './cap-words';
import { useOnlyCurrency } from './currencies';
import { acceptance, healthOf } from './destination-words';
import { count, percent } from './format';
import { Money } from './parts';
import { useRows } from './rows';

interface Row {
  name: string;
  isActive: boolean;
  availability: AvailabilityFragment;
}

interface Count {
  destination: string;
  state: DeliveryState;
  deliveries: number;
  price?: string;
}

/** Destinations as rows: who takes leads now, how full, and what became of offers. */
export function DestinationTable({
  rows,
  offers,
  isBrief = false,
}: {
  rows: Row[];
  offers: readonly Count[];
  /** Whether what failed and what was paid is left out. */
  isBrief?: boolean;
}) {
  const currency = useOnlyCurrency();
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/destinations/$name', params: { name: row.name }, search: {} });
  });
  const heads = ['Offers', 'Accepted', ...(isBrief ? [] : ['Not sent', 'Unknown', 'Paid at once'])];
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col">Now</th>
            <th scope="col">Caps</th>
            {heads.map((head) => (
              <th scope="col" className="right" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map(({ name, isActive, availability }) => {
            const health = healthOf(offers, name);
            const share = acceptance(health);
            return (
              <tr key={name}>
                <th scope="row">
                  <Link to="/destinations/$name" params={{ name }} search={{}}>
                    {name}
                  </Link>
                </th>
                <td>
                  <Availability of={availability} isActive={isActive} />
                </td>
                <td className="caps">
                  {availability.caps.length === 0 && <span className="faint">none</span>}
                  {availability.caps.map((cap) => (
                    <CapGauge key={capKey(cap)} cap={cap} isBrief currency={currency} />
                  ))}
                </td>
                <td className="right number">{count(health.offers)}</td>
                <td className="right">
                  <span className="number">{count(health.accepted)}</span>
                  <span className="faint number share-of"> {share === null ? 'no answers' : percent(share)}</span>
                </td>
                {!isBrief && (
                  <>
                    <td className={health.notSent > 0 ? 'right number attention' : 'right number faint'}>
                      {count(health.notSent)}
                    </td>
                    <td className={health.unknown > 0 ? 'right number attention' : 'right number faint'}>
                      {count(health.unknown)}
                    </td>
                    <td className="right">
                      <Money amount={health.paid} currency={currency} />
                    </td>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

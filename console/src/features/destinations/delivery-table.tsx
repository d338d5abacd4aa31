import { Link, useNavigate } from '@tanstack/react-router';
import type { DeliveryRowFragment } from '../../graphql/generated';
import { useCurrencies } from '../../ui/currencies';
import { duration, instant, shortId } from '../../ui/format';
import { Money, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';

/** Offers as rows; each opens its lead. */
export function DeliveryTable({ rows }: { rows: DeliveryRowFragment[] }) {
  const currencies = useCurrencies();
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const id = rows[at]?.lead?.id;
    if (id) void navigate({ to: '/leads/$id', params: { id }, search: {} });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Offered</th>
            <th scope="col">Lead</th>
            <th scope="col">Destination</th>
            <th scope="col">State</th>
            <th scope="col" className="right">
              Took
            </th>
            <th scope="col">Reason</th>
            <th scope="col" className="right">
              Price
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((delivery) => (
            <tr key={delivery.id}>
              <td>
                <Time at={delivery.createdAt} />
              </td>
              <th scope="row">
                {delivery.lead && (
                  <Link
                    to="/leads/$id"
                    params={{ id: delivery.lead.id }}
                    search={{}}
                    className="mono"
                    title={delivery.lead.id}
                  >
                    {shortId(delivery.lead.id)}
                  </Link>
                )}
              </th>
              <td>{delivery.destination}</td>
              <td>
                <StateChip state={delivery.state} />
              </td>
              <td className="right number">
                {delivery.settledAt ? (
                  duration(instant(delivery.settledAt) - instant(delivery.createdAt))
                ) : (
                  <span className="faint">under way</span>
                )}
              </td>
              <td className="wrap">{delivery.reason ?? delivery.finding}</td>
              <td className="right">
                <Money amount={delivery.price} currency={delivery.lead ? currencies[delivery.lead.flow] : null} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import type { DeliveryRowFragment } from '../../graphql/generated';
import { useCurrencies } from '../../ui/currencies';
import { duration, instant } from '../../ui/format';
import { LeadLink, useLeadRows } from '../../ui/lead-link';
import { Money, StateChip, Time } from '../../ui/parts';

/** Offers as rows; each opens its lead. */
export function DeliveryTable({ rows }: { rows: DeliveryRowFragment[] }) {
  const currencies = useCurrencies();
  const body = useLeadRows(rows.map(({ lead }) => lead?.id));
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
                <LeadLink id={delivery.lead?.id} />
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

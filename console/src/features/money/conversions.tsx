import { Link } from '@tanstack/react-router';
import { Conversions as ConversionsOperation } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { LeadLink, useLeadRows } from '../../ui/lead-link';
import { More } from '../../ui/more';
import { Empty, Heading, Loaded, Money, StateChip, Time } from '../../ui/parts';

/** Money that came later: what destinations reported. */
export function Conversions() {
  const pages = usePages(ConversionsOperation, {}, (answer) => answer.conversions.pageInfo);
  const rows = pages.data?.pages.flatMap((page) => page.conversions.nodes) ?? [];
  const body = useLeadRows(rows.map(({ delivery }) => delivery?.lead?.id));
  return (
    <>
      <Heading title="Conversions">
        <div className="actions">
          <Link to="/conversions/parked" className="button">
            Parked postbacks
          </Link>
          <button type="button" className="button" onClick={() => void pages.refetch()}>
            Refresh
          </button>
        </div>
      </Heading>
      <Loaded of={pages} lines={12}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No destination has reported a conversion yet.">
              <p>
                Destinations report them to <code>/v1/postbacks/TOKEN?click_id=…</code>, with a token of role postback.
              </p>
            </Empty>
          ) : (
            <div className="table-wrap">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Received</th>
                    <th scope="col">Destination</th>
                    <th scope="col">Status</th>
                    <th scope="col">Its word</th>
                    <th scope="col">Transaction</th>
                    <th scope="col">Lead</th>
                    <th scope="col" className="right">
                      Revenue
                    </th>
                  </tr>
                </thead>
                <tbody ref={body}>
                  {rows.map((conversion) => (
                    <tr key={conversion.id}>
                      <td>
                        <Time at={conversion.receivedAt} />
                      </td>
                      <td>{conversion.delivery?.destination}</td>
                      <td>
                        <StateChip state={conversion.status} />
                      </td>
                      <td>{conversion.originalStatus}</td>
                      <td className="mono wrap">{conversion.txid ?? <span className="faint">none</span>}</td>
                      <th scope="row">
                        <LeadLink id={conversion.delivery?.lead?.id} />
                      </th>
                      <td className="right">
                        <Money amount={conversion.revenue} currency={conversion.currency} />
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

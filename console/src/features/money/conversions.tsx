import { Link, useNavigate } from '@tanstack/react-router';
import { Conversions as ConversionsOperation } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { More } from '../../ui/more';
import { Empty, Heading, Loaded, Money, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';

/** Money that came later: what destinations reported. */
export function Conversions() {
  const pages = usePages(ConversionsOperation, {}, (answer) => answer.conversions.pageInfo);
  const rows = pages.data?.pages.flatMap((page) => page.conversions.nodes) ?? [];
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const id = rows[at]?.delivery?.lead?.id;
    if (id) void navigate({ to: '/leads/$id', params: { id }, search: {} });
  });
  return (
    <>
      <Heading title="Conversions">
        <Link to="/conversions/parked">Parked postbacks</Link>
        <button type="button" className="button" onClick={() => void pages.refetch()}>
          Refresh
        </button>
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
                        {conversion.delivery?.lead && (
                          <Link
                            to="/leads/$id"
                            params={{ id: conversion.delivery.lead.id }}
                            search={{}}
                            className="mono"
                            title={conversion.delivery.lead.id}
                          >
                            …{conversion.delivery.lead.id.slice(-8)}
                          </Link>
                        )}
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

import { Link } from '@tanstack/react-router';
import { ParkedPostbacks, type ParkedReason } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { More } from '../../ui/more';
import { Empty, Heading, Loaded, Time } from '../../ui/parts';
import { Release } from './release';

const REASONS: Record<ParkedReason, string> = {
  AWAITING_ANSWER: 'the answer to its offer is awaited',
  UNKNOWN_CLICK: 'nobody knows its click id',
  OTHER_DESTINATION: 'its token is of another destination',
  NOT_ACCEPTED: 'the destination did not accept the lead',
  REFUSED: 'it could not be read, or contradicts what is stored',
};

/** Money that nobody can place. */
export function Parked() {
  const pages = usePages(ParkedPostbacks, {}, (answer) => answer.parkedPostbacks.pageInfo);
  const rows = pages.data?.pages.flatMap((page) => page.parkedPostbacks.nodes) ?? [];
  return (
    <>
      <Heading title="Parked postbacks">
        <Link to="/conversions">Conversions</Link>
      </Heading>
      <Loaded of={pages}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No postback is parked.">
              <p>One that cannot be applied is kept here with the reason, until it can be.</p>
            </Empty>
          ) : (
            <div className="table-wrap">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Received</th>
                    <th scope="col">Destination</th>
                    <th scope="col">Click id</th>
                    <th scope="col">Why</th>
                    <th scope="col" className="right">
                      Times
                    </th>
                    <th scope="col">
                      <span className="visually-hidden">What can be done</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((parked) => (
                    <tr key={parked.id}>
                      <td>
                        <Time at={parked.receivedAt} />
                      </td>
                      <td>{parked.destination ?? <span className="faint">any</span>}</td>
                      <td className="mono wrap">{parked.clickId ?? <span className="faint">none</span>}</td>
                      <td className="wrap">
                        {REASONS[parked.reason]}
                        {parked.problems.map((problem) => (
                          <p key={problem.code} className="faint">
                            {problem.message} {problem.hint}
                          </p>
                        ))}
                      </td>
                      <td className="right number">{parked.times}</td>
                      <td>
                        <Release of={parked} />
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

import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { BulkActions, ChooseRow } from '../../bulk/choose';
import { useSelection } from '../../bulk/selection';
import { StartBulk } from '../../bulk/start';
import { ParkedPostbacks, type ParkedReason, type ReplayPostbacksFilterInput } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { shortId } from '../../ui/format';
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

export const PARKED_REASONS = Object.keys(REASONS) as ParkedReason[];

/** Money that nobody can place. */
export function Parked() {
  const { reason } = useSearch({ from: '/shell/conversions/parked' });
  const navigate = useNavigate({ from: '/conversions/parked' });
  const filter = reason ? { reason } : {};
  const pages = usePages(ParkedPostbacks, { filter }, (answer) => answer.parkedPostbacks.pageInfo);
  const rows = pages.data?.pages.flatMap((page) => page.parkedPostbacks.nodes) ?? [];
  const selection = useSelection(rows.map(({ id }) => id));
  const [many, setMany] = useState<ReplayPostbacksFilterInput | null>(null);
  return (
    <>
      <Heading title="Parked postbacks">
        <Link to="/conversions">Conversions</Link>
      </Heading>
      <search className="filters">
        <Choice
          label="Why"
          value={reason}
          options={PARKED_REASONS}
          show={(it) => REASONS[it]}
          onChange={(next) => void navigate({ search: { reason: next } })}
        />
      </search>
      {rows.length > 0 && (
        <BulkActions
          chosen={selection.chosen.length}
          label="Apply"
          all={
            reason
              ? { label: 'all of this reason' }
              : { missing: 'choose a reason to apply all that were parked for it' }
          }
          onChosen={() => setMany({ ids: selection.chosen })}
          onAll={() => reason && setMany({ reason })}
          clear={selection.clear}
        />
      )}
      <StartBulk
        title="Apply parked postbacks"
        label="Apply them"
        open={many !== null}
        onClose={() => setMany(null)}
        action={{ replayPostbacks: { filter: many ?? {} } }}
        isReady={many !== null}
      >
        <p>Each is tried again as it came. One that still cannot be applied stays parked.</p>
      </StartBulk>
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
                    <th scope="col">
                      <span className="visually-hidden">Choose</span>
                    </th>
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
                    <tr key={parked.id} data-id={parked.id}>
                      <td>
                        <ChooseRow
                          label={`Choose ${shortId(parked.id)}`}
                          checked={selection.has(parked.id)}
                          onToggle={(isRange) => selection.toggle(parked.id, isRange)}
                        />
                      </td>
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

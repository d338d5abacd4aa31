import type { OneRolloutFragment, ShadowOfQuery } from '../../graphql/generated';
import { ShadowOf } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { count, percent } from '../../ui/format';
import { LeadLink } from '../../ui/lead-link';
import { Card, Fact, Money, StateChip, Time } from '../../ui/parts';
import { choiceWords } from './words';

type Shadow = NonNullable<ShadowOfQuery['shadow']>;

/** Who would have got what by the version, without anything being sent: what one puts at risk. */
export function ShadowCard({
  of,
  isNow,
  currency,
}: {
  of: OneRolloutFragment;
  /** Whether the rollout stands at this step. */
  isNow: boolean;
  currency: string | undefined;
}) {
  const asked = useAsk(ShadowOf, { flow: of.flow }, { poll: isNow });
  const shadow = asked.data?.shadow;
  // The flow may have had another shadow since.
  if (!shadow || shadow.versionHash !== of.versionHash) return null;
  return (
    <Card
      title="Its shadow: who would have got what"
      aside={<StateChip state={shadow.until ? 'INACTIVE' : 'RUNNING'} label={shadow.until ? 'ended' : 'decides'} />}
    >
      <dl className="shadow-facts">
        <Fact name="Leads decided">{count(shadow.leads)}</Fact>
        <Fact name="Sent elsewhere first">
          {count(shadow.moved)}
          {shadow.leads > 0 && <span className="faint"> {percent(shadow.moved / shadow.leads)}</span>}
        </Fact>
        <Fact name="Unknown">{count(shadow.undecided)}</Fact>
        {shadow.until && (
          <Fact name="Ended">
            <Time at={shadow.until.at} />
            <span className="faint">
              {' '}
              by {shadow.until.by}
              {shadow.until.note && `: ${shadow.until.note}`}
            </span>
          </Fact>
        )}
      </dl>
      {shadow.cells.length > 0 && <Cells shadow={shadow} currency={currency} />}
      {shadow.movedLeads.length > 0 && (
        <p className="faint moved-leads">
          The latest of them:{' '}
          {shadow.movedLeads.map(({ leadId, live, candidate }) => (
            <span key={leadId}>
              <LeadLink id={leadId} /> {choiceWords(live)} → {choiceWords(candidate)}
            </span>
          ))}
        </p>
      )}
    </Card>
  );
}

function Cells({ shadow, currency }: { shadow: Shadow; currency: string | undefined }) {
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">The live version did</th>
            <th scope="col">The version would do</th>
            <th scope="col" className="right">
              Leads
            </th>
            <th scope="col" className="right">
              To be expected
            </th>
            <th scope="col" className="right">
              Somebody took
            </th>
            <th scope="col" className="right">
              They brought
            </th>
          </tr>
        </thead>
        <tbody>
          {shadow.cells.map((cell) => {
            const [live, candidate] = [choiceWords(cell.live), choiceWords(cell.candidate)];
            return (
              <tr key={`${live} ${candidate}`} className={live === candidate ? 'is-over' : undefined}>
                <td>{live}</td>
                <td>{live === candidate ? 'the same' : <strong>{candidate}</strong>}</td>
                <td className="right number">
                  {count(cell.leads)}
                  {cell.assumed > 0 && <span className="faint"> ({count(cell.assumed)} assumed)</span>}
                </td>
                <td className="right number">
                  {cell.expectedLeads.toLocaleString('en-US', { maximumFractionDigits: 1 })}
                </td>
                <td className="right number">{count(cell.accepted)}</td>
                <td className="right">
                  <Money amount={cell.revenue} currency={currency ?? null} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

import { CircleAlert } from 'lucide-react';
import type { ReplayReport } from '../../graphql/replay-report';
import { count, percent } from '../../ui/format';
import { LeadLink } from '../../ui/lead-link';
import { Card, Fact, Sentence, Time } from '../../ui/parts';
import { currencyOf, reward, VERDICTS } from '../../ui/replay-words';
import { capital } from '../../ui/sentences';
import { Moves } from './moves';
import { Values } from './values';
import { weightBins } from './words';

/** What the past says: the verdict first, then what it rests on. */
export function Report({
  of,
  candidate,
  baseline,
  flow,
}: {
  of: ReplayReport;
  candidate: string;
  baseline: string;
  flow: string;
}) {
  const { words, look } = VERDICTS[of.verdict.kind];
  const isKnown = of.verdict.kind !== 'not_enough_evidence';
  const values = <Values of={of} candidate={candidate} baseline={baseline} />;
  return (
    <>
      <section className={`verdict-banner verdict-${look}`} aria-label="Verdict">
        <strong>{words}.</strong>
        {of.verdict.because.map((reason) => (
          <p key={reason}>
            <Sentence text={capital(reason)} currency={currencyOf(of.unit)} />.
          </p>
        ))}
      </section>
      {of.decidable.length > 0 && (
        <Card title="What would make it decidable">
          <ul className="change-list">
            {of.decidable.map((it) => (
              <li key={it}>
                <Sentence text={capital(it)} currency={currencyOf(of.unit)} />.
              </li>
            ))}
          </ul>
        </Card>
      )}
      {of.warnings.length > 0 && (
        <ul className="notes">
          {of.warnings.map((it) => (
            <li key={it}>
              <CircleAlert aria-hidden size={15} /> <Sentence text={capital(it)} currency={currencyOf(of.unit)} />.
            </li>
          ))}
        </ul>
      )}
      {isKnown && values}
      {!isKnown && of.candidate.n > 0 && (
        <details className="as-table">
          <summary>Figures that prove nothing</summary>
          {values}
        </details>
      )}
      <div className="columns">
        <Evidence of={of} />
        <Weights of={of} />
      </div>
      {isKnown && of.moves && <Moves of={of.moves} unit={of.unit} />}
      <Unsupported of={of} />
      <ColdRules of={of} flow={flow} />
    </>
  );
}

/** How much of the log speaks of the candidate. */
function Evidence({ of: { candidate, difference, maturity, unit } }: { of: ReplayReport }) {
  return (
    <Card title="What it rests on">
      <dl className="evidence">
        <Fact name="Leads of the log">{count(candidate.n)}</Fact>
        <Fact name="Worth as many evenly weighted">{count(Math.floor(candidate.ess))}</Fact>
        <Fact name="Rewards behind the difference">
          {count(Math.round(difference.rewards_for))} for it, {count(Math.round(difference.rewards_against))} against it
        </Fact>
        <Fact name="Where the log never goes">
          {candidate.unsupported_share === null
            ? 'unknown'
            : `${percent(candidate.unsupported_share)} of its decisions`}
        </Fact>
        {candidate.max_weight_share !== null && (
          <Fact name="Largest lead">{percent(candidate.max_weight_share)} of all weights</Fact>
        )}
        {maturity && maturity.left_out > 0 && (
          <Fact name="Left out as too young">
            {count(maturity.left_out)} leads
            {maturity.mature_at && (
              <span className="faint">
                , until <Time at={maturity.mature_at} />
              </span>
            )}
          </Fact>
        )}
        {maturity && maturity.late_payments > 0 && (
          <Fact name="Came too late to count">
            {count(maturity.late_payments)} {maturity.late_payments === 1 ? 'payment' : 'payments'},{' '}
            {reward(maturity.late_rewards, unit)}
          </Fact>
        )}
      </dl>
    </Card>
  );
}

/** How the weights are spread: few large ones mean that few leads speak for all. */
function Weights({ of: { weight_histogram, candidate } }: { of: ReplayReport }) {
  const bins = weightBins(weight_histogram);
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <Card
      title="How much each lead counts"
      aside={
        <span className="faint">
          {candidate.mean_weight !== null && candidate.max_weight !== null
            ? `mean ${candidate.mean_weight.toFixed(2)}, largest ${candidate.max_weight.toFixed(2)}`
            : 'no lead counts'}
        </span>
      }
    >
      <ul className="bars weight-bars">
        {bins.map(({ words, count: n }) => (
          <li key={words}>
            <span className="number">{words}</span>
            <span className="bar" aria-hidden>
              <span style={{ inlineSize: `${(n / most) * 100}%` }} />
            </span>
            <span className="number right">
              {count(n)}
              <span className="visually-hidden"> leads</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Unsupported({ of: { unsupported_destinations } }: { of: ReplayReport }) {
  if (unsupported_destinations.length === 0) return null;
  return (
    <Card title="Where it would send leads that the log says nothing about">
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Destination</th>
              <th scope="col" className="right">
                Share of the leads
              </th>
              <th scope="col">Some of them</th>
            </tr>
          </thead>
          <tbody>
            {unsupported_destinations.map(({ destination, share, examples }) => (
              <tr key={destination}>
                <th scope="row">{destination}</th>
                <td className="right number">{percent(share)}</td>
                <td className="wrap moved-leads">
                  {examples.map((id) => (
                    <LeadLink key={id} id={id} />
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function ColdRules({ of: { cold_rules }, flow }: { of: ReplayReport; flow: string }) {
  if (cold_rules.length === 0) return null;
  return (
    <Card title={`Rules of ${flow} that no lead comes to`}>
      <ul className="change-list">
        {cold_rules.slice(0, 30).map(({ node, rule, to, is_dead }) => (
          <li key={`${node} ${rule}`}>
            <code>
              {node}.{rule}
            </code>{' '}
            to {to}
            {is_dead && ': no lead ever can'}
          </li>
        ))}
        {cold_rules.length > 30 && <li className="faint">and {count(cold_rules.length - 30)} more</li>}
      </ul>
    </Card>
  );
}

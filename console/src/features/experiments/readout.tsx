import { CircleAlert } from 'lucide-react';
import type { EffectFragment, ExperimentMetric, OneExperimentFragment } from '../../graphql/generated';
import { chance, difference, isLessBetter, loss, METRICS, ppm, relative, shown } from '../../ui/figures';
import { count, percent } from '../../ui/format';
import { type Drawn, Intervals } from '../../ui/intervals';
import { Card, Sentence, StateChip } from '../../ui/parts';

type Comparison = OneExperimentFragment['readout']['comparisons'][number];

/** The metric that decides: intervals first, then what they mean for whoever decides. */
export function PrimaryCard({ of, currency }: { of: OneExperimentFragment; currency: string | undefined }) {
  const { primary, readout, arms } = of;
  const compared = readout.comparisons.filter(({ role }) => role === 'PRIMARY');
  const first = arms[0] ?? '';
  const value = readout.arms[0]?.measures.find(({ metric }) => metric === primary)?.value;
  const matters = value == null ? null : Math.abs(value) * (of.smallestEffectPpm / 1e6);
  return (
    <Card
      title={`${METRICS[primary]}, which decides`}
      aside={<span className="faint">{ppm(of.confidencePpm)} confidence</span>}
    >
      <Intervals
        metric={primary}
        first={first}
        rows={drawn(compared)}
        zone={matters === null ? null : [-matters, matters]}
        currency={currency}
      />
      {compared.map((it) => (
        <WhyNot key={it.arm} of={it} />
      ))}
      {compared.map((it) => (
        <AdjustedNote key={it.arm} of={it} />
      ))}
      {compared.some(({ effect }) => effect) && (
        <EffectTable comparisons={compared} first={first} metric={primary} currency={currency} />
      )}
    </Card>
  );
}

function drawn(comparisons: Comparison[]): Drawn[] {
  return comparisons.flatMap(({ arm, effect, verdict, adjusted }) => [
    ...(effect ? [{ arm, effect, verdict }] : []),
    ...(adjusted ? [{ arm: `${arm}, adjusted`, effect: adjusted.effect, verdict }] : []),
  ]);
}

/** By what a difference is adjusted, and what that was good for; or why it is not. */
function AdjustedNote({ of: { arm, adjusted, whyNotAdjusted } }: { of: Comparison }) {
  if (whyNotAdjusted) {
    return (
      <p className="note">
        <strong>{arm}</strong> is not adjusted: <Sentence text={whyNotAdjusted} />.
      </p>
    );
  }
  if (!adjusted) return null;
  return (
    <p className="faint">
      {arm} adjusted by {adjusted.covariates.join(', ')}: {percent(adjusted.varianceRemoved)} of the variance removed.
      The verdict is by the adjusted difference.
    </p>
  );
}

function WhyNot({ of: { arm, effect, whyNot } }: { of: Comparison }) {
  if (effect || !whyNot) return null;
  return (
    <p className="note">
      <strong>{arm}</strong>: nothing can be said yet, <Sentence text={whyNot} />.
    </p>
  );
}

const VERDICTS: Record<Comparison['verdict'], string> = {
  BETTER: 'better',
  WORSE: 'worse',
  NO_MATTER: 'no difference that matters',
  NOT_YET: 'not known yet',
};

function EffectTable({
  comparisons,
  first,
  metric,
  currency,
}: {
  comparisons: Comparison[];
  first: string;
  metric: ExperimentMetric;
  currency: string | undefined;
}) {
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col">Verdict</th>
            <th scope="col" className="right">
              Difference
            </th>
            <th scope="col" className="right">
              Look whenever you like
            </th>
            <th scope="col" className="right">
              A single look
            </th>
            <th scope="col" className="right">
              Chance to win
            </th>
            <th scope="col" className="right">
              Loss a lead, if wrong
            </th>
          </tr>
        </thead>
        <tbody>
          {drawn(comparisons).map(({ arm, verdict, effect }) => (
            <tr key={arm}>
              <th scope="row">{arm}</th>
              <td>
                <StateChip state={`VERDICT_${verdict}`} label={VERDICTS[verdict]} />
              </td>
              <td className="right">
                <span className="number">{difference(metric, effect.difference, currency)}</span>
                {effect.relative !== null && <div className="faint number">{relative(effect.relative)}</div>}
              </td>
              <td className="right">
                <Between metric={metric} of={effect.interval} currency={currency} p={effect.pValue} />
              </td>
              <td className="right">
                <Between metric={metric} of={effect.fixedInterval} currency={currency} p={effect.fixedPValue} />
              </td>
              <td className="right">
                <span className="number">{chance(effect.chanceToWin)}</span>
              </td>
              <td className="right">
                <Losses effect={effect} metric={metric} arm={arm} first={first} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Between({
  metric,
  of,
  currency,
  p,
}: {
  metric: ExperimentMetric;
  of: { low: number; high: number };
  currency: string | undefined;
  p: number;
}) {
  return (
    <>
      <span className="number">
        {difference(metric, of.low, currency).replace(' points', '')} to {difference(metric, of.high, currency)}
      </span>
      <div className="faint number">p {p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}</div>
    </>
  );
}

function Losses({
  effect,
  metric,
  arm,
  first,
  currency,
}: {
  effect: EffectFragment;
  metric: ExperimentMetric;
  arm: string;
  first: string;
  currency: string | undefined;
}) {
  return (
    <>
      <div className="number">
        {loss(metric, effect.expectedLoss, currency)} <span className="faint">with {arm}</span>
      </div>
      <div className="number">
        {loss(metric, effect.expectedLossOfFirst, currency)} <span className="faint">with {first}</span>
      </div>
    </>
  );
}

/** How leads were split, which arm has how many, and how many are still to come. */
export function ArmsCard({ of, currency }: { of: OneExperimentFragment; currency: string | undefined }) {
  const { readout } = of;
  const metrics = readout.arms[0]?.measures.map(({ metric }) => metric) ?? [];
  const hasUnits = readout.arms.some(({ units, leads }) => units !== leads);
  return (
    <Card title="Arms" aside={<SplitWords split={readout.split} />}>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Arm</th>
              <th scope="col" className="right">
                Leads that count
              </th>
              <th scope="col">Still waiting</th>
              {metrics.map((metric) => (
                <th scope="col" className="right" key={metric}>
                  {METRICS[metric]}
                </th>
              ))}
              <th scope="col" className="right">
                Left out
              </th>
            </tr>
          </thead>
          <tbody>
            {readout.arms.map((arm) => (
              <tr key={arm.name}>
                <th scope="row">{arm.name}</th>
                <td className="right">
                  <span className="number">{count(arm.leads)}</span>
                  {hasUnits && <div className="faint number">of {count(arm.units)} people</div>}
                </td>
                <td>
                  <Waiting leads={arm.leads} waiting={arm.waiting} />
                </td>
                {metrics.map((metric) => {
                  const measure = arm.measures.find((it) => it.metric === metric);
                  return (
                    <td className="right" key={metric}>
                      {measure?.value == null ? (
                        <span className="faint">not enough</span>
                      ) : (
                        <>
                          <span className="number">{shown(metric, measure.value, currency)}</span>
                          {measure.standardError !== null && (
                            <span className="faint number">
                              {' '}
                              ± {loss(metric, measure.standardError, currency).replace(' points', '')}
                            </span>
                          )}
                        </>
                      )}
                    </td>
                  );
                })}
                <td className="right number faint">
                  {count(arm.notComparable)}
                  {arm.crossed > 0 && <div>{count(arm.crossed)} changed arm</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="faint">
        {of.windowHours > 0
          ? `A lead counts ${of.windowHours} hours after its draw, and waits until then. `
          : 'A lead counts once its answer is known. '}
        Left out are draws in which not every compared arm could be drawn. ± is one standard error.
      </p>
    </Card>
  );
}

function Waiting({ leads, waiting }: { leads: number; waiting: number }) {
  const share = leads + waiting === 0 ? 0 : waiting / (leads + waiting);
  return (
    <div className="waiting">
      <span className="number">{count(waiting)}</span>
      <div className="waiting-bar" role="img" aria-label={`${percent(share)} of the leads are waiting`}>
        <span style={{ inlineSize: `${(1 - share) * 100}%` }} />
      </div>
    </div>
  );
}

function SplitWords({ split }: { split: OneExperimentFragment['readout']['split'] }) {
  if (split.isBroken) return <StateChip state="VERDICT_WORSE" label="the split is broken" />;
  if (split.pValue === null) return <span className="faint">no lead was drawn yet</span>;
  return (
    <span className="faint">
      split as the weights say, p = {split.pValue.toFixed(2)}
      {split.nWeights > 1 && `; ${split.nWeights} sets of weights`}
    </span>
  );
}

/** What arms must not harm, with the limit; and what is looked at besides. */
export function OtherMetricsCard({
  of,
  reason,
  currency,
}: {
  of: OneExperimentFragment;
  /** Why they are compared. */
  reason: 'GUARDRAIL' | 'SECONDARY';
  currency: string | undefined;
}) {
  const compared = of.readout.comparisons.filter(({ role }) => role === reason);
  if (compared.length === 0) return null;
  const metrics = [...new Set(compared.map(({ metric }) => metric))];
  const firstValue = (metric: ExperimentMetric) =>
    of.readout.arms[0]?.measures.find((it) => it.metric === metric)?.value ?? null;
  return (
    <Card title={reason === 'GUARDRAIL' ? 'Guardrails' : 'Also looked at'}>
      {metrics.map((metric) => {
        const rows = compared.filter((it) => it.metric === metric);
        const limit = of.guardrails.find((it) => it.metric === metric);
        const value = firstValue(metric);
        const harm =
          reason === 'GUARDRAIL' && limit && value !== null ? (Math.abs(value) * limit.worstPpm) / 1e6 : null;
        const zone: [number, number] | null = harm === null ? null : isLessBetter(metric) ? [0, harm] : [-harm, 0];
        return (
          <div className="stack" key={metric}>
            {reason === 'GUARDRAIL' && limit && (
              <p>
                {METRICS[metric]} may be worse by at most <strong>{ppm(limit.worstPpm)}</strong> of{' '}
                {value === null ? 'its value' : shown(metric, value, currency)}.{' '}
                {rows.map(({ arm, verdict }) => (
                  <StateChip key={arm} state={`GUARD_${verdict}`} label={`${arm}: ${GUARDED[verdict]}`} />
                ))}
              </p>
            )}
            <Intervals metric={metric} first={of.arms[0] ?? ''} rows={drawn(rows)} zone={zone} currency={currency} />
            {rows.map((it) => (
              <WhyNot key={it.arm} of={it} />
            ))}
          </div>
        );
      })}
      {reason === 'SECONDARY' && (
        <p className="faint">These decide nothing: with many metrics, one of them moves by chance.</p>
      )}
    </Card>
  );
}

const GUARDED: Record<Comparison['verdict'], string> = {
  BETTER: 'better',
  WORSE: 'broken',
  NO_MATTER: 'holds',
  NOT_YET: 'not known yet',
};

/** What stands above all numbers: that the split is broken, or what happened meanwhile. */
export function Warnings({ of: { readout } }: { of: OneExperimentFragment }) {
  if (readout.notes.length === 0) return null;
  return (
    <ul className="notes">
      {readout.notes.map((note) => (
        <li key={note}>
          <CircleAlert aria-hidden size={15} /> {note}
        </li>
      ))}
    </ul>
  );
}

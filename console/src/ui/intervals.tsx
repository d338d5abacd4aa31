import type { EffectFragment, ExperimentMetric } from '../graphql/generated';
import { difference, isLessBetter, METRICS } from './figures';
import { placeOn, type Scale, scaleOf } from './scale';

/** A difference to draw. */
export interface Drawn {
  arm: string;
  effect: EffectFragment;
  verdict: 'BETTER' | 'WORSE' | 'NO_MATTER' | 'NOT_YET';
}

/** Differences from the first arm, each as the interval that may be looked at whenever one likes, with the usual one
 * below it; all on one axis, with 0 and the zone in which a difference does not matter. */
export function Intervals({
  metric,
  first,
  rows,
  zone,
  currency,
}: {
  metric: ExperimentMetric;
  /** Name of the arm that the others are compared with. */
  first: string;
  rows: Drawn[];
  /** Differences that do not matter, lowest and highest; none is drawn if they are unknown. */
  zone: [number, number] | null;
  currency?: string | null;
}) {
  if (rows.length === 0) return null;
  const scale = scaleOf([
    0,
    ...(zone ?? []),
    ...rows.flatMap(({ effect }) => [
      effect.interval.low,
      effect.interval.high,
      effect.fixedInterval.low,
      effect.fixedInterval.high,
    ]),
  ]);
  const sides = isLessBetter(metric) ? ['better', 'worse'] : ['worse', 'better'];
  return (
    <figure className="intervals">
      <figcaption>
        {METRICS[metric]}: difference from <strong>{first}</strong>
      </figcaption>
      <div className="interval-sides" aria-hidden>
        <span>← {sides[0]}</span>
        <span>{sides[1]} →</span>
      </div>
      {rows.map((row) => (
        <Row key={row.arm} row={row} scale={scale} metric={metric} zone={zone} currency={currency} />
      ))}
      <div className="interval-row interval-axis" aria-hidden>
        <span />
        <div className="track">
          {scale.ticks.map((tick) => (
            <span key={tick} style={{ insetInlineStart: `${placeOn(scale, tick) * 100}%` }}>
              {tick === 0 ? '0' : difference(metric, tick, currency).replace(' points', '')}
            </span>
          ))}
        </div>
      </div>
      <ul className="legend">
        <li>
          <span className="swatch swatch-always" aria-hidden /> holds however often you look
        </li>
        <li>
          <span className="swatch swatch-fixed" aria-hidden /> for a single look at a time fixed in advance
        </li>
        {zone && (
          <li>
            <span className="swatch swatch-zone" aria-hidden /> too small to matter
          </li>
        )}
      </ul>
    </figure>
  );
}

function Row({
  row: { arm, effect, verdict },
  scale,
  metric,
  zone,
  currency,
}: {
  row: Drawn;
  scale: Scale;
  metric: ExperimentMetric;
  zone: [number, number] | null;
  currency: string | null | undefined;
}) {
  const say = (value: number) => difference(metric, value, currency);
  const words = `${arm}: ${say(effect.difference)}; between ${say(effect.interval.low)} and ${say(effect.interval.high)} however often one looks, between ${say(effect.fixedInterval.low)} and ${say(effect.fixedInterval.high)} for a single look`;
  return (
    <div className="interval-row">
      <span className="interval-arm">{arm}</span>
      <div className={`track verdict-${verdict.toLowerCase().replace('_', '-')}`} role="img" aria-label={words}>
        {zone && <span className="zone" style={spanOf(scale, zone[0], zone[1])} />}
        <span className="zero" style={{ insetInlineStart: `${placeOn(scale, 0) * 100}%` }} />
        <span className="always" style={spanOf(scale, effect.interval.low, effect.interval.high)} />
        <span className="fixed" style={spanOf(scale, effect.fixedInterval.low, effect.fixedInterval.high)} />
        <span className="point" style={{ insetInlineStart: `${placeOn(scale, effect.difference) * 100}%` }} />
      </div>
    </div>
  );
}

/** A stretch of the axis. What lies outside ends at the edge. */
function spanOf(scale: Scale, low: number, high: number) {
  const from = placeOn(scale, low);
  return { insetInlineStart: `${from * 100}%`, inlineSize: `${(placeOn(scale, high) - from) * 100}%` };
}

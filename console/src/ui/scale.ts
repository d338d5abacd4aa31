/** Places on an axis. */
export interface Scale {
  low: number;
  high: number;
  /** Round values in the range, in order. */
  ticks: number[];
}

/** An axis that holds all values and ends at round ones; finite values only. */
export function scaleOf(values: readonly number[], n = 5): Scale {
  const finite = values.filter(Number.isFinite);
  let low = Math.min(...finite);
  let high = Math.max(...finite);
  if (finite.length === 0) [low, high] = [0, 1];
  if (low === high) [low, high] = low === 0 ? [-1, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  const step = roundStep((high - low) / n);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  // Whole multiples of the step, so that no rounding adds up.
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
  return { low: first * step, high: last * step, ticks };
}

/** The place of a value, 0 at the beginning of the axis and 1 at its end; what lies outside is put at the edge. */
export function placeOn({ low, high }: Scale, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is no smaller. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 2.5, 5, 10].find((it) => it * power >= least * (1 - 1e-9)) ?? 10) * power;
}

/** All weights together, in parts per million. */
export const WHOLE = 1_000_000;

/** A whole in shares that are as the given ones to each other; even ones, if those are nothing. They sum to it to the last part. */
export function inProportion(shares: readonly number[], whole: number): number[] {
  const before = shares.reduce((sum, it) => sum + it, 0);
  const exact = shares.map((it) => (before === 0 ? whole / shares.length : (it * whole) / before));
  const given = exact.map(Math.floor);
  let left = whole - given.reduce((sum, it) => sum + it, 0);
  // What rounding left goes to those that lost most by it.
  const order = exact.map((value, at) => ({ at, lost: value - Math.floor(value) })).sort((a, b) => b.lost - a.lost);
  for (const { at } of order) {
    if (left <= 0) break;
    given[at] = (given[at] ?? 0) + 1;
    left -= 1;
  }
  return given;
}

/** Weights when one of them is another: the others share the rest in proportion to what they have, evenly if they have
 * nothing. They sum to one million, to the last part. */
export function withWeight(weights: readonly number[], at: number, ppm: number): number[] {
  return inProportion(weights.toSpliced(at, 1), WHOLE - ppm).toSpliced(at, 0, ppm);
}

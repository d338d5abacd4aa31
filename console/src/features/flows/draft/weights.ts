/** All weights together, in parts per million. */
export const WHOLE = 1_000_000;

/** Weights when one arm gets another one: the others share the rest in proportion to what they have, evenly if they have
 * nothing. They sum to one million, to the last part. */
export function withWeight(weights: Record<string, number>, arm: string, ppm: number): Record<string, number> {
  const others = Object.keys(weights).filter((name) => name !== arm);
  const rest = WHOLE - ppm;
  const before = others.reduce((sum, name) => sum + (weights[name] ?? 0), 0);
  const exact = others.map((name) => (before === 0 ? rest / others.length : ((weights[name] ?? 0) * rest) / before));
  const given = exact.map(Math.floor);
  let left = rest - given.reduce((sum, it) => sum + it, 0);
  // What rounding left goes to those that lost most by it.
  const order = exact.map((value, at) => ({ at, lost: value - Math.floor(value) })).sort((a, b) => b.lost - a.lost);
  for (const { at } of order) {
    if (left <= 0) break;
    given[at] = (given[at] ?? 0) + 1;
    left -= 1;
  }
  return Object.fromEntries(
    Object.keys(weights).map((name) => [name, name === arm ? ppm : (given[others.indexOf(name)] ?? 0)]),
  );
}

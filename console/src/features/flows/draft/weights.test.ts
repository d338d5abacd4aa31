import { expect, it } from 'vitest';
import { WHOLE, withWeight } from './weights';

it('shares the rest in proportion, to the last part', () => {
  expect(withWeight({ a: 500_000, b: 300_000, c: 200_000 }, 'a', 600_000)).toEqual({
    a: 600_000,
    b: 240_000,
    c: 160_000,
  });
  expect(withWeight({ a: 1_000_000, b: 0, c: 0 }, 'a', 0)).toEqual({ a: 0, b: 500_000, c: 500_000 });
  for (const ppm of [0, 1, 333_333, 999_999, 1_000_000]) {
    const weights = withWeight({ a: 333_334, b: 333_333, c: 333_333 }, 'b', ppm);
    expect(Object.values(weights).reduce((sum, it) => sum + it, 0)).toBe(WHOLE);
    expect(weights.b).toBe(ppm);
  }
});

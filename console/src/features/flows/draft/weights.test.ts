import { expect, it } from 'vitest';
import { WHOLE, withWeight } from './weights';

it('shares the rest in proportion, to the last part', () => {
  expect(withWeight([500_000, 300_000, 200_000], 0, 600_000)).toEqual([600_000, 240_000, 160_000]);
  expect(withWeight([1_000_000, 0, 0], 0, 0)).toEqual([0, 500_000, 500_000]);
  for (const ppm of [0, 1, 333_333, 999_999, 1_000_000]) {
    const weights = withWeight([333_334, 333_333, 333_333], 1, ppm);
    expect(weights.reduce((sum, it) => sum + it, 0)).toBe(WHOLE);
    expect(weights[1]).toBe(ppm);
  }
});

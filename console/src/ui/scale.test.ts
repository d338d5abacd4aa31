import { expect, it } from 'vitest';
import { placeOn, scaleOf } from './scale';

it('holds all values between round ones', () => {
  for (const values of [[-0.013, 0.042], [3, 4, 5], [-1e-6, 2e-6], [0, 0], [7], [-1200, 90_000]]) {
    const { low, high, ticks } = scaleOf(values);
    expect(low).toBeLessThanOrEqual(Math.min(...values));
    expect(high).toBeGreaterThanOrEqual(Math.max(...values));
    expect(ticks[0]).toBe(low);
    expect(ticks.at(-1)).toBe(high);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(high).toBeGreaterThan(low);
  }
  expect(scaleOf([-0.013, 0.042]).ticks.map((it) => Number(it.toFixed(6)))).toEqual([-0.02, 0, 0.02, 0.04, 0.06]);
});

it('survives no values and values that are none', () => {
  expect(scaleOf([]).ticks.length).toBeGreaterThan(1);
  const scale = scaleOf([Number.NaN, 1, Number.POSITIVE_INFINITY, 2]);
  expect(placeOn(scale, 1.5)).toBeCloseTo(0.5);
  expect(placeOn(scale, -9)).toBe(0);
  expect(placeOn(scale, 9)).toBe(1);
});

import { expect, it } from 'vitest';
import { scrolledTo, windowOf } from './window';

it('holds what is in sight and a little more, at both ends too', () => {
  expect(windowOf(10_000, 28, 0, 560)).toEqual({ first: 0, end: 28 });
  const { first, end } = windowOf(10_000, 28, 28 * 5_000, 560);
  expect(first).toBeLessThanOrEqual(5_000);
  expect(end).toBeGreaterThanOrEqual(5_020);
  expect(end - first).toBeLessThan(60);
  expect(windowOf(10_000, 28, 28 * 9_990, 560).end).toBe(10_000);
  expect(windowOf(0, 28, 0, 560)).toEqual({ first: 0, end: 0 });
});

it('scrolls no further than a row needs', () => {
  expect(scrolledTo(5, 28, 0, 560, 28)).toBe(0);
  expect(scrolledTo(20, 28, 0, 560, 28)).toBe(56);
  expect(scrolledTo(3, 28, 500, 560, 28)).toBe(84);
});

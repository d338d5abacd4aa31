import { expect, it } from 'vitest';
import { axisOf, pointAt, pointOf, type Series } from './series';

const SERIES: Series = {
  from: '2026-01-31T00:00:00Z',
  until: '2026-01-31T12:00:00Z',
  currency: 'USD',
  isThinned: false,
  times: ['2026-01-30T20:00:00Z', '2026-01-31T06:00:00Z', '2026-01-31T09:00:00Z'],
  asOf: [],
  epochs: ['3', '9', '40'],
  isOwn: [true, true, true],
  explorationCost: [],
  arms: [],
};

it('begins where the range does, or where the weights do', () => {
  expect(axisOf(SERIES).from).toBe(Date.parse('2026-01-31T00:00:00Z'));
  const young = { ...SERIES, times: SERIES.times.slice(1), epochs: SERIES.epochs.slice(1) };
  expect(axisOf(young).from).toBe(Date.parse('2026-01-31T06:00:00Z'));
  const empty = axisOf({ ...SERIES, times: [], epochs: [] });
  expect(empty.from).toBeLessThan(empty.until);
});

it('finds the weights that held in an epoch, whatever an address says', () => {
  expect(pointOf(SERIES, undefined)).toBe(2);
  expect(pointOf(SERIES, '9')).toBe(1);
  // Weights hold until the next ones, and epochs of other bandits lie between.
  expect(pointOf(SERIES, '39')).toBe(1);
  expect(pointOf(SERIES, '1')).toBe(0);
  expect(pointOf(SERIES, '99999999999999999999999')).toBe(2);
  expect(pointOf(SERIES, 'x')).toBe(2);
  expect(pointOf({ ...SERIES, times: [], epochs: [] }, undefined)).toBe(-1);
});

it('finds what held at a moment', () => {
  const axis = axisOf(SERIES);
  expect(pointAt(axis, Date.parse('2026-01-31T08:59:00Z'))).toBe(1);
  expect(pointAt(axis, 0)).toBe(0);
});

import { expect, it } from 'vitest';
import { reward, signed } from '../../ui/replay-words';
import { moment, weightBins } from './words';

it('tells rewards in their unit', () => {
  expect(reward(1.5, 'USD')).toBe('$1.50');
  expect(reward(0.25, 'clicks')).toBe('0.250 clicks');
  expect(signed(-0.5, 'USD')).toBe('−$0.500');
  expect(signed(2, 'EUR')).toBe('+€2.00');
});

it('reads times of a scenario', () => {
  expect(moment(1_769_853_000_123_456)).toBe('2026-01-31T09:50:00.123Z');
  expect(moment(null)).toBeNull();
  expect(moment(0)).toBe('1970-01-01T00:00:00.000Z');
});

it('names the bins that hold weights', () => {
  expect(weightBins({ up_to: [0, 0.5, 1, 2], counts: [3, 0, 5, 0, 0] })).toEqual([
    { words: '0', count: 3 },
    { words: '0 to 0.5', count: 0 },
    { words: '0.5 to 1', count: 5 },
  ]);
  expect(weightBins({ up_to: [0, 1], counts: [0, 0, 2] })).toEqual([{ words: 'over 1', count: 2 }]);
  expect(weightBins({ up_to: [0], counts: [0, 0] })).toEqual([]);
});

import { expect, it } from 'vitest';
import { moneyFlowOf, spread } from './money-flow';

const point = (source: string, destination: string, revenue: string) => ({
  source,
  destination,
  isRest: false,
  leads: 1,
  revenue,
});

it('draws bands as thick as the money, most of it first', () => {
  const flow = moneyFlowOf([
    point('web', 'north', '10.00'),
    point('web', 'south', '30.00'),
    point('app', 'south', '60.00'),
    point('app', 'north', '-5.00'),
    { ...point('', '', '0.00'), isRest: true },
  ]);
  expect(flow.sources.map(({ name, money }) => [name, money])).toEqual([
    ['app', 60],
    ['web', 40],
  ]);
  expect(flow.destinations.map(({ name, money }) => [name, money])).toEqual([
    ['south', 90],
    ['north', 10],
  ]);
  expect(flow.bands.map(({ from, to, money }) => [from, to, money])).toEqual([
    [0, 0, 60],
    [1, 0, 30],
    [1, 1, 10],
  ]);
  for (const band of flow.bands) {
    expect(band.y1 + band.height).toBeLessThanOrEqual(1 + 1e-9);
    expect(band.y2 + band.height).toBeLessThanOrEqual(1 + 1e-9);
  }
});

it('keeps names apart and inside', () => {
  expect(spread([10, 12, 100], 30, 120)).toEqual([15, 45, 100]);
  expect(spread([10, 115, 118], 30, 120)).toEqual([15, 75, 105]);
  expect(spread([], 30, 120)).toEqual([]);
});

it('puts what is small together, and draws nothing of nothing', () => {
  const many = moneyFlowOf(Array.from({ length: 20 }, (_, at) => point(`s${at}`, 'd', `${100 - at}.00`)));
  expect(many.sources.length).toBe(9);
  expect(many.sources.at(-1)?.name).toBe('all others');
  expect(many.sources.reduce((sum, { money }) => sum + money, 0)).toBeCloseTo(1_810);
  expect(moneyFlowOf([])).toEqual({ sources: [], destinations: [], bands: [] });
});

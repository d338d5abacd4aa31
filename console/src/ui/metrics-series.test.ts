import { expect, it } from 'vitest';
import type { MetricsSumsFragment } from '../graphql/generated';
import { bucketsOf, currenciesOf, extent, groupsOf, ofCurrency } from './metrics-series';

function point(part: Partial<MetricsSumsFragment>): MetricsSumsFragment {
  return {
    from: '2026-01-31T09:00:00Z',
    to: '2026-01-31T10:00:00Z',
    flow: null,
    version: null,
    source: null,
    destination: null,
    node: null,
    arm: null,
    status: null,
    isRest: false,
    currency: 'USD',
    leads: 1,
    sold: 0,
    converted: 0,
    returned: 0,
    offers: 0,
    accepted: 0,
    rejected: 0,
    notSent: 0,
    unknown: 0,
    sales: 0,
    revenue: '0.00',
    takenBack: '0.00',
    revenuePerLead: null,
    acceptRate: null,
    conversionRate: null,
    returnRate: null,
    ...part,
  };
}

const POINTS = [
  point({ from: '2026-01-31T10:00:00Z', to: '2026-01-31T11:00:00Z', destination: 'north', revenue: '2.50' }),
  point({ destination: 'north', revenue: '-1.00', leads: 3 }),
  point({ destination: 'south', revenue: '4.00' }),
  point({ isRest: true, revenue: '1.00' }),
  point({ destination: 'north', currency: 'EUR', revenue: '9.00' }),
];

it('puts values in the order of time and of groups, with gaps where there are none', () => {
  const points = ofCurrency(POINTS, 'USD');
  const groups = groupsOf(points, ['DESTINATION']);
  expect(groups).toEqual(['north', 'south', 'all others']);
  const buckets = bucketsOf(points, ['DESTINATION'], groups, 'revenue');
  expect(buckets.map(({ values }) => values)).toEqual([
    [-1, 4, 1],
    [2.5, null, null],
  ]);
  expect(extent(buckets, true)).toEqual([0, 5, -1, 2.5, 0]);
});

it('keeps currencies apart, that of most leads first', () => {
  expect(currenciesOf(POINTS)).toEqual(['USD', 'EUR']);
  expect(currenciesOf([])).toEqual([]);
  expect(groupsOf([point({ node: 'halves', arm: 'north' })], ['NODE', 'ARM'])).toEqual(['halves: north']);
});

it('draws a rate by its own values', () => {
  const buckets = bucketsOf([point({ acceptRate: 0.5 }), point({ isRest: true })], [], ['all'], 'accept-rate');
  expect(extent(buckets, false)).toEqual([0, 0.5]);
});

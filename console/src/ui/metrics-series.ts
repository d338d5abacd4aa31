import type { MetricsDimension, MetricsSumsFragment } from '../graphql/generated';
import type { Bucket } from './chart/marks';
import { amount } from './figures';
import { count, instant, percent } from './format';

/** What is drawn over time. */
export type Measure =
  | 'revenue'
  | 'leads'
  | 'sold'
  | 'accept-rate'
  | 'revenue-per-lead'
  | 'conversion-rate'
  | 'return-rate';

interface MeasureWords {
  label: string;
  /** Whether values of groups add up to that of all; rates do not. */
  isSum: boolean;
  value: (point: MetricsSumsFragment) => number | null;
  say: (value: number, currency: string | null) => string;
}

const rate = (value: number) => percent(value);

export const MEASURES: Record<Measure, MeasureWords> = {
  revenue: {
    label: 'Revenue',
    isSum: true,
    value: ({ revenue }) => Number(revenue),
    say: (value, currency) => amount(value, currency),
  },
  leads: { label: 'Leads', isSum: true, value: ({ leads }) => leads, say: (value) => count(value) },
  sold: { label: 'Leads sold', isSum: true, value: ({ sold }) => sold, say: (value) => count(value) },
  'accept-rate': { label: 'Accept rate', isSum: false, value: ({ acceptRate }) => acceptRate, say: rate },
  'revenue-per-lead': {
    label: 'Revenue per lead',
    isSum: false,
    value: ({ revenuePerLead }) => (revenuePerLead === null ? null : Number(revenuePerLead)),
    say: (value, currency) => amount(value, currency),
  },
  'conversion-rate': {
    label: 'Conversion rate',
    isSum: false,
    value: ({ conversionRate }) => conversionRate,
    say: rate,
  },
  'return-rate': { label: 'Return rate', isSum: false, value: ({ returnRate }) => returnRate, say: rate },
};

/** Points of one currency: amounts of several are never added, nor drawn on one axis. */
export function ofCurrency(points: readonly MetricsSumsFragment[], currency: string | null): MetricsSumsFragment[] {
  return points.filter((point) => point.currency === currency);
}

/** The currencies of some points, that of most leads first. */
export function currenciesOf(points: readonly MetricsSumsFragment[]): string[] {
  const leads = new Map<string, number>();
  for (const point of points) leads.set(point.currency, (leads.get(point.currency) ?? 0) + point.leads);
  return [...leads].sort(([, a], [, b]) => b - a).map(([currency]) => currency);
}

const FIELDS = {
  FLOW: 'flow',
  VERSION: 'version',
  SOURCE: 'source',
  DESTINATION: 'destination',
  NODE: 'node',
  ARM: 'arm',
  SEGMENT: 'segment',
  STATUS: 'status',
} as const satisfies Record<MetricsDimension, string>;

/** The name of the group that a point is of. */
export function groupOf(point: MetricsSumsFragment, by: readonly MetricsDimension[]): string {
  if (point.isRest) return 'all others';
  if (by.length === 0) return 'all';
  return by.map((dimension) => (dimension === 'SEGMENT' ? null : point[FIELDS[dimension]]) ?? 'none').join(': ');
}

/** Names of groups in the order of the answer, each once. */
export function groupsOf(points: readonly MetricsSumsFragment[], by: readonly MetricsDimension[]): string[] {
  return [...new Set(points.map((point) => groupOf(point, by)))];
}

/** Values over time, in the order of time and of the groups. */
export function bucketsOf(
  points: readonly MetricsSumsFragment[],
  by: readonly MetricsDimension[],
  groups: readonly string[],
  measure: Measure,
): Bucket[] {
  const buckets = new Map<number, { from: number; to: number; values: (number | null)[] }>();
  for (const point of points) {
    const at = groups.indexOf(groupOf(point, by));
    if (at < 0) continue;
    const from = instant(point.from);
    const bucket = buckets.get(from) ?? { from, to: instant(point.to), values: groups.map(() => null) };
    bucket.values[at] = MEASURES[measure].value(point);
    buckets.set(from, bucket);
  }
  return [...buckets.values()].sort((a, b) => a.from - b.from);
}

/** The lowest and the highest value that is drawn: of bars the ends of the piles, of lines each value. */
export function extent(buckets: readonly Bucket[], isSum: boolean): number[] {
  if (!isSum) return [0, ...buckets.flatMap(({ values }) => values.filter((value) => value !== null))];
  const ends = buckets.flatMap(({ values }) => {
    const known = values.filter((value) => value !== null);
    return [
      known.reduce((sum, value) => sum + Math.max(0, value), 0),
      known.reduce((sum, value) => sum + Math.min(0, value), 0),
    ];
  });
  return [0, ...ends];
}

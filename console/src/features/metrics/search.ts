import type { Measure } from '../../ui/metrics-series';
import { MEASURES } from '../../ui/metrics-series';
import type { Range } from '../../ui/range';
import { choice, text } from '../../ui/search';

export type By = 'flow' | 'version' | 'source' | 'destination' | 'arm' | 'status';

/** Groups that are drawn; all others are one, whose grey is the tenth colour. */
export const GROUPS_MAX = 9;

export interface MetricsSearch {
  range?: Range | undefined;
  bucket?: 'hour' | 'day' | undefined;
  measure?: Measure | undefined;
  by?: By | undefined;
  flow?: string | undefined;
  source?: string | undefined;
  destination?: string | undefined;
  currency?: string | undefined;
}

export function readMetricsSearch(search: Record<string, unknown>): MetricsSearch {
  return {
    range: choice(search.range, ['24h', '7d', '30d'] as const),
    bucket: choice(search.bucket, ['hour', 'day'] as const),
    measure: choice(search.measure, Object.keys(MEASURES) as Measure[]),
    by: choice(search.by, ['flow', 'version', 'source', 'destination', 'arm', 'status'] as const),
    flow: text(search.flow),
    source: text(search.source),
    destination: text(search.destination),
    currency: text(search.currency),
  };
}

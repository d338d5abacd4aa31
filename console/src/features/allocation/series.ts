import type { AllocationOverTimeQuery, StreamKind, StreamPlace } from '../../graphql/generated';
import { instant } from '../../ui/format';

export type Series = AllocationOverTimeQuery['allocationOverTime'];
export type ArmSeries = Series['arms'][number];

/** Points of a series on the axis of time, in milliseconds. */
export interface Axis {
  from: number;
  until: number;
  /** From when each point holds; the first one may have held before the axis begins. */
  times: number[];
}

/** The stretch that is drawn: from the beginning of the range, or from the first weights if they are younger. */
export function axisOf(series: Series): Axis {
  const begin = instant(series.from);
  const until = instant(series.until);
  const times = series.times.map((time) => Math.max(begin, instant(time)));
  return { from: Math.min(times[0] ?? begin, until - 1_000), until, times };
}

/** The position of the point that an epoch of the address means: the last one that is not later; the newest without one. */
export function pointOf(series: Series, epoch: string | undefined): number {
  const last = series.times.length - 1;
  if (epoch === undefined || !/^\d+$/.test(epoch)) return last;
  const wanted = BigInt(epoch);
  const at = series.epochs.findLastIndex((it) => BigInt(it) <= wanted);
  return Math.max(0, at);
}

/** The position of the point that holds at a moment. */
export function pointAt({ times }: Axis, ms: number): number {
  return Math.max(
    0,
    times.findLastIndex((time) => time <= ms),
  );
}

const PLACES: Record<StreamPlace, string> = {
  OWN: '',
  REFUSED: ' elsewhere, after a refusal',
  SHARED: ' elsewhere, sold once more',
};
const KINDS: Record<StreamKind, string> = {
  AT_ONCE: 'with the answer',
  SALE: 'with the first conversion',
  REBILL: 'with later conversions',
  RETURN: 'taken back',
};

/** Where money of a stream comes from, and how. */
export function streamWords(kind: StreamKind, place: StreamPlace): string {
  return KINDS[kind] + PLACES[place];
}

import type { AvailabilityFragment } from '../graphql/generated';
import { count, money } from './format';

/** A cap in use. */
export type Cap = AvailabilityFragment['caps'][number];

export const WINDOWS = {
  MINUTE: 'a minute',
  HOUR: 'an hour',
  DAY: 'a day',
  WEEK: 'a week',
  MONTH: 'a month',
  LIFETIME: 'in all',
} as const;

export const KINDS = {
  OFFERS: 'offers',
  ACCEPTED: 'accepted leads',
  CONVERSIONS: 'conversions',
  REVENUE: 'of revenue',
  IN_FLIGHT: 'offers in flight',
} as const;

type Amount = Pick<Cap, 'kind' | 'max' | 'window' | 'group' | 'source' | 'sources'> & { maxRevenue?: string | null };

/** Whose leads a cap counts, where that is not all leads of one destination. */
export function whoseWords({ group, source, sources }: Pick<Cap, 'group' | 'source' | 'sources'>): string {
  const from = source !== null ? ` of ${source}` : sources.length > 0 ? ` of ${sources.join(', ')}` : '';
  return `${from}${group === null ? '' : ` in group ${group}`}`;
}

/** What a cap counts: "1,200 accepted leads a day". */
export function capWords(cap: Amount, currency?: string | null): string {
  const { kind, max, window, maxRevenue } = cap;
  // What is in flight has no window.
  const when = kind === 'IN_FLIGHT' ? '' : ` ${WINDOWS[window]}`;
  const most = maxRevenue != null ? money(maxRevenue, currency) : count(max);
  return `${most} ${KINDS[kind]}${whoseWords(cap)}${when}`;
}

/** What is used of it: units, or money. */
export function usedWords({ used, usedRevenue }: Cap, currency?: string | null): string {
  return usedRevenue !== null ? money(usedRevenue, currency) : count(used);
}

/** What tells a cap in use from the others of its destination. */
export function capKey({ name, kind, window, group, source, sources }: Cap): string {
  return [name, kind, window, group, source, ...sources].join(' ');
}

/** The same where there is little room: "1,200 a day". */
export function briefly({ max, maxRevenue, kind, window }: Cap, currency?: string | null): string {
  if (kind === 'IN_FLIGHT') return `${count(max)} in flight`;
  return `${maxRevenue !== null ? money(maxRevenue, currency) : count(max)} ${WINDOWS[window]}`;
}

/** How much of it is used, 1 when it is full. A cap of nothing is full. */
export function fillOf({ used, max }: Pick<Cap, 'used' | 'max'>): number {
  return max <= 0 ? 1 : used / max;
}

/** Days that are as long as most are; by a change of the clock it is an hour more or less. */
const LENGTHS_MS = { MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000, WEEK: 604_800_000, MONTH: 30 * 86_400_000 };

/** About when a cap is full if its window goes on as it went so far, in milliseconds since 1970; none if it is full, if it
 * will not be before the next window, or if too little of the window has passed to say so. */
export function fullAbout({ used, max, window, until }: Cap, now: number): number | null {
  if (window === 'LIFETIME' || until === null || used <= 0 || used >= max) return null;
  const end = Date.parse(until);
  const begin = end - LENGTHS_MS[window];
  const passed = now - begin;
  if (passed < LENGTHS_MS[window] / 20) return null;
  const at = begin + (passed * max) / used;
  return at > now && at < end ? at : null;
}

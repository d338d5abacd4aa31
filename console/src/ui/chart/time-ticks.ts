import type { Zone } from '../format';

export interface TimeTick {
  /** Milliseconds since 1970. */
  at: number;
  label: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances of ticks, in milliseconds. */
const STEPS = [
  SECOND,
  5 * SECOND,
  15 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  91 * DAY,
  365 * DAY,
];

/** Round times of a zone between two moments, at most `most` of them: full hours within days, midnights beyond. */
export function timeTicks(from: number, until: number, most: number, zone: Zone): TimeTick[] {
  const step = STEPS.find((it) => (until - from) / it <= most) ?? until - from;
  const ticks: TimeTick[] = [];
  // By the calendar and not by adding hours, so that a day with 23 of them moves nothing.
  for (let at = floorTo(from, step, zone), n = 0; at <= until && n < 1_000; n++) {
    if (at >= from) ticks.push({ at, label: labelOf(at, step, zone) });
    const next = floorTo(at + step + (step >= DAY ? 2 * HOUR : 0), step, zone);
    at = next > at ? next : at + step;
  }
  return ticks;
}

/** The last round time at or before a moment. */
function floorTo(at: number, step: number, zone: Zone): number {
  const offset = zone === 'UTC' ? 0 : -new Date(at).getTimezoneOffset() * MINUTE;
  const local = Math.floor((at + offset) / step) * step - offset;
  // The offset may be another one at the round time itself.
  const there = zone === 'UTC' ? 0 : -new Date(local).getTimezoneOffset() * MINUTE;
  return local + (offset - there);
}

function labelOf(at: number, step: number, zone: Zone): string {
  const date = new Date(at);
  const timeZone = zone === 'UTC' ? 'UTC' : undefined;
  const isMidnight =
    (zone === 'UTC' ? date.getUTCHours() * 60 + date.getUTCMinutes() : date.getHours() * 60 + date.getMinutes()) === 0;
  return new Intl.DateTimeFormat(
    'en-US',
    step >= DAY || isMidnight
      ? { month: 'short', day: 'numeric', timeZone }
      : {
          hour: '2-digit',
          minute: '2-digit',
          ...(step < MINUTE ? { second: '2-digit' } : {}),
          hourCycle: 'h23',
          timeZone,
        },
  ).format(date);
}

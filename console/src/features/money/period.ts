/** Days of a zone as text, such as `2026-11-01`, and the periods that statements are made of. */

export interface Period {
  from: string;
  until: string;
}

/** A day as an address may have it; nothing for anything else, such as the 31st of February. */
export function dayText(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value) ? value : undefined;
}

/** The day of a time in a zone.
 *
 * * `now`: in milliseconds since 1970. */
export function dayOf(now: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const part = (type: string) => parts.find((it) => it.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** A day of the calendar so many days later; arithmetic of days knows no zones. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export const PERIODS = {
  'this month': (today: string): Period => ({ from: `${today.slice(0, 8)}01`, until: today }),
  'last month': (today: string): Period => {
    const until = plusDays(`${today.slice(0, 8)}01`, -1);
    return { from: `${until.slice(0, 8)}01`, until };
  },
  'last 7 days': (today: string): Period => ({ from: plusDays(today, -6), until: today }),
} as const;

/** The name of a file that holds a statement: what it is of, without what no file may be called. */
export function fileName(by: string, account: string | undefined, { from, until }: Period): string {
  const words = ['statement', by.toLowerCase(), account?.replace(/[^\w.-]+/g, '-'), from, until];
  return `${words.filter(Boolean).join('_')}.csv`;
}

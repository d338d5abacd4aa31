/** Numbers, money and times as people read them. Money is decimal text from end to end, and never a float. */

const MICROS = 1_000_000n;

/** Decimal text in millionths: `"12.5"` is 12,500,000. */
export function micros(text: string): bigint {
  const [, sign, units, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (units === undefined) throw new RangeError(`not an amount: ${text}`);
  const value = BigInt(units) * MICROS + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -value : value;
}

/** Millionths as decimal text, with two to six digits after the point. */
export function decimal(value: bigint): string {
  const sign = value < 0n ? '-' : '';
  const absolute = value < 0n ? -value : value;
  const fraction = (absolute % MICROS)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${sign}${absolute / MICROS}.${fraction}`;
}

export function sum(amounts: Iterable<string>): string {
  let total = 0n;
  for (const amount of amounts) total += micros(amount);
  return decimal(total);
}

/** What is left of an amount without another. */
export function less(amount: string, other: string): string {
  return decimal(micros(amount) - micros(other));
}

/** An amount in its currency; without one, as a plain number. A minus is as wide as a plus, as in all figures. */
export function money(text: string, currency?: string | null): string {
  const digits = (text.split('.')[1] ?? '').length;
  const format = new Intl.NumberFormat('en-US', {
    ...(currency ? { style: 'currency', currency } : {}),
    minimumFractionDigits: 2,
    maximumFractionDigits: Math.max(2, digits),
  });
  return format.format(text as Intl.StringNumericLiteral).replace('-', '−');
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** A share of a whole, in [0, 1], as per cent. What is not 0 does not read as 0, and what is not 1 not as 100. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  if (value < 100 && value > 99.9) return '> 99.9 %';
  return `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

/** Milliseconds in the unit that fits, with the next smaller one where something is left for it. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return both(minutes, 'min', Math.floor((ms % 60_000) / 1_000), 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return both(hours, 'h', minutes % 60, 'min');
  return both(Math.floor(hours / 24), 'days', hours % 24, 'h');
}

function both(n: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${n} ${unit}` : `${n} ${unit} ${rest} ${smaller}`;
}

export type Zone = 'local' | 'UTC';

export function zoneName(zone: Zone): string {
  return zone === 'UTC' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A time in a zone, to the second, or to the millisecond. The year stands there if it is not the present one.
 *
 * * `now`: in milliseconds since 1970. */
export function time(
  text: string,
  zone: Zone,
  precision: 'second' | 'millisecond' = 'second',
  now = Date.now(),
): string {
  const at = new Date(text);
  const timeZone = zoneName(zone);
  const year = (of: Date | number) => new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric' }).format(of);
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    ...(year(at) === year(now) ? {} : { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(precision === 'millisecond' ? { fractionalSecondDigits: 3 } : {}),
  }).format(at);
}

/** A day of the calendar, such as `2026-11-01`, as people write it. */
export function dayWords(day: string): string {
  return DAY.format(new Date(`${day}T00:00:00Z`));
}

/** From one day to another, with what both have in common once. */
export function daysWords(from: string, until: string): string {
  // Browsers differ in the spaces around the dash.
  return DAY.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${until}T00:00:00Z`)).replace(/\s/g, ' ');
}

const DAY = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' });

/** Milliseconds since 1970, with the microseconds that the API gives as a fraction. */
export function instant(text: string): number {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const whole = Date.parse(text.replace(/\.\d+/, ''));
  return whole + Number(`0.${fraction.padEnd(1, '0')}`) * 1_000;
}

/** The words of a constant: `NOT_SENT` is "not sent". */
export function words(constant: string): string {
  return constant.toLowerCase().replaceAll('_', ' ');
}

/** The end of an id: what tells it from its neighbours. */
export function shortId(id: string): string {
  return id.length > 12 ? `…${id.slice(-8)}` : id;
}

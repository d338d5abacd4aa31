import { describe, expect, it } from 'vitest';
import {
  daysWords,
  dayWords,
  decimal,
  duration,
  instant,
  less,
  micros,
  money,
  percent,
  shortId,
  sum,
  time,
  words,
} from './format';

describe('money', () => {
  it('is added up without a float', () => {
    expect(sum(['0.1', '0.2'])).toBe('0.30');
    expect(sum(['9007199254740993.000001', '0.000001'])).toBe('9007199254740993.000002');
    expect(sum([])).toBe('0.00');
    expect(less('0.30', '0.10')).toBe('0.20');
    expect(less('1.00', '9007199254740993.000001')).toBe('-9007199254740992.000001');
  });
  it('is read and written as the API does', () => {
    for (const text of ['12.50', '-0.000001', '0.00', '7.123456', '-3.25']) expect(decimal(micros(text))).toBe(text);
    expect(() => micros('1e3')).toThrow('not an amount');
  });
  it('keeps every digit that it was given', () => {
    expect(money('1234.50', 'USD')).toBe('$1,234.50');
    expect(money('0.000125', 'USD')).toBe('$0.000125');
    expect(money('9007199254740993.01')).toBe('9,007,199,254,740,993.01');
    expect(money('-2.00', 'EUR')).toBe('−€2.00');
  });
});

describe('numbers', () => {
  it('does not round what is rare to never, or what is likely to always', () => {
    expect(percent(0)).toBe('0 %');
    expect(percent(0.0004)).toBe('< 0.1 %');
    expect(percent(0.123)).toBe('12.3 %');
    expect(percent(0.9999)).toBe('> 99.9 %');
    expect(percent(1)).toBe('100 %');
  });
  it('says how long in the unit that fits', () => {
    expect(duration(83)).toBe('83 ms');
    expect(duration(2_500)).toBe('2.5 s');
    expect(duration(125_000)).toBe('2 min 5 s');
    expect(duration(3 * 3_600_000)).toBe('3 h');
    expect(duration(4 * 86_400_000)).toBe('4 days');
  });
});

describe('times', () => {
  it('keeps microseconds, so that what happened first is first', () => {
    const [a, b] = [instant('2026-01-31T09:30:00.000001Z'), instant('2026-01-31T09:30:00.000002Z')];
    expect(b - a).toBeGreaterThan(0);
    expect(b - a).toBeCloseTo(0.001, 3);
    expect(instant('2026-01-31T09:30:00Z')).toBe(Date.parse('2026-01-31T09:30:00Z'));
  });
  it('is shown in the zone that is chosen', () => {
    const now = Date.parse('2026-12-31T23:59:59Z');
    expect(time('2026-01-31T09:30:05.25Z', 'UTC', 'second', now)).toBe('Jan 31, 09:30:05');
    expect(time('2026-01-31T09:30:05.25Z', 'UTC', 'millisecond', now)).toBe('Jan 31, 09:30:05.250');
  });
  it('has its year where that is another one', () => {
    expect(time('2026-01-31T09:30:05Z', 'UTC', 'second', Date.parse('2027-01-01T00:00:00Z'))).toBe(
      'Jan 31, 2026, 09:30:05',
    );
  });
  it('says days as people write them', () => {
    expect(dayWords('2026-11-01')).toBe('Nov 1, 2026');
    expect(daysWords('2026-11-01', '2026-11-30')).toBe('Nov 1 – 30, 2026');
    expect(daysWords('2025-12-28', '2026-01-03')).toBe('Dec 28, 2025 – Jan 3, 2026');
    expect(daysWords('2026-11-30', '2026-11-30')).toBe('Nov 30, 2026');
  });
});

it('shortens an id to what tells it from its neighbours', () => {
  expect(shortId('lead_06ey3jm7x8a1b2c3d4')).toBe('…a1b2c3d4');
  expect(words('NOT_SENT')).toBe('not sent');
});

import { expect, it } from 'vitest';
import { dayOf, dayText, fileName, PERIODS, plusDays } from './period';
import { readReturnSearch, readStatementSearch } from './search';

it('knows the day of a zone, over the date line too', () => {
  const now = Date.parse('2026-03-01T03:30:00Z');
  expect(dayOf(now, 'UTC')).toBe('2026-03-01');
  expect(dayOf(now, 'America/Chicago')).toBe('2026-02-28');
  expect(dayOf(now, 'Pacific/Kiritimati')).toBe('2026-03-01');
});

it('names whole months, the short ones and those before a new year', () => {
  expect(PERIODS['this month']('2026-03-31')).toEqual({ from: '2026-03-01', until: '2026-03-31' });
  expect(PERIODS['last month']('2026-03-31')).toEqual({ from: '2026-02-01', until: '2026-02-28' });
  expect(PERIODS['last month']('2028-03-01')).toEqual({ from: '2028-02-01', until: '2028-02-29' });
  expect(PERIODS['last month']('2026-01-15')).toEqual({ from: '2025-12-01', until: '2025-12-31' });
  expect(PERIODS['last 7 days']('2026-01-03')).toEqual({ from: '2025-12-28', until: '2026-01-03' });
  expect(plusDays('2026-11-01', 1)).toBe('2026-11-02');
});

it('reads an address with doubt', () => {
  expect(dayText('2026-02-28')).toBe('2026-02-28');
  expect(dayText('2026-02-31')).toBeUndefined();
  expect(dayText('yesterday')).toBeUndefined();
  expect(dayText(20260228)).toBeUndefined();
  expect(readStatementSearch({ by: 'DESTINATION', from: '2026-13-01', account: 'acme' })).toEqual({ account: 'acme' });
  expect(readStatementSearch({ by: 'SOURCE', until: '2026-02-01' })).toEqual({ by: 'SOURCE', until: '2026-02-01' });
  expect(readStatementSearch({ by: 'SOURCE', show: 'payouts' })).toEqual({ by: 'SOURCE', show: 'payouts' });
  expect(readStatementSearch({ show: 'payouts' })).toEqual({});
  expect(readReturnSearch({ state: 'GONE', destination: 7 })).toEqual({ destination: '7' });
});

it('names the file of a statement by what it is of', () => {
  const period = { from: '2026-11-01', until: '2026-11-30' };
  expect(fileName('DESTINATION', 'acme', period)).toBe('statement_destination_acme_2026-11-01_2026-11-30.csv');
  expect(fileName('SOURCE', '../etc pwd', period)).toBe('statement_source_..-etc-pwd_2026-11-01_2026-11-30.csv');
  expect(fileName('SOURCE', undefined, period)).toBe('statement_source_2026-11-01_2026-11-30.csv');
});

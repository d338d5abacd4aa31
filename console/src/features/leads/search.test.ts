import { expect, it } from 'vitest';
import { fromField, toField } from './filters';
import { isUnfiltered, leadFilter, readLeadSearch } from './search';

it('reads filters off an address, and nothing that is none', () => {
  const search = readLeadSearch({ status: 'SOLD', flow: 'auto', test: 'no', from: '2026-01-31T09:30:00Z', source: 7 });
  expect(leadFilter(search)).toEqual({
    status: 'SOLD',
    flow: 'auto',
    isTest: false,
    source: '7',
    receivedFrom: '2026-01-31T09:30:00.000Z',
  });
  expect(isUnfiltered(readLeadSearch({ status: 'GONE', from: 'yesterday', test: 'maybe', flow: '' }))).toBe(true);
});

it('gives a field for times what it takes, and takes it back', () => {
  const at = '2026-01-31T09:30:00.000Z';
  expect(toField(at, true)).toBe('2026-01-31T09:30');
  expect(fromField(toField(at, true), true)).toBe(at);
  expect(fromField(toField(at, false), false)).toBe(at);
  expect(fromField('', true)).toBeUndefined();
  expect(fromField('never', true)).toBeUndefined();
});

import { expect, it } from 'vitest';
import { decisionsOf, mayBeReturned, newKey, requestEffects, termsOf } from './words';

it('reads the terms off settings, and none where there are none', () => {
  expect(termsOf({ returns: { window_days: 7, reasons: ['wrong number'], gives_back_cap: true } })).toEqual({
    windowDays: 7,
    reasons: ['wrong number'],
    isAutomatic: false,
    givesBackCap: true,
  });
  expect(termsOf({ returns: { window_days: 1, reasons: [], decision: 'automatic' } })).toEqual({
    windowDays: 1,
    reasons: null,
    isAutomatic: true,
    givesBackCap: false,
  });
  expect(termsOf({ returns: null })).toBeNull();
  expect(termsOf({})).toBeNull();
  expect(termsOf(undefined)).toBeNull();
});

it('says what follows before a return is asked for', () => {
  const terms = { windowDays: 1, reasons: null, isAutomatic: false, givesBackCap: false };
  expect(requestEffects('RETURN', 'acme', terms)[0]).toBe(
    'Within 1 day of the sale it is taken down, and nothing changes before somebody accepts it.',
  );
  expect(requestEffects('RETURN', 'acme', { ...terms, isAutomatic: true, windowDays: 7 })[0]).toContain('at once');
  expect(requestEffects('RETURN', 'acme', null)).toHaveLength(1);
  expect(requestEffects('CHARGEBACK', 'acme', null)[0]).toContain('whatever was agreed');
});

it('offers the decisions that a state allows, and one return at a time', () => {
  expect(decisionsOf({ state: 'REQUESTED' })).toEqual(['ACCEPT', 'DENY']);
  expect(decisionsOf({ state: 'ACCEPTED' })).toEqual(['REVERSE']);
  expect(decisionsOf({ state: 'DENIED' })).toEqual([]);
  expect(mayBeReturned([])).toBe(true);
  expect(mayBeReturned([{ state: 'DENIED' }, { state: 'REVERSED' }])).toBe(true);
  expect(mayBeReturned([{ state: 'DENIED' }, { state: 'REQUESTED' }])).toBe(false);
  expect(mayBeReturned([{ state: 'ACCEPTED' }])).toBe(false);
});

it('makes a key of its own for each request', () => {
  expect(newKey()).toMatch(/^console-[0-9a-f]{24}$/);
  expect(newKey()).not.toBe(newKey());
});

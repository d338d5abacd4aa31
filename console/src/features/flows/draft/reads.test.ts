import { expect, it } from 'vitest';
import { readValues } from './cases';
import { readNumber } from './members';
import { readDefault } from './values';

it('reads shares in per cent and whole numbers, within their range', () => {
  expect(readNumber('12.5', 10_000, [0, 1_000_000])).toBe(125_000);
  expect(readNumber('0,1', 10_000, [0, 1_000_000])).toBe(1_000);
  expect(readNumber('100.1', 10_000, [0, 1_000_000])).toBe('`100.1` is no share from 0 to 100 %');
  expect(readNumber('0.00001', 10_000, [0, 1_000_000])).toContain('is no share');
  expect(readNumber(' 72 ', 1, [1, 8_760])).toBe(72);
  expect(readNumber('7.5', 1, [1, 8_760])).toBe('`7.5` is no whole number from 1 to 8,760');
  expect(readNumber('', 1, [1, 8_760])).toContain('is no whole number');
});

it('reads what stands in for a value that cannot be computed', () => {
  expect(readDefault('')).toBeNull();
  expect(readDefault('-3')).toBe(-3);
  expect(readDefault('0.50')).toBe('0.50');
  expect(readDefault('1e3')).toBeUndefined();
});

it('reads the values of a case by the kind of the field', () => {
  const roof = { name: 'roof', kind: 'enum', labels: ['flat', 'steep'] };
  expect(readValues('flat, steep', roof)).toEqual(['flat', 'steep']);
  expect(readValues('slate', roof)).toContain('no label of roof');
  expect(readValues('not flat', roof)).toContain('a case has values');
  expect(readValues('', roof)).toContain('a case has values');
  expect(readValues('yes', { name: 'owner', kind: 'boolean', labels: null })).toEqual([true]);
});

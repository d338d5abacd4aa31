import { expect, test } from 'vitest';
import { toggled } from './selection';

const ids = ['a', 'b', 'c', 'd'];

test('a row is chosen and given up again', () => {
  expect([...toggled(new Set(), ids, 'b', null, false)]).toEqual(['b']);
  expect([...toggled(new Set(['b']), ids, 'b', 'b', false)]).toEqual([]);
});

test('with Shift, a range becomes what its end becomes, in either direction', () => {
  expect([...toggled(new Set(['b']), ids, 'd', 'b', true)].sort()).toEqual(['b', 'c', 'd']);
  expect([...toggled(new Set(['d']), ids, 'b', 'd', true)].sort()).toEqual(['b', 'c', 'd']);
  expect([...toggled(new Set(['b', 'c', 'd']), ids, 'b', 'd', true)]).toEqual([]);
});

test('a range from a row that has gone is one row', () => {
  expect([...toggled(new Set(), ids, 'c', 'gone', true)]).toEqual(['c']);
});

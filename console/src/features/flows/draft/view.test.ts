import { expect, test } from 'vitest';
import type { Row } from './changes';
import { viewOf, WHOLE } from './view';

const names = ['state', 'age'];
const rows: Row[] = [
  { cells: [['CA', 'TX'], { from: 18, to: 25 }], to: 'north' },
  { cells: [null, { from: 9, to: 17 }], to: 'south' },
  { cells: [['NY'], null], to: 'north' },
  { cells: [['CA'], { from: 100 }], to: 'leads to' },
];
const view = (filter: string, column?: number, isDown = false) =>
  viewOf(rows, { filter, sort: column === undefined ? null : { column, isDown } }, names, false);

test('a filter finds words in any cell, or in one column', () => {
  expect(viewOf(rows, WHOLE, names, false)).toBeNull();
  expect(view('  ')).toBeNull();
  expect(view('ca')).toEqual([0, 3]);
  expect(view('ca 18')).toEqual([0]);
  expect(view('state: ca')).toEqual([0, 3]);
  expect(view('age:17')).toEqual([1]);
  expect(view('"leads to": north')).toEqual([0, 2]);
  expect(view('"18 to 25"')).toEqual([0]);
  expect(view('zip:9')).toEqual([]);
});

test('sorting reads numbers as numbers, and cells that take anything stand last', () => {
  expect(view('', 1)).toEqual([1, 0, 3, 2]);
  expect(view('', 1, true)).toEqual([3, 0, 1, 2]);
  expect(view('north', 0)).toEqual([0, 2]);
  // Equal cells keep the order of the draft.
  expect(view('', 2)).toEqual([3, 0, 2, 1]);
  expect(view('', 2, true)).toEqual([1, 0, 2, 3]);
});

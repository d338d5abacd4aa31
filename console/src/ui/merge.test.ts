import { expect, test } from 'vitest';
import { equal } from './equal';
import { merged } from './merge';

const base = { flow: 'auto', fields: { state: 'st', age: 'years' }, active: true };

test('what two people changed at different places is put together', () => {
  const theirs = { ...base, fields: { ...base.fields, state: ['st', 'state'], zip: 'plz' } };
  const mine = { flow: 'auto', fields: { state: 'st', credit: 'score' }, active: false };
  expect(merged(base, theirs, mine)).toEqual({
    value: { flow: 'auto', fields: { state: ['st', 'state'], zip: 'plz', credit: 'score' }, active: false },
    clashes: [],
  });
});

test('what both changed in one place stays mine, and is told', () => {
  const theirs = { ...base, fields: { state: 'province' } };
  const mine = { ...base, fields: { state: 'region', age: 'alter' } };
  const { value, clashes } = merged(base, theirs, mine);
  expect(value).toEqual(mine);
  expect(clashes).toEqual([
    { place: 'fields.state', mine: 'region', theirs: 'province' },
    { place: 'fields.age', mine: 'alter', theirs: undefined },
  ]);
});

test('no change of either side is lost that is not told', () => {
  const values = [undefined, 1, 'x', ['a'], { b: 1 }, { b: 2, c: 3 }];
  for (const b of values) {
    for (const t of values) {
      for (const m of values) {
        const { value, clashes } = merged({ a: b, n: 0 }, { a: t, n: 0 }, { a: m, n: 1 });
        const { a, n } = value as { a?: unknown; n: number };
        expect(n).toBe(1);
        if (equal(t, b) || equal(t, m)) expect(a).toEqual(m);
        else if (equal(m, b)) expect(a).toEqual(t);
        else if (clashes.length === 0) expect(a).toMatchObject(m as object);
      }
    }
  }
  // The same change twice is one.
  expect(merged(base, { ...base, active: false }, { ...base, active: false }).clashes).toEqual([]);
  expect(merged({}, { constructor: 1 }, { toString: 2 }).value).toEqual({ constructor: 1, toString: 2 });
});

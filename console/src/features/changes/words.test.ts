import { expect, it } from 'vitest';
import { hunksOf, linesOf, placeOf } from './words';

const text = (lines: ReturnType<typeof linesOf>, kind: string) =>
  lines
    .filter((line) => line.kind !== kind)
    .map((line) => line.text)
    .join('\n');

it('tells what was removed and added, and gives back both texts', () => {
  const before = ['{', ' "max": 5,', ' "window": "day",', ' "zone": "UTC"', '}'].join('\n');
  const after = ['{', ' "max": 9,', ' "window": "day",', ' "kind": "offers",', ' "zone": "UTC"', '}'].join('\n');
  const lines = linesOf(before, after);
  expect(lines.filter(({ kind }) => kind === 'removed').map((line) => line.text)).toEqual([' "max": 5,']);
  expect(lines.filter(({ kind }) => kind === 'added').map((line) => line.text)).toEqual([
    ' "max": 9,',
    ' "kind": "offers",',
  ]);
  expect(text(lines, 'added')).toBe(before);
  expect(text(lines, 'removed')).toBe(after);
});

it('gives back both texts, whatever they are', () => {
  let seed = 7;
  const next = (n: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % n;
  };
  for (let round = 0; round < 200; round++) {
    const [before, after] = [0, 1].map(() => Array.from({ length: next(12) }, () => `line ${next(5)}`).join('\n'));
    const lines = linesOf(before ?? '', after ?? '');
    expect(text(lines, 'added')).toBe(before);
    expect(text(lines, 'removed')).toBe(after);
  }
  const long = Array.from({ length: 3_000 }, (_, at) => `a${at}`).join('\n');
  expect(text(linesOf(long, long.replaceAll('a', 'b')), 'added')).toBe(long);
});

it('leaves out what is far from any difference', () => {
  const before = Array.from({ length: 30 }, (_, at) => `${at}`).join('\n');
  const shown = hunksOf(linesOf(before, before.replace('\n15\n', '\nfifteen\n')));
  expect(shown.filter((line) => line === null).length).toBe(2);
  expect(shown.length).toBe(2 + 3 + 2 + 3);
  expect(hunksOf(linesOf('a', 'a'))).toEqual([null]);
});

it('knows the page of what was changed', () => {
  expect(placeOf('DESTINATION_PUT', 'a/b')).toBe('/destinations/a%2Fb');
  expect(placeOf('LEAD_SCHEMA_PUT', 'solar')).toBe('/schemas/solar');
  expect(placeOf('PERSON_ERASED', 'era_1')).toBeNull();
});

import { expect, test } from 'vitest';
import type { FlowDocument } from '../../../graphql/flow-document';
import { applied } from './changes';
import {
  isAbout,
  numberAt,
  numberChange,
  numbersAt,
  numbersIn,
  numberWords,
  rangeAround,
  readBound,
  typedBound,
} from './swept-numbers';

const DOCUMENT = {
  flow: 'f',
  vertical: 'v',
  currency: 'USD',
  root: 'graded',
  nodes: {
    graded: { kind: 'when', if: "score2 >= 40 && state != 'CA 12'", then: 'either', otherwise: 'market' },
    both: { kind: 'when', if: 'a > 1.5 && a < 9', then: 'either', otherwise: 'market' },
    either: {
      kind: 'split',
      arms: [
        { weight_ppm: 500_000, to: 'a' },
        { weight_ppm: 300_000, to: 'b' },
        { weight_ppm: 200_000, name: 'third', to: 'c' },
      ],
    },
    market: { kind: 'auction', bidders: [{ to: 'a', penalty_ppm: 5 }, { to: 'b' }] },
    a: { kind: 'destination' },
  },
} as unknown as FlowDocument;

// The same texts as in the tests of the server, which counts them alike.
test('numbers in quotes, names and what is no number are not counted', () => {
  const values = (text: string) => numbersIn(text).map(({ value }) => value);
  expect(values("score2 >= 40 && state != 'CA 12'")).toEqual(['40']);
  expect(values('a > 1.5 && a < 9')).toEqual(['1.5', '9']);
  expect(values('a > -5 && b == "x \\" 7" && c < 1234567890')).toEqual(['5']);
  expect(values('größe2 > 3')).toEqual(['3']);
  expect(values('')).toEqual([]);
});

test('another number is one change of its place alone', () => {
  const changed = (node: string, place: string, value: string) => {
    const change = numberChange(DOCUMENT, node, place, value);
    return change && applied(DOCUMENT, change).nodes[node];
  };
  expect(changed('graded', 'if#1', '55')?.if).toBe("score2 >= 55 && state != 'CA 12'");
  expect(changed('both', 'if#2', '7.5')?.if).toBe('a > 1.5 && a < 7.5');
  expect(changed('both', 'if#3', '7.5')).toBeNull();
  expect(changed('market', 'reserve#1', '3.00')?.reserve).toBe('3.00');
  expect(changed('market', 'bidders[0].penalty_ppm', '70')?.bidders).toMatchObject([{ penalty_ppm: 70 }, {}]);
  expect(changed('either', 'arms[0].weight_ppm', '700000')?.arms).toMatchObject([
    { weight_ppm: 700_000 },
    { weight_ppm: 180_000 },
    { weight_ppm: 120_000 },
  ]);
});

test('a number is found by its place, and a member that is left out by what holds then', () => {
  expect(numberAt(DOCUMENT, 'both', 'if#2')).toBe('9');
  expect(numberAt(DOCUMENT, 'both', 'if#3')).toBeNull();
  expect(numberAt(DOCUMENT, 'market', 'reserve#1')).toBe('0.00');
  expect(numberAt(DOCUMENT, 'nobody', 'if#1')).toBeNull();
  expect(numbersAt(DOCUMENT, 'market', 'bidders[1].penalty_ppm')).toEqual([]);
});

test('a curve is about a draft as long as nothing but its number changes', () => {
  const of = (node: string, place: string, present: string, next: string) => {
    const change = numberChange(DOCUMENT, node, place, next);
    const used = change ? applied(DOCUMENT, change) : DOCUMENT;
    return isAbout(used, node, place, { present, candidate: DOCUMENT });
  };
  expect(of('graded', 'if#1', '40', '55')).toBe(true);
  expect(of('either', 'arms[0].weight_ppm', '500000', '333333')).toBe(true);
  const other = { ...DOCUMENT, root: 'both' };
  expect(isAbout(other, 'graded', 'if#1', { present: '40', candidate: DOCUMENT })).toBe(false);
  expect(isAbout(DOCUMENT, 'graded', 'if#2', { present: '40', candidate: DOCUMENT })).toBe(false);
  expect(isAbout(DOCUMENT, 'graded', 'if#1', { present: '40', candidate: 'hash' })).toBe(false);
});

test('shares are read and typed as per cent, and a range begins around the number', () => {
  expect(numberWords('arms[0].weight_ppm', '125000')).toBe('12.5 %');
  expect(readBound('arms[0].weight_ppm', '12,5')).toBe('125000');
  expect(readBound('arms[0].weight_ppm', 'x')).toBe('x');
  expect(readBound('if#1', ' 40 ')).toBe('40');
  expect(typedBound('arms[0].weight_ppm', '125000')).toBe('12.5');
  expect(typedBound('if#1', '40.5')).toBe('40.5');
  expect(rangeAround('arms[0].weight_ppm', '1')).toEqual(['0', '100']);
  expect(rangeAround('if#1', '40')).toEqual(['20', '60']);
  expect(rangeAround('if#1', '1')).toEqual(['0', '2']);
  expect(rangeAround('reserve#1', '0.00')).toEqual(['0', '10']);
  expect(rangeAround('reserve#1', '12.50')).toEqual(['6.25', '18.75']);
});

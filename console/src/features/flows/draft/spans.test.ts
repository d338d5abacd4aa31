import { expect, it } from 'vitest';
import type { Severity } from '../../../graphql/generated';
import { cutAt, piecesOf, unitsOf, visible } from './spans';

/** Bytes of a part of a text, as the server counts them. */
function bytes(text: string, part: string): { from: number; to: number } {
  const length = (it: string) => new TextEncoder().encode(it).length;
  const from = length(text.slice(0, text.indexOf(part)));
  return { from, to: from + length(part) };
}

function part(text: string, wanted: string): string | null {
  const units = unitsOf(text, bytes(text, wanted));
  return units && text.slice(units.from, units.to);
}

it('finds the same characters behind letters of one to four bytes', () => {
  expect(part("city == 'Köln' && agee > 3", 'agee')).toBe('agee');
  expect(part("name == '😀' && agee > 3", 'agee')).toBe('agee');
  expect(part("name == '漢字' && agee", 'agee')).toBe('agee');
  expect(part("name == '👩‍👩‍👧' && \nagee > 3", 'agee')).toBe('agee');
  expect(part("name == 'Ω😀é' || x", "'Ω😀é'")).toBe("'Ω😀é'");
});

it('finds both ends of a text', () => {
  expect(unitsOf('age', { from: 0, to: 3 })).toEqual({ from: 0, to: 3 });
  expect(unitsOf('', { from: 0, to: 0 })).toEqual({ from: 0, to: 0 });
  expect(unitsOf("'😀'", { from: 6, to: 6 })).toEqual({ from: 4, to: 4 });
  expect(unitsOf('ü', { from: 0, to: 2 })).toEqual({ from: 0, to: 1 });
});

it('finds nothing in a text that is not the one', () => {
  expect(unitsOf('age', { from: 2, to: 4 })).toBeNull();
  expect(unitsOf('ü', { from: 0, to: 1 })).toBeNull();
  expect(unitsOf('😀', { from: 2, to: 4 })).toBeNull();
});

it('gives a range without a width the character before it, whole', () => {
  expect(visible('age >', { from: 5, to: 5 })).toEqual({ from: 4, to: 5 });
  expect(visible('age > \n ', { from: 8, to: 8 })).toEqual({ from: 4, to: 5 });
  expect(visible('😀', { from: 2, to: 2 })).toEqual({ from: 0, to: 2 });
  expect(visible(' a', { from: 0, to: 0 })).toEqual({ from: 1, to: 2 });
  expect(visible('   ', { from: 1, to: 1 })).toBeNull();
});

it('cuts a text where looks change, errors over warnings', () => {
  const at = (severity: Severity, from: number, to: number) => ({ severity, span: { from, to } });
  expect(piecesOf('abcdef', [])).toEqual([{ text: 'abcdef', severity: null }]);
  expect(piecesOf('abcdef', [at('WARNING', 1, 5), at('ERROR', 2, 3), at('ERROR', 3, 4)])).toEqual([
    { text: 'a', severity: null },
    { text: 'b', severity: 'WARNING' },
    { text: 'cd', severity: 'ERROR' },
    { text: 'e', severity: 'WARNING' },
    { text: 'f', severity: null },
  ]);
  expect(piecesOf('', [at('ERROR', 0, 0)])).toEqual([]);
});

it('cuts pieces in two at any place', () => {
  const pieces = piecesOf('abcd', [{ severity: 'ERROR', span: { from: 1, to: 3 } }]);
  for (let at = 0; at <= 4; at++) {
    const [before, after] = cutAt(pieces, at).map((half) => half.map(({ text }) => text).join(''));
    expect([before, after]).toEqual(['abcd'.slice(0, at), 'abcd'.slice(at)]);
  }
  expect(cutAt(pieces, 2)[0]).toEqual([
    { text: 'a', severity: null },
    { text: 'b', severity: 'ERROR' },
  ]);
});

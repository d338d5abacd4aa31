import type { FindingFragment, Severity } from '../../../graphql/generated';

/** A part of a text, in the units in which the browser counts: UTF-16. */
export interface Range {
  from: number;
  to: number;
}

/** A piece of a text, and what the checks find in it. */
export interface Piece {
  text: string;
  severity: Severity | null;
}

/** Where ranges of bytes of a UTF-8 text are in the text as the browser has it. A range that ends beyond the text, or within a
 * character, is about another text: none. */
export function unitsOf(text: string, { from, to }: Range): Range | null {
  let bytes = 0;
  let units = 0;
  let start = from === 0 ? 0 : null;
  let end = to === 0 ? 0 : null;
  for (const letter of text) {
    bytes += bytesOf(letter.codePointAt(0) ?? 0);
    units += letter.length;
    if (bytes === from) start = units;
    if (bytes === to) end = units;
    if (bytes >= to) break;
  }
  return start === null || end === null || start > end ? null : { from: start, to: end };
}

function bytesOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/** A range of which something can be seen: one without a width is given that of the character before it, or after it. */
export function visible(text: string, range: Range): Range | null {
  if (/\S/.test(text.slice(range.from, range.to))) return range;
  const before = /\S\s*$/u.exec(text.slice(0, range.from));
  if (before) return { from: before.index, to: before.index + firstLength(before[0]) };
  const after = /\S/u.exec(text.slice(range.to));
  if (!after) return null;
  return { from: range.to + after.index, to: range.to + after.index + after[0].length };
}

function firstLength(text: string): number {
  return (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
}

/** A text in pieces, so that each of them has one look: where an error and a warning overlap, it is an error. All pieces
 * together are the text. */
export function piecesOf(text: string, findings: readonly Pick<FindingFragment, 'severity' | 'span'>[]): Piece[] {
  const ranges = findings.flatMap(({ severity, span }) => {
    const units = span && unitsOf(text, span);
    const seen = units && visible(text, units);
    return seen ? [{ ...seen, severity }] : [];
  });
  const cuts = [...new Set([0, text.length, ...ranges.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (const [at, from] of cuts.entries()) {
    const to = cuts[at + 1];
    if (to === undefined) break;
    const over = ranges.filter((it) => it.from <= from && it.to >= to);
    const severity = over.find((it) => it.severity === 'ERROR')?.severity ?? over[0]?.severity ?? null;
    const last = pieces.at(-1);
    if (last && last.severity === severity) last.text += text.slice(from, to);
    else pieces.push({ text: text.slice(from, to), severity });
  }
  return pieces;
}

/** The pieces before a place of the text, and those after it. */
export function cutAt(pieces: readonly Piece[], at: number): [Piece[], Piece[]] {
  const before: Piece[] = [];
  const after: Piece[] = [];
  let from = 0;
  for (const { text, severity } of pieces) {
    const within = Math.max(0, Math.min(text.length, at - from));
    if (within > 0) before.push({ text: text.slice(0, within), severity });
    if (within < text.length) after.push({ text: text.slice(within), severity });
    from += text.length;
  }
  return [before, after];
}

import type { Row } from './changes';
import { cellOf, headOf } from './grid-cells';

/** How the rows of a table are looked at. Their order in the draft decides which one matches first, and no look changes it. */
export interface Look {
  filter: string;
  sort: { column: number; isDown: boolean } | null;
}

export const WHOLE: Look = { filter: '', sort: null };

/** Numbers in texts count as numbers: "9 to 17" stands before "18 to 25". */
const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Places in the draft of the rows that are shown, in the order in which they are; none for all of them as they are. */
export function viewOf(rows: readonly Row[], look: Look, names: string[], hasIf: boolean): number[] | null {
  const terms = termsOf(look.filter, names, hasIf);
  if (terms.length === 0 && look.sort === null) return null;
  const nColumns = names.length + (hasIf ? 1 : 0) + 1;
  const textOf = (row: Row, column: number) => cellOf(row, column, names.length, hasIf);
  const shown = rows.flatMap((row, at) => (terms.every((term) => holds(row, term, nColumns, textOf)) ? [at] : []));
  const { sort } = look;
  if (sort === null) return shown;
  const keyed = shown.map((at) => ({ at, text: textOf(rows[at] as Row, sort.column) }));
  keyed.sort((a, b) => {
    // Cells that take anything stand last, whichever way it is sorted.
    if ((a.text === '') !== (b.text === '')) return a.text === '' ? 1 : -1;
    const order = COLLATOR.compare(a.text, b.text);
    return (sort.isDown ? -order : order) || a.at - b.at;
  });
  return keyed.map(({ at }) => at);
}

interface Term {
  text: string;
  /** The one column in which it has to stand; none for any. */
  column: number | null;
}

/** What a filter asks for: words that stand in any cell, and `column: word` for one column. Quotes keep blanks in a word. */
function termsOf(filter: string, names: string[], hasIf: boolean): Term[] {
  const nColumns = names.length + (hasIf ? 1 : 0) + 1;
  const heads = Array.from({ length: nColumns }, (_, column) => headOf(column, names, hasIf).toLowerCase());
  const found = filter.toLowerCase().matchAll(/(?:([^\s":]+|"[^"]*"):\s*)?(?:"([^"]*)"|(\S+))/g);
  return [...found].map(([whole, head, quoted, word]) => {
    const column = head === undefined ? -1 : heads.indexOf(head.replaceAll('"', ''));
    // A colon after something that is no column is part of the word.
    return column < 0
      ? { text: head === undefined ? (quoted ?? word ?? '') : whole, column: null }
      : { text: quoted ?? word ?? '', column };
  });
}

function holds(
  row: Row,
  { text, column }: Term,
  nColumns: number,
  textOf: (row: Row, column: number) => string,
): boolean {
  const has = (at: number) => textOf(row, at).toLowerCase().includes(text);
  if (column !== null) return has(column);
  for (let at = 0; at < nColumns; at++) if (has(at)) return true;
  return false;
}

import { type Cell, type Column, cellText, readCell } from './cells';
import type { Row } from './changes';

/** Columns of equal width: those of the table, its predicate if a row has one, and where the row leads. */
export function tracks(nColumns: number) {
  return { gridTemplateColumns: `56px repeat(${nColumns}, minmax(110px, 1fr))` };
}

/** The head of a column. */
export function headOf(column: number, names: string[], hasIf: boolean): string {
  return names[column] ?? (hasIf && column === names.length ? 'if' : 'leads to');
}

/** The text of a cell. */
export function cellOf(row: Row, column: number, nNames: number, hasIf: boolean): string {
  if (column < nNames) return cellText(row.cells[column]);
  return hasIf && column === nNames ? (row.if ?? '') : row.to;
}

/** The row with what was typed into one of its cells, or what is wrong with that. */
export function withCell(
  row: Row,
  column: number,
  text: string,
  fields: Column[],
  hasIf: boolean,
  nodes: string[],
): Row | string {
  const field = fields[column];
  if (field) {
    const read = readCell(text, field);
    if ('mistake' in read) return read.mistake;
    const cells = [...row.cells];
    cells[column] = read.cell satisfies Cell;
    return { ...row, cells };
  }
  const value = text.trim();
  if (hasIf && column === fields.length) {
    const { if: _, ...rest } = row;
    return value === '' ? rest : { ...rest, if: value };
  }
  if (column > fields.length + (hasIf ? 1 : 0)) return 'the table has no such column';
  return nodes.includes(value) ? { ...row, to: value } : `there is no node \`${value}\``;
}

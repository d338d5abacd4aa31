import type { FlowNode } from '../../../graphql/flow-document';
import { moved } from './arm-lists';
import type { Row } from './changes';

/** The columns of a table with its rows: what happens to one happens to the cells of all rows. */
function withColumns(node: FlowNode, of: <T>(list: readonly T[], added: T) => T[], name: string): FlowNode {
  const columns = of((node.columns ?? []) as string[], name);
  const rows = ((node.rows ?? []) as Row[]).map((row) => ({ ...row, cells: of<unknown>(row.cells, null) }));
  return { ...node, columns, rows };
}

/** The table with one more column; each row gets a cell that takes anything. */
export function withColumn(node: FlowNode, name: string): FlowNode {
  return withColumns(node, (list, added) => [...list, added], name);
}

export function withoutColumn(node: FlowNode, at: number): FlowNode {
  return withColumns(node, (list) => list.toSpliced(at, 1), '');
}

/** The table with a column one place to the left (`by` −1) or to the right (`by` 1). */
export function withColumnMoved(node: FlowNode, at: number, by: number): FlowNode {
  return withColumns(node, (list) => moved(list, at, by), '');
}

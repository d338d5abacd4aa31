import { armName, type FlowArm, type FlowDocument, type FlowNode } from '../../../graphql/flow-document';
import type { FlowEdit } from '../../../graphql/generated';

/** A row of a table as the document has it. */
export interface Row {
  cells: unknown[];
  if?: string;
  to: string;
}

/** One change that somebody makes to a draft, with what it takes the place of. It can be applied here at once, sent as an
 * edit, taken back, and moved to a document that somebody else has changed meanwhile. */
export type Change = { id: string } & (
  | { kind: 'value'; node: string; part: string; before: unknown; after: unknown }
  | { kind: 'weights'; node: string; before: Record<string, number>; after: Record<string, number> }
  | { kind: 'node'; node: string; before: FlowNode | null; after: FlowNode | null }
  | { kind: 'root'; before: string; after: string }
  | {
      kind: 'row';
      node: string;
      /** Position of the row, from 0. */
      at: number;
      /** None for a row that is added. */
      before: Row | null;
      /** None for a row that is taken away. */
      after: Row | null;
      /** The row above one that is added; none for the first. */
      above: Row | null;
    }
);

/** What somebody else made of the place of a change. */
export interface Conflict {
  change: Change;
  /** What stands there now; none if the place is gone. */
  theirs: unknown;
}

/** Whether two values say the same, whatever the order of their members. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left).filter((name) => left[name] !== undefined);
  const others = Object.keys(right).filter((name) => right[name] !== undefined);
  return names.length === others.length && names.every((name) => isSame(left[name], right[name]));
}

/** `points[2].if` as `points`, 2, `if`. */
function segments(part: string): (string | number)[] {
  return part.split(/[.[\]]/).flatMap((it) => (it === '' ? [] : [/^\d+$/.test(it) ? Number(it) : it]));
}

function get(value: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | null | undefined)?.[key], value);
}

/** A copy in which one place has another value; everything beside the way to it is shared. */
function set<T>(value: T, [key, ...rest]: (string | number)[], next: unknown): T {
  if (key === undefined) return next as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  const inner = rest.length === 0 ? next : set(copy[key], rest, next);
  if (inner === undefined && !Array.isArray(value)) delete copy[key];
  else copy[key] = inner;
  return copy as T;
}

export function weightsOf(document: FlowDocument, node: string): Record<string, number> {
  const arms = (document.nodes[node]?.arms ?? []) as FlowArm[];
  return Object.fromEntries(arms.map((arm) => [armName(document, arm), arm.weight_ppm]));
}

export function rowsOf(document: FlowDocument, node: string): Row[] {
  const rows = document.nodes[node]?.rows;
  return Array.isArray(rows) ? (rows as Row[]) : [];
}

/** What stands at the place of a change now; `undefined` if there is no such place. */
export function currentAt(document: FlowDocument, change: Change): unknown {
  switch (change.kind) {
    case 'root':
      return document.root;
    case 'node':
      return document.nodes[change.node] ?? null;
    case 'weights':
      return document.nodes[change.node] ? weightsOf(document, change.node) : undefined;
    case 'value':
      return document.nodes[change.node] ? get(document.nodes[change.node], segments(change.part)) : undefined;
    case 'row':
      return document.nodes[change.node] ? (rowsOf(document, change.node)[change.at] ?? null) : undefined;
  }
}

/** The document with a change. A change whose place is gone changes nothing. */
export function applied(document: FlowDocument, change: Change): FlowDocument {
  const withNode = (name: string, node: FlowNode | null): FlowDocument => {
    const { [name]: _, ...rest } = document.nodes;
    return { ...document, nodes: node === null ? rest : { ...document.nodes, [name]: node } };
  };
  if (change.kind === 'root') return { ...document, root: change.after };
  if (change.kind === 'node') return withNode(change.node, change.after);
  const node = document.nodes[change.node];
  if (!node) return document;
  switch (change.kind) {
    case 'value':
      return withNode(change.node, set(node, segments(change.part), change.after));
    case 'weights': {
      const arms = ((node.arms ?? []) as FlowArm[]).map((arm) => {
        const weight = change.after[armName(document, arm)];
        return weight === undefined ? arm : { ...arm, weight_ppm: weight };
      });
      return withNode(change.node, { ...node, arms });
    }
    case 'row': {
      const rows = [...rowsOf(document, change.node)];
      const { at, before, after } = change;
      if (after === null) rows.splice(at, 1);
      else if (before === null) rows.splice(at, 0, after);
      else rows[at] = after;
      return withNode(change.node, { ...node, rows });
    }
  }
}

export function appliedAll(document: FlowDocument, changes: readonly Change[]): FlowDocument {
  return changes.reduce(applied, document);
}

/** The edit that the API takes for a change. */
export function editOf(change: Change): FlowEdit {
  switch (change.kind) {
    case 'root':
      return { setRoot: change.after };
    case 'node':
      return change.after === null
        ? { removeNode: change.node }
        : { putNode: { name: change.node, node: change.after as unknown as Record<string, unknown> } };
    case 'weights': {
      const weights = Object.entries(change.after).map(([arm, weightPpm]) => ({ arm, weightPpm }));
      return { setWeights: { node: change.node, weights } };
    }
    case 'row':
      return rowEdit(change);
    case 'value':
      return valueEdit(change);
  }
}

function rowEdit({ node, at, before, after }: Extract<Change, { kind: 'row' }>): FlowEdit {
  if (after === null) return { removeTableRow: { node, row: at } };
  const row = { node, row: at, cells: after.cells, if: after.if ?? null, to: after.to };
  return before === null ? { insertTableRow: row } : { setTableRow: row };
}

function valueEdit({ node, part, after }: Extract<Change, { kind: 'value' }>): FlowEdit {
  const [list, at, member] = segments(part);
  if (part === 'if') return { setPredicate: { node, cel: String(after) } };
  if (list === 'points' && member === 'if') {
    return { setPredicate: { node, entry: Number(at), cel: String(after) } };
  }
  if (list === 'points') return { setPoints: { node, entry: Number(at), points: Number(after) } };
  if (list === 'cases' && member === 'in') {
    return { setCase: { node, case: Number(at), values: after as (string | number | boolean)[] } };
  }
  if (part === 'explore_ppm') return { setExplore: { node, explorePpm: Number(after) } };
  if (part === 'maximize') {
    const maximize = String(after).toUpperCase() as 'NET_REVENUE' | 'CONVERSIONS' | 'ACCEPTED';
    return { setObjective: { node, maximize } };
  }
  return { setPort: { node, port: part, to: String(after) } };
}

/** Whether two changes are about the same place, so that the later one alone has to be sent. */
export function isSamePlace(a: Change, b: Change): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'root') return true;
  if (b.kind === 'root' || a.node !== b.node) return false;
  if (a.kind === 'value' && b.kind === 'value') return a.part === b.part;
  // A row that is added or taken away moves those below it.
  if (a.kind === 'row' && b.kind === 'row') {
    return a.at === b.at && a.after !== null && b.before !== null && b.after !== null;
  }
  return a.kind === 'weights';
}

/** What takes a change back. */
export function inverse(change: Change, id: string): Change {
  return { ...change, id, before: change.after, after: change.before } as Change;
}

/** Moves changes to a document that somebody else has changed.
 *
 * A change stays if what it takes the place of still stands there, and is dropped if what it says stands there already: an
 * answer was lost. Rows are found by what they say, wherever they are now. All others are conflicts: none is ever lost. */
export function rebased(
  theirs: FlowDocument,
  changes: readonly Change[],
): { kept: Change[]; conflicts: Conflict[]; document: FlowDocument } {
  const kept: Change[] = [];
  const conflicts: Conflict[] = [];
  let document = theirs;
  for (const change of changes) {
    const moved = change.kind === 'row' ? movedRow(document, change) : moveInPlace(document, change);
    if (moved === 'done') continue;
    if (moved === 'conflict') {
      conflicts.push({ change, theirs: currentAt(document, change) });
      continue;
    }
    kept.push(moved);
    document = applied(document, moved);
  }
  return { kept, conflicts, document };
}

function moveInPlace(document: FlowDocument, change: Change): Change | 'done' | 'conflict' {
  const current = currentAt(document, change);
  if (isSame(current, change.before)) return change;
  return isSame(current, change.after) ? 'done' : 'conflict';
}

function movedRow(document: FlowDocument, change: Extract<Change, { kind: 'row' }>): Change | 'done' | 'conflict' {
  if (!document.nodes[change.node]) return 'conflict';
  const rows = rowsOf(document, change.node);
  const { before, after, at } = change;
  if (before === null) {
    const above = change.above === null ? -1 : nearest(rows, change.above, at - 1);
    const place = change.above !== null && above < 0 ? Math.min(at, rows.length) : above + 1;
    return isSame(rows[place], after) ? 'done' : { ...change, at: place };
  }
  const found = nearest(rows, before, at);
  if (found >= 0) return { ...change, at: found };
  if (after === null)
    return isSame(rows[at], undefined) || nearest(rows, before, at) < 0 ? gone(rows, change) : 'conflict';
  return nearest(rows, after, at) >= 0 ? 'done' : 'conflict';
}

/** A row that was to be taken away and is not there: somebody took it away too, or made another of it. */
function gone(rows: Row[], { at, above }: Extract<Change, { kind: 'row' }>): 'done' | 'conflict' {
  // Where the neighbour above stands as before and the next row is another, nobody can say which of both it was.
  const place = above === null ? 0 : nearest(rows, above, at - 1) + 1;
  return place === 0 && above !== null ? 'done' : rows[place] === undefined ? 'done' : 'conflict';
}

/** The position of a row that says the same, the nearest one to a position; -1 if there is none. */
function nearest(rows: readonly Row[], wanted: Row, at: number): number {
  for (let away = 0; away <= rows.length; away++) {
    for (const place of [at - away, at + away]) {
      const row = rows[place];
      if (row !== undefined && isSame(row, wanted)) return place;
    }
  }
  return -1;
}

/** A change that puts mine in the place of what somebody else wrote; none if the place is gone for good. */
export function overTheirs({ change, theirs }: Conflict): Change | null {
  if (theirs === undefined) return null;
  if (change.kind !== 'row') return { ...change, before: theirs } as Change;
  if (change.after === null) return theirs === null ? null : { ...change, before: theirs as Row };
  return { ...change, before: (theirs as Row | null) ?? null };
}

/** Where a change is, in words: `halves`, `graded if`, `by-state row 3`. */
export function placeWords(change: Change): string {
  switch (change.kind) {
    case 'root':
      return 'root';
    case 'node':
      return change.node;
    case 'weights':
      return `${change.node} weights`;
    case 'row':
      return `${change.node} row ${change.at + 1}`;
    case 'value':
      return `${change.node} ${change.part}`;
  }
}

import { armName, type FlowArm, type FlowDocument, type FlowNode } from '../../../graphql/flow-document';
import { cellText } from '../draft/cells';
import { isSame, type Row } from '../draft/changes';

/** A part of a node in its state before and after; none where it is not there. */
export interface PartDiff {
  part: string;
  before: string | null;
  after: string | null;
}

/** A row of a table that differs. */
export interface RowDiff {
  kind: 'added' | 'removed' | 'changed' | 'moved';
  /** Position before and after, from 0. */
  from: number | null;
  to: number | null;
  /** Texts of its cells, of its predicate and of where it leads; before and after. */
  cells: { before: string | null; after: string | null }[];
}

/** A node that differs, part by part. */
export interface NodeDiff {
  node: string;
  kind: 'added' | 'removed' | 'changed';
  nodeKind: string;
  parts: PartDiff[];
  /** Heads of `rows`. */
  columns: string[];
  rows: RowDiff[];
}

/** What differs between two documents, node by node and cell by cell. */
export function nodeDiffs(before: FlowDocument, after: FlowDocument): NodeDiff[] {
  const names = [...new Set([...Object.keys(before.nodes), ...Object.keys(after.nodes)])].sort();
  return names.flatMap((node): NodeDiff[] => {
    const [old, now] = [before.nodes[node], after.nodes[node]];
    if (isSame(old, now)) return [];
    const empty: FlowNode = { kind: (now ?? old)?.kind ?? '' };
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    return [{ node, kind, nodeKind: empty.kind, ...inNode(before, after, old ?? empty, now ?? empty) }];
  });
}

/** Members of the flow itself, such as its root. */
export function flowParts(before: FlowDocument, after: FlowDocument): PartDiff[] {
  const { nodes: _, ...old } = before;
  const { nodes: __, ...now } = after;
  return partsOf('', old, now);
}

function inNode(before: FlowDocument, after: FlowDocument, old: FlowNode, now: FlowNode) {
  const { rows: oldRows, arms: oldArms, ...oldRest } = old;
  const { rows: newRows, arms: newArms, ...newRest } = now;
  const parts = [...partsOf('', oldRest, newRest), ...armParts(before, after, oldArms, newArms)];
  const columns = [...((now.columns ?? old.columns ?? []) as string[])];
  const rows = rowDiffs((oldRows ?? []) as Row[], (newRows ?? []) as Row[]);
  return { parts, columns, rows: rows.map((it) => textsOf(it, columns.length)) };
}

/** Arms by their names: a weight that changed is one part, whatever position the arm has. */
function armParts(before: FlowDocument, after: FlowDocument, old: unknown, now: unknown): PartDiff[] {
  const byName = (document: FlowDocument, arms: unknown): Record<string, unknown> =>
    Object.fromEntries(
      (Array.isArray(arms) ? (arms as FlowArm[]) : []).map(({ weight_ppm, name: _, ...arm }) => [
        armName(document, { ...arm, ...(_ === undefined ? {} : { name: _ }) }),
        { ...arm, ...(weight_ppm === undefined ? {} : { share: `${weight_ppm / 10_000} %` }) },
      ]),
    );
  return partsOf('', byName(before, old), byName(after, now));
}

/** The smallest parts that differ, by their paths. */
function partsOf(path: string, old: unknown, now: unknown): PartDiff[] {
  if (isSame(old, now)) return [];
  const isObject = (it: unknown) => typeof it === 'object' && it !== null;
  if (isObject(old) && isObject(now) && Array.isArray(old) === Array.isArray(now)) {
    const [left, right] = [old as Record<string, unknown>, now as Record<string, unknown>];
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    const join = (name: string) =>
      Array.isArray(old) ? `${path}[${Number(name) + 1}]` : path === '' ? name : `${path} ${name}`;
    return names.flatMap((name) => partsOf(join(name), left[name], right[name]));
  }
  const said = (it: unknown) => (it === undefined ? null : typeof it === 'string' ? it : JSON.stringify(it));
  return [{ part: path, before: said(old), after: said(now) }];
}

interface Pair {
  from: number | null;
  to: number | null;
  old: Row | null;
  now: Row | null;
  kind: RowDiff['kind'];
}

/** Rows that differ: found by what they say, so that a row that moved is not one that was taken away and added. */
function rowDiffs(old: Row[], now: Row[]): Pair[] {
  let head = 0;
  while (head < old.length && head < now.length && isSame(old[head], now[head])) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && isSame(old.at(-1 - tail), now.at(-1 - tail))) tail++;
  const left = old.slice(head, old.length - tail).map((row, at) => ({ row, at: head + at, text: textOf(row) }));
  const right = now.slice(head, now.length - tail).map((row, at) => ({ row, at: head + at, text: textOf(row) }));
  const places = new Map<string, number[]>();
  for (const { text, at } of left) places.set(text, [...(places.get(text) ?? []), at]);
  const matched = new Map<number, number>();
  for (const { text, at } of right) {
    const from = places.get(text)?.shift();
    if (from !== undefined) matched.set(at, from);
  }
  const pairs: Pair[] = [];
  const stay = longestIncreasing([...matched.values()]);
  for (const { row, at } of right) {
    const from = matched.get(at);
    if (from !== undefined && !stay.has(from)) pairs.push({ from, to: at, old: row, now: row, kind: 'moved' });
  }
  const taken = new Set(matched.values());
  const lost = left.filter(({ at }) => !taken.has(at));
  const made = right.filter(({ at }) => !matched.has(at));
  // What was made of a row is most like it.
  for (const { row, at } of made) {
    const most = lost
      .map((it, idx) => ({ idx, alike: likeness(it.row, row) }))
      .sort((a, b) => b.alike - a.alike || a.idx - b.idx)[0];
    const from = most && most.alike >= 0.5 ? lost.splice(most.idx, 1)[0] : undefined;
    if (from) pairs.push({ from: from.at, to: at, old: from.row, now: row, kind: 'changed' });
    else pairs.push({ from: null, to: at, old: null, now: row, kind: 'added' });
  }
  for (const { row, at } of lost) pairs.push({ from: at, to: null, old: row, now: null, kind: 'removed' });
  return pairs.sort((a, b) => (a.to ?? a.from ?? 0) - (b.to ?? b.from ?? 0));
}

function textOf(row: Row): string {
  return JSON.stringify([row.cells, row.if ?? null, row.to]);
}

/** Share of the parts of two rows that are the same. */
function likeness(a: Row, b: Row): number {
  const n = Math.max(a.cells.length, b.cells.length) + 1;
  const same = a.cells.filter((cell, at) => isSame(cell, b.cells[at])).length + (a.to === b.to ? 1 : 0);
  return same / n;
}

/** The values of a longest increasing subsequence: rows that stayed in their order. */
function longestIncreasing(values: number[]): Set<number> {
  const ends: number[] = [];
  const before = new Array<number>(values.length).fill(-1);
  values.forEach((value, at) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[at] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = at;
  });
  const kept = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) kept.add(values[at] ?? 0);
  return kept;
}

function textsOf({ from, to, old, now, kind }: Pair, nColumns: number): RowDiff {
  const texts = (row: Row | null) =>
    row === null
      ? null
      : [...Array.from({ length: nColumns }, (_, at) => cellText(row.cells[at]) || 'any'), row.if ?? '', row.to];
  const [left, right] = [texts(old), texts(now)];
  const cells = Array.from({ length: nColumns + 2 }, (_, at) => ({
    before: left?.[at] ?? null,
    after: right?.[at] ?? null,
  }));
  return { kind, from, to, cells };
}

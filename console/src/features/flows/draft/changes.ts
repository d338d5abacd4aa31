import { armName, type FlowArm, type FlowDocument, type FlowNode } from '../../../graphql/flow-document';
import { renamed } from './renamed';

/** A row of a table as the document has it. */
export interface Row {
  cells: unknown[];
  if?: string;
  to: string;
}

/** What a flow says beside its nodes. */
export type FlowMember = 'title' | 'notes' | 'max_sold';

/** One change of one place, with what it takes the place of. */
export type Single =
  | { kind: 'value'; node: string; part: string; before: unknown; after: unknown }
  | { kind: 'weights'; node: string; before: Record<string, number>; after: Record<string, number> }
  | { kind: 'node'; node: string; before: FlowNode | null; after: FlowNode | null }
  | { kind: 'root'; before: string; after: string }
  /** What the flow as a whole says; undefined for what it leaves out. */
  | { kind: 'flow'; member: FlowMember; before: unknown; after: unknown }
  /** Another name for a node; all that refers to it follows, also what somebody else led there meanwhile. */
  | { kind: 'rename'; before: string; after: string }
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
    };

/** Changes that are one to whoever makes them: each is made of the document that those before it made, and they are taken
 * back, moved and sent together or not at all. */
export interface Group {
  kind: 'group';
  /** What they do, in words. */
  words: string;
  parts: Single[];
}

/** A change before it has an id. */
export type Draft = Single | Group;

/** What somebody does to a draft at once. It can be applied here at once, sent as edits, taken back, and moved to a document
 * that somebody else has changed meanwhile. */
export type Change = { id: string } & Draft;

export function group(words: string, ...parts: Single[]): Group {
  return { kind: 'group', words, parts };
}

/** What somebody else made of the place of a change. */
export interface Conflict {
  change: Change;
  /** What stands there now; none if the place is gone. For a group, a list with that of each of its parts. */
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

/** A copy in which one place has another value; everything beside the way to it is shared. An object whose last member goes
 * away goes away too: settings of which nothing is left say nothing. */
function set<T>(value: T, [key, ...rest]: (string | number)[], next: unknown): T {
  if (key === undefined) return next as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  const inner = rest.length === 0 ? next : set(copy[key], rest, next);
  const isLeft = inner !== undefined && !(next === undefined && isEmpty(inner));
  if (!isLeft && !Array.isArray(value)) delete copy[key];
  else copy[key] = inner;
  return copy as T;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

export function weightsOf(document: FlowDocument, node: string): Record<string, number> {
  const arms = (document.nodes[node]?.arms ?? []) as FlowArm[];
  return Object.fromEntries(arms.map((arm) => [armName(document, arm), arm.weight_ppm]));
}

export function rowsOf(document: FlowDocument, node: string): Row[] {
  const rows = document.nodes[node]?.rows;
  return Array.isArray(rows) ? (rows as Row[]) : [];
}

/** Whether a document has the place of a value: members may be left out, entries of lists may not. */
export function hasPlace(document: FlowDocument, { node, part }: { node: string; part: string }): boolean {
  const found = document.nodes[node];
  const path = segments(part);
  const last = path.findLastIndex((it) => typeof it === 'number');
  return found !== undefined && (last < 0 || get(found, path.slice(0, last + 1)) !== undefined);
}

/** A part of a node, such as `arms[1].to`. */
export function valueAt(node: FlowNode | undefined, part: string): unknown {
  return get(node, segments(part));
}

/** What stands at the place of a change now; `undefined` if there is no such place. */
export function currentAt(document: FlowDocument, change: Single): unknown {
  switch (change.kind) {
    case 'root':
      return document.root;
    case 'flow':
      return document[change.member];
    case 'rename': {
      const [isOld, isNew] = [document.nodes[change.before], document.nodes[change.after]].map(
        (it) => it !== undefined,
      );
      return isOld === isNew ? undefined : isOld ? change.before : change.after;
    }
    case 'node':
      return document.nodes[change.node] ?? null;
    case 'weights':
      return document.nodes[change.node] ? weightsOf(document, change.node) : undefined;
    case 'value':
      return valueAt(document.nodes[change.node], change.part);
    case 'row':
      return document.nodes[change.node] ? (rowsOf(document, change.node)[change.at] ?? null) : undefined;
  }
}

/** The document with a change. A change whose place is gone changes nothing. */
export function applied(document: FlowDocument, change: Draft): FlowDocument {
  const withNode = (name: string, node: FlowNode | null): FlowDocument => {
    const { [name]: _, ...rest } = document.nodes;
    return { ...document, nodes: node === null ? rest : { ...document.nodes, [name]: node } };
  };
  if (change.kind === 'group') return appliedAll(document, change.parts);
  if (change.kind === 'root') return { ...document, root: change.after };
  if (change.kind === 'flow') return set(document, [change.member], change.after);
  if (change.kind === 'rename') return renamed(document, change.before, change.after);
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
    case 'row':
      return withNode(change.node, { ...node, rows: withRow(rowsOf(document, change.node), change) });
  }
}

function withRow(rows: readonly Row[], { at, before, after }: Extract<Single, { kind: 'row' }>): Row[] {
  if (after === null) return rows.toSpliced(at, 1);
  if (before === null) return rows.toSpliced(at, 0, after);
  return at < rows.length ? rows.with(at, after) : [...rows];
}

export function appliedAll(document: FlowDocument, changes: readonly Draft[]): FlowDocument {
  return changes.reduce(applied, document);
}

/** Whether a change leaves everything as it is. */
export function isNothing(change: Draft): boolean {
  return change.kind === 'group' ? change.parts.every(isNothing) : isSame(change.before, change.after);
}

/** Whether two changes are about the same place, so that the later one alone has to be sent. */
export function isSamePlace(a: Draft, b: Draft): boolean {
  if (a.kind === 'root' || b.kind === 'root') return a.kind === b.kind;
  if (a.kind === 'flow') return b.kind === 'flow' && a.member === b.member;
  if (a.kind === 'group' || a.kind === 'rename' || b.kind === 'group' || b.kind === 'rename') return false;
  if (b.kind === 'flow' || a.kind !== b.kind || a.node !== b.node) return false;
  if (a.kind === 'value' && b.kind === 'value') return a.part === b.part;
  // A row that is added or taken away moves those below it.
  if (a.kind === 'row' && b.kind === 'row') {
    return a.at === b.at && a.after !== null && b.before !== null && b.after !== null;
  }
  return a.kind === 'weights';
}

/** What takes a change back. */
export function inverse<T extends Draft>(change: T): T {
  if (change.kind === 'group') return { ...change, parts: change.parts.map(inverse).reverse() };
  return { ...change, before: change.after, after: change.before };
}

/** Whether a change stands as it was made, so that it can be taken back. */
export function stands(document: FlowDocument, change: Draft): boolean {
  if (change.kind === 'row' && change.after === null) return true;
  if (change.kind !== 'group') return isSame(currentAt(document, change), change.after);
  let at = document;
  return change.parts.toReversed().every((part) => {
    const isThere = stands(at, part);
    at = applied(at, inverse(part));
    return isThere;
  });
}

/** Where a change is, in words: `halves`, `graded if`, `by-state row 3`. */
export function placeWords(change: Draft): string {
  switch (change.kind) {
    case 'group':
      return change.words;
    case 'root':
      return 'root';
    case 'flow':
      return `${change.member.replace('_', ' ')} of the flow`;
    case 'rename':
      return `${change.before} renamed to ${change.after}`;
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

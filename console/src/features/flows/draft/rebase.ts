import type { FlowDocument } from '../../../graphql/flow-document';
import {
  applied,
  type Change,
  type Conflict,
  currentAt,
  type Draft,
  hasPlace,
  isSame,
  type Row,
  rowsOf,
  type Single,
} from './changes';

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
    const moved = movedTo(document, change);
    if (moved === 'done') continue;
    if (moved === 'conflict') {
      conflicts.push({ change, theirs: theirsAt(document, change) });
      continue;
    }
    kept.push({ ...moved, id: change.id });
    document = applied(document, moved);
  }
  return { kept, conflicts, document };
}

function movedTo(document: FlowDocument, change: Draft): Draft | 'done' | 'conflict' {
  if (change.kind !== 'group') return movedSingle(document, change);
  const parts: Single[] = [];
  let at = document;
  for (const part of change.parts) {
    const moved = movedSingle(at, part);
    // Half of what belongs together is worse than none of it.
    if (moved === 'conflict') return 'conflict';
    if (moved === 'done') continue;
    parts.push(moved);
    at = applied(at, moved);
  }
  return parts.length === 0 ? 'done' : { ...change, parts };
}

function movedSingle(document: FlowDocument, change: Single): Single | 'done' | 'conflict' {
  if (change.kind === 'row') return movedRow(document, change);
  if (change.kind === 'value' && !hasPlace(document, change)) return 'conflict';
  const current = currentAt(document, change);
  if (isSame(current, change.before)) return change;
  return isSame(current, change.after) ? 'done' : 'conflict';
}

/** What stands at the place of a change, or at each place of a group. */
function theirsAt(document: FlowDocument, change: Draft): unknown {
  if (change.kind !== 'group') return currentAt(document, change);
  let at = document;
  return change.parts.map((part) => {
    const moved = movedSingle(at, part);
    const current = currentAt(at, part);
    at = applied(at, typeof moved === 'object' ? moved : part);
    // Rows are found elsewhere, and what was saved already is no conflict.
    return moved === 'conflict' ? current : part.before;
  });
}

function movedRow(document: FlowDocument, change: Extract<Single, { kind: 'row' }>): Single | 'done' | 'conflict' {
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
function gone(rows: Row[], { at, above }: Extract<Single, { kind: 'row' }>): 'done' | 'conflict' {
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

/** A change that puts mine in the place of what stands there; none if the place is gone for good. */
export function overTheirs(document: FlowDocument, change: Draft): Draft | null {
  if (change.kind !== 'group') return overSingle(document, change);
  const parts: Single[] = [];
  let at = document;
  for (const part of change.parts) {
    const moved = movedSingle(at, part);
    if (moved === 'done') continue;
    const over = moved === 'conflict' ? overSingle(at, part) : moved;
    if (over === null) return null;
    parts.push(over);
    at = applied(at, over);
  }
  return { ...change, parts };
}

function overSingle(document: FlowDocument, change: Single): Single | null {
  const before = currentAt(document, change);
  if (change.kind === 'value') return hasPlace(document, change) ? { ...change, before } : null;
  if (change.kind === 'flow') return { ...change, before };
  if (before === undefined) return null;
  if (change.kind === 'rename') return before === change.before ? change : null;
  if ((change.kind === 'row' || change.kind === 'node') && change.after === null && before === null) return null;
  return { ...change, before } as Single;
}

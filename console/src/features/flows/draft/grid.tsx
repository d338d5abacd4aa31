// biome-ignore-all lint/a11y/useSemanticElements: rows that are not in sight are not in the page, so this is no table of HTML
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the grid has the focus, as the pattern of a grid says
import { type ClipboardEvent, type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { FindingFragment } from '../../../graphql/generated';
import { count } from '../../../ui/format';
import { Sentence } from '../../../ui/parts';
import { readTsv } from './cells';
import { type Change, type Row, rowsOf } from './changes';
import { FindingsOf, findingsAt, useWork } from './context';
import { cellOf, headOf, withCell } from './grid-cells';
import { GridHead } from './grid-head';
import { GridRow, ROW_HEIGHT } from './grid-row';
import { GridTools } from './grid-tools';
import { type Look, viewOf, WHOLE } from './view';
import { scrolledTo, windowOf } from './window';

/** Height of the part that scrolls, in pixels, if the table is longer. */
const HEIGHT_MAX = 560;
/** Most findings that are listed below; the rows show all of theirs. */
const FINDINGS_MAX = 6;

interface Place {
  row: number;
  column: number;
}

/** The rows of a table as a grid: one cell has the focus, arrows move it, Enter edits it. Only what is in sight is in the
 * document, so that 10,000 rows cost no more than 30. */
export function Grid({ node: name }: { node: string }) {
  const { document, editor, columns, findings, goal } = useWork();
  const node = document.nodes[name];
  const rows = rowsOf(document, name);
  const names = useMemo(() => (node?.columns as string[] | undefined) ?? [], [node?.columns]);
  const fields = useMemo(
    () => names.map((it) => columns.find((column) => column.name === it) ?? { name: it, kind: 'number', labels: null }),
    [names, columns],
  );
  const [asksIf, setAsksIf] = useState(false);
  const hasIf = asksIf || rows.some((row) => row.if !== undefined);
  const nColumns = names.length + (hasIf ? 1 : 0) + 1;
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  const [typing, setTyping] = useState<string | null>(null);
  const [mistakes, setMistakes] = useState<string[]>([]);
  const [scrollTop, setScrollTop] = useState(0);
  const [look, setLook] = useState<Look>(WHOLE);
  const box = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const latest = useRef(rows);
  latest.current = rows;
  // A row stays where it is while it is edited: what is shown is found anew when the look changes, or rows come and go.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const view = useMemo(() => viewOf(latest.current, look, names, hasIf), [look, names, hasIf, rows.length]);
  const nShown = view?.length ?? rows.length;
  /** The row of the draft that is shown at a position. */
  const rowAt = (position: number) => (view ? (view[position] ?? -1) : position);
  const positionOf = (row: number) => (view ? view.indexOf(row) : row);
  // Places are positions in what is shown.
  const place = { row: Math.min(at.row, Math.max(0, nShown - 1)), column: Math.min(at.column, nColumns - 1) };
  const here = rowAt(place.row);
  const height = Math.min(HEIGHT_MAX, (nShown + 1) * ROW_HEIGHT + 2);
  const { first, end } = windowOf(nShown, ROW_HEIGHT, scrollTop, height);
  const own = useMemo(() => findingsAt(findings, name, 'rows'), [findings, name]);
  const marks = useMemo(() => marksOf(own), [own]);
  const hasFocus = useRef(false);

  // The cell in focus may have been out of the document until now.
  useLayoutEffect(() => {
    if (!hasFocus.current || typing !== null) return;
    const cell = body.current?.querySelector<HTMLElement>(`[data-at="${here} ${place.column}"]`);
    if (cell && cell !== globalThis.document.activeElement) cell.focus({ preventScroll: true });
  });

  const go = (next: Place) => {
    const row = Math.max(0, Math.min(nShown - 1, next.row));
    const column = Math.max(0, Math.min(nColumns - 1, next.column));
    setAt({ row, column });
    setTyping(null);
    const scroller = box.current;
    if (scroller) {
      const top = scrolledTo(row, ROW_HEIGHT, scroller.scrollTop, scroller.clientHeight, ROW_HEIGHT);
      scroller.scrollTop = top;
      setScrollTop(top);
    }
  };
  const show = (next: Look) => {
    setLook(next);
    setAt({ row: 0, column: place.column });
    setTyping(null);
    if (box.current) box.current.scrollTop = 0;
    setScrollTop(0);
  };
  const goToRow = (row: number) => {
    const position = positionOf(row);
    if (position >= 0) go({ row: position, column: place.column });
    else setMistakes([`Row ${row + 1} is not among those that the filter shows.`]);
  };
  const goTo = useRef((_row: number) => {});
  goTo.current = (row) => {
    const position = positionOf(row);
    if (position >= 0) {
      go({ row: position, column: 0 });
      return;
    }
    // A finding is shown, whatever the filter says.
    setLook(WHOLE);
    setAt({ row, column: 0 });
    requestAnimationFrame(() => box.current?.scrollTo({ top: Math.max(0, (row - 3) * ROW_HEIGHT) }));
  };
  useEffect(() => {
    if (goal?.node !== name || goal.row === null) return;
    hasFocus.current = true;
    goTo.current(goal.row);
  }, [goal, name]);
  const textOf = (row: Row, column: number) => cellOf(row, column, names.length, hasIf);
  const changed = (row: number, column: number, text: string): Omit<RowChange, 'id'> | string => {
    const before = rows[row];
    if (!before) return 'there is no such row';
    const after = withCell(before, column, text, fields, hasIf, Object.keys(document.nodes));
    if (typeof after === 'string') return after;
    return { kind: 'row', node: name, at: row, before, after, above: rows[row - 1] ?? null };
  };
  const commit = (text: string, next: Place | null) => {
    const change = changed(here, place.column, text);
    if (typeof change === 'string') {
      setMistakes([`Row ${here + 1}, ${headOf(place.column, names, hasIf)}: ${change}.`]);
      return;
    }
    setMistakes([]);
    setTyping(null);
    editor.change(change);
    if (next) go(next);
  };
  const paste = (event: ClipboardEvent) => {
    if (typing !== null) return;
    event.preventDefault();
    const wrong: string[] = [];
    const changes: Omit<RowChange, 'id'>[] = [];
    readTsv(event.clipboardData.getData('text/plain')).forEach((line, down) => {
      const row = rowAt(place.row + down);
      const before = rows[row];
      let after: Row | string | undefined = before;
      line.forEach((text, right) => {
        const column = place.column + right;
        if (typeof after !== 'object') return;
        const next = withCell(after, column, text, fields, hasIf, Object.keys(document.nodes));
        if (typeof next === 'string') wrong.push(`Row ${row + 1}, ${headOf(column, names, hasIf)}: ${next}.`);
        else after = next;
      });
      if (before === undefined) {
        wrong.push(`Line ${down + 1}: there are ${count(nShown)} rows here, and none is left for it; add some first.`);
      } else if (typeof after === 'object') {
        changes.push({ kind: 'row', node: name, at: row, before, after, above: rows[row - 1] ?? null });
      }
    });
    setMistakes(wrong);
    // All or nothing: half a paste is worse than none.
    if (wrong.length === 0) editor.change(...changes);
  };
  const insert = () => {
    const row = rows.length === 0 ? 0 : here + 1;
    const to = rows[Math.min(row, rows.length - 1)]?.to ?? String(node?.otherwise ?? document.root);
    const after = { cells: names.map(() => null), to };
    editor.change({ kind: 'row', node: name, at: row, before: null, after, above: rows[row - 1] ?? null });
    setAt({ row, column: 0 });
  };
  const remove = () => {
    const before = rows[here];
    if (!before) return;
    editor.change({ kind: 'row', node: name, at: here, before, after: null, above: rows[here - 1] ?? null });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (typing !== null || isHead(event.target)) return;
    const moved = movedBy(event, place, nShown, nColumns);
    if (moved) {
      event.preventDefault();
      go(moved);
      return;
    }
    const row = rows[here];
    if (!row) return;
    if (event.key === 'Enter' || event.key === 'F2') setTyping(textOf(row, place.column));
    else if (event.key === 'Delete' && event.shiftKey) remove();
    else if (event.key === 'Delete' && place.column < names.length) commit('', null);
    else if (event.key === 'd' && event.ctrlKey && place.row > 0) {
      const above = rows[rowAt(place.row - 1)];
      if (above) commit(textOf(above, place.column), null);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) setTyping(event.key);
    else return;
    event.preventDefault();
  };

  return (
    <div className="grid-frame">
      <GridTools
        n={rows.length}
        nShown={nShown}
        look={look}
        here={here}
        isUnique={node?.hit === 'unique'}
        onLook={show}
        onGo={goToRow}
        onInsert={insert}
        onRemove={remove}
        onAsk={hasIf || rows.length === 0 ? null : () => setAsksIf(true)}
      />
      <div
        ref={box}
        className="grid"
        style={{ blockSize: height }}
        role="grid"
        tabIndex={-1}
        aria-label={`Rows of ${name}`}
        aria-rowcount={nShown + 1}
        aria-colcount={nColumns}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        onFocus={(event) => {
          hasFocus.current = !isHead(event.target);
        }}
        onBlur={(event) => {
          // A cell that is taken out of the document takes the focus with it; that is no way out.
          if (event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget))
            hasFocus.current = false;
        }}
        onKeyDown={onKeyDown}
        onPaste={paste}
        onCopy={(event) => {
          const row = rows[here];
          if (typing !== null || !row) return;
          event.preventDefault();
          event.clipboardData.setData('text/plain', textOf(row, place.column));
        }}
      >
        <GridHead names={names} hasIf={hasIf} look={look} onLook={show} />
        <div ref={body} role="rowgroup" style={{ blockSize: nShown * ROW_HEIGHT, position: 'relative' }}>
          {Array.from({ length: Math.max(0, end - first) }, (_, offset) => {
            const position = first + offset;
            const index = rowAt(position);
            const row = rows[index];
            if (!row) return null;
            const isHere = position === place.row;
            return (
              <GridRow
                key={position}
                row={row}
                index={index}
                position={position}
                nNames={names.length}
                hasIf={hasIf}
                chosen={isHere ? place.column : null}
                typing={isHere ? typing : null}
                mark={marks.get(index) ?? null}
                targets={document.nodes}
                onChoose={(column) => {
                  setAt({ row: position, column });
                  setTyping(null);
                }}
                onEdit={(column) => {
                  setAt({ row: position, column });
                  setTyping(textOf(row, column));
                }}
                onType={setTyping}
                onCommit={(text, way) =>
                  commit(
                    text,
                    way === 'down'
                      ? { row: position + 1, column: place.column }
                      : way === 'right'
                        ? { row: position, column: place.column + 1 }
                        : null,
                  )
                }
                onCancel={() => setTyping(null)}
              />
            );
          })}
        </div>
      </div>
      {mistakes.length > 0 && (
        <div className="problem" role="alert">
          <ul>
            {mistakes.map((mistake) => (
              <li key={mistake}>
                <Sentence text={mistake} />
              </li>
            ))}
            {mistakes.length > 1 && <li>Nothing was taken.</li>}
          </ul>
        </div>
      )}
      <FindingsOf of={own.slice(0, FINDINGS_MAX)} />
      {own.length > FINDINGS_MAX && (
        <p className="faint">and {count(own.length - FINDINGS_MAX)} more findings in rows</p>
      )}
    </div>
  );
}

/** Whether something is in the heads of the columns, which have keys of their own. */
function isHead(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[role="columnheader"]') !== null;
}

type RowChange = Extract<Change, { kind: 'row' }>;

/** The worst finding of each row. */
function marksOf(findings: readonly FindingFragment[]): Map<number, FindingFragment> {
  const marks = new Map<number, FindingFragment>();
  for (const finding of findings) {
    const row = Number(/^rows\[(\d+)\]/.exec(finding.part ?? '')?.[1] ?? Number.NaN);
    if (Number.isNaN(row)) continue;
    if (marks.get(row)?.severity !== 'ERROR') marks.set(row, finding);
  }
  return marks;
}

function movedBy(event: KeyboardEvent, at: Place, n: number, nColumns: number): Place | null {
  const far = event.ctrlKey || event.metaKey;
  const page = Math.floor(HEIGHT_MAX / ROW_HEIGHT) - 1;
  switch (event.key) {
    case 'ArrowUp':
      return { ...at, row: far ? 0 : at.row - 1 };
    case 'ArrowDown':
      return { ...at, row: far ? n - 1 : at.row + 1 };
    case 'ArrowLeft':
      return { ...at, column: at.column - 1 };
    case 'ArrowRight':
      return { ...at, column: at.column + 1 };
    case 'PageUp':
      return { ...at, row: at.row - page };
    case 'PageDown':
      return { ...at, row: at.row + page };
    case 'Home':
      return far ? { row: 0, column: 0 } : { ...at, column: 0 };
    case 'End':
      return far ? { row: n - 1, column: nColumns - 1 } : { ...at, column: nColumns - 1 };
    default:
      return null;
  }
}

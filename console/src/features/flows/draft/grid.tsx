// biome-ignore-all lint/a11y/useSemanticElements: rows that are not in sight are not in the page, so this is no table of HTML
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the grid has the focus, as the pattern of a grid says
import { type ClipboardEvent, type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { FindingFragment } from '../../../graphql/generated';
import { count } from '../../../ui/format';
import { readTsv } from './cells';
import { type Change, type Row, rowsOf } from './changes';
import { FindingsOf, findingsAt, useWork } from './context';
import { AddButton } from './fields';
import { cellOf, headOf, tracks, withCell } from './grid-cells';
import { GridRow, ROW_HEIGHT } from './grid-row';
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
  const hasIf = rows.some((row) => row.if !== undefined);
  const nColumns = names.length + (hasIf ? 1 : 0) + 1;
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  const [typing, setTyping] = useState<string | null>(null);
  const [mistakes, setMistakes] = useState<string[]>([]);
  const [scrollTop, setScrollTop] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const place = { row: Math.min(at.row, Math.max(0, rows.length - 1)), column: Math.min(at.column, nColumns - 1) };
  const height = Math.min(HEIGHT_MAX, (rows.length + 1) * ROW_HEIGHT + 2);
  const { first, end } = windowOf(rows.length, ROW_HEIGHT, scrollTop, height);
  const own = useMemo(() => findingsAt(findings, name, 'rows'), [findings, name]);
  const marks = useMemo(() => marksOf(own), [own]);
  const hasFocus = useRef(false);

  // The cell in focus may have been out of the document until now.
  useLayoutEffect(() => {
    if (!hasFocus.current || typing !== null) return;
    const cell = body.current?.querySelector<HTMLElement>(`[data-at="${place.row} ${place.column}"]`);
    if (cell && cell !== globalThis.document.activeElement) cell.focus({ preventScroll: true });
  });

  const go = (next: Place) => {
    const row = Math.max(0, Math.min(rows.length - 1, next.row));
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
  const goTo = useRef(go);
  goTo.current = go;
  useEffect(() => {
    if (goal?.node !== name || goal.row === null) return;
    hasFocus.current = true;
    goTo.current({ row: goal.row, column: 0 });
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
    const change = changed(place.row, place.column, text);
    if (typeof change === 'string') {
      setMistakes([`Row ${place.row + 1}, ${headOf(place.column, names, hasIf)}: ${change}.`]);
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
      const row = place.row + down;
      const before = rows[row];
      let after: Row | string | undefined = before;
      line.forEach((text, right) => {
        const column = place.column + right;
        if (typeof after !== 'object') return;
        const next = withCell(after, column, text, fields, hasIf, Object.keys(document.nodes));
        if (typeof next === 'string') wrong.push(`Row ${row + 1}, ${headOf(column, names, hasIf)}: ${next}.`);
        else after = next;
      });
      if (before === undefined) wrong.push(`Row ${row + 1}: the table has ${count(rows.length)} rows; add some first.`);
      else if (typeof after === 'object') {
        changes.push({ kind: 'row', node: name, at: row, before, after, above: rows[row - 1] ?? null });
      }
    });
    setMistakes(wrong);
    // All or nothing: half a paste is worse than none.
    if (wrong.length === 0) editor.change(...changes);
  };
  const insert = (row: number) => {
    const to = rows[Math.min(row, rows.length - 1)]?.to ?? String(node?.otherwise ?? document.root);
    const after = { cells: names.map(() => null), to };
    editor.change({ kind: 'row', node: name, at: row, before: null, after, above: rows[row - 1] ?? null });
    setAt({ row, column: 0 });
  };
  const remove = () => {
    const before = rows[place.row];
    if (!before) return;
    editor.change({ kind: 'row', node: name, at: place.row, before, after: null, above: rows[place.row - 1] ?? null });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (typing !== null) return;
    const moved = movedBy(event, place, rows.length, nColumns);
    if (moved) {
      event.preventDefault();
      go(moved);
      return;
    }
    const row = rows[place.row];
    if (!row) return;
    if (event.key === 'Enter' || event.key === 'F2') setTyping(textOf(row, place.column));
    else if (event.key === 'Delete' && event.shiftKey) remove();
    else if (event.key === 'Delete' && place.column < names.length) commit('', null);
    else if (event.key === 'd' && event.ctrlKey && place.row > 0) {
      const above = rows[place.row - 1];
      if (above) commit(textOf(above, place.column), null);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) setTyping(event.key);
    else return;
    event.preventDefault();
  };

  return (
    <div className="grid-frame">
      <div className="grid-tools">
        <span className="faint">
          {count(rows.length)} {rows.length === 1 ? 'row' : 'rows'}; the first that matches decides
        </span>
        <GoTo n={rows.length} onGo={(row) => go({ row, column: place.column })} />
        <AddButton onPress={() => insert(rows.length === 0 ? 0 : place.row + 1)}>Add a row below</AddButton>
        <button type="button" className="button" disabled={rows.length === 0} onClick={remove}>
          Remove row {place.row + 1}
        </button>
      </div>
      <div
        ref={box}
        className="grid"
        style={{ blockSize: height }}
        role="grid"
        tabIndex={-1}
        aria-label={`Rows of ${name}`}
        aria-rowcount={rows.length + 1}
        aria-colcount={nColumns}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        onFocus={() => {
          hasFocus.current = true;
        }}
        onBlur={(event) => {
          // A cell that is taken out of the document takes the focus with it; that is no way out.
          if (event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget))
            hasFocus.current = false;
        }}
        onKeyDown={onKeyDown}
        onPaste={paste}
        onCopy={(event) => {
          const row = rows[place.row];
          if (typing !== null || !row) return;
          event.preventDefault();
          event.clipboardData.setData('text/plain', textOf(row, place.column));
        }}
      >
        <div className="grid-row grid-head" role="row" aria-rowindex={1} style={tracks(nColumns)}>
          {Array.from({ length: nColumns }, (_, column) => (
            <span role="columnheader" key={headOf(column, names, hasIf)} aria-colindex={column + 1}>
              {headOf(column, names, hasIf)}
            </span>
          ))}
        </div>
        <div ref={body} role="rowgroup" style={{ blockSize: rows.length * ROW_HEIGHT, position: 'relative' }}>
          {rows.slice(first, end).map((row, offset) => {
            const index = first + offset;
            const isHere = index === place.row;
            return (
              <GridRow
                key={index}
                row={row}
                index={index}
                nNames={names.length}
                hasIf={hasIf}
                chosen={isHere ? place.column : null}
                typing={isHere ? typing : null}
                mark={marks.get(index) ?? null}
                targets={document.nodes}
                onChoose={(column) => {
                  setAt({ row: index, column });
                  setTyping(null);
                }}
                onEdit={(column) => {
                  setAt({ row: index, column });
                  setTyping(textOf(row, column));
                }}
                onType={setTyping}
                onCommit={(text, way) =>
                  commit(
                    text,
                    way === 'down'
                      ? { row: index + 1, column: place.column }
                      : way === 'right'
                        ? { row: index, column: place.column + 1 }
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
              <li key={mistake}>{mistake}</li>
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

type RowChange = Extract<Change, { kind: 'row' }>;

function GoTo({ n, onGo }: { n: number; onGo: (row: number) => void }) {
  const [text, setText] = useState('');
  return (
    <label className="go-to">
      <span className="faint">Row</span>
      <input
        type="text"
        inputMode="numeric"
        aria-label="Go to row"
        value={text}
        placeholder={`1 to ${n}`}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          const row = Number(text.replaceAll(',', ''));
          if (event.key === 'Enter' && Number.isInteger(row) && row >= 1) onGo(Math.min(row, n) - 1);
        }}
      />
    </label>
  );
}

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

// biome-ignore-all lint/a11y/useSemanticElements: rows that are not in sight are not in the page, so this is no table of HTML
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the grid has the focus, as the pattern of a grid says
import { memo } from 'react';
import type { FindingFragment } from '../../../graphql/generated';
import { CellInput } from './cell-input';
import type { Row } from './changes';
import { cellOf, tracks } from './grid-cells';
import { PredicateCell } from './predicate-cell';

/** Height of a row, in pixels. */
export const ROW_HEIGHT = 28;

interface GridRowOf {
  row: Row;
  /** Place in the draft. */
  index: number;
  /** Place among those that are shown. */
  position: number;
  nNames: number;
  hasIf: boolean;
  /** The column in focus, if it is in this row. */
  chosen: number | null;
  typing: string | null;
  mark: FindingFragment | null;
  targets: Record<string, unknown>;
  onChoose: (column: number) => void;
  onEdit: (column: number) => void;
  onType: (text: string) => void;
  onCommit: (text: string, way: 'down' | 'right' | null) => void;
  onCancel: () => void;
}

/** A row is drawn again when something in it changes, and not when the focus moves elsewhere. */
export const GridRow = memo(
  function GridRow(it: GridRowOf) {
    const { row, index, position, nNames, hasIf, chosen, typing, mark } = it;
    const nColumns = nNames + (hasIf ? 1 : 0) + 1;
    const Input = hasIf && chosen === nNames ? PredicateCell : CellInput;
    return (
      <div
        className={mark ? `grid-row has-${mark.severity.toLowerCase()}` : 'grid-row'}
        role="row"
        aria-rowindex={position + 2}
        style={{ ...tracks(nColumns), insetBlockStart: position * ROW_HEIGHT }}
      >
        <span className="grid-number" role="rowheader" title={mark?.message}>
          {index + 1}
        </span>
        {Array.from({ length: nColumns }, (_, column) => {
          const isChosen = column === chosen;
          const text = cellOf(row, column, nNames, hasIf);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid listens for the keys of all its cells
            <span
              key={column}
              role="gridcell"
              aria-colindex={column + 1}
              aria-selected={isChosen}
              // While a cell is typed into, its field has the focus.
              tabIndex={isChosen && typing === null ? 0 : -1}
              data-at={`${index} ${column}`}
              className={column === nColumns - 1 ? 'grid-to' : undefined}
              onClick={() => it.onChoose(column)}
              onDoubleClick={() => it.onEdit(column)}
            >
              {isChosen && typing !== null ? (
                <Input text={typing} onType={it.onType} onCommit={it.onCommit} onCancel={it.onCancel} />
              ) : (
                text || <span className="faint">{column < nNames ? 'any' : ''}</span>
              )}
            </span>
          );
        })}
      </div>
    );
  },
  (a, b) =>
    a.row === b.row &&
    a.index === b.index &&
    a.position === b.position &&
    a.chosen === b.chosen &&
    a.typing === b.typing &&
    a.mark === b.mark &&
    a.nNames === b.nNames &&
    a.hasIf === b.hasIf &&
    // A row in focus calls back with what it was drawn with.
    a.chosen === null,
);

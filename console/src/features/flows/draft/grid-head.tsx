// biome-ignore-all lint/a11y/useSemanticElements: rows that are not in sight are not in the page, so this is no table of HTML
// biome-ignore-all lint/a11y/useFocusableInteractive: what is pressed in a head is the button in it
import { ArrowDown, ArrowUp } from 'lucide-react';
import { headOf, tracks } from './grid-cells';
import type { Look } from './view';

/** The heads of the columns: a press sorts what is shown by one, the next the other way round, the third not at all. */
export function GridHead({
  names,
  hasIf,
  look,
  onLook,
}: {
  names: string[];
  hasIf: boolean;
  look: Look;
  onLook: (look: Look) => void;
}) {
  const { sort } = look;
  const nColumns = names.length + (hasIf ? 1 : 0) + 1;
  return (
    <div className="grid-row grid-head" role="row" aria-rowindex={1} style={tracks(nColumns)}>
      {Array.from({ length: nColumns }, (_, column) => {
        const head = headOf(column, names, hasIf);
        const isSorted = sort?.column === column;
        const next = !isSorted ? { column, isDown: false } : sort.isDown ? null : { column, isDown: true };
        return (
          <span
            role="columnheader"
            key={head}
            aria-colindex={column + 1}
            aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : 'none'}
          >
            <button type="button" title={`Sort by ${head}`} onClick={() => onLook({ ...look, sort: next })}>
              {head}
              {isSorted && (sort.isDown ? <ArrowDown aria-hidden size={13} /> : <ArrowUp aria-hidden size={13} />)}
            </button>
          </span>
        );
      })}
    </div>
  );
}

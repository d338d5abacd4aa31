import { useState } from 'react';
import { count } from '../../../ui/format';
import { AddButton } from './fields';
import { type Look, WHOLE } from './view';

/** What stands above the rows of a table: which are shown, and what is done with the one in focus. */
export function GridTools({
  n,
  nShown,
  look,
  here,
  isUnique,
  onLook,
  onGo,
  onInsert,
  onRemove,
  onAsk,
}: {
  n: number;
  nShown: number;
  look: Look;
  /** The row in focus, by its place in the draft. */
  here: number;
  /** Whether no lead may match two rows. */
  isUnique: boolean;
  onLook: (look: Look) => void;
  onGo: (row: number) => void;
  onInsert: () => void;
  onRemove: () => void;
  /** Shows a column of predicates; none while there is one. */
  onAsk: (() => void) | null;
}) {
  const isWhole = look.filter === '' && look.sort === null;
  return (
    <>
      <div className="grid-tools">
        <span className="faint" role="status">
          {nShown === n ? '' : `${count(nShown)} of `}
          {count(n)} {n === 1 ? 'row' : 'rows'}; {isUnique ? 'no lead matches two' : 'the first that matches decides'}
        </span>
        <Filter look={look} onLook={onLook} />
        <GoTo n={n} onGo={onGo} />
        <AddButton onPress={onInsert} isDisabled={!isWhole}>
          Add a row below
        </AddButton>
        <button type="button" className="button" disabled={nShown === 0} onClick={onRemove}>
          Remove row {here + 1}
        </button>
        {onAsk && (
          <button type="button" className="plain" onClick={onAsk}>
            Let rows ask a predicate
          </button>
        )}
      </div>
      {!isWhole && (
        <p className="band-inline" role="status">
          Only the look is changed: in the draft the rows keep their order, and rows are added where all are shown.
          <button type="button" className="link" onClick={() => onLook(WHOLE)}>
            Show all as they are
          </button>
        </p>
      )}
    </>
  );
}

/** A text that counts once nobody has typed for a moment: 10,000 rows are not searched at each key. */
function Filter({ look, onLook }: { look: Look; onLook: (look: Look) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const enter = () => {
    if (typed !== null && typed.trim() !== look.filter) onLook({ ...look, filter: typed.trim() });
    setTyped(null);
  };
  return (
    <label className="go-to">
      <span className="faint">Filter</span>
      <input
        type="text"
        className="grid-filter"
        aria-label="Filter the rows"
        value={typed ?? look.filter}
        placeholder="word, or column: word"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={enter}
        onKeyDown={(event) => event.key === 'Enter' && enter()}
      />
    </label>
  );
}

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

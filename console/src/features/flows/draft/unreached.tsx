import { useMemo } from 'react';
import { useWork } from './context';
import { removal, unreached } from './reach';

/** How many names are listed. */
const NAMES_MAX = 6;

/** The nodes that no lead comes to and the values that nothing reads, and an offer to take them away. */
export function Unreached() {
  const { document, editor } = useWork();
  const names = useMemo(() => unreached(document), [document]);
  if (names.length === 0) return null;
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
  return (
    <p className="faint unreached">
      {names.length === 1 ? 'Unused: ' : `${names.length} nodes are unused: `}
      {names.slice(0, NAMES_MAX).join(', ')}
      {more}.{' '}
      <button type="button" className="link" onClick={() => editor.change(removal(document, names))}>
        {names.length === 1 ? 'Remove it' : 'Remove them'}
      </button>
    </p>
  );
}

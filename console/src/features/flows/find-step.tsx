import { useRef, useState } from 'react';
import { count } from '../../ui/format';
import { useKeys } from '../../ui/use-keys';
import { found } from './find';
import type { Graph } from './model';

/** Finds steps by words: Enter goes to the first, and again to the next. */
export function FindStep({ graph, onFound }: { graph: Graph; onFound: (name: string) => void }) {
  const [text, setText] = useState('');
  // Which one was gone to last; none of a new text.
  const [at, setAt] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => field.current?.focus() });
  const names = found(graph, text);
  const go = (by: number) => {
    const next = (at + by + names.length) % names.length;
    const name = names[next];
    if (name === undefined) return;
    setAt(next);
    onFound(name);
  };
  return (
    <search className="find-step">
      <input
        ref={field}
        type="search"
        aria-label="Find a step"
        placeholder="Find a step"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey && at >= 0 ? -1 : 1);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <span className="faint" role="status">
        {text.trim() === ''
          ? ''
          : at < 0
            ? `${count(names.length)} found`
            : `${count(at + 1)} of ${count(names.length)}`}
      </span>
    </search>
  );
}

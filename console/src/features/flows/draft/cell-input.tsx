import { type KeyboardEvent, useEffect, useRef } from 'react';

/** A cell that is typed into. */
export interface CellInputOf {
  text: string;
  onType: (text: string) => void;
  onCommit: (text: string, way: 'down' | 'right' | null) => void;
  onCancel: () => void;
}

/** The field of a cell: it takes the focus, and the keys that end the typing. */
export function useCellInput({ text, onCommit, onCancel }: CellInputOf) {
  const input = useRef<HTMLInputElement>(null);
  // What ends the typing takes the field out of the page, and so the focus from it.
  const isOver = useRef(false);
  useEffect(() => input.current?.focus(), []);
  return {
    input,
    onBlur: () => {
      if (!isOver.current) onCommit(text, null);
    },
    onKeyDown: (event: KeyboardEvent) => {
      event.stopPropagation();
      if (!['Enter', 'Tab', 'Escape'].includes(event.key)) return;
      event.preventDefault();
      isOver.current = true;
      if (event.key === 'Enter') onCommit(text, 'down');
      else if (event.key === 'Tab') onCommit(text, 'right');
      else onCancel();
      // A text that was not taken is still there.
      setTimeout(() => {
        isOver.current = false;
      });
    },
  };
}

export function CellInput(it: CellInputOf) {
  const { input, onBlur, onKeyDown } = useCellInput(it);
  return (
    <input
      ref={input}
      type="text"
      aria-label="Cell"
      autoComplete="off"
      spellCheck={false}
      value={it.text}
      onChange={(event) => it.onType(event.target.value)}
      onBlur={onBlur}
      onKeyDown={onKeyDown}
    />
  );
}

import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Option } from './completion';

/** Options that are in sight; keys bring the others. A list that scrolls by itself could not be reached by keys. */
const SHOWN = 8;

/** What fits at the caret, below its line or above it. */
export function CompletionList({
  id,
  options,
  chosen,
  anchor,
  field,
  onTake,
}: {
  id: string;
  options: readonly Option[];
  /** The option that Enter takes; -1 for none. */
  chosen: number;
  /** Where what was typed begins. */
  anchor: RefObject<HTMLElement | null>;
  field: RefObject<HTMLTextAreaElement | null>;
  onTake: (option: Option) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const first = Math.max(0, Math.min(chosen - SHOWN + 2, options.length - SHOWN));
  const shown = options.slice(first, first + SHOWN);
  useLayoutEffect(() => {
    const [list, at, text] = [box.current, anchor.current, field.current];
    if (!list || !at || !text) return;
    const right = Math.max(0, text.offsetWidth - list.offsetWidth);
    list.style.left = `${Math.min(at.offsetLeft, right)}px`;
    const line = Math.max(0, Math.min(at.offsetTop - text.scrollTop, text.clientHeight - at.offsetHeight));
    const room = window.innerHeight - text.getBoundingClientRect().top - line - at.offsetHeight;
    // Above its line, where below it the list would be out of sight.
    const isAbove = room < list.offsetHeight + 8 && text.getBoundingClientRect().top > list.offsetHeight;
    list.style.top = `${isAbove ? line - list.offsetHeight - 2 : line + at.offsetHeight + 4}px`;
  });
  return (
    <div className="completion" ref={box}>
      <div role="listbox" id={`${id}-options`} aria-label="What fits here">
        {shown.map((option, position) => {
          const at = first + position;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are with the field
            <div
              key={`${option.label} ${option.detail}`}
              id={`${id}-option-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === chosen}
              aria-setsize={options.length}
              aria-posinset={at + 1}
              // The field keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onTake(option)}
            >
              <span className="mono">{option.label}</span>
              <span className="faint">{option.detail}</span>
            </div>
          );
        })}
      </div>
      {options.length > SHOWN && (
        <p className="faint">
          {first + 1} to {first + shown.length} of {options.length}
        </p>
      )}
    </div>
  );
}

import { useLayoutEffect, useRef } from 'react';
import type { Option } from './completion';

/** Options that are in sight; keys bring the others. A list that scrolls by itself could not be reached by keys. */
const SHOWN = 8;

/** What fits at the caret. */
export function CompletionList({
  id,
  options,
  chosen,
  isOnTop = false,
  place,
  onTake,
}: {
  id: string;
  options: readonly Option[];
  /** The option that Enter takes; -1 for none. */
  chosen: number;
  /** Whether it stands above the page, which what is around it would cut off otherwise. */
  isOnTop?: boolean;
  /** Puts it where it belongs. */
  place: (list: HTMLElement) => void;
  onTake: (option: Option) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const first = Math.max(0, Math.min(chosen - SHOWN + 2, options.length - SHOWN));
  const shown = options.slice(first, first + SHOWN);
  useLayoutEffect(() => {
    if (isOnTop) box.current?.showPopover();
  }, [isOnTop]);
  useLayoutEffect(() => {
    if (box.current) place(box.current);
  });
  return (
    <div className="completion" ref={box} popover={isOnTop ? 'manual' : undefined}>
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
              onClick={(event) => {
                event.stopPropagation();
                onTake(option);
              }}
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

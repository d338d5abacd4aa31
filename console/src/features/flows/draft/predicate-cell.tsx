import { useEffect, useId, useRef } from 'react';
import { type CellInputOf, useCellInput } from './cell-input';
import { CompletionList } from './completion-list';
import { useCompletion } from './use-completion';
import { useNames } from './use-names';

/** The predicate of a row, with what fits while it is typed. */
export function PredicateCell(it: CellInputOf) {
  const id = useId();
  const { input, onBlur, onKeyDown } = useCellInput(it);
  const before = useRef<HTMLSpanElement>(null);
  const completion = useCompletion(input, it.text, useNames(null, true), it.onType);
  const { offer, chosen, close } = completion;
  // The list stands above the page, and would stay where it is when the grid is scrolled.
  useEffect(() => {
    const listen = (event: Event) => {
      if (event.target !== input.current) close();
    };
    window.addEventListener('scroll', listen, true);
    return () => window.removeEventListener('scroll', listen, true);
  });
  const place = (list: HTMLElement) => {
    if (!input.current || !before.current) return;
    const { left, top, bottom } = input.current.getBoundingClientRect();
    const isAbove = bottom + list.offsetHeight + 12 > window.innerHeight && top > list.offsetHeight;
    const wanted = left + before.current.offsetWidth - input.current.scrollLeft;
    list.style.top = `${isAbove ? top - list.offsetHeight - 8 : bottom + 8}px`;
    list.style.left = `${Math.min(wanted, window.innerWidth - list.offsetWidth - 8)}px`;
  };
  return (
    <>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Cell"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded={offer !== null}
        aria-controls={offer ? `${id}-options` : undefined}
        aria-activedescendant={offer && chosen >= 0 ? `${id}-option-${chosen}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={it.text}
        onChange={(event) => {
          completion.onTyped(event.target.selectionStart);
          it.onType(event.target.value);
        }}
        onSelect={(event) => completion.onCaret(event.currentTarget.selectionStart)}
        onBlur={onBlur}
        onKeyDown={(event) => {
          if (completion.onKey(event)) event.stopPropagation();
          else onKeyDown(event);
        }}
      />
      {offer && (
        <>
          <span className="cell-before" ref={before} aria-hidden>
            {it.text.slice(0, offer.from)}
          </span>
          <CompletionList
            id={id}
            options={offer.options}
            chosen={chosen}
            isOnTop
            place={place}
            onTake={(option) => completion.accept(offer, option)}
          />
        </>
      )}
    </>
  );
}

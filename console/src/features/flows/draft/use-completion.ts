import { type KeyboardEvent, type RefObject, useMemo, useState } from 'react';
import { type Names, type Offer, type Option, offerAt } from './completion';

interface Typing {
  caret: number;
  /** Whether something may be offered: not before anything was typed, and not once it was closed. */
  isOpen: boolean;
  /** Whether somebody asked what fits. */
  isAsked: boolean;
  /** The option that keys have moved to; none until then. */
  chosen: number | null;
}

export type TextField = HTMLTextAreaElement | HTMLInputElement;

const CLOSED: Typing = { caret: 0, isOpen: false, isAsked: false, chosen: null };

/** What is offered in a field while somebody types in it, and the keys that choose of it.
 *
 * * `onText`: takes a text that was made by an option, where the browser does not do so itself. */
export function useCompletion(
  field: RefObject<TextField | null>,
  text: string,
  names: Names,
  onText: (text: string) => void,
) {
  const [typing, setTyping] = useState(CLOSED);
  const { caret, isOpen, isAsked } = typing;
  const fitting = useMemo(() => (isOpen ? offerAt(text, caret, names) : null), [isOpen, text, caret, names]);
  const offer = fitting && (isAsked || fitting.isUnasked) ? fitting : null;
  const chosen = offer ? Math.min(typing.chosen ?? (offer.isWhole ? -1 : 0), offer.options.length - 1) : -1;

  const close = () => setTyping((it) => (it.isOpen ? { ...it, isOpen: false } : it));
  const accept = (of: Offer, option: Option | undefined) => {
    if (!field.current || !option) return;
    put(field.current, of, option, onText);
    // What fits behind it is offered at once, such as the labels behind an operator.
    setTyping({ ...CLOSED, caret: of.from + option.caret, isOpen: true });
  };
  /** Whether the key was one of the list's, which means nothing else then. */
  const onKey = (event: KeyboardEvent<TextField>): boolean => {
    if (event.nativeEvent.isComposing) return false;
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      const at = event.currentTarget.selectionStart ?? 0;
      setTyping({ caret: at, isOpen: true, isAsked: true, chosen: null });
      return true;
    }
    if (!offer || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isTaking = ['Enter', 'Tab'].includes(event.key) && chosen >= 0;
    if (step === undefined && !isTaking && event.key !== 'Escape') return false;
    event.preventDefault();
    if (step !== undefined) setTyping((it) => ({ ...it, chosen: moved(chosen, step, offer.options.length) }));
    else if (isTaking) accept(offer, offer.options[chosen]);
    else close();
    return true;
  };
  return {
    offer,
    chosen,
    /** Whether somebody asked, and nothing fits. */
    isEmpty: isOpen && isAsked && !offer,
    accept,
    close,
    onKey,
    onTyped: (at: number | null) => setTyping({ ...CLOSED, caret: at ?? 0, isOpen: true }),
    /** A caret that went elsewhere without typing has left what was offered. */
    onCaret: (at: number | null) => setTyping((it) => (it.caret === at ? it : { ...CLOSED, caret: at ?? 0 })),
  };
}

function moved(chosen: number, step: number, n: number): number {
  if (chosen < 0) return step > 0 ? 0 : n - 1;
  return (chosen + step + n) % n;
}

/** Puts an option into the field as if it were typed, so that the browser can take it back. */
function put(field: TextField, { from, to }: Offer, option: Option, onText: (text: string) => void): void {
  field.focus();
  field.setSelectionRange(from, to);
  if (!document.execCommand('insertText', false, option.insert)) {
    field.setRangeText(option.insert, from, to, 'end');
    onText(field.value);
  }
  field.setSelectionRange(from + option.caret, from + option.caret);
}

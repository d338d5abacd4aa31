import { type LucideIcon, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { TextField } from '../../../ui/form';

/** A text that is taken once it is left, or Enter is pressed: until then it may say anything. */
export function Committed({
  label,
  value,
  unit,
  hint,
  kind = 'text',
  read,
}: {
  label: string;
  value: string;
  unit?: string | undefined;
  hint?: ReactNode;
  kind?: 'text' | 'number';
  /** Takes what was typed; what is wrong with it, if it is not taken. */
  read: (text: string) => string | null;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const [mistake, setMistake] = useState<string | null>(null);
  const commit = () => {
    if (typed === null) return;
    const wrong = typed === value ? null : read(typed);
    setMistake(wrong);
    if (wrong === null) setTyped(null);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens for what bubbles up from the field
    <div
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') {
          setTyped(null);
          setMistake(null);
        }
      }}
    >
      <TextField
        label={label}
        kind={kind}
        {...(unit ? { unit } : {})}
        hint={hint}
        value={typed ?? value}
        onChange={setTyped}
        mistakes={mistake === null ? [] : [{ path: [], code: 'typed', message: mistake, hint: null }]}
      />
    </div>
  );
}

export function AddButton({
  onPress,
  isDisabled = false,
  children,
}: {
  onPress: () => void;
  isDisabled?: boolean;
  children: ReactNode;
}) {
  return (
    <button type="button" className="button" data-add disabled={isDisabled} onClick={onPress}>
      <Plus aria-hidden size={14} /> {children}
    </button>
  );
}

export function RemoveButton({ label, onPress }: { label: string; onPress: () => void }) {
  return <IconButton icon={Trash2} label={label} onPress={onPress} />;
}

/** A button that is a picture; its label is read and shown to whoever rests on it. */
export function IconButton({
  icon: Icon,
  label,
  isDisabled = false,
  way,
  onPress,
}: {
  icon: LucideIcon;
  label: string;
  isDisabled?: boolean;
  /** Where an entry of a list is moved by it. */
  way?: 'back' | 'on';
  onPress: () => void;
}) {
  return (
    <button
      type="button"
      className="plain icon"
      aria-label={label}
      title={label}
      data-way={way}
      disabled={isDisabled}
      onClick={onPress}
    >
      <Icon aria-hidden size={15} />
    </button>
  );
}

/** Keeps the focus in a list whose entries come and go: on the first field of one that was added, and on the button that adds
 * after one was taken away. The list has an element with `data-entry` for each entry.
 *
 * `follow` keeps it on the button of an entry that is moved, by its new place. */
export function useEntries(n: number): {
  box: RefObject<HTMLDivElement | null>;
  follow: (to: number, way: 'back' | 'on') => void;
} {
  const box = useRef<HTMLDivElement>(null);
  const last = useRef(n);
  const moved = useRef<{ to: number; way: 'back' | 'on' } | null>(null);
  useEffect(() => {
    const before = last.current;
    last.current = n;
    const { activeElement, body } = document;
    const isOurs = activeElement === body || box.current?.contains(activeElement);
    if (n === before || !isOurs) return;
    const all = box.current?.querySelectorAll('[data-entry]');
    focus(
      n > before
        ? all?.item(all.length - 1)?.querySelector('select, input, textarea')
        : box.current?.querySelector('[data-add]'),
    );
  }, [n]);
  useEffect(() => {
    if (!moved.current) return;
    const { to, way } = moved.current;
    moved.current = null;
    const entry = box.current?.querySelectorAll('[data-entry]')[to];
    const buttons = [...(entry?.querySelectorAll<HTMLButtonElement>('[data-way]') ?? [])];
    // At an end there is no further way: the button for the way back has it then.
    focus(buttons.find((it) => it.dataset.way === way && !it.disabled) ?? buttons.find((it) => !it.disabled));
  });
  return {
    box,
    follow: (to, way) => {
      moved.current = { to, way };
    },
  };
}

function focus(element: Element | null | undefined) {
  if (element instanceof HTMLElement) element.focus();
}

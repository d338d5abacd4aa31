import { Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { TextField } from '../../../ui/form';

/** A text that is taken once it is left, or Enter is pressed: until then it may say anything. */
export function Committed({
  label,
  value,
  unit,
  kind = 'text',
  read,
}: {
  label: string;
  value: string;
  unit?: string;
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
    <button type="button" className="button" disabled={isDisabled} onClick={onPress}>
      <Plus aria-hidden size={14} /> {children}
    </button>
  );
}

export function RemoveButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button type="button" className="plain icon" aria-label={label} title={label} onClick={onPress}>
      <Trash2 aria-hidden size={15} />
    </button>
  );
}

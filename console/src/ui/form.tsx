import { type ReactNode, useId, useState } from 'react';
import type { FindingFragment, MistakeFragment } from '../graphql/generated';
import { Problem, Sentence, StateChip } from './parts';
import { capital } from './sentences';

/** The mistakes at one place of an input: those whose path begins with it. */
export function mistakesAt(mistakes: readonly MistakeFragment[], ...places: string[]): MistakeFragment[] {
  return mistakes.filter(({ path }) =>
    places.some((place) => place.split('.').every((segment, at) => path[at] === segment)),
  );
}

/** Those that stand at none of the places: they are shown for the form as a whole. */
export function otherMistakes(mistakes: readonly MistakeFragment[], ...places: string[]): MistakeFragment[] {
  const placed = new Set(mistakesAt(mistakes, ...places));
  return mistakes.filter((mistake) => !placed.has(mistake));
}

export function Mistakes({ of, id }: { of: readonly MistakeFragment[]; id?: string }) {
  if (of.length === 0) return null;
  return (
    <div className="field-errors" id={id} role="alert">
      {of.map(({ code, message, hint }) => (
        <p key={`${code} ${message}`}>
          <Sentence text={capital(message)} />
          {hint && (
            <span>
              . <Sentence text={capital(hint)} />.
            </span>
          )}
        </p>
      ))}
    </div>
  );
}

/** What keeps a whole form from being sent. */
export function FormProblems({ mistakes, fault }: { mistakes: readonly MistakeFragment[]; fault: unknown }) {
  return (
    <>
      {fault != null && <Problem error={fault} />}
      {mistakes.length > 0 && (
        <div className="problem">
          <Mistakes of={mistakes} />
        </div>
      )}
    </>
  );
}

/** That mistakes stand at their places, with the way to the first of them. */
export function NotSaved() {
  const go = () => {
    const wrong = document.querySelector<HTMLElement>('main [aria-invalid="true"], main .field-errors');
    const around = wrong?.closest('fieldset, section')?.querySelector<HTMLElement>('input, textarea, select');
    wrong?.scrollIntoView({ block: 'center' });
    (wrong?.matches('[aria-invalid]') ? wrong : around)?.focus({ preventScroll: true });
  };
  return (
    <p className="field-error">
      It was not saved. What was wrong stands at its place above.{' '}
      <button type="button" className="link" onClick={go}>
        Go to the first
      </button>
    </p>
  );
}

/** What the checks say of what was saved and of the flows that use it. */
export function Findings({ of }: { of: readonly FindingFragment[] }) {
  if (of.length === 0) return null;
  return (
    <ul className="findings" aria-label="What the checks say">
      {of.map(({ code, severity, node, message, hint }) => (
        <li key={[code, node, message].join(' ')}>
          <StateChip state={severity} />
          <span>
            <Sentence text={message} />.
            {hint && (
              <span className="faint">
                {' '}
                <Sentence text={capital(hint)} />.
              </span>
            )}
          </span>
          <code>{code}</code>
        </li>
      ))}
    </ul>
  );
}

/** What is wrong with a value, until it is another one: nobody has looked at that yet. */
function useUnmended<T>(mistakes: readonly T[], value: string): readonly T[] {
  const [first] = mistakes;
  const [told, setTold] = useState({ first, value });
  if (told.first !== first) setTold({ first, value });
  return told.first === first && told.value !== value ? [] : mistakes;
}

/** A text, a number or a longer text, with what is wrong with it below. */
export function TextField({
  label,
  value,
  onChange,
  mistakes: told = [],
  hint,
  unit,
  kind = 'text',
  rows = 2,
  isRequired = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  mistakes?: readonly MistakeFragment[];
  hint?: ReactNode;
  /** What stands behind the value. */
  unit?: string;
  kind?: 'text' | 'number' | 'long';
  /** Lines of a longer text that are in sight. */
  rows?: number;
  isRequired?: boolean;
}) {
  const id = useId();
  const mistakes = useUnmended(told, value);
  const described = [mistakes.length > 0 ? `${id}-wrong` : '', hint ? `${id}-hint` : ''].join(' ').trim() || undefined;
  const shared = {
    id,
    value,
    required: isRequired,
    'aria-invalid': mistakes.length > 0,
    'aria-describedby': described,
  };
  return (
    <div className={`field field-${kind}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field-line">
        {kind === 'long' ? (
          <textarea {...shared} rows={rows} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <input
            {...shared}
            type="text"
            inputMode={kind === 'number' ? 'decimal' : 'text'}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
        {unit && <span className="faint">{unit}</span>}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      <Mistakes of={mistakes} id={`${id}-wrong`} />
    </div>
  );
}

export function CheckField({
  label,
  checked,
  onChange,
  children,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
}) {
  return (
    <div className="check">
      <label>
        <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
        <span>{label}</span>
      </label>
      {children}
    </div>
  );
}

/** A number as people type it, times a factor: "5" per cent are 50,000 parts per million. None for anything else. */
export function scaled(text: string, factor: number): number | null {
  const value = Number(text.trim().replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(value)) return null;
  return Math.round(value * factor);
}

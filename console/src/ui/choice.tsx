import { type ReactNode, type RefObject, useId } from 'react';

/** A control with its label. */
export function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

/** One of a few words, or any. */
export function Choice<T extends string>({
  label,
  value,
  options,
  show = (option) => option,
  focus,
  none = 'any',
  isRequired = false,
  onChange,
}: {
  label: string;
  value: T | undefined;
  options: readonly T[];
  show?: (option: T) => string;
  focus?: RefObject<HTMLSelectElement | null>;
  /** The word for none of them. */
  none?: string;
  /** Whether one of them has to be chosen. */
  isRequired?: boolean;
  onChange: (value: T | undefined) => void;
}) {
  // What an address names is offered, whether it exists or not: else the filter would look as if it were not set.
  const all = value !== undefined && !options.includes(value) ? [value, ...options] : options;
  return (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          ref={focus}
          value={value ?? ''}
          onChange={(event) => onChange((event.target.value || undefined) as T | undefined)}
        >
          {!isRequired && <option value="">{none}</option>}
          {all.map((option) => (
            <option key={option} value={option}>
              {show(option)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

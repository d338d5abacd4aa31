import { Choice, Field } from './choice';
import type { FormField } from './lead-fields';

/** A field of a lead to fill in, with what is wrong with it below. */
export function ValueField({
  field,
  value,
  errors,
  onChange,
}: {
  field: FormField;
  value: string;
  errors: { message: string; hint: string | null }[];
  onChange: (value: string) => void;
}) {
  const options = field.kind === 'boolean' ? ['true', 'false'] : (field.labels ?? null);
  return (
    <div>
      {options ? (
        <Choice
          label={field.name}
          value={value || undefined}
          options={options}
          show={(it) => (field.kind === 'boolean' ? (it === 'true' ? 'yes' : 'no') : it)}
          none="missing"
          onChange={(next) => onChange(next ?? '')}
        />
      ) : (
        <Field label={`${field.name}${field.pii ? ', personal' : ''}`}>
          {(id) => (
            <input
              id={id}
              type="text"
              inputMode={field.kind === 'integer' ? 'numeric' : 'text'}
              autoComplete="off"
              spellCheck={false}
              placeholder="missing"
              aria-invalid={errors.length > 0}
              aria-describedby={errors.length > 0 ? `${id}-errors` : undefined}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      )}
      {errors.map(({ message, hint }) => (
        <p key={message} className="field-error">
          {message} {hint}
        </p>
      ))}
    </div>
  );
}

import type { MistakeFragment } from '../../graphql/generated';
import { Choice } from '../../ui/choice';
import { CheckField, Mistakes, TextField } from '../../ui/form';
import { words } from '../../ui/format';
import { type FieldForm, KINDS, NEEDED, REQUIRED } from './document';

/** Members that have a field of their own, below which their mistakes stand. */
const PLACED = ['name', 'labels', 'max_chars', 'min', 'max', 'scale'];

/** One field as a form, with the members that its kind has. */
export function FieldFields({
  form,
  mistakes,
  onChange,
}: {
  form: FieldForm;
  mistakes: readonly MistakeFragment[];
  onChange: (part: Partial<FieldForm>) => void;
}) {
  const at = (member: string) => mistakes.filter(({ path }) => path[2] === member);
  return (
    <>
      <div className="field-row">
        <TextField
          label="Name"
          value={form.name}
          onChange={(name) => onChange({ name })}
          mistakes={at('name')}
          hint="As predicates write it"
        />
        <Choice
          label="Kind"
          value={form.kind}
          options={KINDS as readonly string[]}
          show={words}
          isRequired
          onChange={(kind) => onChange({ kind: kind ?? form.kind })}
        />
        <Choice
          label="Needed"
          value={form.required}
          options={REQUIRED as readonly string[]}
          show={(it) => NEEDED[it] ?? it}
          isRequired
          onChange={(required) => onChange({ required: required ?? form.required })}
        />
      </div>
      <CheckField
        label="It tells who a person is"
        checked={form.isPersonal}
        onChange={(isPersonal) => onChange({ isPersonal })}
      />
      <OfKind form={form} at={at} onChange={onChange} />
      <Mistakes of={mistakes.filter(({ path }) => !PLACED.includes(path[2] ?? ''))} />
    </>
  );
}

interface OfKindProps {
  form: FieldForm;
  at: (member: string) => MistakeFragment[];
  onChange: (part: Partial<FieldForm>) => void;
}

function OfKind({ form, at, onChange }: OfKindProps) {
  switch (form.kind) {
    case 'enum':
      return (
        <TextField
          label="Labels"
          kind="long"
          rows={Math.min(14, Math.max(3, form.labels.split('\n').length + 1))}
          value={form.labels}
          onChange={(labels) => onChange({ labels })}
          mistakes={at('labels')}
          hint="One a line, spelled exactly as leads have them"
        />
      );
    case 'text':
      return (
        <div className="stack">
          <TextField
            label="Characters at most"
            kind="number"
            value={form.maxChars}
            onChange={(maxChars) => onChange({ maxChars })}
            mistakes={at('max_chars')}
          />
          <CheckField
            label="It may have several lines"
            checked={form.isMultiline}
            onChange={(isMultiline) => onChange({ isMultiline })}
          />
        </div>
      );
    case 'integer':
      return <Range form={form} at={at} onChange={onChange} />;
    case 'decimal':
      return (
        <TextField
          label="Digits after the point"
          kind="number"
          value={form.scale}
          onChange={(scale) => onChange({ scale })}
          mistakes={at('scale')}
        />
      );
    default:
      return null;
  }
}

function Range({ form, at, onChange }: OfKindProps) {
  return (
    <div className="field-row">
      <TextField
        label="From"
        kind="number"
        value={form.min}
        onChange={(min) => onChange({ min })}
        mistakes={at('min')}
      />
      <TextField
        label="To, included"
        kind="number"
        value={form.max}
        onChange={(max) => onChange({ max })}
        mistakes={at('max')}
      />
    </div>
  );
}

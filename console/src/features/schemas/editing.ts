import { useState } from 'react';
import type { FieldDocument } from '../../graphql/flow-document';
import { type FindingFragment, PutLeadSchema } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { equal } from '../../ui/equal';
import type { Clash } from '../../ui/merge';
import { doubled, type FieldForm, fieldsOf, formOf, mistakesByField, moved, newField, rebased } from './document';

/** A schema as the server has it; an empty hash: there is none yet. */
export interface Saved {
  fields: FieldDocument[];
  hash: string;
}

interface State {
  /** What was there when somebody began: nobody else's change is overwritten. */
  base: FieldDocument[];
  hash: string;
  forms: FieldForm[];
  clashes: Clash[];
}

export interface Done {
  hash: string;
  /** What was there before; none where that was put back. */
  before: FieldDocument[] | null;
}

function begun({ fields, hash }: Saved): State {
  return { base: fields, hash, forms: fields.map(formOf), clashes: [] };
}

/** The forms of fields that were put upon others: what is gone is shown as removed. */
function formsUpon(base: FieldDocument[], fields: FieldDocument[]): FieldForm[] {
  const gone = base.filter(({ name }) => !fields.some((field) => field.name === name));
  const is = (name: string) => base.some((field) => field.name === name);
  return [
    ...fields.map((field, key) => ({ ...formOf(field, key), was: is(field.name) ? field.name : null })),
    ...gone.map((field, at) => ({ ...formOf(field, fields.length + at), isRemoved: true })),
  ];
}

/** A lead schema while somebody edits it: what is typed is kept, and nobody's change is overwritten. */
export function useSchemaEditing(saved: Saved) {
  const [state, setState] = useState(() => begun(saved));
  const [findings, setFindings] = useState<FindingFragment[]>([]);
  const [done, setDone] = useState<Done | null>(null);
  /** As they were sent: mistakes count the fields of then. */
  const [sent, setSent] = useState<FieldForm[]>([]);
  const change = useChange(PutLeadSchema, (answer) => answer.putLeadSchema);
  const fields = fieldsOf(state.forms);
  const isChanged = !equal(fields, fieldsOf(state.base.map(formOf)));
  const isBehind = saved.hash !== state.hash && !change.isBusy;
  // What somebody else saved is shown at once where nothing was typed, and told where something was.
  if (isBehind && !isChanged) setState(begun(saved));
  const setForms = (next: (old: FieldForm[]) => FieldForm[]) => setState((old) => ({ ...old, forms: next(old.forms) }));
  const put = async (vertical: string, next: FieldDocument[], before: FieldDocument[] | null) => {
    setFindings([]);
    setDone(null);
    setSent(before === null && state.hash !== '' ? [] : state.forms);
    const made = await change.send({ input: { vertical, fields: next, expectedHash: state.hash } });
    if (!made?.leadSchema) return null;
    const { declaredFields, hash } = made.leadSchema;
    setFindings(made.diagnostics);
    // What was typed while the answer was on its way stays.
    setState((old) => {
      if (old.forms === state.forms) return begun({ fields: declaredFields, hash });
      return { ...old, base: declaredFields, hash, forms: formsUpon(declaredFields, fieldsOf(old.forms)) };
    });
    setDone({ hash, before });
    return { vertical: made.leadSchema.vertical, findings: made.diagnostics };
  };
  return {
    ...state,
    isChanged,
    isBehind: isBehind && isChanged,
    findings,
    done: done !== null && done.hash === saved.hash && !isChanged ? done : null,
    change,
    byField: mistakesByField(change.mistakes, sent, state.base),
    set: (key: number, part: Partial<FieldForm>) =>
      setForms((old) => old.map((form) => (form.key === key ? { ...form, ...part } : form))),
    /** Adds a field, and gives its key. */
    add: () => {
      const key = Math.max(-1, ...state.forms.map((form) => form.key)) + 1;
      setForms((old) => [...old, newField(key)]);
      return key;
    },
    /** What is in the schema stays in sight until the removal is saved; what was only typed goes. */
    remove: (key: number) =>
      setForms((old) =>
        old.flatMap((form) => (form.key !== key ? [form] : form.was === null ? [] : [{ ...form, isRemoved: true }])),
      ),
    move: (key: number, by: -1 | 1) => setForms((old) => moved(old, key, by)),
    /** Begins with the fields of another schema. */
    fill: (others: FieldDocument[]) => setForms(() => formsUpon([], others)),
    discard: () => {
      change.reset();
      setState(begun(saved));
    },
    /** Why what was typed cannot be put upon what somebody else saved; none if it can. */
    whyNoRebase: doubled(state.forms).length > 0 ? `${doubled(state.forms).join(', ')} stands here twice` : null,
    rebase: () => {
      const upon = rebased(state.base, saved.fields, fields);
      change.reset();
      const forms = formsUpon(saved.fields, upon.fields);
      setState({ base: saved.fields, hash: saved.hash, forms, clashes: upon.clashes });
    },
    save: (vertical: string) => put(vertical, fields, state.hash === '' ? null : state.base),
    undo: (vertical: string, before: FieldDocument[]) => put(vertical, before, null),
  };
}

export type SchemaEditing = ReturnType<typeof useSchemaEditing>;

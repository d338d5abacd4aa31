import { useMemo, useState } from 'react';
import { type FindingFragment, type MistakeFragment, PutDestination } from '../../../graphql/generated';
import { useChange } from '../../../graphql/use-change';
import { equal, isObject, type Members } from '../../../ui/equal';
import { isRead, lineAt, readJson } from '../../../ui/json-text';
import { type Clash, merged } from '../../../ui/merge';
import { lostSecrets } from './changes';
import {
  type DestinationDocument,
  type DestinationForm,
  documentOf,
  formOf,
  ownMistakes,
  placed,
  SECRET,
} from './document';

/** A destination as the server has it; revision 0: there is none yet. */
export interface Saved {
  document: DestinationDocument;
  revision: number;
}

export interface JsonText {
  target: string;
  settings: string;
}

interface State {
  /** What was there when somebody began: nobody else's change is overwritten. */
  base: DestinationDocument;
  revision: number;
  /** What the form was made of: members without a field come from here. */
  origin: DestinationDocument;
  form: DestinationForm;
  /** The whole as text while it is edited as JSON. Secrets are not in it. */
  json: JsonText | null;
  clashes: Clash[];
}

/** What was saved a moment ago. */
export interface Done {
  revision: number;
  /** What was there before; none where that was put back. */
  before: DestinationDocument | null;
  lost: ReturnType<typeof lostSecrets>;
}

const secretsIn = ({ target }: DestinationDocument): Members => (isObject(target.secrets) ? target.secrets : {});

function begun({ document, revision }: Saved): State {
  // Of what is not stored, no secret is: a copy has their names alone.
  const form = formOf(document, revision === 0 ? [] : Object.keys(secretsIn(document)));
  return { base: document, revision, origin: document, form, json: null, clashes: [] };
}

/** The text of a document, in which each secret reads as the server shows it. */
function written(document: DestinationDocument): JsonText {
  const secrets = Object.fromEntries(Object.keys(secretsIn(document)).map((name) => [name, SECRET]));
  const target = document.target.secrets === undefined ? document.target : { ...document.target, secrets };
  return { target: JSON.stringify(target, null, 2), settings: JSON.stringify(document.settings, null, 2) };
}

type Typed = { document: DestinationDocument; mistakes: [] } | { document: null; mistakes: MistakeFragment[] };

/** What is typed as a document, or what keeps it from being one. */
function typedDocument({ form, json, origin }: State): Typed {
  if (json === null) {
    const mistakes = ownMistakes(form);
    return mistakes.length > 0 ? { document: null, mistakes } : { document: documentOf(form, origin), mistakes: [] };
  }
  const found: MistakeFragment[] = [];
  const read = (place: keyof JsonText): Members => {
    const it = readJson(json[place]);
    if (isRead(it) && isObject(it.value)) return it.value;
    const message = isRead(it) ? 'this is no object' : `line ${lineAt(json[place], it.at)}: ${it.message}`;
    found.push({ path: ['json', place], code: 'typed', message, hint: null });
    return {};
  };
  const document = { target: read('target'), settings: read('settings') };
  return found.length > 0
    ? { document: null, mistakes: found }
    : { document: withSecrets(document, form), mistakes: [] };
}

/** Puts in the secrets that were typed. One that is neither typed nor stored is left out, so that the server asks for it. */
function withSecrets(document: DestinationDocument, { secrets }: DestinationForm): DestinationDocument {
  if (document.target.secrets === undefined || !isObject(document.target.secrets)) return document;
  const known = Object.entries(document.target.secrets).flatMap(([name, value]): [string, unknown][] => {
    if (value !== SECRET) return [[name, value]];
    const row = secrets.find((it) => it.name.trim() === name);
    if (row?.value) return [[name, row.value]];
    return row?.isStored ? [[name, SECRET]] : [];
  });
  return { ...document, target: { ...document.target, secrets: Object.fromEntries(known) } };
}

/** The form of a document that was typed as a whole; secrets that were typed in the form stay. */
function formAgain(document: DestinationDocument, { form, base, revision }: State): DestinationForm {
  const fresh = formOf(document, revision === 0 ? [] : Object.keys(secretsIn(base)));
  const left = form.secrets.filter(
    ({ name, value, isStored }) => value === '' && !isStored && !fresh.secrets.some((it) => it.name === name),
  );
  return { ...fresh, secrets: [...fresh.secrets, ...left].map((row, key) => ({ ...row, key })) };
}

/** The state after a save; what was typed while the answer was on its way stays. */
function savedUpon(old: State, sent: State, now: Saved): State {
  if (old.form === sent.form && old.json === sent.json) return begun(now);
  return { ...old, base: now.document, revision: now.revision };
}

/** A destination while somebody edits it: what is typed is kept, and nobody's change is overwritten. */
export function useDestinationEditing(name: string, saved: Saved) {
  const [state, setState] = useState(() => begun(saved));
  const [findings, setFindings] = useState<FindingFragment[]>([]);
  const [done, setDone] = useState<Done | null>(null);
  const [told, setTold] = useState<MistakeFragment[]>([]);
  const change = useChange(PutDestination, (answer) => answer.putDestination);
  const typed = typedDocument(state);
  const isChanged = typed.document === null || !equal(typed.document, state.base);
  const isBehind = saved.revision > state.revision && !change.isBusy;
  // What somebody else saved is shown at once where nothing was typed, and told where something was.
  if (isBehind && !isChanged) setState(begun(saved));
  const refused = useMemo(() => placed(change.mistakes, name), [change.mistakes, name]);
  const put = async (document: DestinationDocument, more: { vertical?: string; isUndo?: boolean }) => {
    setFindings([]);
    setDone(null);
    const { isUndo, ...rest } = more;
    const made = await change.send({ input: { name, ...document, ...rest, expectedRevision: state.revision } });
    if (!made?.destination) return null;
    const { target, settings, revision } = made.destination;
    setFindings(made.diagnostics);
    const now = { document: { target, settings: settings as Members }, revision };
    setState((old) => savedUpon(old, state, now));
    const before = isUndo || state.revision === 0 ? null : state.base;
    setDone({ revision, before, lost: lostSecrets(state.base, document) });
    return { name: made.destination.name, findings: made.diagnostics };
  };
  return {
    ...state,
    typed,
    isChanged,
    isBehind: isBehind && isChanged,
    findings,
    done: done !== null && done.revision === saved.revision && !isChanged ? done : null,
    change,
    mistakes: [...told, ...refused],
    set: (part: Partial<DestinationForm>) => setState((old) => ({ ...old, form: { ...old.form, ...part } })),
    type: (json: JsonText) => setState((old) => ({ ...old, json })),
    /** Between the fields and the text of the whole. What is no document stays where it is. */
    turn: () => {
      setTold(typed.mistakes);
      if (typed.document === null) return;
      const { document } = typed;
      if (state.json === null) setState({ ...state, json: written(document) });
      else setState({ ...state, json: null, origin: document, form: formAgain(document, state) });
    },
    discard: () => {
      change.reset();
      setTold([]);
      setState(begun(saved));
    },
    /** Puts what was typed upon what somebody else saved meanwhile. */
    rebase: () => {
      setTold(typed.mistakes);
      if (typed.document === null) return;
      const { value, clashes } = merged(state.base, saved.document, typed.document);
      const document = value as DestinationDocument;
      change.reset();
      const next = { ...begun(saved), origin: document, clashes };
      setState({ ...next, form: formAgain(document, { ...next, form: state.form }) });
    },
    save: async (vertical?: string) => {
      setTold(typed.mistakes);
      return typed.document === null ? null : put(typed.document, vertical ? { vertical } : {});
    },
    /** Puts back what was there before; a secret that was replaced stays the new one. */
    undo: async (before: DestinationDocument) => put(before, { isUndo: true }),
  };
}

export type DestinationEditing = ReturnType<typeof useDestinationEditing>;

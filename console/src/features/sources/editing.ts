import { useState } from 'react';
import { PutSource } from '../../graphql/generated';
import type { SourceDocument } from '../../graphql/source-document';
import { useChange } from '../../graphql/use-change';
import { equal } from '../../ui/equal';
import { type Clash, merged } from '../../ui/merge';
import { isTyped, sentDocument, storedSecrets, type TypedSecrets, typedDocument, writtenDocument } from './document';
import { sourceJournal } from './journal';

/** A source as the server has it. */
export interface Saved {
  document: SourceDocument;
  revision: number;
}

interface State {
  text: string;
  /** What the text began from. */
  base: SourceDocument;
  revision: number;
  secrets: TypedSecrets;
  /** When what stands here was typed in a page that was left without saving; none for what was typed here. */
  leftAt: number | null;
  clashes: Clash[];
}

/** The document of a source while somebody edits it: what is typed is kept, and nobody's change is overwritten. */
export function useEditing(name: string, saved: Saved, isNew: boolean) {
  const [state, setState] = useState(() => opened(name, saved, isNew));
  const change = useChange(PutSource, (answer) => answer.putSource);
  const typed = typedDocument(state.text);
  const isChanged =
    Object.keys(state.secrets).length > 0 || !isTyped(typed) || !equal(typed.document, withoutSecrets(state.base));
  const put = (next: State) => {
    const isSame = next.text === writtenDocument(next.base);
    const { text, base, revision } = next;
    sourceJournal.write(name, isSame ? null : { text, base, revision, at: Date.now() });
    setState(next);
  };
  // What somebody else saved is shown at once where nothing was typed, and told where something was.
  const isBehind = saved.revision > state.revision;
  if (isBehind && !isChanged && !change.isBusy) setState(fresh(saved));
  return {
    ...state,
    typed,
    isChanged: isChanged || isNew,
    isBehind: isBehind && isChanged && !change.isBusy,
    change,
    stored: storedSecrets(state.base),
    type: (text: string) => put({ ...state, text, leftAt: null }),
    setSecret: (secret: string, value: string | null | undefined) => {
      const { [secret]: _, ...rest } = state.secrets;
      setState({ ...state, secrets: value === undefined || value === '' ? rest : { ...rest, [secret]: value } });
    },
    /** Back to what the server has. */
    discard: () => {
      change.reset();
      put(fresh(saved));
    },
    /** Puts what was typed upon what somebody else saved meanwhile. */
    rebase: () => {
      if (!isTyped(typed)) return;
      const { value, clashes } = merged(withoutSecrets(state.base), withoutSecrets(saved.document), typed.document);
      change.reset();
      const { document: base, revision } = saved;
      put({ ...state, text: writtenDocument(value as SourceDocument), base, revision, leftAt: null, clashes });
    },
    /** Decides a place that both changed. */
    settle: (clash: Clash, document: SourceDocument | null) =>
      put({
        ...state,
        ...(document && { text: writtenDocument(document) }),
        clashes: state.clashes.filter((it) => it !== clash),
      }),
    /** Saves it under a name, if nobody else has saved it meanwhile. */
    save: async (as: string, secretNames: readonly string[]) => {
      if (!isTyped(typed)) return null;
      const document = sentDocument(typed.document, secretNames, storedSecrets(state.base), state.secrets);
      const made = await change.send({ input: { name: as, document, expectedRevision: state.revision } });
      if (!made?.source) return null;
      const now: Saved = made.source;
      sourceJournal.write(name, null);
      // What was typed while the answer was on its way stays.
      setState((old) =>
        old.text === state.text ? fresh(now) : { ...old, base: now.document, revision: now.revision },
      );
      return made.source;
    },
  };
}

export type Editing = ReturnType<typeof useEditing>;

function fresh({ document, revision }: Saved): State {
  return { text: writtenDocument(document), base: document, revision, secrets: {}, leftAt: null, clashes: [] };
}

function opened(name: string, saved: Saved, isNew: boolean): State {
  const left = sourceJournal.read(name);
  const start = fresh(saved);
  if (!left?.base || left.text === start.text) return start;
  // For a new source the form has chosen a beginning; what was typed before goes before it.
  return { ...start, text: left.text, base: left.base, revision: isNew ? 0 : left.revision, leftAt: left.at };
}

function withoutSecrets({ secrets: _, ...rest }: SourceDocument): SourceDocument {
  return rest;
}

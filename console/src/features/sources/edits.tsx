import { useId, useRef, useState } from 'react';
import type { MistakeFragment, SourceFormQuery } from '../../graphql/generated';
import type { SourceDocument } from '../../graphql/source-document';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { CheckField, FormProblems, mistakesAt, otherMistakes } from '../../ui/form';
import { lineAt, placeOf } from '../../ui/json-text';
import type { Clash } from '../../ui/merge';
import { Card, StateChip, Time } from '../../ui/parts';
import { isTyped, presetWords, withMember, writtenDocument } from './document';
import type { Editing, Saved } from './editing';
import { Secrets } from './secrets';

/** The document of a source, to be changed: the text is all of it, and what is chosen often stands above it. */
export function Edits({
  editing,
  saved,
  choices,
  why = null,
  onSave,
}: {
  editing: Editing;
  saved: Saved;
  choices: SourceFormQuery;
  /** What else keeps it from being saved. */
  why?: string | null;
  onSave: (secretNames: readonly string[]) => Promise<unknown>;
}) {
  const may = useMay('EDIT');
  const { typed, change } = editing;
  const preset = isTyped(typed) ? (typed.document.preset ?? 'form') : 'form';
  const secretNames = choices.sourcePresets.find(({ name }) => name === preset)?.secrets ?? [];
  const reason = !may
    ? 'Saving needs an editor.'
    : !isTyped(typed)
      ? 'Mend the text first.'
      : editing.isBehind
        ? 'Somebody else has saved it: put both together first.'
        : editing.clashes.length > 0
          ? 'Decide what both of you changed first.'
          : why;
  return (
    <form
      className="source-edits"
      onSubmit={(event) => {
        event.preventDefault();
        void onSave(secretNames);
      }}
      noValidate
    >
      <Card title="How its payloads are read" aside={<State editing={editing} isNew={saved.revision === 0} />}>
        <Notices editing={editing} saved={saved} />
        <Often editing={editing} choices={choices} />
        <Text editing={editing} mistakes={mistakesAt(change.mistakes, 'document')} />
        <Secrets names={secretNames} editing={editing} mistakes={mistakesAt(change.mistakes, 'document.secrets')} />
        <FormProblems mistakes={otherMistakes(change.mistakes, 'document', 'name')} fault={change.fault} />
        <div className="ask-buttons source-buttons">
          <button
            type="submit"
            className="button primary"
            disabled={reason !== null || change.isBusy || !editing.isChanged}
          >
            {change.isBusy ? 'Sending…' : 'Save'}
          </button>
          {editing.isChanged && editing.text !== writtenDocument(saved.document) && (
            <button type="button" className="button" onClick={editing.discard}>
              Discard
            </button>
          )}
          <span className="faint">{reason ?? 'It counts for the payloads that come from then on.'}</span>
        </div>
      </Card>
    </form>
  );
}

function State({ editing, isNew }: { editing: Editing; isNew: boolean }) {
  if (editing.isBehind || editing.clashes.length > 0) return <StateChip state="CONFLICT" />;
  if (isNew) return <StateChip state="DRAFT" label="not saved yet" />;
  return editing.isChanged ? (
    <StateChip state="CLOSED" label="not saved" />
  ) : (
    <StateChip state="AVAILABLE" label={`saved, revision ${editing.revision}`} />
  );
}

/** What happened to the document beside the typing. */
function Notices({ editing, saved }: { editing: Editing; saved: Saved }) {
  const { leftAt, isBehind, typed } = editing;
  return (
    <>
      {leftAt !== null && (
        <p className="band-inline" role="status">
          <span>
            This was typed at <Time at={new Date(leftAt).toISOString()} /> and never saved.
          </span>
        </p>
      )}
      {isBehind && (
        <p className="band-inline" role="alert">
          <span>
            Revision {saved.revision} was saved while you edited revision {editing.revision}. Nothing of yours is lost:
          </span>
          <button type="button" className="button" disabled={!isTyped(typed)} onClick={editing.rebase}>
            Put both together
          </button>
        </p>
      )}
      {editing.clashes.map((clash) => (
        <ClashChoice key={clash.place} clash={clash} editing={editing} />
      ))}
    </>
  );
}

/** A place that both changed: one of the two is taken. */
function ClashChoice({ clash, editing }: { clash: Clash; editing: Editing }) {
  const { typed } = editing;
  const shown = (value: unknown) => (value === undefined ? 'without it' : JSON.stringify(value));
  return (
    <div className="band-inline source-clash" role="alert">
      <span>
        Both of you changed <code>{clash.place || 'the document'}</code>:
      </span>
      <button type="button" className="button" onClick={() => editing.settle(clash, null)}>
        Mine: <code>{shown(clash.mine)}</code>
      </button>
      <button
        type="button"
        className="button"
        disabled={!isTyped(typed)}
        onClick={() => isTyped(typed) && editing.settle(clash, withPlace(typed.document, clash))}
      >
        Theirs: <code>{shown(clash.theirs)}</code>
      </button>
    </div>
  );
}

/** The document with their value at a place that both changed. */
function withPlace(document: SourceDocument, { place, theirs }: Clash): SourceDocument {
  const set = (of: unknown, path: readonly string[]): unknown => {
    const [name, ...rest] = path;
    if (name === undefined) return theirs;
    const { [name]: old, ...others } = (of ?? {}) as Record<string, unknown>;
    const value = set(old, rest);
    return value === undefined ? others : { ...(of as object), [name]: value };
  };
  return set(document, place === '' ? [] : place.split('.')) as SourceDocument;
}

/** What is changed most: it changes the text below. */
function Often({ editing, choices }: { editing: Editing; choices: SourceFormQuery }) {
  const { typed } = editing;
  if (!isTyped(typed)) return <p className="faint">Once the text is mended, its flow and preset can be chosen here.</p>;
  const { document } = typed;
  const set = (name: keyof SourceDocument, value: unknown) =>
    editing.type(writtenDocument(withMember(document, name, value)));
  return (
    <div className="field-row source-often">
      <Choice
        label="Flow"
        value={typeof document.flow === 'string' ? document.flow : undefined}
        options={choices.flows.nodes.map(({ name }) => name)}
        show={(name) =>
          choices.flows.nodes.find((it) => it.name === name)?.isLive === false ? `${name}, not live` : name
        }
        isRequired
        onChange={(flow) => set('flow', flow)}
      />
      <Choice
        label="Preset"
        value={document.preset ?? 'form'}
        options={choices.sourcePresets.map(({ name }) => name)}
        show={presetWords}
        isRequired
        onChange={(preset) => set('preset', preset)}
      />
      <CheckField
        label="Takes leads"
        checked={document.active !== false}
        onChange={(active) => set('active', active ? undefined : false)}
      />
    </div>
  );
}

/** The text itself. What is wrong with it is named with its line; a press goes there. */
function Text({ editing, mistakes }: { editing: Editing; mistakes: readonly MistakeFragment[] }) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { text, typed } = editing;
  const found = isTyped(typed)
    ? mistakes.map((mistake) => ({ ...mistake, at: placeOf(typed.places, mistake.path.slice(1)) }))
    : [{ code: 'no_json', message: typed.message, hint: null, at: typed.at }];
  const go = (at: number) => {
    const end = text.indexOf('\n', at);
    box.current?.focus();
    box.current?.setSelectionRange(at, end < 0 ? text.length : end);
  };
  const lines = text.split('\n').length;
  return (
    <div className="field source-text">
      <label htmlFor={id}>Document</label>
      <div className="source-lines">
        <pre aria-hidden>{Array.from({ length: lines }, (_, line) => line + 1).join('\n')}</pre>
        <textarea
          id={id}
          ref={box}
          className="mono"
          spellCheck={false}
          rows={Math.max(10, Math.min(isOpen ? 60 : 24, lines + 1))}
          wrap="off"
          value={text}
          aria-invalid={found.length > 0}
          aria-describedby={`${id}-found`}
          onScroll={({ currentTarget }) => {
            const numbers = currentTarget.previousElementSibling;
            if (numbers) numbers.scrollTop = currentTarget.scrollTop;
          }}
          onChange={(event) => editing.type(event.target.value)}
        />
      </div>
      {lines > 23 && (
        <button type="button" className="link" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less of it' : 'Show more of it'}
        </button>
      )}
      <ul id={`${id}-found`} className="field-errors" role="alert">
        {found.map(({ code, message, hint, at }) => (
          <li key={`${code} ${at} ${message}`}>
            <button type="button" className="link" onClick={() => go(at)}>
              line {lineAt(text, at)}
            </button>{' '}
            {message}
            {hint && <span>. {hint[0]?.toUpperCase() + hint.slice(1)}.</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

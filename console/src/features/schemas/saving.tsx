import type { FieldDocument } from '../../graphql/flow-document';
import { useMay } from '../../shell/session';
import { Findings, FormProblems, NotSaved } from '../../ui/form';
import { Card, Sentence } from '../../ui/parts';
import { changesOf } from './document';
import type { Done, SchemaEditing } from './editing';

/** What saving would change and for whom, what is in its way, and the way back from what was saved. */
export function Saving({
  editing,
  live,
  why,
  onSave,
  onUndo,
}: {
  editing: SchemaEditing;
  /** Live flows that use the schema. */
  live: readonly string[];
  /** What is missing; null: nothing. */
  why: string | null;
  onSave: () => void;
  onUndo: (before: FieldDocument[]) => void;
}) {
  const may = useMay('EDIT');
  const { change, base, forms, isChanged, isBehind, findings, done, byField } = editing;
  const isNew = editing.hash === '';
  const placed = new Set([...byField.values()].flat());
  const other = change.mistakes.filter(
    (mistake) => !placed.has(mistake) && mistake.path[0] !== 'vertical' && !(isBehind && mistake.code === 'conflict'),
  );
  const changes = isChanged && !isNew ? changesOf(base, forms) : [];
  return (
    <Card title={isNew ? 'Make it' : 'Save'}>
      {isBehind && <Behind editing={editing} />}
      <Clashes of={editing.clashes} />
      {changes.length > 0 && (
        <section className="stack" aria-label="What saving changes">
          <h3>What saving changes</h3>
          <ul className="change-list">
            {changes.map((line) => (
              <li key={line}>
                <Sentence text={line} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {!isNew && <ForWhom live={live} />}
      {placed.size > 0 && <NotSaved />}
      <FormProblems mistakes={other} fault={change.fault} />
      <Findings of={findings} />
      {done !== null && <Undo of={done} isBusy={change.isBusy} onUndo={onUndo} />}
      <div className="ask-buttons cap-buttons">
        <button
          type="button"
          className="button primary"
          disabled={!may || why !== null || (!isChanged && !isNew) || isBehind || change.isBusy}
          onClick={onSave}
        >
          {change.isBusy ? 'Sending…' : isNew ? 'Make the schema' : 'Save'}
        </button>
        {isChanged && !isNew && (
          <button type="button" className="button" onClick={editing.discard}>
            Discard
          </button>
        )}
        <span className="faint">{may ? why : 'Saving needs an editor.'}</span>
      </div>
    </Card>
  );
}

function ForWhom({ live }: { live: readonly string[] }) {
  if (live.length === 0) return <p className="faint">No live flow uses it.</p>;
  return (
    <p>
      A change counts at once for the leads of {live.length === 1 ? 'the live flow' : 'the live flows'}{' '}
      <strong>{live.join(', ')}</strong>.
    </p>
  );
}

function Behind({ editing }: { editing: SchemaEditing }) {
  const { whyNoRebase } = editing;
  return (
    <p className="band-inline" role="alert">
      <span>
        Somebody else saved this schema while you edited it.
        {whyNoRebase !== null && ` Before yours is put upon it: ${whyNoRebase}.`}
      </span>
      <button type="button" className="button" disabled={whyNoRebase !== null} onClick={editing.rebase}>
        Put mine upon it
      </button>
      <button type="button" className="button" onClick={editing.discard}>
        Begin again from it
      </button>
    </p>
  );
}

/** Places that both changed, in which what was typed here stands. */
function Clashes({ of }: { of: SchemaEditing['clashes'] }) {
  if (of.length === 0) return null;
  return (
    <div className="band-inline" role="status">
      <span>Both changed these. What you typed stands, and theirs goes if you save:</span>
      <ul className="change-list">
        {of.map(({ place, theirs }) => (
          <li key={place}>
            <code>{place}</code>, theirs: <code>{theirs === undefined ? 'none' : JSON.stringify(theirs)}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The way back from what was saved, as long as nobody has saved anything else. */
function Undo({
  of: { before },
  isBusy,
  onUndo,
}: {
  of: Done;
  isBusy: boolean;
  onUndo: (before: FieldDocument[]) => void;
}) {
  return (
    <p className="band-inline is-saved" role="status">
      <span>
        {before === null ? 'It is as it was before.' : 'Saved.'} It counts for the leads that come from now on.
      </span>
      {before !== null && (
        <button type="button" className="button" disabled={isBusy} onClick={() => onUndo(before)}>
          Undo
        </button>
      )}
    </p>
  );
}

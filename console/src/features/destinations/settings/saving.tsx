import type { MistakeFragment } from '../../../graphql/generated';
import { useMay } from '../../../shell/session';
import { Findings, FormProblems, NotSaved, otherMistakes } from '../../../ui/form';
import type { Clash } from '../../../ui/merge';
import { Card } from '../../../ui/parts';
import { changesBetween } from './changes';
import { PLACES } from './document';
import type { DestinationEditing, Done } from './editing';

/** What saving would change, what is in its way, and the way back from what was saved. */
export function Saving({
  editing,
  revision,
  why,
  onSave,
}: {
  editing: DestinationEditing;
  /** Revision that the server has now; 0: none. */
  revision: number;
  /** What is missing; null: nothing. */
  why: string | null;
  onSave: () => void;
}) {
  const may = useMay('EDIT');
  const { change, typed, isChanged, isBehind, clashes, findings, done } = editing;
  const isNew = revision === 0;
  const places = editing.json === null ? PLACES : ['target', 'settings', 'json'];
  const other = otherMistakes(editing.mistakes, 'name', 'vertical', ...places);
  const shown = other.filter(({ code }) => !isBehind || code !== 'conflict').map(named);
  return (
    <Card title={isNew ? 'Make it' : 'Save'}>
      {isBehind && <Behind editing={editing} revision={revision} />}
      {clashes.length > 0 && <Clashes of={clashes} />}
      {!isNew && typed.document !== null && isChanged && <Changes of={changesBetween(editing.base, typed.document)} />}
      {editing.mistakes.length > other.length && <NotSaved />}
      <FormProblems mistakes={shown} fault={change.fault} />
      <Findings of={findings} />
      {done !== null && <Undo of={done} isBusy={change.isBusy} onUndo={(before) => void editing.undo(before)} />}
      <div className="ask-buttons cap-buttons">
        <button
          type="button"
          className="button primary"
          disabled={!may || why !== null || (!isChanged && !isNew) || isBehind || change.isBusy}
          onClick={onSave}
        >
          {change.isBusy ? 'Sending…' : isNew ? 'Make the destination' : 'Save'}
        </button>
        {isChanged && !isNew && (
          <button type="button" className="button" onClick={editing.discard}>
            Discard
          </button>
        )}
        <span className="faint">
          {!may
            ? 'Saving needs an editor.'
            : (why ?? (isNew ? 'Flows that name it offer leads to it then.' : 'It counts for live flows at once.'))}
        </span>
      </div>
    </Card>
  );
}

/** A mistake at a member that has no field, with the path of the member. */
function named(mistake: MistakeFragment): MistakeFragment {
  const [part] = mistake.path;
  if (part !== 'target' && part !== 'settings') return mistake;
  return { ...mistake, message: `\`${mistake.path.join('.')}\`: ${mistake.message}` };
}

function Behind({ editing, revision }: { editing: DestinationEditing; revision: number }) {
  return (
    <p className="band-inline" role="alert">
      <span>
        Somebody else saved revision {revision} while you edited revision {editing.revision}.
      </span>
      <button type="button" className="button" onClick={editing.rebase}>
        Put mine upon it
      </button>
      <button type="button" className="button" onClick={editing.discard}>
        Begin again from it
      </button>
    </p>
  );
}

/** Places that both changed, in which what was typed here stands. */
function Clashes({ of }: { of: readonly Clash[] }) {
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

function Changes({ of }: { of: ReturnType<typeof changesBetween> }) {
  return (
    <section className="stack" aria-label="What saving changes">
      <h3>What saving changes</h3>
      <ul className="change-list">
        {of.map(({ place, before, after }) => (
          <li key={place}>
            {place}: <code>{before}</code> → <code>{after}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The way back from what was saved, as long as nobody has saved anything else. */
function Undo({
  of: { revision, before, lost },
  isBusy,
  onUndo,
}: {
  of: Done;
  isBusy: boolean;
  onUndo: (before: NonNullable<Done['before']>) => void;
}) {
  return (
    <p className="band-inline is-saved" role="status">
      <span>
        {before === null ? 'It is as it was before.' : 'Saved.'} Revision {revision} counts for the leads that come from
        now on.
        {lost.replaced.length > 0 && ` The old value of ${lost.replaced.join(', ')} cannot be put back.`}
        {lost.removed.length > 0 &&
          ` It cannot be undone: nobody has the value of ${lost.removed.join(', ')} any more.`}
      </span>
      {before !== null && lost.removed.length === 0 && (
        <button type="button" className="button" disabled={isBusy} onClick={() => onUndo(before)}>
          Undo
        </button>
      )}
    </p>
  );
}

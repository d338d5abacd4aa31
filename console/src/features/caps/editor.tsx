import { useState } from 'react';
import { type DestinationCapsQuery, type FindingFragment, PutCaps } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { equal } from '../../ui/equal';
import { Findings, FormProblems, mistakesAt, otherMistakes, TextField } from '../../ui/form';
import { Card } from '../../ui/parts';
import { CapFields } from './cap-fields';
import { type CapForm, capForms, changedSettings, holidaysOf, newCap } from './document';

type Found = NonNullable<DestinationCapsQuery['destination']>;

interface State {
  /** What the form began from: nobody else's change is overwritten. */
  settings: unknown;
  revision: number;
  caps: CapForm[];
  holidays: string | null;
}

function begun({ settings, revision }: Pick<Found, 'settings' | 'revision'>): State {
  return { settings, revision, caps: capForms(settings), holidays: holidaysOf(settings) };
}

/** The caps and holidays of a destination, to be changed. They count for the leads that come from then on. */
export function CapEditor({ of }: { of: Found }) {
  const may = useMay('EDIT');
  const [state, setState] = useState(() => begun(of));
  const [findings, setFindings] = useState<FindingFragment[]>([]);
  const [saved, setSaved] = useState<Saved | null>(null);
  const change = useChange(PutCaps, (answer) => answer.putDestination);
  const settings = changedSettings(state.settings, state.caps, state.holidays);
  const unchanged = changedSettings(state.settings, capForms(state.settings), holidaysOf(state.settings));
  const isChanged = !equal(settings, unchanged);
  const isBehind = of.revision > state.revision && !change.isBusy;
  // What somebody else saved is shown at once where nothing was typed, and told where something was.
  if (isBehind && !isChanged) setState(begun(of));
  const set = (caps: CapForm[]) => setState((old) => ({ ...old, caps }));
  const put = async (next: unknown, expectedRevision: number, isUndo: boolean) => {
    setFindings([]);
    setSaved(null);
    const input = { name: of.name, target: of.target, settings: next, expectedRevision };
    const made = await change.send({ input });
    if (!made?.destination) return;
    setFindings(made.diagnostics);
    setState(begun(made.destination));
    setSaved({ revision: made.destination.revision, before: isUndo ? null : state.settings });
  };
  const places = [...state.caps.map((_, at) => `settings.caps.${at}`), 'settings.schedule'];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void put(settings, state.revision, false);
      }}
      noValidate
    >
      <Card title="Change them">
        {isBehind && isChanged && (
          <p className="band-inline" role="alert">
            <span>
              Revision {of.revision} was saved while you edited revision {state.revision}.
            </span>
            <button
              type="button"
              className="button"
              onClick={() => {
                change.reset();
                setState(begun(of));
              }}
            >
              Begin again from it
            </button>
          </p>
        )}
        {state.caps.length === 0 && <p className="faint">No cap: any number of leads may be offered.</p>}
        {state.caps.map((cap, at) => (
          <CapFields
            key={cap.key}
            number={at + 1}
            cap={cap}
            mistakes={mistakesAt(change.mistakes, `settings.caps.${at}`)}
            onChange={(next) => set(state.caps.map((old) => (old.key === cap.key ? next : old)))}
            onRemove={() => set(state.caps.filter(({ key }) => key !== cap.key))}
          />
        ))}
        <div>
          <button
            type="button"
            className="button"
            onClick={() => set([...state.caps, newCap(Math.max(-1, ...state.caps.map(({ key }) => key)) + 1)])}
          >
            Add a cap
          </button>
        </div>
        {state.holidays !== null ? (
          <TextField
            label="Closed all day on"
            kind="long"
            value={state.holidays}
            onChange={(holidays) => setState((old) => ({ ...old, holidays }))}
            mistakes={mistakesAt(change.mistakes, 'settings.schedule')}
            hint="Days such as 2026-12-25, with commas between them, by the clock of its opening hours"
          />
        ) : (
          <p className="faint">It is always open. Holidays belong to opening hours, which its settings can have.</p>
        )}
        <FormProblems mistakes={otherMistakes(change.mistakes, ...places)} fault={change.fault} />
        <Findings of={findings} />
        {saved !== null && saved.revision === of.revision && !isChanged && (
          <Undo of={saved} isBusy={change.isBusy} onUndo={(before) => void put(before, saved.revision, true)} />
        )}
        <div className="ask-buttons cap-buttons">
          <button type="submit" className="button primary" disabled={!may || !isChanged || isBehind || change.isBusy}>
            {change.isBusy ? 'Sending…' : 'Save'}
          </button>
          {isChanged && (
            <button
              type="button"
              className="button"
              onClick={() => {
                change.reset();
                setState(begun(of));
              }}
            >
              Discard
            </button>
          )}
          <span className="faint">
            {may
              ? 'What is used in a window stays used: a lower amount may be full at once.'
              : 'Saving needs an editor.'}
          </span>
        </div>
      </Card>
    </form>
  );
}

/** What was saved a moment ago. */
interface Saved {
  revision: number;
  /** The settings before it; none where they were put back. */
  before: unknown;
}

/** The way back from what was saved, as long as nobody has saved anything else. */
function Undo({
  of: { revision, before },
  isBusy,
  onUndo,
}: {
  of: Saved;
  isBusy: boolean;
  onUndo: (before: unknown) => void;
}) {
  return (
    <p className="band-inline is-saved" role="status">
      <span>
        {before === null ? 'They are as they were before.' : 'Saved.'} Revision {revision} counts for the leads that
        come from now on.
      </span>
      {before !== null && (
        <button type="button" className="button" disabled={isBusy} onClick={() => onUndo(before)}>
          Undo
        </button>
      )}
    </p>
  );
}

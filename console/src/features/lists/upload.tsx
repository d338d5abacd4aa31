import { useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import type { ListKind, MistakeFragment } from '../../graphql/generated';
import { type ListTrial, putList, tryList } from '../../graphql/put-list';
import { useMay } from '../../shell/session';
import { FormProblems, Mistakes, mistakesAt, otherMistakes, TextField } from '../../ui/form';
import { count } from '../../ui/format';
import { Card } from '../../ui/parts';
import { Difference } from './difference';
import { KINDS, kindWord } from './words';

/** Most mistakes that are shown; the server tells a hundred. */
const MISTAKES_MAX = 12;

interface State {
  /** What the server says of the values that are given; none before it was asked, and once something else is given. */
  trial: ListTrial | null;
  mistakes: MistakeFragment[];
  fault: unknown;
  isBusy: boolean;
}

const BEGUN: State = { trial: null, mistakes: [], fault: null, isBusy: false };

/** Uploads the values of a version, and saves it once it is seen what that changes.
 *
 * * `revision`: that of the list as the page shows it; 0: it is a new one. */
export function Upload({
  name,
  kind,
  flows = [],
  revision,
  onSaved,
}: {
  name: string;
  kind: ListKind;
  flows?: string[];
  revision: number;
  onSaved: (revision: number) => void;
}) {
  const may = useMay('EDIT');
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [typed, setTyped] = useState('');
  // A field for files keeps its own value, so that after a save there is a new one.
  const [nSaved, setSaved] = useState(0);
  const [state, setState] = useState<State>(BEGUN);
  const asking = useRef<AbortController | null>(null);
  // What was compared is of these values, this name and this kind: with others it is worth nothing.
  const given = useRef('');
  const now = JSON.stringify([name, kind, file && [file.name, file.size, file.lastModified], typed]);
  const { trial, mistakes, fault, isBusy } = given.current === now ? state : { ...BEGUN, isBusy: state.isBusy };
  const values: Blob | string = file ?? typed;
  const put = { name, kind: kindWord(kind), values };
  const run = async (kept: ListTrial | null, work: (signal: AbortSignal) => Promise<Partial<State>>) => {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    given.current = now;
    setState({ ...BEGUN, trial: kept, isBusy: true });
    const next = await work(controller.signal).catch((cause: unknown) => ({ fault: cause }));
    if (!controller.signal.aborted) setState({ ...BEGUN, ...next });
  };
  const compare = () =>
    run(null, async (signal) => {
      const answer = await tryList(put, signal);
      return { trial: answer.made, mistakes: answer.mistakes };
    });
  const save = (compared: ListTrial) =>
    run(compared, async () => {
      const answer = await putList(put, compared.revision);
      if (!answer.made) return { mistakes: answer.mistakes };
      setFile(null);
      setTyped('');
      setSaved((n) => n + 1);
      await client.invalidateQueries();
      onSaved(answer.made.revision);
      return {};
    });
  const isGiven = file !== null || typed.trim() !== '';
  const shown = mistakesAt(mistakes, 'values');
  return (
    <Card
      title={revision === 0 ? 'Its values' : 'Upload the next version'}
      aside={!may && <span className="faint">needs an editor</span>}
    >
      <fieldset disabled={!may} className="stack">
        <legend className="visually-hidden">Values</legend>
        <FileField key={nSaved} file={file} onChange={setFile} />
        {file === null && (
          <TextField
            label="Or paste them"
            kind="long"
            rows={6}
            value={typed}
            onChange={setTyped}
            hint={`One a line, ${KINDS[kind]}: all values of the version, and not only the new ones`}
          />
        )}
        <Mistakes of={shown.slice(0, MISTAKES_MAX)} />
        {shown.length > MISTAKES_MAX && (
          <p className="field-errors">and {count(shown.length - MISTAKES_MAX)} more. Nothing is stored.</p>
        )}
        <FormProblems mistakes={otherMistakes(mistakes, 'values')} fault={fault} />
        <div className="ask-buttons list-buttons">
          <button
            type="button"
            className={trial ? 'button' : 'button primary'}
            disabled={!isGiven || name === '' || isBusy}
            onClick={() => void compare()}
          >
            {isBusy && !trial ? 'Comparing…' : 'See what changes'}
          </button>
          <span className="faint">Nothing is stored before you save it.</span>
        </div>
      </fieldset>
      {trial && (
        <Compared
          of={trial}
          flows={flows}
          isBusy={isBusy}
          isStale={revision > trial.revision}
          onSave={() => void save(trial)}
        />
      )}
    </Card>
  );
}

/** A file of the machine, one value a line. */
function FileField({ file, onChange }: { file: File | null; onChange: (file: File | null) => void }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="field">
      <label htmlFor={id}>A file with one value a line</label>
      <div className="field-line">
        <input
          ref={input}
          id={id}
          type="file"
          className="list-file"
          accept=".txt,.csv,text/plain,text/csv"
          onChange={(event) => onChange(event.target.files?.[0] ?? null)}
        />
        {file && (
          <button
            type="button"
            className="link"
            onClick={() => {
              if (input.current) input.current.value = '';
              onChange(null);
            }}
          >
            Another way
          </button>
        )}
      </div>
    </div>
  );
}

/** What a save would change, before it is one. */
function Compared({
  of,
  flows,
  isBusy,
  isStale,
  onSave,
}: {
  of: ListTrial;
  flows: string[];
  isBusy: boolean;
  isStale: boolean;
  onSave: () => void;
}) {
  const isSame = of.revision > 0 && of.added.count === 0 && of.removed.count === 0;
  return (
    <section className="list-compared" aria-label="What changes">
      <p>
        {of.revision === 0 ? (
          <>
            The list would have <strong className="number">{count(of.values)}</strong>{' '}
            {of.values === 1 ? 'value' : 'values'}.
          </>
        ) : (
          <>
            <strong className="number">{count(of.valuesBefore)}</strong> {of.valuesBefore === 1 ? 'value' : 'values'}{' '}
            now, <strong className="number">{count(of.values)}</strong> then.
          </>
        )}
      </p>
      {of.revision > 0 && <Difference added={of.added} removed={of.removed} />}
      {isStale && (
        <p className="band-inline" role="alert">
          Somebody saved another version meanwhile. See once more what changes.
        </p>
      )}
      <div className="ask-buttons list-buttons">
        <button type="button" className="button primary" disabled={isSame || isStale || isBusy} onClick={onSave}>
          {isBusy ? 'Saving…' : `Save as version ${of.revision + 1}`}
        </button>
        <span className="faint">
          {isSame
            ? 'The same values make no new version.'
            : flows.length > 0
              ? `It counts at once for the leads of ${flows.join(', ')}; those under way keep the version before.`
              : 'No live flow asks it yet.'}
        </span>
      </div>
    </section>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ErasePersons, type ErasePersonsInput, type MistakeFragment } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { FormProblems, mistakesAt, otherMistakes, TextField } from '../../ui/form';
import { count } from '../../ui/format';
import { Card, StateChip } from '../../ui/parts';
import { type Counted, confirmation, countPersons, idsOf, spelled } from './count';

interface Value {
  key: number;
  field: string;
  value: string;
}

/** Those that are asked for: a row that nobody filled asks for nothing. */
function sent(values: Value[]): Value[] {
  return values.filter(({ value }) => value.trim() !== '');
}

interface Counting {
  /** What was counted, as text: a change of it makes the count worthless. */
  of: string;
  sum: Counted | null;
  isDone: boolean;
  mistakes: MistakeFragment[];
  fault: unknown;
}

/** Forgets a person: counts first, and erases only what was counted. */
export function Erase({ fields }: { fields: string[] }) {
  const may = useMay('ADMINISTER');
  const { lead } = useSearch({ from: '/shell/people' });
  const navigate = useNavigate();
  const [values, setValues] = useState<Value[]>([{ key: 0, field: fields[0] ?? '', value: '' }]);
  const [ids, setIds] = useState(lead ?? '');
  const [note, setNote] = useState('');
  const [typed, setTyped] = useState('');
  const change = useChange(ErasePersons, (answer) => answer.erasePersons);
  const input: ErasePersonsInput = {
    leadIds: idsOf(ids),
    values: sent(values).map(({ field, value }) => ({ field, value: spelled(value) })),
  };
  const { counting, run } = useCounting(input);
  const isAsked = (input.leadIds?.length ?? 0) + (input.values?.length ?? 0) > 0;
  const leads = counting?.isDone ? (counting.sum?.leads ?? null) : null;
  const mistakes = [...(counting?.mistakes ?? []), ...change.mistakes];
  const send = async () => {
    const made = await change.send({ input: { ...input, ...(note.trim() && { note: note.trim() }) } });
    if (made?.erasure) await navigate({ to: '/people/erasures/$id', params: { id: made.erasure.id } });
  };
  return (
    <Card title="Forget a person" aside={!may && <span className="faint">needs an admin</span>}>
      <p className="lede">
        What tells who the person is goes from all tables, and their later leads are not taken. Decisions, money and
        statuses stay. It cannot be taken back.
      </p>
      <fieldset disabled={!may} className="stack">
        <legend className="visually-hidden">Whom to forget</legend>
        {values.map((it) => (
          <div className="field-row" key={it.key}>
            <Choice
              label="Field"
              value={it.field}
              options={fields}
              isRequired
              onChange={(field) =>
                setValues(values.map((old) => (old.key === it.key ? { ...old, field: field ?? old.field } : old)))
              }
            />
            <TextField
              label="Value, in any spelling"
              value={it.value}
              onChange={(value) => setValues(values.map((old) => (old.key === it.key ? { ...old, value } : old)))}
              mistakes={mistakesAt(mistakes, `values.${sent(values).indexOf(it)}`)}
            />
          </div>
        ))}
        <div>
          <button
            type="button"
            className="button"
            onClick={() => setValues([...values, { key: values.length, field: fields[0] ?? '', value: '' }])}
          >
            One more value
          </button>
        </div>
        <TextField
          label="Or by their leads"
          kind="long"
          value={ids}
          onChange={setIds}
          mistakes={mistakesAt(mistakes, 'leadIds')}
          hint="Ids of leads: each is erased, and all leads with one of its e-mail addresses or telephone numbers"
        />
        <TextField
          label="Note"
          value={note}
          onChange={setNote}
          hint="Such as a ticket, with nothing of the person; kept with the change"
        />
        <FormProblems mistakes={otherMistakes(mistakes, 'values', 'leadIds')} fault={counting?.fault ?? change.fault} />
        <div className="ask-buttons people-buttons">
          <button
            type="button"
            className="button"
            disabled={!isAsked || (counting !== null && !counting.isDone && counting.fault === null)}
            onClick={run}
          >
            Count first
          </button>
          {counting?.sum && !counting.isDone && (
            <span className="faint" role="status">
              {count(counting.sum.lookedThrough)} leads looked through…
            </span>
          )}
        </div>
      </fieldset>
      {leads !== null && counting?.sum && (
        <form
          className="people-confirm"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
          noValidate
        >
          <Found sum={counting.sum} />
          <div className="field-row">
            <TextField
              label={`Type "${confirmation(leads)}" to go on`}
              value={typed}
              onChange={setTyped}
              hint="Leads that come until then are erased too"
            />
          </div>
          <div className="ask-buttons people-buttons">
            <button
              type="submit"
              className="button danger"
              disabled={typed.trim() !== confirmation(leads) || change.isBusy}
            >
              {change.isBusy ? 'Sending…' : 'Erase for good'}
            </button>
          </div>
        </form>
      )}
    </Card>
  );
}

/** Counts on demand. The count is gone as soon as something else is asked for. */
function useCounting(input: ErasePersonsInput): { counting: Counting | null; run: () => void } {
  const [counting, setCounting] = useState<Counting | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const of = JSON.stringify(input);
  const run = () => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const begun: Counting = { of, sum: null, isDone: false, mistakes: [], fault: null };
    setCounting(begun);
    const put = (part: Partial<Counting>) => {
      if (!controller.signal.aborted) setCounting((old) => old && { ...old, ...part });
    };
    countPersons(input, (sum) => put({ sum }), controller.signal).then(
      (mistakes) => put({ mistakes, isDone: true }),
      (fault: unknown) => put({ fault }),
    );
  };
  return { counting: counting?.of === of ? counting : null, run };
}

function Found({ sum }: { sum: Counted }) {
  return (
    <div className="stack" role="status">
      <p>
        <strong>
          {count(sum.leads)} {sum.leads === 1 ? 'lead' : 'leads'}
        </strong>{' '}
        of {count(sum.lookedThrough)} are theirs
        {sum.openLeads > 0 && `; ${count(sum.openLeads)} of them are on their way, and are waited for`}.
        {sum.leads === 0 && ' Values that were named go on the suppression list all the same.'}
      </p>
      {sum.destinations.length > 0 && (
        <>
          <p>An erasure does not reach the destinations that have their values. Tell them too:</p>
          <ul className="counts" aria-label="Destinations that have them">
            {sum.destinations.map(({ destination, offers }) => (
              <li key={destination}>
                <StateChip
                  state="CLOSED"
                  label={`${destination}, ${count(offers)} ${offers === 1 ? 'offer' : 'offers'}`}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

import { useState } from 'react';
import { AddSuppressions, LiftSuppressions, type PeopleQuery, type SuppressionKind } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { Choice } from '../../ui/choice';
import { mistakesAt, TextField } from '../../ui/form';
import { count } from '../../ui/format';
import { Allowed, Card } from '../../ui/parts';
import { idsOf, spelled } from './count';

/** Whose leads are not taken: numbers alone, since the list holds keyed hashes. */
export function Suppressions({ counts, fields }: { counts: PeopleQuery['suppressions']; fields: string[] }) {
  return (
    <Card
      title="Suppression list"
      aside={
        <Allowed to="ADMINISTER" by="an admin to change it">
          <div className="actions">
            <Add />
            {fields.length > 0 && <Lift fields={fields} />}
          </div>
        </Allowed>
      }
    >
      <p className="faint">Leads with a value on it are not taken. It holds keyed hashes, so nobody can read it.</p>
      {counts.length === 0 ? (
        <p>Nobody is on it.</p>
      ) : (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col" className="right">
                  Values
                </th>
              </tr>
            </thead>
            <tbody>
              {counts.map(({ origin, values }) => (
                <tr key={origin}>
                  <th scope="row">{origin === 'erasure' ? 'erasures' : origin}</th>
                  <td className="right number">{count(values)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

const KINDS: Record<SuppressionKind, string> = { EMAIL: 'e-mail addresses', PHONE: 'telephone numbers' };

/** Adds a list as the trade exchanges them. */
function Add() {
  const [isOpen, setOpen] = useState(false);
  const [list, setList] = useState('');
  const [kind, setKind] = useState<SuppressionKind>('EMAIL');
  const [digests, setDigests] = useState('');
  const change = useChange(AddSuppressions, (answer) => answer.addSuppressions);
  const given = idsOf(digests);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Add a list…
      </button>
      <Ask
        title="Add a suppression list"
        open={isOpen}
        onClose={() => setOpen(false)}
        label={given.length === 0 ? 'Add' : `Add ${count(given.length)}`}
        change={change}
        isReady={list.trim() !== '' && given.length > 0}
        onSend={async () => {
          const made = await change.send({ input: { list: list.trim(), kind, digests: given } });
          if (made) setDigests('');
          return made !== null;
        }}
        places={['list', 'digests']}
      >
        <div className="field-row">
          <TextField label="Name" value={list} onChange={setList} mistakes={mistakesAt(change.mistakes, 'list')} />
          <Choice
            label="Of"
            value={kind}
            options={Object.keys(KINDS) as SuppressionKind[]}
            show={(it) => KINDS[it]}
            isRequired
            onChange={(next) => setKind(next ?? kind)}
          />
        </div>
        <TextField
          label="Digests"
          kind="long"
          value={digests}
          onChange={setDigests}
          mistakes={mistakesAt(change.mistakes, 'digests').slice(0, 5)}
          hint={
            kind === 'EMAIL'
              ? 'SHA-256 of each address, trimmed and in lower case: 64 hex digits, one a line, at most 10,000 at once'
              : 'SHA-256 of each number in E.164 with its plus: 64 hex digits, one a line, at most 10,000 at once'
          }
        />
      </Ask>
    </>
  );
}

/** Takes a person off the list who wants to be contacted again. */
function Lift({ fields }: { fields: string[] }) {
  const [isOpen, setOpen] = useState(false);
  const [field, setField] = useState(fields[0] ?? '');
  const [value, setValue] = useState('');
  const [note, setNote] = useState('');
  const [lifted, setLifted] = useState<number | null>(null);
  const change = useChange(LiftSuppressions, (answer) => answer.liftSuppressions);
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() => {
          setLifted(null);
          setOpen(true);
        }}
      >
        Take somebody off…
      </button>
      <Ask
        title="Take somebody off the list"
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Take off"
        change={change}
        isReady={value.trim() !== ''}
        onSend={async () => {
          const values = [{ field, value: spelled(value) }];
          const made = await change.send({ input: { values, ...(note.trim() && { note: note.trim() }) } });
          setLifted(made?.lifted ?? null);
          if (made?.lifted) setValue('');
          return made !== null && made.lifted !== 0;
        }}
        places={['values']}
      >
        <p>Their later leads are taken again. What was erased stays erased.</p>
        <div className="field-row">
          <Choice
            label="Field"
            value={field}
            options={fields}
            isRequired
            onChange={(next) => setField(next ?? field)}
          />
          <TextField label="Value" value={value} onChange={setValue} mistakes={mistakesAt(change.mistakes, 'values')} />
        </div>
        <TextField label="Note" value={note} onChange={setNote} hint="With nothing of the person" />
        {lifted === 0 && (
          <p className="field-errors" role="alert">
            This value is not on the list.
          </p>
        )}
      </Ask>
    </>
  );
}

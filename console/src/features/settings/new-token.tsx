import { useState } from 'react';
import { CreateToken, type Role } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { Choice } from '../../ui/choice';
import { mistakesAt, TextField } from '../../ui/form';
import { words } from '../../ui/format';

/** What whoever has a token of a role may do. */
const ROLES: Record<Role, string> = {
  ANALYST: 'Reads everything but personal data, tries leads and replays history.',
  OPERATOR: 'Reads everything but personal data, and pauses destinations, sources, flows and experiments.',
  EDITOR: 'Reads everything, and changes schemas, destinations, sources and flows.',
  ADMIN: 'May do everything, and makes and revokes tokens.',
  SOURCE: 'Sends leads, and reads those it sent.',
  POSTBACK: 'Reports conversions.',
};

/** Asks for whom a token is, and makes it. */
export function NewToken({ onMade }: { onMade: (made: { name: string; secret: string }) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('ANALYST');
  const [whose, setWhose] = useState('');
  const change = useChange(CreateToken, (answer) => answer.createToken);
  // Which source or destination it speaks for; the other roles speak for nobody.
  const place = role === 'SOURCE' ? 'source' : role === 'POSTBACK' ? 'destination' : null;
  const wrong = (at: string) => mistakesAt(change.mistakes, at);
  return (
    <>
      <button type="button" className="button primary" onClick={() => setOpen(true)}>
        Make a token…
      </button>
      <Ask
        title="Make a token"
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Make it"
        change={change}
        places={['name', 'source', 'destination']}
        onSend={async () => {
          const bound = place && whose.trim() ? { [place]: whose.trim() } : {};
          const made = await change.send({ input: { name: name.trim(), role, ...bound } });
          if (made?.secret) {
            onMade({ name: made.token?.name ?? name, secret: made.secret });
            setName('');
            setWhose('');
          }
          return made;
        }}
      >
        <TextField label="For whom" value={name} onChange={setName} mistakes={wrong('name')} />
        <Choice
          label="Role"
          value={role}
          options={Object.keys(ROLES) as Role[]}
          show={words}
          isRequired
          onChange={(next) => setRole(next ?? role)}
        />
        <p className="faint">{ROLES[role]}</p>
        {place && (
          <TextField
            label={`Only for ${place}`}
            value={whose}
            onChange={setWhose}
            mistakes={wrong(place)}
            hint={`Its name; empty: every ${place}`}
          />
        )}
      </Ask>
    </>
  );
}

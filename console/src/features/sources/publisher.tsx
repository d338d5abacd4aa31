import { useState } from 'react';
import { CreateToken, type SourceHeadFragment, Tokens } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { Ask } from '../../ui/ask';
import { mistakesAt, TextField } from '../../ui/form';
import { Allowed, Card, Time } from '../../ui/parts';
import { ToCopy } from '../../ui/to-copy';

/** What whoever sends the leads is told: an address, and a token that is good for this source alone. */
export function Publisher({ source }: { source: SourceHeadFragment }) {
  const [secret, setSecret] = useState<string | null>(null);
  const token = secret ?? 'TOKEN';
  return (
    <Card title="For the publisher" aside={<NewToken source={source.name} onMade={setSecret} />}>
      {secret && (
        <p className="band-inline" role="status">
          The token below is shown this once. Whoever has an address with it can send leads of this source, and nothing
          else.
        </p>
      )}
      <div className="source-addresses">
        <ToCopy label="Address with the token in it" value={`${location.origin}/v1/intake/${token}`} />
        <ToCopy label="Address, with the token in a header" value={`${location.origin}${source.path}`} />
        <ToCopy label="That header" value={`Authorization: Bearer ${token}`} />
      </div>
      <p className="faint">
        Platforms and pages can send no header, so they use the first. POST takes a form or JSON; GET takes parameters
        where the document accepts <code>query</code>.
      </p>
      <Known source={source.name} />
    </Card>
  );
}

function NewToken({ source, onMade }: { source: string; onMade: (secret: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState(`${source}, for its publisher`);
  const change = useChange(CreateToken, (answer) => answer.createToken);
  return (
    <Allowed to="ADMINISTER" by="an admin">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Make a token…
      </button>
      <Ask
        title={`Make a token for ${source}`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Make it"
        change={change}
        places={['name']}
        onSend={async () => {
          const made = await change.send({ input: { name: name.trim(), role: 'SOURCE', source } });
          if (made?.secret) onMade(made.secret);
          return made;
        }}
      >
        <p>It is good for sending leads of {source}, for reading those leads, and for nothing else.</p>
        <TextField label="Its name" value={name} onChange={setName} mistakes={mistakesAt(change.mistakes, 'name')} />
      </Ask>
    </Allowed>
  );
}

/** The tokens that are good for it now. */
function Known({ source }: { source: string }) {
  const may = useMay('ADMINISTER');
  const tokens = useAsk(Tokens, {}, { enabled: may });
  const own = tokens.data?.tokens.nodes.filter((it) => it.source === source && it.revokedAt === null) ?? [];
  if (!may || !tokens.data) return null;
  if (own.length === 0) return <p className="faint">No token is bound to this source yet.</p>;
  return (
    <ul className="history">
      {own.map(({ id, name, createdAt }) => (
        <li key={id}>
          <strong>{name}</strong> <span className="faint">made</span> <Time at={createdAt} />
        </li>
      ))}
    </ul>
  );
}

import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import {
  DestinationSettings as DestinationSettingsOperation,
  type FindingFragment,
  NewDestination as NewDestinationOperation,
} from '../../../graphql/generated';
import { useAsk } from '../../../graphql/use-ask';
import { useMay } from '../../../shell/session';
import { Choice } from '../../../ui/choice';
import { isObject, type Members } from '../../../ui/equal';
import { Findings, Mistakes, mistakesAt, TextField } from '../../../ui/form';
import { Card, Empty, Heading, Loaded } from '../../../ui/parts';
import { type DestinationDocument, FIRST } from './document';
import { useDestinationEditing } from './editing';
import { SettingsForm } from './form';
import { Saving } from './saving';

/** A destination that is not there yet: from nothing, or like one that is. */
export function NewDestination() {
  const { like } = useSearch({ from: '/shell/destinations/new' });
  const may = useMay('EDIT');
  const form = useAsk(NewDestinationOperation, {}, { staleMs: 60_000 });
  const original = useAsk(
    DestinationSettingsOperation,
    { name: like ?? '' },
    { enabled: like !== undefined, staleMs: 60_000 },
  );
  return (
    <>
      <Heading title="New destination">
        <Link to="/destinations" search={{}} className="button">
          All destinations
        </Link>
      </Heading>
      {may ? (
        <Loaded of={form} lines={12}>
          {({ leadSchemas }) => {
            const verticals = leadSchemas.nodes.map(({ vertical }) => vertical);
            if (like === undefined) return <Begun first={FIRST} like={null} verticals={verticals} />;
            return (
              <Loaded of={original} lines={12}>
                {({ destination }) =>
                  destination ? (
                    <Begun
                      key={destination.name}
                      first={{ target: destination.target, settings: destination.settings as Members }}
                      like={destination.name}
                      verticals={verticals}
                    />
                  ) : (
                    <Empty title={`There is no destination ${like} to begin with.`} />
                  )
                }
              </Loaded>
            );
          }}
        </Loaded>
      ) : (
        <Empty title="Destinations are made by editors and admins." />
      )}
    </>
  );
}

interface Made {
  name: string;
  findings: FindingFragment[];
}

function Begun({ first, like, verticals }: { first: DestinationDocument; like: string | null; verticals: string[] }) {
  const [name, setName] = useState('');
  const [vertical, setVertical] = useState(verticals.length === 1 ? verticals[0] : undefined);
  const [made, setMade] = useState<Made | null>(null);
  const [saved] = useState({ document: first, revision: 0 });
  const editing = useDestinationEditing(name.trim(), saved);
  const secrets = isObject(first.target.secrets) ? Object.keys(first.target.secrets) : [];
  const save = async () => {
    const done = await editing.save(vertical);
    if (done) setMade({ name: done.name, findings: done.findings });
  };
  if (made) return <MadeIt of={made} />;
  return (
    <>
      {like !== null && (
        <p className="faint">
          Filled with the settings of {like}, its caps among them.
          {secrets.length > 0 && ` Its secrets are not: type ${secrets.join(', ')} again.`}
        </p>
      )}
      <Card title="What it is called">
        <div className="field-row">
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            mistakes={mistakesAt(editing.mistakes, 'name')}
            hint="As flows write it: lower-case letters, digits, - and _"
          />
          {verticals.length > 0 && (
            <div className="stack">
              <Choice
                label="Its body may use the fields of"
                value={vertical}
                options={verticals}
                none="any vertical"
                onChange={setVertical}
              />
              <Mistakes of={mistakesAt(editing.mistakes, 'vertical')} />
            </div>
          )}
        </div>
      </Card>
      <SettingsForm name={null} editing={editing} />
      <Saving
        editing={editing}
        revision={0}
        why={name.trim() === '' ? 'It needs a name.' : null}
        onSave={() => void save()}
      />
    </>
  );
}

function MadeIt({ of: { name, findings } }: { of: Made }) {
  return (
    <Card title={`${name} is there`}>
      <p role="status">
        Nothing is sent to it until a live flow names it. A test lead shows how it answers before that.
      </p>
      <Findings of={findings} />
      <div className="ask-buttons cap-buttons">
        <Link to="/destinations/$name/test" params={{ name }} search={{}} className="button primary">
          Send a test lead
        </Link>
        <Link to="/destinations/$name" params={{ name }} search={{}} className="button">
          The destination
        </Link>
        <Link to="/destinations/$name/settings" params={{ name }} className="button">
          Its settings
        </Link>
        <Link to="/flows" className="button">
          Flows
        </Link>
      </div>
    </Card>
  );
}

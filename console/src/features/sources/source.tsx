import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import {
  SetSourceActive,
  SourceForm,
  type SourceFormQuery,
  Source as SourceOperation,
  type SourceQuery,
} from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { mistakesAt, TextField } from '../../ui/form';
import { Card, Empty, Fact, Heading, Loaded, Time } from '../../ui/parts';
import { StopBand, StopButton, useStopping } from '../../ui/stop';
import { firstDocument, presetWords, writtenDocument } from './document';
import { type Saved, useEditing } from './editing';
import { Edits } from './edits';
import { Publisher } from './publisher';
import { SourceState } from './state';
import { Trial } from './trial';
import './sources.css';

/** One source: where its leads go, how its payloads are read, and what its publisher needs. */
export function Source() {
  const { name } = useParams({ from: '/shell/sources/$name' });
  const source = useAsk(SourceOperation, { name }, { poll: true });
  const form = useAsk(SourceForm, {}, { staleMs: 60_000 });
  const found = source.data?.source;
  const change = useChange(SetSourceActive, (answer) => answer.setSourceActive);
  const stop = useStopping(
    `source ${name}`,
    found?.isActive === false,
    change,
    async (isStopped, reason) => (await change.send({ input: { name, isActive: !isStopped, reason } })) !== null,
  );
  return (
    <>
      <Heading title={name}>
        {found && (
          <div className="actions">
            <SourceState isActive={found.isActive} />
            <StopButton of={stop}>
              <p>
                Its leads are refused with 403 at once, in whichever way they come; those under way go on. The rest of
                its document stays.
              </p>
            </StopButton>
            <Link to="/leads" search={{ source: name }} className="button">
              Its leads
            </Link>
            <Link to="/statements" search={{ by: 'SOURCE', show: 'payouts', account: name }} className="button">
              Payouts
            </Link>
          </div>
        )}
      </Heading>
      <StopBand of={stop}>Its leads are refused with 403.</StopBand>
      <Loaded of={source} lines={12}>
        {(data) =>
          data.source ? (
            <Loaded of={form} lines={12}>
              {(choices) => data.source && <Found key={data.source.id} source={data.source} choices={choices} />}
            </Loaded>
          ) : (
            <Empty title="No source of this name has a document.">
              <p>
                <Link to="/leads" search={{ source: name }}>
                  Leads of a source
                </Link>{' '}
                without one come as our own JSON.
              </p>
            </Empty>
          )
        }
      </Loaded>
    </>
  );
}

type Found = NonNullable<SourceQuery['source']>;

function Found({ source, choices }: { source: Found; choices: SourceFormQuery }) {
  const editing = useEditing(source.name, source, false);
  return (
    <>
      <dl className="facts">
        <Fact name="Sends">{presetWords(source.preset)}</Fact>
        <Fact name="Flow">
          <Link to="/flows/$flow" params={{ flow: source.flow }} search={{}}>
            {source.flow}
          </Link>
        </Fact>
        <Fact name="Last change">
          <Time at={source.updatedAt} /> <span className="faint">revision {source.revision}</span>
        </Fact>
        <Fact name="Changes">
          <Link to="/changes" search={{ object: source.name, kind: 'SOURCE_PUT' }}>
            all of them
          </Link>
        </Fact>
      </dl>
      <div className="source">
        <Edits
          editing={editing}
          saved={source}
          choices={choices}
          onSave={(secrets) => editing.save(source.name, secrets)}
        />
        <Trial name={source.name} editing={editing} choices={choices} />
      </div>
      <Publisher source={source} />
    </>
  );
}

/** A source that is not there yet: its name, and a preset to begin with. */
export function NewSource() {
  const form = useAsk(SourceForm, {}, { staleMs: 60_000 });
  return (
    <>
      <Heading title="New source" />
      <Loaded of={form} lines={12}>
        {(choices) =>
          choices.flows.nodes.length === 0 ? (
            <Empty title="There is no flow yet.">
              <p>
                A source sends its leads to a flow: begin with the <Link to="/setup">first steps</Link>.
              </p>
            </Empty>
          ) : (
            <Begun choices={choices} />
          )
        }
      </Loaded>
    </>
  );
}

/** The name under which the text of a source without a name is kept; no source has it, since names are not empty. */
const NEW = '';

function Begun({ choices }: { choices: SourceFormQuery }) {
  const { preset = 'form' } = useSearch({ from: '/shell/sources/new' });
  const navigate = useNavigate();
  const may = useMay('EDIT');
  const live = choices.flows.nodes.filter(({ isLive }) => isLive);
  const first = (live[0] ?? choices.flows.nodes[0])?.name ?? '';
  const [saved] = useState<Saved>(() => ({ document: firstDocument(first, preset), revision: 0 }));
  const [name, setName] = useState('');
  const editing = useEditing(NEW, saved, true);
  const begin = (next: string) => {
    editing.type(writtenDocument(firstDocument(first, next)));
    void navigate({ to: '/sources/new', search: { preset: next }, replace: true });
  };
  return (
    <>
      <Card title="Who sends what">
        <div className="field-row">
          <TextField
            label="Name of the source"
            value={name}
            onChange={setName}
            mistakes={mistakesAt(editing.change.mistakes, 'name')}
            hint="As its leads and tokens have it"
          />
          <Choice
            label="Begin with"
            value={preset}
            options={choices.sourcePresets.map((it) => it.name)}
            show={presetWords}
            isRequired
            onChange={(next) => begin(next ?? 'form')}
          />
        </div>
        <p className="faint">Reads {choices.sourcePresets.find((it) => it.name === preset)?.description}.</p>
      </Card>
      <div className="source">
        <Edits
          editing={editing}
          saved={saved}
          choices={choices}
          why={may && name.trim() === '' ? 'It needs a name.' : null}
          onSave={async (secrets) => {
            const made = await editing.save(name.trim(), secrets);
            if (made) await navigate({ to: '/sources/$name', params: { name: made.name } });
            return made;
          }}
        />
        <Trial name={name.trim() || 'new'} editing={editing} choices={choices} />
      </div>
    </>
  );
}

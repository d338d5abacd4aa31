import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { FieldDocument } from '../../graphql/flow-document';
import {
  LeadSchema as LeadSchemaOperation,
  type LeadSchemaQuery,
  LeadSchemas as LeadSchemasOperation,
} from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { mistakesAt, TextField } from '../../ui/form';
import { Allowed, Card, Empty, Fact, Heading, Loaded, Time } from '../../ui/parts';
import { useSchemaEditing } from './editing';
import { FieldTable } from './field-table';
import { Saving } from './saving';
import { UsedBy, type UsingFlow } from './used-by';

/** The lead schema of one vertical, to be changed. */
export function Schema() {
  const { vertical } = useParams({ from: '/shell/schemas/$vertical' });
  const schema = useAsk(LeadSchemaOperation, { vertical }, { poll: true });
  return (
    <>
      <Heading title={`Leads of ${vertical}`}>
        <div className="actions">
          <Allowed to="EDIT" by="an editor to make one like it">
            <Link to="/schemas/new" search={{ like: vertical }} className="button">
              New schema like this one
            </Link>
          </Allowed>
          <Link to="/schemas" className="button">
            All schemas
          </Link>
        </div>
      </Heading>
      <Loaded of={schema} lines={10}>
        {({ leadSchema, flows }) =>
          leadSchema ? (
            <Found
              key={leadSchema.vertical}
              of={leadSchema}
              flows={flows.nodes.filter((flow) => flow.vertical === vertical)}
              onConflict={() => void schema.refetch()}
            />
          ) : (
            <Empty title="There is no lead schema of this vertical." />
          )
        }
      </Loaded>
    </>
  );
}

type Found = NonNullable<LeadSchemaQuery['leadSchema']>;

function Found({ of, flows, onConflict }: { of: Found; flows: UsingFlow[]; onConflict: () => void }) {
  const { vertical, declaredFields, hash } = of;
  const editing = useSchemaEditing({ fields: declaredFields, hash });
  const isConflict = editing.change.mistakes.some(({ code }) => code === 'conflict');
  // What somebody else saved is read at once, so that it can be told.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each conflict
  useEffect(() => {
    if (isConflict) onConflict();
  }, [isConflict]);
  return (
    <>
      <dl className="facts">
        <Fact name="Flows that use it">
          <UsedBy flows={flows} />
        </Fact>
        <Fact name="Last change">
          <Time at={of.updatedAt} />
        </Fact>
        <Fact name="Content">
          <span className="mono" title={hash}>
            {hash.slice(0, 12)}
          </span>
        </Fact>
      </dl>
      <FieldTable editing={editing} />
      <Saving
        editing={editing}
        live={flows.filter(({ isLive }) => isLive).map(({ name }) => name)}
        why={null}
        onSave={() => void editing.save(vertical)}
        onUndo={(before) => void editing.undo(vertical, before)}
      />
    </>
  );
}

/** The schema of a vertical that is not there yet. */
export function NewSchema() {
  const may = useMay('EDIT');
  const schemas = useAsk(LeadSchemasOperation, {}, { staleMs: 60_000 });
  return (
    <>
      <Heading title="New lead schema">
        <Link to="/schemas" className="button">
          All schemas
        </Link>
      </Heading>
      {may ? (
        <Loaded of={schemas} lines={10}>
          {({ leadSchemas }) => <Begun others={leadSchemas.nodes} />}
        </Loaded>
      ) : (
        <Empty title="Lead schemas are made by editors and admins." />
      )}
    </>
  );
}

interface Other {
  vertical: string;
  declaredFields: FieldDocument[];
}

function Begun({ others }: { others: Other[] }) {
  const { like } = useSearch({ from: '/shell/schemas/new' });
  const navigate = useNavigate();
  const [vertical, setVertical] = useState('');
  const [begin, setBegin] = useState(like);
  const [saved] = useState({ fields: [], hash: '' });
  const editing = useSchemaEditing(saved);
  const fill = (name: string | undefined) => {
    setBegin(name);
    editing.fill(others.find((it) => it.vertical === name)?.declaredFields ?? []);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the address says is where it begins
  useEffect(() => {
    if (like !== undefined) fill(like);
  }, []);
  const save = async () => {
    const made = await editing.save(vertical.trim());
    if (made) await navigate({ to: '/schemas/$vertical', params: { vertical: made.vertical } });
  };
  return (
    <>
      <Card title="What it is of">
        <div className="field-row">
          <TextField
            label="Vertical"
            value={vertical}
            onChange={setVertical}
            mistakes={mistakesAt(editing.change.mistakes, 'vertical')}
            hint="As flows write it: small letters, digits, - and _"
          />
          <Choice
            label="Begin with the fields of"
            value={begin}
            options={others.map((it) => it.vertical)}
            none="none"
            onChange={fill}
          />
        </div>
      </Card>
      <FieldTable editing={editing} />
      <Saving
        editing={editing}
        live={[]}
        why={vertical.trim() === '' ? 'It needs a vertical.' : null}
        onSave={() => void save()}
        onUndo={() => undefined}
      />
    </>
  );
}

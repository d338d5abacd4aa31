import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { SendTestLead, TestLeadForm, type TestLeadFormQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { FormProblems } from '../../ui/form';
import { ValueField } from '../../ui/lead-field';
import { formFields, initialValues, leadFields } from '../../ui/lead-fields';
import { Card, Empty, Heading, Loaded } from '../../ui/parts';
import { type Exchange, ExchangeView } from './exchange';

/** Sends a made-up lead to one destination, and shows the request as it went and the answer as it was read. */
export function TestLead() {
  const { name } = useParams({ from: '/shell/destinations/$name/test' });
  const form = useAsk(TestLeadForm, { name }, { staleMs: 60_000 });
  return (
    <>
      <Heading title={`Send a test lead to ${name}`} />
      <Loaded of={form} lines={10}>
        {(data) => {
          if (!data.destination) return <Empty title="There is no destination with this name." />;
          const flows = flowsFor(data, name);
          if (flows.length === 0) return <Empty title="No flow is live whose leads it could get." />;
          return <Chosen key={name} name={name} flows={flows} />;
        }}
      </Loaded>
    </>
  );
}

type Flow = TestLeadFormQuery['flows']['nodes'][number];

/** The live flows, those that name the destination first. */
function flowsFor({ flows }: TestLeadFormQuery, name: string): Flow[] {
  const live = flows.nodes.filter(({ isLive, leadSchema }) => isLive && leadSchema !== null);
  const isUser = ({ stage }: Flow) => Object.hasOwn(stage?.version?.document.nodes ?? {}, name);
  return [...live.filter(isUser), ...live.filter((flow) => !isUser(flow))];
}

function Chosen({ name, flows }: { name: string; flows: Flow[] }) {
  const { flow: wanted } = useSearch({ from: '/shell/destinations/$name/test' });
  const navigate = useNavigate({ from: '/destinations/$name/test' });
  const flow = flows.find((it) => it.name === wanted) ?? flows[0];
  if (!flow) return null;
  return (
    <Trial
      key={flow.name}
      name={name}
      flow={flow}
      flows={flows.map((it) => it.name)}
      onFlow={(next) => void navigate({ search: { flow: next }, replace: true })}
    />
  );
}

function Trial({
  name,
  flow,
  flows,
  onFlow,
}: {
  name: string;
  flow: Flow;
  flows: string[];
  onFlow: (flow: string | undefined) => void;
}) {
  const may = useMay('EDIT');
  const fields = flow.leadSchema?.fields ?? [];
  const [values, setValues] = useState(() => initialValues(fields));
  const [exchange, setExchange] = useState<Exchange | null>(null);
  const change = useChange(SendTestLead, (answer) => answer.sendTestLead);
  const names = formFields(fields).map((field) => field.name);
  const errors = (field: string) => change.mistakes.filter(({ path }) => path.at(-1) === field);
  const rest = change.mistakes.filter(({ path }) => !names.includes(path.at(-1) ?? ''));
  const send = async () => {
    const input = { destination: name, flow: flow.name, fields: leadFields(fields, values) };
    const made = await change.send({ input });
    // An answer to what stood here before would be taken for one to what stands here now.
    setExchange(made?.exchange ?? null);
  };
  return (
    <div className="test-lead">
      <Card title="The lead">
        <form
          className="test-lead-form"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
          noValidate
        >
          <Choice label="As of flow" value={flow.name} options={flows} isRequired onChange={onFlow} />
          {formFields(fields).map((field) => (
            <ValueField
              key={field.name}
              field={field}
              value={values[field.name] ?? ''}
              errors={errors(field.name)}
              onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
            />
          ))}
          <FormProblems mistakes={rest} fault={change.fault} />
          <button type="submit" className="button primary" disabled={!may || change.isBusy}>
            {change.isBusy ? 'Waiting for its answer…' : 'Send it'}
          </button>
          <p className="faint">
            {may
              ? 'The destination does get it, marked as a test. Nothing is stored, no cap is used, nothing is learned.'
              : 'Sending needs an editor.'}
          </p>
        </form>
      </Card>
      <ExchangeView of={exchange} currency={flow.stage?.version?.currency ?? null} />
    </div>
  );
}

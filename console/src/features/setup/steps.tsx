import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { exampleLead } from '../../graphql/example-lead';
import type { FieldDocument } from '../../graphql/flow-document';
import {
  PublishFirstFlow,
  PutFirstDestination,
  PutFirstSchema,
  SaveFirstFlow,
  SubmitFirstLead,
} from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Choice } from '../../ui/choice';
import { CheckField, FormProblems, mistakesAt, otherMistakes, TextField } from '../../ui/form';
import { Money, StateChip } from '../../ui/parts';
import { firstFlow, PRESETS } from './presets';

function StepForm({
  onSend,
  isBusy,
  label,
  children,
}: {
  onSend: () => Promise<unknown>;
  isBusy: boolean;
  label: string;
  children: ReactNode;
}) {
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void onSend();
      }}
      noValidate
    >
      {children}
      <div className="ask-buttons setup-buttons">
        <button type="submit" className="button primary" disabled={isBusy}>
          {isBusy ? 'Sending…' : label}
        </button>
      </div>
    </form>
  );
}

export function SchemaStep() {
  const change = useChange(PutFirstSchema, (answer) => answer.putLeadSchema);
  const [chosen, setChosen] = useState(PRESETS[0]?.vertical ?? '');
  const preset = PRESETS.find(({ vertical }) => vertical === chosen) ?? PRESETS[0];
  return (
    <StepForm
      label="Save the schema"
      isBusy={change.isBusy}
      onSend={() => change.send({ input: { vertical: chosen, fields: preset?.fields ?? [] } })}
    >
      <p>
        A lead schema says which fields the leads of a vertical have. Begin with one of these; all of it can change
        later.
      </p>
      <Choice
        label="Vertical"
        value={chosen}
        options={PRESETS.map(({ vertical }) => vertical)}
        show={(vertical) => PRESETS.find((it) => it.vertical === vertical)?.label ?? vertical}
        isRequired
        onChange={(next) => setChosen(next ?? '')}
      />
      <ul className="counts">
        {preset?.fields.map(({ name, kind, pii }) => (
          <li key={name}>
            <span className="tag">
              {name}: {kind}
              {pii && ', personal'}
            </span>
          </li>
        ))}
      </ul>
      <FormProblems mistakes={change.mistakes} fault={change.fault} />
    </StepForm>
  );
}

export function DestinationStep({ vertical }: { vertical: string }) {
  const change = useChange(PutFirstDestination, (answer) => answer.putDestination);
  const [name, setName] = useState('first-buyer');
  const [url, setUrl] = useState('');
  const [price, setPrice] = useState('10.00');
  return (
    <StepForm
      label="Save the destination"
      isBusy={change.isBusy}
      onSend={() =>
        change.send({
          input: {
            name: name.trim(),
            vertical,
            target: { url: url.trim() },
            settings: { ...(price.trim() ? { price: price.trim() } : {}) },
            expectedRevision: 0,
          },
        })
      }
    >
      <p>
        A destination is a buyer or an endpoint. Leads are sent to its address as JSON, and an answer with a status from
        200 to 299 takes the lead. Fields, secrets and how answers are read can be set later.
      </p>
      <div className="setup-address">
        <TextField
          label="Address"
          value={url}
          onChange={(next) => {
            setUrl(next);
            change.reset();
          }}
          mistakes={mistakesAt(change.mistakes, 'target')}
          hint="Such as https://buyer.example/leads"
        />
      </div>
      <div className="field-row">
        <TextField label="Name" value={name} onChange={setName} mistakes={mistakesAt(change.mistakes, 'name')} />
        <TextField
          label="Pays a lead"
          kind="number"
          value={price}
          onChange={setPrice}
          mistakes={mistakesAt(change.mistakes, 'settings')}
        />
      </div>
      <FormProblems mistakes={otherMistakes(change.mistakes, 'target', 'name', 'settings')} fault={change.fault} />
    </StepForm>
  );
}

export function FlowStep({ vertical, destinations }: { vertical: string; destinations: string[] }) {
  const save = useChange(SaveFirstFlow, (answer) => answer.saveFlowDraft);
  const publish = useChange(PublishFirstFlow, (answer) => answer.publishFlow);
  const [name, setName] = useState(vertical);
  const [currency, setCurrency] = useState('USD');
  const send = async () => {
    const flow = name.trim();
    const saved = await save.send({ input: { document: firstFlow(flow, vertical, currency.trim(), destinations) } });
    if (saved) await publish.send({ input: { flow, message: 'first steps', setLiveIfFirst: true } });
  };
  const mistakes = [...save.mistakes, ...publish.mistakes];
  return (
    <StepForm label="Make it live" isBusy={save.isBusy || publish.isBusy} onSend={send}>
      <p>
        A flow says where leads go. This one offers each lead to{' '}
        {destinations.length === 1 ? destinations[0] : `${destinations.join(', ')}, one after the other`}; rules, splits
        and bandits are added in its editor.
      </p>
      <div className="field-row">
        <TextField label="Name of the flow" value={name} onChange={setName} />
        <TextField label="Currency" value={currency} onChange={setCurrency} hint="ISO 4217, such as USD" />
      </div>
      <FormProblems mistakes={mistakes} fault={save.fault ?? publish.fault} />
    </StepForm>
  );
}

export function LeadStep({ flow, fields }: { flow: string; fields: FieldDocument[] }) {
  const change = useChange(SubmitFirstLead, (answer) => answer.submitLead);
  const [outcome, setOutcome] = useState<Awaited<ReturnType<typeof change.send>>>(null);
  const [isTest, setTest] = useState(true);
  const lead = exampleLead(fields);
  const result = outcome?.outcome;
  return (
    <StepForm
      label={result ? 'Send another one' : 'Send a lead'}
      isBusy={change.isBusy}
      onSend={async () =>
        setOutcome(await change.send({ input: { flow, fields: lead, source: 'first-steps', isTest } }))
      }
    >
      <p>This made-up lead is sent for real: whoever takes it in the end gets it.</p>
      <pre>{JSON.stringify(lead, null, 2)}</pre>
      <CheckField label="It is a test lead: nothing is learned from it" checked={isTest} onChange={setTest} />
      {result && (
        <p className="setup-result" role="status">
          <StateChip state={result.status.toUpperCase()} />
          {result.destination && <span>to {result.destination}</span>}
          {result.price && <Money amount={result.price} currency={result.currency} />}
          {result.reason && <span>{result.reason}</span>}
          <Link to="/leads/$id" params={{ id: result.leadId }} search={{}}>
            See what happened
          </Link>
        </p>
      )}
      <FormProblems mistakes={change.mistakes} fault={change.fault} />
    </StepForm>
  );
}

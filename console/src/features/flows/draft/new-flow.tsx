import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { SaveDraft, Verticals, type VerticalsQuery } from '../../../graphql/generated';
import { useAsk } from '../../../graphql/use-ask';
import { useChange } from '../../../graphql/use-change';
import { Ask } from '../../../ui/ask';
import { Choice } from '../../../ui/choice';
import { useOnlyCurrency } from '../../../ui/currencies';
import { CheckField, Mistakes, mistakesAt, TextField } from '../../../ui/form';
import { Loaded } from '../../../ui/parts';
import { useDestinations, useFlows } from './names';
import { nameMistake } from './node-names';
import { documentOf, TEMPLATES, type Template } from './templates';

/** Begins a flow as a draft: nothing of it is live before somebody publishes it. */
export function NewFlow() {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button ref={button} type="button" className="button primary" onClick={() => setOpen(true)}>
        New flow…
      </button>
      {isOpen && <Asked onClose={close} />}
    </>
  );
}

function Asked({ onClose }: { onClose: () => void }) {
  const asked = useAsk(Verticals, {});
  return (
    <Loaded of={asked} lines={1}>
      {(data) => <Form schemas={data.leadSchemas.nodes} onClose={onClose} />}
    </Loaded>
  );
}

function Form({ schemas, onClose }: { schemas: VerticalsQuery['leadSchemas']['nodes']; onClose: () => void }) {
  const change = useChange(SaveDraft, (answer) => answer.saveFlowDraft);
  const navigate = useNavigate();
  const flows = useFlows();
  const all = useDestinations();
  const only = useOnlyCurrency();
  const [name, setName] = useState('');
  const [vertical = '', setVertical] = useState(schemas[0]?.vertical);
  const [typed, setCurrency] = useState<string | null>(null);
  const [template, setTemplate] = useState<Template>('one');
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [on, setOn] = useState<string | undefined>();
  const [mistake, setMistake] = useState<string | null>(null);
  const fields = schemas.find((it) => it.vertical === vertical)?.fields ?? [];
  const column = fields.find((it) => it.name === on) ?? fields.find((it) => it.labels !== null) ?? fields[0];
  const currency = typed ?? only ?? 'USD';
  const destinations = (chosen ?? all.slice(0, 2)).filter((it) => all.includes(it));
  const send = async () => {
    const flow = {
      name: name.trim(),
      vertical,
      currency: currency.trim().toUpperCase(),
      template,
      destinations,
      column,
    };
    const isTaken = flows.some((it) => it.name === flow.name);
    const wrong = isTaken ? `there is a flow \`${flow.name}\` already` : flowMistake(flow);
    setMistake(wrong);
    if (wrong !== null) return null;
    const saved = await change.send({ input: { document: documentOf(flow), expectedRevision: 0 } });
    if (saved) void navigate({ to: '/flows/$flow/draft', params: { flow: flow.name }, search: {} });
    return saved;
  };
  return (
    <Ask title="New flow" open onClose={onClose} label="Begin the draft" change={change} onSend={send}>
      <p>It begins as a draft: no lead goes through it before it is published and made live.</p>
      <div className="field-row">
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          mistakes={mistakesAt(change.mistakes, 'document.flow')}
          hint="Draws and what is learned are kept under it."
        />
        <Choice
          label="Vertical"
          value={vertical}
          options={schemas.map((it) => it.vertical)}
          isRequired
          onChange={setVertical}
        />
        <TextField label="Currency" value={currency} onChange={setCurrency} hint="Of all its money, such as USD" />
      </div>
      <Begin
        template={template}
        onTemplate={setTemplate}
        fields={fields.map((it) => it.name)}
        field={column?.name}
        onField={setOn}
      />
      <Destinations isOne={template === 'one'} all={all} chosen={destinations} onChoose={setChosen} />
      <Mistakes of={mistake === null ? [] : [{ path: [], code: 'flow', message: mistake, hint: null }]} />
    </Ask>
  );
}

/** What a flow begins as; a table by which field. */
function Begin({
  template,
  onTemplate,
  fields,
  field,
  onField,
}: {
  template: Template;
  onTemplate: (template: Template) => void;
  fields: string[];
  field: string | undefined;
  onField: (name: string | undefined) => void;
}) {
  return (
    <div className="field-row">
      <Choice
        label="Begins as"
        value={template}
        options={Object.keys(TEMPLATES) as Template[]}
        show={(it) => TEMPLATES[it]}
        isRequired
        onChange={(next) => next && onTemplate(next)}
      />
      {template === 'table' && (
        <Choice label="Rows by the field" value={field} options={fields} isRequired onChange={onField} />
      )}
    </div>
  );
}

/** Who is to get leads: one destination, or several in an order. */
function Destinations({
  isOne,
  all,
  chosen,
  onChoose,
}: {
  isOne: boolean;
  all: string[];
  chosen: string[];
  onChoose: (names: string[]) => void;
}) {
  if (isOne) {
    return (
      <Choice
        label="Destination"
        value={chosen[0]}
        options={all}
        isRequired
        onChange={(next) => next && onChoose([next])}
      />
    );
  }
  return (
    <fieldset className="checks destinations">
      <legend>Destinations, in the order in which they are chosen</legend>
      {all.map((it) => (
        <CheckField
          key={it}
          label={it}
          checked={chosen.includes(it)}
          onChange={(is) => onChoose(is ? [...chosen, it] : chosen.filter((other) => other !== it))}
        />
      ))}
    </fieldset>
  );
}

function flowMistake(flow: { name: string; vertical: string; currency: string; destinations: string[] }) {
  if (flow.vertical === '') return 'there is no lead schema yet: make one first';
  if (flow.destinations.length === 0) return 'a flow needs a destination';
  if (!/^[A-Z]{3}$/.test(flow.currency)) return 'a currency has three letters, such as USD';
  return nameMistake({ flow: '', vertical: '', root: '', nodes: {} }, flow.name, 'flow', []);
}

import { useState } from 'react';
import { Dialog } from '../../../shell/dialog';
import { Choice } from '../../../ui/choice';
import { Mistakes, TextField } from '../../../ui/form';
import { group, type Single } from './changes';
import { useWork } from './context';
import { KINDS, newNode, subjects, type Wanted } from './new-node';
import { freeName, nameMistake } from './node-names';

/** What a new node is for: the changes that are made with it, and what is done afterwards. */
export interface NodeRequest {
  then: (name: string) => Single[];
  onAdded?: (name: string) => void;
}

/** Asks for a new node: its kind, its name, and what its kind needs. */
export function AddNode({ request, onClose }: { request: NodeRequest | null; onClose: () => void }) {
  return (
    <Dialog open={request !== null} onClose={onClose} label="Add a node" className="ask">
      {request && <Form request={request} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ request, onClose }: { request: NodeRequest; onClose: () => void }) {
  const { document, editor, columns } = useWork();
  const [kind, setKind] = useState('when');
  const [typed, setTyped] = useState<string | null>(null);
  const [mistake, setMistake] = useState<string | null>(null);
  const [said, setSaid] = useState<Partial<Wanted>>({});
  const wanted = { ...useSuggested(), ...said };
  const set = (part: Partial<Wanted>) => {
    setSaid({ ...said, ...part });
    setMistake(null);
  };
  // A node of a destination is most often called as that is.
  const usual = kind === 'destination' && wanted.destination ? freeName(document.nodes, wanted.destination) : '';
  const name = typed ?? usual;
  const add = () => {
    const wrong = wantedMistake(kind, wanted) ?? nameMistake(document, name.trim(), kind, columns);
    setMistake(wrong);
    if (wrong !== null) return;
    const node = newNode(document, columns, kind, name.trim(), wanted);
    const added: Single = { kind: 'node', node: name.trim(), before: null, after: node };
    const rest = request.then(name.trim());
    editor.change(rest.length === 0 ? added : group(`${name.trim()} as a new node`, added, ...rest));
    onClose();
    request.onAdded?.(name.trim());
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
      noValidate
    >
      <h2>Add a node</h2>
      <div className="field-row">
        <Choice
          label="Kind"
          value={kind}
          options={Object.keys(KINDS)}
          show={(it) => `${it}: ${KINDS[it]}`}
          isRequired
          onChange={(next) => next && setKind(next)}
        />
      </div>
      <div className="field-row">
        <Needed kind={kind} wanted={wanted} onChange={set} />
        <TextField
          label="Name"
          value={name}
          onChange={(next) => {
            setTyped(next);
            setMistake(null);
          }}
          hint="Draws and what is learned are kept under it."
        />
      </div>
      <Mistakes of={mistake === null ? [] : [{ path: [], code: 'name', message: mistake, hint: null }]} />
      <div className="ask-buttons">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary">
          Add it
        </button>
      </div>
    </form>
  );
}

/** What a new node is most likely to be about. */
function useSuggested(): Wanted {
  const { document, columns, destinations, flows } = useWork();
  const asked = subjects(document, columns);
  // Fields with few values make the best cases.
  const on = asked.find((it) => it.labels !== null) ?? columns.find((it) => it.kind === 'boolean') ?? asked[0];
  return {
    // One that the flow does not have yet.
    destination: destinations.find((it) => !document.nodes[it]) ?? destinations[0] ?? '',
    reason: 'nobody takes it',
    flow: flows[0] ?? '',
    on: on?.name ?? '',
    value: asked.find((it) => ['integer', 'decimal', 'number'].includes(it.kind))?.name ?? '0',
  };
}

function wantedMistake(kind: string, wanted: Wanted): string | null {
  if (kind === 'destination' && wanted.destination === '') return 'there is no destination yet: make one first';
  if (kind === 'subflow' && wanted.flow === '') return 'there is no other flow of this vertical';
  if (kind === 'reject' && wanted.reason.trim() === '') return 'a rejection needs a reason';
  if (kind === 'derive' && wanted.value.trim() === '') return 'a derived value needs a computation';
  if (['switch', 'table'].includes(kind) && wanted.on === '') return 'the lead schema has no field yet';
  return null;
}

/** What a kind needs to be of any use. */
function Needed({
  kind,
  wanted,
  onChange,
}: {
  kind: string;
  wanted: Wanted;
  onChange: (part: Partial<Wanted>) => void;
}) {
  const { document, columns, destinations, flows } = useWork();
  const choice = (label: string, member: 'destination' | 'flow' | 'on', options: string[]) => (
    <Choice
      label={label}
      value={wanted[member] || undefined}
      options={options}
      isRequired
      onChange={(next) => next && onChange({ [member]: next })}
    />
  );
  switch (kind) {
    case 'destination':
      return choice('Destination', 'destination', destinations);
    case 'subflow':
      return choice('Flow', 'flow', flows);
    case 'switch':
    case 'table': {
      const names = subjects(document, columns).map(({ name }) => name);
      return choice(kind === 'switch' ? 'By the value of' : 'First column', 'on', names);
    }
    case 'reject':
      return <TextField label="Reason" value={wanted.reason} onChange={(reason) => onChange({ reason })} />;
    case 'derive':
      return <TextField label="Computes" value={wanted.value} onChange={(value) => onChange({ value })} />;
    default:
      return null;
  }
}

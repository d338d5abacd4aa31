import { useState } from 'react';
import type { FlowNode } from '../../../graphql/flow-document';
import { Dialog } from '../../../shell/dialog';
import { CheckField, Mistakes, TextField } from '../../../ui/form';
import { group, type Single } from './changes';
import { useWork, valueChange } from './context';
import { nameMistake, renameMistake } from './node-names';
import { isValue } from './renamed';

/** Another name for a node: what follows it, and what is kept under the old one. */
export function Rename({ name, node }: { name: string; node: FlowNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Rename…
      </button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} label={`Rename ${name}`} className="ask">
        <Form name={name} node={node} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Form({ name, node, onClose }: { name: string; node: FlowNode; onClose: () => void }) {
  const { document, editor, columns, choose } = useWork();
  const draws = ['split', 'bandit'].includes(node.kind);
  const [typed, setTyped] = useState(name);
  const [keeps, setKeeps] = useState(true);
  const [mistake, setMistake] = useState<string | null>(null);
  const rename = () => {
    const after = typed.trim();
    if (after === name) {
      onClose();
      return;
    }
    const wrong = nameMistake(document, after, node.kind, columns) ?? renameMistake(document, name, after);
    setMistake(wrong);
    if (wrong !== null) return;
    const change: Single = { kind: 'rename', before: name, after };
    // Names of flows and nodes hold no slash: this is what draws are made by until now.
    const salt = valueChange(document, after, 'salt', `${document.flow}/${name}`);
    const isKept = draws && keeps && node.salt === undefined;
    editor.change(isKept ? group(`${name} renamed to ${after}`, change, salt) : change);
    onClose();
    choose(after);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rename();
      }}
      noValidate
    >
      <h2>Rename {name}</h2>
      <TextField
        label="New name"
        value={typed}
        onChange={(next) => {
          setTyped(next);
          setMistake(null);
        }}
      />
      <p>{followsIn(node)}</p>
      {draws && node.salt === undefined && (
        <CheckField label="Keep everybody at their arm" checked={keeps} onChange={setKeeps}>
          <p className="field-hint">Draws go on under the old name, which stands at the node as its salt.</p>
        </CheckField>
      )}
      {draws && node.salt !== undefined && <p>Draws are made by its salt: everybody stays at their arm.</p>}
      {lostIn(node) && (
        <p className="problem" role="note">
          {lostIn(node)}
        </p>
      )}
      <Mistakes of={mistake === null ? [] : [{ path: [], code: 'name', message: mistake, hint: null }]} />
      <div className="ask-buttons">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary">
          Rename it
        </button>
      </div>
    </form>
  );
}

function followsIn(node: FlowNode): string {
  if (isValue(node)) return 'All predicates, columns, switches and computations that read it say the new name.';
  const destination = node.kind === 'destination' ? ' The destination stays the same one.' : '';
  return `All ports that lead here lead to the new name, and arms keep the names under which they draw and learn.${destination}`;
}

/** What is kept under the name of a node, and so begins anew. */
function lostIn({ kind }: FlowNode): string | null {
  if (kind === 'bandit') return 'What it has learned is kept under its name: it begins anew.';
  if (kind === 'rotate') return 'Leads are counted under its name: the counts of its arms begin anew.';
  return null;
}

import { useState } from 'react';
import type { FlowNode } from '../../../graphql/flow-document';
import { Dialog } from '../../../shell/dialog';
import { Choice } from '../../../ui/choice';
import { Mistakes, TextField } from '../../../ui/form';
import { useWork } from './context';

/** What a new node says until it is edited. Ports lead to a node that is there, so that only what is meant is wrong. */
const NEW: Record<string, (to: string) => FlowNode> = {
  when: (to) => ({ kind: 'when', if: 'true', then: to, otherwise: to }),
  split: (to) => ({
    kind: 'split',
    arms: [
      { name: 'first', to, weight_ppm: 500_000 },
      { name: 'second', to, weight_ppm: 500_000 },
    ],
  }),
  bandit: (to) => ({ kind: 'bandit', explore_ppm: 50_000, arms: [{ to }] }),
  waterfall: (to) => ({ kind: 'waterfall', to: [to] }),
  table: (to) => ({ kind: 'table', columns: [], rows: [], otherwise: to }),
  destination: () => ({ kind: 'destination' }),
  reject: () => ({ kind: 'reject', reason: 'nobody takes it' }),
  scorecard: () => ({ kind: 'scorecard', points: [] }),
};

/** Adds a node to the draft. No port leads to it yet. */
export function AddNode({ onAdded }: { onAdded: (name: string) => void }) {
  const { document, editor, columns } = useWork();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [kind, setKind] = useState('when');
  const [mistake, setMistake] = useState<string | null>(null);
  const add = () => {
    const wanted = name.trim();
    if (!/^[a-z0-9][a-z0-9_-]*$/.test(wanted)) {
      setMistake('a name has lower-case letters, digits, - and _');
      return;
    }
    if (document.nodes[wanted]) {
      setMistake(`there is a node \`${wanted}\` already`);
      return;
    }
    const to = Object.entries(document.nodes).find(([, node]) => node.kind === 'destination')?.[0] ?? document.root;
    const made = NEW[kind]?.(to) ?? { kind };
    const node = kind === 'table' && columns[0] ? { ...made, columns: [columns[0].name] } : made;
    editor.change({ kind: 'node', node: wanted, before: null, after: node });
    setOpen(false);
    setName('');
    onAdded(wanted);
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Add…
      </button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} label="Add a node" className="ask">
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
              options={Object.keys(NEW)}
              isRequired
              onChange={(next) => next && setKind(next)}
            />
            <TextField
              label="Name"
              value={name}
              onChange={(next) => {
                setName(next);
                setMistake(null);
              }}
              hint="Draws and what is learned are kept under it."
            />
          </div>
          <Mistakes of={mistake === null ? [] : [{ path: [], code: 'name', message: mistake, hint: null }]} />
          <div className="ask-buttons">
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Cancel
            </button>
            <button type="submit" className="button primary">
              Add it
            </button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

import { Dialog } from './dialog';

const KEYS: [string, string][] = [
  ['Ctrl K', 'go anywhere by name'],
  ['g o', 'overview'],
  ['g t', 'trends'],
  ['g f', 'flows'],
  ['g e', 'experiments'],
  ['g u', 'rollouts'],
  ['g r', 'replays'],
  ['g l', 'leads'],
  ['g s', 'sources'],
  ['g y', 'deliveries'],
  ['g d', 'destinations'],
  ['g c', 'conversions'],
  ['g h', 'changes'],
  ['j / k', 'next, previous row of a list'],
  ['Enter', 'open the row'],
  ['/', 'to the filters of a list'],
  ['[ / ]', 'previous, next step of a lead'],
  ['z', 'fold what is below the chosen step of a flow'],
  ['F8', 'to the next finding of a draft'],
  ['Ctrl Z', 'take back the last change of a draft'],
  ['w', 'show or hide why other destinations did not get it'],
  ['?', 'this list'],
];

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} label="Keys" className="help">
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button" onClick={onClose}>
        Close
      </button>
    </Dialog>
  );
}

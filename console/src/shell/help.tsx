import { GO_KEYS } from '../ui/keys';
import { Dialog } from './dialog';
import { screenName } from './palette-targets';

const KEYS: [string, string][] = [
  ['Ctrl K', 'go anywhere by name'],
  ...Object.entries(GO_KEYS).map(([key, to]): [string, string] => [`g ${key}`, screenName(to).toLowerCase()]),
  ['j / k', 'next, previous row of a list'],
  ['Enter', 'open the row'],
  ['/', 'to the filters of a list; in a flow, find a step'],
  ['[ / ]', 'previous, next step of a lead'],
  ['z', 'fold what is below the chosen step of a flow'],
  ['1 to 4', 'plain flow, traffic, money, why not'],
  ['f', 'fit the whole flow'],
  ['F8', 'to the next finding of a draft'],
  ['Ctrl Space', 'what fits in a predicate'],
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

import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { LeadFilters } from '../graphql/generated';
import { useAsk } from '../graphql/use-ask';
import { Dialog } from './dialog';
import { type Target, targets } from './palette-targets';
import { useMay } from './session';

/** Goes anywhere by name: a screen, a flow, a destination, or the lead with an id. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} label="Go to" className="palette">
      <Search onClose={onClose} />
    </Dialog>
  );
}

function Search({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const navigate = useNavigate();
  const mayRead = useMay('READ');
  const names = useAsk(LeadFilters, {}, { enabled: mayRead, staleMs: 60_000 });
  const found = targets(text, {
    mayRead,
    flows: names.data?.flows.nodes.map((flow) => flow.name) ?? [],
    destinations: names.data?.destinations.nodes.map((destination) => destination.name) ?? [],
  });
  const go = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    void navigate({ to: target.to });
  };
  const active = found[Math.min(chosen, found.length - 1)];
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog is opened to type into it
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={active ? `palette-${active.to}` : undefined}
        aria-label="Name of a screen, flow or destination, or the id of a lead"
        placeholder="Screen, flow, destination, or id of a lead"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setChosen((at) => Math.min(at + 1, found.length - 1));
          else if (event.key === 'ArrowUp') setChosen((at) => Math.max(at - 1, 0));
          else if (event.key === 'Enter') go(active);
          else return;
          event.preventDefault();
        }}
      />
      <div id="palette-list" role="listbox" aria-label="Places">
        {found.map((target) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are with the text field above
          <div
            key={target.to}
            id={`palette-${target.to}`}
            role="option"
            tabIndex={-1}
            aria-selected={target === active}
            onClick={() => go(target)}
          >
            <span>{target.label}</span>
            <span className="faint">{target.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="faint">Nothing has such a name.</p>}
    </>
  );
}

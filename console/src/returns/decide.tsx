import { useState } from 'react';
import { DecideReturn, type ReturnDecision, type ReturnRowFragment } from '../graphql/generated';
import { useChange } from '../graphql/use-change';
import { Ask } from '../ui/ask';
import { mistakesAt, TextField } from '../ui/form';
import { money, shortId } from '../ui/format';
import { Allowed } from '../ui/parts';
import { DECISIONS, decisionsOf, RETURN_KINDS } from './words';

/** The buttons of what may be decided about a return, each with what follows before it is sent. */
export function Decide({ of }: { of: ReturnRowFragment }) {
  const decisions = decisionsOf(of);
  if (decisions.length === 0) return null;
  return (
    <Allowed to="OPERATE" by="an operator">
      <div className="actions">
        {decisions.map((decision) => (
          <Decision key={decision} of={of} decision={decision} />
        ))}
      </div>
    </Allowed>
  );
}

function Decision({ of, decision }: { of: ReturnRowFragment; decision: ReturnDecision }) {
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const change = useChange(DecideReturn, (answer) => answer.decideReturn);
  const { button, follows } = DECISIONS[decision];
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {button}…<span className="visually-hidden"> {shortId(of.id)}</span>
      </button>
      <Ask
        title={`${button} the ${RETURN_KINDS[of.kind]} of ${of.destination}`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label={`${button} it`}
        change={change}
        onSend={() => change.send({ input: { id: of.id, decision, note: note.trim() } })}
        places={['note']}
      >
        <ul className="held-effects" aria-label="What follows">
          {of.reason && <li>Its reason: {of.reason}.</li>}
          <li>{follows(of.destination)}</li>
          {decision === 'REVERSE' && <li>{money(of.revenue, of.currency)} were taken back.</li>}
        </ul>
        <TextField
          label="Note"
          kind="long"
          value={note}
          onChange={setNote}
          mistakes={mistakesAt(change.mistakes, 'note')}
          hint={`${of.destination} may read it`}
        />
      </Ask>
    </>
  );
}

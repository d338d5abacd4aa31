import { useState } from 'react';
import { SetDestinationActive } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { TextField } from '../../ui/form';
import { count } from '../../ui/format';
import { Allowed } from '../../ui/parts';

/** Takes a destination out of routing, or back into it: once, with what follows from it. */
export function Pause({
  name,
  isActive,
  revision,
  accepted,
  range,
}: {
  name: string;
  isActive: boolean;
  revision: number;
  /** Leads that it accepted in a range of time. */
  accepted: number;
  range: string;
}) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const change = useChange(SetDestinationActive, (answer) => answer.setDestinationActive);
  return (
    <Allowed to="OPERATE" by={`an operator to ${isActive ? 'pause' : 'resume'} it`}>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {isActive ? 'Pause…' : 'Resume…'}
      </button>
      <Ask
        title={`${isActive ? 'Pause' : 'Resume'} ${name}`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label={isActive ? 'Pause' : 'Resume'}
        change={change}
        onSend={() => change.send({ input: { name, isActive: !isActive, expectedRevision: revision, reason } })}
      >
        <p>
          {isActive
            ? `No lead is offered to it from then on; offers under way are finished. It accepted ${count(accepted)} ${accepted === 1 ? 'lead' : 'leads'} in the ${range}: such leads go on as their flows say.`
            : 'It is offered leads again, as its flows, caps and schedule allow.'}
        </p>
        <TextField label="Reason" value={reason} onChange={setReason} hint="It is kept with the change." />
      </Ask>
    </Allowed>
  );
}

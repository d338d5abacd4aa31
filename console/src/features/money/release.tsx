import { useState } from 'react';
import { type ParkedPostbacksQuery, ReplayPostback } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { mistakesAt, TextField } from '../../ui/form';
import { Allowed } from '../../ui/parts';

type Parked = ParkedPostbacksQuery['parkedPostbacks']['nodes'][number];

/** Applies a parked postback, with what it lacked. */
export function Release({ of }: { of: Parked }) {
  const [isOpen, setOpen] = useState(false);
  const [clickId, setClickId] = useState(of.clickId ?? '');
  const [status, setStatus] = useState('');
  const [revenue, setRevenue] = useState('');
  const change = useChange(ReplayPostback, (answer) => answer.replayPostback);
  const [isStillParked, setStillParked] = useState(false);
  const send = async () => {
    const input = { id: of.id, clickId: clickId || null, status: status || null, revenue: revenue || null };
    const made = await change.send({ input });
    setStillParked(made?.outcome === 'PARKED');
    return made !== null && made.outcome !== 'PARKED';
  };
  return (
    <Allowed to="OPERATE" by="an operator">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Apply…
      </button>
      <Ask
        title="Apply a parked postback"
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Apply"
        change={change}
        onSend={send}
        places={['clickId', 'status', 'revenue']}
      >
        <p>What is left empty stays as it was received.</p>
        <TextField
          label="Click id"
          value={clickId}
          onChange={setClickId}
          mistakes={mistakesAt(change.mistakes, 'clickId')}
        />
        <div className="field-row">
          <TextField
            label="Status"
            value={status}
            onChange={setStatus}
            mistakes={mistakesAt(change.mistakes, 'status')}
            hint="sale, rebill, declined, refunded…"
          />
          <TextField
            label="Revenue"
            kind="number"
            value={revenue}
            onChange={setRevenue}
            mistakes={mistakesAt(change.mistakes, 'revenue')}
          />
        </div>
        {isStillParked && (
          <p className="field-errors" role="alert">
            It could not be applied with this either, and stays parked.
          </p>
        )}
      </Ask>
    </Allowed>
  );
}

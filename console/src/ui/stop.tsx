import { type ReactNode, useState } from 'react';
import type { MistakeFragment } from '../graphql/generated';
import { Ask } from './ask';
import { FormProblems, TextField } from './form';
import { Allowed } from './parts';
import { capital } from './sentences';

interface Change {
  mistakes: readonly MistakeFragment[];
  fault: unknown;
  isBusy: boolean;
  reset: () => void;
}

/** What stops leads at once, and what was done with it on this page. */
export interface Stopping {
  /** What is stopped, in a sentence: "flow solar". */
  what: string;
  isStopped: boolean;
  change: Change;
  set: (isStopped: boolean, reason?: string) => Promise<boolean>;
  /** What was done here last, and can be taken back; none at first. */
  done: boolean | null;
}

/** An emergency stop: `send` makes the change, and says whether it was made. */
export function useStopping(
  what: string,
  isStopped: boolean,
  change: Change,
  send: (isStopped: boolean, reason: string) => Promise<boolean>,
): Stopping {
  const [done, setDone] = useState<boolean | null>(null);
  return {
    what,
    isStopped,
    change,
    done,
    set: async (next, reason = '') => {
      const isMade = await send(next, reason);
      if (isMade) setDone(next);
      return isMade;
    },
  };
}

/** The button of the stop; it asks once, and says what follows. */
export function StopButton({ of, children }: { of: Stopping; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  if (of.isStopped) return null;
  return (
    <Allowed to="OPERATE" by="an operator to stop it">
      <button type="button" className="button danger" onClick={() => setOpen(true)}>
        Stop…
      </button>
      <Ask
        title={`Stop ${of.what}`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Stop it now"
        change={of.change}
        onSend={() => of.set(true, reason)}
      >
        {children}
        <TextField label="Reason" value={reason} onChange={setReason} hint="It is kept with the change." />
      </Ask>
    </Allowed>
  );
}

/** That it is stopped, or what was done here a moment ago, with the way back. */
export function StopBand({ of, children }: { of: Stopping; children: ReactNode }) {
  const { what, isStopped, done, change } = of;
  if (!isStopped && done === null) return null;
  return (
    <div className={isStopped ? 'band-inline is-stopped' : 'band-inline'} role="status">
      {isStopped ? (
        <span>
          <strong>{capital(what)} is stopped.</strong> {children}
        </span>
      ) : (
        <span>{capital(what)} takes leads again.</span>
      )}
      <Allowed to="OPERATE" by="an operator to change it">
        <button type="button" className="button" disabled={change.isBusy} onClick={() => void of.set(!isStopped)}>
          {isStopped ? (done === true ? 'Undo: take leads again' : 'Take leads again') : 'Undo: stop it'}
        </button>
      </Allowed>
      <FormProblems mistakes={change.mistakes} fault={change.fault} />
    </div>
  );
}

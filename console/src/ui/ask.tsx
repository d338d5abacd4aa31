import type { ReactNode } from 'react';
import type { MistakeFragment } from '../graphql/generated';
import { Dialog } from '../shell/dialog';
import { FormProblems, otherMistakes } from './form';

/** What a change asks before it is made: what follows from it, and why it is made. */
export function Ask({
  title,
  open,
  onClose,
  label,
  change,
  onSend,
  isReady = true,
  places = [],
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  /** What the button says. */
  label: string;
  change: { mistakes: readonly MistakeFragment[]; fault: unknown; isBusy: boolean; reset: () => void };
  /** Makes the change; whether it was made. */
  onSend: () => Promise<unknown>;
  isReady?: boolean;
  /** Places of mistakes that the children show. */
  places?: string[];
  children: ReactNode;
}) {
  const close = () => {
    change.reset();
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} label={title} className="ask">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onSend().then((made) => {
            if (made) close();
          });
        }}
        noValidate
      >
        <h2>{title}</h2>
        {children}
        <FormProblems mistakes={otherMistakes(change.mistakes, ...places)} fault={change.fault} />
        <div className="ask-buttons">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={change.isBusy || !isReady}>
            {change.isBusy ? 'Sending…' : label}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type BulkActionInput, StartBulkJob, type StartBulkJobMutation } from '../graphql/generated';
import { useAsk } from '../graphql/use-ask';
import { useChange } from '../graphql/use-change';
import { Ask } from '../ui/ask';
import { mistakesAt, TextField } from '../ui/form';
import { count, shortId } from '../ui/format';
import { Time } from '../ui/parts';

type Preview = NonNullable<StartBulkJobMutation['startBulkJob']['preview']>;

/** Asks before one thing is done to many: how many there are, some of them, and how fast. Then the job has a page of its own. */
export function StartBulk({
  title,
  label,
  open,
  onClose,
  action,
  isReady,
  children,
}: {
  title: string;
  label: string;
  open: boolean;
  onClose: () => void;
  action: BulkActionInput;
  isReady: boolean;
  children?: ReactNode;
}) {
  const navigate = useNavigate();
  const [rate, setRate] = useState('20');
  const change = useChange(StartBulkJob, (answer) => answer.startBulkJob);
  const input = { action, rate: /^\d{1,9}$/.test(rate.trim()) ? Number(rate) : 0 };
  const send = async () => {
    const made = await change.send({ input });
    const id = made?.bulkJob?.id;
    if (id) void navigate({ to: '/jobs/$id', params: { id } });
    return made !== null;
  };
  return (
    <Ask
      title={title}
      open={open}
      onClose={onClose}
      label={label}
      change={change}
      onSend={send}
      isReady={isReady}
      places={['rate']}
    >
      {children}
      <TextField
        label="At most"
        unit="a second"
        kind="number"
        value={rate}
        onChange={setRate}
        mistakes={mistakesAt(change.mistakes, 'rate')}
        hint="1 to 1,000; an item waits for the one before it"
      />
      {open && <Before action={action} isReady={isReady} />}
      <p className="faint">It goes on without this page, and can be cancelled; what was done stays done.</p>
    </Ask>
  );
}

/** What would be done now. */
function Before({ action, isReady }: { action: BulkActionInput; isReady: boolean }) {
  const asked = useAsk(StartBulkJob, { input: { action, dryRun: true } }, { enabled: isReady });
  const preview = isReady ? asked.data?.startBulkJob.preview : null;
  return (
    <div className="bulk-before" aria-live="polite">
      {preview ? (
        <>
          <p>
            <strong>
              {count(preview.wouldDo)}
              {preview.isMore && ' of more'}
            </strong>{' '}
            {preview.wouldDo === 1 ? 'is found' : 'are found'} now
            {preview.wouldDo < preview.count && `, of ${count(preview.count)}`}.
          </p>
          <Sample of={preview} />
        </>
      ) : (
        <p className="faint">How many there are is counted once everything above is said.</p>
      )}
    </div>
  );
}

function Sample({ of }: { of: Preview }) {
  if (of.sample.length === 0) return null;
  return (
    <ul className="held-effects" aria-label="Some of them">
      {of.sample.slice(0, 5).map((item) => (
        <li key={item.id}>
          <span className="mono">{shortId(item.id)}</span>{' '}
          {item.__typename === 'Delivery' && (
            <>
              {item.destination}, <Time at={item.createdAt} />
            </>
          )}
          {item.__typename === 'ParkedPostback' && (
            <>
              {item.clickId ?? 'no click'}, <Time at={item.receivedAt} />
            </>
          )}
          {item.__typename === 'SourcePostback' && (
            <>
              {item.source}, <Time at={item.at} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

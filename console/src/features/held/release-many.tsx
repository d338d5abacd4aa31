import { useState } from 'react';
import { StartBulk } from '../../bulk/start';
import type { DeliveryReleaseAnswer, ReleaseDeliveriesFilterInput } from '../../graphql/generated';
import { TextField } from '../../ui/form';
import { ANSWERS } from './effects';

/** Says of many deliveries at once what became of them. */
export function ReleaseMany({ filter, onClose }: { filter: ReleaseDeliveriesFilterInput | null; onClose: () => void }) {
  const [answer, setAnswer] = useState<DeliveryReleaseAnswer>('REJECTED');
  const [price, setPrice] = useState('');
  const [reason, setReason] = useState('');
  const isSold = answer === 'ACCEPTED' && price.trim() !== '';
  const action = {
    releaseDeliveries: { filter: filter ?? {}, answer, reason, ...(isSold && { price: price.trim() }) },
  };
  return (
    <StartBulk
      title="What became of all of them?"
      label="Release them"
      open={filter !== null}
      onClose={onClose}
      action={action}
      isReady={filter !== null && reason.trim() !== ''}
    >
      <fieldset className="choices">
        <legend>Answer</legend>
        {(Object.keys(ANSWERS) as DeliveryReleaseAnswer[]).map((it) => (
          <label key={it} className="choice">
            <input type="radio" name="answer-of-many" checked={answer === it} onChange={() => setAnswer(it)} />
            <span>{ANSWERS[it].label}</span>
          </label>
        ))}
      </fieldset>
      {answer === 'ACCEPTED' && (
        <TextField
          label="It pays for each"
          kind="number"
          value={price}
          onChange={setPrice}
          hint="Empty: the fixed price of each destination"
        />
      )}
      <TextField
        label="How this is known"
        kind="long"
        value={reason}
        onChange={setReason}
        hint="It stays in the list of changes, with each of them"
      />
      <p className="faint">A release cannot be taken back. Walks of leads that were not sold go on.</p>
    </StartBulk>
  );
}

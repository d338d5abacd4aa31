import { useState } from 'react';
import {
  type DeliveryReleaseAnswer,
  type HeldAtQuery,
  type HeldRowFragment,
  ReleaseDelivery,
  type ReleaseDeliveryMutation,
} from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { mistakesAt, TextField } from '../../ui/form';
import { shortId } from '../../ui/format';
import { Allowed } from '../../ui/parts';
import { ANSWERS, effectsOf } from './effects';

/** Says what became of a delivery, with what follows from that before it is sent. */
export function Release({
  row,
  of,
  onMade,
}: {
  row: HeldRowFragment;
  of: HeldAtQuery['destinations']['nodes'][number] | undefined;
  onMade: (delivery: ReleaseDeliveryMutation['releaseDelivery']['delivery']) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const [answer, setAnswer] = useState<DeliveryReleaseAnswer>('ACCEPTED');
  const [price, setPrice] = useState('');
  const [reason, setReason] = useState('');
  const change = useChange(ReleaseDelivery, (made) => made.releaseDelivery);
  const pays = of && { price: of.price, isOnConversion: of.pays !== 'ACCEPT' };
  const send = async () => {
    const isSold = answer === 'ACCEPTED' && price.trim() !== '';
    const input = { id: row.id, answer, reason, ...(isSold && { price: price.trim() }) };
    const made = await change.send({ input });
    if (made) onMade(made.delivery);
    return made !== null;
  };
  return (
    <Allowed to="OPERATE" by="an operator">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Release…<span className="visually-hidden"> {shortId(row.id)}</span>
      </button>
      <Ask
        title={`What became of it at ${row.destination}?`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Release it"
        change={change}
        onSend={send}
        isReady={reason.trim() !== ''}
        places={['price', 'reason']}
      >
        <fieldset className="choices">
          <legend>Answer</legend>
          {(Object.keys(ANSWERS) as DeliveryReleaseAnswer[]).map((it) => (
            <label key={it} className="choice">
              <input type="radio" name="answer" checked={answer === it} onChange={() => setAnswer(it)} />
              <span>{ANSWERS[it].label}</span>
            </label>
          ))}
        </fieldset>
        {answer === 'ACCEPTED' && (
          <TextField
            label="It pays"
            kind="number"
            value={price}
            onChange={setPrice}
            mistakes={mistakesAt(change.mistakes, 'price')}
            hint={
              pays?.price && !pays.isOnConversion ? `Empty: its fixed price, ${pays.price}` : 'Empty: nothing at once'
            }
          />
        )}
        <TextField
          label="How this is known"
          kind="long"
          value={reason}
          onChange={setReason}
          mistakes={mistakesAt(change.mistakes, 'reason')}
          hint="It stays in the list of changes"
        />
        <ul className="held-effects" aria-label="What follows">
          {effectsOf(answer, row, pays, price).map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
        <p className="faint">A release cannot be taken back; what the destination reports later still counts.</p>
      </Ask>
    </Allowed>
  );
}

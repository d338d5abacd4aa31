import { useState } from 'react';
import { type ReturnKind, ReturnLead, ReturnTerms } from '../graphql/generated';
import { useAsk } from '../graphql/use-ask';
import { useChange } from '../graphql/use-change';
import { Ask } from '../ui/ask';
import { Choice } from '../ui/choice';
import { mistakesAt, TextField } from '../ui/form';
import { Allowed } from '../ui/parts';
import { newKey, requestEffects, termsOf } from './words';

const KINDS: Record<ReturnKind, string> = {
  RETURN: 'It gives the lead back, on its terms',
  CHARGEBACK: 'It has charged the money back',
};

/** Takes down that a destination gives a lead back, or has charged it back. */
export function GiveBack({ delivery, destination }: { delivery: string; destination: string }) {
  const [key, setKey] = useState<string | null>(null);
  const [kind, setKind] = useState<ReturnKind>('RETURN');
  const [reason, setReason] = useState('');
  const asked = useAsk(ReturnTerms, { name: destination }, { enabled: key !== null });
  const change = useChange(ReturnLead, (answer) => answer.returnLead);
  const terms = termsOf(asked.data?.destination?.settings);
  const reasons = kind === 'RETURN' ? (terms?.reasons ?? null) : null;
  const mistakes = mistakesAt(change.mistakes, 'reason');
  return (
    <Allowed to="OPERATE" by="an operator">
      <button type="button" className="button" onClick={() => setKey(newKey())}>
        Return…<span className="visually-hidden"> of {destination}</span>
      </button>
      <Ask
        title={`What does ${destination} give back?`}
        open={key !== null}
        onClose={() => setKey(null)}
        label={kind === 'RETURN' ? 'Take the return down' : 'Take the money back'}
        change={change}
        isReady={reason.trim() !== '' && asked.data !== undefined}
        onSend={() =>
          change.send({ input: { deliveryId: delivery, kind, reason: reason.trim(), idempotencyKey: key ?? newKey() } })
        }
        places={['reason']}
      >
        <fieldset className="choices">
          <legend>What happened</legend>
          {(Object.keys(KINDS) as ReturnKind[]).map((it) => (
            <label key={it} className="choice">
              <input
                type="radio"
                name="kind"
                checked={kind === it}
                onChange={() => {
                  setKind(it);
                  setReason('');
                }}
              />
              <span>{KINDS[it]}</span>
            </label>
          ))}
        </fieldset>
        {reasons ? (
          <Choice
            label="Its reason, one of its terms"
            value={reason || undefined}
            options={reasons}
            none="choose one"
            onChange={(next) => setReason(next ?? '')}
          />
        ) : (
          <TextField
            label="Its reason"
            value={reason}
            onChange={setReason}
            mistakes={mistakes}
            hint="At most 60 characters; it is removed if the person of the lead is erased"
          />
        )}
        {asked.data && (
          <ul className="held-effects" aria-label="What follows">
            {requestEffects(kind, destination, terms).map((effect) => (
              <li key={effect}>{effect}</li>
            ))}
          </ul>
        )}
      </Ask>
    </Allowed>
  );
}

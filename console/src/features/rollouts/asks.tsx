import { useState } from 'react';
import {
  AdvanceRollout,
  type OneRolloutFragment,
  PauseRollout,
  ResumeRollout,
  RollBackRollout,
} from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { TextField } from '../../ui/form';
import { Sentence } from '../../ui/parts';
import { capital } from '../../ui/sentences';
import { exposure } from './words';

interface AskOf {
  of: OneRolloutFragment;
  open: boolean;
  onClose: () => void;
}

function Reason({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return <TextField label="Reason" kind="long" value={value} onChange={onChange} hint="Kept with the change." />;
}

function inputOf({ name, revision }: OneRolloutFragment, reason: string) {
  return { input: { name, revision, reason: reason.trim() || null } };
}

export function AdvanceAsk({ of, open, onClose }: AskOf) {
  const [reason, setReason] = useState('');
  const change = useChange(AdvanceRollout, (answer) => answer.advanceRollout);
  const next = of.steps[of.step + 1];
  return (
    <Ask
      title={next ? `Next step of ${of.name}` : `Make ${of.name} live`}
      open={open}
      onClose={onClose}
      label={next ? 'Begin it' : 'Make it live'}
      change={change}
      onSend={() => change.send(inputOf(of, reason))}
    >
      <p>
        {next
          ? `From now on: ${exposure(next)}. Leads that the version has already stay with it.`
          : 'All leads are routed by the version from now on.'}
      </p>
      {of.gate?.state === 'WAITING' && (
        <div className="effect">
          <h3>The gate is not open</h3>
          {of.gate.reasons.map((it) => (
            <p key={it}>
              <Sentence text={capital(it)} />.
            </p>
          ))}
        </div>
      )}
      <Reason value={reason} onChange={setReason} />
    </Ask>
  );
}

export function PauseAsk({ of, open, onClose }: AskOf) {
  const [reason, setReason] = useState('');
  const change = useChange(PauseRollout, (answer) => answer.pauseRollout);
  return (
    <Ask
      title={`Stop ${of.name}`}
      open={open}
      onClose={onClose}
      label="Stop"
      change={change}
      onSend={() => change.send(inputOf(of, reason))}
    >
      <p>All leads go to the live version. It stays at its step, and can go on from there.</p>
      <Reason value={reason} onChange={setReason} />
    </Ask>
  );
}

export function ResumeAsk({ of, open, onClose }: AskOf) {
  const [reason, setReason] = useState('');
  const change = useChange(ResumeRollout, (answer) => answer.resumeRollout);
  const now = of.steps[of.step];
  return (
    <Ask
      title={`Go on with ${of.name}`}
      open={open}
      onClose={onClose}
      label="Go on"
      change={change}
      onSend={() => change.send(inputOf(of, reason))}
    >
      <p>Its step begins anew: {now ? exposure(now) : 'the last one'}.</p>
      <Reason value={reason} onChange={setReason} />
    </Ask>
  );
}

export function BackAsk({ of, open, onClose }: AskOf) {
  const [reason, setReason] = useState('');
  const change = useChange(RollBackRollout, (answer) => answer.rollBackRollout);
  return (
    <Ask
      title={`Turn ${of.name} back`}
      open={open}
      onClose={onClose}
      label="Turn back for good"
      change={change}
      onSend={() => change.send(inputOf(of, reason))}
    >
      <p>
        All leads go to the live version, and the experiment that watches it ends with the decision to keep that. This
        rollout cannot go on afterwards; the version can be rolled out anew under another name.
      </p>
      <Reason value={reason} onChange={setReason} />
    </Ask>
  );
}

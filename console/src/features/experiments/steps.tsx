import { useState } from 'react';
import {
  type OneExperimentFragment,
  PauseExperiment,
  SetExperimentShare,
  StartExperiment,
} from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { ppm } from '../../ui/figures';
import { mistakesAt, scaled, TextField } from '../../ui/form';

interface StepOf {
  of: OneExperimentFragment;
  open: boolean;
  onClose: () => void;
}

export function Start({ of, open, onClose }: StepOf) {
  const [note, setNote] = useState('');
  const change = useChange(StartExperiment, (answer) => answer.startExperiment);
  const resumes = of.state === 'PAUSED';
  return (
    <Ask
      title={resumes ? `Resume ${of.name}` : `Start ${of.name}`}
      open={open}
      onClose={onClose}
      label={resumes ? 'Resume' : 'Start'}
      change={change}
      onSend={() => change.send({ input: { name: of.name, revision: of.revision, note: note || null } })}
    >
      <p>
        {of.candidate
          ? `${ppm(of.sharePpm)} of all leads of ${of.flow} are routed by version ${of.candidate.number} from then on. The live version cannot be moved meanwhile.`
          : `Leads that draw at ${of.node} count from then on. Nothing changes for them: the split goes on as it is written.`}
      </p>
      <TextField label="Reason" kind="long" value={note} onChange={setNote} hint="Kept with the change." />
    </Ask>
  );
}

export function Pause({ of, open, onClose }: StepOf) {
  const [note, setNote] = useState('');
  const change = useChange(PauseExperiment, (answer) => answer.pauseExperiment);
  return (
    <Ask
      title={`Pause ${of.name}`}
      open={open}
      onClose={onClose}
      label="Pause"
      change={change}
      onSend={() => change.send({ input: { name: of.name, revision: of.revision, note: note || null } })}
    >
      <p>
        {of.candidate
          ? 'All leads are routed by the live version from then on. Leads of before still count.'
          : 'No further lead takes part. Leads of before still count, and the split goes on as it is written.'}
      </p>
      <TextField label="Reason" kind="long" value={note} onChange={setNote} hint="Kept with the change." />
    </Ask>
  );
}

export function Share({ of, open, onClose }: StepOf) {
  const [share, setShare] = useState(String(of.sharePpm / 10_000));
  const [note, setNote] = useState('');
  const change = useChange(SetExperimentShare, (answer) => answer.setExperimentShare);
  const sharePpm = scaled(share, 10_000);
  const whole = sharePpm !== null && sharePpm >= 0 && sharePpm <= 2_000_000_000 ? sharePpm : null;
  return (
    <Ask
      title={`Share of ${of.name}`}
      open={open}
      onClose={onClose}
      label="Change the share"
      change={change}
      isReady={whole !== null}
      places={['sharePpm']}
      onSend={() =>
        change.send({ input: { name: of.name, sharePpm: whole ?? 0, revision: of.revision, note: note || null } })
      }
    >
      <p>
        Now {ppm(of.sharePpm)} of leads are routed by version {of.candidate?.number}. A larger share keeps the leads of
        a smaller one.
      </p>
      <TextField
        label="Share of leads"
        kind="number"
        unit="%"
        value={share}
        onChange={setShare}
        mistakes={[
          ...(whole === null ? [{ path: [], code: 'number', message: 'this is no share', hint: 'write 12.5' }] : []),
          ...mistakesAt(change.mistakes, 'sharePpm'),
        ]}
      />
      <TextField label="Reason" kind="long" value={note} onChange={setNote} hint="Kept with the change." />
    </Ask>
  );
}

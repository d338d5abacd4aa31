import { useState } from 'react';
import {
  ConcludeExperiment,
  ExperimentFlow,
  type ExperimentFlowQuery,
  type OneExperimentFragment,
  PromotedChanges,
} from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { ppm } from '../../ui/figures';
import { CheckField, TextField } from '../../ui/form';
import { count } from '../../ui/format';
import { Sentence } from '../../ui/parts';
import { changeText } from '../../ui/sentences';
import { canPromote, shifted, unpromoted } from './promotion';

/** Ends an experiment: what is decided, why, and what changes for leads at that moment. */
export function Conclude({
  of,
  currency,
  open,
  onClose,
}: {
  of: OneExperimentFragment;
  currency: string | undefined;
  open: boolean;
  onClose: () => void;
}) {
  const change = useChange(ConcludeExperiment, (answer) => answer.concludeExperiment);
  const advised = of.readout.advice.action === 'SHIP' ? of.readout.advice.arm : null;
  const [decision, setDecision] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [promotes, setPromotes] = useState(true);
  const chosen = decision ?? (advised !== null ? `ship ${advised}` : 'keep');
  const arm = chosen.startsWith('ship ') ? chosen.slice(5) : null;
  const [first, ...others] = of.arms;
  const flow = useAsk(ExperimentFlow, { flow: of.flow }, { enabled: open });
  const live = flow.data?.flow?.stage?.version ?? null;
  // The server refuses it for bandits and hold-outs, so that it is not offered for them.
  const isLive = arm !== null && promotes && canPromote(of, live?.document);
  return (
    <Ask
      title={`Conclude ${of.name}`}
      open={open}
      onClose={onClose}
      label={isLive ? 'Conclude and make it live' : 'Conclude'}
      change={change}
      onSend={() =>
        change.send({
          input: {
            name: of.name,
            revision: of.revision,
            decision: arm !== null ? { ship: arm } : chosen === 'keep' ? { keep: true } : { inconclusive: true },
            reason: reason || null,
            promote: isLive,
          },
        })
      }
    >
      <p className="faint">
        <Sentence text={of.readout.advice.sentence} currency={of.primary === 'REVENUE' ? currency : null} />.
      </p>
      <fieldset className="choices">
        <legend>Decision</legend>
        {others.map((other) => (
          <Decision key={other} value={`ship ${other}`} chosen={chosen} onChoose={setDecision}>
            <strong>{other}</strong> replaces {first}
          </Decision>
        ))}
        <Decision value="keep" chosen={chosen} onChoose={setDecision}>
          <strong>{first}</strong> stays
        </Decision>
        <Decision value="inconclusive" chosen={chosen} onChoose={setDecision}>
          nothing can be said
        </Decision>
      </fieldset>
      <TextField label="Reason" kind="long" value={reason} onChange={setReason} hint="Kept with the decision." />
      {arm !== null && canPromote(of, live?.document) && (
        <CheckField label={`Make ${arm} live at once`} checked={promotes} onChange={setPromotes} />
      )}
      <div className="effect" aria-live="polite">
        <h3>What changes</h3>
        {arm !== null && flow.isPending ? (
          <p className="faint">Looking at the live version…</p>
        ) : isLive && live !== null ? (
          <Promotion of={of} arm={arm} live={live} />
        ) : (
          <p>{unpromoted(of, live?.document)}</p>
        )}
      </div>
    </Ask>
  );
}

function Decision({
  value,
  chosen,
  onChoose,
  children,
}: {
  value: string;
  chosen: string;
  onChoose: (value: string) => void;
  children: React.ReactNode;
}) {
  return (
    <label className="choice">
      <input type="radio" name="decision" checked={chosen === value} onChange={() => onChoose(value)} />
      <span>{children}</span>
    </label>
  );
}

type LiveVersion = NonNullable<NonNullable<NonNullable<ExperimentFlowQuery['flow']>['stage']>['version']>;

/** The version or the weights that leads meet from then on. */
function Promotion({ of, arm, live }: { of: OneExperimentFragment; arm: string; live: LiveVersion }) {
  if (of.candidate) {
    return <PromotedVersion from={live} to={of.candidate} />;
  }
  const moved = shifted(live.document, of.node ?? '', of.arms, arm);
  if (!moved) return null;
  return (
    <>
      <p>
        A new version of {of.flow} becomes live in place of version {live.number}, with these weights of{' '}
        <strong>{of.node}</strong>:
      </p>
      <table className="moved">
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col" className="right">
              Now
            </th>
            <th scope="col" className="right">
              Then
            </th>
          </tr>
        </thead>
        <tbody>
          {moved.map(({ arm: name, before, after }) => (
            <tr key={name} className={before === after ? 'is-over' : undefined}>
              <th scope="row">{name}</th>
              <td className="right number">{ppm(before)}</td>
              <td className="right number">{before === after ? 'as now' : ppm(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function PromotedVersion({
  from,
  to,
}: {
  from: { hash: string; number: number };
  to: { hash: string; number: number; message: string };
}) {
  const diff = useAsk(PromotedChanges, { from: from.hash, to: to.hash });
  const changes = diff.data?.flowDiff ?? [];
  return (
    <>
      <p>
        Version {to.number}
        {to.message && ` (${to.message})`} routes all leads in place of version {from.number}
        {changes.length > 0 && `, with ${count(changes.length)} ${changes.length === 1 ? 'change' : 'changes'}`}:
      </p>
      <ul className="change-list">
        {changes.slice(0, 8).map(({ node, part, message }) => (
          <li key={`${node} ${part} ${message}`}>
            <Sentence text={changeText(message)} />
          </li>
        ))}
        {changes.length > 8 && <li className="faint">and {count(changes.length - 8)} more</li>}
      </ul>
    </>
  );
}

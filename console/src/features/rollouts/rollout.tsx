import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type OneRolloutFragment, Rollout as RolloutOperation, type RolloutQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useCurrencies } from '../../ui/currencies';
import { Allowed, Card, Empty, Fact, Heading, Loaded, Sentence, StateChip, Time } from '../../ui/parts';
import { capital } from '../../ui/sentences';
import { AdvanceAsk, BackAsk, PauseAsk, ResumeAsk } from './asks';
import { STATES } from './rollouts';
import { ShadowCard } from './shadow';
import { Watched } from './watched';
import { evidenceWords, exposure, gateWords, placeWords } from './words';

export { NewRollout } from './new-rollout';

/** One rollout: where it stands, what it waits for, and the ways out of it. */
export function Rollout() {
  const { name } = useParams({ from: '/shell/rollouts/$name' });
  const asked = useAsk(RolloutOperation, { name }, { poll: true });
  return (
    <Loaded of={asked}>
      {({ rollout }) =>
        rollout ? (
          <Found key={rollout.name} of={rollout} />
        ) : (
          <>
            <Heading title={name} />
            <Empty title="There is no rollout with this name." />
          </>
        )
      }
    </Loaded>
  );
}

type Way = 'advance' | 'pause' | 'resume' | 'back' | null;
type WholeRollout = NonNullable<RolloutQuery['rollout']>;

function Found({ of }: { of: WholeRollout }) {
  const currency = useCurrencies()[of.flow];
  const [way, setWay] = useState<Way>(null);
  const close = () => setWay(null);
  const isShadow = of.endedAt === null && of.steps[of.step]?.sharePpm === null;
  return (
    <>
      <Heading title={of.name}>
        <div className="actions">
          <StateChip state={`ROLLOUT_${of.state}`} label={STATES[of.state]} />
          {of.endedAt === null && <Ways of={of} onWay={setWay} />}
        </div>
      </Heading>
      <Steps of={of} />
      <Gate of={of} />
      <Plan of={of} />
      {of.steps[0]?.sharePpm === null && <ShadowCard of={of} isNow={isShadow} currency={currency} />}
      {of.experiment && <Watched of={of.experiment} currency={currency} />}
      <History of={of} />
      <AdvanceAsk of={of} open={way === 'advance'} onClose={close} />
      <PauseAsk of={of} open={way === 'pause'} onClose={close} />
      <ResumeAsk of={of} open={way === 'resume'} onClose={close} />
      <BackAsk of={of} open={way === 'back'} onClose={close} />
    </>
  );
}

function Ways({ of, onWay }: { of: OneRolloutFragment; onWay: (way: Way) => void }) {
  const button = (way: Way, label: string) => (
    <button type="button" className="button" onClick={() => onWay(way)}>
      {label}
    </button>
  );
  return (
    <Allowed to="EDIT" by="an editor">
      {of.state === 'RUNNING' && button('advance', of.step + 1 < of.steps.length ? 'Next step…' : 'Make it live…')}
      {of.state === 'RUNNING' && button('pause', 'Stop…')}
      {of.state === 'PAUSED' && button('resume', 'Go on…')}
      {button('back', 'Turn back…')}
    </Allowed>
  );
}

/** The way from nobody to everybody, with the place where it stands. */
function Steps({ of }: { of: OneRolloutFragment }) {
  const isLive = of.state === 'LIVE';
  return (
    <ol className="rollout-steps" aria-label="Steps">
      {of.steps.map((step, at) => {
        const isNow = of.endedAt === null && at === of.step;
        const isDone = isLive || at < of.step;
        return (
          <li
            key={at}
            className={isNow ? 'is-now' : isDone ? 'is-done' : undefined}
            aria-current={isNow ? 'step' : undefined}
          >
            <strong>{exposure(step)}</strong>
            <span className="faint">{gateWords(step.gate)}</span>
            {isNow && (
              <span className="faint">
                since <Time at={of.stepSince} />
              </span>
            )}
          </li>
        );
      })}
      <li className={isLive ? 'is-done' : of.state === 'ROLLED_BACK' ? 'is-off' : undefined}>
        <strong>live</strong>
        <span className="faint">{of.state === 'ROLLED_BACK' ? 'never reached' : 'all leads'}</span>
      </li>
    </ol>
  );
}

const GATES = { OPEN: 'ship', WAITING: 'wait', DOUBTFUL: 'repair', BROKEN: 'stop' } as const;
const GATE_WORDS = {
  OPEN: 'The next step may begin.',
  WAITING: 'It waits.',
  DOUBTFUL: 'Nothing can be believed at present.',
  BROKEN: 'A guardrail is broken: the version is taken back.',
} as const;

function Gate({ of: { gate, state, changes } }: { of: OneRolloutFragment }) {
  const last = changes.at(-1);
  if (!gate || state !== 'RUNNING') {
    const words = { RUNNING: '', PAUSED: 'Stopped', LIVE: 'Live', ROLLED_BACK: 'Turned back' }[state];
    return (
      <section
        className={`verdict-banner verdict-${state === 'PAUSED' ? 'wait' : 'decided'}`}
        aria-label="Where it stands"
      >
        <strong>{words}.</strong>
        {last && (
          <p>
            By {last.by}, <Time at={last.at} />
            {last.reason && (
              <>
                : <Sentence text={last.reason} />
              </>
            )}
          </p>
        )}
        {state === 'PAUSED' && <p>All leads go to the live version.</p>}
      </section>
    );
  }
  return (
    <section className={`verdict-banner verdict-${GATES[gate.state]}`} aria-label="Where it stands">
      <strong>{GATE_WORDS[gate.state]}</strong>
      {gate.reasons.map((reason) => (
        <p key={reason}>
          <Sentence text={capital(reason)} />.
        </p>
      ))}
      {gate.evidence.shadowLeads !== null && <p className="faint">{evidenceWords(gate.evidence)}</p>}
    </section>
  );
}

function Plan({ of }: { of: OneRolloutFragment }) {
  return (
    <dl className="facts">
      <Fact name="Flow">
        <Link to="/flows/$flow" params={{ flow: of.flow }} search={{}}>
          {of.flow}
        </Link>
      </Fact>
      <Fact name="Version">
        <Link to="/flows/$flow" params={{ flow: of.flow }} search={{ at: of.versionHash }}>
          {of.version ? `${of.version.number}` : of.versionHash.slice(0, 12)}
        </Link>
        {of.version?.message && <span className="faint"> {of.version.message}</span>}
      </Fact>
      <Fact name="Goes on">{of.isAutomatic ? 'by itself where a gate is open' : 'when somebody says so'}</Fact>
      <Fact name="Started">
        <Time at={of.createdAt} /> <span className="faint">by {of.createdBy}</span>
      </Fact>
      {of.endedAt && (
        <Fact name="Ended">
          <Time at={of.endedAt} />
        </Fact>
      )}
    </dl>
  );
}

function History({ of }: { of: OneRolloutFragment }) {
  return (
    <Card title="History">
      <ol className="history">
        {of.changes.map(({ at, by, after, reason, evidence }) => (
          <li key={`${at} ${after.state} ${after.step}`}>
            <Time at={at} />
            <StateChip state={`ROLLOUT_${after.state}`} label={placeWords(after, of.steps)} />
            <span>
              by {by}
              {reason && (
                <>
                  : <Sentence text={reason} />
                </>
              )}
              {evidence && <span className="faint"> ({evidenceWords(evidence)})</span>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

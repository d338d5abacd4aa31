import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Experiment as ExperimentOperation, type OneExperimentFragment } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useCurrencies } from '../../ui/currencies';
import { METRICS, ppm } from '../../ui/figures';
import { words } from '../../ui/format';
import { Allowed, Card, Empty, Fact, Heading, Loaded, Sentence, StateChip, Time } from '../../ui/parts';
import { Conclude } from './conclude';
import { ArmsCard, OtherMetricsCard, PrimaryCard, Warnings } from './readout';
import { Pause, Share, Start } from './steps';
import { subject } from './subject';

export { NewExperiment } from './new-experiment';

/** One experiment, from its plan to its decision. */
export function Experiment() {
  const { name } = useParams({ from: '/shell/experiments/$name' });
  const asked = useAsk(ExperimentOperation, { name }, { poll: true });
  return (
    <Loaded of={asked}>
      {({ experiment }) =>
        experiment ? (
          <Found key={experiment.name} of={experiment} />
        ) : (
          <>
            <Heading title={name} />
            <Empty title="There is no experiment with this name." />
          </>
        )
      }
    </Loaded>
  );
}

type Step = 'start' | 'pause' | 'share' | 'conclude' | null;

function Found({ of }: { of: OneExperimentFragment }) {
  const currency = useCurrencies()[of.flow];
  const [step, setStep] = useState<Step>(null);
  const close = () => setStep(null);
  return (
    <>
      <Heading title={of.name}>
        <div className="actions">
          <StateChip state={of.state} />
          <Actions of={of} onStep={setStep} />
        </div>
      </Heading>
      <Advice of={of} currency={currency} />
      <Warnings of={of} />
      <Plan of={of} />
      {of.state !== 'DRAFT' && (
        <>
          <PrimaryCard of={of} currency={currency} />
          <ArmsCard of={of} currency={currency} />
          <div className="columns">
            <OtherMetricsCard of={of} reason="GUARDRAIL" currency={currency} />
            <OtherMetricsCard of={of} reason="SECONDARY" currency={currency} />
          </div>
        </>
      )}
      <History of={of} />
      <Start of={of} open={step === 'start'} onClose={close} />
      <Pause of={of} open={step === 'pause'} onClose={close} />
      <Share of={of} open={step === 'share'} onClose={close} />
      <Conclude of={of} currency={currency} open={step === 'conclude'} onClose={close} />
    </>
  );
}

function Actions({ of, onStep }: { of: OneExperimentFragment; onStep: (step: Step) => void }) {
  if (of.state === 'CONCLUDED') return null;
  const button = (step: Step, label: string) => (
    <button type="button" className="button" onClick={() => onStep(step)}>
      {label}
    </button>
  );
  return (
    <>
      {of.state === 'RUNNING' && (
        <Allowed to="OPERATE" by="an operator">
          {button('pause', 'Pause…')}
        </Allowed>
      )}
      <EditorActions of={of} button={button} />
    </>
  );
}

function EditorActions({
  of,
  button,
}: {
  of: OneExperimentFragment;
  button: (step: Step, label: string) => React.ReactNode;
}) {
  return (
    <Allowed to="EDIT" by="an editor">
      {of.state === 'DRAFT' && button('start', 'Start…')}
      {of.state === 'PAUSED' && button('start', 'Resume…')}
      {of.state === 'RUNNING' && of.candidate !== null && button('share', 'Change the share…')}
      {of.state !== 'DRAFT' && button('conclude', 'Conclude…')}
    </Allowed>
  );
}

/** What to do, above all numbers. */
function Advice({ of, currency }: { of: OneExperimentFragment; currency: string | undefined }) {
  const { conclusion, state, arms, readout } = of;
  if (conclusion) {
    const what = {
      SHIP: `${conclusion.arm} replaces ${arms[0]}`,
      KEEP: `${arms[0]} stays`,
      INCONCLUSIVE: 'Nothing could be said',
    }[conclusion.decision];
    return (
      <section className="verdict-banner verdict-decided" aria-label="Decision">
        <strong>{what}.</strong>
        <p>
          Decided by {conclusion.by}, <Time at={conclusion.at} />
          {conclusion.reason && `: ${conclusion.reason}`}
        </p>
        {conclusion.promotedVersionHash && (
          <p>
            It is live as{' '}
            <Link
              to="/flows/$flow"
              params={{ flow: of.flow }}
              search={{ at: conclusion.promotedVersionHash }}
              className="mono"
            >
              {conclusion.promotedVersionHash.slice(0, 12)}
            </Link>
            . What follows is the readout of that moment.
          </p>
        )}
      </section>
    );
  }
  if (state === 'DRAFT') {
    return (
      <section className="verdict-banner verdict-wait" aria-label="What to do">
        <strong>Planned.</strong>
        <p>No lead takes part before it is started.</p>
      </section>
    );
  }
  const { action, sentence } = readout.advice;
  return (
    <section className={`verdict-banner verdict-${action.toLowerCase()}`} aria-label="What to do">
      <p>
        <strong>
          <Sentence text={sentence} currency={of.primary === 'REVENUE' ? currency : null} />.
        </strong>
      </p>
    </section>
  );
}

function Plan({ of }: { of: OneExperimentFragment }) {
  return (
    <dl className="facts">
      <Fact name="Flow">
        <Link to="/flows/$flow" params={{ flow: of.flow }} search={{ node: of.node ?? undefined }}>
          {of.flow}
        </Link>
      </Fact>
      <Fact name="Compares">
        {of.candidate ? (
          <>
            <Link to="/flows/$flow" params={{ flow: of.flow }} search={{ at: of.candidate.hash }}>
              version {of.candidate.number}
            </Link>{' '}
            with the live one, {ppm(of.sharePpm)} of leads{of.sticky && ` by ${of.sticky}`}
          </>
        ) : (
          subject(of)
        )}
      </Fact>
      <Fact name="Decides">{METRICS[of.primary]}</Fact>
      <Fact name="Matters from">{ppm(of.smallestEffectPpm)}</Fact>
      <Fact name="Window">{of.windowHours === 0 ? 'answers only' : `${of.windowHours} hours`}</Fact>
      {of.layer && (
        <Fact name="Layer">
          {ppm(of.layer.sharePpm)} of {of.layer.name}
        </Fact>
      )}
      {of.covariates.length > 0 && <Fact name="Adjusted by">{of.covariates.join(', ')}</Fact>}
      <Fact name="Started">
        <Time at={of.startedAt} />
      </Fact>
      {of.hypothesis && <Fact name="Hypothesis">{of.hypothesis}</Fact>}
    </dl>
  );
}

function History({ of }: { of: OneExperimentFragment }) {
  return (
    <Card title="History">
      <ol className="history">
        <li>
          <Time at={of.createdAt} />
          <StateChip state="DRAFT" label="planned" />
          <span>by {of.createdBy}</span>
        </li>
        {of.changes
          .filter(({ state }) => state !== 'DRAFT')
          .map(({ at, by, state, sharePpm, note }) => (
            <li key={`${at} ${state} ${sharePpm}`}>
              <Time at={at} />
              <StateChip state={state} label={words(state)} />
              <span>
                by {by}
                {of.candidate && `, ${ppm(sharePpm)} of leads`}
                {note && `: ${note}`}
              </span>
            </li>
          ))}
      </ol>
    </Card>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import {
  asksSlow,
  DecidingFields,
  GuardrailFields,
  otherVersions,
  SlowField,
  VersionChoice,
} from '../../comparison/fields';
import { ComparisonForm, type ComparisonFormQuery, type MistakeFragment, StartRollout } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { CheckField, FormProblems, Mistakes, mistakesAt, otherMistakes, TextField } from '../../ui/form';
import { asTyped } from '../../ui/mistakes-in-percent';
import { Card, Empty, Heading, Loaded } from '../../ui/parts';
import { emptyRollout, ROLLOUT_PLACES, type RolloutDraft, rolloutOf, type StepDraft } from './plan';

/** Starts the rollout of a version: which steps, what must not be harmed, and what opens each gate. */
export function NewRollout() {
  const may = useMay('EDIT');
  const form = useAsk(ComparisonForm, {}, { staleMs: 10_000, enabled: may });
  return (
    <>
      <Heading title="Roll out a version" />
      {!may && <Empty title="Versions are rolled out by editors and admins." />}
      {may && (
        <Loaded of={form}>
          {({ flows }) => {
            const live = flows.nodes.filter(({ isLive, stage }) => isLive && stage?.version);
            return live.length === 0 ? (
              <Empty title="No flow is live yet.">
                <p>A rollout puts a version beside the live one: publish a first version and make it live.</p>
              </Empty>
            ) : (
              <Form flows={live} />
            );
          }}
        </Loaded>
      )}
    </>
  );
}

type Flow = ComparisonFormQuery['flows']['nodes'][number];

function Form({ flows }: { flows: Flow[] }) {
  const asked = useSearch({ from: '/shell/rollouts/new' });
  const navigate = useNavigate();
  const [draft, setDraft] = useState<RolloutDraft>(() => {
    const flow = asked.flow ?? (flows.length === 1 ? (flows[0]?.name ?? '') : '');
    const newest = otherVersions(flows.find(({ name }) => name === flow))[0]?.hash;
    return emptyRollout(flow, asked.version ?? newest ?? '');
  });
  const [unsent, setUnsent] = useState<MistakeFragment[]>([]);
  const change = useChange(StartRollout, (answer) => answer.startRollout);
  const set = (part: Partial<RolloutDraft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setUnsent([]);
    change.reset();
  };
  const flow = flows.find(({ name }) => name === draft.flow);
  const mistakes = [...unsent, ...change.mistakes.map(asTyped)];
  const send = async () => {
    const { input, mistakes: found } = rolloutOf(draft);
    setUnsent(found);
    change.reset();
    if (!input) return;
    const made = await change.send({ input });
    if (made?.rollout) await navigate({ to: '/rollouts/$name', params: { name: made.rollout.name } });
  };
  return (
    <form
      className="rollout-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      noValidate
    >
      <Card title="What goes out">
        <div className="field-row">
          <div>
            <Choice
              label="Flow"
              value={draft.flow || undefined}
              options={flows.map(({ name }) => name)}
              none="choose one"
              onChange={(next) =>
                set({
                  flow: next ?? '',
                  version: otherVersions(flows.find(({ name }) => name === next))[0]?.hash ?? '',
                })
              }
            />
            <Mistakes of={mistakesAt(mistakes, 'flow')} />
          </div>
          <div>
            <VersionChoice
              label="Version"
              versions={otherVersions(flow)}
              value={draft.version}
              onChange={(version) => set({ version })}
            />
            <Mistakes of={mistakesAt(mistakes, 'version')} />
          </div>
          <TextField
            label="Name"
            value={draft.name}
            onChange={(name) => set({ name })}
            mistakes={mistakesAt(mistakes, 'name')}
            hint="Also that of the experiment that watches it."
          />
        </div>
        <TextField
          label="What you expect, and why"
          kind="long"
          value={draft.hypothesis}
          onChange={(hypothesis) => set({ hypothesis })}
          mistakes={mistakesAt(mistakes, 'hypothesis')}
        />
      </Card>
      <Card title="Steps">
        <StepRows draft={draft} set={set} mistakes={mistakes} />
        <Mistakes of={mistakes.filter(({ path }) => path.length === 1 && path[0] === 'steps')} />
        <TextField
          label="Keeps people by"
          value={draft.sticky}
          onChange={(sticky) => set({ sticky })}
          mistakes={mistakesAt(mistakes, 'sticky')}
          hint="A lead field, such as email. Empty: each lead is chosen by itself."
        />
        <CheckField
          label="Goes on by itself where a gate is open"
          checked={draft.isAutomatic}
          onChange={(isAutomatic) => set({ isAutomatic })}
        />
        <p className="faint">What harms is taken back by itself in any case.</p>
      </Card>
      <Card title="What must not be harmed">
        <Watches draft={draft} set={set} mistakes={mistakes} />
      </Card>
      <FormProblems mistakes={otherMistakes(mistakes, ...ROLLOUT_PLACES)} fault={change.fault} />
      <div className="ask-buttons">
        <button type="submit" className="button primary" disabled={change.isBusy}>
          {change.isBusy ? 'Sending…' : 'Start the rollout'}
        </button>
        <span className="faint">
          {draft.steps[0]?.isShadow
            ? 'Nothing is sent by the version at its first step.'
            : 'The version takes leads at once.'}
        </span>
      </div>
    </form>
  );
}

interface Part {
  draft: RolloutDraft;
  set: (part: Partial<RolloutDraft>) => void;
  mistakes: MistakeFragment[];
}

/** Most steps that a rollout has. */
const STEPS_MAX = 12;

function StepRows({ draft, set, mistakes }: Part) {
  const change = (at: number, part: Partial<StepDraft>) =>
    set({ steps: draft.steps.map((step, n) => (n === at ? { ...step, ...part } : step)) });
  return (
    <ol className="step-drafts">
      {draft.steps.map((step, at) => (
        <li key={at}>
          <fieldset>
            <legend>Step {at + 1}</legend>
            <div className="field-row">
              {at === 0 && (
                <Choice
                  label="The version"
                  value={step.isShadow ? 'shadow' : 'share'}
                  options={['shadow', 'share'] as const}
                  show={(it) => (it === 'shadow' ? 'decides, sends nothing' : 'takes a share')}
                  isRequired
                  onChange={(it) => change(at, { isShadow: it === 'shadow' })}
                />
              )}
              {!step.isShadow && (
                <TextField
                  label="Share of leads"
                  kind="number"
                  unit="%"
                  value={step.share}
                  onChange={(share) => change(at, { share })}
                  mistakes={mistakesAt(mistakes, `steps.${at}.exposure`, `steps.${at}.sharePpm`)}
                />
              )}
              <TextField
                label="Goes on after leads"
                kind="number"
                value={step.minLeads}
                onChange={(minLeads) => change(at, { minLeads })}
                mistakes={mistakesAt(mistakes, `steps.${at}.gate.minLeads`)}
              />
              <TextField
                label="and hours"
                kind="number"
                value={step.minHours}
                onChange={(minHours) => change(at, { minHours })}
                mistakes={mistakesAt(mistakes, `steps.${at}.gate.minHours`)}
              />
              {!step.isShadow && (
                <div className="step-ship">
                  <CheckField
                    label="and only if the readout advises to ship"
                    checked={step.requiresShip}
                    onChange={(requiresShip) => change(at, { requiresShip })}
                  />
                  <Mistakes of={mistakesAt(mistakes, `steps.${at}.gate.requiresShip`)} />
                </div>
              )}
              {draft.steps.length > 1 && (
                <button
                  type="button"
                  className="link"
                  onClick={() => set({ steps: draft.steps.filter((_, n) => n !== at) })}
                >
                  Remove<span className="visually-hidden"> step {at + 1}</span>
                </button>
              )}
            </div>
          </fieldset>
        </li>
      ))}
      {draft.steps.length < STEPS_MAX && (
        <li>
          <button
            type="button"
            className="button"
            onClick={() =>
              set({
                steps: [
                  ...draft.steps,
                  { isShadow: false, share: '', minLeads: '5000', minHours: '24', requiresShip: false },
                ],
              })
            }
          >
            Add a step
          </button>
        </li>
      )}
    </ol>
  );
}

function Watches(part: Part) {
  return (
    <>
      <GuardrailFields {...part} />
      <div className="field-row">
        <DecidingFields label="What decides" {...part} />
        <SlowField {...part} isAsked={asksSlow(part.draft)} />
      </div>
    </>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import {
  asksSlow,
  DecidingFields,
  GuardrailFields,
  otherVersions,
  SlowField,
  VersionChoice,
} from '../../comparison/fields';
import {
  ComparisonForm,
  type ComparisonFormQuery,
  CreateExperiment,
  type ExperimentMetric,
  type MistakeFragment,
} from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { METRICS, ppm } from '../../ui/figures';
import { CheckField, FormProblems, Mistakes, mistakesAt, otherMistakes, TextField } from '../../ui/form';
import { asTyped } from '../../ui/mistakes-in-percent';
import { Card, Empty, Heading, Loaded } from '../../ui/parts';
import { type Compares, type Draft, emptyDraft, inputOf, PLACES, PLACES_OF, sizeOf } from './plan';
import { banditsOf, splitsOf } from './promotion';
import { Size } from './size';

/** Plans an experiment: what is compared, what decides, and how long it takes before anybody starts it. */
export function NewExperiment() {
  const may = useMay('EDIT');
  const form = useAsk(ComparisonForm, {}, { staleMs: 60_000, enabled: may });
  return (
    <>
      <Heading title="Plan an experiment" />
      {!may && <Empty title="Experiments are planned by editors and admins." />}
      {may && (
        <Loaded of={form}>
          {({ flows }) => {
            const live = flows.nodes.filter(({ isLive, stage }) => isLive && stage?.version);
            if (live.length === 0) {
              return (
                <Empty title="No flow is live yet.">
                  <p>
                    An experiment asks the leads of a live flow: publish a version and move the stage live to it first.
                  </p>
                </Empty>
              );
            }
            return <Form flows={live} />;
          }}
        </Loaded>
      )}
    </>
  );
}

type Flow = ComparisonFormQuery['flows']['nodes'][number];

function Form({ flows }: { flows: Flow[] }) {
  const { flow: asked } = useSearch({ from: '/shell/experiments/new' });
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>(() => ({
    ...emptyDraft(),
    flow: asked ?? (flows.length === 1 ? (flows[0]?.name ?? '') : ''),
  }));
  const [unsent, setUnsent] = useState<MistakeFragment[]>([]);
  const change = useChange(CreateExperiment, (answer) => answer.createExperiment);
  // Mistakes at what was changed since they were told.
  const [mended, setMended] = useState<string[]>([]);
  const set = (part: Partial<Draft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setMended((old) => [...old, ...(Object.keys(part) as (keyof Draft)[]).flatMap((key) => PLACES_OF[key])]);
  };
  const flow = flows.find(({ name }) => name === draft.flow);
  const currency = flow?.stage?.version?.currency;
  const isBandit = draft.compares === 'bandit';
  const splits = useMemo(() => {
    const document = flow?.stage?.version?.document;
    if (!document) return [];
    return isBandit ? banditsOf(document) : splitsOf(document);
  }, [flow, isBandit]);
  const split = splits.find(({ node }) => node === draft.node);
  const weights = draft.arms.slice(0, 2).map((name) => split?.arms.find((arm) => arm.name === name)?.weightPpm ?? 0);
  const [first = 0, other = 0] = weights;
  const mistakes = otherMistakes([...unsent, ...change.mistakes.map(asTyped)], ...mended);
  const send = async () => {
    const { input, mistakes: found } = inputOf(draft);
    setUnsent(found);
    setMended([]);
    change.reset();
    if (!input) return;
    const made = await change.send({ input });
    if (made?.experiment) {
      await navigate({ to: '/experiments/$name', params: { name: made.experiment.name } });
    }
  };
  return (
    <div className="plan">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
        noValidate
      >
        <Card title="What is asked">
          <div className="field-row">
            <Choice
              label="Flow"
              value={draft.flow || undefined}
              options={flows.map(({ name }) => name)}
              none="choose one"
              onChange={(next) => set({ flow: next ?? '', node: '', arms: [], version: '' })}
            />
            <TextField
              label="Name"
              value={draft.name}
              onChange={(name) => set({ name })}
              mistakes={mistakesAt(mistakes, 'name')}
              hint="Lower-case letters, digits, - and _."
            />
          </div>
          <Mistakes of={mistakesAt(mistakes, 'flow')} />
          <TextField
            label="What you expect, and why"
            kind="long"
            value={draft.hypothesis}
            onChange={(hypothesis) => set({ hypothesis })}
            mistakes={mistakesAt(mistakes, 'hypothesis')}
          />
        </Card>
        <Card title="What is compared">
          <Compared flow={flow} splits={splits} draft={draft} set={set} mistakes={mistakes} />
        </Card>
        <Card title="What decides">
          <Deciding draft={draft} set={set} mistakes={mistakes} />
        </Card>
        <Card title="What must not be harmed">
          <Guardrails draft={draft} set={set} mistakes={mistakes} />
        </Card>
        <FormProblems mistakes={otherMistakes(mistakes, ...PLACES)} fault={change.fault} />
        <div className="ask-buttons">
          <button type="submit" className="button primary" disabled={change.isBusy}>
            {change.isBusy ? 'Sending…' : 'Plan it'}
          </button>
          <span className="faint">No lead takes part before it is started.</span>
        </div>
      </form>
      <Size
        input={sizeOf(draft, draft.arms.length >= 2 && first > 0 && other > 0 ? [first, other] : null)}
        metric={draft.primary}
        currency={currency}
      />
    </div>
  );
}

interface Part {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
  mistakes: MistakeFragment[];
}

/** A node whose arms can be compared; weights of a bandit are learned. */
interface Drawing {
  node: string;
  arms: { name: string; weightPpm: number | null }[];
}

const COMPARES: Record<Compares, string> = {
  split: 'Arms of a split of the live version',
  bandit: 'Arms of a bandit of the live version',
  version: 'A version beside the live one',
  holdOut: 'A share of a layer that takes part in nothing',
};

function Compared({ flow, splits, draft, set, mistakes }: Part & { flow: Flow | undefined; splits: Drawing[] }) {
  if (!flow) return <p className="faint">Choose a flow first.</p>;
  const arms = splits.find(({ node }) => node === draft.node)?.arms ?? [];
  return (
    <>
      <fieldset className="choices">
        <legend className="visually-hidden">Kind of comparison</legend>
        {(Object.keys(COMPARES) as Compares[]).map((compares) => (
          <label className="choice" key={compares}>
            <input
              type="radio"
              name="compares"
              checked={draft.compares === compares}
              onChange={() => set({ compares, node: '', arms: [] })}
            />
            <span>{COMPARES[compares]}</span>
          </label>
        ))}
      </fieldset>
      {(draft.compares === 'split' || draft.compares === 'bandit') && (
        <>
          <Choice
            label={draft.compares === 'split' ? 'Split' : 'Bandit'}
            value={draft.node || undefined}
            options={splits.map(({ node }) => node)}
            none={splits.length === 0 ? 'the live version has none' : 'choose one'}
            onChange={(node) => {
              const next = splits.find((it) => it.node === node);
              set({
                node: node ?? '',
                arms: next?.arms.filter(({ weightPpm }) => weightPpm !== 0).map((it) => it.name) ?? [],
              });
            }}
          />
          <Mistakes of={mistakesAt(mistakes, 'node')} />
          {arms.length > 0 && <Arms arms={arms} draft={draft} set={set} />}
          <Mistakes of={mistakesAt(mistakes, 'arms')} />
        </>
      )}
      {draft.compares === 'version' && (
        <div className="field-row">
          <div>
            <VersionChoice
              label="Version to try out"
              versions={otherVersions(flow)}
              value={draft.version}
              onChange={(version) => set({ version })}
            />
            <Mistakes of={mistakesAt(mistakes, 'candidate')} />
          </div>
          <TextField
            label="Share of leads"
            kind="number"
            unit="%"
            value={draft.share}
            onChange={(share) => set({ share })}
            mistakes={mistakesAt(mistakes, 'sharePpm')}
          />
        </div>
      )}
      {(draft.compares === 'version' || draft.compares === 'holdOut') && (
        <TextField
          label="Keeps people by"
          value={draft.sticky}
          onChange={(sticky) => set({ sticky })}
          mistakes={mistakesAt(mistakes, 'sticky')}
          hint="A lead field, such as email. Empty: each lead is chosen by itself."
        />
      )}
      <div className="field-row">
        <TextField
          label="Layer"
          value={draft.layer}
          onChange={(layer) => set({ layer })}
          mistakes={mistakesAt(mistakes, 'layer')}
          hint="Experiments of one layer exclude each other. Empty: none."
        />
        {draft.layer.trim() && (
          <TextField
            label="Share of the layer"
            kind="number"
            unit="%"
            value={draft.layerShare}
            onChange={(layerShare) => set({ layerShare })}
          />
        )}
      </div>
    </>
  );
}

/** Which arms take part, and which of them the others are compared with. */
function Arms({ arms, draft, set }: { arms: Drawing['arms'] } & Omit<Part, 'mistakes'>) {
  const [first] = draft.arms;
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Takes part</th>
            <th scope="col" className="right">
              Share
            </th>
            <th scope="col">Compared with</th>
          </tr>
        </thead>
        <tbody>
          {arms.map(({ name, weightPpm }) => {
            const takesPart = draft.arms.includes(name);
            return (
              <tr key={name}>
                <td>
                  <CheckField
                    label={name}
                    checked={takesPart}
                    onChange={(checked) =>
                      set({ arms: checked ? [...draft.arms, name] : draft.arms.filter((it) => it !== name) })
                    }
                  />
                </td>
                <td className="right number">{weightPpm === null ? 'learned' : ppm(weightPpm)}</td>
                <td>
                  <label className="choice">
                    <input
                      type="radio"
                      name="first"
                      checked={name === first}
                      disabled={!takesPart}
                      onChange={() => set({ arms: [name, ...draft.arms.filter((it) => it !== name)] })}
                    />
                    <span className={name === first ? undefined : 'visually-hidden'}>
                      {name === first ? 'the others' : `compare with ${name}`}
                    </span>
                  </label>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Deciding({ draft, set, mistakes }: Part) {
  return (
    <>
      <div className="field-row">
        <DecidingFields
          label="Metric"
          draft={draft}
          // What decides is looked at anyway.
          set={(part) =>
            set(part.primary ? { ...part, secondary: draft.secondary.filter((it) => it !== part.primary) } : part)
          }
          mistakes={mistakes}
        />
        <TextField
          label="Confidence"
          kind="number"
          unit="%"
          value={draft.confidence}
          onChange={(confidence) => set({ confidence })}
          mistakes={mistakesAt(mistakes, 'confidencePpm')}
        />
        <SlowField
          draft={draft}
          set={set}
          mistakes={mistakes}
          isAsked={asksSlow(draft) || draft.secondary.includes('SLOW_RATE')}
        />
      </div>
      <fieldset className="checks">
        <legend>Also looked at</legend>
        {(Object.keys(METRICS) as ExperimentMetric[])
          .filter((metric) => metric !== draft.primary)
          .map((metric) => (
            <CheckField
              key={metric}
              label={METRICS[metric]}
              checked={draft.secondary.includes(metric)}
              onChange={(checked) =>
                set({
                  secondary: checked ? [...draft.secondary, metric] : draft.secondary.filter((it) => it !== metric),
                })
              }
            />
          ))}
      </fieldset>
      <Mistakes of={mistakesAt(mistakes, 'secondary')} />
      <TextField
        label="Adjust by lead fields"
        value={draft.covariates}
        onChange={(covariates) => set({ covariates })}
        mistakes={mistakesAt(mistakes, 'covariates')}
        hint="Numbers or yes and no that are known before the draw, such as age, income: what they explain is taken out of the difference."
      />
    </>
  );
}

function Guardrails(part: Part) {
  return (
    <>
      <p className="faint">If an arm is beyond doubt worse than that, the experiment pauses itself.</p>
      <GuardrailFields {...part} />
    </>
  );
}

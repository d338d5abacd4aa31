import { type ComparisonDraft, INT_MAX, SLOW_MS, TypedForm } from '../../comparison/typed';
import type {
  CreateExperimentInput,
  ExperimentMetric,
  ExperimentSizeInput,
  MistakeFragment,
} from '../../graphql/generated';
import { scaled } from '../../ui/form';

/** What an experiment compares. */
export type Compares = 'split' | 'bandit' | 'version' | 'holdOut';

/** An experiment as it is typed: numbers as texts, shares in per cent. */
export interface Draft extends ComparisonDraft {
  name: string;
  flow: string;
  hypothesis: string;
  compares: Compares;
  node: string;
  /** Names of the arms; the first is what the others are compared with. */
  arms: string[];
  version: string;
  share: string;
  /** The field that keeps people with a version; empty for none. */
  sticky: string;
  confidence: string;
  secondary: ExperimentMetric[];
  /** Names of lead fields, with commas between them. */
  covariates: string;
  /** Name of the layer; empty for none. */
  layer: string;
  /** Share of the layer, in per cent. */
  layerShare: string;
}

export function emptyDraft(): Draft {
  return {
    name: '',
    flow: '',
    hypothesis: '',
    compares: 'split',
    node: '',
    arms: [],
    version: '',
    share: '10',
    sticky: '',
    primary: 'REVENUE',
    smallest: '5',
    window: '0',
    slow: SLOW_MS,
    confidence: '95',
    guardrails: {},
    secondary: [],
    covariates: '',
    layer: '',
    layerShare: '10',
  };
}

/** Places of the form at which mistakes are shown. */
export const PLACES = [
  'name',
  'flow',
  'hypothesis',
  'node',
  'arms',
  'candidate',
  'sharePpm',
  'sticky',
  'smallestEffectPpm',
  'windowHours',
  'slowMs',
  'confidencePpm',
  'guardrails',
  'secondary',
  'covariates',
  'layer',
];

/** The places of mistakes that are about a part of the form, and so are over once it is changed. */
export const PLACES_OF: Record<keyof Draft, string[]> = {
  name: ['name'],
  flow: ['flow', 'node', 'arms', 'candidate'],
  hypothesis: ['hypothesis'],
  compares: ['node', 'arms', 'candidate', 'sharePpm', 'sticky', 'covariates', 'layer'],
  node: ['node', 'arms'],
  arms: ['arms'],
  version: ['candidate'],
  share: ['sharePpm'],
  sticky: ['sticky'],
  primary: [],
  smallest: ['smallestEffectPpm'],
  window: ['windowHours'],
  slow: ['slowMs'],
  confidence: ['confidencePpm'],
  guardrails: ['guardrails'],
  secondary: ['secondary'],
  covariates: ['covariates'],
  layer: ['layer'],
  layerShare: ['layer'],
};

/** What the API is asked to plan, or everything that could not even be sent. */
export function inputOf(draft: Draft): { input: CreateExperimentInput | null; mistakes: MistakeFragment[] } {
  const form = new TypedForm();
  if (!draft.flow) form.wrong(['flow'], 'the flow is missing', 'choose one that is live');
  const ofNode = draft.compares === 'split' || draft.compares === 'bandit';
  if (ofNode && !draft.node) {
    form.wrong(['node'], `the ${draft.compares} is missing`, 'choose one of the live version');
  }
  if (draft.compares === 'version' && !draft.version) {
    form.wrong(['candidate'], 'the version is missing', 'publish one first, then choose it');
  }
  const input: CreateExperimentInput = {
    name: draft.name.trim(),
    flow: draft.flow,
    hypothesis: draft.hypothesis.trim(),
    subject: subjectOf(draft, form),
    ...form.comparison(draft),
    secondary: draft.secondary,
    covariates: draft.covariates.split(/[\s,]+/).filter(Boolean),
    layer: draft.layer.trim()
      ? {
          name: draft.layer.trim(),
          sharePpm: form.number(draft.layerShare, 10_000, ['layer', 'sharePpm'], 'write 10'),
        }
      : null,
    confidencePpm: form.number(draft.confidence, 10_000, ['confidencePpm'], 'write 95'),
  };
  return { input: form.mistakes.length === 0 ? input : null, mistakes: form.mistakes };
}

function subjectOf(draft: Draft, form: TypedForm): CreateExperimentInput['subject'] {
  const { compares, node, arms, version } = draft;
  const sticky = draft.sticky.trim() || null;
  switch (compares) {
    case 'split':
      return { split: { node, arms } };
    case 'bandit':
      return { bandit: { node, arms } };
    case 'holdOut':
      return { holdOut: { sticky } };
    case 'version':
      return {
        candidate: { version, sharePpm: form.number(draft.share, 10_000, ['sharePpm'], 'write 10'), sticky },
      };
  }
}

/** What the size is asked for; none while something that it needs is missing.
 *
 * * `weights`: shares of leads of the first two arms, in parts per million; none for even ones. */
export function sizeOf(draft: Draft, weights: [number, number] | null): ExperimentSizeInput | null {
  const smallest = scaled(draft.smallest, 10_000);
  const window = scaled(draft.window, 1);
  const confidence = scaled(draft.confidence, 10_000);
  const whole = (value: number | null) => value !== null && value >= 0 && value <= INT_MAX;
  if (!draft.flow || !whole(smallest) || !whole(window) || !whole(confidence)) return null;
  const share = scaled(draft.share, 10_000);
  const [first, other] =
    draft.compares === 'version' && share !== null && share > 0 && share < 1_000_000
      ? [1_000_000 - share, share]
      : (weights ?? [500_000, 500_000]);
  return {
    flow: draft.flow,
    metric: draft.primary,
    smallestEffectPpm: smallest as number,
    windowHours: window as number,
    confidencePpm: confidence as number,
    firstSharePpm: first,
    otherSharePpm: other,
  };
}

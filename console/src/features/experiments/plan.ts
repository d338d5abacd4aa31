import { type ComparisonDraft, INT_MAX, TypedForm } from '../../comparison/typed';
import type {
  CreateExperimentInput,
  ExperimentMetric,
  ExperimentSizeInput,
  MistakeFragment,
} from '../../graphql/generated';
import { scaled } from '../../ui/form';

/** An experiment as it is typed: numbers as texts, shares in per cent. */
export interface Draft extends ComparisonDraft {
  name: string;
  flow: string;
  hypothesis: string;
  compares: 'split' | 'version';
  node: string;
  /** Names of the arms; the first is what the others are compared with. */
  arms: string[];
  version: string;
  share: string;
  confidence: string;
  secondary: ExperimentMetric[];
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
    primary: 'REVENUE',
    smallest: '5',
    window: '0',
    confidence: '95',
    guardrails: {},
    secondary: [],
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
  'smallestEffectPpm',
  'windowHours',
  'confidencePpm',
  'guardrails',
  'secondary',
];

/** The places of mistakes that are about a part of the form, and so are over once it is changed. */
export const PLACES_OF: Record<keyof Draft, string[]> = {
  name: ['name'],
  flow: ['flow', 'node', 'arms', 'candidate'],
  hypothesis: ['hypothesis'],
  compares: ['node', 'arms', 'candidate', 'sharePpm'],
  node: ['node', 'arms'],
  arms: ['arms'],
  version: ['candidate'],
  share: ['sharePpm'],
  primary: [],
  smallest: ['smallestEffectPpm'],
  window: ['windowHours'],
  confidence: ['confidencePpm'],
  guardrails: ['guardrails'],
  secondary: ['secondary'],
};

/** What the API is asked to plan, or everything that could not even be sent. */
export function inputOf(draft: Draft): { input: CreateExperimentInput | null; mistakes: MistakeFragment[] } {
  const form = new TypedForm();
  if (!draft.flow) form.wrong(['flow'], 'the flow is missing', 'choose one that is live');
  if (draft.compares === 'split' && !draft.node) {
    form.wrong(['node'], 'the split is missing', 'choose one of the live version');
  }
  if (draft.compares === 'version' && !draft.version) {
    form.wrong(['candidate'], 'the version is missing', 'publish one first, then choose it');
  }
  const input: CreateExperimentInput = {
    name: draft.name.trim(),
    flow: draft.flow,
    hypothesis: draft.hypothesis.trim(),
    subject:
      draft.compares === 'split'
        ? { split: { node: draft.node, arms: draft.arms } }
        : {
            candidate: {
              version: draft.version,
              sharePpm: form.number(draft.share, 10_000, ['sharePpm'], 'write 10'),
            },
          },
    ...form.comparison(draft),
    secondary: draft.secondary,
    confidencePpm: form.number(draft.confidence, 10_000, ['confidencePpm'], 'write 95'),
  };
  return { input: form.mistakes.length === 0 ? input : null, mistakes: form.mistakes };
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

import type {
  CreateExperimentInput,
  ExperimentMetric,
  ExperimentSizeInput,
  MistakeFragment,
} from '../../graphql/generated';
import { scaled } from '../../ui/form';

/** An experiment as it is typed: numbers as texts, shares in per cent. */
export interface Draft {
  name: string;
  flow: string;
  hypothesis: string;
  compares: 'split' | 'version';
  node: string;
  /** Names of the arms; the first is what the others are compared with. */
  arms: string[];
  version: string;
  share: string;
  primary: ExperimentMetric;
  smallest: string;
  window: string;
  confidence: string;
  /** Largest harm allowed by metric; absent: no guardrail. */
  guardrails: Partial<Record<ExperimentMetric, string>>;
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

/** Largest whole number that an input of the API takes. */
const INT_MAX = 2_147_483_647;

function mistake(path: string[], message: string, hint: string): MistakeFragment {
  return { path, code: 'not_typed', message, hint };
}

/** What the API is asked to plan, or everything that could not even be sent: what is not filled in, and what is no number.
 * All else the server judges, so that there is one list of rules. */
export function inputOf(draft: Draft): { input: CreateExperimentInput | null; mistakes: MistakeFragment[] } {
  const mistakes: MistakeFragment[] = [];
  const number = (text: string, factor: number, path: string[], example: string): number => {
    const value = scaled(text, factor);
    if (value === null || value < 0 || value > INT_MAX) {
      mistakes.push(mistake(path, text.trim() ? `\`${text.trim()}\` is no number` : 'a number is missing', example));
      return 0;
    }
    return value;
  };
  if (!draft.flow) mistakes.push(mistake(['flow'], 'the flow is missing', 'choose one that is live'));
  if (draft.compares === 'split' && !draft.node) {
    mistakes.push(mistake(['node'], 'the split is missing', 'choose one of the live version'));
  }
  if (draft.compares === 'version' && !draft.version) {
    mistakes.push(mistake(['candidate'], 'the version is missing', 'publish one first, then choose it'));
  }
  const guardrails = Object.entries(draft.guardrails).map(([metric, worst], at) => ({
    metric: metric as ExperimentMetric,
    worstPpm: number(worst, 10_000, ['guardrails', String(at), 'worst_ppm'], 'write 10 for 10 %'),
  }));
  const input: CreateExperimentInput = {
    name: draft.name.trim(),
    flow: draft.flow,
    hypothesis: draft.hypothesis.trim(),
    subject:
      draft.compares === 'split'
        ? { split: { node: draft.node, arms: draft.arms } }
        : { candidate: { version: draft.version, sharePpm: number(draft.share, 10_000, ['sharePpm'], 'write 10') } },
    primary: draft.primary,
    smallestEffectPpm: number(draft.smallest, 10_000, ['smallestEffectPpm'], 'write 5 for 5 %'),
    guardrails,
    secondary: draft.secondary,
    windowHours: number(draft.window, 1, ['windowHours'], 'write 168 for a week'),
    confidencePpm: number(draft.confidence, 10_000, ['confidencePpm'], 'write 95'),
  };
  return { input: mistakes.length === 0 ? input : null, mistakes };
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

import type { ExperimentMetric, MistakeFragment, StartRolloutInput } from '../../graphql/generated';
import { scaled } from '../../ui/form';

/** A step as it is typed. */
export interface StepDraft {
  isShadow: boolean;
  share: string;
  minLeads: string;
  minHours: string;
  requiresShip: boolean;
}

/** A rollout as it is typed: numbers as texts, shares in per cent. */
export interface RolloutDraft {
  name: string;
  flow: string;
  version: string;
  steps: StepDraft[];
  isAutomatic: boolean;
  primary: ExperimentMetric;
  smallest: string;
  guardrails: Partial<Record<ExperimentMetric, string>>;
  window: string;
  hypothesis: string;
}

/** A plan that most would make: nobody, then few, then half. */
export function emptyRollout(flow: string, version: string): RolloutDraft {
  const step = (part: Partial<StepDraft>): StepDraft => ({
    isShadow: false,
    share: '',
    minLeads: '500',
    minHours: '24',
    requiresShip: false,
    ...part,
  });
  return {
    name: '',
    flow,
    version,
    steps: [
      step({ isShadow: true, minHours: '1' }),
      step({ share: '5' }),
      step({ share: '50', minLeads: '5000', minHours: '72', requiresShip: true }),
    ],
    isAutomatic: true,
    primary: 'REVENUE',
    smallest: '5',
    guardrails: { ACCEPT_RATE: '10' },
    window: '0',
    hypothesis: '',
  };
}

/** Largest whole number that an input of the API takes. */
const INT_MAX = 2_147_483_647;

/** What the API is asked to start, or everything that could not even be sent. All else the server judges. */
export function rolloutOf(draft: RolloutDraft): { input: StartRolloutInput | null; mistakes: MistakeFragment[] } {
  const mistakes: MistakeFragment[] = [];
  const missing = (path: string[], message: string, hint: string) =>
    mistakes.push({ path, code: 'not_typed', message, hint });
  const number = (text: string, factor: number, path: string[], example: string): number => {
    const value = scaled(text, factor);
    if (value === null || value < 0 || value > INT_MAX) {
      missing(path, text.trim() ? `\`${text.trim()}\` is no number` : 'a number is missing', example);
      return 0;
    }
    return value;
  };
  if (!draft.name.trim()) missing(['name'], 'the name is missing', 'write one, such as more-zenith');
  if (!draft.flow) missing(['flow'], 'the flow is missing', 'choose one that is live');
  if (!draft.version) missing(['version'], 'the version is missing', 'publish one first, then choose it');
  const input: StartRolloutInput = {
    name: draft.name.trim(),
    flow: draft.flow,
    version: draft.version,
    steps: draft.steps.map(({ isShadow, share, minLeads, minHours, requiresShip }, at) => {
      const place = (...rest: string[]) => ['steps', String(at), ...rest];
      return {
        exposure: isShadow
          ? { shadow: true }
          : { sharePpm: number(share, 10_000, place('exposure'), 'write 5 for 5 %') },
        gate: {
          minLeads: number(minLeads, 1, place('gate', 'minLeads'), 'write 500'),
          minHours: number(minHours, 1, place('gate', 'minHours'), 'write 24'),
          requiresShip,
        },
      };
    }),
    isAutomatic: draft.isAutomatic,
    primary: draft.primary,
    smallestEffectPpm: number(draft.smallest, 10_000, ['smallestEffectPpm'], 'write 5 for 5 %'),
    guardrails: Object.entries(draft.guardrails).map(([metric, worst], at) => ({
      metric: metric as ExperimentMetric,
      worstPpm: number(worst, 10_000, ['guardrails', String(at), 'worstPpm'], 'write 10 for 10 %'),
    })),
    windowHours: number(draft.window, 1, ['windowHours'], 'write 168 for a week'),
    hypothesis: draft.hypothesis.trim(),
  };
  return { input: mistakes.length === 0 ? input : null, mistakes };
}

/** Places of the form at which mistakes are shown. */
export const ROLLOUT_PLACES = [
  'name',
  'flow',
  'version',
  'steps',
  'guardrails',
  'smallestEffectPpm',
  'windowHours',
  'hypothesis',
];

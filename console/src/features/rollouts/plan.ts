import { type ComparisonDraft, SLOW_MS, TypedForm } from '../../comparison/typed';
import type { MistakeFragment, StartRolloutInput } from '../../graphql/generated';

/** A step as it is typed. */
export interface StepDraft {
  isShadow: boolean;
  share: string;
  minLeads: string;
  minHours: string;
  requiresShip: boolean;
}

/** A rollout as it is typed: numbers as texts, shares in per cent. */
export interface RolloutDraft extends ComparisonDraft {
  name: string;
  flow: string;
  version: string;
  steps: StepDraft[];
  isAutomatic: boolean;
  hypothesis: string;
  /** The field that keeps people with the version; empty for none. */
  sticky: string;
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
    slow: SLOW_MS,
    hypothesis: '',
    sticky: '',
  };
}

/** What the API is asked to start, or everything that could not even be sent. */
export function rolloutOf(draft: RolloutDraft): { input: StartRolloutInput | null; mistakes: MistakeFragment[] } {
  const form = new TypedForm();
  if (!draft.name.trim()) form.wrong(['name'], 'the name is missing', 'write one, such as more-zenith');
  if (!draft.flow) form.wrong(['flow'], 'the flow is missing', 'choose one that is live');
  if (!draft.version) form.wrong(['version'], 'the version is missing', 'publish one first, then choose it');
  const input: StartRolloutInput = {
    name: draft.name.trim(),
    flow: draft.flow,
    version: draft.version,
    steps: draft.steps.map(({ isShadow, share, minLeads, minHours, requiresShip }, at) => {
      const place = (...rest: string[]) => ['steps', String(at), ...rest];
      return {
        exposure: isShadow
          ? { shadow: true }
          : { sharePpm: form.number(share, 10_000, place('exposure'), 'write 5 for 5 %') },
        gate: {
          minLeads: form.number(minLeads, 1, place('gate', 'minLeads'), 'write 500'),
          minHours: form.number(minHours, 1, place('gate', 'minHours'), 'write 24'),
          requiresShip,
        },
      };
    }),
    isAutomatic: draft.isAutomatic,
    ...form.comparison(draft),
    hypothesis: draft.hypothesis.trim(),
    sticky: draft.sticky.trim() || null,
  };
  return { input: form.mistakes.length === 0 ? input : null, mistakes: form.mistakes };
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
  'slowMs',
  'hypothesis',
  'sticky',
];

import { expect, it } from 'vitest';
import { emptyRollout, rolloutOf } from './plan';

it('sends what was typed, in parts per million', () => {
  const { input, mistakes } = rolloutOf({ ...emptyRollout('solar', 'c0ffee'), name: ' more ' });
  expect(mistakes).toEqual([]);
  expect(input?.name).toBe('more');
  expect(input?.steps.map(({ exposure }) => exposure)).toEqual([
    { shadow: true },
    { sharePpm: 50_000 },
    { sharePpm: 500_000 },
  ]);
  expect(input?.steps[2]?.gate).toEqual({ minLeads: 5_000, minHours: 72, requiresShip: true });
  expect(input?.guardrails).toEqual([{ metric: 'ACCEPT_RATE', worstPpm: 100_000 }]);
});

it('tells everything that cannot be sent at once, each at its place', () => {
  const draft = emptyRollout('', '');
  const [first, second] = draft.steps;
  if (!first || !second) throw new Error('the plan has steps');
  const { input, mistakes } = rolloutOf({
    ...draft,
    steps: [
      { ...first, minLeads: 'many' },
      { ...second, share: '' },
    ],
    guardrails: { REVENUE: '' },
    smallest: '-1',
  });
  expect(input).toBeNull();
  expect(mistakes.map(({ path }) => path.join('.'))).toEqual([
    'name',
    'flow',
    'version',
    'steps.0.gate.minLeads',
    'steps.1.exposure',
    'smallestEffectPpm',
    'guardrails.0.worstPpm',
  ]);
});

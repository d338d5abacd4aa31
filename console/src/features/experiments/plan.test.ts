import { expect, it } from 'vitest';
import { asTyped } from '../../ui/mistakes-in-percent';
import { emptyDraft, inputOf, sizeOf } from './plan';

const DRAFT = { ...emptyDraft(), name: ' n ', flow: 'f', node: 'ab', arms: ['a', 'b'] };

it('turns what is typed into what the API takes', () => {
  const { input, mistakes } = inputOf({
    ...DRAFT,
    smallest: '2,5',
    covariates: ' age, income ',
    guardrails: { ACCEPT_RATE: '10' },
  });
  expect(mistakes).toEqual([]);
  expect(input).toMatchObject({
    name: 'n',
    subject: { split: { node: 'ab', arms: ['a', 'b'] } },
    smallestEffectPpm: 25_000,
    confidencePpm: 950_000,
    windowHours: 0,
    slowMs: 2_000,
    covariates: ['age', 'income'],
    guardrails: [{ metric: 'ACCEPT_RATE', worstPpm: 100_000 }],
  });
});

it('names everything that cannot be sent, at once and at its place', () => {
  const { input, mistakes } = inputOf({
    ...emptyDraft(),
    smallest: 'five',
    window: '',
    slow: 'soon',
    confidence: '1e99',
    guardrails: { RETURN_RATE: '-1' },
  });
  expect(input).toBeNull();
  expect(mistakes.map(({ path }) => path.join('.')).sort()).toEqual([
    'confidencePpm',
    'flow',
    'guardrails.0.worstPpm',
    'node',
    'slowMs',
    'smallestEffectPpm',
    'windowHours',
  ]);
});

it('compares arms of a bandit, and holds a part of a layer out', () => {
  const bandit = inputOf({ ...DRAFT, compares: 'bandit', layer: ' people ', layerShare: '40' });
  expect(bandit.input).toMatchObject({
    subject: { bandit: { node: 'ab', arms: ['a', 'b'] } },
    layer: { name: 'people', sharePpm: 400_000 },
  });
  const held = inputOf({ ...DRAFT, compares: 'holdOut', sticky: 'email', layer: 'people', layerShare: '' });
  expect(held.mistakes.map(({ path }) => path.join('.'))).toEqual(['layer.sharePpm']);
  expect(inputOf({ ...DRAFT, compares: 'holdOut', sticky: 'email' }).input).toMatchObject({
    subject: { holdOut: { sticky: 'email' } },
    layer: null,
  });
  expect(inputOf({ ...DRAFT, compares: 'bandit', node: '' }).mistakes[0]?.message).toBe('the bandit is missing');
});

it('asks for a size only when it can be told', () => {
  expect(sizeOf({ ...DRAFT, smallest: 'x' }, null)).toBeNull();
  expect(sizeOf({ ...DRAFT, flow: '' }, null)).toBeNull();
  expect(sizeOf(DRAFT, [300_000, 500_000])).toMatchObject({ firstSharePpm: 300_000, otherSharePpm: 500_000 });
  expect(sizeOf({ ...DRAFT, compares: 'version', share: '10' }, null)).toMatchObject({
    firstSharePpm: 900_000,
    otherSharePpm: 100_000,
  });
});

it('tells a mistake in the unit of its field', () => {
  const told = (path: string, message: string) =>
    asTyped({ path: [path], code: 'out_of_range', message, hint: null }).message;
  expect(told('smallestEffectPpm', '50000000 is not within 1000 to 1000000')).toBe('5,000 is not within 0.1 to 100');
  expect(told('sharePpm', '0 is not within 1 to 999,999 parts per million')).toBe(
    '0 is not within 0.0001 to 99.9999 %',
  );
  expect(told('windowHours', '9999 is not within 0 to 2160')).toBe('9999 is not within 0 to 2160');
});

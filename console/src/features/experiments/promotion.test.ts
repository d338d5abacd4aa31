import { expect, it } from 'vitest';
import { canPromote, shifted, splitsOf, unpromoted } from './promotion';

const DOCUMENT = {
  flow: 'f',
  vertical: 'v',
  root: 'ab',
  nodes: {
    ab: {
      kind: 'split',
      arms: [
        { to: 'x', weight_ppm: 300_000 },
        { name: 'second', to: 'y', weight_ppm: 500_000 },
        { to: 'z', weight_ppm: 200_000 },
      ],
    },
    x: { kind: 'destination', destination: 'acme' },
    y: { kind: 'destination' },
    z: { kind: 'waterfall', to: ['x'] },
    learned: { kind: 'bandit', arms: [{ to: 'x' }, { to: 'y' }] },
  },
};

it('gives the arm that is shipped what the compared arms have together, and leaves the others', () => {
  expect(shifted(DOCUMENT, 'ab', ['acme', 'second'], 'second')).toEqual([
    { arm: 'acme', before: 300_000, after: 0, isCompared: true },
    { arm: 'second', before: 500_000, after: 800_000, isCompared: true },
    { arm: 'z', before: 200_000, after: 200_000, isCompared: false },
  ]);
});

it('promises nothing of a node that is no split', () => {
  expect(shifted(DOCUMENT, 'z', ['a'], 'a')).toBeNull();
  expect(shifted(DOCUMENT, 'nowhere', ['a'], 'a')).toBeNull();
});

it('finds splits by the names of their arms', () => {
  expect(splitsOf(DOCUMENT).map(({ node, arms }) => [node, ...arms.map((it) => it.name)])).toEqual([
    ['ab', 'acme', 'second', 'z'],
  ]);
});

it('offers to make live what the server would make live, and nothing else', () => {
  const arms = ['x', 'y'];
  const split = { node: 'ab', arms: ['acme', 'second'], candidate: null };
  const bandit = { node: 'learned', arms, candidate: null };
  const holdOut = { node: null, arms: ['held', 'others'], candidate: null };
  const version = { node: null, arms: ['live', 'candidate'], candidate: { number: 2 } };
  expect([split, bandit, holdOut, version].map((it) => canPromote(it, DOCUMENT))).toEqual([true, false, false, true]);
  expect(canPromote({ ...split, node: 'gone' }, DOCUMENT)).toBe(false);
  expect(canPromote(version, undefined)).toBe(false);
  expect(unpromoted(bandit, DOCUMENT)).toContain('goes on by what it learns');
  expect(unpromoted(holdOut, DOCUMENT)).toContain('no longer held apart');
  expect(unpromoted({ ...split, node: 'gone' }, DOCUMENT)).toContain('has no gone any more');
});

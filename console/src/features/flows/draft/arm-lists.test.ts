import { expect, it } from 'vitest';
import { type Arm, armNameMistake, moved, nextTarget, withArm, withoutArm } from './arm-lists';
import { withColumn, withColumnMoved, withoutColumn } from './column-changes';

const DOCUMENT = {
  flow: 'f',
  vertical: 'v',
  root: 's',
  nodes: {
    s: { kind: 'split', arms: [] },
    a: { kind: 'destination', destination: 'acme' },
    b: { kind: 'destination' },
    c: { kind: 'destination' },
  },
};
const arms: Arm[] = [
  { to: 'a', weight_ppm: 333_333 },
  { name: 'bee', to: 'b', weight_ppm: 333_333 },
  { to: 'c', weight_ppm: 333_334 },
];
const sum = (list: Arm[]) => list.reduce((all, arm) => all + (arm.weight_ppm ?? 0), 0);

it('adds an arm without a share, which leads where none leads yet', () => {
  const two = arms.slice(0, 2);
  const to = nextTarget(DOCUMENT, ['a', 'b']);
  expect(withArm(DOCUMENT, 'split', two, to)).toEqual([...two, { to: 'c', weight_ppm: 0 }]);
  expect(withArm(DOCUMENT, 'bandit', [{ to: 'a' }], 'b')).toEqual([{ to: 'a' }, { to: 'b' }]);
  expect(nextTarget(DOCUMENT, ['a', 'b', 'c'])).toBe('c');
  expect(withArm(DOCUMENT, 'rotate', arms, 'c').at(-1)).toEqual({ name: 'arm-4', to: 'c' });
});

it('gives the share of an arm that is removed to the others, to the last part', () => {
  for (const at of [0, 1, 2]) {
    const left = withoutArm('split', arms, at);
    expect(sum(left)).toBe(1_000_000);
    expect(left).toHaveLength(2);
  }
  const uneven: Arm[] = [
    { to: 'a', weight_ppm: 100_000 },
    { to: 'b', weight_ppm: 300_000 },
    { to: 'c', weight_ppm: 600_000 },
  ];
  expect(withoutArm('split', uneven, 2).map((arm) => arm.weight_ppm)).toEqual([250_000, 750_000]);
  const nothing: Arm[] = [
    { to: 'a', weight_ppm: 0 },
    { to: 'b', weight_ppm: 0 },
    { to: 'c', weight_ppm: 1_000_000 },
  ];
  expect(withoutArm('split', nothing, 2).map((arm) => arm.weight_ppm)).toEqual([500_000, 500_000]);
  expect(withoutArm('bandit', [{ to: 'a', floor_ppm: 1 }, { to: 'b' }], 1)).toEqual([{ to: 'a', floor_ppm: 1 }]);
});

it('moves an entry by one place', () => {
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
});

it('wants another name for each arm', () => {
  expect(armNameMistake(DOCUMENT, arms, 0, 'bee')).toContain('already');
  expect(armNameMistake(DOCUMENT, arms, 1, 'acme')).toContain('already');
  expect(armNameMistake(DOCUMENT, arms, 1, '')).toBeNull();
  expect(armNameMistake(DOCUMENT, arms, 1, 'bee')).toBeNull();
});

it('gives and takes the cells of all rows with a column', () => {
  const table = {
    kind: 'table',
    columns: ['state', 'age'],
    rows: [{ cells: [['CA'], { to: 18 }], if: 'x', to: 'a' }],
    otherwise: 'b',
  };
  expect(withColumn(table, 'roof')).toEqual({
    ...table,
    columns: ['state', 'age', 'roof'],
    rows: [{ cells: [['CA'], { to: 18 }, null], if: 'x', to: 'a' }],
  });
  expect(withoutColumn(table, 0)).toMatchObject({ columns: ['age'], rows: [{ cells: [{ to: 18 }], to: 'a' }] });
  expect(withColumnMoved(table, 0, 1)).toMatchObject({
    columns: ['age', 'state'],
    rows: [{ cells: [{ to: 18 }, ['CA']] }],
  });
  expect(withColumnMoved(table, 1, 1)).toEqual(table);
});

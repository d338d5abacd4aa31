import { expect, it } from 'vitest';
import { unreached } from './reach';
import { targetsOf } from './renamed';
import { documentOf, TEMPLATES, type Template } from './templates';

const flow = {
  name: 'solar',
  vertical: 'solar',
  currency: 'USD',
  destinations: ['north', 'south', 'split'],
  column: { name: 'roof', kind: 'enum', labels: ['flat', 'steep'] },
};

it('begins every flow with nodes that are there and that leads come to', () => {
  for (const template of Object.keys(TEMPLATES) as Template[]) {
    const document = documentOf({ ...flow, template });
    expect(document.nodes[document.root]).toBeDefined();
    expect(unreached(document)).toEqual([]);
    for (const node of Object.values(document.nodes)) {
      for (const to of targetsOf(node)) expect(document.nodes[to]).toBeDefined();
    }
  }
});

it('shares all leads, to the last part, and keeps the names of destinations', () => {
  const { root, nodes } = documentOf({ ...flow, template: 'split' });
  expect(root).toBe('split-2');
  const arms = nodes[root]?.arms as { weight_ppm: number }[];
  expect(arms.reduce((sum, arm) => sum + arm.weight_ppm, 0)).toBe(1_000_000);
});

it('gives each destination a value of the field that a table asks, and the rest an order', () => {
  const { nodes } = documentOf({ ...flow, template: 'table', destinations: ['north', 'south'] });
  expect(nodes['by-roof']).toEqual({
    kind: 'table',
    hit: 'first',
    columns: ['roof'],
    rows: [
      { cells: [['flat']], to: 'north' },
      { cells: [['steep']], to: 'south' },
    ],
    otherwise: 'rest',
  });
  expect(nodes.rest).toEqual({ kind: 'waterfall', to: ['north', 'south'] });
});

it('finds what no lead comes to and what nothing reads', () => {
  const document = documentOf({ ...flow, template: 'one' });
  const nodes = {
    ...document.nodes,
    gate: { kind: 'when', if: 'score > ratio', then: 'north', otherwise: 'north' },
    score: { kind: 'scorecard', points: [] },
    ratio: { kind: 'derive', value: 'inner * 2', default: null },
    inner: { kind: 'derive', value: '1', default: null },
    loose: { kind: 'when', if: 'score > 1', then: 'gate', otherwise: 'gate' },
  };
  expect(unreached({ ...document, nodes })).toEqual(['gate', 'inner', 'loose', 'ratio', 'score']);
  expect(unreached({ ...document, nodes, root: 'gate' })).toEqual(['loose']);
});

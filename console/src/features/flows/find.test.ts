import { expect, it } from 'vitest';
import { found } from './find';
import { graphOf } from './model';

const GRAPH = graphOf({
  flow: 'f',
  vertical: 'v',
  root: 'old',
  nodes: {
    old: { kind: 'when', if: 'age > 60', then: 'gold', otherwise: 'older' },
    older: {
      kind: 'split',
      arms: [
        { to: 'gold', weight_ppm: 500_000 },
        { to: 'acme', weight_ppm: 500_000 },
      ],
    },
    gold: { kind: 'waterfall', to: ['acme'] },
    acme: { kind: 'destination', destination: 'Acme Life' },
  },
});

it('finds steps by name, kind, what they do and where they lead, in the order of the flow', () => {
  expect(found(GRAPH, 'old')).toEqual(['old', 'gold', 'older']);
  expect(found(GRAPH, 'SPLIT')).toEqual(['older']);
  expect(found(GRAPH, 'age  60')).toEqual(['old']);
  expect(found(GRAPH, 'acme life')).toHaveLength(2);
});

it('puts the step first whose name was typed, and finds nothing for nothing', () => {
  expect(found(GRAPH, 'older')[0]).toBe('older');
  expect(found(GRAPH, 'gold')[0]).toBe('gold');
  expect(found(GRAPH, ' ')).toEqual([]);
  expect(found(GRAPH, 'nowhere')).toEqual([]);
});

import { expect, it } from 'vitest';
import type { FlowDocument } from '../../graphql/flow-document';
import { graphOf } from './model';
import { edgeKey, trafficOf, warmth } from './traffic';

const DOCUMENT: FlowDocument = {
  flow: 'solar',
  vertical: 'solar',
  root: 'gate',
  nodes: {
    gate: { kind: 'when', if: 'quality > 3', then: 'halves', otherwise: 'rest' },
    halves: {
      kind: 'split',
      arms: [
        { to: 'n', weight_ppm: 1 },
        { name: 'other', to: 'rest', weight_ppm: 1 },
      ],
    },
    rest: { kind: 'waterfall', to: ['n'] },
    n: { kind: 'destination', destination: 'north' },
  },
};
const sums = { sold: 0, revenue: '0.00', revenuePerLead: '0.00', currency: 'USD' };
const point = (arm: string, leads: number, perLead: string) => ({
  ...sums,
  node: 'halves',
  arm,
  leads,
  revenuePerLead: perLead,
});

it('puts sums on the ports of their arms, and on the edges that follow', () => {
  const graph = graphOf(DOCUMENT);
  const traffic = trafficOf(
    graph,
    DOCUMENT,
    [{ leads: 300, currency: 'USD' }],
    [point('north', 60, '2.00'), point('other', 180, '4.00'), { ...point('north', 9, '1'), currency: 'EUR' }],
  );
  // The arm without a name is that of its destination.
  expect(traffic.ports.get('halves')?.map((port) => port?.leads)).toEqual([60, 180]);
  expect(traffic.nodes.get('gate')).toBe(300);
  expect(traffic.edges.get(edgeKey('gate', 0))).toBe(240);
  // Two ways lead to it, so that nobody knows how many came by this one.
  expect(traffic.edges.has(edgeKey('gate', 1))).toBe(false);
  expect(traffic.edges.get(edgeKey('halves', 1))).toBe(180);
  const [first, second] = traffic.ports.get('halves') ?? [];
  if (!first || !second) throw new Error('both have leads');
  expect([warmth(first, traffic), warmth(second, traffic)]).toEqual([0.5, 1]);
  expect(warmth({ ...first, leads: 49 }, traffic)).toBeNull();
});

it('knows nothing of a flow without leads', () => {
  const traffic = trafficOf(graphOf(DOCUMENT), DOCUMENT, [], []);
  expect([traffic.leads, traffic.ports.size, traffic.edges.size]).toEqual([0, 0, 0]);
});

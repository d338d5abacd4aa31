import { expect, test } from 'vitest';
import type { DivertedQuery } from '../../graphql/generated';
import { diverted } from './diverted';
import { graphOf } from './model';

type Candidate = NonNullable<
  NonNullable<DivertedQuery['leads']['nodes'][number]['decision']>['explanation']
>['steps'][number]['candidates'][number];

const graph = graphOf({
  flow: 'f',
  vertical: 'v',
  root: 'gate',
  nodes: {
    gate: { kind: 'when', if: 'age > 3', then: 'halves', otherwise: 'south' },
    halves: {
      kind: 'split',
      arms: [
        { to: 'north', weight_ppm: 1 },
        { to: 'south', weight_ppm: 1 },
      ],
    },
    north: { kind: 'destination' },
    south: { kind: 'destination' },
  },
});

const candidate = (outcome: Candidate['outcome'], node?: string, to?: string): Candidate => ({
  destination: 'north',
  outcome,
  divertedBy: node ? [{ node, to: to ?? null }] : [],
});
const lead = (id: string, steps: Candidate[], versionHash = 'now') => ({
  id,
  decision: { versionHash, explanation: { steps: steps.map((it) => ({ candidates: [it] })) } },
});

test('leads are counted by the reason of their first step, and by the node that led them elsewhere', () => {
  const leads = [
    lead('a', [candidate('NOT_REACHED', 'gate', 'south')]),
    lead('b', [candidate('NOT_DRAWN', 'halves', 'south'), candidate('OFFERED')]),
    lead('c', [candidate('NOT_DRAWN', 'halves', 'south'), candidate('CAP')]),
    lead('d', [candidate('CAP')]),
    lead('e', [candidate('NOT_REACHED', 'gate', 'south')]),
    lead('f', [candidate('CAP')], 'before'),
    { id: 'g', decision: null },
  ];
  const found = diverted(graph, leads, 'now', 'north');
  expect(found).toEqual({
    leads: 5,
    offered: 1,
    reasons: [
      { outcome: 'NOT_REACHED', leads: 2, example: 'a' },
      { outcome: 'CAP', leads: 1, example: 'd' },
      { outcome: 'NOT_DRAWN', leads: 1, example: 'c' },
    ],
    nodes: new Map([
      ['gate', 2],
      ['halves', 1],
    ]),
    edges: new Map([
      ['gate 1', 2],
      ['halves 1', 1],
    ]),
  });
  expect(diverted(graph, leads, 'now', 'west').leads).toBe(0);
});

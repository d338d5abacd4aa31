import { expect, it } from 'vitest';
import { flowParts, nodeDiffs } from './diff';

const row = (state: string, to = 'a', age: unknown = null) => ({ cells: [[state], age], to });
const table = (rows: unknown[]) => ({ kind: 'table', columns: ['state', 'age'], rows, otherwise: 'a' });
const flow = (nodes: Record<string, unknown>, root = 't') =>
  ({ flow: 'f', vertical: 'v', root, nodes }) as Parameters<typeof nodeDiffs>[0];

const shown = (before: unknown[], after: unknown[]) =>
  nodeDiffs(flow({ t: table(before) }), flow({ t: table(after) })).flatMap(({ rows }) =>
    rows.map(({ kind, from, to, cells }) => {
      const changed = cells.filter((it) => it.before !== it.after).map((it) => `${it.before}>${it.after}`);
      return `${kind} ${from}>${to}${kind === 'changed' ? ` ${changed.join(' ')}` : ''}`;
    }),
  );

it('finds rows by what they say', () => {
  const [ca, tx, ny] = [row('CA'), row('TX'), row('NY')];
  expect(shown([ca, tx, ny], [ca, row('WA'), tx, ny])).toEqual(['added null>1']);
  expect(shown([ca, tx, ny], [ca, ny])).toEqual(['removed 1>null']);
  expect(shown([ca, tx, ny], [ca, row('TX', 'b'), ny])).toEqual(['changed 1>1 a>b']);
  expect(shown([ca, tx, ny], [ny, ca, tx])).toEqual(['moved 2>0']);
  expect(shown([ca, tx], [ca, { cells: [['OR'], { from: 5 }], to: 'z' }])).toEqual(['added null>1', 'removed 1>null']);
});

it('is quick with long tables', () => {
  const rows = Array.from({ length: 10_000 }, (_, at) => row(`S${at}`));
  const changed = [...rows];
  changed[17] = row('S17', 'b');
  changed.splice(9_000, 0, row('new'));
  const began = performance.now();
  expect(shown(rows, changed)).toEqual(['changed 17>17 a>b', 'added null>9000']);
  expect(performance.now() - began).toBeLessThan(2_000);
});

it('says what changed of weights, predicates and ports, by the names of arms', () => {
  const split = (a: number, to: string) => ({
    kind: 'split',
    arms: [
      { to: 'a', weight_ppm: a },
      { name: 'bee', to, weight_ppm: 1_000_000 - a },
    ],
  });
  const a = { kind: 'destination', destination: 'acme' };
  const parts = nodeDiffs(
    flow({ a, s: split(500_000, 'a'), w: { kind: 'when', if: 'x > 1', then: 'a', otherwise: 's' } }),
    flow({ a, s: split(600_000, 's'), w: { kind: 'when', if: 'x > 2', then: 'a', otherwise: 's' } }),
  ).flatMap(({ node, parts: found }) => found.map((it) => `${node} ${it.part}: ${it.before} > ${it.after}`));
  expect(parts).toEqual([
    's acme share: 50 % > 60 %',
    's bee to: a > s',
    's bee share: 50 % > 40 %',
    'w if: x > 1 > x > 2',
  ]);
});

it('tells nodes that came and went, and what changed of the flow', () => {
  const kinds = nodeDiffs(flow({ a: { kind: 'destination' } }), flow({ b: { kind: 'reject', reason: 'no' } }));
  expect(kinds.map(({ node, kind }) => `${node} ${kind}`)).toEqual(['a removed', 'b added']);
  expect(flowParts(flow({}, 't'), flow({}, 'u'))).toEqual([{ part: 'root', before: 't', after: 'u' }]);
});

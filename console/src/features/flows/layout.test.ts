import { describe, expect, it } from 'vitest';
import type { FlowDocument, FlowNode } from '../../graphql/flow-document';
import { crossings, layOut, ranksOf } from './layout';
import { graphOf } from './model';

function flow(nodes: Record<string, FlowNode>, root = 'a'): FlowDocument {
  return { flow: 'f', vertical: 'v', root, nodes };
}

const DIAMOND = flow({
  a: { kind: 'when', if: 'x', then: 'b', otherwise: 'c' },
  b: { kind: 'waterfall', to: ['d', 'buyer'] },
  c: { kind: 'waterfall', to: ['b', 'no'] },
  d: { kind: 'waterfall', to: ['buyer'] },
  buyer: { kind: 'destination', destination: 'acme' },
  no: { kind: 'reject', reason: 'too young' },
  score: { kind: 'scorecard', points: [] },
});

/** A tree of splits with so many steps, made without chance. */
function wide(n: number): FlowDocument {
  const nodes: Record<string, FlowNode> = { buyer: { kind: 'destination' } };
  for (let at = 0; at < n; at++) {
    const children = [3 * at + 1, 3 * at + 2, 3 * at + 3].map((child) => (child < n ? `s${child}` : 'buyer'));
    nodes[`s${at}`] = { kind: 'waterfall', to: [...children, `s${Math.min(n - 1, at * 7 + 5)}`] };
  }
  (nodes[`s${n - 1}`] as FlowNode).to = ['buyer'];
  return flow(nodes, 's0');
}

describe('the model', () => {
  it('draws destinations and rejects as chips, and leaves values out of the way', () => {
    const graph = graphOf(DIAMOND);
    expect([...graph.steps.keys()]).toEqual(['a', 'b', 'd', 'c']);
    expect(graph.leaves.get('buyer')).toEqual({ kind: 'destination', label: 'acme' });
    expect(graph.leaves.get('no')).toEqual({ kind: 'reject', label: 'too young' });
    expect([...graph.values.keys()]).toEqual(['score']);
  });
  it('puts the rows of a table together by where they lead', () => {
    const rows = [{ to: 'x' }, { to: 'y' }, { to: 'x' }];
    const graph = graphOf(flow({ a: { kind: 'table', columns: ['s'], rows, otherwise: 'x' } }));
    expect(graph.steps.get('a')?.ports).toEqual([
      { label: '2 rows', to: 'x' },
      { label: '1 row', to: 'y' },
      { label: 'no row', to: 'x' },
    ]);
  });
  it('shows a node of a kind that it does not know', () => {
    const graph = graphOf(flow({ a: { kind: 'oracle', to: 'b' } }));
    expect(graph.steps.get('a')?.ports).toEqual([]);
  });
});

describe('the layout', () => {
  it('puts a step right of all that lead to it', () => {
    const graph = graphOf(DIAMOND);
    expect(Object.fromEntries(ranksOf(graph))).toEqual({ a: 0, c: 1, b: 2, d: 3 });
    const { placed } = layOut(graph);
    for (const step of graph.steps.values()) {
      for (const { to } of step.ports) {
        const target = placed.get(to);
        if (target) expect(target.x).toBeGreaterThan(placed.get(step.name)?.x ?? Number.NaN);
      }
    }
  });
  it('lets no two cards cover each other, at 500 steps too', () => {
    const { placed, edges } = layOut(graphOf(wide(500)));
    expect(placed.size).toBe(500);
    expect(edges.length).toBeGreaterThan(500);
    const byColumn = new Map<number, { y: number; height: number }[]>();
    for (const card of placed.values()) byColumn.set(card.x, [...(byColumn.get(card.x) ?? []), card]);
    for (const column of byColumn.values()) {
      column.sort((a, b) => a.y - b.y);
      for (let n = 1; n < column.length; n++) {
        const above = column[n - 1] as { y: number; height: number };
        expect((column[n] as { y: number }).y).toBeGreaterThanOrEqual(above.y + above.height);
      }
    }
  });
  it('draws equal flows equally', () => {
    expect(layOut(graphOf(wide(80)))).toEqual(layOut(graphOf(wide(80))));
  });
  it('survives a circle, which only a draft can have', () => {
    const graph = graphOf(flow({ a: { kind: 'waterfall', to: ['b'] }, b: { kind: 'waterfall', to: ['a'] } }));
    expect(layOut(graph).placed.size).toBe(2);
  });
  it('counts crossings', () => {
    const graph = graphOf(
      flow({
        a: { kind: 'waterfall', to: ['b', 'c'] },
        b: { kind: 'waterfall', to: ['e'] },
        c: { kind: 'waterfall', to: ['d'] },
        d: { kind: 'waterfall', to: [] },
        e: { kind: 'waterfall', to: [] },
      }),
    );
    expect(crossings(graph, [['a'], ['b', 'c'], ['d', 'e']])).toBe(1);
    expect(crossings(graph, [['a'], ['b', 'c'], ['e', 'd']])).toBe(0);
  });
});

import { expect, it } from 'vitest';
import { canFold, firstFolds, folded, foldsAround } from './fold';
import { graphOf } from './model';

/** A tree of splits: each step leads to `width` others, `depth` times. */
function tree(width: number, depth: number) {
  const nodes: Record<string, { kind: string; [member: string]: unknown }> = { end: { kind: 'destination' } };
  const add = (name: string, left: number) => {
    const to = Array.from({ length: width }, (_, at) => (left === 0 ? 'end' : `${name}${at}`));
    nodes[name] = { kind: 'waterfall', to };
    if (left > 0) for (const child of to) add(child, left - 1);
  };
  add('n', depth);
  return graphOf({ flow: 'f', vertical: 'v', root: 'n', nodes });
}

it('leaves out what only a folded step leads to, and says how much', () => {
  const graph = tree(2, 3);
  expect(graph.steps.size).toBe(15);
  const one = folded(graph, new Set(['n0']));
  expect(one.steps.size).toBe(9);
  expect(one.steps.get('n0')).toMatchObject({ summary: '6 steps folded', ports: [] });
  expect(folded(graph, new Set(['nowhere'])).steps.size).toBe(15);
  // A step at the end has nothing to fold, and keeps its ports.
  expect(canFold(graph, 'n000')).toBe(false);
  expect(folded(graph, new Set(['n000'])).steps.get('n000')?.ports).toHaveLength(2);
});

it('keeps what is led to from elsewhere, and survives a circle', () => {
  const nodes = {
    a: { kind: 'waterfall', to: ['b', 'c'] },
    b: { kind: 'waterfall', to: ['c', 'd'] },
    c: { kind: 'waterfall', to: ['a'] },
    d: { kind: 'waterfall', to: ['c'] },
  };
  const graph = graphOf({ flow: 'f', vertical: 'v', root: 'a', nodes });
  expect([...folded(graph, new Set(['b'])).steps.keys()].sort()).toEqual(['a', 'b', 'c']);
});

it('opens large flows folded and small ones whole', () => {
  expect(firstFolds(tree(2, 3))).toEqual([]);
  const large = tree(2, 8);
  const first = folded(large, new Set(firstFolds(large)));
  expect(large.steps.size).toBe(511);
  expect(first.steps.size).toBe(15);
});

it('unfolds what hides a step, and nothing else', () => {
  const graph = tree(2, 3);
  const folds = new Set(['n0', 'n1']);
  expect([...foldsAround(graph, folds, 'n001')]).toEqual(['n1']);
  expect([...foldsAround(graph, folds, 'n0')]).toEqual(['n0', 'n1']);
});

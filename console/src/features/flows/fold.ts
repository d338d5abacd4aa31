import { count } from '../../ui/format';
import type { Graph, Step } from './model';

/** Flows with more steps open folded: nobody reads hundreds of steps as a picture. */
export const STEPS_MAX = 120;
/** How deep a large flow is shown at first. */
const DEPTH = 3;

/** The graph with some steps folded: what only they lead to is left out, and they say how much that is. */
export function folded(graph: Graph, folds: ReadonlySet<string>): Graph {
  const steps = new Map<string, Step>();
  const visit = (name: string) => {
    const step = graph.steps.get(name);
    if (!step || steps.has(name)) return;
    // In its place already, so that a circle ends.
    steps.set(name, step);
    if (!folds.has(name)) for (const { to } of step.ports) visit(to);
  };
  visit(graph.root);
  for (const name of folds) {
    const step = steps.get(name);
    if (!step) continue;
    const n = [...below(graph, name)].filter((other) => !steps.has(other)).length;
    if (n > 0) steps.set(name, { ...step, summary: `${count(n)} ${n === 1 ? 'step' : 'steps'} folded`, ports: [] });
  }
  return { ...graph, steps };
}

/** The folds that may stay so that a step is in sight. */
export function foldsAround(graph: Graph, folds: ReadonlySet<string>, name: string): Set<string> {
  if (folded(graph, folds).steps.has(name)) return new Set(folds);
  return new Set([...folds].filter((fold) => !below(graph, fold).has(name)));
}

/** Whether something can be folded below a step. */
export function canFold(graph: Graph, name: string): boolean {
  return below(graph, name).size > 0;
}

/** The steps that a large flow is folded at when it is opened; none for one that is small enough. */
export function firstFolds(graph: Graph): string[] {
  if (graph.steps.size <= STEPS_MAX) return [];
  let level = new Set([graph.root]);
  const seen = new Set(level);
  for (let depth = 0; depth < DEPTH; depth++) {
    const next = new Set<string>();
    for (const name of level) {
      for (const { to } of graph.steps.get(name)?.ports ?? []) {
        if (graph.steps.has(to) && !seen.has(to)) next.add(to);
      }
    }
    for (const name of next) seen.add(name);
    level = next;
  }
  return [...level].filter((name) => canFold(graph, name));
}

/** The steps that can be reached from a step, without itself. */
function below(graph: Graph, name: string): Set<string> {
  const found = new Set<string>();
  const visit = (at: string) => {
    for (const { to } of graph.steps.get(at)?.ports ?? []) {
      if (!graph.steps.has(to) || found.has(to) || to === name) continue;
      found.add(to);
      visit(to);
    }
  };
  visit(name);
  return found;
}

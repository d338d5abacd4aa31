import type { Graph } from './model';

/** Names of the steps in which all words of a text occur, in the order in which leads meet them: in the name, the kind, what
 * it does, or the destinations that its ports lead to. */
export function found(graph: Graph, text: string): string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const steps = [...graph.steps.values()].filter(({ name, kind, summary, ports }) => {
    const leaves = ports.map(({ label, to }) => `${label} ${graph.leaves.get(to)?.label ?? ''}`);
    const said = [name, kind, summary, ...leaves].join(' ').toLowerCase();
    return words.every((word) => said.includes(word));
  });
  // Whoever types a whole name means that step.
  const isNamed = (name: string) => (name.toLowerCase() === words.join(' ') ? 0 : 1);
  return steps.map(({ name }) => name).sort((a, b) => isNamed(a) - isNamed(b));
}

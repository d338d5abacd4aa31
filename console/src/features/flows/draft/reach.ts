import type { FlowDocument } from '../../../graphql/flow-document';
import { type Group, group } from './changes';
import { isValue, readIn, subjectsOf, targetsOf, textsOf } from './renamed';

/** The nodes that no lead comes to from the root, and the values that none of the others reads, by name. */
export function unreached({ root, nodes }: FlowDocument): string[] {
  const met = new Set<string>();
  const left = [root];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const node = nodes[name];
    if (!node || met.has(name)) continue;
    met.add(name);
    // A text that cannot be read may be about any value.
    const read = textsOf(node).flatMap((text) => readIn(text) ?? Object.keys(nodes).filter((it) => text.includes(it)));
    left.push(...targetsOf(node), ...[...read, ...subjectsOf(node)].filter((it) => isValue(nodes[it])));
  }
  return Object.keys(nodes)
    .filter((name) => !met.has(name))
    .sort();
}

/** Takes nodes away at once. */
export function removal({ nodes }: FlowDocument, names: readonly string[]): Group {
  const parts = names.map((name) => ({ kind: 'node', node: name, before: nodes[name] ?? null, after: null }) as const);
  return group(`${names.join(', ')} removed`, ...parts);
}

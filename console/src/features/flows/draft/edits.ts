import type { FlowDocument, FlowNode } from '../../../graphql/flow-document';
import type { FlowEdit } from '../../../graphql/generated';
import { applied, type Draft, isSame, type Single } from './changes';

/** The edits that the API takes for a change of a document. */
export function editsOf(document: FlowDocument, change: Draft): FlowEdit[] {
  switch (change.kind) {
    case 'group':
      return sequence(document, change.parts).flatMap(({ edits }) => edits);
    case 'root':
      return [{ setRoot: change.after }];
    case 'flow':
      return change.member === 'max_sold' ? [{ setMaxSold: Number(change.after ?? 1) }] : [];
    case 'rename':
      return difference(document, applied(document, change));
    case 'node':
      return [change.after === null ? { removeNode: change.node } : putNode(change.node, change.after)];
    case 'weights': {
      const weights = Object.entries(change.after).map(([arm, weightPpm]) => ({ arm, weightPpm }));
      return [{ setWeights: { node: change.node, weights } }];
    }
    case 'row':
      return [rowEdit(change)];
    case 'value':
      return [valueEdit(document, change)];
  }
}

/** Whether a change is one for which there is no edit: the draft is saved as a whole with it. */
export function isWhole(change: Draft): boolean {
  return change.kind === 'flow' && change.member !== 'max_sold';
}

/** Changes one after another, each with its edits of what those before it made. */
export function sequence<T extends Draft>(
  document: FlowDocument,
  changes: readonly T[],
): { change: T; edits: FlowEdit[] }[] {
  let at = document;
  return changes.map((change) => {
    const edits = editsOf(at, change);
    at = applied(at, change);
    return { change, edits };
  });
}

function putNode(name: string, node: FlowNode): FlowEdit {
  return { putNode: { name, node: node as unknown as Record<string, unknown> } };
}

/** Every node that another document has otherwise, as a whole: first what is there, then what is gone. */
function difference(from: FlowDocument, to: FlowDocument): FlowEdit[] {
  const put = Object.entries(to.nodes).flatMap(([name, node]) =>
    isSame(from.nodes[name], node) ? [] : [putNode(name, node)],
  );
  const gone = Object.keys(from.nodes).flatMap((name) => (to.nodes[name] ? [] : [{ removeNode: name }]));
  return [...put, ...(from.root === to.root ? [] : [{ setRoot: to.root }]), ...gone];
}

function rowEdit({ node, at, before, after }: Extract<Single, { kind: 'row' }>): FlowEdit {
  if (after === null) return { removeTableRow: { node, row: at } };
  const row = { node, row: at, cells: after.cells, if: after.if ?? null, to: after.to };
  return before === null ? { insertTableRow: row } : { setTableRow: row };
}

/** Ports of nodes, for which there is an edit of their own. */
const PORT = /^(then|otherwise|to\[\d+\]|(arms|bidders|cases|rows)\[\d+\]\.to)$/;

function valueEdit(document: FlowDocument, change: Extract<Single, { kind: 'value' }>): FlowEdit {
  const { node, part, after } = change;
  const [, list, at, member] = /^(points|cases)\[(\d+)\]\.(\w+)$/.exec(part) ?? [];
  if (part === 'if') return { setPredicate: { node, cel: String(after) } };
  if (list === 'points' && member === 'if') {
    return { setPredicate: { node, entry: Number(at), cel: String(after) } };
  }
  if (list === 'points') return { setPoints: { node, entry: Number(at), points: Number(after) } };
  if (list === 'cases' && member === 'in') {
    return { setCase: { node, case: Number(at), values: after as (string | number | boolean)[] } };
  }
  if (part === 'explore_ppm') return { setExplore: { node, explorePpm: Number(after) } };
  if (part === 'maximize') {
    const maximize = String(after).toUpperCase() as 'NET_REVENUE' | 'CONVERSIONS' | 'ACCEPTED';
    return { setObjective: { node, maximize } };
  }
  if (PORT.test(part) && typeof after === 'string') return { setPort: { node, port: part, to: after } };
  // Everything else has no edit of its own: the node is put as it is with the change.
  return putNode(node, applied(document, change).nodes[node] ?? { kind: '' });
}

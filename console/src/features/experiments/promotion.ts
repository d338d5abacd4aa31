import { armName, type FlowArm, type FlowDocument } from '../../graphql/flow-document';

/** Weights of an arm before and after it is shipped, in parts per million. */
export interface Moved {
  arm: string;
  before: number;
  after: number;
  /** Whether the experiment compares it. */
  isCompared: boolean;
}

/** What becomes of the weights of a split when one arm takes the place of all that were compared: the arm gets what they
 * have together, and the others keep theirs. The server does it; this says it beforehand. None if the live version has no
 * such split. */
export function shifted(
  document: FlowDocument,
  node: string,
  compared: readonly string[],
  winner: string,
): Moved[] | null {
  const split = document.nodes[node];
  if (split?.kind !== 'split' || !Array.isArray(split.arms)) return null;
  const arms = (split.arms as FlowArm[]).map((arm) => ({ arm: armName(document, arm), before: arm.weight_ppm }));
  const together = arms.filter(({ arm }) => compared.includes(arm)).reduce((sum, { before }) => sum + before, 0);
  return arms.map(({ arm, before }) => {
    const isCompared = compared.includes(arm);
    return { arm, before, after: isCompared ? (arm === winner ? together : 0) : before, isCompared };
  });
}

/** What an experiment compares, as far as its end is concerned. */
interface Compared {
  node: string | null;
  arms: readonly string[];
  candidate: unknown;
}

/** Whether the arm that wins may become live with the decision: a version does, and so does an arm of a split that the live
 * version still has. A bandit follows what it learns, and a hold-out tries nothing out.
 *
 * * `live`: the document of the live version; none while it is not known, or where there is none. */
export function canPromote({ node, arms, candidate }: Compared, live: FlowDocument | undefined): boolean {
  if (!live) return false;
  return candidate ? true : shifted(live, node ?? '', arms, '') !== null;
}

/** What a decision without it comes to for the leads. */
export function unpromoted({ node, candidate }: Compared, live: FlowDocument | undefined): string {
  if (candidate) return 'All leads are routed by the live version, and its stage can be moved again.';
  if (node === null) return 'Nothing is tried out that could be live: its leads are no longer held apart.';
  switch (live?.nodes[node]?.kind) {
    case 'bandit':
      return `Nothing changes for leads: ${node} goes on by what it learns. To end that, publish a version that leads to the arm.`;
    case 'split':
      return 'Nothing changes for leads: the split goes on as it is written.';
    default:
      return `Nothing changes for leads: the live version has no ${node} any more.`;
  }
}

/** The bandits of a document by name, with the names of their arms, whose weights are learned. */
export function banditsOf(document: FlowDocument): { node: string; arms: { name: string; weightPpm: null }[] }[] {
  return Object.entries(document.nodes)
    .filter(([, { kind, arms }]) => kind === 'bandit' && Array.isArray(arms))
    .map(([node, { arms }]) => ({
      node,
      arms: (arms as FlowArm[]).map((arm) => ({ name: armName(document, arm), weightPpm: null })),
    }));
}

/** The splits of a document by name, with the names of their arms and their weights. */
export function splitsOf(document: FlowDocument): { node: string; arms: { name: string; weightPpm: number }[] }[] {
  return Object.entries(document.nodes)
    .filter(([, { kind, arms }]) => kind === 'split' && Array.isArray(arms))
    .map(([node, { arms }]) => ({
      node,
      arms: (arms as FlowArm[]).map((arm) => ({ name: armName(document, arm), weightPpm: arm.weight_ppm })),
    }));
}

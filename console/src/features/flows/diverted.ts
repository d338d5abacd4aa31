import type { CandidateOutcome, DivertedQuery } from '../../graphql/generated';
import type { Graph } from './model';
import { edgeKey } from './traffic';

type Lead = DivertedQuery['leads']['nodes'][number];

/** Why leads did not go to a destination. */
export interface Diverted {
  /** Leads that were counted. */
  leads: number;
  /** Those of them that it was offered. */
  offered: number;
  /** By reason, most leads first; the latest lead of each. */
  reasons: { outcome: CandidateOutcome; leads: number; example: string }[];
  /** Leads by the node that led them elsewhere. */
  nodes: Map<string, number>;
  /** The same by edge, as `node port`. */
  edges: Map<string, number>;
}

/** Counts, by the first step of each lead: later steps ask what is left after an answer. A lead that was offered to the
 * destination at any step was not diverted. */
export function diverted(graph: Graph, leads: readonly Lead[], hash: string, destination: string): Diverted {
  const found: Diverted = { leads: 0, offered: 0, reasons: [], nodes: new Map(), edges: new Map() };
  const reasons = new Map<CandidateOutcome, { leads: number; example: string }>();
  for (const { id, decision } of leads) {
    const steps = decision?.versionHash === hash ? (decision.explanation?.steps ?? []) : [];
    const told = steps.map(({ candidates }) => candidates.find((it) => it.destination === destination));
    const [first] = told;
    if (!first) continue;
    found.leads++;
    if (told.some((it) => it?.outcome === 'OFFERED')) {
      found.offered++;
      continue;
    }
    const reason = reasons.get(first.outcome) ?? { leads: 0, example: id };
    reasons.set(first.outcome, { ...reason, leads: reason.leads + 1 });
    for (const { node, to } of first.divertedBy) {
      add(found.nodes, node);
      const ports = graph.steps.get(node)?.ports ?? [];
      const port = ports.findIndex((it) => it.to === to);
      if (port >= 0) add(found.edges, edgeKey(node, port));
    }
  }
  found.reasons = [...reasons]
    .map(([outcome, it]) => ({ outcome, ...it }))
    .sort((a, b) => b.leads - a.leads || a.outcome.localeCompare(b.outcome));
  return found;
}

function add(counts: Map<string, number>, key: string) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

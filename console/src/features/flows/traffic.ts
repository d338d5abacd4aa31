import { armName, type FlowArm, type FlowDocument } from '../../graphql/flow-document';
import type { FlowTrafficQuery } from '../../graphql/generated';
import type { Graph } from './model';

type Point = NonNullable<FlowTrafficQuery['arms']['metrics']>['points'][number];

/** What went through one port of a node that draws. */
export interface PortTraffic {
  arm: string;
  leads: number;
  /** Share of the leads that the node drew for. */
  share: number;
  sold: number;
  revenue: string;
  /** Money a lead; none without a lead. */
  perLead: number | null;
}

/** What went through a flow in some time. */
export interface Traffic {
  /** Leads of the flow. */
  leads: number;
  currency: string | null;
  /** By node that draws, in the order of its ports; null for a port that nothing went through. */
  ports: Map<string, (PortTraffic | null)[]>;
  /** Leads by node; only where they are known. */
  nodes: Map<string, number>;
  /** Leads by edge, as `node port`; only where they are known. */
  edges: Map<string, number>;
}

/** Fewer leads than this say nothing of money. */
export const FEW = 50;

export function edgeKey(node: string, port: number): string {
  return `${node} ${port}`;
}

/** Puts sums by node and arm on the ports of a graph. Nodes that draw count their leads; of others so much is known as
 * follows from that: an edge to a node that nothing else leads to carries all that the node has. */
export function trafficOf(
  graph: Graph,
  document: FlowDocument,
  all: readonly { leads: number; currency: string }[],
  points: readonly Point[],
): Traffic {
  const ports = new Map<string, (PortTraffic | null)[]>();
  const nodes = new Map<string, number>();
  const edges = new Map<string, number>();
  const [main] = [...all].sort((a, b) => b.leads - a.leads);
  for (const [name, step] of graph.steps) {
    const own = points.filter((point) => point.node === name && point.currency === main?.currency);
    if (own.length === 0) continue;
    const leads = own.reduce((sum, point) => sum + point.leads, 0);
    nodes.set(name, leads);
    const names = armNames(document, name, step.ports.length);
    const found = names.map((arm, port) => {
      const point = own.find((it) => it.arm === arm);
      if (!point) return null;
      edges.set(edgeKey(name, port), point.leads);
      const { revenue, sold, revenuePerLead } = point;
      const perLead = revenuePerLead === null ? null : Number(revenuePerLead);
      return { arm, leads: point.leads, share: leads === 0 ? 0 : point.leads / leads, sold, revenue, perLead };
    });
    ports.set(name, found);
  }
  if (main) nodes.set(graph.root, main.leads);
  passOn(graph, nodes, edges);
  return { leads: main?.leads ?? 0, currency: main?.currency ?? null, ports, nodes, edges };
}

/** Names of the arms in the order of the ports, as sums are kept under them. */
function armNames(document: FlowDocument, name: string, n: number): string[] {
  const node = document.nodes[name];
  const list = (node?.arms ?? node?.bidders) as FlowArm[] | undefined;
  return Array.from({ length: n }, (_, at) => {
    const arm = list?.[at];
    return arm ? armName(document, arm) : '';
  });
}

/** Edges to nodes whose leads are known and that have no other way in. */
function passOn(graph: Graph, nodes: Map<string, number>, edges: Map<string, number>) {
  const into = new Map<string, string[]>();
  for (const [name, { ports }] of graph.steps) {
    ports.forEach(({ to }, port) => {
      if (graph.steps.has(to)) into.set(to, [...(into.get(to) ?? []), edgeKey(name, port)]);
    });
  }
  for (const [to, ways] of into) {
    const leads = nodes.get(to);
    const [only] = ways;
    if (leads !== undefined && ways.length === 1 && only !== undefined && !edges.has(only)) edges.set(only, leads);
  }
}

/** How warm a port is drawn, from 0 to 1: its money a lead against the best of the flow. None for too few leads. */
export function warmth(of: PortTraffic, traffic: Traffic): number | null {
  if (of.leads < FEW || of.perLead === null) return null;
  const best = Math.max(
    ...[...traffic.ports.values()].flatMap((ports) =>
      ports.flatMap((it) => (it && it.leads >= FEW && it.perLead !== null ? [it.perLead] : [])),
    ),
  );
  return best <= 0 ? 0 : Math.max(0, of.perLead / best);
}

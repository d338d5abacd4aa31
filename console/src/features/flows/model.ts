import type { FlowDocument, FlowNode } from '../../graphql/flow-document';
import { count, percent } from '../../ui/format';

/** Kinds of nodes that leads do not pass through: numbers for predicates. */
const VALUES = ['scorecard', 'derive'];
/** Kinds at which a walk ends or leaves the flow: they are drawn as chips on the ports that lead there. */
const LEAVES = ['destination', 'reject'];

/** A way out of a step. */
export interface Port {
  /** What has to hold, or which arm was drawn, in words. */
  label: string;
  /** Name of the node that it leads to. */
  to: string;
  /** How often this arm is drawn, if that is fixed: parts per million. */
  weightPpm?: number;
}

/** A node that leads pass through. */
export interface Step {
  name: string;
  kind: string;
  /** The node in one line. */
  summary: string;
  ports: Port[];
}

/** A flow as steps with ports: what is drawn and listed. */
export interface Graph {
  root: string;
  /** By name, in the order in which they are met from the root. */
  steps: Map<string, Step>;
  /** Destinations and rejects by the name of their node. */
  leaves: Map<string, Leaf>;
  /** Scorecards and derived values by name. */
  values: Map<string, FlowNode>;
}

export interface Leaf {
  kind: 'destination' | 'reject';
  /** The destination's own name, or the reason. */
  label: string;
}

interface Arm {
  name?: string;
  to: string;
  weight_ppm?: number;
  daily?: number;
}

/** Reads a document. What it does not know it leaves out: a newer server must not break an open page. */
export function graphOf(document: FlowDocument): Graph {
  const steps = new Map<string, Step>();
  const leaves = new Map<string, Leaf>();
  const values = new Map<string, FlowNode>();
  for (const [name, node] of Object.entries(document.nodes)) {
    if (VALUES.includes(node.kind)) values.set(name, node);
    else if (node.kind === 'destination')
      leaves.set(name, { kind: 'destination', label: text(node.destination) ?? name });
    else if (LEAVES.includes(node.kind)) leaves.set(name, { kind: 'reject', label: text(node.reason) ?? name });
  }
  const visit = (name: string) => {
    const node = document.nodes[name];
    if (!node || steps.has(name) || leaves.has(name) || values.has(name)) return;
    const step = { name, kind: node.kind, summary: summaryOf(node), ports: portsOf(node) };
    steps.set(name, step);
    for (const port of step.ports) visit(port.to);
  };
  visit(document.root);
  return { root: document.root, steps, leaves, values };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** The node in one line. */
export function summaryOf(node: FlowNode): string {
  switch (node.kind) {
    case 'when':
      return text(node.if) ?? '';
    case 'switch':
      return `by ${text(node.on) ?? '?'}`;
    case 'table':
      return `${count(list(node.rows).length)} rows by ${list<string>(node.columns).join(', ')}`;
    case 'split':
      return node.sticky ? `fixed shares, kept by ${text(node.sticky)}` : 'fixed shares';
    case 'bandit':
      return `learns for ${(text(node.maximize) ?? 'net_revenue').replaceAll('_', ' ')}, explores ${percent(Number(node.explore_ppm ?? 0) / 1e6)}`;
    case 'rotate':
      return node.by === 'least_recently_sold' ? 'longest without a lead first' : 'furthest behind its target first';
    case 'auction':
      return node.reserve ? `highest bid from ${text(node.reserve)}` : 'highest bid';
    case 'waterfall':
      return 'in this order';
    case 'subflow':
      return `flow ${text(node.flow) ?? '?'}`;
    default:
      return '';
  }
}

/** The ports of a node in their order, with what leads through each in words. */
export function portsOf(node: FlowNode): Port[] {
  const otherwise = (label: string): Port[] => (text(node.otherwise) ? [{ label, to: String(node.otherwise) }] : []);
  switch (node.kind) {
    case 'when':
      return [{ label: 'then', to: String(node.then) }, ...otherwise('otherwise')];
    case 'switch':
      return [
        ...list<{ in: unknown[]; to: string }>(node.cases).map((it) => ({
          label: list<unknown>(it.in).map(String).join(', '),
          to: it.to,
        })),
        ...otherwise('otherwise'),
      ];
    case 'table':
      return [...rowsByTarget(node), ...otherwise('no row')];
    case 'split':
    case 'bandit':
    case 'rotate':
      return list<Arm>(node.arms).map((arm) => ({
        label: arm.name ?? arm.to,
        to: arm.to,
        ...(arm.weight_ppm === undefined ? {} : { weightPpm: arm.weight_ppm }),
      }));
    case 'auction':
      return list<{ to: string }>(node.bidders).map(({ to }) => ({ label: to, to }));
    case 'waterfall':
      return list<string>(node.to).map((to, at) => ({ label: `${at + 1}.`, to }));
    default:
      return [];
  }
}

/** The rows of a table, put together by where they lead: a table of thousands of rows has few targets. */
function rowsByTarget(node: FlowNode): Port[] {
  const byTarget = new Map<string, number>();
  for (const { to } of list<{ to: string }>(node.rows)) byTarget.set(to, (byTarget.get(to) ?? 0) + 1);
  return [...byTarget].map(([to, rows]) => ({ label: rows === 1 ? '1 row' : `${count(rows)} rows`, to }));
}

/** A flow document as the API gives it: what the language calls nodes, by their names. */
export interface FlowDocument {
  flow: string;
  vertical: string;
  currency?: string;
  root: string;
  /** How many destinations one lead may be sold to; one, if it is left out. */
  max_sold?: number;
  title?: string;
  notes?: string;
  nodes: Record<string, FlowNode>;
}

/** A field of a lead schema as it is declared. */
export interface FieldDocument {
  name: string;
  kind: string;
  required?: string;
  pii?: boolean;
  labels?: string[];
  min?: number;
  max?: number;
  max_chars?: number;
  multiline?: boolean;
  scale?: number;
}

/** A node: its kind, and the members of that kind. */
export interface FlowNode {
  kind: string;
  [member: string]: unknown;
}

/** An arm of a split or bandit. */
export interface FlowArm {
  name?: string;
  to: string;
  weight_ppm: number;
}

/** The name of an arm: its own, or that of the destination or node that it leads to. */
export function armName(document: FlowDocument, { name, to }: { name?: string; to: string }): string {
  if (name) return name;
  const target = document.nodes[to];
  return target?.kind === 'destination' && typeof target.destination === 'string' ? target.destination : to;
}

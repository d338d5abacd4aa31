/** A flow document as the API gives it: what the language calls nodes, by their names. */
export interface FlowDocument {
  flow: string;
  vertical: string;
  currency?: string;
  root: string;
  title?: string;
  nodes: Record<string, FlowNode>;
}

/** A node: its kind, and the members of that kind. */
export interface FlowNode {
  kind: string;
  title?: string;
  [member: string]: unknown;
}

import type { FlowDocument, FlowNode } from '../../../graphql/flow-document';
import type { Column } from './cells';
import { unusedValues } from './new-node';
import { freeName } from './node-names';
import { inProportion, WHOLE } from './weights';

/** What a new flow begins as, each in words. */
export const TEMPLATES = {
  one: 'all leads to one destination',
  waterfall: 'one destination after another, until one takes the lead',
  split: 'a split with equal shares',
  bandit: 'a bandit that learns the shares',
  table: 'a table by one field, with a rest',
} as const;

export type Template = keyof typeof TEMPLATES;

export interface NewFlow {
  name: string;
  vertical: string;
  currency: string;
  template: Template;
  /** In the order in which they are to be tried; the first alone, if there is to be one. */
  destinations: readonly string[];
  /** What a table asks. */
  column: Column | undefined;
}

/** The document of a new flow, as the server writes it. */
export function documentOf({ name, vertical, currency, template, destinations, column }: NewFlow): FlowDocument {
  const used = template === 'one' ? destinations.slice(0, 1) : destinations;
  const nodes: Record<string, FlowNode> = Object.fromEntries(used.map((it) => [it, { kind: 'destination' }]));
  const add = (wanted: string, node: FlowNode) => {
    const free = freeName(nodes, wanted);
    nodes[free] = node;
    return free;
  };
  const root = rootOf(template, used, column, add);
  return { flow: name, vertical, currency, root, nodes };
}

function rootOf(
  template: Template,
  to: readonly string[],
  column: Column | undefined,
  add: (wanted: string, node: FlowNode) => string,
): string {
  switch (template) {
    case 'one':
      return to[0] ?? '';
    case 'waterfall':
      return add('order', { kind: 'waterfall', to });
    case 'split': {
      const shares = inProportion(
        to.map(() => 1),
        WHOLE,
      );
      return add('split', { kind: 'split', arms: to.map((it, at) => ({ to: it, weight_ppm: shares[at] ?? 0 })) });
    }
    case 'bandit': {
      const arms = to.map((it) => ({ to: it }));
      return add('best', { kind: 'bandit', arms, maximize: 'net_revenue', explore_ppm: 50_000 });
    }
    case 'table': {
      const otherwise = add('rest', { kind: 'waterfall', to });
      // Of a field whose values are known, the first go one to each destination.
      const values = unusedValues(column, []).slice(0, to.length);
      const rows = values.map((value, at) => ({ cells: [[value]], to: to[at] ?? '' }));
      const columns = [column?.name ?? ''];
      return add(`by-${column?.name ?? 'field'}`, { kind: 'table', hit: 'first', columns, rows, otherwise });
    }
  }
}

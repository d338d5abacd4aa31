import type { FlowDocument, FlowNode } from '../../../graphql/flow-document';
import { nextTarget } from './arm-lists';
import type { Column } from './cells';
import { isValue } from './renamed';

/** The kinds of nodes, with what each does in words. */
export const KINDS: Record<string, string> = {
  destination: 'offers the lead to a destination',
  reject: 'declines the lead',
  when: 'one of two ways, by a predicate',
  switch: 'ways by the value of a field',
  table: 'ways by rows of conditions',
  split: 'draws an arm by fixed shares',
  bandit: 'draws an arm by shares that it learns',
  rotate: 'takes arms in turn',
  auction: 'asks for bids, the highest gets it',
  waterfall: 'one after another, until one takes it',
  subflow: 'goes on in another flow',
  scorecard: 'points, for predicates to read',
  derive: 'a computed number, for predicates to read',
};

/** What a new node is asked for, beside its kind and name; each kind reads what it needs. */
export interface Wanted {
  destination: string;
  reason: string;
  flow: string;
  /** A field or value. */
  on: string;
  value: string;
}

/** The fields of the schema and the values of a draft: all that tables and switches may ask. */
export function subjects(document: FlowDocument, columns: readonly Column[]): Column[] {
  const values = Object.keys(document.nodes).filter((name) => isValue(document.nodes[name]));
  return [...columns, ...values.sort().map((name) => ({ name, kind: 'number', labels: null }))];
}

/** What a new node says until it is edited, as the server writes it. Ports lead to nodes that are there, so that only what is
 * meant is wrong. */
export function newNode(
  document: FlowDocument,
  columns: readonly Column[],
  kind: string,
  name: string,
  wanted: Wanted,
): FlowNode {
  const to = nextTarget(document, []);
  const other = nextTarget(document, [to]);
  const arms =
    other === to
      ? [
          { name: 'first', to },
          { name: 'second', to },
        ]
      : [{ to }, { to: other }];
  switch (kind) {
    case 'destination':
      return wanted.destination === name ? { kind } : { kind, destination: wanted.destination };
    case 'reject':
      return { kind, reason: wanted.reason };
    case 'when':
      return { kind, if: 'true', then: to, otherwise: other };
    case 'switch':
      return { kind, on: wanted.on, cases: firstCase(document, columns, wanted.on, to), otherwise: other };
    case 'table':
      return { kind, hit: 'first', columns: [wanted.on], rows: [], otherwise: to };
    case 'split':
      return { kind, arms: arms.map((arm) => ({ ...arm, weight_ppm: 500_000 })) };
    case 'bandit':
      return { kind, arms, maximize: 'net_revenue', explore_ppm: 50_000 };
    case 'rotate':
      return { kind, by: 'least_recently_sold', arms };
    case 'auction':
      return { kind, bidders: other === to ? [{ to }] : [{ to }, { to: other }], deadline_ms: 500 };
    case 'waterfall':
      return { kind, to: other === to ? [to] : [to, other] };
    case 'subflow':
      return { kind, flow: wanted.flow };
    case 'scorecard':
      return { kind, points: [{ if: 'true', points: 0 }] };
    default:
      return { kind: 'derive', value: wanted.value, default: null };
  }
}

/** A case with a value that the field has, if it is known which it may have. */
function firstCase(document: FlowDocument, columns: readonly Column[], on: string, to: string) {
  const value = unusedValues(
    subjects(document, columns).find(({ name }) => name === on),
    [],
  )[0];
  return value === undefined ? [] : [{ in: [value], to }];
}

/** Values of a field that no case has yet, where the schema says which there are. */
export function unusedValues(column: Column | undefined, used: readonly unknown[]): (string | boolean)[] {
  const all = column?.kind === 'boolean' ? [true, false] : (column?.labels ?? []);
  return all.filter((value) => !used.includes(value));
}

import type { FlowDocument, FlowNode } from '../../../graphql/flow-document';
import type { Column } from './cells';
import { isValue, readIn, textsOf } from './renamed';

/** Words of predicates that no value can be called. */
const RESERVED = [
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
];

/** What is wrong with the name of a node that is added or renamed; none if it is good.
 *
 * * `kind`: of the node; predicates read scorecards and derived values by their names, which are words as those of fields. */
export function nameMistake(
  document: FlowDocument,
  name: string,
  kind: string,
  columns: readonly Column[],
): string | null {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name)) {
    return 'a name has 1 to 64 letters, digits, `-`, `_` or `.`, and starts with a letter or digit';
  }
  if (document.nodes[name]) return `there is a node \`${name}\` already`;
  if (!isValue({ kind })) return null;
  if (!/^[A-Za-z_]\w*$/.test(name) || RESERVED.includes(name)) {
    return `predicates read a ${kind} by its name, which has letters, digits and \`_\` alone, such as \`quality\``;
  }
  return columns.some((it) => it.name === name) ? `leads have a field \`${name}\` already` : null;
}

/** Why a value cannot get another name in all that reads it; none if it can. */
export function renameMistake(document: FlowDocument, from: string, to: string): string | null {
  if (!isValue(document.nodes[from])) return null;
  for (const [name, node] of Object.entries(document.nodes)) {
    for (const text of textsOf(node)) {
      const words = readIn(text);
      if (words === null && text.includes(from)) {
        return `a predicate of \`${name}\` cannot be read, and may be about \`${from}\`: mend it first`;
      }
      if (words?.includes(to)) return `a predicate of \`${name}\` reads something called \`${to}\` already`;
    }
  }
  return null;
}

/** A name that no node has: the wanted one, or one with a number. */
export function freeName(nodes: Record<string, FlowNode>, wanted: string): string {
  if (!nodes[wanted]) return wanted;
  for (let n = 2; ; n++) if (!nodes[`${wanted}-${n}`]) return `${wanted}-${n}`;
}

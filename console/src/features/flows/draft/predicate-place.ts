import type { Token } from './predicate-tokens';

/** What may stand at a place of a predicate. */
export type Place =
  /** A question: a field, a value or a function. */
  | { kind: 'question' }
  /** A field of some kinds, as the argument of a function. */
  | { kind: 'field'; of: 'any' | 'text' | 'timestamp' | 'time' }
  /** What a field is compared with. */
  | { kind: 'value'; field: string; isOrdered: boolean; already: string[] }
  /** What a field may be in: a list of values, or a named list. */
  | { kind: 'set'; field: string }
  /** The name of a named list. */
  | { kind: 'list'; field: string | null }
  | { kind: 'zone' }
  /** A part of what stands before a point. */
  | { kind: 'member'; of: string }
  /** A time, or what is added to it. */
  | { kind: 'time' }
  /** Behind a question or a field. */
  | { kind: 'operator'; field: string | null };

const ORDERS = ['<', '<=', '>', '>='];

/** What may stand behind these tokens; none where nothing can be said. */
export function placeAfter(tokens: readonly Token[]): Place | null {
  const last = tokens.at(-1);
  const before = tokens.slice(0, -1);
  if (!last) return { kind: 'question' };
  if (last.kind === 'word' && last.text === 'in') {
    const field = fieldAtEnd(before);
    return field === null ? null : { kind: 'set', field };
  }
  if (last.kind !== 'symbol') return afterOperand(tokens);
  switch (last.text) {
    case '&&':
    case '||':
    case '!':
      return { kind: 'question' };
    case '.': {
      const of = fieldAtEnd(before);
      return of === null ? null : { kind: 'member', of };
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(before, ORDERS.includes(last.text));
    case '+':
    case '-':
      return { kind: 'time' };
    case '(':
    case '[':
    case ',':
      return inBracket(tokens);
    case ')':
    case ']':
      return afterOperand(tokens);
    default:
      return null;
  }
}

function compared(before: readonly Token[], isOrdered: boolean): Place | null {
  const field = fieldAtEnd(before);
  if (field !== null) return { kind: 'value', field, isOrdered, already: [] };
  // A value may stand before the field that it is compared with.
  return before.at(-1)?.kind === 'text' || before.at(-1)?.kind === 'number' ? { kind: 'question' } : null;
}

/** Behind something that is whole: operators, but not between the arguments of a call or the values of a list. */
function afterOperand(tokens: readonly Token[]): Place | null {
  const open = openBracket(tokens);
  const isGroup = open === null || (tokens[open]?.text === '(' && calleeOf(tokens, open) === null);
  return isGroup ? { kind: 'operator', field: fieldAtEnd(tokens) } : null;
}

/** Behind the bracket that is open, or a comma in it. */
function inBracket(tokens: readonly Token[]): Place | null {
  const open = openBracket(tokens);
  const bracket = open === null ? undefined : tokens[open];
  if (open === null || !bracket) return null;
  const inside = tokens.slice(open + 1);
  if (bracket.text === '[') {
    const before = tokens.slice(0, open);
    const field = before.at(-1)?.text === 'in' ? fieldAtEnd(before.slice(0, -1)) : null;
    const already = inside.filter(({ kind }) => kind === 'text').map(({ text }) => text);
    return field === null ? null : { kind: 'value', field, isOrdered: false, already };
  }
  const callee = calleeOf(tokens, open);
  if (callee === null) return inside.length === 0 ? { kind: 'question' } : null;
  const isMethod = tokens[open - 2]?.text === '.';
  const nth = inside.filter(({ kind, text }) => kind === 'symbol' && text === ',').length + (isMethod ? 1 : 0);
  return argument(callee, nth, tokens.slice(0, open - 1));
}

function argument(callee: string, nth: number, before: readonly Token[]): Place | null {
  switch (`${callee} ${nth}`) {
    case 'has 0':
      return { kind: 'field', of: 'any' };
    case 'startsWith 0':
      return { kind: 'field', of: 'text' };
    case 'hour 0':
    case 'weekday 0':
      return { kind: 'field', of: 'timestamp' };
    case 'years 0':
    case 'days 0':
      return { kind: 'field', of: 'time' };
    case 'hour 1':
    case 'weekday 1':
    case 'years 1':
    case 'days 1':
    case 'getHours 1':
    case 'getDayOfWeek 1':
      return { kind: 'zone' };
    case 'list 0':
      return { kind: 'list', field: before.at(-1)?.text === 'in' ? fieldAtEnd(before.slice(0, -1)) : null };
    default:
      return null;
  }
}

/** The place among the tokens of the innermost bracket that is not closed. */
function openBracket(tokens: readonly Token[]): number | null {
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== 'symbol') continue;
    if (text === ')' || text === ']') depth += 1;
    if (text !== '(' && text !== '[') continue;
    if (depth === 0) return at;
    depth -= 1;
  }
  return null;
}

/** The function or method whose arguments a bracket begins; none for a bracket that only groups. */
function calleeOf(tokens: readonly Token[], open: number): string | null {
  const before = tokens[open - 1];
  return before?.kind === 'word' && before.text !== 'in' ? before.text : null;
}

/** The field that the tokens end with: `age`, `lead.age`, or one of a name that needs backticks. */
function fieldAtEnd(tokens: readonly Token[]): string | null {
  const last = tokens.at(-1);
  const isDotted = tokens.at(-2)?.text === '.';
  if (isDotted && tokens.at(-3)?.text !== 'lead') return null;
  if (last?.kind === 'name') return isDotted ? last.text.replaceAll('`', '') : null;
  if (last?.kind !== 'word' || (!isDotted && ['in', 'true', 'false', 'null'].includes(last.text))) return null;
  return last.text;
}

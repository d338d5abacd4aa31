/** The smallest parts of a predicate up to a place in it, as the server reads them. */
export interface Token {
  kind: 'word' | 'name' | 'number' | 'text' | 'symbol';
  /** Of a text, what stands between its quotes. */
  text: string;
  from: number;
  to: number;
}

/** A text whose quote is not closed yet. */
export interface OpenText {
  quote: string;
  /** Where its first quote is. */
  from: number;
  content: string;
}

export interface Head {
  tokens: Token[];
  open: OpenText | null;
  isInComment: boolean;
}

const SPACE = /[ \t\n\r\f]+/y;
const WORD = /[A-Za-z_]\w*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d*)?)[uU]?/y;
const NAME = /`[\w.\-/ ]*`?/y;
const SYMBOL = /&&|\|\||[=!<>]=|[\s\S]/uy;
const PREFIX = /^(?:r|b|br|rb)$/i;

/** Reads what stands before the caret. A mistake is no end: the rest is read as if it were right. */
export function readHead(head: string): Head {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(head)?.[0] ?? null;
    if (found) at += found.length;
    return found;
  };
  while (at < head.length) {
    if (take(SPACE)) continue;
    const from = at;
    if (head.startsWith('//', at)) {
      const end = head.indexOf('\n', at);
      if (end < 0) return { tokens, open: null, isInComment: true };
      at = end;
      continue;
    }
    if (head[at] === '"' || head[at] === "'") {
      const before = tokens.at(-1);
      const hasPrefix = before?.kind === 'word' && before.to === at && PREFIX.test(before.text);
      if (hasPrefix) tokens.pop();
      const read = readText(head, at, hasPrefix && /r/i.test(before.text));
      if (read.end === null) return { tokens, open: { ...read.text, from }, isInComment: false };
      at = read.end;
      tokens.push({ kind: 'text', text: read.text.content, from, to: at });
      continue;
    }
    const kinds = { word: WORD, number: NUMBER, name: NAME, symbol: SYMBOL } as const;
    for (const [kind, pattern] of Object.entries(kinds)) {
      const text = take(pattern);
      if (text === null || text === '') continue;
      tokens.push({ kind: kind as Token['kind'], text, from, to: at });
      break;
    }
  }
  return { tokens, open: null, isInComment: false };
}

/** A text from its quote on, and where it ends; a text of one line ends with its line too. */
function readText(head: string, at: number, isRaw: boolean) {
  const one = head[at] ?? '"';
  const quote = head.startsWith(one.repeat(3), at) ? one.repeat(3) : one;
  const start = at + quote.length;
  let content = '';
  for (let here = start; here < head.length; here++) {
    if (head.startsWith(quote, here)) return { text: { quote, content }, end: here + quote.length };
    const letter = head[here] ?? '';
    if (quote.length === 1 && (letter === '\n' || letter === '\r')) return { text: { quote, content }, end: here };
    if (letter === '\\' && !isRaw) {
      here += 1;
      content += head[here] ?? '';
    } else content += letter;
  }
  return { text: { quote, content }, end: null };
}

/** Cells of tables as people type them: "CA, TX", "not CA", "18 to 25", "90*", "missing", or nothing for anything. */

export type Cell =
  | null
  | (string | number | boolean)[]
  | { not_in: (string | number | boolean)[] }
  | { from?: number | string; to?: number | string }
  | { starts_with: string[] }
  | { missing: true };

/** What is known of a column: its kind and labels by the lead schema. */
export interface Column {
  name: string;
  kind: string;
  labels: string[] | null;
}

/** A cell in the form that can be typed again. What this does not know is shown as its JSON. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (Array.isArray(cell)) return cell.map(quoted).join(', ');
  const it = cell as Record<string, unknown>;
  if (Array.isArray(it.not_in)) return `not ${it.not_in.map(quoted).join(', ')}`;
  if (Array.isArray(it.starts_with)) return it.starts_with.map((text) => `${quoted(text)}*`).join(', ');
  if (it.missing === true) return 'missing';
  if (it.from !== undefined && it.to !== undefined) return `${it.from} to ${it.to}`;
  if (it.from !== undefined) return `from ${it.from}`;
  if (it.to !== undefined) return `below ${it.to}`;
  return JSON.stringify(cell);
}

/** A text that would be read as something else stands in quotes. */
function quoted(value: unknown): string {
  const text = String(value);
  const isPlain = typeof value !== 'string' || !/[",*]|^\s|\s$|^(not |from |below |missing$)| to |^$/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

/** What a text says as a cell, or why it says nothing. */
export function readCell(text: string, column: Column): { cell: Cell } | { mistake: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { cell: null };
  if (trimmed === 'missing') return { cell: { missing: true } };
  const range = /^(?:(.+?) to (.+)|from (.+)|below (.+))$/.exec(trimmed);
  if (range && isOrdered(column)) {
    const [, low, high, from, below] = range;
    return bounds(low ?? from, high ?? below, column);
  }
  const isNot = trimmed.startsWith('not ');
  const parts = list(isNot ? trimmed.slice(4) : trimmed);
  if (parts === null) return { mistake: 'a quote is not closed' };
  if (!isNot && parts.length > 0 && parts.every(({ isPrefix }) => isPrefix)) {
    return { cell: { starts_with: parts.map(({ text: prefix }) => prefix) } };
  }
  const values = parts.map(({ text: value }) => literal(value, column));
  const wrong = values.find((value) => typeof value === 'object');
  if (typeof wrong === 'object') return wrong;
  const good = values as (string | number | boolean)[];
  return { cell: isNot ? { not_in: good } : good };
}

function isOrdered({ kind }: Column): boolean {
  return ['integer', 'decimal', 'timestamp', 'date', 'number'].includes(kind);
}

function bounds(low: string | undefined, high: string | undefined, column: Column) {
  const [from, to] = [low, high].map((text) => (text === undefined ? undefined : literal(text.trim(), column)));
  for (const bound of [from, to]) if (typeof bound === 'object') return bound;
  if (from !== undefined && to !== undefined && from >= to) return { mistake: `${low} is not below ${high}` };
  return {
    cell: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) } as Cell,
  };
}

function literal(text: string, { name, kind, labels }: Column): string | number | boolean | { mistake: string } {
  if (kind === 'integer' && !/^-?\d+$/.test(text)) return { mistake: `\`${text}\` is no whole number` };
  if (['integer', 'decimal', 'number'].includes(kind)) {
    const value = Number(text);
    return text === '' || !Number.isFinite(value) ? { mistake: `\`${text}\` is no number` } : value;
  }
  if (kind === 'boolean') {
    if (['true', 'yes'].includes(text)) return true;
    if (['false', 'no'].includes(text)) return false;
    return { mistake: `\`${text}\` is neither yes nor no` };
  }
  if (labels && !labels.includes(text)) return { mistake: `\`${text}\` is no label of ${name}` };
  return text;
}

/** Values between commas; quotes keep commas and stars together. None if a quote is not closed. */
function list(text: string): { text: string; isPrefix: boolean }[] | null {
  const parts: { text: string; isPrefix: boolean }[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^",]*?))(\*?)\s*(?:,|$)/y;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found || pattern.lastIndex === at) return null;
    const value = found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"');
    parts.push({ text: value, isPrefix: found[3] === '*' });
  }
  return parts;
}

/** Rows of a clipboard: tabs between cells, lines between rows. */
export function readTsv(text: string): string[][] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
}

import { amount, ppm } from './figures';
import { words } from './format';

/** Sentences of the server as people read them. Names stand between backticks, and what stands there is never changed. */

/** The first letter as a capital, unless a name begins it. */
export function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}

/** Whole numbers with their thousands apart, but for parts of names, dates and fractions. */
const LONG = /(?<![\w.:/-])\d{4,}(?![\w:/-]|\.\d)/g;
/** What the server writes with more digits than money has, but for shares. */
const FINE = /([+-]?)(?<![\w.])(\d+\.\d{4,6})(?![\w.]| ?%| points)/g;

/** Numbers of a sentence in the form in which the console shows them everywhere.
 *
 * * `currency`: of the amounts in it; without one they stay as they are. */
export function readable(text: string, currency?: string | null): string {
  return outsideNames(text, (part) => {
    const grouped = part.replace(LONG, (digits) => BigInt(digits).toLocaleString('en-US'));
    if (!currency) return grouped;
    return grouped.replace(FINE, (_, sign: string, digits: string) => {
      const shown = amount(Number(digits), currency);
      return `${sign === '-' ? '−' : sign}${shown}`;
    });
  });
}

/** What changed in a flow, with shares and ranges as the editor of flows shows them. */
export function changeText(message: string): string {
  return outsideNames(message, (part) =>
    part
      .replace(/\b(\w+)_ppm: (\d+)(?: → (\d+))?/g, (_, name: string, before: string, after?: string) => {
        const shares = [before, after].filter((it) => it !== undefined).map((it) => ppm(Number(it)));
        return `${name === 'weight' ? 'share' : words(name)}: ${shares.join(' → ')}`;
      })
      .replace(
        /(?<=^|[\s(])(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?(?=[\s,;)]|$)/g,
        (range, from?: string, to?: string) => {
          if (from !== undefined && to !== undefined) return `${from} to ${to}`;
          return from !== undefined ? `from ${from}` : to !== undefined ? `below ${to}` : range;
        },
      ),
  );
}

/** A place in a node as people count: `rows[2].cells[0]` is "row 3, cell 1". */
export function placeText(part: string): string {
  return part
    .split('.')
    .map((it) => {
      const [, name, at] = /^(\w+)\[(\d+)\]$/.exec(it) ?? [];
      return name === undefined ? it : `${ONE_OF[name] ?? name} ${Number(at) + 1}`;
    })
    .join(', ');
}

/** A part that differs, as people say it: `points[1] points`, which counts from one, is "entry 1 points". */
export function partText(part: string): string {
  return part.replace(/\b(\w+)\[(\d+)\]/g, (_, name: string, at: string) => `${ONE_OF[name] ?? name} ${at}`);
}

/** A change of settings: the members by their words, and yes or no. Texts of people are not touched. */
export function settingText(message: string): string {
  const [, path, values] = /^([\w.[\]]+): (.*)$/s.exec(message) ?? [];
  if (path === undefined || values === undefined) return message;
  const said = values.split(' → ').map((it) => (it === 'true' ? 'yes' : it === 'false' ? 'no' : it));
  return `${words(placeText(path.replace(/^settings\./, '')))}: ${said.join(' → ')}`;
}

const ONE_OF: Record<string, string> = {
  caps: 'cap',
  rows: 'row',
  cells: 'cell',
  arms: 'arm',
  columns: 'column',
  points: 'entry',
  to: 'port',
  cases: 'case',
};

function outsideNames(text: string, change: (part: string) => string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? part : change(part)))
    .join('`');
}

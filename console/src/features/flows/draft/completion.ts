import { words } from '../../../ui/format';
import type { Column } from './cells';
import { type Place, placeAfter } from './predicate-place';
import { type OpenText, readHead } from './predicate-tokens';

/** What a predicate can name. */
export interface Names {
  fields: readonly Column[];
  /** Scorecards and derived values, with what each of them is. */
  values: readonly { name: string; noun: string }[];
  lists: readonly { name: string; kind: string }[];
  zones: readonly string[];
}

/** Something that may stand where the caret is. */
export interface Option {
  label: string;
  detail: string;
  /** What takes the place of what was typed. */
  insert: string;
  /** Where the caret is afterwards, from the beginning of what is put in. */
  caret: number;
}

/** What is offered at a place of a text. */
export interface Offer {
  /** The part of the text that an option takes the place of. */
  from: number;
  to: number;
  options: Option[];
  /** Whether it is offered without being asked for. */
  isUnasked: boolean;
  /** Whether what was typed is one of the options already: then none of them is chosen beforehand. */
  isWhole: boolean;
}

/** Words that CEL keeps for itself: a field of such a name is asked for as a part of `lead`. */
const RESERVED =
  /^(?:as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;
const KEYWORD = /^(?:true|false|null|in)$/;

/** What fits where the caret is; none in comments, in texts that may say anything, and where nothing fits. */
export function offerAt(text: string, caret: number, names: Names): Offer | null {
  const { tokens, open, isInComment } = readHead(text.slice(0, caret));
  if (isInComment) return null;
  if (open) return inText(text, caret, open, placeAfter(tokens), names);
  const last = tokens.at(-1);
  if (last?.to === caret && (last.kind === 'number' || last.kind === 'name')) return null;
  const typed = last?.kind === 'word' && last.to === caret ? last.text : '';
  const place = placeAfter(typed === '' ? tokens : tokens.slice(0, -1));
  if (!place) return null;
  const rest = typed === '' ? '' : (/^\w*/.exec(text.slice(caret))?.[0] ?? '');
  const to = caret + rest.length;
  const quote = quoteOf(text);
  const from = caret - typed.length;
  const isTight = place.kind === 'value' && /[=<>]$/.test(text.slice(0, from));
  const all = optionsAt(place, names, quote).map((option) => fitted(option, isTight, text[to]));
  const isUnasked = typed !== '' || !['question', 'operator', 'time'].includes(place.kind);
  return offer(all, typed, from, to, isUnasked);
}

/** In a text, what the place asks for: labels, names of lists, or zones. */
function inText(text: string, caret: number, open: OpenText, place: Place | null, names: Names): Offer | null {
  if (place === null || !['value', 'list', 'zone'].includes(place.kind)) return null;
  const all = optionsAt(place, names, open.quote).filter(({ insert }) => insert.startsWith(open.quote));
  const rest = /^[\w-]*/.exec(text.slice(caret))?.[0].length ?? 0;
  const isClosed = text.startsWith(open.quote, caret + rest);
  return offer(all, open.content, open.from, caret + rest + (isClosed ? open.quote.length : 0), true);
}

function offer(all: Option[], typed: string, from: number, to: number, isUnasked: boolean): Offer | null {
  const options = matching(all, typed);
  const isWhole = typed !== '' && options.some(({ label }) => label === typed);
  return options.length === 0 || (isWhole && options.length === 1) ? null : { from, to, options, isUnasked, isWhole };
}

/** Those that begin with what was typed come first, then those of which a word does, then those that have it anywhere. */
function matching(all: readonly Option[], typed: string): Option[] {
  const wanted = typed.toLowerCase();
  const ranked = all.map((option) => ({ option, rank: rankOf(option.label, wanted) }));
  const fitting = ranked.filter(({ rank }) => rank < 4);
  return fitting.sort((a, b) => a.rank - b.rank).map(({ option }) => option);
}

function rankOf(label: string, wanted: string): number {
  const at = label.toLowerCase().indexOf(wanted);
  if (at < 0) return 4;
  if (at === 0) return label.length === wanted.length ? 0 : 1;
  if (/[\W_]/.test(label[at - 1] ?? '')) return 2;
  return wanted.length > 1 ? 3 : 4;
}

function optionsAt(place: Place, names: Names, quote: string): Option[] {
  switch (place.kind) {
    case 'question':
      return [...readable(names), ...FUNCTIONS, option('true', 'every lead'), option('false', 'no lead')];
    case 'field':
      return place.of === 'any' ? readable(names) : names.fields.filter(ofKind(place.of)).map(ofField);
    case 'value':
      return valuesOf(place, names, quote);
    case 'set':
      return [
        option('[…]', 'one of these values', '[]', 1),
        ...listsFor(place.field, names).map(({ name, detail }) => {
          const insert = `list(${quoted(name, quote)})`;
          return option(insert, detail, insert);
        }),
      ];
    case 'list':
      return listsFor(place.field, names).map(({ name, detail }) => option(name, detail, quoted(name, quote)));
    case 'zone':
      return names.zones.map((zone) => option(zone, 'time zone', quoted(zone, quote)));
    case 'member':
      return membersOf(place.of, names);
    case 'time':
      return [call('timestamp', '""', 'a point in time'), call('duration', '""', 'such as 1h30m')];
    case 'operator':
      return operatorsFor(place.field, names);
  }
}

const FUNCTIONS: readonly Option[] = [
  call('has', '', 'whether there is a value'),
  call('startsWith', '', 'whether a text begins so'),
  call('hour', '', 'hour of a time in a zone, 0 to 23'),
  call('weekday', '', 'day of a time in a zone, 1 for Monday'),
  call('years', '', 'years since a day, by a zone: an age'),
  call('days', '', 'days since a day or a time, by a zone'),
];

/** Fields and computed values, by the names by which a predicate reads them. */
function readable({ fields, values }: Names): Option[] {
  return [...fields.map(ofField), ...values.map(({ name, noun }) => option(name, noun, nameText(name)))];
}

function ofField(field: Column): Option {
  return option(field.name, kindWords(field), nameText(field.name));
}

function kindWords({ kind, labels }: Column): string {
  return labels ? `${words(kind)}: ${labels.join(', ')}` : words(kind);
}

/** How a predicate names a field or value. */
function nameText(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name) && !RESERVED.test(name) && !KEYWORD.test(name)) return name;
  return `lead.${memberText(name)}`;
}

function memberText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORD.test(name) ? name : `\`${name}\``;
}

function valuesOf(place: Extract<Place, { kind: 'value' }>, names: Names, quote: string): Option[] {
  const field = names.fields.find(({ name }) => name === place.field);
  if (!field) return [];
  if (field.kind === 'timestamp') return [call('timestamp', '""', 'a point in time')];
  if (field.kind === 'date') return [call('date', '""', 'a day, such as 1990-01-31')];
  if (place.isOrdered) return [];
  if (field.kind === 'boolean') return [option('true', 'yes'), option('false', 'no')];
  const labels = (field.labels ?? []).filter((label) => !place.already.includes(label));
  return labels.map((label) => option(label, `label of ${field.name}`, quoted(label, quote)));
}

/** Named lists of the kind of a field; all, if the field is not known. */
function listsFor(name: string | null, { fields, lists }: Names) {
  const field = fields.find((it) => it.name === name);
  const kind = field && (field.kind === 'enum' ? 'TEXT' : field.kind.toUpperCase());
  return lists
    .filter((list) => kind === undefined || list.kind === kind)
    .map((list) => ({ name: list.name, detail: `list of kind ${words(list.kind)}` }));
}

function membersOf(of: string, names: Names): Option[] {
  const field = names.fields.find(({ name }) => name === of);
  if (!field && of === 'lead') {
    return [
      ...names.fields.map((it) => option(it.name, kindWords(it), memberText(it.name))),
      ...names.values.map(({ name, noun }) => option(name, noun, memberText(name))),
    ];
  }
  if (!field) return [];
  if (ofKind('text')(field)) return [call('startsWith', '""', 'whether it begins so')];
  if (field.kind !== 'timestamp') return [];
  return [call('getHours', '""', 'hour in a zone, 0 to 23'), call('getDayOfWeek', '""', 'day in a zone, 0 for Sunday')];
}

/** `time`: points in time and days. */
function ofKind(of: 'text' | 'timestamp' | 'time' | 'number'): (field: Column) => boolean {
  return ({ kind }) => {
    if (['integer', 'decimal', 'number'].includes(kind)) return of === 'number';
    if (kind === 'date') return of === 'time';
    if (kind === 'timestamp') return of === 'timestamp' || of === 'time';
    return kind !== 'boolean' && of === 'text';
  };
}

function operatorsFor(name: string | null, { fields, values }: Names): Option[] {
  const symbol = (text: string, detail: string) => option(text, detail, `${text} `);
  const joints = [symbol('&&', 'and'), symbol('||', 'or')];
  const field = fields.find((it) => it.name === name);
  if (!field && !values.some((it) => it.name === name)) return joints;
  const isOrdered = !field || ofKind('number')(field) || ofKind('time')(field);
  const orders = isOrdered
    ? [symbol('<', 'less'), symbol('<=', 'at most'), symbol('>', 'greater'), symbol('>=', 'at least')]
    : [];
  const equal = [symbol('==', 'equal'), symbol('!=', 'not equal')];
  return [...equal, ...orders, symbol('in', 'one of several, or of a named list'), ...joints];
}

function option(label: string, detail: string, insert = label, caret = insert.length): Option {
  return { label, detail, insert, caret };
}

/** A function with its brackets, and the caret in them, or in the quotes in them. */
function call(name: string, inside: string, detail: string): Option {
  return option(name, detail, `${name}(${inside})`, name.length + 1 + inside.length / 2);
}

/** Brackets that are there already are not put in again, and an operator has a blank behind it.
 *
 * * `next`: what stands behind the option. */
function fitted(option: Option, isTight: boolean, next: string | undefined): Option {
  const open = option.insert.indexOf('(');
  if (next === '(' && open >= 0) return { ...option, insert: option.insert.slice(0, open), caret: open };
  return isTight ? { ...option, insert: ` ${option.insert}`, caret: option.caret + 1 } : option;
}

/** The quote that the predicate has already. */
function quoteOf(text: string): string {
  return text.includes("'") && !text.includes('"') ? "'" : '"';
}

function quoted(text: string, quote: string): string {
  const inner = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `${quote}${inner.replaceAll(quote, `\\${quote}`)}${quote}`;
}

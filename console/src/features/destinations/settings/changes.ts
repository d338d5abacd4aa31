import { equal, isObject, type Members } from '../../../ui/equal';
import { words } from '../../../ui/format';
import { type DestinationDocument, SECRET } from './document';

/** A member that a save changes, with its value before and after. */
export interface Change {
  place: string;
  before: string;
  after: string;
}

/** Longest value that is shown as a whole, in characters. */
const SHOWN_MAX = 160;

const NAMES: Record<string, string> = {
  'target.url': 'address',
  'target.timeout_ms': 'milliseconds for an answer',
  'target.response.accepted': 'rules for a yes',
  'target.response.rejected': 'rules for a no',
  'target.response.not_sent': 'rules for surely not sent',
  'target.response.format': 'format of answers',
  'settings.active': 'takes leads',
  'settings.on_unknown': 'if its answer is lost',
  'settings.pays': 'pays for',
};

/** What differs between two documents of a destination, member by member. Values of secrets are not told. */
export function changesBetween(before: DestinationDocument, after: DestinationDocument): Change[] {
  const found: Change[] = [];
  for (const part of ['target', 'settings'] as const) compare(part, before[part], after[part], found);
  return found;
}

function compare(path: string, before: unknown, after: unknown, found: Change[]): void {
  if (equal(before, after)) return;
  if (isObject(before) && isObject(after) && path !== 'target.body') {
    const names = [...Object.keys(before), ...Object.keys(after).filter((name) => !Object.hasOwn(before, name))];
    for (const name of names) compare(`${path}.${name}`, own(before, name), own(after, name), found);
    return;
  }
  // A part that comes or goes is told by its members only where these are told in another way: secrets.
  if (path === 'target.secrets') {
    compare(path, before ?? {}, after ?? {}, found);
    return;
  }
  const isSecret = path.startsWith('target.secrets.');
  const said = isSecret ? secretText : valueText;
  found.push({ place: placeText(path), before: said(before), after: isSecret ? newSecret(after) : said(after) });
}

function own(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function placeText(path: string): string {
  const named = NAMES[path];
  if (named !== undefined) return named;
  const [, first = '', ...rest] = path.split('.');
  const names = rest.join('.');
  if (first === 'headers') return names === '' ? 'headers' : `header ${names}`;
  if (first === 'secrets') return `secret ${names}`;
  return words([first, ...rest].join(' '));
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

const secretText = (value: unknown) => (value === undefined ? 'none' : 'stored');
const newSecret = (value: unknown) => (value === undefined ? 'removed' : value === SECRET ? 'stored' : 'what is typed');

/** Names of the secrets that one document has and another has not as it is: removed, or with another value. */
export function lostSecrets(before: DestinationDocument, after: DestinationDocument) {
  const [old, now] = [before, after].map(({ target }) => (isObject(target.secrets) ? target.secrets : {}));
  const names = Object.keys(old ?? {});
  return {
    removed: names.filter((name) => !Object.hasOwn(now ?? {}, name)),
    replaced: names.filter((name) => Object.hasOwn(now ?? {}, name) && now?.[name] !== SECRET),
  };
}

import type { MistakeFragment } from '../../../graphql/generated';
import { equal, isObject, type Members } from '../../../ui/equal';
import { isRead, readJson } from '../../../ui/json-text';
import { type RuleForm, ruleForms, ruleOf } from './rules';

/** The target and settings of a destination as a form has them, and as the server does. */
export interface DestinationDocument {
  target: Members;
  settings: Members;
}

/** What the server gives in the place of a secret, and takes for the one that it has. */
export const SECRET = '[secret]';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

export interface HeaderForm {
  key: number;
  name: string;
  value: string;
}

export interface SecretForm {
  key: number;
  name: string;
  /** What is typed; nothing keeps the stored one. */
  value: string;
  isStored: boolean;
}

export interface HoursForm {
  key: number;
  days: Day[];
  from: string;
  to: string;
}

export interface DestinationForm {
  url: string;
  method: string;
  format: string;
  timeout: string;
  headers: HeaderForm[];
  secrets: SecretForm[];
  body: string;
  accepted: RuleForm[];
  rejected: RuleForm[];
  notSent: RuleForm[];
  answerFormat: string;
  pricePath: string;
  priceUnit: string;
  reason: string;
  reference: string;
  redirectUrl: string;
  isActive: boolean;
  price: string;
  pays: string;
  criteria: string;
  isScheduled: boolean;
  zone: string;
  hours: HoursForm[];
  holidays: string;
  onUnknown: string;
  mayReturn: boolean;
  returnDays: string;
  returnReasons: string;
  decision: string;
  givesBackCap: boolean;
}

/** What a new destination begins with. */
export const FIRST: DestinationDocument = { target: { url: '' }, settings: { active: true } };

const text = (value: unknown, none = '') => (value === undefined || value === null ? none : String(value));
const members = (value: unknown): Members => (isObject(value) ? value : {});

/** Whether a body is the text of a document, and no JSON. */
export function isXml(format: string): boolean {
  return format === 'xml' || format.startsWith('soap');
}

function bodyText(format: string, body: unknown): string {
  if (body === undefined || body === null) return '';
  return isXml(format) && typeof body === 'string' ? body : JSON.stringify(body, null, 2);
}

/** A document as it is typed.
 *
 * * `stored`: names of the secrets that the server has. */
export function formOf({ target, settings }: DestinationDocument, stored: readonly string[]): DestinationForm {
  const format = text(target.format, 'json');
  return {
    url: text(target.url),
    method: text(target.method, 'POST'),
    format,
    timeout: text(target.timeout_ms, '5000'),
    headers: Object.entries(members(target.headers)).map(([name, value], key) => ({ key, name, value: text(value) })),
    secrets: Object.entries(members(target.secrets)).map(([name, value], key) => ({
      key,
      name,
      value: value === SECRET ? '' : text(value),
      isStored: stored.includes(name),
    })),
    body: bodyText(format, target.body),
    ...answersOf(members(target.response)),
    ...routingOf(settings),
  };
}

function answersOf(response: Members) {
  return {
    accepted: ruleForms(response.accepted ?? [{ status: '200-299' }]),
    rejected: ruleForms(response.rejected ?? [{ status: '400-499' }]),
    notSent: ruleForms(response.not_sent),
    answerFormat: text(response.format, 'json'),
    pricePath: text(response.price),
    priceUnit: text(response.price_unit, 'main'),
    reason: text(response.reason),
    reference: text(response.reference),
    redirectUrl: text(response.redirect_url),
  };
}

function routingOf(settings: Members) {
  const schedule = isObject(settings.schedule) ? settings.schedule : null;
  const returns = isObject(settings.returns) ? settings.returns : null;
  const open = Array.isArray(schedule?.open) ? (schedule.open as Members[]) : [];
  return {
    isActive: settings.active !== false,
    price: text(settings.price),
    pays: text(settings.pays, 'accept'),
    criteria: text(settings.criteria),
    isScheduled: schedule !== null,
    zone: text(schedule?.zone, 'UTC'),
    hours: open.map((it, key) => ({ key, days: (it.days ?? []) as Day[], from: text(it.from), to: text(it.to) })),
    holidays: Array.isArray(schedule?.holidays) ? schedule.holidays.join(', ') : '',
    onUnknown: text(settings.on_unknown, 'hold'),
    mayReturn: returns !== null,
    returnDays: text(returns?.window_days, '14'),
    returnReasons: Array.isArray(returns?.reasons) ? returns.reasons.join('\n') : '',
    decision: text(returns?.decision, 'by_hand'),
    givesBackCap: returns?.gives_back_cap === true,
  };
}

/** A whole number where it is one; anything else is sent as it is, so that the server says what is wrong with it. */
function numberOf(typed: string): unknown {
  const trimmed = typed.trim();
  if (trimmed === '') return undefined;
  return /^\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
}

const given = (typed: string) => typed.trim() || undefined;

function listOf(typed: string, separator: RegExp): string[] {
  return typed
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A place in a document, and what the form says stands there; nothing: the member is left out. */
type Part = [path: string[], write: (form: DestinationForm) => unknown];

const PARTS: Part[] = [
  [['target', 'url'], ({ url }) => url.trim()],
  [['target', 'method'], ({ method }) => method],
  [['target', 'format'], ({ format }) => format],
  [['target', 'timeout_ms'], ({ timeout }) => numberOf(timeout)],
  [['target', 'headers'], headersOf],
  [['target', 'body'], bodyOf],
  [['target', 'response', 'accepted'], ({ accepted }) => accepted.map(ruleOf)],
  [['target', 'response', 'rejected'], ({ rejected }) => rejected.map(ruleOf)],
  [['target', 'response', 'not_sent'], ({ notSent }) => (notSent.length > 0 ? notSent.map(ruleOf) : undefined)],
  [['target', 'response', 'format'], ({ answerFormat }) => answerFormat],
  [['target', 'response', 'price'], ({ pricePath }) => given(pricePath)],
  [['target', 'response', 'price_unit'], ({ priceUnit }) => priceUnit],
  [['target', 'response', 'reason'], ({ reason }) => given(reason)],
  [['target', 'response', 'reference'], ({ reference }) => given(reference)],
  [['target', 'response', 'redirect_url'], ({ redirectUrl }) => given(redirectUrl)],
  [['settings', 'active'], ({ isActive }) => isActive],
  [['settings', 'price'], ({ price }) => given(price)],
  [['settings', 'pays'], ({ pays }) => pays],
  [['settings', 'criteria'], ({ criteria }) => given(criteria)],
  [['settings', 'schedule'], scheduleOf],
  [['settings', 'on_unknown'], ({ onUnknown }) => onUnknown],
  [['settings', 'returns'], returnsOf],
];

function headersOf({ headers }: DestinationForm): Members | undefined {
  const rows = headers.filter(({ name, value }) => name.trim() !== '' || value !== '');
  return rows.length > 0 ? Object.fromEntries(rows.map(({ name, value }) => [name.trim(), value])) : undefined;
}

function bodyOf({ format, body }: DestinationForm): unknown {
  if (body.trim() === '') return undefined;
  if (isXml(format)) return body;
  const read = readJson(body);
  return isRead(read) ? read.value : body;
}

function scheduleOf({ isScheduled, zone, hours, holidays }: DestinationForm): Members | undefined {
  if (!isScheduled) return undefined;
  const closed = listOf(holidays, /[\s,]+/);
  return {
    zone: zone.trim(),
    open: hours.map(({ days, from, to }) => ({
      days: DAYS.filter((day) => days.includes(day)),
      from: from.trim(),
      to: to.trim(),
    })),
    ...(closed.length > 0 && { holidays: closed }),
  };
}

function returnsOf(form: DestinationForm): Members | undefined {
  if (!form.mayReturn) return undefined;
  const reasons = listOf(form.returnReasons, /\n/);
  return {
    window_days: numberOf(form.returnDays) ?? '',
    ...(reasons.length > 0 && { reasons }),
    decision: form.decision,
    ...(form.givesBackCap && { gives_back_cap: true }),
  };
}

/** The document with what was typed. Whatever the form does not change, or has no field for, stays exactly as it was. */
export function documentOf(form: DestinationForm, origin: DestinationDocument): DestinationDocument {
  const before = formOf(origin, []);
  let changed: Members = { ...origin, target: { ...origin.target, ...secretsOf(form, origin) } };
  for (const [path, write] of PARTS) {
    const value = write(form);
    if (!equal(value, write(before))) changed = put(changed, path, value);
  }
  return changed as unknown as DestinationDocument;
}

/** Secrets of which nothing is typed are the stored ones, where there are any. */
function secretsOf({ secrets }: DestinationForm, { target }: DestinationDocument): Members {
  const named = secrets.filter(({ name, value, isStored }) => name.trim() !== '' && (value !== '' || isStored));
  if (named.length === 0 && target.secrets === undefined) return {};
  return { secrets: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value === '' ? SECRET : value])) };
}

function put(into: Members, [first = '', ...rest]: string[], value: unknown): Members {
  if (rest.length > 0) return { ...into, [first]: put(members(into[first]), rest, value) };
  const { [first]: _, ...others } = into;
  return value === undefined ? others : { ...into, [first]: value };
}

/** What keeps a form from being a document: the server never sees these. */
export function ownMistakes(form: DestinationForm): MistakeFragment[] {
  const found: MistakeFragment[] = [];
  const wrong = (path: string[], message: string) => found.push({ path, code: 'typed', message, hint: null });
  if (form.body.trim() !== '' && !isXml(form.format)) {
    const read = readJson(form.body);
    if (!isRead(read)) {
      wrong(['target', 'body'], `line ${form.body.slice(0, read.at).split('\n').length}: ${read.message}`);
    }
  }
  for (const place of ['headers', 'secrets'] as const) {
    const names = form[place].map(({ name }) => name.trim()).filter((name) => name !== '');
    for (const name of new Set(names.filter((it, at) => names.indexOf(it) !== at))) {
      wrong(['target', place, name], `\`${name}\` stands here twice`);
    }
  }
  return found;
}

/** Mistakes at their members. What live flows are told of the destination stands where the mistake is made. */
export function placed(mistakes: readonly MistakeFragment[], name: string): MistakeFragment[] {
  return mistakes.map((mistake) => {
    const [flow, destinations, own, ...part] = mistake.path;
    if (flow !== 'flow' || destinations !== 'destinations' || own !== name) return mistake;
    const path = part.flatMap((it) => it.split(/[.[\]]+/)).filter((it) => it !== '');
    return { ...mistake, path: path[0] === 'target' ? path : ['settings', ...path] };
  });
}

/** Places at which the form shows mistakes; those elsewhere are about members without a field. */
export const PLACES = [...PARTS.map(([path]) => path.join('.')), 'target.secrets', 'settings.caps'];

/** Members that have no field, by their names. */
export function unseen({ target, settings }: DestinationDocument): string[] {
  const isKnown = (path: string[]) => PLACES.includes(path.join('.'));
  const of = (place: string[], whole: Members) =>
    Object.keys(whole).filter((name) => !isKnown([...place, name]) && name !== 'response');
  return [
    ...of(['target'], target),
    ...of(['target', 'response'], members(target.response)),
    ...of(['settings'], settings),
  ];
}

import type { FieldDocument } from '../../graphql/flow-document';
import type { MistakeFragment } from '../../graphql/generated';
import { equal, type Members } from '../../ui/equal';
import { count, words } from '../../ui/format';
import { type Clash, merged } from '../../ui/merge';
import { placeText } from '../../ui/sentences';

/** The fields of a lead schema as a form has them, and as the server does. */

export const KINDS = [
  'enum',
  'text',
  'integer',
  'decimal',
  'boolean',
  'timestamp',
  'date',
  'country',
  'region',
  'postal_code',
  'phone',
  'email',
  'ip',
  'url',
] as const;

export const REQUIRED = ['never', 'post', 'ping'] as const;

/** When a field must be there. */
export const NEEDED: Record<string, string> = { never: 'no', post: 'at the post', ping: 'already at the ping' };

export interface FieldForm {
  key: number;
  /** Its name in the schema that is edited; none for one that is added. */
  was: string | null;
  isRemoved: boolean;
  name: string;
  kind: string;
  required: string;
  isPersonal: boolean;
  /** One a line. */
  labels: string;
  maxChars: string;
  isMultiline: boolean;
  min: string;
  max: string;
  scale: string;
  /** Members that this form does not know, which stay as they are. */
  rest: Members;
}

const text = (value: unknown, none = '') => (value === undefined || value === null ? none : String(value));

export function formOf(field: FieldDocument, key: number): FieldForm {
  const { name, kind, required, pii, labels, max_chars, multiline, min, max, scale, ...rest } = field;
  return {
    key,
    was: name,
    isRemoved: false,
    name,
    kind,
    required: required ?? 'never',
    isPersonal: pii === true,
    labels: (labels ?? []).join('\n'),
    maxChars: text(max_chars, '1024'),
    isMultiline: multiline !== false,
    min: text(min),
    max: text(max),
    scale: text(scale, '2'),
    rest,
  };
}

export function newField(key: number): FieldForm {
  return { ...formOf({ name: '', kind: 'text' }, key), was: null };
}

/** A whole number where it is one; anything else is sent as it is, so that the server says what is wrong with it. */
function numberOf(typed: string): unknown {
  const trimmed = typed.trim().replaceAll(',', '');
  if (trimmed === '') return undefined;
  return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
}

export function labelsOf(typed: string): string[] {
  return typed
    .split('\n')
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

/** Members that a kind alone has. */
function membersOf({ kind, labels, maxChars, isMultiline, min, max, scale }: FieldForm): Members {
  switch (kind) {
    case 'enum':
      return { labels: labelsOf(labels) };
    case 'text':
      return { max_chars: numberOf(maxChars), multiline: isMultiline ? undefined : false };
    case 'integer':
      return { min: numberOf(min), max: numberOf(max) };
    case 'decimal':
      return { scale: numberOf(scale) };
    default:
      return {};
  }
}

function fieldOf(form: FieldForm): FieldDocument {
  const given = Object.entries(membersOf(form)).filter(([, value]) => value !== undefined);
  const { name, kind, required, isPersonal, rest } = form;
  return { ...rest, name: name.trim(), kind, required, pii: isPersonal, ...Object.fromEntries(given) };
}

/** The fields that stay, as the server takes them. */
export function fieldsOf(forms: readonly FieldForm[]): FieldDocument[] {
  return forms.filter(({ isRemoved }) => !isRemoved).map(fieldOf);
}

/** Moves a field past the next one that stays. */
export function moved(forms: readonly FieldForm[], key: number, by: -1 | 1): FieldForm[] {
  const from = forms.findIndex((form) => form.key === key);
  let to = from + by;
  while (forms[to]?.isRemoved) to += by;
  const [form, other] = [forms[from], forms[to]];
  if (!form || !other) return [...forms];
  return forms.map((it, at) => (at === from ? other : at === to ? form : it));
}

/** What a field may hold, in words. */
export function rangeWords({ kind, labels, max_chars, multiline, min, max, scale }: FieldDocument): string {
  switch (kind) {
    case 'enum':
      return (labels ?? []).join(', ');
    case 'text':
      return `at most ${count(max_chars ?? 1_024)} characters${multiline === false ? ', in one line' : ''}`;
    case 'integer':
      if (min !== undefined && max !== undefined) return `${min} to ${max}`;
      return min !== undefined ? `from ${min}` : max !== undefined ? `to ${max}` : 'any';
    case 'decimal':
      return `${scale} ${scale === 1 ? 'digit' : 'digits'} after the point`;
    default:
      return '';
  }
}

/** What a save changes, a line for each field. */
export function changesOf(before: readonly FieldDocument[], forms: readonly FieldForm[]): string[] {
  const said = forms.flatMap((form) => {
    const old = before.find(({ name }) => name === form.was);
    if (form.isRemoved) return old ? [`\`${old.name}\` is removed`] : [];
    const now = fieldOf(form);
    if (!old) return [`\`${now.name}\` is added: ${words(now.kind)}`];
    const parts = partsOf(old, now);
    return parts.length > 0 ? [`\`${old.name}\`: ${parts.join('; ')}`] : [];
  });
  const order = (names: readonly string[], among: readonly string[]) => names.filter((name) => among.includes(name));
  const now = forms.flatMap(({ was, isRemoved }) => (was === null || isRemoved ? [] : [was]));
  const old = before.map(({ name }) => name);
  return equal(order(old, now), now) ? said : [...said, 'the fields stand in another order'];
}

function partsOf(old: FieldDocument, now: FieldDocument): string[] {
  const found: string[] = [];
  if (old.name !== now.name) found.push(`is called \`${now.name}\``);
  const named = { ...old, name: now.name };
  for (const member of new Set([...Object.keys(named), ...Object.keys(now)])) {
    const [a, b] = [named, now].map((it) => (it as unknown as Members)[member]);
    if (equal(a, b)) continue;
    if (member === 'labels' && Array.isArray(a) && Array.isArray(b)) {
      const added = b.filter((label) => !a.includes(label));
      const gone = a.filter((label) => !b.includes(label));
      if (added.length > 0) found.push(`label added: ${added.join(', ')}`);
      if (gone.length > 0) found.push(`label removed: ${gone.join(', ')}`);
      if (added.length + gone.length === 0) found.push('its labels stand in another order');
    } else {
      found.push(`${WORDS[member] ?? member} ${valueText(member, a)} → ${valueText(member, b)}`);
    }
  }
  return found;
}

const WORDS: Record<string, string> = { required: 'needed', pii: 'personal', max_chars: 'characters', scale: 'digits' };

function valueText(member: string, value: unknown): string {
  if (member === 'required') return NEEDED[String(value)] ?? String(value);
  if (member === 'kind') return words(String(value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === undefined ? 'none' : Array.isArray(value) ? value.join(', ') : String(value);
}

/** Mistakes by the field that they are about, by its key: those at the field itself, and those of live flows that read it. */
export function mistakesByField(
  mistakes: readonly MistakeFragment[],
  forms: readonly FieldForm[],
  before: readonly FieldDocument[],
): Map<number, MistakeFragment[]> {
  const sent = forms.filter(({ isRemoved }) => !isRemoved);
  const found = new Map<number, MistakeFragment[]>();
  for (const mistake of mistakes) {
    const [place, at = ''] = mistake.path;
    const form = place === 'fields' ? sent[Number(at)] : place === 'flow' ? readBy(mistake, forms, before) : undefined;
    if (form) found.set(form.key, [...(found.get(form.key) ?? []), mistake]);
  }
  return found;
}

/** The changed field that a flow's finding names between backticks. */
function readBy({ message }: MistakeFragment, forms: readonly FieldForm[], before: readonly FieldDocument[]) {
  const names = message.split('`').filter((_, at) => at % 2 === 1);
  return forms.find((form) => form.was !== null && names.includes(form.was) && isChanged(form, before));
}

/** Whether a field of the schema is another one than it was, or is removed. */
export function isChanged(form: FieldForm, before: readonly FieldDocument[]): boolean {
  const old = before.find(({ name }) => name === form.was);
  return old === undefined || form.isRemoved || !equal(old, fieldOf(form));
}

/** Where in a live flow a mistake is: "node by-age, column 1". */
export function placeWords({ path }: MistakeFragment): string {
  const [, place, name = '', part] = path;
  const noun = place === 'nodes' ? 'node' : 'destination';
  return `${noun} \`${name}\`${part ? `, ${placeText(part)}` : ''}`;
}

/** Names that stand twice. */
export function doubled(forms: readonly FieldForm[]): string[] {
  const names = fieldsOf(forms).map(({ name }) => name);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

/** Puts what was typed upon what somebody else saved meanwhile, field by field. */
export function rebased(
  before: readonly FieldDocument[],
  theirs: readonly FieldDocument[],
  mine: readonly FieldDocument[],
): { fields: FieldDocument[]; clashes: Clash[] } {
  const named = (fields: readonly FieldDocument[]) => Object.fromEntries(fields.map((field) => [field.name, field]));
  const { value, clashes } = merged(named(before), named(theirs), named(mine));
  const found = value as Record<string, FieldDocument>;
  const names = [...mine, ...theirs].map(({ name }) => name).filter((name, at, all) => all.indexOf(name) === at);
  return {
    fields: names.flatMap((name) => (Object.hasOwn(found, name) ? [found[name] as FieldDocument] : [])),
    clashes,
  };
}

import { exampleLead } from '../../graphql/example-lead';
import type { FieldDocument } from '../../graphql/flow-document';
import type { SourceDocument } from '../../graphql/source-document';
import { isObject } from '../../ui/equal';
import { isRead, type NotJson, readJson } from '../../ui/json-text';

/** A document as it is typed: without its secrets, which are never in the text. */
export function writtenDocument({ secrets: _, ...rest }: SourceDocument): string {
  const place = (name: string) => (MEMBERS.includes(name) ? MEMBERS.indexOf(name) : MEMBERS.length);
  const members = Object.entries(rest).sort(([a], [b]) => place(a) - place(b));
  return written(Object.fromEntries(members), '');
}

/** Members in the order in which one asks for them; the server has none. */
const MEMBERS = [
  'flow',
  'preset',
  'active',
  'accept',
  'origins',
  'country',
  'fields',
  'idempotency_key',
  'unknown',
  'wait',
];

/** Longest part that stands in one line, in characters. */
const LINE_MAX = 76;

/** JSON as people write it: what fits into a line is one, but for the document itself and its rules. */
function written(value: unknown, margin: string, depth = 0): string {
  if (!isObject(value) || Object.keys(value).length === 0) return inLine(value);
  if (depth > 1 && inLine(value).length <= LINE_MAX) return inLine(value);
  const inner = `${margin}  `;
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${JSON.stringify(name)}: ${written(member, inner, depth + 1)}`,
  );
  return `{\n${members.join(',\n')}\n${margin}}`;
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${inLine(member)}`);
  return `{${members.join(', ')}}`;
}

export interface TypedDocument {
  document: SourceDocument;
  places: ReadonlyMap<string, number>;
}

/** What a text says as a document; a place and a reason if it says none. */
export function typedDocument(text: string): TypedDocument | NotJson {
  const read = readJson(text);
  if (!isRead(read)) return read;
  const { value, places } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { at: 0, message: 'a document is an object: { … }' };
  }
  if ('secrets' in value) {
    const message = 'secrets are not written here: the fields below take them, and nobody is shown them again';
    return { at: places.get('secrets') ?? 0, message };
  }
  return { document: value as SourceDocument, places };
}

export function isTyped(typed: TypedDocument | NotJson): typed is TypedDocument {
  return 'document' in typed;
}

/** Names of the secrets that the server holds for a document. */
export function storedSecrets({ secrets }: SourceDocument): string[] {
  return Object.keys(secrets ?? {});
}

/** What is typed for the secrets of a preset: by name a new value, or `null` to forget the stored one. */
export type TypedSecrets = Record<string, string | null>;

/** The document as it is sent: stored secrets stay by a word that stands for them. */
export function sentDocument(
  document: SourceDocument,
  names: readonly string[],
  stored: readonly string[],
  typed: TypedSecrets,
): SourceDocument {
  const secrets: Record<string, string> = {};
  for (const name of names) {
    const value = typed[name];
    if (value) secrets[name] = value;
    else if (value !== null && stored.includes(name)) secrets[name] = '[secret]';
  }
  return Object.keys(secrets).length === 0 ? document : { ...document, secrets };
}

/** The document with one member set, or without it. */
export function withMember(document: SourceDocument, name: keyof SourceDocument, value: unknown): SourceDocument {
  const { [name]: _, ...rest } = document;
  // What is there keeps its place.
  if (value === undefined) return rest as SourceDocument;
  return { ...document, [name]: value } as SourceDocument;
}

/** The document with a rule: an answer is a field. A field that has places already looks there first. */
export function withRule(document: SourceDocument, field: string, key: string): SourceDocument {
  const { fields = {} } = document;
  return { ...document, fields: { ...fields, [field]: ruleWith(fields[field], key) } };
}

function ruleWith(rule: unknown, key: string): unknown {
  if (typeof rule === 'string') return [rule, key];
  if (Array.isArray(rule)) return [...rule, key];
  if (typeof rule === 'object' && rule !== null && !('value' in rule)) {
    const { from } = rule as { from?: unknown };
    return { ...rule, from: from === undefined ? key : [from, key].flat() };
  }
  return key;
}

/** What a source begins with. */
export function firstDocument(flow: string, preset: string): SourceDocument {
  return { flow, preset, country: 'US', fields: {} };
}

/** A payload of a preset with made-up values for what the flow asks for. */
export function examplePayload(preset: string, fields: readonly FieldDocument[]): string {
  const lead = Object.entries(exampleLead(fields)).map(([name, value]) => ({ name, value: String(value) }));
  switch (preset) {
    case 'facebook_lead_ads':
      return pretty({
        id: '23842',
        created_time: '2026-01-31T09:30:00+0000',
        field_data: lead.map(({ name, value }) => ({ name, values: [value] })),
      });
    case 'google_lead_forms':
      return pretty({
        lead_id: 'example-1',
        form_id: 40_000_000,
        user_column_data: lead.map(({ name, value }) => ({ column_name: name, string_value: value })),
        is_test: true,
      });
    case 'tiktok_lead_ads':
      return pretty({
        entry: [{ id: '72340', changes: lead.map(({ name, value }) => ({ field: name, value })) }],
      });
    default:
      return new URLSearchParams(lead.map(({ name, value }) => [name, value])).toString();
  }
}

function pretty(payload: unknown): string {
  return JSON.stringify(payload, null, 2);
}

/** The names of presets as the platforms write themselves. */
const PRESETS: Record<string, string> = {
  form: 'Form or JSON of its own',
  facebook_lead_ads: 'Facebook lead ads',
  google_lead_forms: 'Google lead forms',
  tiktok_lead_ads: 'TikTok lead generation',
};

export function presetWords(preset: string): string {
  return PRESETS[preset] ?? preset.replaceAll('_', ' ');
}

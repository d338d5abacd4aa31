import { expect, test } from 'vitest';
import {
  examplePayload,
  isTyped,
  sentDocument,
  typedDocument,
  withMember,
  withRule,
  writtenDocument,
} from './document';

test('a document is written without its secrets, and takes none', () => {
  const stored = { flow: 'auto', preset: 'facebook_lead_ads', secrets: { app_secret: '[secret]' } };
  const text = writtenDocument(stored);
  expect(text).not.toContain('secret');
  const typed = typedDocument(text);
  expect(isTyped(typed) && typed.document).toEqual({ flow: 'auto', preset: 'facebook_lead_ads' });
  const refused = typedDocument('{"flow": "auto",\n "secrets": {"app_secret": "x"}}');
  expect(isTyped(refused)).toBe(false);
  expect(refused).toMatchObject({ at: 18 });
  expect(isTyped(typedDocument('[]'))).toBe(false);
});

test('a document is written as people would: a rule a line', () => {
  const document = {
    flow: 'auto',
    fields: { zip: ['plz', '$.a[0]'], credit: { from: ['score'], words: { A: 'excellent' } }, long: ['x'.repeat(90)] },
    wait: false,
    origins: [],
  };
  const text = writtenDocument(document);
  expect(JSON.parse(text)).toEqual(document);
  expect(text.split('\n')).toEqual([
    '{',
    '  "flow": "auto",',
    '  "origins": [],',
    '  "fields": {',
    '    "zip": ["plz", "$.a[0]"],',
    '    "credit": {"from": ["score"], "words": {"A": "excellent"}},',
    `    "long": ["${'x'.repeat(90)}"]`,
    '  },',
    '  "wait": false',
    '}',
  ]);
});

test('a stored secret stays, is replaced, or is forgotten; another preset has none of them', () => {
  const document = { flow: 'auto' };
  const names = ['app_secret', 'verify_token'];
  const stored = ['app_secret'];
  expect(sentDocument(document, names, stored, {}).secrets).toEqual({ app_secret: '[secret]' });
  expect(sentDocument(document, names, stored, { app_secret: 'new', verify_token: 'v' }).secrets).toEqual({
    app_secret: 'new',
    verify_token: 'v',
  });
  expect(sentDocument(document, names, stored, { app_secret: null })).toEqual(document);
  expect(sentDocument(document, ['google_key'], stored, {})).toEqual(document);
});

test('an answer becomes a field beside the places where the field was looked for', () => {
  const fields = { state: 'st', zip: ['plz'], credit: { from: 'score', read: 'trim' }, kind: { value: 'car' } };
  const after = (field: string) => withRule({ flow: 'a', fields }, field, 'x').fields?.[field];
  expect(after('state')).toEqual(['st', 'x']);
  expect(after('zip')).toEqual(['plz', 'x']);
  expect(after('credit')).toEqual({ from: ['score', 'x'], read: 'trim' });
  expect(after('kind')).toBe('x');
  expect(after('age')).toBe('x');
  expect(withRule({ flow: 'a' }, 'age', 'x').fields).toEqual({ age: 'x' });
});

test('a member is set in its place, or taken out', () => {
  expect(Object.keys(withMember({ flow: 'a', preset: 'form', fields: {} }, 'preset', 'x'))).toEqual([
    'flow',
    'preset',
    'fields',
  ]);
  expect(withMember({ flow: 'a', active: false }, 'active', undefined)).toEqual({ flow: 'a' });
});

test('an example holds what the flow asks for, in the shape of the platform', () => {
  const fields = [
    { name: 'state', kind: 'region', required: 'ping' },
    { name: 'note', kind: 'text' },
  ];
  expect(examplePayload('form', fields)).toBe('state=CA');
  const of = (preset: string) => JSON.parse(examplePayload(preset, fields));
  expect(of('facebook_lead_ads').field_data).toEqual([{ name: 'state', values: ['CA'] }]);
  expect(of('google_lead_forms').user_column_data).toEqual([{ column_name: 'state', string_value: 'CA' }]);
  expect(of('tiktok_lead_ads').entry[0].changes).toEqual([{ field: 'state', value: 'CA' }]);
});

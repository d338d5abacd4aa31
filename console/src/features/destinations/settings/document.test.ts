import { expect, test } from 'vitest';
import { changesBetween, lostSecrets } from './changes';
import { type DestinationDocument, documentOf, FIRST, formOf, ownMistakes, placed, SECRET, unseen } from './document';
import { literalOf, literalText, ruleForms, ruleOf } from './rules';

/** As the API gives it, with much that no form shows. */
const WHOLE: DestinationDocument = {
  target: {
    url: 'https://acme.example/leads',
    method: 'POST',
    format: 'json',
    body: { phone: '{{lead.phone | last 10}}', deep: [{ a: 1, b: null }, true] },
    computed: { roof: { from: '{{lead.roof}}', map: { flat: '1' } } },
    headers: { 'X-Api-Key': '{{secret.key}}', Accept: ' text/plain ' },
    secrets: { key: SECRET, other: SECRET },
    auth: { kind: 'bearer', token: '{{secret.other}}' },
    timeout_ms: 5_000,
    retry: { count: 2 },
    response: {
      accepted: [{ status: [200, '201-299'], path: '$.ok', one_of: [true, 'yes, sure', '1', 1] }],
      rejected: [{ path: '$.error', exists: true }, { contains: 'no "thanks", sorry' }],
      not_sent: [{ status: 503 }],
      patterns: ['^(?<word>OK)'],
      price: '$.price',
      price_unit: 'cents',
    },
  },
  settings: {
    active: false,
    price: '12.50',
    pays: 'accept',
    criteria: ' age >= 30',
    caps: [{ kind: 'accepted', max: 5, window: 'day', zone: 'UTC' }],
    schedule: { zone: 'UTC', open: [{ days: ['mon', 'sun'], from: '08:00', to: '24:00' }], holidays: ['2026-12-25'] },
    on_unknown: 'pass_on',
    dedupe: { by: ['phone'], days: 30 },
    returns: { window_days: 14, reasons: ['duplicate', 'wrong number'], decision: 'automatic', gives_back_cap: true },
  },
};
const STORED = ['key', 'other'];

test('what is not changed comes out as it went in', () => {
  for (const document of [WHOLE, FIRST, { target: { url: 'https://a.example/' }, settings: {} }]) {
    expect(documentOf(formOf(document, STORED), document)).toEqual(document);
  }
});

test('a change touches its own member alone', () => {
  const form = formOf(WHOLE, STORED);
  const changed = documentOf({ ...form, price: ' 15.00 ', pricePath: '$.pays', isScheduled: false }, WHOLE);
  const { schedule: _, ...settings } = WHOLE.settings;
  expect(changed.settings).toEqual({ ...settings, price: '15.00' });
  expect(changed.target).toEqual({
    ...WHOLE.target,
    response: { ...(WHOLE.target.response as object), price: '$.pays' },
  });
  expect(documentOf({ ...form, body: '', criteria: '', headers: [] }, WHOLE).target).not.toHaveProperty('body');
});

test('a stored secret is kept, another one is sent, and what has no value is left out', () => {
  const form = formOf(WHOLE, ['key']);
  const typed = form.secrets.map((row) => (row.name === 'other' ? { ...row, value: '' } : row));
  expect(documentOf({ ...form, secrets: typed }, WHOLE).target.secrets).toEqual({ key: SECRET });
  const [key] = form.secrets;
  const next = documentOf({ ...form, secrets: key ? [{ ...key, value: 'new' }] : [] }, WHOLE);
  expect(next.target.secrets).toEqual({ key: 'new' });
  expect(lostSecrets(WHOLE, next)).toEqual({ removed: ['other'], replaced: ['key'] });
  expect(changesBetween(WHOLE, next)).toEqual([
    { place: 'secret key', before: 'stored', after: 'what is typed' },
    { place: 'secret other', before: 'stored', after: 'removed' },
  ]);
});

test('rules are typed as people write them, and say the same again', () => {
  for (const rule of [
    { status: 200 },
    { status: '200-299', path: '$.a', equals: null },
    { path: '$.a', equals: '1' },
    { path: '$.a', equals: '' },
    { path: '$.a', equals: { deep: [1] } },
    { path: '$.a', one_of: ['a, b', 'c"d', 'e', 2.5, false] },
    { path: '$.a', exists: false, contains: ' sorry' },
    { contains: 'x', later: true },
  ]) {
    expect(ruleForms([rule]).map(ruleOf)).toEqual([rule]);
  }
  expect(literalText('yes')).toBe('yes');
  expect(literalText('true')).toBe('"true"');
  expect(literalOf(' yes ')).toBe('yes');
});

test('what is no document is told before anything is sent', () => {
  const form = formOf(WHOLE, STORED);
  const doubled = [...form.headers, { key: 9, name: 'Accept', value: 'x' }];
  expect(ownMistakes({ ...form, body: '{\n  "a": }', headers: doubled }).map(({ path }) => path.join('.'))).toEqual([
    'target.body',
    'target.headers.Accept',
  ]);
  expect(ownMistakes({ ...form, format: 'xml', body: '<a>' })).toEqual([]);
});

test('mistakes of live flows stand at the member that is wrong', () => {
  const mistake = (path: string[]) => ({ path, code: 'x', message: '', hint: null });
  const paths = placed(
    [
      mistake(['flow', 'destinations', 'acme', 'target.body.phone[0]']),
      mistake(['flow', 'destinations', 'acme', 'criteria']),
      mistake(['flow', 'nodes', 'acme', 'if']),
    ],
    'acme',
  ).map(({ path }) => path.join('.'));
  expect(paths).toEqual(['target.body.phone.0', 'settings.criteria', 'flow.nodes.acme.if']);
});

test('members without a field are named', () => {
  expect(unseen(WHOLE)).toEqual(['computed', 'auth', 'retry', 'patterns', 'dedupe']);
});

test('what a save changes is said by the names of the fields', () => {
  const after = { ...WHOLE, settings: { ...WHOLE.settings, price: '15.00', active: true } };
  expect(changesBetween(WHOLE, after)).toEqual([
    { place: 'takes leads', before: 'no', after: 'yes' },
    { place: 'price', before: '12.50', after: '15.00' },
  ]);
});

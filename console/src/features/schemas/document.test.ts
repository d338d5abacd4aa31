import { expect, test } from 'vitest';
import type { FieldDocument } from '../../graphql/flow-document';
import {
  changesOf,
  doubled,
  type FieldForm,
  fieldsOf,
  formOf,
  mistakesByField,
  moved,
  newField,
  rangeWords,
  rebased,
} from './document';

/** As the API gives them. */
const FIELDS: FieldDocument[] = [
  { name: 'home_owner', kind: 'boolean', required: 'post', pii: false },
  { name: 'roof', kind: 'enum', labels: ['flat', 'steep'], required: 'post', pii: false },
  { name: 'age', kind: 'integer', min: 16, max: 120, required: 'never', pii: false },
  { name: 'loan', kind: 'decimal', scale: 3, required: 'ping', pii: false },
  { name: 'note', kind: 'text', max_chars: 80, multiline: false, required: 'never', pii: false },
  { name: 'phone', kind: 'phone', required: 'post', pii: true },
];
const forms = FIELDS.map(formOf);
const changed = (at: number, part: Partial<FieldForm>) =>
  forms.map((form, n) => (n === at ? { ...form, ...part } : form));

test('what is not changed comes out as it went in', () => {
  expect(fieldsOf(forms)).toEqual(FIELDS);
  const later = { ...FIELDS[0], later: [1] } as unknown as FieldDocument;
  expect(fieldsOf([formOf(later, 0)])).toEqual([later]);
  expect(changesOf(FIELDS, forms)).toEqual([]);
});

test('a field has the members of its kind, and no others', () => {
  const [, roof] = fieldsOf(changed(1, { kind: 'text' }));
  expect(roof).toEqual({ name: 'roof', kind: 'text', max_chars: 1024, required: 'post', pii: false });
  const [, , age] = fieldsOf(changed(2, { min: '', max: '1,000' }));
  expect(age).toEqual({ name: 'age', kind: 'integer', max: 1000, required: 'never', pii: false });
  expect(fieldsOf(changed(2, { min: 'few' }))[2]?.min).toBe('few');
  expect(fieldsOf(changed(1, { labels: ' flat \n\ndomed\n' }))[1]?.labels).toEqual(['flat', 'domed']);
  expect(fieldsOf([newField(0)])).toEqual([{ name: '', kind: 'text', max_chars: 1024, required: 'never', pii: false }]);
});

test('what a save changes is told field by field', () => {
  expect(changesOf(FIELDS, changed(0, { isRemoved: true }))).toEqual(['`home_owner` is removed']);
  expect(changesOf(FIELDS, changed(1, { name: 'top', labels: 'flat\ndomed' }))).toEqual([
    '`roof`: is called `top`; label added: domed; label removed: steep',
  ]);
  expect(changesOf(FIELDS, changed(2, { min: '', required: 'ping', isPersonal: true }))).toEqual([
    '`age`: min 16 → none; needed no → already at the ping; personal no → yes',
  ]);
  expect(changesOf(FIELDS, [...forms, { ...newField(9), name: 'zip', kind: 'postal_code' }])).toEqual([
    '`zip` is added: postal code',
  ]);
  expect(changesOf(FIELDS, moved(forms, 1, 1))).toEqual(['the fields stand in another order']);
});

test('a field moves past what is removed, and stays at the ends', () => {
  const names = (of: readonly FieldForm[]) => fieldsOf(of).map(({ name }) => name);
  expect(names(moved(changed(1, { isRemoved: true }), 0, 1))).toEqual(['age', 'home_owner', 'loan', 'note', 'phone']);
  expect(moved(forms, 0, -1)).toEqual(forms);
  expect(moved(forms, 5, 1)).toEqual(forms);
});

test('mistakes stand at their rows, and what flows read at the field that was taken from them', () => {
  const mistake = (path: string[], message = '') => ({ path, code: 'x', message, hint: null });
  const typed = changed(0, { isRemoved: true }).map((form) =>
    form.was === 'roof' ? { ...form, labels: 'flat' } : form,
  );
  const own = mistake(['fields', '1', 'min']);
  const label = mistake(['flow', 'nodes', 'by-age', 'rows[1].cells[1]'], '`roof` is never `steep`');
  const field = mistake(['flow', 'destinations', 'south', 'criteria'], 'leads of `solar` have no field `home_owner`');
  const other = mistake(['flow', 'nodes', 'by-age'], '`age` is something else');
  const found = mistakesByField([own, label, field, other], typed, FIELDS);
  expect([...found].map(([key, of]) => [key, of])).toEqual([
    [2, [own]],
    [1, [label]],
    [0, [field]],
  ]);
});

test('what two people changed is put together field by field', () => {
  const [owner, roof, age] = FIELDS as [FieldDocument, FieldDocument, FieldDocument];
  const zip: FieldDocument = { name: 'zip', kind: 'postal_code' };
  const theirs = [{ ...roof, required: 'ping' }, age, zip];
  const mine = [age, { ...roof, labels: ['flat'] }, owner];
  expect(rebased([owner, roof, age], theirs, mine)).toEqual({
    fields: [age, { ...roof, labels: ['flat'], required: 'ping' }, zip],
    clashes: [],
  });
  const both = rebased([age], [{ ...age, max: 99 }], [{ ...age, max: 110 }]);
  expect(both.fields).toEqual([{ ...age, max: 110 }]);
  expect(both.clashes).toEqual([{ place: 'age.max', mine: 110, theirs: 99 }]);
  expect(doubled([...forms, { ...newField(9), name: ' age ' }])).toEqual(['age']);
});

test('what a field may hold is said in words', () => {
  expect(FIELDS.map(rangeWords)).toEqual([
    '',
    'flat, steep',
    '16 to 120',
    '3 digits after the point',
    'at most 80 characters, in one line',
    '',
  ]);
});

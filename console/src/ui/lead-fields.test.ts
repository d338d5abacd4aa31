import { expect, it } from 'vitest';
import { type FormField, initialValues, leadFields } from './lead-fields';

const field = (name: string, kind: string, rest: Partial<FormField> = {}): FormField => ({
  name,
  kind,
  required: 'post',
  pii: false,
  labels: null,
  min: null,
  max: null,
  ...rest,
});

const FIELDS = [
  field('source', 'text'),
  field('state', 'enum', { labels: ['CA', 'TX'] }),
  field('age', 'integer', { min: 40 }),
  field('owner', 'boolean'),
  field('email', 'email', { pii: true }),
  field('note', 'text', { required: 'never' }),
];

it('begins with something that the schema takes, and with nobody real', () => {
  const values = initialValues(FIELDS);
  expect(values).toEqual({ state: 'CA', age: '40', owner: 'true', email: 'sam.doe@example.com', note: '' });
  expect(leadFields(FIELDS, values)).toEqual({ state: 'CA', age: 40, owner: true, email: 'sam.doe@example.com' });
});

it('sends what is no number as it is, for the server to refuse', () => {
  expect(leadFields(FIELDS, { age: 'old', owner: 'false', note: ' ' })).toEqual({ age: 'old', owner: false });
});

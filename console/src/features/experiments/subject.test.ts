import { expect, it } from 'vitest';
import { subject } from './subject';

it('says what is compared', () => {
  expect(subject({ node: 'ab', arms: ['a', 'b', 'c'], sharePpm: 0, candidate: null })).toBe('ab: b, c against a');
  expect(subject({ node: null, arms: ['live', 'candidate'], sharePpm: 100_000, candidate: { number: 3 } })).toBe(
    'version 3 beside live, 10 % of leads',
  );
});

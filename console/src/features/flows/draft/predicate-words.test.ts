import { expect, it } from 'vitest';
import type { FindingFragment } from '../../../graphql/generated';
import { historyWords, shownOf, uncountedWords } from './predicate-words';

const HISTORY = {
  leads: 5_000,
  from: '2026-11-03T12:00:00Z',
  unreadable: 0,
  matched: 620,
  matchedRevenue: '6944.00',
  currency: 'USD',
  missing: [{ field: 'age', leads: 37 }],
};
const NOW = Date.parse('2026-12-01T00:00:00Z');
const words = (part: Partial<Omit<typeof HISTORY, 'from'>> & { from?: string | null } = {}) =>
  historyWords({ ...HISTORY, ...part }, 'UTC', NOW);

const ERROR: FindingFragment = {
  code: 'unknown_field',
  severity: 'ERROR',
  node: 'gate',
  destination: null,
  part: 'if',
  span: { from: 0, to: 4 },
  message: 'leads have no field `agee`',
  hint: null,
  example: null,
};

it('says how often a predicate held, what that earned, and what leads lack', () => {
  expect(words()).toBe('Holds for 12.4 % of the newest 5,000 leads since Nov 3, $11.20 a lead; 37 lack `age`');
  expect(words({ missing: [] })).toBe('Holds for 12.4 % of the newest 5,000 leads since Nov 3, $11.20 a lead');
  expect(words({ matched: 0, missing: [], from: '2025-11-03T12:00:00Z' })).toBe(
    'Holds for none of the newest 5,000 leads since Nov 3, 2025',
  );
  expect(words({ leads: 1, matched: 1, matchedRevenue: '2.00', from: null, missing: [] })).toBe(
    'Holds for all of the one lead, $2.00 a lead',
  );
  expect(words({ leads: 0 })).toBe('No leads yet');
  expect(words({ leads: 0, unreadable: 1 })).toBe('No leads yet; 1 of an older schema is left out');
  expect(words({ missing: [], unreadable: 1_200 })).toMatch(/a lead; 1,200 of an older schema are left out$/);
});

it('says why nobody counts', () => {
  const asked = { diagnostics: [], reads: ['age', 'quality'], history: null };
  expect(uncountedWords(asked)).toBe('How often it holds is not counted: a computed value of the flow has a mistake');
  expect(uncountedWords({ ...asked, history: { ...HISTORY, examples: [] } })).toBeNull();
  expect(uncountedWords({ ...asked, diagnostics: [ERROR] })).toBeNull();
});

it('puts what two checks find together, and says the same words once', () => {
  const other = { ...ERROR, span: { from: 9, to: 13 } };
  const answer = { diagnostics: [{ ...ERROR, node: null }, other], reads: [], history: null };
  const { said, drawn } = shownOf([ERROR], 'if', true, answer);
  expect(drawn).toEqual([ERROR, other]);
  expect(said).toEqual([ERROR]);
});

it('draws nothing in a text that the findings are not about, and says them until more is known', () => {
  expect(shownOf([ERROR], 'if', false, null)).toEqual({ said: [ERROR], drawn: [] });
  expect(shownOf([ERROR], 'if', false, { diagnostics: [], reads: [], history: null })).toEqual({ said: [], drawn: [] });
  expect(shownOf([ERROR], 'if', true, null).drawn).toEqual([ERROR]);
  const inside = { ...ERROR, part: 'if.left' };
  expect(shownOf([inside], 'if', true, null)).toEqual({ said: [inside], drawn: [] });
});

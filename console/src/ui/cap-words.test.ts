import { expect, test } from 'vitest';
import { briefly, type Cap, capWords, fillOf, fullAbout, usedWords } from './cap-words';

const CAP: Cap = {
  name: null,
  kind: 'ACCEPTED',
  max: 1_200,
  allowed: 1_200,
  used: 300,
  maxRevenue: null,
  usedRevenue: null,
  beyond: 0,
  reachedPercent: null,
  isSoft: false,
  group: null,
  sources: [],
  source: null,
  window: 'DAY',
  zone: 'America/New_York',
  until: '2026-03-02T05:00:00Z',
};

test('a cap is said in the words of its kind, window, group and sources', () => {
  expect(capWords(CAP)).toBe('1,200 accepted leads a day');
  expect(capWords({ ...CAP, kind: 'IN_FLIGHT', window: 'LIFETIME', max: 25 })).toBe('25 offers in flight');
  expect(capWords({ ...CAP, group: 'texas', source: 'web' })).toBe('1,200 accepted leads of web in group texas a day');
  expect(capWords({ ...CAP, sources: ['web', 'mail'] })).toBe('1,200 accepted leads of web, mail a day');
  const budget: Cap = { ...CAP, kind: 'REVENUE', maxRevenue: '30000.00', usedRevenue: '1250.50', window: 'MONTH' };
  expect(capWords(budget, 'USD')).toBe('$30,000.00 of revenue a month');
  expect([usedWords(budget, 'USD'), usedWords(CAP)]).toEqual(['$1,250.50', '300']);
  expect([briefly(budget, 'USD'), briefly(CAP)]).toEqual(['$30,000.00 a month', '1,200 a day']);
});

test('a cap of nothing is full, and one that is overshot is more than full', () => {
  expect(fillOf({ used: 0, max: 0 })).toBe(1);
  expect(fillOf({ used: 3, max: 2 })).toBe(1.5);
  expect(fillOf({ used: 300, max: 1_200 })).toBe(0.25);
});

test('it is foretold when a cap is full, only where that can be told', () => {
  const at = (text: string) => Date.parse(text);
  // A quarter in the first sixth of the day: full after two thirds of it.
  expect(fullAbout(CAP, at('2026-03-01T09:00:00Z'))).toBe(at('2026-03-01T21:00:00Z'));
  expect(fullAbout(CAP, at('2026-03-01T17:00:00Z'))).toBeNull();
  expect(fullAbout(CAP, at('2026-03-01T05:10:00Z'))).toBeNull();
  expect(fullAbout({ ...CAP, used: 0 }, at('2026-03-01T09:00:00Z'))).toBeNull();
  expect(fullAbout({ ...CAP, used: 1_200 }, at('2026-03-01T09:00:00Z'))).toBeNull();
  expect(fullAbout({ ...CAP, window: 'LIFETIME', until: null }, at('2026-03-01T09:00:00Z'))).toBeNull();
});

import { expect, it } from 'vitest';
import { openingWords } from './destination-words';

it('says opening hours with neighbouring days together', () => {
  const hours = { from: '08:00', to: '20:00' };
  expect(openingWords({ days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], ...hours })).toBe('Mon to Fri, 08:00 to 20:00');
  expect(openingWords({ days: ['SUN', 'MON', 'SAT', 'WED'], ...hours })).toBe('Mon, Wed, Sat, Sun, 08:00 to 20:00');
  const week = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
  expect(openingWords({ days: [...week], from: '00:00', to: '24:00' })).toBe('every day, all day');
});

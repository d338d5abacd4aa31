import { expect, it } from 'vitest';
import { chance, days, difference, loss, ppm, relative, shown } from './figures';

it('shows shares as per cent and money with the digits that matter', () => {
  expect(shown('ACCEPT_RATE', 0.4213)).toBe('42.1 %');
  expect(shown('REVENUE', 12.345, 'USD')).toBe('$12.35');
  expect(shown('REVENUE', 0.0042, 'USD')).toBe('$0.0042');
  expect(difference('ACCEPT_RATE', -0.0123)).toBe('−1.23 points');
  expect(difference('REVENUE', 0.125, 'USD')).toBe('+$0.125');
  expect(difference('REVENUE', -0.125, 'USD')).toBe('−$0.125');
  expect(loss('REVENUE', 0.02, 'EUR')).toBe('€0.020');
  expect(loss('REVENUE', 0.000001, 'USD')).toBe('< $0.0001');
  expect(loss('ACCEPT_RATE', 0)).toBe('0.00 points');
  expect(relative(-0.5)).toBe('−50.0 %');
  expect(ppm(125_000)).toBe('12.5 %');
});

it('tells no chance as certain', () => {
  expect(chance(1)).toBe('> 99.9 %');
  expect(chance(0)).toBe('< 0.1 %');
  expect(chance(0.9431)).toBe('94.3 %');
});

it('says how long something takes in a unit that fits', () => {
  expect(days(0.01)).toBe('less than an hour');
  expect(days(0.5)).toBe('about 12 hours');
  expect(days(9.2)).toBe('about 10 days');
  expect(days(1e9)).toBe('more than ten years');
});

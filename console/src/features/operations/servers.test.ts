import { expect, test } from 'vitest';
import { dutyWords, pulseOf, type Server } from './servers';

const server = (renewedAt: string, expiresAt: string): Server => ({
  name: 'leads-1:8080',
  lease: '3',
  program: '0.1.0',
  beganAt: '2026-03-01T09:00:00Z',
  renewedAt,
  expiresAt,
  duties: [],
});

const at = (text: string) => Date.parse(`2026-03-01T${text}Z`);

test('a process is alive while it renews, late when it should have, and over when others may take its leads', () => {
  const leased = server('2026-03-01T10:00:00Z', '2026-03-01T10:00:30Z');
  expect(pulseOf(leased, at('10:00:10'))).toBe('alive');
  expect(pulseOf(leased, at('10:00:20'))).toBe('late');
  expect(pulseOf(leased, at('10:00:30'))).toBe('over');
});

test('the one process of an SQLite file has nothing to renew', () => {
  const alone = server('2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z');
  expect(pulseOf(alone, at('18:00:00'))).toBe('alive');
});

test('a duty is said in words, and one of another release by its name', () => {
  expect([dutyWords('learner'), dutyWords('returns')]).toEqual(['computes weights of bandits', 'returns']);
});

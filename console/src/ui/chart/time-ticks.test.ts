import { expect, it } from 'vitest';
import { timeTicks } from './time-ticks';

const at = (text: string) => Date.parse(text);

it('puts ticks at round times of the zone', () => {
  const hours = timeTicks(at('2026-01-31T09:10:00Z'), at('2026-01-31T15:40:00Z'), 8, 'UTC');
  expect(hours.map(({ label }) => label)).toEqual(['10:00', '11:00', '12:00', '13:00', '14:00', '15:00']);
  const days = timeTicks(at('2026-01-28T05:00:00Z'), at('2026-02-02T05:00:00Z'), 8, 'UTC');
  expect(days.map(({ label }) => label)).toEqual(['Jan 29', 'Jan 30', 'Jan 31', 'Feb 1', 'Feb 2']);
  expect(days[0]?.at).toBe(at('2026-01-29T00:00:00Z'));
});

it('names the day where it begins', () => {
  const ticks = timeTicks(at('2026-01-31T20:00:00Z'), at('2026-02-01T10:00:00Z'), 8, 'UTC');
  expect(ticks.map(({ label }) => label)).toContain('Feb 1');
});

it('has few ticks for any span, in order and inside', () => {
  for (const span of [1, 60, 3_600, 86_400, 30 * 86_400, 900 * 86_400, 40_000 * 86_400]) {
    const from = at('2026-01-31T09:10:00Z');
    const ticks = timeTicks(from, from + span * 1_000, 8, 'local');
    expect(ticks.length).toBeLessThanOrEqual(9);
    const times = ticks.map((tick) => tick.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.every((time) => time >= from && time <= from + span * 1_000)).toBe(true);
  }
});

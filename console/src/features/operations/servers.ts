import type { OperationsQuery } from '../../graphql/generated';

export type Server = OperationsQuery['servers'][number];

/** What a process is doing as far as the database tells. */
export type Pulse = 'alive' | 'late' | 'over';

/** A process renews its lease every few seconds; one that is late may be slow, or gone. On SQLite there is one process, which
 * has no lease to renew: it expires when it begins.
 *
 * * `now`: in milliseconds since 1970. */
export function pulseOf({ beganAt, renewedAt, expiresAt }: Server, now: number): Pulse {
  const [began, renewed, expires] = [beganAt, renewedAt, expiresAt].map(Date.parse) as [number, number, number];
  if (expires <= began) return 'alive';
  if (now >= expires) return 'over';
  return now - renewed > (expires - renewed) / 2 ? 'late' : 'alive';
}

const DUTIES: Record<string, string> = {
  learner: 'computes weights of bandits',
  jobs: 'runs replays',
  experiments: 'adds up experiments',
  rollups: 'adds up metrics',
  shadows: 'decides shadows',
  rollouts: 'moves rollouts',
  status: 'asks what became of held offers',
  erasures: 'removes values of persons',
  alerts: 'looks for what needs somebody',
};

/** What a duty is, in words; its own name where it is of another release. */
export function dutyWords(duty: string): string {
  return DUTIES[duty] ?? duty;
}

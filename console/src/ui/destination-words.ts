import type { AvailabilityFragment, DeliveryState, Weekday } from '../graphql/generated';
import { sum, words } from './format';
import { capital } from './sentences';

interface Count {
  destination: string;
  state: DeliveryState;
  deliveries: number;
  price?: string;
}

/** What became of the offers to a destination in a span of time. */
export interface Health {
  offers: number;
  accepted: number;
  rejected: number;
  notSent: number;
  unknown: number;
  underWay: number;
  /** What was paid at once. */
  paid: string;
}

/** Of one destination, or of all together (`null`). */
export function healthOf(counts: readonly Count[], destination: string | null): Health {
  const own = counts.filter((count) => destination === null || count.destination === destination);
  const of = (...states: DeliveryState[]) =>
    own.filter(({ state }) => states.includes(state)).reduce((n, { deliveries }) => n + deliveries, 0);
  return {
    offers: own.reduce((n, { deliveries }) => n + deliveries, 0),
    accepted: of('ACCEPTED'),
    rejected: of('REJECTED'),
    notSent: of('NOT_SENT'),
    unknown: of('HELD'),
    underWay: of('PENDING', 'SENDING'),
    paid: sum(own.map(({ price }) => price ?? '0')),
  };
}

/** Share of the answered offers that were accepted; none without an answer. */
export function acceptance({ accepted, rejected }: Health): number | null {
  const answered = accepted + rejected;
  return answered === 0 ? null : accepted / answered;
}

type Unavailable = AvailabilityFragment['unavailable'][number];

/** Why a destination takes nothing, in words; `when` writes a time. */
export function closure(it: Unavailable, when: (at: string) => string): string {
  switch (it.__typename) {
    case 'InactiveDestination':
      return 'inactive by its settings';
    case 'ClosedSchedule':
      return it.opensAt ? `closed until ${when(it.opensAt)}` : 'its schedule never opens';
    case 'OpenBreaker':
      return it.isProbing
        ? `${it.failures} failures in a row; one offer is trying it`
        : `${it.failures} failures in a row; rests until ${when(it.breakerUntil)}`;
    case 'FullCap':
      return `cap of ${it.max} used up${it.capUntil ? ` until ${when(it.capUntil)}` : ' for good'}`;
  }
}

const WEEK: Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** When a destination is open: "Mon to Fri, 08:00 to 20:00". */
export function openingWords({ days, from, to }: { days: Weekday[]; from: string; to: string }): string {
  const hours = from === '00:00' && to === '24:00' ? 'all day' : `${from} to ${to}`;
  if (WEEK.every((day) => days.includes(day))) return `every day, ${hours}`;
  const runs: Weekday[][] = [];
  for (const day of WEEK.filter((it) => days.includes(it))) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    if (last && before && WEEK.indexOf(day) === WEEK.indexOf(before) + 1) last.push(day);
    else runs.push([day]);
  }
  const name = (day: Weekday | undefined) => capital(words(day ?? ''));
  const said = runs.flatMap((run) => (run.length > 2 ? [`${name(run[0])} to ${name(run.at(-1))}`] : run.map(name)));
  return `${said.join(', ')}, ${hours}`;
}

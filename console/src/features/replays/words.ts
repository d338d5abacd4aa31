import type { SimulationState } from '../../graphql/generated';
import type { Readout, ReplayEstimate, ReplayReport } from '../../graphql/replay-report';
import { amount } from '../../ui/figures';

export type VerdictKind = ReplayReport['verdict']['kind'];

export const VERDICTS: Record<VerdictKind, { words: string; look: string }> = {
  ship: { words: 'Ship it', look: 'ship' },
  canary: { words: 'Try it with a share of the leads', look: 'wait' },
  do_not_ship: { words: 'Do not ship it', look: 'stop' },
  not_enough_evidence: { words: 'The log does not support an answer', look: 'keep' },
};

export const STATES: Record<SimulationState, string> = {
  PENDING: 'waits',
  RUNNING: 'runs',
  DONE: 'done',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

/** An amount of reward in the unit of the report: money if that is a currency. */
export function reward(value: number, unit: string): string {
  return /^[A-Z]{3}$/.test(unit) ? amount(value, unit) : `${amount(value, null)} ${unit}`;
}

/** A difference of rewards, with its sign. */
export function signed(value: number, unit: string): string {
  return `${value < 0 ? '−' : '+'}${reward(Math.abs(value), unit)}`;
}

const READOUTS: Record<Readout, string> = {
  ips: 'weighted (IPS)',
  snips: 'weighted, over mean weights (SNIPS)',
  dr: 'doubly robust (DR)',
  sndr: 'doubly robust, over mean weights (SNDR)',
};
export const READOUT_ORDER = ['sndr', 'dr', 'snips', 'ips'] as const satisfies readonly Readout[];

export function readoutWords(readout: Readout): string {
  return READOUTS[readout];
}

/** A value of a policy with its interval, as one of the four ways to read it says. */
export function valueAs(
  of: ReplayEstimate,
  readout: Readout,
): { value: number | null; interval: [number, number] | null } {
  return { value: of[readout], interval: of[`${readout}_ci95`] };
}

/** The time of a scenario, from microseconds, as the API's times are written. */
export function moment(micros: number | null | undefined): string | null {
  return micros == null ? null : new Date(micros / 1_000).toISOString();
}

/** Bins of the weights that hold any, as words and counts. */
export function weightBins({ up_to, counts }: ReplayReport['weight_histogram']): { words: string; count: number }[] {
  const bins = counts.map((count, at) => {
    const high = up_to[at];
    const low = up_to[at - 1];
    if (high === undefined) return { words: `over ${digits(low ?? 0)}`, count };
    return { words: low === undefined ? digits(high) : `${digits(low)} to ${digits(high)}`, count };
  });
  const first = bins.findIndex(({ count }) => count > 0);
  const last = bins.findLastIndex(({ count }) => count > 0);
  return first < 0 ? [] : bins.slice(first, last + 1);
}

function digits(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

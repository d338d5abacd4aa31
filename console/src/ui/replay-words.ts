import type { SimulationState } from '../graphql/generated';
import type { ReplayReport } from '../graphql/replay-report';
import { amount } from './figures';

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

/** The unit of a report if it is a currency. */
export function currencyOf(unit: string): string | null {
  return /^[A-Z]{3}$/.test(unit) ? unit : null;
}

/** An amount of reward in the unit of the report: money if that is a currency. */
export function reward(value: number, unit: string): string {
  return currencyOf(unit) ? amount(value, unit) : `${amount(value, null)} ${unit}`;
}

/** A difference of rewards, with its sign. */
export function signed(value: number, unit: string): string {
  return `${value < 0 ? '−' : '+'}${reward(Math.abs(value), unit)}`;
}

import type { ReturnState, StatementParty } from '../../graphql/generated';
import { choice, text } from '../../ui/search';
import { dayText } from './period';

/** States of returns, what is to be done first. */
export const STATES = ['REQUESTED', 'ACCEPTED', 'DENIED', 'REVERSED'] as const satisfies ReturnState[];

export interface ReturnSearch {
  destination?: string;
  state?: ReturnState;
}

export function readReturnSearch(search: Record<string, unknown>): ReturnSearch {
  return { destination: text(search.destination), state: choice(search.state, STATES) };
}

/** A statement, as its address says it; what is left out is this month, and all destinations. */
export interface StatementSearch {
  by?: Extract<StatementParty, 'SOURCE'>;
  /** Of sources: what they are paid, and not what their leads brought. */
  show?: 'payouts';
  account?: string;
  from?: string;
  until?: string;
}

export function readStatementSearch(search: Record<string, unknown>): StatementSearch {
  return {
    by: choice(search.by, ['SOURCE'] as const),
    show: search.by === 'SOURCE' ? choice(search.show, ['payouts'] as const) : undefined,
    account: text(search.account),
    from: dayText(search.from),
    until: dayText(search.until),
  };
}

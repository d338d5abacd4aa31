import type { LeadStatus } from '../../graphql/generated';
import { micros, sum } from '../../ui/format';

interface Count {
  status: LeadStatus;
  leads: number;
  revenue: string;
}

/** A day of leads in figures. */
export interface Figures {
  leads: number;
  sold: number;
  revenue: string;
  /** Share of the leads whose walk has ended that were sold; none if none has ended. */
  sellThrough: number | null;
}

export function figuresOf(counts: readonly Count[]): Figures {
  const n = (...statuses: LeadStatus[]) =>
    counts.filter(({ status }) => statuses.includes(status)).reduce((sum, { leads }) => sum + leads, 0);
  const leads = counts.reduce((sum, count) => sum + count.leads, 0);
  const sold = n('SOLD', 'RETURNED');
  const ended = leads - n('QUEUED', 'RECEIVED');
  return {
    leads,
    sold,
    revenue: sum(counts.map(({ revenue }) => revenue)),
    sellThrough: ended === 0 ? null : sold / ended,
  };
}

/** The change from one amount to another in per cent; none without something to compare with. */
export function change(now: number, before: number): number | null {
  return before === 0 ? null : ((now - before) / before) * 100;
}

/** The same of money: the shares are read off, never added up. */
export function changeOfMoney(now: string, before: string): number | null {
  return change(Number(micros(now)), Number(micros(before)));
}

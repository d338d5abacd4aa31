import type { LeadQuery, PayoutKind } from '../../graphql/generated';
import { instant, words } from '../../ui/format';

export type LeadDetails = NonNullable<LeadQuery['lead']>;

/** One thing that happened to a lead. A bar has an end; a dot has none. */
export interface LeadEvent {
  id: string;
  row: 'lead' | 'decision' | 'exchange' | 'money' | 'payout';
  at: string;
  end?: string;
  title: string;
  detail?: string;
  state?: string;
  amount?: string;
  currency?: string | null;
  /** Number of the step that it belongs to. */
  step?: number;
}

/** What a source is paid for. */
const PAYOUTS: Record<PayoutKind, string> = {
  LEAD: 'for the lead',
  SOLD: 'for its sale',
  SALE: 'for a sale that was reported',
  SHARE: 'its share of what the lead brought',
};

/** What happened to a lead, in order of time; of what happened at once, causes come first. */
export function eventsOf(lead: LeadDetails): LeadEvent[] {
  const currency = lead.decision?.version?.currency ?? null;
  const events: LeadEvent[] = [
    { id: 'received', row: 'lead', at: lead.receivedAt, title: 'Received', detail: `from ${lead.source}` },
  ];
  for (const step of lead.decision?.explanation?.steps ?? []) {
    const offered = step.candidates.find((candidate) => candidate.outcome === 'OFFERED');
    const title =
      step.kind === 'OFFER'
        ? `Offer to ${offered?.destination ?? 'a destination'}`
        : step.kind === 'PING'
          ? 'Asked for bids'
          : 'End of the walk';
    events.push({ id: `step-${step.number}`, row: 'decision', at: step.at, title, step: step.number });
  }
  for (const delivery of lead.deliveries) {
    for (const attempt of delivery.attempts) {
      events.push({
        id: `attempt-${delivery.id}-${attempt.number}`,
        row: 'exchange',
        at: attempt.startedAt,
        ...(attempt.finishedAt ? { end: attempt.finishedAt } : {}),
        title: `Request to ${delivery.destination}`,
        detail: [
          attempt.outcome ? words(attempt.outcome) : 'no answer stored',
          attempt.status === null ? null : `HTTP ${attempt.status}`,
          attempt.latencyMs === null ? null : `${attempt.latencyMs} ms`,
        ]
          .filter((part) => part !== null)
          .join(', '),
        step: delivery.step,
      });
    }
    if (delivery.settledAt) {
      events.push({
        id: `settled-${delivery.id}`,
        row: delivery.price ? 'money' : 'decision',
        at: delivery.settledAt,
        title:
          delivery.state === 'NOT_SENT'
            ? `Nothing sent to ${delivery.destination}`
            : `Answer of ${delivery.destination}`,
        ...(delivery.reason ? { detail: delivery.reason } : {}),
        state: delivery.state,
        ...(delivery.price ? { amount: delivery.price, currency } : {}),
        step: delivery.step,
      });
    }
    for (const conversion of delivery.conversions) {
      events.push({
        id: conversion.id,
        row: 'money',
        at: conversion.receivedAt,
        title: `Report of ${delivery.destination}`,
        detail: conversion.txid ? `transaction ${conversion.txid}` : conversion.originalStatus,
        state: conversion.status,
        amount: conversion.revenue,
        currency: conversion.currency,
        step: delivery.step,
      });
    }
  }
  for (const [n, { kind, at, amount, currency }] of lead.payouts.entries()) {
    const title = amount.startsWith('-') ? `Payout taken back from ${lead.source}` : `Payout to ${lead.source}`;
    events.push({ id: `payout-${n}`, row: 'payout', at, title, detail: PAYOUTS[kind], amount, currency });
  }
  // A stable sort keeps what happened at once in the order in which it was told above.
  return events.sort((a, b) => instant(a.at) - instant(b.at));
}

/** An axis of time on which long waits take little room. */
export interface Axis {
  /** Place of a time, from 0 to 1. */
  at: (text: string) => number;
  /** Waits that were cut, each with its middle and its true length in milliseconds. */
  folds: { at: number; ms: number }[];
}

/** Waits beyond this are marked as cut, in milliseconds. */
const FOLD_MS = 10_000;

/** Each wait between two neighbours gets the room of its logarithm: an exchange of 80 ms and a conversion after four
 * days can both be seen. */
export function axisOf(events: LeadEvent[]): Axis {
  const times = [
    ...new Set(events.flatMap((event) => [event.at, ...(event.end ? [event.end] : [])]).map(instant)),
  ].sort((a, b) => a - b);
  const places: number[] = [0];
  for (let n = 1; n < times.length; n++) {
    const wait = (times[n] ?? 0) - (times[n - 1] ?? 0);
    places.push((places[n - 1] ?? 0) + Math.log1p(Math.min(wait, FOLD_MS)) + 0.5);
  }
  const whole = places.at(-1) || 1;
  const byTime = new Map(times.map((at, n) => [at, (places[n] ?? 0) / whole]));
  const folds = times.slice(1).flatMap((at, n) => {
    const before = times[n] ?? 0;
    const ms = at - before;
    return ms > FOLD_MS ? [{ at: ((byTime.get(before) ?? 0) + (byTime.get(at) ?? 0)) / 2, ms }] : [];
  });
  return { at: (text) => byTime.get(instant(text)) ?? 0, folds };
}

import { expect, it } from 'vitest';
import { axisOf, eventsOf, type LeadDetails, type LeadEvent } from './timeline';

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 9, 30, second)).toISOString();

const event = (id: string, second: number, end?: number): LeadEvent => ({
  id,
  row: 'lead',
  at: at(second),
  title: id,
  ...(end === undefined ? {} : { end: at(end) }),
});

const LEAD = {
  source: 'web',
  receivedAt: at(0),
  payouts: [
    { kind: 'SHARE', at: at(2), amount: '3.125', currency: 'USD' },
    { kind: 'SHARE', at: at(59), amount: '-3.125', currency: 'USD' },
  ],
  decision: {
    version: { number: 1, currency: 'USD' },
    explanation: {
      steps: [
        { number: 0, at: at(0), kind: 'OFFER', candidates: [{ destination: 'acme', outcome: 'OFFERED' }] },
        { number: 1, at: at(2), kind: 'DONE', candidates: [] },
      ],
    },
  },
  deliveries: [
    {
      id: 'd1',
      destination: 'acme',
      step: 0,
      state: 'ACCEPTED',
      price: '12.50',
      reason: null,
      settledAt: at(2),
      attempts: [{ number: 0, startedAt: at(0), finishedAt: at(2), outcome: 'accepted', status: 200, latencyMs: 1900 }],
      conversions: [
        {
          id: 'c1',
          status: 'CANCELLED',
          originalStatus: 'refund',
          revenue: '-12.50',
          currency: 'USD',
          txid: null,
          receivedAt: at(59),
        },
      ],
    },
  ],
} as unknown as LeadDetails;

it('tells what happened in order, causes before what they cause', () => {
  expect(eventsOf(LEAD).map(({ title }) => title)).toEqual([
    'Received',
    'Offer to acme',
    'Request to acme',
    'End of the walk',
    'Answer of acme',
    'Payout to web',
    'Report of acme',
    'Payout taken back from web',
  ]);
});

it('gives money its sign, its currency and the step that it belongs to', () => {
  const money = eventsOf(LEAD).filter(({ row }) => row === 'money');
  expect(money.map(({ amount, currency, step }) => [amount, currency, step])).toEqual([
    ['12.50', 'USD', 0],
    ['-12.50', 'USD', 0],
  ]);
});

it('puts times in order on the axis, from 0 to 1, and names the waits that it cuts', () => {
  const axis = axisOf([event('a', 0), event('b', 1, 2), event('c', 59)]);
  const places = [0, 1, 2, 59].map((second) => axis.at(at(second)));
  expect(places[0]).toBe(0);
  expect(places[3]).toBe(1);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  expect(axis.folds).toHaveLength(1);
  expect(axis.folds[0]?.ms).toBe(57_000);
  // A wait of a minute takes less than four times the room of one of a second.
  expect((places[3] ?? 0) - (places[2] ?? 0)).toBeLessThan(4 * ((places[1] ?? 0) - (places[0] ?? 0)));
});

it('has an axis for a single moment', () => {
  expect(axisOf([event('a', 0)]).at(at(0))).toBe(0);
});

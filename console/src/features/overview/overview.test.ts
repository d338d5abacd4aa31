import { expect, it } from 'vitest';
import type { OverviewQuery } from '../../graphql/generated';
import { safe } from '../login/login';
import { attentionOf } from './attention';
import { change, figuresOf } from './figures';

const QUIET: OverviewQuery = {
  now: [],
  before: [],
  offers: [],
  destinations: { nodes: [] },
  parkedPostbacks: { nodes: [] },
  refusedCommands: { nodes: [] },
  returns: { nodes: [] },
  alerts: { nodes: [] },
  flows: { nodes: [{ name: 'auto', isLive: true, isStopped: false, draft: null }] },
};

it('counts leads that are under way neither as sold nor as unsold', () => {
  const figures = figuresOf([
    { status: 'SOLD', leads: 6, revenue: '60.10' },
    { status: 'RETURNED', leads: 2, revenue: '0.00' },
    { status: 'UNSOLD', leads: 2, revenue: '0.00' },
    { status: 'QUEUED', leads: 5, revenue: '0.20' },
  ]);
  expect(figures).toEqual({ leads: 15, sold: 8, revenue: '60.30', sellThrough: 0.8 });
  expect(figuresOf([{ status: 'QUEUED', leads: 5, revenue: '0.00' }]).sellThrough).toBeNull();
  expect(change(5, 0)).toBeNull();
});

it('asks for attention for what does not mend itself', () => {
  const data: OverviewQuery = {
    ...QUIET,
    now: [{ status: 'HELD', leads: 3, revenue: '0.00' }],
    destinations: {
      nodes: [
        {
          name: 'asleep',
          isActive: true,
          availability: {
            isAvailable: false,
            caps: [],
            unavailable: [{ __typename: 'ClosedSchedule', zone: 'UTC', opensAt: null }],
          },
        },
        {
          name: 'broken',
          isActive: true,
          availability: {
            isAvailable: false,
            caps: [],
            unavailable: [
              { __typename: 'OpenBreaker', failures: 5, breakerUntil: '2026-01-31T09:30:00Z', isProbing: false },
            ],
          },
        },
      ],
    },
    returns: { nodes: [{ destination: 'acme', requestedAt: '2026-01-31T09:30:00Z' }] },
    alerts: {
      nodes: [
        { id: 'a1', kind: 'CAP_REACHED', subject: 'acme/daily', message: 'used up' },
        { id: 'a2', kind: 'SOURCE_SILENT', subject: 'web', message: 'nothing for an hour' },
      ],
    },
    flows: { nodes: [{ name: 'auto', isLive: false, isStopped: false, draft: null }] },
  };
  expect(attentionOf(QUIET, String)).toEqual([]);
  expect(attentionOf(data, String).map(({ id }) => id)).toEqual([
    'flow-auto',
    'destination-broken',
    'a2',
    'held',
    'returns',
  ]);
});

it('sends nobody elsewhere after signing in', () => {
  expect(safe('/leads?status=SOLD')).toBe('/leads?status=SOLD');
  for (const elsewhere of ['//evil.test', 'https://evil.test', '/\\evil.test', undefined, ''])
    expect(safe(elsewhere)).toBe('/');
});

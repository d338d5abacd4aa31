import { expect, test } from 'vitest';
import type { CandidateOutcome, CapCostQuery } from '../../graphql/generated';
import { capCost } from './cost';

type Lead = CapCostQuery['leads']['nodes'][number];

const lead = (id: string, outcomes: CandidateOutcome[], to: string | null, revenue: string): Lead => ({
  id,
  flow: 'solar',
  status: to === null ? 'UNSOLD' : 'SOLD',
  revenue,
  deliveries: to === null ? [] : [{ destination: to, state: 'ACCEPTED' }],
  decision: {
    explanation: {
      steps: outcomes.map((outcome) => ({ candidates: [{ destination: 'acme', outcome }] })),
    },
  },
});

test('what a full cap cost is told by where the leads went instead', () => {
  const leads = [
    lead('a', ['CAP'], 'zenith', '4.00'),
    lead('b', ['CAP_OR_BREAKER', 'CAP'], 'zenith', '5.50'),
    lead('c', ['CAP'], null, '0.00'),
    lead('d', ['CRITERIA'], 'zenith', '9.00'),
    lead('e', ['NOT_DRAWN', 'OFFERED'], 'acme', '9.00'),
    // Full at first, and free when the lead came back to it.
    lead('f', ['CAP', 'OFFERED'], 'acme', '9.00'),
    lead('g', [], null, '0.00'),
  ];
  expect(capCost(leads, 'acme', { solar: 'USD' })).toEqual({
    leads: 6,
    offered: 2,
    diverted: 3,
    elsewhere: [
      { to: 'zenith', status: null, currency: 'USD', leads: 2, revenue: '9.50', example: 'a' },
      { to: null, status: 'UNSOLD', currency: 'USD', leads: 1, revenue: '0.00', example: 'c' },
    ],
  });
  expect(capCost(leads, 'nobody', {})).toEqual({ leads: 0, offered: 0, diverted: 0, elsewhere: [] });
});

test('amounts of different currencies are never added', () => {
  const other = { ...lead('b', ['CAP'], 'zenith', '1.00'), flow: 'auto' };
  const { elsewhere } = capCost([lead('a', ['CAP'], 'zenith', '4.00'), other], 'acme', { solar: 'USD', auto: 'EUR' });
  expect(elsewhere.map(({ currency, revenue }) => [currency, revenue])).toEqual([
    ['USD', '4.00'],
    ['EUR', '1.00'],
  ]);
});

import { expect, it } from 'vitest';
import { targets } from './palette-targets';

const NAMES = { mayRead: true, flows: ['auto-insurance', 'home'], destinations: ['acme', 'a/b'] };

it('finds places by name, those that begin with it first', () => {
  expect(targets('a', NAMES).map(({ label }) => label)).toEqual([
    'About',
    'auto-insurance',
    'acme',
    'a/b',
    'Replays',
    'Leads',
    'Lead schemas',
    'Destinations',
    'Caps',
    'Parked postbacks',
    'Statements',
    'Changes',
  ]);
  expect(targets('zzz', NAMES)).toEqual([]);
});

it('takes the id of a lead for the lead', () => {
  expect(targets(' LEAD_06ey3jm7x8a1b2 ', NAMES)).toEqual([
    { to: '/leads/lead_06ey3jm7x8a1b2', label: 'lead_06ey3jm7x8a1b2', kind: 'lead' },
  ]);
});

it('writes names into addresses as addresses want them', () => {
  expect(targets('a/b', NAMES)[0]?.to).toBe('/destinations/a%2Fb');
});

it('offers nothing that whoever looks may not read', () => {
  const { mayRead, ...rest } = NAMES;
  expect(mayRead).toBe(true);
  const found = targets('', { ...rest, flows: [], destinations: [], mayRead: false });
  expect(found.map(({ to }) => to)).toEqual(['/leads', '/settings/about']);
});

import { expect, it } from 'vitest';
import type { TourQuery } from '../../graphql/generated';
import { tourOf } from './steps';

const NOTHING: TourQuery = {
  flows: { nodes: [] },
  leads: { nodes: [] },
  experiments: { nodes: [] },
  destinations: { nodes: [] },
};

it('leads to seven places of the market', () => {
  const steps = tourOf({
    flows: {
      nodes: [
        {
          name: 'a/b',
          stage: {
            versionHash: 'live',
            version: { document: { flow: 'a/b', vertical: 'v', root: 'r', nodes: { best: { kind: 'bandit' } } } },
          },
          versions: {
            nodes: [
              { hash: 'next', number: 2 },
              { hash: 'live', number: 1 },
            ],
          },
        },
      ],
    },
    leads: {
      nodes: [
        { id: 'lead_1', deliveries: [{ id: '1' }] },
        { id: 'lead_2', deliveries: [{ id: '2' }, { id: '3' }] },
      ],
    },
    experiments: { nodes: [{ name: 'ab' }] },
    destinations: {
      nodes: [
        { name: 'free', caps: [] },
        { name: 'full', caps: [{ max: 9 }] },
      ],
    },
  });
  expect(steps.map(({ to }) => to)).toEqual([
    '/flows/a%2Fb/allocation?node=best',
    '/leads/lead_2?whynot=true',
    '/flows/a%2Fb/draft',
    '/replays/new?flow=a%2Fb&candidate=next',
    '/experiments/ab',
    '/destinations/full',
    '/flows/a%2Fb/versions',
  ]);
});

it('leads nowhere where nothing is', () => {
  expect(tourOf(NOTHING)).toEqual([]);
});

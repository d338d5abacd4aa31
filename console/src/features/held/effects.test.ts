import { expect, test } from 'vitest';
import { effectsOf, outcomeOf } from './effects';

const of = (status: 'HELD' | 'SOLD') => ({
  destination: 'acme',
  lead: { id: 'lead_1', flow: 'solar', status, revenue: '0.00', isTest: false },
});

test('what follows from a release is told before it is made', () => {
  const fixed = { price: '4.00', isOnConversion: false };
  expect(effectsOf('ACCEPTED', of('HELD'), fixed, '').join(' ')).toContain('acme pays 4.00 for it');
  expect(effectsOf('ACCEPTED', of('HELD'), fixed, ' 7.5 ').join(' ')).toContain('acme pays 7.5 for it');
  const later = { price: '4.00', isOnConversion: true };
  expect(effectsOf('ACCEPTED', of('HELD'), later, '').join(' ')).toContain('pays nothing for it at once');
  expect(effectsOf('ACCEPTED', of('SOLD'), undefined, '')[0]).toBe('The lead keeps its status.');
  expect(effectsOf('REJECTED', of('HELD'), fixed, '')).toEqual([
    'The walk of the lead goes on to the next destination that is free; there may be none.',
    'The units that it holds of caps stay used.',
  ]);
  expect(effectsOf('NOT_SENT', of('SOLD'), fixed, '')).toEqual([
    'The lead has gone on before, and keeps its status.',
    'The units that it holds of caps stay used.',
  ]);
});

test('what became of the lead is told by who has it', () => {
  const deliveries = [
    { id: 'a', destination: 'acme', state: 'REJECTED' },
    { id: 'b', destination: 'zenith', state: 'ACCEPTED' },
  ];
  expect(outcomeOf({ status: 'SOLD', deliveries }, 'a')).toBe('the lead went on, and zenith took it');
  expect(outcomeOf({ status: 'SOLD', deliveries: deliveries.slice(0, 1) }, 'a')).toBe('the lead is sold');
  expect(outcomeOf({ status: 'UNSOLD', deliveries: [] }, 'a')).toBe('the lead went on, and nobody took it');
  expect(outcomeOf({ status: 'QUEUED', deliveries: [] }, 'a')).toBe('the lead is on its way');
});

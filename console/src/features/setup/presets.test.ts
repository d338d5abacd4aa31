import { expect, it } from 'vitest';
import { exampleLead } from '../../graphql/example-lead';
import { firstFlow, PRESETS } from './presets';

it('makes up a value for all that a schema requires', () => {
  for (const { fields } of PRESETS) {
    const lead = exampleLead(fields);
    for (const { name, required } of fields) {
      expect(Object.hasOwn(lead, name), name).toBe(required !== undefined);
    }
  }
  expect(exampleLead([{ name: 'age', kind: 'integer', min: 60, max: 90, required: 'ping' }])).toEqual({ age: 60 });
  expect(exampleLead([{ name: 'note', kind: 'text' }])).toEqual({});
});

it('leads every lead to each destination in turn', () => {
  const flow = firstFlow('solar', 'solar', 'EUR', ['north', 'south']);
  expect(flow.nodes[flow.root]).toEqual({ kind: 'waterfall', to: ['north', 'south'] });
  expect(Object.keys(flow.nodes)).toEqual(['all', 'north', 'south']);
});

import { expect, test } from 'vitest';
import { capForms, changedSettings, holidaysOf, newCap } from './document';

const SETTINGS = {
  price: '12.50',
  caps: [
    { kind: 'accepted', max: 200, max_on: { sat: 80, sun: 0 }, window: 'day', zone: 'America/New_York', paced: true },
    { kind: 'in_flight', max: 25 },
    { name: 'budget', kind: 'revenue', max: '30000.00', window: 'month', zone: 'UTC', soft: true },
    {
      kind: 'offers',
      max: 5,
      window: 'hour',
      zone: 'UTC',
      group: 'texas',
      sources: ['web', 'mail'],
      each_source: true,
    },
  ],
  schedule: { zone: 'UTC', open: [], holidays: ['2026-12-25'] },
};

test('what is not changed comes out as it went in', () => {
  expect(changedSettings(SETTINGS, capForms(SETTINGS), holidaysOf(SETTINGS))).toEqual(SETTINGS);
  const bare = { price: '1.00' };
  expect(changedSettings(bare, capForms(bare), holidaysOf(bare))).toEqual({ price: '1.00', caps: [] });
});

test('members that the form does not know stay', () => {
  const settings = { caps: [{ kind: 'accepted', max: 1, window: 'lifetime', if: "state == 'TX'" }] };
  expect(changedSettings(settings, capForms(settings), null)).toEqual(settings);
});

test('amounts are numbers, money is text, and what is neither is left to the server', () => {
  const caps = [
    { ...newCap(0), max: '1,200' },
    { ...newCap(1), kind: 'revenue', max: '1,200.50' },
    { ...newCap(2), max: 'many' },
  ];
  expect(changedSettings({}, caps, null).caps).toEqual([
    { kind: 'accepted', max: 1200, window: 'day', zone: 'UTC' },
    { kind: 'revenue', max: '1200.50', window: 'day', zone: 'UTC' },
    { kind: 'accepted', max: 'many', window: 'day', zone: 'UTC' },
  ]);
});

test('members that a kind or window has not are left out', () => {
  const cap = { ...newCap(0), max: '9', zone: 'Europe/Paris', isPaced: true, maxOn: { sun: '0' } };
  expect(changedSettings({}, [{ ...cap, kind: 'in_flight' }], null).caps).toEqual([{ kind: 'in_flight', max: 9 }]);
  expect(changedSettings({}, [{ ...cap, window: 'week' }], null).caps).toEqual([
    { kind: 'accepted', max: 9, window: 'week', zone: 'Europe/Paris', paced: true },
  ]);
});

test('holidays are days with commas or spaces between them, and need opening hours', () => {
  const days = changedSettings(SETTINGS, [], ' 2026-12-25,2027-01-01\n2027-07-04 ').schedule;
  expect(days).toEqual({ zone: 'UTC', open: [], holidays: ['2026-12-25', '2027-01-01', '2027-07-04'] });
  expect(holidaysOf({})).toBeNull();
  expect(changedSettings({}, [], '2026-12-25')).toEqual({ caps: [] });
});

import { expect, it } from 'vitest';
import { capital, changeText, partText, placeText, readable, settingText } from './sentences';

it('writes the numbers of a sentence as the screens do', () => {
  expect(readable('20 of 100000 leads count')).toBe('20 of 100,000 leads count');
  expect(readable('about 5205 more leads, on 2026-11-30 at 10:2500')).toBe(
    'about 5,205 more leads, on 2026-11-30 at 10:2500',
  );
  expect(readable('`step-10000` drew 1.351e-6, of 12345.5')).toBe('`step-10000` drew 1.351e-6, of 12345.5');
});

it('writes amounts as money where there is a currency, and shares never', () => {
  const text = 'the difference is +0.016000 a lead, from -0.141288 to +12.175789';
  expect(readable(text)).toBe(text);
  expect(readable(text, 'USD')).toBe('the difference is +$0.016 a lead, from −$0.141 to +$12.18');
  expect(readable('a tolerance of 0.020867', 'EUR')).toBe('a tolerance of €0.021');
  expect(readable('better by 10.5000 %, 2.1234 points, 95 %, of `v1.23456`', 'USD')).toBe(
    'better by 10.5000 %, 2.1234 points, 95 %, of `v1.23456`',
  );
});

it('says what changed as the editor shows it', () => {
  expect(changeText('arm 1 of split `halves`: weight_ppm: 500000 → 550000')).toBe(
    'arm 1 of split `halves`: share: 50 % → 55 %',
  );
  expect(changeText('row 1 of table `a..b`: column `age`: ..18 → ..21')).toBe(
    'row 1 of table `a..b`: column `age`: below 18 → below 21',
  );
  expect(changeText('row 3 is new: column `age`: 95.., column `size`: 1.5..2.25, to: `north`')).toBe(
    'row 3 is new: column `age`: from 95, column `size`: 1.5 to 2.25, to: `north`',
  );
  expect(changeText('explore_ppm: 50000')).toBe('explore: 5 %');
});

it('counts places from one', () => {
  expect(placeText('rows[2].cells[0]')).toBe('row 3, cell 1');
  expect(placeText('to[2]')).toBe('port 3');
  expect(partText('points[1] points')).toBe('entry 1 points');
  expect(placeText('if')).toBe('if');
  expect(placeText('arms[0].weight_ppm')).toBe('arm 1, weight_ppm');
});

it('says changes of settings by the words of their members', () => {
  expect(settingText('settings.active: true → false')).toBe('active: yes → no');
  expect(settingText('settings.caps[0].max_on: 5 → 9')).toBe('cap 1, max on: 5 → 9');
  expect(settingText('it is new')).toBe('it is new');
});

it('begins a sentence with a capital, and leaves names alone', () => {
  expect(capital('the leads')).toBe('The leads');
  expect(capital('`north` is full')).toBe('`north` is full');
  expect(capital('')).toBe('');
});

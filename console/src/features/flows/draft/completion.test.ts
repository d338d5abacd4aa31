import { expect, it } from 'vitest';
import { type Names, type Offer, offerAt } from './completion';

const NAMES: Names = {
  fields: [
    { name: 'age', kind: 'integer', labels: null },
    { name: 'credit', kind: 'enum', labels: ['good', 'fair', "so-so 'ok'"] },
    { name: 'home_owner', kind: 'boolean', labels: null },
    { name: 'zip', kind: 'postal_code', labels: null },
    { name: 'received_at', kind: 'timestamp', labels: null },
    { name: 'if', kind: 'text', labels: null },
  ],
  values: [
    { name: 'quality', noun: 'scorecard' },
    { name: 'debt-share', noun: 'derived value' },
  ],
  lists: [
    { name: 'acme-zips', kind: 'POSTAL_CODE' },
    { name: 'words', kind: 'TEXT' },
  ],
  zones: ['America/New_York', 'UTC'],
};

/** What is offered where the last `|` stands. */
function at(marked: string): Offer | null {
  return offerAt(textOf(marked), marked.lastIndexOf('|'), NAMES);
}

function textOf(marked: string): string {
  const caret = marked.lastIndexOf('|');
  return marked.slice(0, caret) + marked.slice(caret + 1);
}

function labels(marked: string): string[] {
  return at(marked)?.options.map(({ label }) => label) ?? [];
}

/** The text once an option was taken, with `|` where the caret is then. */
function taken(marked: string, label: string): string {
  const offer = at(marked);
  const option = offer?.options.find((it) => it.label === label);
  if (!offer || !option) throw new Error(`${label} is not offered: ${labels(marked)}`);
  const text = textOf(marked);
  const insert = `${option.insert.slice(0, option.caret)}|${option.insert.slice(option.caret)}`;
  return text.slice(0, offer.from) + insert + text.slice(offer.to);
}

it('offers fields, computed values and functions where a question begins', () => {
  const all = labels('|');
  expect(all).toEqual(expect.arrayContaining(['age', 'credit', 'quality', 'debt-share', 'has', 'hour', 'true']));
  for (const text of ['age > 3 && |', '!|', '(|', 'has(zip) || (|']) expect(labels(text)).toEqual(all);
  expect(at('|')?.isUnasked).toBe(false);
  expect(at('a|')?.isUnasked).toBe(true);
  expect(at('cr|')?.options[0]).toMatchObject({ label: 'credit', detail: "enum: good, fair, so-so 'ok'" });
  expect(at('zi|')?.options[0]).toMatchObject({ detail: 'postal code' });
  expect(labels('QUAL|')).toEqual(['quality']);
});

it('puts first what begins so, then what has a word that does', () => {
  expect(labels('ow|')).toEqual(['home_owner']);
  expect(labels('h|').slice(0, 3)).toEqual(['home_owner', 'has', 'hour']);
  expect(labels('sh|')).toEqual(['debt-share']);
  expect(labels('our|')).toEqual(['hour']);
});

it('offers nothing in comments, in texts that may say anything, and in numbers', () => {
  for (const text of ['age > 3 // a|', "zip == 'a|", "zip.startsWith('a|')", "'a| == zip", 'age > 3|', 'age == 1e|']) {
    expect(labels(text)).toEqual([]);
  }
  expect(labels("zip == '// ' && a|")).toContain('age');
  expect(labels("zip == 'it\\'s' && a|")).toContain('age');
  expect(labels('// "\na|')).toContain('age');
  expect(labels("zip == r'\\' && a|")).toContain('age');
});

it('offers the labels of an enum behind its comparison and in its list', () => {
  for (const text of ['credit == |', 'credit != |', 'lead.credit==|', 'age > 3 && credit == |']) {
    expect(labels(text)).toEqual(['good', 'fair', "so-so 'ok'"]);
    expect(at(text)?.isUnasked).toBe(true);
  }
  expect(labels("credit in ['good', |")).toEqual(['fair', "so-so 'ok'"]);
  expect(labels('credit in [|]')).toHaveLength(3);
  expect(labels('credit == fa|')).toEqual(['fair']);
  expect(labels("credit == 'g|")).toEqual(['good']);
  expect(labels('home_owner == |')).toEqual(['true', 'false']);
  expect(labels('age == |')).toEqual([]);
  expect(labels('received_at >= |')).toEqual(['timestamp']);
});

it('puts labels in quotes, in those that are there if there are any', () => {
  expect(taken('credit == |', 'good')).toBe('credit == "good"|');
  expect(taken("zip == 'a' && credit == |", 'good')).toBe("zip == 'a' && credit == 'good'|");
  expect(taken("credit == 'g|'", 'good')).toBe("credit == 'good'|");
  expect(taken("credit == '| && age > 3", 'fair')).toBe("credit == 'fair'| && age > 3");
  expect(taken("credit == '|", "so-so 'ok'")).toBe("credit == 'so-so \\'ok\\''|");
  expect(taken('credit ==|', 'good')).toBe('credit == "good"|');
  expect(taken('credit in [fa|]', 'fair')).toBe('credit in ["fair"|]');
});

it('offers named lists of the kind of the field', () => {
  expect(labels('zip in |')).toEqual(['[…]', 'list("acme-zips")']);
  expect(labels('credit in li|')).toEqual(['list("words")']);
  expect(labels('zip in list(|')).toEqual(['acme-zips']);
  expect(taken('zip in |', '[…]')).toBe('zip in [|]');
  expect(taken('zip in list("|")', 'acme-zips')).toBe('zip in list("acme-zips"|)');
  expect(taken("zip in list('ac|", 'acme-zips')).toBe("zip in list('acme-zips'|");
});

it('offers what the arguments of functions may be', () => {
  expect(labels('has(|')).toEqual(expect.arrayContaining(['age', 'quality']));
  expect(labels('has(|')).not.toContain('hour');
  expect(labels('hour(|')).toEqual(['received_at']);
  expect(labels('startsWith(|')).toEqual(['credit', 'zip', 'if']);
  expect(labels('weekday(received_at, |')).toEqual(['America/New_York', 'UTC']);
  expect(labels('received_at.getHours("U|')).toEqual(['UTC']);
  expect(labels('has(age|')).toEqual([]);
  expect(taken('ho|', 'hour')).toBe('hour(|)');
  expect(taken('ho|(received_at, "UTC")', 'hour')).toBe('hour|(received_at, "UTC")');
});

it('offers members behind a point', () => {
  expect(labels('zip.|')).toEqual(['startsWith']);
  expect(labels('lead.ag|')).toEqual(['age']);
  expect(labels('lead.|')).toHaveLength(8);
  expect(labels('received_at.|')).toEqual(['getHours', 'getDayOfWeek']);
  expect(labels('age.|')).toEqual([]);
});

it('offers operators behind a field, once it is asked for', () => {
  expect(labels('credit |')).toEqual(['==', '!=', 'in', '&&', '||']);
  expect(labels('quality |')).toContain('<=');
  expect(labels('age > 3 |')).toEqual(['&&', '||']);
  expect(at('age |')?.isUnasked).toBe(false);
  expect(labels('zip i|')).toEqual(['in']);
});

it('names what is no plain word as a part of the lead', () => {
  expect(taken('deb|', 'debt-share')).toBe('lead.`debt-share`|');
  expect(taken('i|', 'if')).toBe('lead.if|');
});

it('takes the place of the whole word, and offers nothing where the word is all that fits', () => {
  expect(taken('ag|xx > 3', 'age')).toBe('age| > 3');
  expect(labels('quality|')).toEqual([]);
  expect(at('age|')).toBeNull();
  expect(at('a|')?.isWhole).toBe(false);
});

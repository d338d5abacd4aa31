import { expect, test } from 'vitest';
import { isRead, lineAt, placeOf, readJson } from './json-text';

test('a text says what JSON says, and where its parts stand', () => {
  const text = '{\n  "flow": "auto",\n  "fields": {"zip": {"from": ["zip", "$.a[0]"]}, "age": null}\n}';
  const read = readJson(text);
  if (!isRead(read)) throw new Error(read.message);
  expect(read.value).toEqual(JSON.parse(text));
  expect(lineAt(text, placeOf(read.places, ['fields', 'zip', 'from']))).toBe(3);
  expect(text.slice(placeOf(read.places, ['fields', 'age'])).startsWith('"age"')).toBe(true);
  expect(text.slice(read.places.get('fields.zip.from[1]')).startsWith('"$.a[0]"')).toBe(true);
  // What is not there is shown at what is around it.
  expect(text.slice(placeOf(read.places, ['fields', 'state'])).startsWith('"fields"')).toBe(true);
  expect(placeOf(read.places, ['country'])).toBe(0);
});

test('what is no JSON is told at its place', () => {
  const found = (text: string) => {
    const read = readJson(text);
    return isRead(read) ? 'JSON' : `${read.at} ${read.message}`;
  };
  expect(found('')).toMatch(/^0 a value is missing/);
  expect(found('{"a": 1,}')).toMatch(/^8 a comma before/);
  expect(found('{"a": 1 "b": 2}')).toMatch(/^8 a comma is missing/);
  expect(found('{"a" 1}')).toMatch(/^5 a colon is missing/);
  expect(found('{a: 1}')).toMatch(/^1 a name in double quotes/);
  expect(found('{"a": yes}')).toMatch(/^6 `yes` is no value/);
  expect(found('{"a": "x\n"}')).toMatch(/^6 this text has no closing quote/);
  expect(found('{"a": [1')).toMatch(/^6 a `]` is missing/);
  expect(found('{"a": 1, "a": 2}')).toMatch(/^9 `a` stands here twice/);
  expect(found('{} {}')).toMatch(/^3 this stands after/);
  expect(found('['.repeat(5_000))).toMatch(/nested too deep/);
  // What JSON.parse takes is taken, and what it refuses is refused.
  for (const text of ['{"__proto__": {"x": 1}}', '[1e3, -0.5, "\\u00e9", true]', '01', '"\\x"', ' [ ] ']) {
    let expected: unknown;
    try {
      expected = JSON.parse(text);
    } catch {
      expect(found(text)).not.toBe('JSON');
      continue;
    }
    const read = readJson(text);
    expect(isRead(read) && read.value).toEqual(expected);
  }
});

import { expect, test } from 'vitest';
import { headText, prettyBody } from './body';

test('JSON is shown with its lines, and whatever else as it is', () => {
  expect(prettyBody('{"a":1,"b":["x"]}')).toBe('{\n  "a": 1,\n  "b": [\n    "x"\n  ]\n}');
  for (const body of ['<a>1</a>', 'a=1&b=2', '{"cut of', '', '{"id":12345678901234567890}']) {
    expect(prettyBody(body)).toBe(body);
  }
});

test('a request is its line and its headers', () => {
  const headers = [{ name: 'accept', value: 'application/json' }];
  expect(headText({ method: 'POST', url: 'https://buyer.example/leads?a=1', headers })).toBe(
    'POST https://buyer.example/leads?a=1\naccept: application/json',
  );
});

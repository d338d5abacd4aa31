import { afterEach, expect, it, vi } from 'vitest';
import { putList, tryList } from './put-list';

const PUT = { name: 'acme-zips', kind: 'postal_code', values: '94103\n' };

function answered(status: number, body: unknown) {
  const fetched = vi.fn(
    async (_address: string, _request: RequestInit) => new Response(JSON.stringify(body), { status }),
  );
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

it('compares without storing anything', async () => {
  const fetched = answered(200, {
    revision: 3,
    values_before: 9,
    values: 8,
    added: { count: 1, first: ['94103'] },
    removed: { count: 2, first: [] },
  });
  const { made } = await tryList(PUT);
  expect(made).toEqual({
    revision: 3,
    valuesBefore: 9,
    values: 8,
    added: { count: 1, first: ['94103'] },
    removed: { count: 2, first: [] },
  });
  expect(fetched.mock.calls[0]?.[0]).toBe('/v1/lists/acme-zips?kind=postal_code&dry_run=true');
});

it('puts what was compared in place of exactly what it was compared with', async () => {
  const fetched = answered(200, { revision: 4 });
  expect(await putList(PUT, 3)).toEqual({ made: { revision: 4 }, mistakes: [] });
  const [address, request] = fetched.mock.calls[0] ?? [];
  expect(address).toBe('/v1/lists/acme-zips?kind=postal_code');
  expect(request?.headers).toMatchObject({ 'if-match': '"3"', 'content-type': 'text/plain' });
});

it('tells every line that is wrong, and what is wrong with the rest', async () => {
  answered(422, {
    code: 'invalid_request',
    problems: [
      { path: 'line 2', code: 'malformed', message: 'no postal code', hint: 'write 94103' },
      { path: 'name', code: 'bad_name', message: 'no name' },
    ],
  });
  const { made, mistakes } = await tryList(PUT);
  expect(made).toBeNull();
  expect(mistakes).toEqual([
    { path: ['values'], code: 'malformed', message: 'line 2: no postal code', hint: 'write 94103' },
    { path: ['name'], code: 'bad_name', message: 'no name', hint: null },
  ]);
});

it('fails with what the server says', async () => {
  answered(415, { code: 'unsupported_media_type', detail: 'not that' });
  await expect(putList(PUT, 0)).rejects.toThrow('not that');
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('no network');
  });
  await expect(tryList(PUT)).rejects.toThrow('The server does not answer.');
});

import { afterEach, expect, it, vi } from 'vitest';
import { ask, Failed, SignedOut, signIn } from './ask';
import { operation } from './operation';

const ME = operation<{ viewer: { name: string } }, Record<string, never>>('Me', '{viewer{name}}');

function answer(status: number, body: unknown) {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

it('asks with the cookie of the page and gives the data', async () => {
  const fetched = answer(200, { data: { viewer: { name: 'ana' } } });
  expect(await ask(ME, {})).toEqual({ viewer: { name: 'ana' } });
  expect(fetched.mock.calls[0]?.[1]?.credentials).toBe('same-origin');
});

it('tells a session that is over from a refusal', async () => {
  answer(401, { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] });
  await expect(ask(ME, {})).rejects.toBeInstanceOf(SignedOut);
  answer(200, { data: null, errors: [{ message: 'this requires more', extensions: { code: 'FORBIDDEN' } }] });
  await expect(ask(ME, {})).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'this requires more' });
});

it('shows no half of an answer', async () => {
  answer(200, { data: { viewer: null }, errors: [{ message: 'half' }] });
  await expect(ask(ME, {})).rejects.toBeInstanceOf(Failed);
});

it('says so if the server is gone', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
  await expect(ask(ME, {})).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

it('keeps a token nowhere', async () => {
  answer(401, { detail: 'this is no valid token', code: 'unauthenticated' });
  await expect(signIn({ token: 'pm_analyst_secret' })).rejects.toMatchObject({ message: 'this is no valid token' });
  answer(204, null);
  vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }));
  await signIn({ token: 'pm_analyst_secret' });
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('pm_analyst_secret');
  expect(document.cookie).toBe('');
});

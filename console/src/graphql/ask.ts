import type { Operation } from './operation';

/** Nobody is signed in, or the session has ended. */
export class SignedOut extends Error {}

/** The server answered with errors, or did not answer. */
export class Failed extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

interface Response<Answer> {
  data?: Answer | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Asks the server, as whoever is signed in. An answer with errors is refused whole: half a screen would mislead. */
export async function ask<Answer, Variables>(
  operation: Operation<Answer, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    credentials: 'same-origin',
    body: JSON.stringify({ query: operation.text, operationName: operation.name, variables }),
    signal: signal ?? null,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new Failed('The server does not answer.', 'UNREACHABLE');
  });
  if (response.status === 401) throw new SignedOut('nobody is signed in');
  const body = (await response.json().catch(() => null)) as Response<Answer> | null;
  const first = body?.errors?.[0];
  if (first) throw new Failed(first.message, first.extensions?.code ?? 'UNKNOWN');
  if (!response.ok || !body?.data) throw new Failed(`The server answered with status ${response.status}.`, 'UNKNOWN');
  return body.data;
}

/** Makes a session from a token, or from the code of a link. It is in no storage afterwards: the server answers with a cookie. */
export async function signIn(secret: { token: string } | { code: string }): Promise<void> {
  const response = await fetch('/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    credentials: 'same-origin',
    body: JSON.stringify(secret),
  }).catch(() => {
    throw new Failed('The server does not answer.', 'UNREACHABLE');
  });
  if (response.ok) return;
  const problem = (await response.json().catch(() => null)) as { detail?: string; code?: string } | null;
  throw new Failed(
    problem?.detail ?? `The server answered with status ${response.status}.`,
    problem?.code ?? 'UNKNOWN',
  );
}

export async function signOut(): Promise<void> {
  await fetch('/v1/session', { method: 'DELETE', credentials: 'same-origin' });
}

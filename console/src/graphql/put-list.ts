import { Failed, SignedOut } from './ask';
import type { MistakeFragment } from './generated';

/** What putting a list would change, as the server counts it. */
export interface ListTrial {
  /** Revision of the list that was compared with; 0: there is none yet. */
  revision: number;
  valuesBefore: number;
  values: number;
  added: ListPart;
  removed: ListPart;
}

export interface ListPart {
  count: number;
  /** The first of them; none where they are personal and covered. */
  first: string[];
}

/** Where a list goes, and what it replaces. */
export interface ListPut {
  name: string;
  kind: string;
  /** Values, one a line: a file or a text. */
  values: Blob | string;
}

type Answer<T> = { made: T; mistakes: [] } | { made: null; mistakes: MistakeFragment[] };

interface Trial {
  revision: number;
  values_before: number;
  values: number;
  added: ListPart;
  removed: ListPart;
}

interface Details {
  detail?: string;
  code?: string;
  problems?: { path: string; code: string; message: string; hint?: string }[];
}

/** Compares a version of a list with the present one. Nothing is stored. */
export async function tryList(put: ListPut, signal?: AbortSignal): Promise<Answer<ListTrial>> {
  const answer = await send<Trial>(put, { dry_run: 'true' }, {}, signal);
  if (!answer.made) return answer;
  const { revision, values_before, values, added, removed } = answer.made;
  return { made: { revision, valuesBefore: values_before, values, added, removed }, mistakes: [] };
}

/** Puts a version of a list in place of the one that it was compared with.
 *
 * * `revision`: that one; 0: there was none. */
export async function putList(put: ListPut, revision: number): Promise<Answer<{ revision: number }>> {
  return send<{ revision: number }>(put, {}, { 'if-match': `"${revision}"` });
}

/** A list may be too long for a request to GraphQL, so that it has an address of its own. */
async function send<T>(
  { name, kind, values }: ListPut,
  asked: Record<string, string>,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const query = new URLSearchParams({ kind, ...asked });
  const response = await fetch(`/v1/lists/${encodeURIComponent(name)}?${query}`, {
    method: 'PUT',
    headers: { 'content-type': 'text/plain', ...headers },
    credentials: 'same-origin',
    body: values,
    signal: signal ?? null,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new Failed('The server does not answer.', 'UNREACHABLE');
  });
  if (response.status === 401) throw new SignedOut('nobody is signed in');
  const body = (await response.json().catch(() => null)) as unknown;
  if (response.ok) return { made: body as T, mistakes: [] };
  const { problems, detail, code } = (body ?? {}) as Details;
  if (problems && problems.length > 0) {
    // Of lines, the line is a part of what is said: the form has one place for all of them.
    const mistakes = problems.map((it) => ({
      path: it.path.startsWith('line ') ? ['values'] : [it.path],
      code: it.code,
      message: it.path.startsWith('line ') ? `${it.path}: ${it.message}` : it.message,
      hint: it.hint ?? null,
    }));
    return { made: null, mistakes };
  }
  throw new Failed(detail ?? `The server answered with status ${response.status}.`, code ?? 'UNKNOWN');
}

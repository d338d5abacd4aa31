// Asks a GraphQL server every question of the official GraphQL-over-HTTP audit, and fails on any error or warning.
//
//   node audit.mjs URL [BEARER_TOKEN]
//
// Exit code: 0 when nothing is wrong, 1 when something is, 2 for a wrong command line.

import { serverAudits } from 'graphql-http';

/** The worst comes first, so that a reader sees it first. */
const KINDS = ['error', 'warn', 'notice', 'ok'];

const [url, token, ...rest] = process.argv.slice(2);
if (!URL.canParse(url ?? '') || rest.length > 0) {
  console.error('usage: node audit.mjs URL [BEARER_TOKEN]');
  process.exit(2);
}

/** As `fetch`, with the token of the caller and an end to waiting. */
function authorizedFetch(input, init = {}) {
  const headers = new Headers(init.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  return fetch(input, { ...init, headers, signal: AbortSignal.timeout(10_000) });
}

/** Runs one audit; a server that does not answer at all is an error like any other. */
async function judge(audit) {
  try {
    const result = await audit.fn();
    // An unread body would keep its connection open.
    if (result.response?.body && !result.response.bodyUsed) await result.response.body.cancel();
    return { kind: result.status, reason: result.reason };
  } catch (error) {
    return { kind: 'error', reason: String(error.cause ?? error) };
  }
}

const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
const findings = [];
const audits = serverAudits({ url, fetchFn: authorizedFetch });
for (const audit of audits) {
  const { kind, reason } = await judge(audit);
  counts[kind] += 1;
  if (kind !== 'ok') findings.push({ kind, text: `${kind} ${audit.id} ${audit.name}: ${reason}` });
}

findings.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
for (const { text } of findings) console.log(text);
console.log(KINDS.map((kind) => `${kind} ${counts[kind]}`).join(', '));
console.log(`${counts.ok} of ${audits.length}`);
process.exitCode = counts.error + counts.warn === 0 && audits.length > 0 ? 0 : 1;

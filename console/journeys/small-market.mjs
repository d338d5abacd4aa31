// A market of two buyers whose answers are known: one flow, one split, and no lead yet.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql, listening, serve } from './market.mjs';

const PROGRAM = process.env.POINTSMAN ?? 'pointsman';

const FIELDS = [
  { name: 'home_owner', kind: 'boolean', required: 'post' },
  { name: 'roof', kind: 'enum', labels: ['flat', 'steep'], required: 'post' },
  { name: 'age', kind: 'integer', min: 16, max: 120 },
  { name: 'phone', kind: 'phone', required: 'post', pii: true },
];

/** What each buyer pays for the six of ten leads that it takes. */
const PRICES = { north: '2.00', south: '3.00' };

export const FLOW = {
  flow: 'solar',
  vertical: 'solar',
  currency: 'USD',
  root: 'by-age',
  nodes: {
    'by-age': {
      kind: 'table',
      columns: ['age', 'roof'],
      otherwise: 'quality-gate',
      rows: [
        { cells: [{ to: 18 }, null], to: 'too-young' },
        { cells: [{ from: 90 }, ['steep']], to: 'south' },
      ],
    },
    quality: {
      kind: 'scorecard',
      points: [
        { if: 'home_owner', points: 40 },
        { if: "roof == 'flat'", points: 20 },
      ],
    },
    'quality-gate': { kind: 'when', if: 'quality >= 10', then: 'halves', otherwise: 'rest' },
    halves: {
      kind: 'split',
      arms: [
        { to: 'north', weight_ppm: 500_000 },
        { to: 'south', weight_ppm: 500_000 },
      ],
    },
    rest: { kind: 'waterfall', to: ['south', 'north'] },
    'too-young': { kind: 'reject', reason: 'nobody asks people under 18' },
    north: { kind: 'destination' },
    south: { kind: 'destination' },
  },
};

/** Opens the market: `leads(n)` sends so many, `api` asks as admin, `put` puts a destination, `kill` and `revive` end and begin
 * the server.
 *
 * * `settings`: of the program, as its file has them.
 * * `more`: settings of buyers beside the two, by name. One that is called `mute` keeps its answers to itself. */
export async function openSmallMarket({ flow = FLOW, settings = '', more = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-small-'));
  writeFileSync(join(folder, 'pointsman.toml'), settings);
  const url = `sqlite://${join(folder, 'small.db')}`;
  const tokens = {};
  for (const role of ['admin', 'editor', 'operator', 'analyst']) {
    tokens[role] = execFileSync(PROGRAM, ['token', 'create', '--name', role, '--role', role, '--db', url], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  }
  const buyers = await openBuyers();
  let running = serve(folder, url);
  let base;
  const market = {
    tokens,
    get base() {
      return base;
    },
    api: (query, variables) => graphql(base, tokens.admin, query, variables),
    /** A link that signs a browser in once, as the command prints it. */
    link: (role) =>
      execFileSync(PROGRAM, ['token', 'create', '--link', '--name', `by link ${role}`, '--role', role, '--db', url], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim(),
    leads: (n, fieldsOf) => sendLeads(base, tokens.admin, n, fieldsOf),
    lead: (fields) => sendLead(base, tokens.admin, fields),
    buyers: buyers.base,
    put: (name, destination, target) => putDestination(market, buyers.base, name, destination, target),
    kill: () => running.stop('SIGKILL'),
    revive: async () => {
      running = serve(folder, url, new URL(base).port);
      await listening(running.server);
    },
    close: async () => {
      await running.close();
      buyers.close();
    },
  };
  try {
    base = await listening(running.server);
    await configure(market, flow, { north: {}, south: {}, ...more });
    return market;
  } catch (error) {
    await market.close();
    throw error;
  }
}

/** Buyers that take six of ten leads, spread out, so that no stretch of them is better than another. */
async function openBuyers() {
  const asked = {};
  const server = createServer((request, response) => {
    const name = request.url.slice(1);
    request.resume().on('end', () => {
      asked[name] = (asked[name] ?? 0) + 1;
      if (name === 'mute') {
        response.writeHead(500).end('oops');
        return;
      }
      const takes = (asked[name] * 7) % 10 < 6;
      response.writeHead(takes ? 200 : 409, { 'content-type': 'application/json' });
      response.end(JSON.stringify(takes ? { price: PRICES[name] } : { reason: 'not wanted' }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const fine = (payload) => assert.deepEqual(payload.userErrors, []);

/** Puts a buyer with other settings; `target` adds to how it is reached. */
async function putDestination({ api }, buyers, name, settings, target = {}) {
  const input = {
    name,
    target: { url: `${buyers}/${name}`, response: { price: '$.price', reason: '$.reason' }, ...target },
    settings,
  };
  const put = await api(
    'mutation($input: PutDestinationInput!) { putDestination(input: $input) { userErrors { code path message } } }',
    { input },
  );
  fine(put.putDestination);
}

async function configure({ api, put }, flow, destinations) {
  fine(
    (
      await api(
        'mutation($fields: LeadFieldList!) { putLeadSchema(input: { vertical: "solar", fields: $fields }) { userErrors { code message } } }',
        {
          fields: FIELDS,
        },
      )
    ).putLeadSchema,
  );
  for (const [name, settings] of Object.entries(destinations)) await put(name, settings);
  const saved = await api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { code path message } } }',
    { document: flow },
  );
  fine(saved.saveFlowDraft);
  const published = await api(
    'mutation($flow: String!) { publishFlow(input: { flow: $flow, message: "first", setLiveIfFirst: true }) { userErrors { code path message } } }',
    { flow: flow.flow },
  );
  fine(published.publishFlow);
}

/** Sends leads of home owners, a hundred a request.
 *
 * * `fieldsOf`: what else a lead says, by its number. */
async function sendLeads(base, token, n, fieldsOf = () => ({})) {
  for (let sent = 0; sent < n; sent += 100) {
    const lines = Array.from({ length: Math.min(100, n - sent) }, (_, at) =>
      JSON.stringify({
        flow: 'solar',
        source: 'web',
        fields: { home_owner: true, roof: 'flat', age: 41, phone: '+12025550143', ...fieldsOf(sent + at) },
      }),
    );
    const response = await fetch(`${base}/v1/leads`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
      body: `${lines.join('\n')}\n`,
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    for (const line of text.trim().split('\n')) assert.ok(JSON.parse(line).lead?.lead_id, line);
  }
}

/** Sends one lead of `web`, and gives the answer with its status. */
async function sendLead(base, token, fields = {}) {
  const response = await fetch(`${base}/v1/leads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      flow: 'solar',
      source: 'web',
      fields: { home_owner: true, roof: 'flat', age: 41, phone: '+12025550143', ...fields },
    }),
  });
  return { status: response.status, body: await response.json() };
}

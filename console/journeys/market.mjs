// A market at work, made anew for the journeys: the demonstration's database, served with one token a role.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = process.env.POINTSMAN ?? 'pointsman';
/** One of the sources of the made-up market. */
const SOURCE = 'search-generic';

export async function openMarket() {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-journeys-'));
  const db = join(folder, 'market.db');
  const run = (...args) =>
    execFileSync(PROGRAM, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  run('demo', '--seed', '7', '--leads', '1500', '--port', '0', '--db', db, '--exit');
  const url = `sqlite://${db}`;
  const tokens = {};
  for (const role of ['admin', 'editor', 'operator', 'analyst', 'source', 'postback']) {
    const source = role === 'source' ? ['--source', SOURCE] : [];
    tokens[role] = run('token', 'create', '--name', `${role} of the journeys`, '--role', role, ...source, '--db', url);
  }
  const { server, close } = serve(folder, url);
  try {
    const base = await listening(server);
    return {
      base,
      tokens,
      close,
      /** Who had the personal data of a lead shown. */
      looks: async (id) =>
        (await graphql(base, tokens.admin, 'query($id: ID!) { lead(id: $id) { personalReads { by at } } }', { id }))
          .lead.personalReads,
      ...(await facts((query, variables) => graphql(base, tokens.admin, query, variables))),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts the program in a folder on a database. */
export function serve(folder, url, port = 0) {
  const server = spawn(
    PROGRAM,
    ['serve', '--listen', `127.0.0.1:${port}`, '--db', url, '--accept-clock', '--allow-loopback'],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const stop = async (signal = 'SIGTERM') => {
    const ended = server.exitCode === null && server.signalCode === null;
    server.kill(signal);
    if (ended) await new Promise((resolve) => server.once('exit', resolve));
  };
  const close = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, stop, close };
}

/** Where the server listens, which it says in its log. */
export function listening(server) {
  const said = [];
  return new Promise((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      said.push(line);
      const address = /listening on (http:[^\s;]+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said.join('\n')}`)));
  });
}

/** Asks a server; without a token, one that is open. */
export async function graphql(base, token, query, variables = {}) {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const LEAD = `id source revenue fields
  deliveries { price settledAt attempts { number } conversions { revenue } }
  decision { explanation { steps { candidates { destination } } } }`;

/** What the API says of the market, to compare the screens with. */
async function facts(ask) {
  const { sold, returned, own, destinations } = await ask(`{
    sold: leads(filter: { status: SOLD }, first: 50) { nodes { id deliveries { id } } }
    returned: leads(filter: { status: RETURNED }, first: 1) { nodes { id } }
    own: leads(filter: { source: "${SOURCE}" }, first: 1) { nodes { id } }
    destinations(first: 100) { nodes { name } }
  }`);
  const known = async (found) => {
    assert.ok(found, 'the market has such a lead');
    return factsOf((await ask(`query($id: ID!) { lead(id: $id) { ${LEAD} } }`, { id: found.id })).lead);
  };
  return {
    // One that was refused before it was sold has most to tell.
    sold: await known(sold.nodes.find((lead) => lead.deliveries.length > 1)),
    returned: await known(returned.nodes[0]),
    sourceLead: await known(own.nodes[0]),
    destinations: destinations.nodes.map(({ name }) => name),
  };
}

function factsOf(lead) {
  const steps = lead.decision.explanation.steps;
  const deliveries = lead.deliveries;
  const amounts = [
    ...deliveries.flatMap(({ price }) => (price === null ? [] : [price])),
    ...deliveries.flatMap(({ conversions }) => conversions.map(({ revenue }) => revenue)),
  ];
  return {
    id: lead.id,
    email: lead.fields.email,
    steps: steps.length,
    candidates: steps[0].candidates.length,
    attempts: deliveries.reduce((n, { attempts }) => n + attempts.length, 0),
    settled: deliveries.filter(({ settledAt }) => settledAt !== null).length,
    conversions: deliveries.reduce((n, { conversions }) => n + conversions.length, 0),
    revenueShown: dollars(lead.revenue),
    amountsShown: amounts.map(dollars),
  };
}

function dollars(amount) {
  const digits = Math.max(2, amount.split('.')[1]?.length ?? 0);
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: digits })
    .format(amount)
    .replace('-', '−');
}

// Who opens the console for the first time: an empty database, and then a market at work.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { graphql, listening, serve } from './market.mjs';

const PROGRAM = process.env.POINTSMAN ?? 'pointsman';

let running;
let browser;
let base;
let token;
let buyer;

before(
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pointsman-first-'));
    const url = `sqlite://${join(folder, 'empty.db')}`;
    token = execFileSync(PROGRAM, ['token', 'create', '--name', 'me', '--role', 'admin', '--db', url], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    buyer = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
    await new Promise((resolve) => buyer.listen(0, '127.0.0.1', resolve));
    running = serve(folder, url);
    base = await listening(running.server);
    browser = await openBrowser(base);
  },
  { timeout: 120_000 },
);

after(async () => {
  await browser?.close();
  buyer?.closeAllConnections();
  buyer?.close();
  await running?.close();
});

test('2: from an empty database to the first lead that somebody takes, in a few clicks', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token });
  const { page } = visit;
  await page.addInitScript(() => {
    // What keys do is no click: browsers report those without a count.
    addEventListener(
      'click',
      (event) => event.detail > 0 && sessionStorage.setItem('clicks', Number(sessionStorage.getItem('clicks')) + 1),
      true,
    );
  });
  await page.goto('/');
  await page.getByText('Nothing is set up yet.').waitFor();
  await visit.ends('overview-empty');
  await page.getByRole('link', { name: 'First steps' }).click();
  await page.getByLabel('Vertical').selectOption('solar');
  await page.getByRole('button', { name: 'Save the schema' }).click();
  await page.getByLabel('Address').click();
  // An address that cannot be one stays in the form, with what is wrong with it.
  await page.getByLabel('Address').fill('buyer');
  await page.getByLabel('Pays a lead').fill('12.50');
  await page.keyboard.press('Enter');
  await page.locator('.field-errors').first().waitFor();
  await page.getByLabel('Address').fill(`http://127.0.0.1:${buyer.address().port}/leads`);
  await visit.ends('first-steps');
  await page.getByRole('button', { name: 'Save the destination' }).click();
  await page.getByRole('button', { name: 'Make it live' }).click();
  await page.getByRole('button', { name: 'Send a lead' }).click();
  const result = page.getByRole('status');
  await result.getByText('sold').waitFor();
  await result.getByText('$12.50').waitFor();
  await visit.ends();
  await page.getByRole('link', { name: 'See what happened' }).click();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  const clicks = Number(await page.evaluate(() => sessionStorage.getItem('clicks')));
  console.log(`${clicks} clicks to the first lead that was sold`);
  assert.ok(clicks > 3 && clicks <= 12, `${clicks} clicks`);
  const { leads } = await graphql(base, token, '{ leads { nodes { status revenue isTest flow } } }');
  assert.deepEqual(leads.nodes, [{ status: 'SOLD', revenue: '12.50', isTest: true, flow: 'solar' }]);
  await visit.ends();
});

test('the tour: seven things of the demonstration, each at its place', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-tour-'));
  const began = Date.now();
  const demo = spawn(PROGRAM, ['demo', '--seed', '7', '--leads', '1500', '--port', '0', '--db', 'demo.db'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  demo.stdout.on('data', (data) => {
    said += data;
  });
  let market;
  try {
    const address = await listening(demo);
    console.log(`the demonstration listens after ${Date.now() - began} ms`);
    // The market goes on while one looks; the figures below are those of its end.
    while (!said.includes("the learner's total equals")) await new Promise((resolve) => setTimeout(resolve, 200));
    market = await openBrowser(address);
    await tour(market, address);
  } finally {
    await market?.close();
    const ended = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
});

async function tour(market, address) {
  const visit = await market.visit();
  const { page } = visit;
  await page.goto('/?range=30d');
  await page.getByRole('heading', { name: 'Where the money flows' }).waitFor();
  await page.locator('.money-band').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
  await visit.ends('overview-money');
  await page.goto('/flows/auto-insurance?overlay=traffic&range=30d');
  await page.locator('.step-summary', { hasText: ' leads' }).first().waitFor();
  await sameTraffic(page, address);
  await visit.ends('flow-traffic');
  await page.keyboard.press('3');
  await page.waitForURL('**/flows/auto-insurance?overlay=money&range=30d');
  await page.locator('.port.heat').first().waitFor();
  await visit.ends('flow-money');
  await page.goto('/');
  await page.getByRole('button', { name: /Take the tour/ }).click();
  const card = page.getByRole('complementary', { name: 'Tour' });
  const seen = [
    ['A bandit learns who earns most', async () => page.getByRole('heading', { name: 'Shares of leads at learned' })],
    [
      'Why this buyer',
      async () => page.getByRole('columnheader', { name: 'Why' }).or(page.getByText('Why not the others')),
    ],
    ['A change is a draft first', async () => page.getByRole('heading', { name: 'Draft of auto-insurance' })],
    ['What would it have earned?', async () => page.getByRole('button', { name: 'Replay it' })],
    ['An experiment says when it is over', async () => page.getByRole('region', { name: 'What to do' })],
    ['A cap holds, to the unit', async () => page.getByRole('meter').first()],
    ['And back again', async () => page.getByRole('button', { name: 'Make live…' }).first()],
  ];
  for (const [at, [title, place]] of seen.entries()) {
    await card.getByRole('heading', { name: title }).waitFor();
    await card.getByText(`${at + 1} of 7`).waitFor();
    await (await place()).first().waitFor();
    if (at === 3) await replayed(page, card);
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    await visit.ends(at === 0 ? 'tour' : at === 4 ? 'tour-experiment' : undefined);
    if (at < 6) await card.getByRole('button', { name: 'Next' }).click();
  }
  // A version goes live and comes back, with the tour beside it.
  await page.getByRole('button', { name: 'Make live…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make it live' }).click();
  await page.getByRole('button', { name: 'Roll back…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await page.getByText(/version 2 → version 1/).waitFor();
  await card.getByRole('button', { name: 'Done' }).click();
  await card.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await card.count(), 0, 'and it does not come back by itself');
  await visit.ends();
}

/** The replay of the tour gives a verdict. */
async function replayed(page, card) {
  await page.getByLabel('Received in the last').selectOption('all');
  await page.getByRole('button', { name: 'Replay it' }).click();
  await page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 60_000 });
  await card.getByRole('button', { name: 'Show me' }).waitFor();
}

/** What the graph says of its arms is what the API says. */
async function sameTraffic(page, address) {
  const now = (await graphql(address, '', '{ about { now } }')).about.now;
  const from = new Date(Date.parse(now) - 30 * 86_400_000).toISOString();
  const { metrics } = await graphql(
    address,
    '',
    `query($from: Timestamp!) { metrics(filter: { flow: "auto-insurance", node: "trial", from: $from },
      by: [NODE, ARM], bucket: TOTAL) { metrics { points { arm leads } } } }`,
    { from },
  );
  await page.getByText('As a table').click();
  for (const { arm, leads } of metrics.metrics.points) {
    await page.getByRole('row', { name: new RegExp(`^trial ${arm} ${leads} `) }).waitFor();
  }
  await page.getByText('As a table').click();
}

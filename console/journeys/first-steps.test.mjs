// Who opens the console for the first time: an empty database, and then a market at work.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
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

// What needs somebody, who is told, and which processes serve.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

let market;
let browser;
let hook;

/** A webhook that keeps what it is told. */
async function openHook() {
  const told = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      told.push(JSON.parse(body));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    told,
    url: `http://127.0.0.1:${server.address().port}/hooks/a-secret-path`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

before(
  async () => {
    hook = await openHook();
    market = await openSmallMarket({ settings: `alerts_url = "${hook.url}"\n` });
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
  hook?.close();
});

/** Units that are used of the first cap of a destination. */
async function used(name) {
  const query = 'query($name: String!) { destination(name: $name) { availability { caps { used } } } }';
  return (await market.api(query, { name })).destination.availability.caps[0].used;
}

const capped = (max) => ({ caps: [{ name: 'first-days', kind: 'accepted', max, window: 'lifetime' }] });

test('a cap that is used up is told, stands among what needs somebody, and goes when it is over', {
  timeout: 180_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForURL('**/operations');
  await page.getByText('Nothing.', { exact: true }).waitFor();
  await page.getByText('Nothing in the last 90 days.').waitFor();
  await market.put('north', capped(5));
  // All at once would hold its units while their answers are awaited, and leave some of them unused.
  for (let n = 0; n < 40 && (await used('north')) < 5; n++) await market.leads(3);
  assert.equal(await used('north'), 5);
  const now = page.locator('.card', { hasText: 'What needs somebody now' });
  const row = now.getByRole('row', { name: /cap used up north\/first-days/ });
  await row.waitFor({ timeout: 60_000 });
  await row
    .getByText(/^[A-Z][a-z]{2} \d+, \d\d:\d\d:\d\d$/)
    .nth(1)
    .waitFor({ timeout: 60_000 });
  const firing = hook.told.filter(({ state, kind }) => state === 'firing' && kind === 'cap_reached');
  assert.deepEqual(
    firing.map(({ subject }) => subject),
    ['north/first-days'],
  );
  // Where it goes is there, and not what may be secret.
  await page.getByText(`${new URL(hook.url).origin}/***`).waitFor();
  assert.ok(!(await page.content()).includes('a-secret-path'));
  const { servers } = await market.api('{ servers { name lease duties } }');
  const process = page.getByRole('row', { name: new RegExp(`^${servers[0].name} serving ${servers[0].lease} `) });
  await process.getByText('looks for what needs somebody').waitFor({ timeout: 60_000 });
  await visit.ends('operations');
  await row.getByRole('link', { name: 'north/first-days' }).click();
  await page.waitForURL('**/destinations/north/caps');
  await page.getByText('5 of 5 accepted leads in all').waitFor();
  // After a restart it is not told again, and it is over once there is room.
  await market.kill();
  await market.revive();
  await market.put('north', capped(500));
  await page.goto('/operations');
  const past = page.locator('.card', { hasText: 'What is over' });
  await page.getByText('Nothing.', { exact: true }).waitFor({ timeout: 90_000 });
  await page.reload();
  await past.getByRole('row', { name: /cap used up north\/first-days/ }).waitFor();
  assert.equal(hook.told.filter(({ state, kind }) => state === 'firing' && kind === 'cap_reached').length, 1);
  visit.forgive(/ERR_CONNECTION_REFUSED|WebSocket/);
  await visit.ends();
});

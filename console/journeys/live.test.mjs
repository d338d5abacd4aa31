// What is heard of without asking: new leads, a lead on its way, and the same by asking where no web socket gets through.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    await market.leads(2);
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** Names of the operations that a page asks by HTTP. */
function asked(page) {
  const names = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql')) names.push(request.postDataJSON()?.operationName);
  });
  return names;
}

async function newestSold() {
  const { leads } = await market.api(
    '{ leads(filter: { status: SOLD }, first: 1) { nodes { id deliveries { state clickId } } } }',
  );
  const [lead] = leads.nodes;
  return { id: lead.id, clickId: lead.deliveries.find(({ state }) => state === 'ACCEPTED').clickId };
}

const ids = (page) => page.locator('tbody tr a[title]').evaluateAll((all) => all.map((it) => it.title));

async function showsNewLeads(page) {
  await page.goto('/leads');
  await page.getByRole('row').nth(1).waitFor();
  const before = await ids(page);
  await market.leads(3);
  const button = page.getByRole('button', { name: 'Show 3 new leads' });
  await button.waitFor();
  assert.deepEqual(await ids(page), before, 'no row moves under the pointer');
  await market.leads(2);
  await page.getByRole('button', { name: 'Show 5 new leads' }).click();
  await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n, before.length + 5);
  assert.deepEqual((await ids(page)).slice(5), before);
  await page.getByRole('button', { name: /^Show .* new leads?$/ }).waitFor({ state: 'detached' });
  await market.leads(1);
  await page.getByRole('button', { name: 'Show 1 new lead' }).waitFor();
}

async function showsConversion(page) {
  const { id, clickId } = await newestSold();
  await page.goto(`/leads/${id}`);
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  const input = { clickId, txid: 'live', revenue: '4.25', currency: 'USD' };
  const recorded = await market.api(
    'mutation($input: RecordConversionInput!) { recordConversion(input: $input) { userErrors { code message } } }',
    { input },
  );
  assert.deepEqual(recorded.recordConversion.userErrors, []);
  await page.getByText('4.25').first().waitFor();
}

test('new leads are counted behind a button and a lead goes on, as they come', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  const opened = [];
  page.on('websocket', (socket) => opened.push(socket.url()));
  await showsNewLeads(page);
  await visit.ends();
  await showsConversion(page);
  const names = asked(page);
  const began = Date.now();
  await page.waitForTimeout(7_000);
  assert.ok(!names.includes('Lead'), `asked again after ${Date.now() - began} ms: ${names}`);
  assert.ok(
    opened.length >= 2 && opened.every((url) => url.startsWith(market.base.replace('http', 'ws'))),
    `${opened}`,
  );
  await visit.ends();
});

test('the same by asking, where a proxy lets no web socket through', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.addInitScript(() => {
    // Such a proxy answers with 400 or not at all; the browser closes the socket.
    window.WebSocket = class {
      constructor() {
        setTimeout(() => this.onclose?.(), 10);
      }
      send() {}
      close() {}
    };
  });
  await showsNewLeads(page);
  await showsConversion(page);
  await visit.ends();
});

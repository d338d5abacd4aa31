// Offers whose answer nobody knows, and what buyers are really sent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

const FLOW = {
  flow: 'solar',
  vertical: 'solar',
  currency: 'USD',
  root: 'one-by-one',
  nodes: {
    'one-by-one': { kind: 'waterfall', to: ['mute', 'south'] },
    mute: { kind: 'destination' },
    south: { kind: 'destination' },
  },
};

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket({ flow: FLOW, more: { mute: { price: '4.00' } } });
    await market.put(
      'mute',
      { price: '4.00' },
      {
        status: {
          url: `${market.buyers}/status/{{delivery_id}}`,
          wait_ms: 600_000,
          response: { accepted: [{ path: '$.state', equals: 'sold' }] },
        },
      },
    );
    browser = await openBrowser(market.base);
    // Its breaker opens with the fifth.
    for (let n = 0; n < 4; n++) assert.equal((await market.lead()).body.status, 'held');
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

const QUERY = `query($id: ID!) { delivery(id: $id) { state release { answer by reason }
  lead { status revenue deliveries { destination state } } } }`;

async function held() {
  const found = await market.api(
    '{ deliveries(filter: { state: HELD, isReleased: false }) { nodes { id lead { id } } } }',
  );
  return found.deliveries.nodes;
}

/** Releases the first delivery of the list in a dialog, and gives its id. */
async function release(page, answer, fill) {
  const [first] = await held();
  await page
    .getByRole('row')
    .filter({ has: page.locator(`a[title="${first.lead.id}"]`) })
    .getByRole('button', { name: /Release…/ })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(answer).check();
  assert.ok(await dialog.getByRole('button', { name: 'Release it' }).isDisabled(), 'it is not said how this is known');
  await fill(dialog);
  await dialog.getByLabel('How this is known').fill('their support said so');
  return first.id;
}

test('an operator releases held leads, and sees what comes of each', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  await page.goto('/');
  await page.getByRole('link', { name: '4 leads are held' }).click();
  await page.waitForURL('**/deliveries/held');
  await page.getByRole('list', { name: 'Held by destination' }).getByRole('link', { name: 'mute 4' }).waitFor();
  await page
    .getByText(/^in \d+ min/)
    .nth(3)
    .waitFor();
  await visit.ends('held');
  // Sold, for another price than the fixed one.
  const dialog = page.getByRole('dialog');
  const sold = await release(page, 'It took the lead', async () => {
    await dialog.getByText('mute pays 4.00 for it, which counts as revenue.').waitFor();
    await dialog.getByLabel('It pays').fill('-1');
    await dialog.getByLabel('How this is known').fill('a guess');
    await dialog.getByRole('button', { name: 'Release it' }).click();
    await dialog.locator('.field-errors').waitFor();
    await dialog.getByLabel('It pays').fill('7.00');
    await dialog.getByText('mute pays 7.00 for it, which counts as revenue.').waitFor();
  });
  await visit.ends('held-release');
  await dialog.getByRole('button', { name: 'Release it' }).click();
  await page.getByText('mute was released: the lead is sold.').waitFor();
  const { delivery } = await market.api(QUERY, { id: sold });
  assert.deepEqual([delivery.lead.status, delivery.lead.revenue], ['SOLD', '7.00']);
  assert.deepEqual(delivery.release, { answer: 'ACCEPTED', by: 'operator', reason: 'their support said so' });
  // Refused: the lead goes on to the next one.
  const refused = await release(page, 'It did not want the lead', () =>
    dialog.getByText(/goes on to the next destination that is free/).waitFor(),
  );
  await dialog.getByRole('button', { name: 'Release it' }).click();
  await page.getByText(/mute was released: the lead went on, and (south|nobody) took it\./).waitFor();
  const after = (await market.api(QUERY, { id: refused })).delivery;
  assert.equal(after.lead.deliveries.length, 2);
  assert.ok(['SOLD', 'UNSOLD'].includes(after.lead.status), after.lead.status);
  await visit.ends('held-released');
  await release(page, 'It never got the lead', async () => {});
  await dialog.getByRole('button', { name: 'Release it' }).click();
  await page.getByRole('list', { name: 'Held by destination' }).getByRole('link', { name: 'mute 1' }).waitFor();
  assert.equal((await held()).length, 1);
  // Those that were released, with who said what.
  await page.getByLabel('Show').selectOption('released');
  await page.waitForURL('**/deliveries/held?view=released');
  await page.getByText('by operator: their support said so').nth(2).waitFor();
  await page.goto('/deliveries/held?destination=south');
  await page.getByText('No answer is awaited any more.').waitFor();
  await visit.ends();
});

test('two people release one delivery, and the second is told', { timeout: 120_000 }, async () => {
  const [last] = await held();
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  await page.goto('/deliveries/held');
  const dialog = page.getByRole('dialog');
  await release(page, 'It did not want the lead', async () => {});
  const other = await market.api(
    `mutation($id: ID!) { releaseDelivery(input: { id: $id, answer: ACCEPTED, reason: "a call" }) { userErrors { code } } }`,
    { id: last.id },
  );
  assert.deepEqual(other.releaseDelivery.userErrors, []);
  await dialog.getByRole('button', { name: 'Release it' }).click();
  await dialog.getByText(/the answer of this delivery is known|was released before/i).waitFor();
  await visit.ends();
  const looking = await browser.visit({ token: market.tokens.analyst });
  await looking.page.goto('/deliveries/held');
  await looking.page.getByText('No answer is awaited any more.').waitFor();
  await looking.ends();
});

test('a test lead shows the request as it went beside the answer as it was read', { timeout: 120_000 }, async () => {
  const n = async () => (await market.api('{ deliveryCounts { deliveries } }')).deliveryCounts;
  const before = await n();
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/destinations/south');
  await page.getByRole('link', { name: 'Send a test lead' }).click();
  await page.waitForURL('**/destinations/south/test');
  await page.getByLabel('age').fill('7');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.locator('.field-error').waitFor();
  await page.getByLabel('age').fill('44');
  // Six of ten are taken.
  let read;
  for (let tries = 0; tries < 6 && read !== 'accepted'; tries++) {
    const answered = page.waitForResponse((it) => it.request().postData()?.includes('SendTestLead') ?? false);
    await page.getByRole('button', { name: 'Send it' }).click();
    read = (await (await answered).json()).data.sendTestLead.exchange.outcome;
  }
  await page.getByText('accepted', { exact: true }).waitFor();
  await page.getByText('$3.00').waitFor();
  await page.getByText(`POST ${market.buyers}/south`).waitFor();
  await page.getByText(/"age": 44/).waitFor();
  await page.getByText('HTTP 200').waitFor();
  await visit.ends('test-lead');
  assert.deepEqual(await n(), before, 'nothing is stored');
  // One that does not answer.
  await page.goto('/destinations/mute/test');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('unknown: the lead would be held or passed on').waitFor();
  await page.getByText('oops').waitFor();
  await visit.ends();
  const looking = await browser.visit({ token: market.tokens.operator });
  await looking.page.goto('/destinations/south/test');
  await looking.page.getByText('Sending needs an editor.').waitFor();
  assert.ok(await looking.page.getByRole('button', { name: 'Send it' }).isDisabled());
  await looking.ends();
});

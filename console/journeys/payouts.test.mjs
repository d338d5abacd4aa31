// What sources are paid for their leads, and what that leaves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

/** That of the browser. */
const ZONE = 'America/Chicago';
/** For each lead, for each that is sold, and a quarter of what buyers pay. */
const TERMS = { currency: 'USD', lead: '0.25', sold: '0.40', share_ppm: 250_000 };

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    browser = await openBrowser(market.base);
    await market.leads(5);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

async function statement() {
  const until = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date());
  const asked = await market.api(
    `query($from: String!, $until: String!, $zone: String!) {
      statement(by: SOURCE, from: $from, until: $until, zone: $zone) {
        statement { sums { account net payouts payable } } userErrors { code } } }`,
    { from: `${until.slice(0, 8)}01`, until, zone: ZONE },
  );
  return asked.statement.statement.sums;
}

const cents = (amount) => Math.round(Number(amount) * 1e6);
const dollars = (micros) =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 6 })
    .format(micros / 1e6)
    .replace('-', '−');

test('what a source is paid follows from its terms, day by day and lead by lead', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  // Leads came, and nobody has terms.
  await page.goto('/statements');
  await page.getByLabel('Accounts of').selectOption('SOURCE');
  await page.getByLabel('Show').selectOption('payouts');
  await page.waitForURL(/by=SOURCE.*show=payouts|show=payouts.*by=SOURCE/);
  await page.getByText('No source is paid for its leads.').waitFor();
  await visit.ends();

  const { putSource } = await market.api(
    'mutation($input: PutSourceInput!) { putSource(input: $input) { userErrors { code message path } } }',
    { input: { name: 'web', document: { flow: 'solar', payout: TERMS } } },
  );
  assert.deepEqual(putSource.userErrors, []);
  await market.leads(40);
  const [web] = await statement();
  assert.equal(web.account, 'web');
  assert.ok(cents(web.payouts) > 0 && cents(web.payouts) < cents(web.net), 'it is paid less than its leads brought');

  // From the page of the source to what it is paid.
  await page.goto('/sources/web');
  await page.getByRole('link', { name: 'Payouts' }).click();
  await page.waitForURL(/\/statements\?/);
  const card = page.locator('.card', { hasText: 'What web is paid' });
  const row = card.getByRole('row', { name: /^web / });
  await row
    .locator('strong')
    .getByText(dollars(cents(web.payable)), { exact: true })
    .waitFor();
  const cells = await row.locator('td').allTextContents();
  const [payouts, net] = [cents(web.payouts), cents(web.net)];
  assert.deepEqual(cells, [0, payouts, payouts, net, net - payouts].map(dollars));
  await page.locator('.card', { hasText: 'Day by day' }).getByText(dollars(payouts)).first().waitFor();
  await visit.ends('payouts');

  // A lead that was sold has each of the three, and its margin.
  const { leads } = await market.api(
    '{ leads(filter: { status: SOLD }, first: 1) { nodes { id revenue payouts { kind amount } } } }',
  );
  const [lead] = leads.nodes;
  assert.deepEqual(lead.payouts.map(({ kind }) => kind).sort(), ['LEAD', 'SHARE', 'SOLD']);
  await page.goto(`/leads/${lead.id}`);
  const events = page.locator('.events li', { hasText: 'Payout to web' });
  await events.first().waitFor();
  assert.equal(await events.count(), 3);
  for (const { amount } of lead.payouts) await events.getByText(dollars(cents(amount)), { exact: true }).waitFor();
  const paid = lead.payouts.reduce((sum, { amount }) => sum + cents(amount), 0);
  const fact = (name) => page.locator('.fact', { hasText: name });
  await fact('Payouts').getByText(dollars(paid), { exact: true }).waitFor();
  await fact('Margin')
    .getByText(dollars(cents(lead.revenue) - paid), { exact: true })
    .waitFor();
  await visit.ends('lead-payouts');
});

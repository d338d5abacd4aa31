// Leads that buyers give back, and what is owed after all.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

/** That of the browser. */
const ZONE = 'America/Chicago';

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    const terms = { window_days: 7, reasons: ['wrong number', 'duplicate'], gives_back_cap: true };
    await market.put('north', { returns: terms });
    browser = await openBrowser(market.base);
    await market.leads(40);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** Leads that a destination has bought, with the delivery. */
async function soldTo(destination) {
  const { leads } = await market.api(
    '{ leads(filter: { status: SOLD }, first: 40) { nodes { id deliveries { id destination state } } } }',
  );
  return leads.nodes
    .map(({ id, deliveries }) => ({
      lead: id,
      delivery: deliveries.find((it) => it.state === 'ACCEPTED' && it.destination === destination)?.id,
    }))
    .filter(({ delivery }) => delivery);
}

const STORED = `query($id: ID!) { lead(id: $id) { status revenue
  deliveries { returns { kind state reason revenue note requestedBy decidedBy reversedBy } } } }`;

async function stored(id) {
  const { lead } = await market.api(STORED, { id });
  return { ...lead, returns: lead.deliveries.flatMap(({ returns }) => returns) };
}

async function statement(by) {
  const { statement } = await market.api(
    `query($by: StatementParty!, $from: String!, $until: String!, $zone: String!) {
      statement(by: $by, from: $from, until: $until, zone: $zone) { statement { csv
        sums { account currency opening leads sold net closing returns chargebacks } } userErrors { code } } }`,
    { by, ...month(), zone: ZONE },
  );
  return statement.statement;
}

/** This month of the zone, to today. */
function month() {
  const until = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date());
  return { from: `${until.slice(0, 8)}01`, until };
}

test('an operator takes a return down, and somebody decides about it and thinks again', {
  timeout: 180_000,
}, async () => {
  const [sold] = await soldTo('north');
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  const dialog = page.getByRole('dialog');
  await page.goto(`/leads/${sold.lead}`);
  await page.getByRole('button', { name: 'Return… of north' }).click();
  await dialog.getByText(/Within 7 days of the sale it is taken down/).waitFor();
  const ask = dialog.getByRole('button', { name: 'Take the return down' });
  assert.ok(await ask.isDisabled(), 'a reason is wanted');
  await dialog.getByLabel('Its reason, one of its terms').selectOption('wrong number');
  await visit.ends('return-ask');
  await ask.click();
  await page.locator('.return-line').getByText('to be decided').waitFor();
  const asked = await stored(sold.lead);
  assert.deepEqual([asked.status, asked.returns.length], ['SOLD', 1]);
  assert.deepEqual(
    [asked.returns[0].state, asked.returns[0].reason, asked.returns[0].requestedBy],
    ['REQUESTED', 'wrong number', 'operator'],
  );
  assert.equal(await page.getByRole('button', { name: 'Return… of north' }).count(), 0, 'one at a time');
  await visit.ends();
  // The overview says that somebody has to decide.
  await page.goto('/');
  const waiting = page.getByRole('link', { name: 'Returns wait for a decision' });
  await waiting.waitFor();
  await visit.ends('overview');
  await waiting.click();
  await page.waitForURL('**/returns?state=REQUESTED');
  await page.getByRole('button', { name: /^Accept…/ }).click();
  await dialog.getByText(/All that north paid for this lead is taken back/).waitFor();
  await dialog.getByLabel('Note').fill('they are right');
  await visit.ends('return-decide');
  await dialog.getByRole('button', { name: 'Accept it' }).click();
  await page.getByText('No return matches these filters.').waitFor();
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.waitForURL('**/returns');
  const row = page.getByRole('row', { name: /wrong number/ });
  await row.getByText('−$2.00').waitFor();
  await row.getByText('“they are right”').waitFor();
  const accepted = await stored(sold.lead);
  assert.deepEqual([accepted.status, accepted.revenue, accepted.returns[0].revenue], ['RETURNED', '0.00', '-2.00']);
  await row.getByRole('button', { name: /^Reverse…/ }).click();
  await dialog.getByText('−$2.00 were taken back.').waitFor();
  await dialog.getByRole('button', { name: 'Reverse it' }).click();
  await row.getByText('reversed', { exact: true }).waitFor();
  const reversed = await stored(sold.lead);
  assert.deepEqual([reversed.status, reversed.revenue, reversed.returns[0].reversedBy], ['SOLD', '2.00', 'operator']);
  // It may be asked for once more, and is denied.
  await row.getByRole('link', { name: /^…/ }).click();
  await page.getByRole('button', { name: 'Return… of north' }).click();
  await dialog.getByLabel('Its reason, one of its terms').selectOption('duplicate');
  await dialog.getByRole('button', { name: 'Take the return down' }).click();
  await page.getByRole('button', { name: /^Deny…/ }).click();
  await dialog.getByLabel('Note').fill('x'.repeat(501));
  await dialog.getByRole('button', { name: 'Deny it' }).click();
  await dialog.locator('.field-errors').waitFor();
  await dialog.getByLabel('Note').fill('it rang');
  await dialog.getByRole('button', { name: 'Deny it' }).click();
  await page.locator('.return-line').getByText('denied', { exact: true }).waitFor();
  assert.equal((await stored(sold.lead)).status, 'SOLD');
  await visit.ends();
});

test('without terms there is no return, but a chargeback takes the money at once', { timeout: 120_000 }, async () => {
  const [sold] = await soldTo('south');
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  const dialog = page.getByRole('dialog');
  await page.goto(`/leads/${sold.lead}`);
  await page.getByRole('button', { name: 'Return… of south' }).click();
  await dialog.getByText(/south has no terms for returns/).waitFor();
  await dialog.getByLabel('Its reason').fill('nobody answers');
  await dialog.getByRole('button', { name: 'Take the return down' }).click();
  await dialog.locator('.problem .field-errors').waitFor();
  assert.deepEqual((await stored(sold.lead)).returns, []);
  await dialog.getByLabel('It has charged the money back').check();
  await dialog.getByText('All that south paid for this lead is taken back at once').waitFor();
  await dialog.getByLabel('Its reason').fill('their bank');
  await dialog.getByRole('button', { name: 'Take the money back' }).click();
  await page.locator('.return-line').getByText('accepted', { exact: true }).waitFor();
  const { status, revenue, returns } = await stored(sold.lead);
  assert.deepEqual([status, revenue, returns[0].kind], ['RETURNED', '0.00', 'CHARGEBACK']);
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await page.waitForURL('**/returns');
  await page.getByRole('row', { name: /chargeback: their bank/ }).waitFor();
  await visit.ends('returns');
  const looking = await browser.visit({ token: market.tokens.analyst });
  await looking.page.goto('/returns?destination=south');
  await looking.page.getByRole('row', { name: /their bank/ }).waitFor();
  await looking.page.getByText('needs an operator').first().waitFor();
  assert.equal(await looking.page.getByRole('button', { name: /Reverse…/ }).count(), 0);
  const refused = await looking.page.evaluate(async (id) => {
    const query = `mutation { returnLead(input: { deliveryId: "${id}", reason: "x", idempotencyKey: "y" }) { userErrors { code } } }`;
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()).errors[0].extensions.code;
  }, sold.delivery);
  assert.equal(refused, 'FORBIDDEN');
  await looking.ends();
});

test('a statement of a month has its sums, its days, and a file with both', { timeout: 120_000 }, async () => {
  const of = await statement('DESTINATION');
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.waitForURL('**/statements');
  const card = page.locator('.card', { hasText: 'comes to' });
  assert.equal(of.sums.length, 3, 'two accounts, and both together');
  for (const sum of of.sums) {
    const name = sum.account ?? 'all, in USD';
    const row = card.getByRole('row', { name: new RegExp(`^${name} `) });
    await row.getByText(`${sum.sold} of ${sum.leads}`).waitFor();
    await row.locator('strong').getByText(`$${sum.closing}`).waitFor();
  }
  assert.equal(of.sums.find(({ account }) => account === 'south').chargebacks, '-3.00');
  await visit.ends('statements');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const file = await saved;
  const { from, until } = month();
  assert.equal(file.suggestedFilename(), `statement_destination_${from}_${until}.csv`);
  assert.equal(await readFile(await file.path(), 'utf8'), of.csv);
  // One account, then the sources; what is wrong with a period is said.
  await card.getByRole('link', { name: 'south' }).click();
  await page.waitForURL('**/statements?account=south');
  await card.getByRole('row', { name: /^north / }).waitFor({ state: 'detached' });
  await page.getByLabel('Accounts of').selectOption('SOURCE');
  await page.waitForURL('**/statements?by=SOURCE');
  const sources = await statement('SOURCE');
  await card.getByRole('row', { name: /^web / }).getByText(`$${sources.sums[0].closing}`).first().waitFor();
  await page.getByLabel('First day').fill('2099-01-01');
  await page.getByText(/comes before 2099-01-01/).waitFor();
  await page.getByLabel('Last day').fill('2100-06-01');
  await page.getByText(/at most 366 days/).waitFor();
  await page.getByLabel('First day').fill('2100-05-01');
  // Nothing happens then, and what is owed stays owed.
  await page.getByText('Nothing happened on these days.').waitFor();
  await card.getByRole('row', { name: /^web / }).getByText(`$${sources.sums[0].closing}`).first().waitFor();
  await page.getByRole('radio', { name: 'Last month' }).check();
  await page.getByText('Nothing happened, and nothing is owed.').waitFor();
  await visit.ends();
});

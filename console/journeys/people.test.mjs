// Persons who want to be forgotten, those whose leads are not taken, and for how long values stay.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    browser = await openBrowser(market.base);
    await market.leads(30);
    for (let n = 0; n < 4; n++) assert.equal((await market.lead({ phone: `+1202555016${n}` })).status, 200);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** What the page has kept, and where it is. */
const kept = (page) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.title]));

test('a person is counted first, erased after a word that names the number, and there is a receipt', {
  timeout: 180_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.admin });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.getByText('Nobody was erased yet.').waitFor();
  const count = page.getByRole('button', { name: 'Count first' });
  assert.ok(await count.isDisabled(), 'nobody is named');
  const value = page.getByLabel('Value, in any spelling');
  await value.fill('no number');
  await count.click();
  await page.locator('.field-errors').first().waitFor();
  await page.getByLabel('Or by their leads').fill('lead_nobody');
  await count.click();
  await page.getByText(/there is no lead lead_nobody/i).waitFor();
  await page.getByLabel('Or by their leads').fill('');
  await value.fill('+1 (202) 555-0143');
  await count.click();
  await page.getByText('30 leads of 34 are theirs.').waitFor();
  const { deliveryCounts } = await market.api('{ deliveryCounts { destination deliveries } }');
  assert.ok(deliveryCounts.length > 0);
  await page
    .getByRole('list', { name: 'Destinations that have them' })
    .getByText(/^north, \d+ offers$/)
    .waitFor();
  const erase = page.getByRole('button', { name: 'Erase for good' });
  assert.ok(await erase.isDisabled());
  await page.getByLabel('Type "erase 30" to go on').fill('erase 3');
  assert.ok(await erase.isDisabled());
  // Somebody else is another count.
  await value.fill('+12025550160');
  await erase.waitFor({ state: 'detached' });
  await value.fill('+1 (202) 555-0143');
  await page.getByLabel('Note').fill('ticket 4711');
  await count.click();
  await page.getByText('30 leads of 34 are theirs.').waitFor();
  assert.ok(!(await kept(page)).includes('555'), await kept(page));
  await page.getByLabel('Type "erase 30" to go on').fill('erase 30');
  await visit.ends('people-erase');
  await erase.click();
  await page.waitForURL('**/people/erasures/era_*');
  await page.getByText('done', { exact: true }).waitFor();
  await page.getByRole('row', { name: /^lead personal fields of leads 30$/ }).waitFor();
  await visit.ends('erasure');
  const id = page.url().split('/').pop();
  const found = await market.api('query($id: ID!) { erasure(id: $id) { isDone leads fields by } }', { id });
  assert.deepEqual(found.erasure, { isDone: true, leads: 30, fields: ['phone'], by: 'admin' });
  assert.ok(!(await kept(page)).includes('555'));
  // They are not taken any more, and the change is there without a word of them.
  assert.equal((await market.lead()).status, 422);
  await page.goto('/changes?kind=PERSON_ERASED');
  await page.getByText('ticket 4711').first().waitFor();
  assert.ok(!(await page.content()).includes('5550143'));
  await visit.ends();
});

test('the suppression list takes digests, and gives back who wants to be contacted', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.admin });
  const { page } = visit;
  const dialog = page.getByRole('dialog');
  await page.goto('/people');
  await page.getByRole('row', { name: 'erasures 1' }).waitFor();
  await page.getByRole('button', { name: 'Add a list…' }).click();
  await dialog.getByLabel('Name').fill('partner');
  await dialog.getByLabel('Digests').fill('no digest');
  await dialog.getByRole('button', { name: 'Add 2' }).click();
  await dialog.locator('.field-errors').first().waitFor();
  await dialog.getByLabel('Digests').fill(`${'ab'.repeat(32)}\n${'cd'.repeat(32)}`);
  await dialog.getByRole('button', { name: 'Add 2' }).click();
  await page.getByRole('row', { name: 'partner 2' }).waitFor();
  await page.getByRole('button', { name: 'Take somebody off…' }).click();
  await dialog.getByLabel('Value').fill('+12025550199');
  await dialog.getByRole('button', { name: 'Take off' }).click();
  await dialog.getByText('This value is not on the list.').waitFor();
  await dialog.getByLabel('Value').fill('202-555-0143');
  await dialog.getByRole('button', { name: 'Take off' }).click();
  await dialog.waitFor({ state: 'hidden' }).catch(async () => {
    // A number without its country may not be read: then with it.
    await dialog.getByLabel('Value').fill('+12025550143');
    await dialog.getByRole('button', { name: 'Take off' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });
  await page.getByRole('row', { name: 'erasures 1' }).waitFor({ state: 'detached' });
  assert.equal((await market.lead()).status, 200, 'their leads are taken again');
  await visit.ends();
});

test('retention is set by vertical, and only admins change what is kept of persons', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.admin });
  const { page } = visit;
  const dialog = page.getByRole('dialog');
  await page.goto('/people');
  await page.getByRole('button', { name: 'Change… of solar' }).click();
  await dialog.getByLabel('Days').fill('0');
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await dialog.locator('.field-errors').waitFor();
  await dialog.getByLabel('Days').fill('90');
  await dialog.getByText(/older than 90 days are removed within minutes/).waitFor();
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await page.getByRole('row', { name: /^solar 90 days/ }).waitFor();
  const { retentions } = await market.api('{ retentions { vertical days } }');
  assert.deepEqual(retentions, [{ vertical: 'solar', days: 90 }]);
  await visit.ends('people');
  const { roles } = await market.api('{ roles { role can } }');
  for (const { role, can } of roles) {
    const row = page.getByRole('row', { name: new RegExp(`^${role.toLowerCase()} `) });
    assert.equal((await row.getByRole('cell').last().textContent()) === 'yes', can.includes('ADMINISTER'), role);
  }
  const looking = await browser.visit({ token: market.tokens.analyst });
  await looking.page.goto('/people');
  await looking.page.getByText('Forget a person').waitFor();
  await looking.page.getByText('needs an admin to change it').first().waitFor();
  assert.ok(await looking.page.getByRole('button', { name: 'Count first' }).isDisabled());
  assert.ok(await looking.page.getByLabel('Value, in any spelling').isDisabled());
  assert.equal(await looking.page.getByRole('button', { name: /^Change…/ }).count(), 0);
  await looking.ends();
});

// Who sends leads in a form of their own: a source from its first payload to its first lead, by all who have to do with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { FLOW, openSmallMarket } from './small-market.mjs';

const FORM = 'phone=(202)+555-0143&home_owner=yes&top=FLAT&campaign=7';

let market;
let browser;

before(
  async () => {
    const dedupe = { fields: ['phone'], window_minutes: 43_200 };
    market = await openSmallMarket({ flow: { ...FLOW, dedupe } });
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

async function stored(name) {
  return (await market.api('query($name: String!) { source(name: $name) { document revision isActive } }', { name }))
    .source;
}

async function put(name, document) {
  const { putSource } = await market.api(
    'mutation($input: PutSourceInput!) { putSource(input: $input) { source { revision } userErrors { code message path } } }',
    { input: { name, document } },
  );
  assert.deepEqual(putSource.userErrors, []);
  return putSource.source.revision;
}

const documentOf = (page) => page.getByLabel('Document', { exact: true });

/** Changes the text of the document as somebody who types would. */
async function type(page, change) {
  const box = documentOf(page);
  await box.fill(change(await box.inputValue()));
}

test('a source is set up from a payload: an answer that no field takes becomes one, and nothing was stored before', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.getByText('No source has a document yet.').waitFor();
  await visit.ends();
  await page.getByRole('link', { name: 'New source' }).click();
  await page.getByRole('heading', { name: 'New source' }).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled(), 'it has no name');
  await page.getByLabel('Payload, exactly').fill(FORM);
  assert.equal(await page.getByLabel('It comes as').inputValue(), 'application/x-www-form-urlencoded', 'it looks so');
  await page.getByText('would be refused').waitFor();
  const field = (name) => page.getByRole('row', { name: new RegExp(`^${name} `) });
  await field('phone').getByText('"+12025550143"').waitFor();
  await page.getByText('fields.roof').waitFor();
  await visit.ends('source-new');
  await page.getByLabel('Field of top').selectOption('roof');
  await field('roof').getByText('"flat"', { exact: true }).waitFor();
  await page.getByText('would be taken').waitFor();
  assert.deepEqual(JSON.parse(await documentOf(page).inputValue()).fields, { roof: 'top' });
  // Nothing of it is anywhere yet, and what was pasted never will be.
  assert.equal(await stored('web'), null);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]));
  assert.ok(!kept.includes('555'), kept);
  await page.getByLabel('Name of the source').fill('web');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/sources/web');
  await page.getByText('saved, revision 1').waitFor();
  assert.deepEqual((await stored('web')).document.fields, { roof: { from: 'top' } });
  // Whoever may not make tokens sees the addresses, and who may.
  await page.getByText('For the publisher').waitFor();
  await page.getByText('needs an admin', { exact: true }).waitFor();
  await visit.ends();
});

test('what is wrong with a document is told with its line, and nothing that was typed is lost', {
  timeout: 120_000,
}, async () => {
  await put('lost', { flow: 'solar', country: 'US', fields: { age: 'years' } });
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/sources/lost');
  await documentOf(page).waitFor();
  await type(page, (text) => text.replace('"country": "US",', '"country": "US"'));
  await page.getByText(/a comma is missing here/).waitFor();
  await page.getByText('Mend the text first.').waitFor();
  await type(page, (text) => text.replace('"country": "US"', '"country": "USA",\n  "feilds": {},'));
  await page.getByRole('button', { name: 'Save' }).click();
  const told = page.locator('.source-text .field-errors li');
  await told.nth(1).waitFor();
  assert.match((await told.allTextContents()).join('\n'), /line 4 .*USA.*\nline 5 .*feilds/i);
  // The press goes to the line.
  await told.nth(1).getByRole('button').click();
  const selected = await documentOf(page).evaluate((box) => box.value.slice(box.selectionStart, box.selectionEnd));
  assert.match(selected, /^"feilds"/);
  await type(page, (text) => text.replace('"USA",\n  "feilds": {},', '"CA",'));
  await page.reload();
  await page.getByText(/was typed at .* and never saved/).waitFor();
  assert.equal(JSON.parse(await documentOf(page).inputValue()).country, 'CA');

  // Somebody else saves in the meantime: at another place, and then at the same one.
  await put('lost', { flow: 'solar', country: 'US', fields: { age: 'years', roof: 'top' } });
  await page.getByText(/Revision 2 was saved while you edited revision 1/).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
  await page.getByRole('button', { name: 'Put both together' }).click();
  await page.getByText('not saved', { exact: true }).waitFor();
  const together = JSON.parse(await documentOf(page).inputValue());
  assert.deepEqual([together.country, together.fields.roof], ['CA', { from: 'top' }]);
  await put('lost', { flow: 'solar', country: 'GB', fields: { age: 'years', roof: 'top' } });
  await page.getByRole('button', { name: 'Put both together' }).click();
  await page.getByText('Both of you changed country').waitFor();
  await visit.ends('source-conflict');
  await page.getByRole('button', { name: 'Theirs: "GB"' }).click();
  await page.getByText('saved, revision 3').waitFor();
  await type(page, (text) => text.replace('"GB"', '"FR"'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('saved, revision 4').waitFor();
  const { document } = await stored('lost');
  assert.deepEqual([document.country, document.fields.roof], ['FR', { from: 'top' }]);
  const left = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('source')));
  assert.deepEqual(left, []);
  await visit.ends();
});

test('a platform begins with its preset, and its secret is shown to nobody', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/sources/new');
  await page.getByLabel('Begin with').selectOption({ label: 'Facebook lead ads' });
  await page.waitForURL('**/sources/new?preset=facebook_lead_ads');
  await page.getByLabel('Name of the source').fill('facebook');
  await page.getByRole('button', { name: 'Fill in an example' }).click();
  await page.getByText('would be taken').waitFor();
  await page.getByLabel('app_secret').fill('hunter2hunter2');
  const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.ok(!(await kept()).includes('hunter2'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/sources/facebook');
  await page.getByText('saved, revision 1').waitFor();
  assert.deepEqual((await stored('facebook')).document.secrets, { app_secret: '[secret]' });
  assert.equal(await page.getByLabel('app_secret').getAttribute('placeholder'), 'stored');
  assert.ok(!(await page.content()).includes('hunter2'));
  // A change of the rest keeps it: an unsigned payload is still refused.
  await page.getByLabel('Takes leads').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('saved, revision 2').waitFor();
  assert.equal((await stored('facebook')).isActive, false);
  assert.deepEqual((await stored('facebook')).document.secrets, { app_secret: '[secret]' });
  await page.getByRole('button', { name: 'Forget app_secret' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('saved, revision 3').waitFor();
  assert.equal((await stored('facebook')).document.secrets, undefined);
  await visit.ends();
});

test('an admin makes a token, the publisher sends by its address, and the leads are there', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.admin });
  const { page } = visit;
  await page.goto('/sources/web');
  await page.getByText('No token is bound to this source yet.').waitFor();
  await page.getByRole('button', { name: 'Make a token…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
  await page.getByText('shown this once').waitFor();
  const address = await page.getByLabel('Address with the token in it').inputValue();
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/v1\/intake\/pm_source_/);
  await page.getByText('web, for its publisher').waitFor();
  for (let n = 0; n < 12; n++) {
    const response = await fetch(address, { method: 'POST', body: new URLSearchParams(FORM) });
    assert.equal(response.status, 200, await response.text());
  }
  // The token is good for nothing else.
  const secret = address.split('/').pop();
  const asked = await fetch(`${market.base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query: '{ sources { nodes { name } } }' }),
  });
  assert.equal((await asked.json()).errors[0].extensions.code, 'FORBIDDEN');
  await page.reload();
  await page.getByText('web, for its publisher').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'it was shown once');
  await page.getByLabel('Payload, exactly').fill(FORM);
  await page.getByText('would be taken').waitFor();
  await visit.ends('source');
  await page.goto('/sources');
  const row = page.getByRole('row', { name: /^web / });
  await row.getByRole('link', { name: '12' }).waitFor({ timeout: 30_000 });
  await page
    .getByRole('row', { name: /^facebook Facebook lead ads/ })
    .getByText('stopped')
    .waitFor();
  await visit.ends('sources');
  await row.getByRole('link', { name: '12' }).click();
  await page.waitForURL('**/leads?source=web');
});

test('a lead that came before is a duplicate, and says of which', { timeout: 60_000 }, async () => {
  const { leads } = await market.api(
    '{ leads(filter: { status: DUPLICATE }, first: 50) { nodes { id duplicateOf } } }',
  );
  assert.ok(leads.nodes.length > 0, 'the same person came often');
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/leads');
  await page
    .getByRole('list', { name: 'Leads by status' })
    .getByRole('link', { name: /^duplicate/ })
    .click();
  await page.waitForURL('**/leads?status=DUPLICATE');
  await page.getByRole('row').nth(leads.nodes.length).waitFor();
  assert.equal(await page.getByText('it is a duplicate of').count(), leads.nodes.length);
  await visit.ends('leads-duplicates');
  const [first] = leads.nodes;
  await page.goto(`/leads/${first.id}`);
  const of = page.locator('.fact', { hasText: 'Duplicate of' }).getByRole('link');
  assert.equal(await of.getAttribute('title'), first.duplicateOf);
  await visit.ends();
  await of.click();
  await page.waitForURL(`**/leads/${first.duplicateOf}`);
  await page.locator('.facts').getByText('sold').waitFor();
});

test('an analyst tries payloads and changes of the document, and saves none', { timeout: 60_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/sources/web');
  await page.getByText('Saving needs an editor.').waitFor();
  await page.getByLabel('Payload, exactly').fill(FORM);
  await page.getByText('would be taken').waitFor();
  await type(page, (text) => text.replace('"top"', '"roof_shape"'));
  await page.getByText('would be refused').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('would be taken').waitFor();
  await page.goto('/sources');
  await page.getByText('needs an editor to add one').first().waitFor({ state: 'attached' });
  await page.goto('/sources/nobody');
  await page.getByText('No source of this name has a document.').waitFor();
  await visit.ends();
});

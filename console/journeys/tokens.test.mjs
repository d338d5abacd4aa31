// Who may do what: a token is made, shown once, used, and revoked.
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
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** What the API answers to whoever has this token. */
async function asks(token) {
  const response = await fetch(`${market.base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ viewer { name } }' }),
  });
  return response.status;
}

test('an admin makes a token, which is shown once, and revokes it with the sessions of whoever has it', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.admin });
  const { page } = visit;
  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'Make a token…' }).click();
  const dialog = page.getByRole('dialog');
  // What is wrong stands where it is, and nothing is made.
  await dialog.getByLabel('Role').selectOption('SOURCE');
  await dialog.getByLabel('Only for source').fill('no such source!');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.locator('[aria-invalid=true]').first().waitFor();
  await visit.ends('token-new');
  await dialog.getByLabel('Role').selectOption('ANALYST');
  await dialog.getByLabel('For whom').fill('carla');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('heading', { name: 'The token of carla' }).waitFor();
  const secret = await page.getByLabel('Token', { exact: true }).inputValue();
  assert.equal(await asks(secret), 200);
  await visit.ends();
  await page.reload();
  const row = page.getByRole('row', { name: /^carla analyst anybody/ });
  await row.waitFor();
  assert.ok(!(await page.content()).includes(secret), 'it is shown once');

  const carla = await browser.visit({ token: secret });
  await carla.page.goto('/leads');
  await carla.page.getByRole('heading', { name: 'Leads' }).waitFor();
  const links = carla.page.getByRole('navigation', { name: 'Screens' }).getByRole('link');
  assert.ok(!(await links.allTextContents()).includes('Tokens'));
  await carla.page.goto('/settings/tokens');
  await carla.page.getByText('Tokens are shown to admins only.').waitFor();
  await carla.ends();

  await row.getByRole('button', { name: /^Revoke/ }).click();
  await dialog.getByText('It cannot be made valid again').waitFor();
  assert.equal(await asks(secret), 200, 'nothing is done before it is confirmed');
  await dialog.getByRole('button', { name: 'Revoke it' }).click();
  await row.getByText('revoked').waitFor();
  assert.equal(await row.getByRole('button').count(), 0);
  assert.equal(await asks(secret), 401);
  await carla.page.goto('/leads');
  await carla.page.getByRole('button', { name: 'Sign in' }).waitFor();
  await visit.ends();
});

test('an admin sees who is signed in, and ends the session of somebody else', { timeout: 120_000 }, async () => {
  const admin = await browser.visit({ token: market.tokens.admin });
  const editor = await browser.visit({ token: market.tokens.editor });
  await editor.page.goto('/leads');
  await editor.page.getByRole('heading', { name: 'Leads' }).waitFor();
  const { page } = admin;
  await page.goto('/settings/tokens');
  const signedIn = page.locator('section', { has: page.getByRole('heading', { name: 'Signed in' }) });
  const row = signedIn.getByRole('row', { name: /^editor editor Chrome/ });
  await row.waitFor();
  await signedIn.getByText('this browser').waitFor();
  await admin.ends('sessions');
  // Others see their own, and nobody else's.
  await editor.page.goto('/settings/tokens');
  await editor.page.getByRole('row', { name: /^editor/ }).waitFor();
  assert.equal(await editor.page.getByRole('row', { name: /^admin/ }).count(), 0);
  await editor.ends();
  await row.getByRole('button', { name: /^End/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The token stays valid').waitFor();
  await dialog.getByRole('button', { name: 'End it' }).click();
  await row.waitFor({ state: 'detached' });
  await editor.page.goto('/leads');
  await editor.page.getByRole('button', { name: 'Sign in' }).waitFor();
  await admin.ends();
});

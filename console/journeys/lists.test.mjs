// Named lists: uploaded, compared before they are saved, and asked by flows.
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

async function list(name) {
  return (
    await market.api(
      'query($name: String!) { list(name: $name) { kind revision valueCount flows versions { revision valueCount } } }',
      { name },
    )
  ).list;
}

const file = (lines) => ({
  name: 'list.txt',
  mimeType: 'text/plain',
  buffer: Buffer.from(`${lines.join('\r\n')}\r\n`),
});

test('a list is begun, asked by a flow, and replaced by a version whose difference is seen first', {
  timeout: 180_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.waitForURL('**/lists');
  await page.getByText('There is no list yet.').waitFor();
  await page.getByRole('link', { name: 'Upload the first' }).click();
  await page.waitForURL('**/lists/new');
  const compare = page.getByRole('button', { name: 'See what changes' });
  assert.ok(await compare.isDisabled(), 'nothing is given');
  await page.getByLabel('Name').fill('Zips!');
  await page.getByLabel('Its values are').selectOption('POSTAL_CODE');
  await page.getByLabel('Or paste them').fill('94103\n?\n\n!!');
  await compare.click();
  // All mistakes at once, each with its line.
  await page.getByText(/^line 2: /i).waitFor();
  await page.getByText(/^line 4: /i).waitFor();
  await page.getByLabel('Or paste them').fill('94103\n10001\n94103\n60601');
  await compare.click();
  await page.getByText(/Zips!/).last().waitFor();
  assert.equal(await page.getByRole('button', { name: /^Save as/ }).count(), 0);
  await visit.forgive(/status of 422/);
  await page.getByLabel('Name').fill('acme-zips');
  await compare.click();
  const compared = page.getByRole('region', { name: 'What changes' });
  await compared.getByText('The list would have 3 values.').waitFor();
  assert.equal(await list('acme-zips'), null, 'nothing is stored before it is saved');
  // What was compared is worth nothing once something else is given.
  await page.getByLabel('Or paste them').fill('94103\n10001');
  await compared.waitFor({ state: 'detached' });
  await compare.click();
  await compared.getByText('The list would have 2 values.').waitFor();
  await visit.ends('list-new');
  await page.getByRole('button', { name: 'Save as version 1' }).click();
  await page.waitForURL('**/lists/acme-zips');
  await page.getByText('field in list("acme-zips")').waitFor();
  assert.deepEqual(await list('acme-zips'), {
    kind: 'POSTAL_CODE',
    revision: 1,
    valueCount: 2,
    flows: [],
    versions: [{ revision: 1, valueCount: 2 }],
  });
  // One that a destination asks.
  const put = await market.api(
    'mutation { putList(input: { name: "roofs", values: ["flat", "thatched"] }) { userErrors { code } } }',
  );
  assert.deepEqual(put.putList.userErrors, []);
  await market.put('south', { criteria: 'roof in list("roofs")' });
  await page.goto('/lists/roofs');
  await page.locator('.facts').getByRole('link', { name: 'solar' }).waitFor();
  await page.getByLabel('A file with one value a line').setInputFiles(file(['steep', 'thatched', 'domed', '']));
  await compare.click();
  await compared.getByText('2 values now, 3 then.').waitFor();
  await compared.getByRole('list', { name: 'The first that are added' }).getByText('steep').waitFor();
  await compared.getByRole('list', { name: 'The first that are removed' }).getByText('flat').waitFor();
  await compared.getByText(/counts at once for the leads of solar/).waitFor();
  await visit.ends('list');
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await page.getByText('Version 2 is saved.').waitFor();
  assert.equal((await list('roofs')).revision, 2);
  await page.getByRole('link', { name: 'Compare with version 1' }).click();
  await page.waitForURL('**/lists/roofs?version=2');
  const row = page.getByRole('row', { name: /^2 added/ });
  await row.getByText('2 added').waitFor();
  await row.getByText('1 removed').waitFor();
  await visit.ends();
  await page.goto('/lists');
  await page.getByRole('row', { name: /^roofs texts 3 2 / }).waitFor();
  await visit.ends('lists');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/lists/acme-zips');
  await page.goto('/changes?kind=LIST_PUT');
  await page.getByRole('link', { name: 'roofs' }).first().waitFor();
  await visit.ends();
});

test('nobody is overwritten, and the same values make no version', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/lists/acme-zips');
  const compare = page.getByRole('button', { name: 'See what changes' });
  const compared = page.getByRole('region', { name: 'What changes' });
  await page.getByLabel('Or paste them').fill('10001\n94103');
  await compare.click();
  await compared.getByText('The same values make no new version.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save as version 2' }).isDisabled());
  await page.getByLabel('Or paste them').fill('10001\n94103\n60601');
  await compare.click();
  await compared.getByText('2 values now, 3 then.').waitFor();
  const other = await market.api(
    'mutation { putList(input: { name: "acme-zips", values: ["30301"] }) { userErrors { code } } }',
  );
  assert.deepEqual(other.putList.userErrors, []);
  await compared.getByText('Somebody saved another version meanwhile.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save as version 2' }).isDisabled());
  await compare.click();
  await compared.getByText('1 value now, 3 then.').waitFor();
  await page.getByRole('button', { name: 'Save as version 3' }).click();
  await page.getByText('Version 3 is saved.').waitFor();
  assert.deepEqual(
    (await list('acme-zips')).versions.map(({ valueCount }) => valueCount),
    [3, 1, 2],
  );
  await visit.ends();
});

test('a long list goes up from a file, and what is personal is covered', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  const phones = Array.from({ length: 200_000 }, (_, n) => `+1202${String(5_000_000 + n)}`);
  await page.goto('/lists/new');
  await page.getByLabel('Name').fill('known-bad');
  await page.getByLabel('Its values are').selectOption('PHONE');
  await page.getByLabel('A file with one value a line').setInputFiles(file(phones));
  await page.getByRole('button', { name: 'See what changes' }).click();
  await page.getByText('The list would have 200,000 values.').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Save as version 1' }).click();
  await page.waitForURL('**/lists/known-bad', { timeout: 60_000 });
  await page.getByLabel('A file with one value a line').setInputFiles(file(phones.slice(10)));
  await page.getByRole('button', { name: 'See what changes' }).click();
  await page.getByText('200,000 values now, 199,990 then.').waitFor({ timeout: 60_000 });
  await page.getByText('These are personal values, which are covered in browsers.').waitFor();
  assert.ok(!(await page.content()).includes('+1202'));
  await visit.ends();
  // A page of another site cannot use the session.
  const [cookie] = await page.context().cookies();
  const refused = await fetch(`${market.base}/v1/lists/known-bad?kind=phone`, {
    method: 'PUT',
    headers: {
      cookie: `${cookie.name}=${cookie.value}`,
      'content-type': 'text/plain',
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.test',
    },
    body: '+12025550100',
  });
  assert.equal(refused.status, 403);
  assert.equal((await list('known-bad')).revision, 1);
  const looking = await browser.visit({ token: market.tokens.analyst });
  await looking.page.goto('/lists/known-bad');
  await looking.page.getByText('needs an editor').first().waitFor();
  assert.ok(await looking.page.getByLabel('Or paste them').isDisabled());
  await looking.page.goto('/lists/new');
  await looking.page.getByText('Lists are uploaded by editors and admins.').waitFor();
  await looking.ends();
});

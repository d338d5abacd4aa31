// Destinations and lead schemas: made, changed, undone, and kept from whoever may not change them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

/** How south is reached: with a secret, and with members that no form has. */
const TARGET = {
  headers: { 'X-Api-Key': '{{secret.api_key}}' },
  secrets: { api_key: 's3cret' },
  retry: { count: 2 },
  body: { phone: '{{lead.phone}}', roof: '{{lead.roof}}' },
};

let market;
let browser;
let buyer;

before(
  async () => {
    market = await openSmallMarket();
    buyer = await openBuyer();
    const caps = [{ kind: 'accepted', max: 500, window: 'lifetime' }];
    await market.put('south', { price: '3.00', caps }, { ...TARGET, url: buyer.url });
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
  buyer?.close();
});

/** A buyer that keeps the key that it was shown last. */
async function openBuyer() {
  const found = { key: null };
  const server = createServer((request, response) => {
    found.key = request.headers['x-api-key'];
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  found.url = `http://127.0.0.1:${server.address().port}/south`;
  found.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return found;
}

/** The key that south is shown with a lead. */
async function keyShown() {
  const sent = await market.api(
    `mutation($fields: LeadFields!) { sendTestLead(input: { destination: "south", flow: "solar", fields: $fields }) {
      exchange { status } userErrors { code message } } }`,
    { fields: { home_owner: true, roof: 'flat', age: 41, phone: '+12025550143' } },
  );
  assert.deepEqual(sent.sendTestLead.userErrors, []);
  return buyer.key;
}

async function stored(name) {
  const query = 'query($name: String!) { destination(name: $name) { revision settings target } }';
  return (await market.api(query, { name })).destination;
}

async function fields() {
  return (await market.api('{ leadSchema(vertical: "solar") { declaredFields } }')).leadSchema.declaredFields;
}

/** Puts the fields of leads as somebody else does. */
async function putFields(next) {
  const put = await market.api(
    'mutation($fields: LeadFieldList!) { putLeadSchema(input: { vertical: "solar", fields: $fields }) { userErrors { code message } } }',
    { fields: next },
  );
  assert.deepEqual(put.putLeadSchema.userErrors, []);
}

const save = (page) => page.getByRole('button', { name: 'Save', exact: true });
const body = (page) => page.getByLabel('Body: JSON');
const rows = (page, name) => page.getByRole('region', { name, exact: true });

test('a destination is made: each mistake stands at its field, and what was typed stays', {
  timeout: 180_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/destinations');
  await page.getByRole('link', { name: 'New destination…' }).click();
  await page.waitForURL('**/destinations/new');
  const make = page.getByRole('button', { name: 'Make the destination' });
  await page.getByText('It needs a name.').waitFor();
  assert.ok(await make.isDisabled());
  await page.getByLabel('Name').fill('East Coast');
  await page.getByLabel('Address', { exact: true }).fill('ftp://east.example/leads');
  await page.getByLabel('Price', { exact: true }).fill('1.2.3');
  await body(page).fill('{"phone": }');
  await rows(page, 'Headers').getByRole('button', { name: 'Add a header' }).click();
  await rows(page, 'Headers').getByLabel('Header', { exact: true }).fill('X-Key');
  await rows(page, 'Headers').getByLabel('Its value').fill('{{secret.key}}');
  await make.click();
  // What is no JSON is not sent.
  await page.getByText(/^line 1: /i).waitFor();
  await body(page).fill('{"phone": "{{lead.telephone}}"}');
  await make.click();
  await page.getByText(/East Coast cannot be a name/).waitFor();
  await page.getByText(/ftp addresses cannot be posted to/).waitFor();
  await page.getByText(/1.2.3 is not an amount/).waitFor();
  await page.getByText(/have no field telephone/).waitFor();
  await rows(page, 'Headers')
    .getByText(/no secret key/)
    .waitFor();
  assert.equal(await page.getByLabel('Address', { exact: true }).getAttribute('aria-invalid'), 'true');
  await visit.ends('destination-new-mistakes');
  await page.getByLabel('Name').fill('east');
  await page.getByLabel('Address', { exact: true }).fill(`${market.buyers}/north`);
  await page.getByLabel('Price', { exact: true }).fill('4.00');
  await body(page).fill('{"phone": "{{lead.phone | last 10}}"}');
  await rows(page, 'Secrets').getByRole('button', { name: 'Add a secret' }).click();
  await rows(page, 'Secrets').getByLabel('Secret', { exact: true }).fill('key');
  await rows(page, 'Secrets').getByLabel('Its value').fill('hush');
  await page.getByLabel('It takes leads at some hours only').check();
  await page.getByLabel('By the clock of').fill('Nowhere/Land');
  await make.click();
  await page
    .getByText(/Nowhere\/Land/)
    .first()
    .waitFor();
  await page.getByLabel('By the clock of').fill('America/Chicago');
  await rows(page, 'Opening hours').getByLabel('Fri').uncheck();
  await make.click();
  await page.getByRole('heading', { name: 'east is there' }).waitFor();
  await visit.ends('destination-new');
  const made = await stored('east');
  assert.equal(made.revision, 1);
  assert.equal(made.settings.price, '4.00');
  assert.deepEqual(made.settings.schedule.open, [{ days: ['mon', 'tue', 'wed', 'thu'], from: '08:00', to: '20:00' }]);
  assert.deepEqual(made.target.body, { phone: '{{lead.phone | last 10}}' });
  assert.deepEqual(made.target.secrets, { key: '[secret]' });
  await page.getByRole('link', { name: 'The destination', exact: true }).click();
  await page.waitForURL('**/destinations/east');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.waitForURL('**/destinations/east/settings');
  assert.equal(await page.getByLabel('Price', { exact: true }).inputValue(), '4.00');
  await visit.ends();
});

test('price and criteria are changed, said before, undone, and touch nothing else', { timeout: 180_000 }, async () => {
  const first = await stored('south');
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/destinations/south/settings');
  await page.getByText(/It also has retry/).waitFor();
  assert.ok(await save(page).isDisabled(), 'nothing is changed');
  await page.getByLabel('Criteria').fill('agee >= 30');
  await save(page).click();
  await page.getByText(/agee/).last().waitFor();
  await page.getByText('It was not saved.').first().waitFor();
  assert.equal((await stored('south')).revision, first.revision, 'a live flow would be broken');
  await page.getByLabel('Price', { exact: true }).fill('3.50');
  await page.getByLabel('Criteria').fill('age >= 30');
  const told = rows(page, 'What saving changes');
  await told.getByText('price: 3.00 → 3.50').waitFor();
  await told.getByText('criteria: none → age >= 30').waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await visit.ends('destination-settings');
  await save(page).click();
  await page.getByText(`Saved. Revision ${first.revision + 1} counts`).waitFor();
  const changed = await stored('south');
  assert.deepEqual(changed.settings, { ...first.settings, price: '3.50', criteria: 'age >= 30' });
  assert.deepEqual(changed.target, first.target, 'what has no field is as it was');
  assert.equal(await keyShown(), 's3cret', 'a secret survives what is saved beside it');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/It is as it was before/).waitFor();
  assert.deepEqual((await stored('south')).settings, first.settings);
  await visit.ends('destination-settings-undone');
});

test('a secret is kept, is replaced, and is in no text', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/destinations/south/settings');
  const secrets = rows(page, 'Secrets');
  await secrets.getByText('api_key').waitFor();
  await secrets.getByLabel('Its value').fill('n3w');
  await page.getByRole('button', { name: 'As JSON' }).click();
  const target = page.getByLabel('Target', { exact: true });
  assert.ok((await target.inputValue()).includes('"api_key": "[secret]"'));
  assert.ok(!(await page.content()).includes('n3w'));
  await target.fill('{"url": ');
  await page.getByRole('button', { name: 'As JSON' }).click();
  await page.getByText(/^line 1: /i).waitFor();
  const { target: whole } = await stored('south');
  await target.fill(JSON.stringify({ ...whole, concurrency: 7 }));
  await page.getByRole('button', { name: 'As JSON' }).click();
  await page.getByText(/It also has .*concurrency/).waitFor();
  await rows(page, 'What saving changes').getByText('secret api_key: stored → what is typed').waitFor();
  await save(page).click();
  await page.getByText('The old value of api_key cannot be put back.').waitFor();
  assert.equal((await stored('south')).target.concurrency, 7);
  await visit.ends('destination-settings-json');
  assert.equal(await keyShown(), 'n3w');
});

test('somebody else saves meanwhile, and nothing that was typed is lost', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/destinations/north/settings');
  await page.getByLabel('Price', { exact: true }).fill('2.75');
  await page.getByLabel('Criteria').fill('age >= 21');
  const before = await stored('north');
  await market.put('north', { ...before.settings, price: '2.25', on_unknown: 'pass_on' });
  await page.getByText(/Somebody else saved revision/).waitFor();
  assert.ok(await save(page).isDisabled());
  assert.equal(await page.getByLabel('Criteria').inputValue(), 'age >= 21');
  await visit.ends('destination-settings-conflict');
  await page.getByRole('button', { name: 'Put mine upon it' }).click();
  await page.getByText(/Both changed these/).waitFor();
  assert.equal(await page.getByLabel('Price', { exact: true }).inputValue(), '2.75');
  assert.equal(await page.getByLabel('If its answer is lost').inputValue(), 'pass_on');
  await save(page).click();
  await page.getByText(/^Saved\. Revision/).waitFor();
  const { settings } = await stored('north');
  assert.deepEqual([settings.price, settings.criteria, settings.on_unknown], ['2.75', 'age >= 21', 'pass_on']);
  await visit.ends();
});

test('a new destination is begun like another one, without its secrets', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/destinations/south/settings');
  await page.getByRole('link', { name: 'New destination like this one' }).click();
  await page.waitForURL('**/destinations/new?like=south');
  await page.getByText('Its secrets are not: type api_key again.').waitFor();
  await page.getByLabel('Name').fill('south-2');
  const make = page.getByRole('button', { name: 'Make the destination' });
  await make.click();
  await rows(page, 'Headers')
    .getByText(/no secret api_key/)
    .waitFor();
  await rows(page, 'Secrets').getByLabel('Its value').fill('other');
  await visit.ends('destination-copy');
  await make.click();
  await page.getByRole('heading', { name: 'south-2 is there' }).waitFor();
  const [copy, original] = [await stored('south-2'), await stored('south')];
  assert.deepEqual([copy.settings, copy.target], [original.settings, original.target]);
  await visit.ends();
});

test('a label and a field are added to a schema, and count at once', { timeout: 180_000 }, async () => {
  const first = await fields();
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await page.waitForURL('**/schemas');
  await page.getByRole('row', { name: /^solar 4 1 solar / }).waitFor();
  await visit.ends('schemas');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/schemas/solar');
  await page.getByText(/counts at once for the leads of the live flow/).waitFor();
  await page.getByRole('button', { name: 'Change roof' }).click();
  await page.getByLabel('Labels').fill('flat\nsteep\ndomed\nflat');
  await page.getByRole('button', { name: 'Add a field' }).click();
  const added = page.getByRole('group', { name: /Field without a name/ });
  await added.getByLabel('Name').fill('Zip code');
  await save(page).click();
  await page.getByText(/flat is already a label/).waitFor();
  const zip = page.getByRole('group', { name: /Field Zip code/ });
  await zip.getByText(/Zip code is not a field name/).waitFor();
  await visit.ends('schema-mistakes');
  await page.getByLabel('Labels').fill('flat\nsteep\ndomed');
  await zip.getByLabel('Name').fill('zip');
  await page.getByRole('group', { name: 'Field zip' }).getByLabel('Kind').selectOption('postal_code');
  await page.getByRole('button', { name: 'Move zip up' }).click();
  const told = rows(page, 'What saving changes');
  await told.getByText('roof: label added: domed').waitFor();
  await told.getByText('zip is added: postal code').waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await visit.ends('schema');
  await save(page).click();
  await page.getByText('Saved. It counts for the leads that come from now on.').waitFor();
  const now = await fields();
  assert.deepEqual(
    now.map(({ name }) => name),
    ['home_owner', 'roof', 'age', 'zip', 'phone'],
  );
  assert.deepEqual(now[1].labels, ['flat', 'steep', 'domed']);
  assert.equal((await market.lead({ roof: 'domed', zip: '94103' })).status, 200);
  await visit.ends();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/It is as it was before/).waitFor();
  assert.deepEqual(await fields(), first);
});

test('what a live flow reads cannot be taken from it, and its words stand at the field', {
  timeout: 180_000,
}, async () => {
  const first = await fields();
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/schemas/solar');
  await page.getByRole('button', { name: 'Change roof' }).click();
  await page.getByLabel('Labels').fill('flat');
  await save(page).click();
  await page.getByText('Live flows read it, so nothing is saved:').waitFor();
  await page.getByText(/node by-age, row 2/).waitFor();
  await page.getByText(/roof is never steep/).waitFor();
  await page.getByLabel('Labels').fill('flat\nsteep');
  await page.getByText(/roof is never steep/).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Remove age' }).click();
  await page.getByText('is removed when it is saved').waitFor();
  await save(page).click();
  await page
    .getByText(/have no field age/)
    .first()
    .waitFor();
  await visit.ends('schema-refused');
  assert.deepEqual(await fields(), first);
  // Somebody else adds a field meanwhile: both stand.
  await page.getByRole('button', { name: 'Keep age' }).click();
  await page.getByLabel('Labels').fill('flat\nsteep\ndomed');
  await putFields([...first, { name: 'note', kind: 'text' }]);
  await page.getByText(/Somebody else saved this schema/).waitFor();
  assert.ok(await save(page).isDisabled());
  await page.getByRole('button', { name: 'Put mine upon it' }).click();
  await page.getByRole('row', { name: /^note text/ }).waitFor();
  await save(page).click();
  await page.getByText(/^Saved\. It counts/).waitFor();
  const now = await fields();
  assert.deepEqual(
    now.map(({ name }) => name),
    [...first.map(({ name }) => name), 'note'],
  );
  assert.deepEqual(now[1].labels, ['flat', 'steep', 'domed']);
  await visit.ends();
});

test('an analyst sees all of it, and can change none', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst, width: 1024 });
  const { page } = visit;
  await page.goto('/destinations');
  await page.getByText('needs an editor to make one').first().waitFor();
  await page.goto('/destinations/south/settings');
  await page.getByText('Saving needs an editor.').waitFor();
  assert.ok(await page.getByLabel('Price', { exact: true }).isDisabled());
  assert.ok(await save(page).isDisabled());
  await page.getByText('needs an editor to make one like it').first().waitFor();
  await visit.ends('destination-settings-analyst');
  await page.goto('/destinations/new');
  await page.getByText('Destinations are made by editors and admins.').waitFor();
  await visit.ends();
  await page.goto('/schemas/solar');
  await page.getByText('Saving needs an editor.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Remove age' }).isDisabled());
  await page.getByRole('button', { name: 'See roof' }).click();
  assert.ok(await page.getByLabel('Labels').isDisabled());
  await visit.ends('schema-analyst');
  await page.goto('/schemas/new');
  await page.getByText('Lead schemas are made by editors and admins.').waitFor();
  await visit.ends();
});

test('nothing scrolls sideways on a narrow screen', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor, width: 320 });
  const { page } = visit;
  for (const [address, heading] of [
    ['/destinations/south/settings', 'Settings of south'],
    ['/destinations/new', 'New destination'],
    ['/schemas', 'Lead schemas'],
    ['/schemas/solar', 'Leads of solar'],
  ]) {
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await page.locator('.skeleton').waitFor({ state: 'detached' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${address} is ${wide} wide`);
    await visit.ends();
  }
});

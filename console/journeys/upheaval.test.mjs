// What happens around an open page: the server goes and comes back, it has a new console, and nobody has a mouse.
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
    await market.leads(20);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

test('21: a server that is killed comes back under an open page, and nothing is there twice', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('row').nth(1).waitFor();
  const ids = () => page.locator('tbody tr a[title]').evaluateAll((all) => all.map((it) => it.title));
  const before = await ids();
  await market.kill();
  await page.getByText('Offline', { exact: true }).waitFor({ timeout: 30_000 });
  assert.deepEqual(await ids(), before, 'what was there stays');
  await market.revive();
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
  await market.leads(3);
  await page.getByRole('button', { name: /3 new leads/ }).click({ timeout: 30_000 });
  await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n, before.length + 3);
  const after = await ids();
  assert.equal(new Set(after).size, after.length, 'no row is there twice');
  assert.deepEqual(after.slice(3), before);
  visit.forgive(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|502|Failed to load resource/);
  await visit.ends();
});

test('22: a new console reloads an open page once, and no edit is lost', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/flows/solar/draft?node=quality');
  await page.getByLabel('Points').first().waitFor();
  // The server answers as one with another console, and takes no edit for the moment.
  await page.route('**/graphql', async (route) => {
    const name = route.request().postDataJSON()?.operationName;
    if (name?.startsWith('Edit')) return route.abort();
    if (name !== 'Shell') return route.continue();
    const response = await route.fetch();
    const body = await response.json();
    body.data.about.consoleHash = '0123456789abcdef';
    return route.fulfill({ response, json: body });
  });
  await page.getByLabel('Points').first().fill('77');
  await page.keyboard.press('Enter');
  const notice = page.getByRole('button', { name: 'Load it' });
  await notice.waitFor({ timeout: 20_000 });
  await page.unroute('**/graphql');
  await notice.click();
  await page.getByLabel('Points').first().waitFor();
  await page.waitForFunction(
    () => document.querySelector('input[aria-label="Points"], .node-editor input')?.value === '77',
  );
  for (let n = 0; n < 100; n++) {
    const { flow } = await market.api('{ flow(name: "solar") { draft { document } } }');
    if (flow.draft?.document.nodes.quality.points[0].points === 77) break;
    assert.ok(n < 99, 'never stored');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // A part of the page that the new server does not have any more: one reload, and not a circle of them.
  let loads = 0;
  page.on('framenavigated', () => {
    loads++;
  });
  await page.goto('/leads');
  await page.getByRole('row').nth(1).waitFor();
  loads = 0;
  let isGone = true;
  await page.route('**/_console/*/changes.js', (route) =>
    isGone ? route.fulfill({ status: 404, body: 'gone' }) : route.continue(),
  );
  await page.evaluate(() => addEventListener('vite:preloadError', () => document.title));
  const again = page.waitForEvent('domcontentloaded', { timeout: 20_000 });
  await page.getByRole('link', { name: 'Changes' }).click();
  await again;
  isGone = false;
  await page.goto('/changes');
  await page.locator('.change').first().waitFor();
  assert.ok(loads <= 4, `${loads} loads`);
  visit.forgive(/reading 'Changes'|ERR_FAILED|404|Failed to fetch dynamically imported module|Failed to load resource/);
  await visit.ends();
});

test('5: a flow is built and published by keyboard alone', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  /** Walks to a control as people do who have no mouse. */
  const walkTo = async (control) => {
    await control.waitFor();
    for (let n = 0; n < 150; n++) {
      if (await control.evaluate((it) => it === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail('it cannot be reached by Tab');
  };
  const choose = async (control, value) => {
    await walkTo(control);
    await page.keyboard.type(value);
    assert.equal(await control.inputValue(), value);
  };
  await page.goto('/flows');
  await page.getByRole('link', { name: 'solar' }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const edit = page.getByRole('link', { name: 'Edit' });
  await walkTo(edit);
  await page.keyboard.press('Enter');
  await walkTo(page.getByRole('button', { name: 'Add…' }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a node' });
  await choose(dialog.getByLabel('Kind'), 'when');
  await walkTo(dialog.getByLabel('Name'));
  await page.keyboard.type('older');
  await page.keyboard.press('Enter');
  const predicate = page.getByLabel('Takes “then” if');
  await walkTo(predicate);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('age >= 60');
  await choose(page.getByLabel('then leads to'), 'south');
  await choose(page.getByLabel('otherwise leads to'), 'quality-gate');
  const table = page.getByRole('button', { name: 'table by-age' });
  await walkTo(table);
  await page.keyboard.press('Enter');
  await choose(page.getByLabel('otherwise leads to'), 'older');
  await page
    .locator('.heading')
    .getByText(/^saved, revision/)
    .waitFor();
  const review = page.getByRole('link', { name: /Review/ });
  await walkTo(review);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /changes? against version 1/ }).waitFor();
  for (const box of await page.locator('.review-side .check input').all()) {
    if (await box.isChecked()) continue;
    await walkTo(box);
    await page.keyboard.press('Space');
  }
  const message = page.getByLabel('What changes, and why');
  await walkTo(message);
  await page.keyboard.type('older people to south');
  await walkTo(page.getByRole('button', { name: 'Publish and make it live' }));
  await page.keyboard.press('Enter');
  const live = async () =>
    (await market.api('{ flow(name: "solar") { stage { version { number hash document } } } }')).flow;
  for (let n = 0; n < 100 && (await live()).stage.version.number < 2; n++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { stage } = await live();
  assert.equal(stage.version.number, 2);
  // The same flow, written by hand, is the same version.
  const { document } = stage.version;
  assert.deepEqual(document.nodes.older, { kind: 'when', if: 'age >= 60', then: 'south', otherwise: 'quality-gate' });
  assert.equal(document.nodes['by-age'].otherwise, 'older');
  const { saveFlowDraft } = await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { message } } }',
    { document },
  );
  assert.deepEqual(saveFlowDraft.userErrors, []);
  const { publishFlow } = await market.api(
    'mutation { publishFlow(input: { flow: "solar" }) { isNew flowVersion { hash } userErrors { message } } }',
  );
  assert.deepEqual([publishFlow.isNew, publishFlow.flowVersion.hash], [false, stage.version.hash]);
  await visit.ends();
});

test('8: F8 goes to a row that no lead comes to, and mending it clears its marks', { timeout: 60_000 }, async () => {
  const { flow } = await market.api('{ flow(name: "solar") { stage { version { document } } } }');
  const document = structuredClone(flow.stage.version.document);
  document.nodes['by-age'].rows.splice(1, 0, { cells: [{ to: 10 }, null], to: 'south' });
  const { saveFlowDraft } = await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { diagnostics { node part severity } userErrors { message } } }',
    { document },
  );
  const [finding] = saveFlowDraft.diagnostics;
  assert.deepEqual([finding.node, finding.part.slice(0, 7)], ['by-age', 'rows[1]']);
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/flows/solar/draft?node=quality');
  await page.getByLabel('Points').first().waitFor();
  const marked = page.locator('.node-list .mark');
  assert.equal(await marked.count(), 1);
  await page.getByLabel('Points').first().focus();
  await page.keyboard.press('F8');
  await page.waitForURL(/node=by-age/);
  await page.waitForFunction(() => document.activeElement?.dataset.at === '1 0');
  assert.equal(await page.locator('.grid-row.has-warning, .grid-row.has-error').count(), 1);
  await visit.ends('draft-finding');
  await page.keyboard.press('Shift+Delete');
  await marked.waitFor({ state: 'detached' });
  assert.equal(await page.locator('.grid-row.has-warning, .grid-row.has-error').count(), 0);
  await visit.ends();
});

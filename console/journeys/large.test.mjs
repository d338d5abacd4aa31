// Large flows and long tables: how quick they are, in figures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

const ROWS = 10_000;
const STATES = ['CA', 'TX', 'NY', 'FL', 'OH', 'WA', 'OR', 'NV', 'AZ', 'UT'];

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

/** Saves a draft that is too large for a request to GraphQL. */
async function save(document) {
  const response = await fetch(`${market.base}/v1/flows/${document.flow}/draft`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${market.tokens.admin}` },
    body: JSON.stringify(document),
  });
  assert.equal(response.status, 200, await response.text());
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

test('6: a table of 10,000 rows is edited as if it had ten', { timeout: 280_000 }, async () => {
  const fields = [
    { name: 'state', kind: 'region', required: 'ping' },
    { name: 'age', kind: 'integer', min: 0, max: 200 },
    { name: 'income', kind: 'integer', min: 0, max: 1_000_000 },
    { name: 'debt', kind: 'integer', min: 0, max: 1_000_000 },
    { name: 'roof', kind: 'enum', labels: ['flat', 'steep'], required: 'ping' },
    { name: 'owner', kind: 'boolean' },
  ];
  await market.api(
    'mutation($fields: LeadFieldList!) { putLeadSchema(input: { vertical: "wide", fields: $fields }) { userErrors { code } } }',
    { fields },
  );
  const rows = Array.from({ length: ROWS }, (_, n) => ({
    cells: [[STATES[n % 10]], [((n / 10) % 100) | 0], [n], null, n % 2 ? ['flat'] : null, null],
    to: n % 3 ? 'north' : 'south',
  }));
  await save({
    flow: 'wide',
    vertical: 'wide',
    currency: 'USD',
    root: 'rates',
    nodes: {
      rates: { kind: 'table', columns: fields.map(({ name }) => name), rows, otherwise: 'rest' },
      rest: { kind: 'waterfall', to: ['south', 'north'] },
      north: { kind: 'destination' },
      south: { kind: 'destination' },
    },
  });
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.context().setDefaultTimeout(60_000);
  await page.goto('/flows');
  await page.getByRole('link', { name: 'wide' }).waitFor();
  await page.goto('/flows/wide/draft');
  await page.getByRole('gridcell').first().waitFor();
  const cells = await page.getByRole('gridcell').count();
  assert.ok(cells <= 600, `${cells} cells in the page`);
  assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), String(ROWS + 1));

  await page.getByRole('gridcell').first().click();
  // From the key to the frame that shows it, by the browser's own clock.
  const times = await page.evaluate(async () => {
    const found = [];
    const keys = ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowLeft'];
    for (let n = 0; n < 200; n++) {
      const began = performance.now();
      document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key: keys[n % keys.length], bubbles: true, cancelable: true }),
      );
      await new Promise((resolve) =>
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve();
          channel.port2.postMessage(null);
        }),
      );
      found.push(performance.now() - began);
    }
    return found;
  });
  const at = await page.evaluate(() => document.activeElement.dataset.at);
  assert.equal(at, '120 0', 'every key moved the focus');
  const [median, p95] = [percentile(times, 0.5), percentile(times, 0.95)];
  await page.getByLabel('Go to row').fill('9999');
  await page.keyboard.press('Enter');
  await page.getByRole('rowheader', { name: '9999' }).waitFor();
  assert.ok((await page.getByRole('gridcell').count()) <= 600);
  console.log(
    `table of ${ROWS} rows: ${cells} cells in the page; key to paint median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
  );
  // Twice the goal, which is that of an idle machine.
  assert.ok(p95 <= 100, `p95 ${p95} ms`);

  // A paste with three mistakes names all of them, and takes nothing.
  await page
    .getByRole('gridcell', { name: STATES[9998 % 10] })
    .last()
    .click();
  const before = (await market.api('{ flow(name: "wide") { draft { revision } } }')).flow.draft.revision;
  await page.getByLabel('Go to row').fill('5001');
  await page.keyboard.press('Enter');
  const target = page.locator('[data-at="5000 0"]');
  await target.click();
  const paste = (text) =>
    target.evaluate((cell, value) => {
      const data = new DataTransfer();
      data.setData('text/plain', value);
      cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, text);
  const lines = Array.from({ length: 500 }, (_, n) => `CA\t${n % 100}`);
  const broken = [...lines];
  broken[10] = 'CA\tyoung';
  broken[200] = 'CA\t5 to 3';
  broken[499] = 'CA\t1.5';
  await paste(broken.join('\n'));
  for (const text of ['Row 5,011, age', 'Row 5,201, age', 'Row 5,500, age']) await page.getByText(text).waitFor();
  await page.getByText('Nothing was taken.').waitFor();
  const now = (await market.api('{ flow(name: "wide") { draft { revision } } }')).flow.draft.revision;
  assert.equal(now, before, 'nothing was saved');
  await visit.ends();
});

test('7: the rows are sorted and filtered, and their order in the draft stays', { timeout: 120_000 }, async () => {
  const read = async () => (await market.api('{ flow(name: "wide") { draft { revision document } } }')).flow.draft;
  const before = await read();
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.context().setDefaultTimeout(60_000);
  await page.goto('/flows/wide/draft');
  await page.getByRole('gridcell').first().waitFor();
  const grid = page.getByRole('grid');
  const numbers = () => grid.getByRole('rowheader').allTextContents();
  const began = Date.now();
  await grid.getByRole('button', { name: 'age' }).click();
  await grid.locator('[role="columnheader"][aria-sort="ascending"]').waitFor();
  console.log(`10,000 rows are sorted after ${Date.now() - began} ms`);
  assert.deepEqual(
    (await numbers()).slice(0, 12),
    [...Array(10).keys()].map((n) => String(n + 1)).concat('1001', '1002'),
  );
  await grid.getByRole('button', { name: 'age' }).click();
  await page.getByRole('rowheader', { name: '991', exact: true }).waitFor();
  assert.equal((await numbers())[0], '991');
  await page.getByLabel('Filter the rows').fill('state:TX roof:flat');
  await page.keyboard.press('Enter');
  await page.getByText(/^1,000 of 10,000 rows/).waitFor();
  assert.equal(await grid.getAttribute('aria-rowcount'), '1001');
  assert.equal((await numbers())[0], '992', 'still sorted');
  assert.ok(await page.getByRole('button', { name: 'Add a row below' }).isDisabled());
  const now = await read();
  assert.equal(now.revision, before.revision, 'a look changes nothing');
  await visit.ends('table-filtered');

  // What is edited in the look is that row of the draft, and no other.
  await page.locator('[data-at="991 2"]').click();
  await page.keyboard.type('77');
  await page.keyboard.press('Enter');
  await page
    .locator('.heading')
    .getByText(/^saved, revision/)
    .waitFor();
  const expected = structuredClone(before.document);
  expected.nodes.rates.rows[991].cells[2] = [77];
  for (let n = 0; n < 100 && (await read()).revision === before.revision; n++) await page.waitForTimeout(100);
  assert.deepEqual((await read()).document, expected);
  await page.getByRole('button', { name: 'Show all as they are' }).click();
  await page.getByText(/^10,000 rows; the first that matches/).waitFor();
  assert.equal((await numbers())[0], '1');
  await visit.ends();
});

test('4: a flow of 500 steps opens folded, and whole when asked', { timeout: 120_000 }, async () => {
  const nodes = { north: { kind: 'destination' }, south: { kind: 'destination' } };
  for (let n = 0; n < 500; n++) {
    const child = (at) => (3 * n + at < 500 ? `step-${3 * n + at}` : at % 2 ? 'north' : 'south');
    nodes[`step-${n}`] = { kind: 'waterfall', to: [child(1), child(2), child(3)] };
  }
  await save({ flow: 'tall', vertical: 'solar', currency: 'USD', root: 'step-0', nodes });
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/flows');
  await page.getByRole('link', { name: 'tall' }).waitFor();
  const began = Date.now();
  await page.getByRole('link', { name: 'tall' }).click();
  await page.locator('.step').first().waitFor();
  const opened = Date.now() - began;
  await page.getByRole('heading', { name: '40 of 500 steps' }).waitFor();
  assert.ok((await page.getByText('steps folded').count()) > 0);
  // So many findings do not push the graph out of sight.
  const { flow } = await market.api('{ flow(name: "tall") { draft { diagnostics { code } } } }');
  await page.getByRole('button', { name: `Show all ${flow.draft.diagnostics.length}` }).waitFor();
  assert.equal(await page.locator('.findings li').count(), 8);
  await visit.ends('flow-folded');
  // By its name a step is found wherever it is: what hides it is unfolded, and it comes into sight.
  await page.keyboard.press('/');
  await page.keyboard.type('step-321');
  await page.getByText('1 found').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('1 of 1').waitFor();
  const card = page.locator('.step.is-chosen');
  await card.getByText('step-321', { exact: true }).waitFor();
  const [at, frame] = [await card.boundingBox(), await page.locator('.canvas').boundingBox()];
  assert.ok(at.x >= frame.x && at.x + at.width <= frame.x + frame.width, JSON.stringify([at, frame]));
  assert.ok(at.y >= frame.y && at.y < frame.y + frame.height, JSON.stringify([at, frame]));
  await visit.ends();
  const unfolding = Date.now();
  await page.goto('/flows/tall?at=draft&fold=%22%22');
  await page.getByRole('heading', { name: '500 steps' }).waitFor();
  await page.locator('.step').first().waitFor();
  const whole = Date.now() - unfolding;
  const cards = await page.locator('.step').count();
  console.log(`500 steps: folded after ${opened} ms, whole page after ${whole} ms with ${cards} cards`);
  assert.ok(opened <= 3_000, `${opened} ms`);
  await visit.ends();
});

// Where leads and money go: weights that learn, figures over time, who changed what, and what the past says of a version.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { FLOW, openSmallMarket } from './small-market.mjs';

/** The small market with a bandit in the place of its split. */
const LEARNING = {
  ...FLOW,
  nodes: {
    ...FLOW.nodes,
    halves: { kind: 'bandit', maximize: 'net_revenue', explore_ppm: 100_000, arms: [{ to: 'north' }, { to: 'south' }] },
  },
};

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket({ flow: LEARNING });
    browser = await openBrowser(market.base);
    // Allocations are published at most once a second: leads that come over some seconds make several.
    for (let n = 0; n < 8; n++) {
      await market.leads(n < 4 ? 10 : 40);
      await pause(1_100);
    }
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const epoch = async () => Number((await market.api('{ epoch }')).epoch);

test('16: the shares of a bandit are those that were published, and move while one looks', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/flows/solar');
  await page.getByRole('link', { name: 'Allocation' }).click();
  await page.getByRole('heading', { name: 'Shares of leads at halves' }).waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  const { allocationOverTime: series } = await market.api(
    '{ allocationOverTime(flow: "solar", node: "halves") { epochs arms { name weightPpm p50 bestProbability trials } } }',
  );
  assert.ok(series.epochs.length >= 4, `${series.epochs.length} epochs`);
  await page.getByText('As a table').click();
  const rows = page.locator('details.as-table tbody tr');
  const percentages = (text) => [...text.matchAll(/([\d.]+) %/g)].map(([, digits]) => Number(digits));
  const shown = await rows.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('td.right')].map((cell) => Number.parseFloat(cell.textContent))),
  );
  assert.equal(shown.length, series.epochs.length);
  for (const [at, shares] of shown.entries()) {
    assert.equal(Math.round(shares.reduce((a, b) => a + b, 0)), 100, shares.join());
    series.arms.forEach(({ weightPpm }, arm) => {
      assert.ok(Math.abs(shares[arm] - weightPpm[at] / 10_000) < 0.06, `${shares} against ${weightPpm[at]}`);
    });
  }
  await page.getByText('As a table').click();

  // Walked back by keys, every figure is of that epoch, and the address says which.
  const slider = page.getByRole('slider', { name: 'Moment' });
  await slider.focus();
  for (let n = 0; n < 2; n++) await page.keyboard.press('ArrowLeft');
  await page.waitForURL(/epoch=/);
  const at = series.epochs.indexOf(new URL(page.url()).searchParams.get('epoch').replaceAll('"', ''));
  assert.equal(at, series.epochs.length - 3);
  const { banditWeights } = await market.api(
    'query($epoch: Epoch!) { banditWeights(flow: "solar", epoch: $epoch) { epoch arms { name weightPpm } } }',
    { epoch: series.epochs[at] },
  );
  for (const { name, weightPpm } of banditWeights[0].arms) {
    const row = await page
      .getByRole('row', { name: new RegExp(`^${name} `) })
      .first()
      .textContent();
    assert.ok(Math.abs(percentages(row)[0] - weightPpm / 10_000) < 0.06, `${row} against ${weightPpm}`);
  }
  const link = page.url();
  await page.getByRole('button', { name: 'to the newest' }).click();

  // News come by themselves, and nothing moves under the reader.
  await page.evaluate(() => window.scrollTo(0, 300));
  const before = await page.evaluate(() => window.scrollY);
  const fact = page.locator('.fact', { hasText: 'Epoch' }).locator('dd .number');
  const old = await epoch();
  await market.leads(60);
  let published = old;
  while (published === old) {
    await pause(50);
    published = await epoch();
  }
  const began = Date.now();
  await page.waitForFunction(
    (least) => Number(document.querySelector('.fact dd .number')?.textContent) >= least,
    published,
    { timeout: 10_000 },
  );
  console.log(`new weights are on the screen ${Date.now() - began} ms after they are published`);
  assert.ok(Date.now() - began < 3_000);
  assert.ok(Number(await fact.textContent()) > Number(old) - 1);
  assert.equal(await page.evaluate(() => window.scrollY), before);
  await page.evaluate(() => window.scrollTo(0, 0));
  await visit.ends('allocation');
  await page.goto(link);
  await page.getByRole('button', { name: 'to the newest' }).waitFor();
  await visit.ends();
});

test('trends: bars and tables say what the API says, and a group opens its leads', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  const all = async (by) => {
    const { metrics } = await market.api(
      `{ metrics(by: [${by}], bucket: TOTAL) { metrics { points { destination leads sold revenue acceptRate } } } }`,
    );
    return metrics.metrics.points;
  };
  const sent = (await market.api('{ leadCounts { leads } }')).leadCounts.reduce((n, { leads }) => n + leads, 0);
  for (let n = 0; n < 100 && (await all(''))[0]?.leads !== sent; n++) await pause(200);
  await page.goto('/trends?by=destination&range=24h');
  await page.getByRole('heading', { name: 'Revenue by destination' }).waitFor();
  const [sums] = await all('');
  assert.equal(sums.leads, sent);
  const tile = page.locator('.tile', { hasText: 'Revenue' }).locator('strong').first();
  await page.waitForFunction(
    (text) => document.querySelector('.tile strong')?.textContent === text,
    Number(sums.revenue).toLocaleString('en-US', { style: 'currency', currency: 'USD' }),
    { timeout: 10_000 },
  );
  assert.match(await tile.textContent(), /^\$/);
  for (const { destination, leads, sold } of await all('DESTINATION')) {
    await page.getByRole('row', { name: new RegExp(`^${destination} ${leads} ${sold} `) }).waitFor();
  }
  assert.ok((await page.locator('.chart .bar-mark').count()) >= 2);
  await page.getByText('As a table').click();
  const [, table] = await page.locator('table').all();
  assert.ok(table);
  await page.getByText('As a table').click();
  await visit.ends('trends');
  await page.getByLabel('Show', { exact: true }).selectOption('accept-rate');
  await page.getByRole('heading', { name: 'Accept rate by destination' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.chart .line').length >= 2);
  await page.getByLabel('By', { exact: true }).selectOption('arm');
  await page.getByRole('row', { name: /^halves: north/ }).waitFor();
  await page.goBack();
  await page.goto('/trends?by=destination&range=24h');
  await page.getByRole('link', { name: 'south' }).last().click();
  await page.waitForURL(/\/leads\?.*destination=south/);
  await page.goto('/trends?source=nobody&by=version&measure=leads');
  await page.getByText('No lead came in this time.').waitFor();
  await visit.ends();
});

test('changes: who changed what, with before and after', { timeout: 60_000 }, async () => {
  for (const isActive of [false, true]) {
    await market.api(
      'mutation($input: SetDestinationActiveInput!) { setDestinationActive(input: $input) { userErrors { message } } }',
      { input: { name: 'south', isActive } },
    );
  }
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/changes');
  await page.locator('.change').first().waitFor();
  const { changes } = await market.api('{ changes(first: 25) { nodes { number by object differences { message } } } }');
  const shown = await page.locator('.change').count();
  const seen = changes.nodes.filter(({ object }) => !object.startsWith('tok'));
  assert.equal(shown, seen.length, 'changes of tokens are for admins alone');
  await page.getByLabel('What was done').selectOption('DESTINATION_PUT');
  await page.getByLabel('To what').fill('south');
  await page.keyboard.press('Enter');
  await page.waitForURL(/object=south/);
  await page.waitForFunction(() => document.querySelectorAll('.change').length === 3);
  await page
    .getByRole('button', { name: /^Before and after/ })
    .nth(1)
    .click();
  const diff = page.locator('.settings-diff');
  await diff.waitFor();
  assert.match(await diff.locator('del').first().textContent(), /true|active/i);
  assert.ok((await diff.locator('ins').count()) + (await diff.locator('del').count()) >= 1);
  assert.match(page.url(), /change=/);
  await page.reload();
  await diff.waitFor();
  await visit.ends('changes');
  await page.getByRole('link', { name: 'south' }).first().click();
  await page.getByRole('heading', { name: 'south', level: 1 }).waitFor();
  await page.goto('/changes?who=nobody');
  await page.getByText('No such change.').waitFor();
  await visit.ends();
});

test('the end of an experiment on a bandit is a decision alone', { timeout: 120_000 }, async () => {
  const made = await market.api(`mutation { createExperiment(input: { name: "learned", flow: "solar",
    subject: { bandit: { node: "halves", arms: ["north", "south"] } }, primary: REVENUE }) { userErrors { code message } } }`);
  assert.deepEqual(made.createExperiment.userErrors, []);
  const started = await market.api('mutation { startExperiment(input: { name: "learned" }) { userErrors { code } } }');
  assert.deepEqual(started.startExperiment.userErrors, []);
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/experiments/learned');
  await page.getByRole('button', { name: 'Conclude…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('south replaces north').check();
  await dialog.getByText('halves goes on by what it learns').waitFor();
  assert.equal(await dialog.getByLabel(/live at once/).count(), 0);
  await dialog.getByRole('button', { name: 'Conclude', exact: true }).click();
  await page.getByText('south replaces north.').waitFor();
  await visit.ends();
});

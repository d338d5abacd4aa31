// An experiment in the browser, from its size to the version that wins.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, shownAs } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

/** Enough to see half a dollar between two buyers of three and two dollars. */
const LEADS = 1_600;

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    browser = await openBrowser(market.base);
    // The size is judged by leads that were there before.
    await market.leads(300);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

const READOUT = `query($name: String!) { experiment(name: $name) { state revision
  readout { advice { action sentence } arms { name leads waiting }
    comparisons { role verdict effect { difference chanceToWin interval { low high } } } }
  conclusion { decision arm by reason promotedVersionHash } } }`;

async function experiment() {
  return (await market.api(READOUT, { name: 'south-first' })).experiment;
}

test('17: an experiment goes from its size to a decision that leads follow', { timeout: 240_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/experiments');
  await page.getByText('There is no experiment yet.').waitFor();
  await page.getByRole('link', { name: 'Plan an experiment' }).click();
  await page.getByRole('heading', { name: 'Plan an experiment' }).waitFor();

  // Everything that is wrong stands at its field, at once.
  await page.getByLabel('Name').fill('South First');
  await page.getByLabel('Smallest difference that matters').fill('5000');
  await page.getByLabel('Split', { exact: true }).selectOption('halves');
  await page.getByLabel('Window after the draw').fill('9999');
  await page.getByRole('button', { name: 'Plan it' }).click();
  const wrong = (label) => page.locator('.field', { has: page.getByLabel(label) }).locator('.field-errors');
  await wrong('Name').waitFor();
  for (const label of ['Name', 'Smallest difference that matters', 'Window after the draw']) {
    assert.equal(await wrong(label).count(), 1, label);
    assert.equal(await page.getByLabel(label).getAttribute('aria-invalid'), 'true', label);
  }
  await visit.ends();

  // The size is told before the start, and grows when less has to be found.
  await page.getByLabel('Name').fill('south-first');
  await page.getByLabel('What you expect').fill('south pays more for the same leads');
  await page.getByLabel('Window after the draw').fill('0');
  await page.getByLabel('Smallest difference that matters').fill('20');
  const size = page.locator('.size-main strong');
  await size.waitFor();
  const asked = await market.api(
    '{ experimentSize(input: { flow: "solar", metric: REVENUE, smallestEffectPpm: 200000 }) { size { leads } } }',
  );
  await page.getByText(`${asked.experimentSize.size.leads.toLocaleString('en-US')} leads`).waitFor();
  await page.getByLabel('Accept rate').last().check();
  await page.getByLabel('Largest harm to accept rate').fill('30');
  await page.getByLabel('Conversion rate').first().check();
  await page.getByLabel('Share of slow leads').first().check();
  await page.getByLabel('A lead is slow after').fill('1500');
  await visit.ends('experiment-plan');
  await page.getByRole('button', { name: 'Plan it' }).click();
  await page.getByRole('heading', { name: 'south-first' }).waitFor();
  assert.equal((await experiment()).state, 'DRAFT');
  const planned = await market.api('{ experiment(name: "south-first") { slowMs secondary } }');
  assert.deepEqual(planned.experiment, { slowMs: 1_500, secondary: ['CONVERSION_RATE', 'SLOW_RATE'] });

  await page.getByRole('button', { name: 'Start…' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('the power is enough');
  await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
  await page.locator('.heading').getByText('running').waitFor();
  await market.leads(LEADS);

  // It says what to do once the server does, without a reload.
  await page.locator('.verdict-ship').waitFor({ timeout: 60_000 });
  const found = await settled();
  assert.equal(found.readout.advice.action, 'SHIP');
  await page.getByText(shownAs(found.readout.advice.sentence)).first().waitFor();
  const { effect } = found.readout.comparisons.find(({ role }) => role === 'PRIMARY');
  const primary = page.locator('.card', { hasText: 'which decides' }).locator('tbody tr');
  await primary
    .getByText(`+$${effect.difference.toFixed(effect.difference < 1 ? 3 : 2)}`)
    .first()
    .waitFor();
  const interval = page.locator('.intervals').first().locator('.always');
  const [track, bar] = await Promise.all([page.locator('.track').first().boundingBox(), interval.boundingBox()]);
  const zero = await page.locator('.intervals .zero').first().boundingBox();
  assert.ok(effect.interval.low > 0 && bar.x > zero.x, 'the interval is right of zero');
  assert.ok(bar.x >= track.x && bar.x + bar.width <= track.x + track.width + 1, 'and on its track');
  const shown = await primary.textContent();
  assert.ok(shown.includes('> 99.9 %'), shown);
  for (const arm of found.readout.arms) {
    await page.getByRole('row', { name: new RegExp(`${arm.name} .*${arm.leads}`) }).waitFor();
  }
  await visit.ends('experiment');
  await page.goto('/experiments');
  await page.getByRole('row').nth(1).getByText('ship').waitFor();
  await visit.ends('experiments');
  await page.getByRole('link', { name: 'south-first' }).click();

  // What will change is said before, and is what then changes.
  await page.getByRole('button', { name: 'Conclude…' }).click();
  const dialog = page.getByRole('dialog');
  assert.ok(await dialog.getByRole('radio', { name: 'south replaces north' }).isChecked(), 'as advised');
  await dialog.getByRole('row', { name: 'north 50 % 0 %' }).waitFor();
  await dialog.getByRole('row', { name: 'south 50 % 100 %' }).waitFor();
  await dialog.getByLabel('Reason').fill('half a dollar more a lead');
  await visit.ends('experiment-conclude');
  await dialog.getByRole('button', { name: 'Conclude and make it live' }).click();
  await page.getByText('south replaces north.').waitFor();
  const { conclusion, state } = await experiment();
  assert.equal(state, 'CONCLUDED');
  assert.deepEqual(
    [conclusion.decision, conclusion.arm, conclusion.reason],
    ['SHIP', 'south', 'half a dollar more a lead'],
  );
  const { flow } = await market.api('{ flow(name: "solar") { stage { versionHash version { document } } } }');
  assert.equal(flow.stage.versionHash, conclusion.promotedVersionHash);
  const arms = flow.stage.version.document.nodes.halves.arms.filter(({ weight_ppm }) => weight_ppm > 0);
  assert.deepEqual(arms, [{ to: 'south', weight_ppm: 1_000_000 }]);
  assert.equal(await page.getByRole('button', { name: 'Conclude…' }).count(), 0);
  await visit.ends();
});

/** The readout of now, once no lead is on its way into it. */
async function settled() {
  for (;;) {
    const found = await experiment();
    if (found.readout.arms.reduce((n, { leads }) => n + leads, 0) === LEADS) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('an analyst sees how an experiment goes, and changes nothing', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/experiments/south-first');
  await page.getByText('south replaces north.').waitFor();
  await page.goto('/experiments');
  await page.getByText('needs an editor').first().waitFor();
  assert.equal(await page.getByRole('link', { name: 'Plan an experiment' }).count(), 0);
  await page.goto('/experiments/new');
  await page.getByText('Experiments are planned by editors and admins.').waitFor();
  const refused = await page.evaluate(async () => {
    const query = 'mutation { startExperiment(input: { name: "south-first" }) { userErrors { code } } }';
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()).errors[0].extensions.code;
  });
  assert.equal(refused, 'FORBIDDEN');
  await visit.ends();
});

test('the end of a hold-out is a decision alone: nothing is offered that the server would refuse', {
  timeout: 120_000,
}, async () => {
  const made = await market.api(`mutation { createExperiment(input: { name: "nobody-new", flow: "solar",
    subject: { holdOut: {} }, layer: { name: "people", sharePpm: 100000 }, primary: REVENUE }) { userErrors { code message } } }`);
  assert.deepEqual(made.createExperiment.userErrors, []);
  const started = await market.api(
    'mutation { startExperiment(input: { name: "nobody-new" }) { userErrors { code } } }',
  );
  assert.deepEqual(started.startExperiment.userErrors, []);
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/experiments/nobody-new');
  await page.getByRole('button', { name: 'Conclude…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('others replaces held').check();
  await dialog.getByText('Nothing is tried out that could be live').waitFor();
  assert.equal(await dialog.getByLabel(/live at once/).count(), 0);
  await dialog.getByRole('button', { name: 'Conclude', exact: true }).click();
  await page.getByText('others replaces held.').waitFor();
  await visit.ends();
});

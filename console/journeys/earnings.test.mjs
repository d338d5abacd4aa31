// A number that decides: what another one in its place would have earned, dragged along and put into the draft.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

/** Nobody buys people under 30; of the others, those of 50 and more are offered to the south more often. */
const FLOW = {
  flow: 'solar',
  vertical: 'solar',
  currency: 'USD',
  root: 'young',
  nodes: {
    young: { kind: 'when', if: 'age < 30', then: 'nobody', otherwise: 'gate' },
    gate: { kind: 'when', if: 'age >= 50', then: 'even', otherwise: 'uneven' },
    even: {
      kind: 'split',
      arms: [
        { to: 'nobody', weight_ppm: 500_000 },
        { to: 'south', weight_ppm: 500_000 },
      ],
    },
    uneven: {
      kind: 'split',
      arms: [
        { to: 'nobody', weight_ppm: 800_000 },
        { to: 'south', weight_ppm: 200_000 },
      ],
    },
    nobody: { kind: 'reject', reason: 'not worth it' },
    south: { kind: 'destination' },
  },
};
const LEADS = 1_500;

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket({ flow: FLOW });
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** The draft at a node, with the question about one of its numbers open. */
async function openQuestion(node, question) {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto(`/flows/solar/draft?node=${node}`);
  await page.getByRole('button', { name: question }).click();
  const panel = page.getByRole('region', { name: /What would another number than/ });
  await panel.waitFor();
  await panel.getByLabel('A lead may bring money for').selectOption('0');
  return {
    ...visit,
    panel,
    slider: panel.getByRole('slider', { name: 'Number' }),
    reading: panel.locator('.earn-reading'),
    use: panel.getByRole('button', { name: 'Use this number' }),
    ask: async (from, to) => {
      await panel.getByLabel('From', { exact: true }).fill(from);
      await panel.getByLabel('To', { exact: true }).fill(to);
      await panel.getByRole('button', { name: /^Ask/ }).click();
    },
  };
}

const value = (slider) => slider.evaluate((it) => Number(it.value));
const said = (slider) => slider.getAttribute('aria-valuetext');

async function draft() {
  const { flow } = await market.api('{ flow(name: "solar") { draft { document } } }');
  return flow.draft.document;
}

/** Waits until the server has a draft like this. */
async function isStored(check) {
  for (let n = 0; n < 100; n++) {
    if (check((await draft()).nodes)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(JSON.stringify(await draft()));
}

/** What the API says of the curve that the page is about. */
async function curveOf(page) {
  const id = new URL(page.url()).searchParams.get('replay');
  const { simulation } = await market.api(
    'query($id: ID!) { simulation(id: $id) { sweep { present points { value isSupported reason } } } }',
    { id },
  );
  return simulation.sweep;
}

test('a number without any past says so', { timeout: 120_000 }, async () => {
  const { panel, ask, ends } = await openQuestion('gate', /than 50 earn/);
  await ask('30', '70');
  await panel.getByText('has no settled leads in this time').waitFor();
  await ends();
});

test('everything that is wrong with a range is told where it stands', { timeout: 120_000 }, async () => {
  const { panel, ask, ends } = await openQuestion('gate', /than 50 earn/);
  await ask('many', '1e3');
  await panel.getByText('is not a number').nth(1).waitFor();
  assert.equal(await panel.locator('[aria-invalid="true"]').count(), 2);
  await ask('70', '30');
  await panel.getByText('70 is not below 30').waitFor();
  await ends();
});

test('what runs is shown with how far it is, and cancelled', { timeout: 120_000 }, async () => {
  await market.leads(LEADS, (n) => ({ age: 20 + (n % 50) }));
  // One simulation runs at a time: long ones before it keep it waiting.
  const ids = [];
  for (let n = 0; n < 6; n++) {
    const { startSimulation } = await market.api(
      `mutation($input: StartSimulationInput!) { startSimulation(input: $input) { simulation { id } userErrors { message } } }`,
      {
        input: {
          scenario: { flow: 'solar', candidate: FLOW, attribution_window_days: 0 },
          sweep: { parameter: 'even.arms[0].weight_ppm', from: '0', to: '1000000', points: 101 },
        },
      },
    );
    assert.deepEqual(startSimulation.userErrors, []);
    ids.push(startSimulation.simulation.id);
  }
  const { panel, ask, ends } = await openQuestion('gate', /than 50 earn/);
  await ask('30', '70');
  await panel.getByText('It waits for its turn.').waitFor();
  await panel.getByRole('meter', { name: /of the replays of 21 numbers/ }).waitFor();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await panel.getByText('The replay was cancelled').waitFor();
  for (const id of ids) {
    await market.api('mutation($id: ID!) { cancelSimulation(input: { id: $id }) { userErrors { code } } }', { id });
  }
  await ends();
});

test('a threshold is dragged, stepped along, used and taken back', { timeout: 180_000 }, async () => {
  const { page, panel, ask, slider, reading, use, ends } = await openQuestion('gate', /than 50 earn/);
  await ask('30', '70');
  await slider.waitFor();
  assert.equal((await curveOf(page)).points.length, 21);
  assert.equal(await value(slider), 10);
  await reading.getByText('At 50 every lead goes as it does now').waitFor();
  assert.equal(await panel.getByLabel('From', { exact: true }).inputValue(), '30', 'what was asked stays');
  assert.equal(await panel.getByLabel('A lead may bring money for').inputValue(), '0');
  assert.ok(await use.isDisabled());
  await panel.getByText('now 50').waitFor();

  // By mouse, along the picture.
  const picture = panel.getByRole('img', { name: /What a lead brings against now/ });
  await picture.scrollIntoViewIfNeeded();
  const box = await picture.boundingBox();
  const height = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, height);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, height, { steps: 5 });
  const between = await value(slider);
  await page.mouse.move(box.x + box.width - 2, height, { steps: 5 });
  await page.mouse.up();
  assert.ok(between > 10 && between < 20, String(between));
  assert.equal(await value(slider), 20);
  await reading.getByText(/^At 70 a lead brings −\$/).waitFor();
  await page.mouse.move(box.x + box.width / 2, height);
  assert.equal(await value(slider), 20, 'nothing is held down');

  // By keyboard, along the slider.
  await slider.focus();
  await page.keyboard.press('Home');
  assert.match(await said(slider), /^At 30 a lead brings \+\$.*more is shown/);
  await page.keyboard.press('ArrowRight');
  assert.match(await said(slider), /^At 32 /);
  await page.keyboard.press('PageUp');
  assert.ok((await value(slider)) > 2);
  await page.keyboard.press('PageDown');
  await page.keyboard.press('End');
  assert.match(await said(slider), /^At 70 /);
  await page.keyboard.press('Home');
  for (let n = 0; n < 5; n++) await page.keyboard.press('ArrowRight');
  assert.match(await said(slider), /^At 40 a lead brings \+\$/);
  assert.equal(await reading.getAttribute('aria-live'), 'polite');
  await panel.scrollIntoViewIfNeeded();
  await ends('draft-earnings');

  const predicate = page.getByLabel('Takes “then” if');
  await use.click();
  assert.equal(await predicate.inputValue(), 'age >= 40');
  await isStored((nodes) => nodes.gate.if === 'age >= 40');
  await panel.getByText('now 40').waitFor();
  await panel.getByText('It stands in the draft.').waitFor();
  // Whoever comes back finds the curve again.
  await page.reload();
  await slider.waitFor();
  await panel.getByText('now 40').waitFor();
  assert.match(await said(slider), /^At 40 /);
  await slider.focus();
  await page.keyboard.press('Home');
  await use.click();
  assert.equal(await predicate.inputValue(), 'age >= 30');
  await panel.getByRole('heading').click();
  await page.keyboard.press('Control+z');
  assert.equal(await predicate.inputValue(), 'age >= 40');
  await isStored((nodes) => nodes.gate.if === 'age >= 40');
  await predicate.fill('age >= 50 && home_owner');
  await panel.getByText('The draft has been changed elsewhere since').waitFor();
  await predicate.fill('home_owner');
  await page.getByText('The number is not there any more').waitFor();
  await predicate.fill('age >= 50');
  await isStored((nodes) => nodes.gate.if === 'age >= 50');
  await ends();
});

test('the curve stops where the past supports nothing, and says why', { timeout: 120_000 }, async () => {
  const { page, panel, ask, slider, reading, use, ends } = await openQuestion('young', /than 30 earn/);
  await ask('20', '40');
  await slider.waitFor();
  const { points } = await curveOf(page);
  assert.equal(points[0].isSupported, false);
  assert.equal(points.at(-1).isSupported, true);
  await panel.locator('.earn-unsupported').first().waitFor();
  await slider.focus();
  await page.keyboard.press('Home');
  await reading.getByText('At 20 the log does not support an answer').waitFor();
  assert.match(await said(slider), /decisions go where the log never goes/);
  assert.ok(await use.isDisabled());
  await panel.getByText('Without support it can only be typed').waitFor();
  await panel.getByText('As a table').click();
  assert.equal(await panel.locator('tbody tr').count(), 21);
  await ends('draft-earnings-unsupported');
});

test('a share of a split is swept in per cent, and the others follow in one step', { timeout: 120_000 }, async () => {
  const { page, panel, ask, slider, use, ends } = await openQuestion('even', /for nobody than 50 % earn/);
  await ask('0', '100');
  await slider.waitFor();
  await slider.focus();
  await page.keyboard.press('Home');
  assert.match(await said(slider), /^At 0 % a lead brings \+\$.*more is shown/);
  for (let n = 0; n < 5; n++) await page.keyboard.press('ArrowRight');
  assert.match(await said(slider), /^At 25 % /);
  await use.click();
  await isStored(({ even }) => even.arms.map((arm) => arm.weight_ppm).join() === '250000,750000');
  await panel.getByRole('heading').click();
  await page.keyboard.press('Control+z');
  await isStored(({ even }) => even.arms.map((arm) => arm.weight_ppm).join() === '500000,500000');
  await panel.getByRole('button', { name: 'Close' }).click();
  await panel.waitFor({ state: 'detached' });
  await ends();
});

// A version on its way to all leads, step by step, and back again; and what the past says of it before.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, shownAs } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    browser = await openBrowser(market.base);
    await market.leads(300);
    await publishSouthFirst();
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** A second version, in which the better buyer gets nearly all. */
async function publishSouthFirst() {
  const { flow } = await market.api('{ flow(name: "solar") { stage { version { document } } } }');
  const document = structuredClone(flow.stage.version.document);
  document.nodes.halves.arms = [
    { to: 'north', weight_ppm: 200_000 },
    { to: 'south', weight_ppm: 800_000 },
  ];
  const { saveFlowDraft } = await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { message } } }',
    { document },
  );
  assert.deepEqual(saveFlowDraft.userErrors, []);
  const { publishFlow } = await market.api(
    'mutation { publishFlow(input: { flow: "solar", message: "south gets more" }) { userErrors { message } } }',
  );
  assert.deepEqual(publishFlow.userErrors, []);
}

const rollout = async (name) =>
  (
    await market.api(
      `query($name: String!) { rollout(name: $name) { state step revision isAutomatic
        steps { sharePpm gate { minLeads minHours requiresShip } } gate { state reasons }
        changes { by reason after { state step } } } }`,
      { name },
    )
  ).rollout;

test('17: a version is replayed before it goes anywhere', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/replays');
  await page.getByText('Nothing was replayed yet.').waitFor();
  await visit.ends();
  await page.getByRole('link', { name: 'Replay a version' }).click();
  await page.getByRole('heading', { name: 'Replay a version' }).waitFor();
  // The newest version that is not live, against the live one: most often that is the question.
  const candidate = page.getByLabel('What would have come of version');
  assert.match(await candidate.locator('option:checked').textContent(), /^2: south gets more/);
  assert.match(await page.getByLabel('Against').locator('option:checked').textContent(), /^version 1, live/);
  await page.getByLabel('A lead may bring money for').fill('many');
  await page.getByText('this is no number of days').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Replay it' }).isDisabled());
  // Of leads that are minutes old nothing is known yet, if they may bring money for a month.
  await page.getByLabel('A lead may bring money for').fill('30');
  await visit.ends('replay-new');
  await page.getByRole('button', { name: 'Replay it' }).click();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await verdict.waitFor({ timeout: 60_000 });
  await verdict.getByText('The log does not support an answer.').waitFor();
  await page.getByText('What would make it decidable').waitFor();
  assert.equal(await page.locator('.intervals').count(), 0, 'no bare value');
  await visit.ends();

  // Without a wait the same leads tell.
  await page.goto('/replays/new?flow=solar');
  await page.getByLabel('A lead may bring money for').fill('0');
  await page.getByRole('button', { name: 'Replay it' }).click();
  await page.waitForURL(/\/replays\/sim|\/replays\/[a-z]/);
  await verdict.waitFor({ timeout: 60_000 });
  const id = decodeURIComponent(new URL(page.url()).pathname.split('/').pop());
  const { simulation } = await market.api('query($id: ID!) { simulation(id: $id) { report } }', { id });
  const { report } = simulation;
  for (const because of report.verdict.because) await verdict.getByText(shownAs(because)).waitFor();
  const shown = await page.locator('.track.verdict-better, .track.verdict-worse, .track.verdict-not-yet').last();
  const words = await shown.getAttribute('aria-label');
  const money = (value) => `$${Math.abs(value).toFixed(Math.abs(value) >= 1 ? 2 : 3)}`;
  for (const value of [report.difference.diff, ...report.difference.ci95])
    assert.ok(words.includes(money(value)), words);
  await page.getByText(String(Math.floor(report.candidate.ess)), { exact: true }).waitFor();
  const moved = report.moves.cells.find(({ from, to }) => from === 'north' && to === 'south');
  assert.ok(moved);
  await page.getByRole('row', { name: /^north south / }).waitFor();
  await visit.ends('replay');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByText('All four estimates').isVisible(), true);
  assert.equal(await page.getByRole('navigation', { name: 'Screens' }).isVisible(), false);
  await page.emulateMedia({ media: 'screen' });
  await page.goto('/replays');
  await page.getByRole('row').nth(2).waitFor();
  await visit.ends('replays');
  await page.goto('/replays/nothing');
  await page.getByText('There is no replay with this id.').waitFor();
  await visit.ends();
});

test('a version goes out step by step, is stopped, goes on, and is turned back', { timeout: 240_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/rollouts');
  await page.getByText('No version was rolled out yet.').waitFor();
  await visit.ends();
  await page.getByRole('link', { name: 'Roll out a version' }).click();
  await page.getByRole('heading', { name: 'Roll out a version' }).waitFor();
  assert.match(
    await page.getByLabel('Version', { exact: true }).locator('option:checked').textContent(),
    /^2: south gets more/,
  );

  // Everything that is wrong stands at its field, at once.
  const steps = page.locator('.step-drafts > li');
  await steps.nth(0).getByLabel('Goes on after leads').fill('many');
  await steps.nth(1).getByLabel('Share of leads').fill('');
  await page.getByRole('button', { name: 'Start the rollout' }).click();
  await page
    .locator('.field', { has: page.getByLabel('Name') })
    .locator('.field-errors')
    .waitFor();
  await steps.nth(0).locator('.field-errors').waitFor();
  await steps.nth(1).locator('.field-errors').waitFor();
  assert.equal((await market.api('{ rollouts { nodes { name } } }')).rollouts.nodes.length, 0);
  await visit.ends();

  await page.getByLabel('Name').fill('more-south');
  await page.getByLabel('What you expect').fill('south pays a dollar more');
  await steps.nth(0).getByLabel('Goes on after leads').fill('40');
  await steps.nth(0).getByLabel('and hours').fill('0');
  await steps.nth(1).getByLabel('Share of leads').fill('20');
  await steps.nth(1).getByLabel('Goes on after leads').fill('100000');
  await page.evaluate(() => window.scrollTo(0, 0));
  await visit.ends('rollout-new');
  await page.getByRole('button', { name: 'Start the rollout' }).click();
  await page.getByRole('heading', { name: 'more-south', level: 1 }).waitFor();
  await page.getByText('running').first().waitFor();
  const begun = await rollout('more-south');
  assert.deepEqual(
    begun.steps.map(({ sharePpm }) => sharePpm),
    [null, 200_000, 500_000],
  );
  assert.equal(begun.steps[2].gate.requiresShip, true);

  // The shadow decides leads, and nothing of it is sent; then the gate opens by itself.
  await market.leads(30);
  await page.getByRole('heading', { name: /Its shadow/ }).waitFor({ timeout: 20_000 });
  await page.getByRole('row', { name: /^north south / }).waitFor({ timeout: 20_000 });
  await visit.ends('rollout-shadow');
  await market.leads(30);
  await page.locator('.rollout-steps [aria-current="step"]').getByText('20 % of leads').waitFor({ timeout: 30_000 });
  await market.leads(100);
  const before = await rollout('more-south');
  assert.equal(before.step, 1);
  assert.equal(before.changes.at(-1).by, 'rollout');
  await page.getByRole('region', { name: 'Where it stands' }).getByText('It waits.').waitFor();
  await visit.ends('rollout');

  // Stopped, and all leads go to the live version.
  await page.getByRole('button', { name: 'Stop…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('calls from south');
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('region', { name: 'Where it stands' }).getByText('Stopped.').waitFor();
  assert.equal((await rollout('more-south')).state, 'PAUSED');
  await page.getByRole('button', { name: 'Go on…' }).click();
  await dialog.getByRole('button', { name: 'Go on', exact: true }).click();
  await page.getByText('running').first().waitFor();

  // Somebody goes on before the gate is open: what is missing is said before.
  await page.getByRole('button', { name: 'Next step…' }).click();
  await dialog.getByText('The gate is not open').waitFor();
  await dialog.getByLabel('Reason').fill('the shadow was enough');
  await dialog.getByRole('button', { name: 'Begin it' }).click();
  await page.locator('.rollout-steps [aria-current="step"]').getByText('50 % of leads').waitFor();

  // Turned back for good.
  await page.getByRole('button', { name: 'Turn back…' }).click();
  await dialog.getByLabel('Reason').fill('one more week');
  await dialog.getByRole('button', { name: 'Turn back for good' }).click();
  await page.getByRole('region', { name: 'Where it stands' }).getByText('Turned back.').waitFor();
  await page.getByText('one more week').first().waitFor();
  const ended = await rollout('more-south');
  assert.equal(ended.state, 'ROLLED_BACK');
  assert.deepEqual(
    ended.changes
      .map(({ reason }) => reason)
      .filter((reason) => reason !== '' && !/leads|started|resumed/.test(reason)),
    ['calls from south', 'the shadow was enough', 'one more week'],
  );
  assert.equal(await page.getByRole('button', { name: 'Next step…' }).count(), 0);
  await visit.ends();
  await page.goto('/rollouts');
  await page.getByRole('row').nth(1).getByText('turned back').waitFor();
  await visit.ends('rollouts');
});

test('an analyst sees a rollout, and moves nothing', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/rollouts/more-south');
  await page.getByRole('region', { name: 'Where it stands' }).getByText('Turned back.').waitFor();
  await page.goto('/rollouts/new');
  await page.getByText('Versions are rolled out by editors and admins.').waitFor();
  await page.goto('/rollouts/nothing');
  await page.getByText('There is no rollout with this name.').waitFor();
  await visit.ends();
});

// A draft under the hands of one person, and of two: nothing that was typed is ever lost, and what was reviewed goes live.
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
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

async function stored() {
  const { flow } = await market.api(
    '{ flow(name: "solar") { draft { revision document } stage { versionHash revision version { number document } } } }',
  );
  return flow;
}

const saved = (page) => page.locator('.heading').getByText(/^saved, revision/);

/** Waits until the server has what the page shows. */
async function isStored(check, seconds = 20) {
  for (let n = 0; n < seconds * 10; n++) {
    const { draft } = await stored();
    if (draft && check(draft.document)) return draft;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never stored: ${JSON.stringify((await stored()).draft?.document.nodes)}`);
}

test('9: weights, predicates, ports and rows are edited, checked and saved by themselves', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/flows/solar');
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('heading', { name: 'Draft of solar' }).waitFor();

  await page.getByRole('button', { name: 'split halves' }).click();
  await page.getByLabel('Share of north').fill('70');
  await page.keyboard.press('Enter');
  await isStored(({ nodes }) => nodes.halves.arms.map((arm) => arm.weight_ppm).join() === '700000,300000');
  await page.getByLabel('Share of north').fill('700');
  await page.keyboard.press('Enter');
  await page.getByText('700 is no share from 0 to 100 %').waitFor();
  await page.keyboard.press('Escape');

  // A predicate is saved as it is typed, and what the checks say of it stands below.
  await page.getByRole('button', { name: 'when quality-gate' }).click();
  await page.getByLabel('Takes “then” if').fill('quality >= 40 && agee > 30');
  const wrong = page.locator('.node-editor .part-findings .is-error');
  await wrong.first().waitFor();
  assert.match(await wrong.first().textContent(), /agee/);
  await page.getByLabel('Takes “then” if').fill('quality >= 40 && age > 30');
  await wrong.first().waitFor({ state: 'detached' });
  await page.getByLabel('otherwise leads to').selectOption('too-young');
  await isStored(({ nodes }) => nodes['quality-gate'].otherwise === 'too-young');
  await page.getByLabel('otherwise leads to').selectOption('rest');

  // A row, cell by cell, by the keyboard alone.
  await page.getByRole('button', { name: 'table by-age' }).click();
  await page.getByRole('gridcell').first().click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByLabel('Cell').fill('85 up');
  await page.keyboard.press('Enter');
  await page.getByText('Row 2, age: 85 up is no whole number.').waitFor();
  await page.getByLabel('Cell').fill('from 85');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Add a row below' }).click();
  await page.getByRole('gridcell', { selected: true }).first().click();
  await page.keyboard.type('40 to 50');
  await page.keyboard.press('Tab');
  await page.keyboard.type('flat');
  await page.keyboard.press('Tab');
  await page.keyboard.type('north');
  await page.keyboard.press('Enter');
  await isStored(({ nodes }) =>
    nodes['by-age'].rows.some(({ cells, to }) => cells[0]?.from === 40 && cells[1]?.[0] === 'flat' && to === 'north'),
  );
  await saved(page).waitFor();
  await visit.ends('draft-table');
  await page.getByRole('button', { name: 'split halves' }).click();
  await visit.ends('draft');

  // Taken back, to where the row was not there.
  const before = (await stored()).draft.document.nodes['by-age'].rows.length;
  for (let n = 0; n < 4; n++) await page.getByRole('button', { name: 'Undo' }).click();
  await isStored(({ nodes }) => nodes['by-age'].rows.length === before - 1);
});

test('14: a lead is tried on the draft as it is, and goes where no version sends it yet', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/flows/solar/draft?node=quality-gate');
  await page.getByLabel('otherwise leads to').selectOption('too-young');
  // At once: what was typed a moment ago is saved first.
  await page.getByRole('link', { name: 'Try a lead' }).click();
  await page.getByRole('heading', { name: 'Try a lead on solar' }).waitFor();
  assert.equal(await page.getByLabel('Version').inputValue(), 'draft');
  const answered = page.waitForResponse((it) => {
    const { draft, fields } = it.request().postDataJSON()?.variables?.input ?? {};
    return draft === true && fields.home_owner === false && fields.roof === 'steep';
  });
  await page.getByLabel('home_owner').selectOption('false');
  await page.getByLabel('roof').selectOption('steep');
  const { data } = await (await answered).json();
  const { end, steps } = data.explainLead.explanation;
  assert.equal(end.state, 'declined');
  assert.equal(steps.at(-1).choices.at(-1).node, 'too-young');
  await page.getByText('The walk ended.').waitFor();
  const lit = await page.locator('.step.is-lit strong').allTextContents();
  assert.deepEqual(lit, ['by-age', 'quality-gate']);
  assert.ok(!page.url().includes('steep'), page.url());
  await visit.ends();

  await page.getByLabel('Version').selectOption((await stored()).stage.versionHash);
  await page.getByText('The lead was offered to').waitFor();
  await page.goto('/flows/solar/draft?node=quality-gate');
  await page.getByLabel('otherwise leads to').selectOption('rest');
  await isStored(({ nodes }) => nodes['quality-gate'].otherwise === 'rest');
});

test('10: two people edit disjoint nodes, and both edits are there', { timeout: 120_000 }, async () => {
  const [ana, ben] = await Promise.all([1, 2].map(() => browser.visit({ token: market.tokens.editor })));
  for (const { page } of [ana, ben]) {
    await page.goto('/flows/solar/draft?node=quality');
    await page.getByLabel('Points').first().waitFor();
  }
  await ben.page.getByRole('button', { name: 'split halves' }).click();
  // At the same moment: whoever is second goes on top of the first.
  await Promise.all([
    (async () => {
      await ana.page.getByLabel('Points').first().fill('55');
      await ana.page.keyboard.press('Enter');
    })(),
    (async () => {
      await ben.page.getByLabel('Share of north').fill('65');
      await ben.page.keyboard.press('Enter');
    })(),
  ]);
  await isStored(({ nodes }) => nodes.quality.points[0].points === 55 && nodes.halves.arms[0].weight_ppm === 650_000);
  await ana.page.getByText(/Somebody else saved revision/).waitFor();
  for (const { page } of [ana, ben]) {
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.equal(await page.locator('.conflicts').count(), 0);
    await saved(page).waitFor();
  }
  await ana.ends();
  await ben.ends();
});

test('11: two people edit one row, choose what holds, and lose nothing by a reload', { timeout: 120_000 }, async () => {
  const [ana, ben] = await Promise.all([1, 2].map(() => browser.visit({ token: market.tokens.editor })));
  for (const { page } of [ana, ben]) {
    await page.goto('/flows/solar/draft?node=by-age');
    await page.getByRole('gridcell').first().waitFor();
  }
  const type = async ({ page }, text) => {
    await page.getByRole('gridcell').first().click();
    await page.keyboard.press('Enter');
    await page.getByLabel('Cell').fill(text);
    await page.keyboard.press('Enter');
  };
  // Ben is cut off for a moment, so that he edits what Ana has changed already.
  await ben.page.context().setOffline(true);
  await type(ana, 'below 19');
  await isStored(({ nodes }) => nodes['by-age'].rows[0].cells[0].to === 19);
  await type(ben, 'below 21');
  await ben.page
    .getByText(/1 edit waits/)
    .first()
    .waitFor();
  await ben.page.context().setOffline(false);
  const chooser = ben.page.getByRole('region', { name: 'Conflicts' });
  await chooser.waitFor({ timeout: 30_000 });
  for (const text of ['below 18 |', 'below 19 |', 'below 21 |']) await chooser.getByText(text).waitFor();
  ben.forgive(/ERR_INTERNET_DISCONNECTED/);
  await ben.ends('draft-conflict');
  await ben.page.reload();
  await chooser.getByText('below 21 |').waitFor();
  await chooser.getByRole('button', { name: 'Keep mine' }).click();
  await isStored(({ nodes }) => nodes['by-age'].rows[0].cells[0].to === 21);
  await chooser.waitFor({ state: 'detached' });
  await ana.page.reload();
  await ana.page.getByRole('gridcell', { name: 'below 21' }).waitFor();
  await ana.ends();
  await ben.ends();
});

test('12: half a minute without a network, five edits and a reload later everything is saved', {
  timeout: 180_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/flows/solar/draft?node=quality');
  await page.getByLabel('Points').first().waitFor();
  await market.kill();
  const began = Date.now();
  for (const points of [61, 62, 63]) {
    await page.getByLabel('Points').first().fill(String(points));
    await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: 'when quality-gate' }).click();
  await page.getByLabel('Takes “then” if').fill('quality >= 20');
  await page.getByRole('button', { name: 'split halves' }).click();
  await page.getByLabel('Share of north').fill('55');
  await page.keyboard.press('Enter');
  await page
    .getByText(/3 edits wait/)
    .first()
    .waitFor({ timeout: 20_000 });
  await page.getByText('Offline', { exact: true }).waitFor({ timeout: 20_000 });
  // The page itself cannot be loaded without a server, so the reload is at its return.
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, 30_000 - (Date.now() - began))));
  await page.close();
  await market.revive();
  const again = await page.context().newPage();
  await again.goto('/flows/solar/draft');
  // The tab that made them is gone, and the next one finds out by its silence.
  const { document } = await isStored(({ nodes }) => nodes.halves.arms[0].weight_ppm === 550_000, 60);
  assert.equal(document.nodes.quality.points[0].points, 63);
  assert.equal(document.nodes['quality-gate'].if, 'quality >= 20');
  await saved(again).waitFor();
});

test('13: what was reviewed goes live, a stage that was moved meanwhile is refused, and undo brings the old version back', {
  timeout: 120_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  const { stage, draft } = await stored();
  const ppm = draft.document.nodes.halves.arms[0].weight_ppm;
  const share = `${ppm / 10_000} %`;
  await page.goto('/flows/solar/review');
  await page.getByRole('heading', { name: /changes? against version 1/ }).waitFor();
  const words = await page.locator('.review-main .change-list li').allTextContents();
  const { flow } = await market.api('{ flow(name: "solar") { draft { changes { message } } } }');
  assert.equal(words.length, flow.draft.changes.length);
  // As the editor shows shares and ranges, and not as the document has them.
  assert.ok(words.includes(`arm 1 of split halves: share: 50 % → ${share}`), words.join('\n'));
  assert.ok(words.includes('row 1 of table by-age: column age: below 18 → below 21'), words.join('\n'));
  const cells = page.locator('.differences');
  await cells.getByText('north share').waitFor();
  const parts = await cells.locator('.diff-parts', { hasText: 'north share' }).textContent();
  assert.ok(parts.includes(`50 %→${share}`), parts);
  assert.equal(await cells.locator('del', { hasText: 'below 18' }).count(), 1);
  assert.equal(await cells.locator('ins', { hasText: 'below 21' }).count(), 1);
  for (const box of await page.locator('.review-side .check input').all()) await box.check();
  await page.getByLabel('What changes, and why').fill('older people first');
  await visit.ends('review');

  // Somebody moves the stage while the review is read.
  const other = await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { draft { revision } userErrors { message } } }',
    { document: { ...(await stored()).draft.document, title: 'moved meanwhile' } },
  );
  assert.deepEqual(other.saveFlowDraft.userErrors, []);
  await page.getByText(/The draft is at revision/).waitFor();
  await page.getByRole('button', { name: 'Publish and make it live' }).click();
  await page.getByText(/was changed by another request/).waitFor();
  assert.equal((await stored()).stage.versionHash, stage.versionHash, 'nothing went live that nobody read');
  await page.getByRole('button', { name: 'Show what is there now' }).click();
  for (const box of await page.locator('.review-side .check input').all()) await box.check();
  await page.getByRole('button', { name: 'Publish and make it live' }).click();
  await page.getByText('Version 2 is live.').waitFor();
  const live = (await stored()).stage;
  assert.equal(live.version.number, 2);
  assert.equal(live.version.document.nodes.halves.arms[0].weight_ppm, ppm);
  await visit.ends();
  await page.getByRole('button', { name: /^Undo/ }).click();
  await page.getByText('Version 1 is live again.').waitFor();
  assert.equal((await stored()).stage.versionHash, stage.versionHash);

  // The same from the list of versions, with what changes before it does.
  await page.getByRole('link', { name: 'versions', exact: true }).click();
  await page.getByRole('heading', { name: 'Versions of solar' }).waitFor();
  await page.getByRole('button', { name: 'Make live…' }).click();
  await page.getByRole('dialog').locator('.change-list li').first().waitFor();
  await visit.ends('versions');
  await page.getByRole('dialog').getByRole('button', { name: 'Make it live' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Roll back…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal((await stored()).stage.versionHash, stage.versionHash);
  await visit.ends();
});

test('an analyst reads a review and cannot publish, and has no editor', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/flows/solar/review');
  await page.getByText('Publishing needs an editor.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Publish and make it live' }).isDisabled());
  await page.goto('/flows/solar/draft');
  await page.getByText('Drafts are changed by editors and admins.').waitFor();
  await page.goto('/flows/solar');
  await page.getByText('needs an editor to change it').first().waitFor();
  await visit.ends();
});

test('8: a finding shows a lead that comes to it, on the graph and in words', { timeout: 120_000 }, async () => {
  const { draft } = await stored();
  const document = structuredClone(draft?.document ?? (await stored()).stage.version.document);
  // Nobody comes to the last row: whoever would is taken by one before it.
  document.nodes['by-age'].rows = [
    { cells: [{ to: 18 }, null], to: 'too-young' },
    { cells: [{ from: 90 }, ['steep']], to: 'south' },
    { cells: [{ from: 95 }, ['steep']], to: 'north' },
  ];
  await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { code } } }',
    { document },
  );
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/flows/solar/draft');
  const finding = page.locator('.findings li', { hasText: 'by-age row 3' });
  await finding.getByRole('link', { name: 'Show an example lead' }).click();
  await page.waitForURL(/\/flows\/solar\?at=draft&finding=/);
  await page.getByRole('heading', { name: 'A lead that shows it' }).waitFor();
  await page.locator('.step.is-lit', { hasText: 'by-age' }).waitFor();
  await page.locator('.step.is-dim', { hasText: 'halves' }).waitFor();
  await page.locator('.path li', { hasText: 'by-age' }).getByText('to south', { exact: true }).waitFor();
  await visit.ends('finding');
  await page.getByRole('button', { name: 'Close the example' }).click();
  assert.equal(await page.locator('.step.is-dim').count(), 0);
  // Mended, it is gone.
  document.nodes['by-age'].rows.pop();
  await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { code } } }',
    { document },
  );
  await finding.waitFor({ state: 'detached', timeout: 20_000 });
  await visit.ends();
});

test('17: the very draft is replayed before it is published', { timeout: 120_000 }, async () => {
  await market.leads(200);
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/flows/solar/draft?node=halves');
  await page.getByLabel('Share of north').fill('40');
  await page.keyboard.press('Enter');
  await isStored(({ nodes }) => nodes.halves.arms[0].weight_ppm === 400_000);
  await page.goto('/flows/solar/review');
  const card = page.locator('.card', { hasText: 'What the past says of it' });
  await card.getByLabel('A lead may bring money for').selectOption('0');
  await card.getByRole('button', { name: 'Replay it over the last 30 days' }).click();
  await card.getByRole('link', { name: 'The whole report' }).waitFor({ timeout: 60_000 });
  const { simulations } = await market.api('{ simulations(first: 1) { nodes { id scenario report } } }');
  const [simulation] = simulations.nodes;
  assert.deepEqual(simulation.scenario.candidate, (await stored()).draft.document, 'exactly this draft');
  for (const because of simulation.report.verdict.because) {
    await card.getByText(shownAs(because)).first().waitFor();
  }
  assert.ok(simulation.report.candidate.n > 100, 'of the leads that came');
  await page.reload();
  await card.getByRole('link', { name: 'The whole report' }).waitFor();
  await visit.ends('review-evidence');
  await card.getByRole('link', { name: 'The whole report' }).click();
  await page.locator('.facts').getByText('a draft').waitFor();
  await visit.ends();
  // Another draft is another question.
  await page.goto('/flows/solar/draft?node=halves');
  await page.getByLabel('Share of north').fill('41');
  await page.keyboard.press('Enter');
  await isStored(({ nodes }) => nodes.halves.arms[0].weight_ppm === 410_000);
  await page.goto('/flows/solar/review');
  await card.getByRole('button', { name: 'Replay it over the last 30 days' }).waitFor();
  assert.equal(await card.getByRole('link', { name: 'The whole report' }).count(), 0);
  await visit.ends();
});

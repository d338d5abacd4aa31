// Predicates while they are typed: what fits, what is wrong and where, and for how many leads they would have held.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { FLOW, openSmallMarket } from './small-market.mjs';

const OPERATION = 'PredicateWhileTyped';

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    browser = await openBrowser(market.base);
    const put = await market.api(
      'mutation { putList(input: { name: "partners", values: ["web", "mail"] }) { userErrors { code } } }',
    );
    assert.deepEqual(put.putList.userErrors, []);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** The draft at a node, with its predicate. */
async function openPredicate(label = 'Takes “then” if', node = 'quality-gate') {
  const visit = await browser.visit({ token: market.tokens.editor });
  await visit.page.goto(`/flows/solar/draft?node=${node}`);
  const field = visit.page.getByLabel(label);
  await field.waitFor();
  const list = visit.page.getByRole('listbox', { name: 'What fits here' });
  return { ...visit, field, list, said: visit.page.locator('.predicate-history') };
}

const options = (list) => list.getByRole('option').locator('> :first-child').allTextContents();
const hasFocus = (it) => it.evaluate((element) => element === document.activeElement);

/** What the API says of a predicate. */
async function asked(cel) {
  const { predicate } = await market.api(
    `query($cel: String!) { predicate(flow: "solar", cel: $cel) {
      diagnostics { severity span { from to } } reads
      history { leads from matched matchedRevenue missing { field leads } examples { id } } } }`,
    { cel },
  );
  return predicate;
}

/** The words for what the API says, but for the day. */
function wordsOf({ leads, matched, matchedRevenue, missing }) {
  const share = ((matched / leads) * 100).toLocaleString('en-US', { maximumFractionDigits: 1 });
  const each = (Number(matchedRevenue) / matched).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
  const lacking = missing.map((it) => `${it.leads} lack ${it.field}`).join(', ');
  return { begin: `Holds for ${share} % of the newest ${leads} leads since `, end: `, ${each} a lead; ${lacking}.` };
}

/** A promise that the test keeps when it is time. */
function promised() {
  let keep;
  const kept = new Promise((resolve) => {
    keep = resolve;
  });
  return { keep, kept };
}

/** Waits until no lead is under way, so that no amount changes any more. */
async function isSettled() {
  for (let n = 0; n < 300; n++) {
    const { leadCounts } = await market.api('{ leadCounts { status leads } }');
    if (!leadCounts.some(({ status, leads }) => status === 'QUEUED' && leads > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('leads are still under way');
}

test('what fits is offered while one types, and taken by the keyboard', { timeout: 120_000 }, async () => {
  const { page, field, list, ends } = await openPredicate();
  await field.fill('');
  await field.pressSequentially('qua');
  await list.waitFor();
  assert.deepEqual(await options(list), ['quality']);
  await list.getByText('scorecard').waitFor();
  assert.equal(await field.getAttribute('aria-controls'), await list.getAttribute('id'));
  await page.keyboard.press('Enter');
  await list.waitFor({ state: 'detached' });
  assert.equal(await field.inputValue(), 'quality');

  await field.pressSequentially(' >= 40 && ro');
  await list.getByText('enum: flat, steep').waitFor();
  await ends('draft-completion');
  await page.keyboard.press('Tab');
  assert.equal(await field.inputValue(), 'quality >= 40 && roof');
  assert.ok(await hasFocus(field));

  await field.pressSequentially(' == ');
  await list.waitFor();
  assert.deepEqual(await options(list), ['flat', 'steep']);
  await page.keyboard.press('ArrowDown');
  const chosen = list.getByRole('option', { selected: true });
  assert.equal(await chosen.locator('> :first-child').textContent(), 'steep');
  assert.equal(await field.getAttribute('aria-activedescendant'), await chosen.getAttribute('id'));
  await page.keyboard.press('Enter');
  assert.equal(await field.inputValue(), 'quality >= 40 && roof == "steep"');
  // As if it had been typed, the browser takes it back.
  await page.keyboard.press('Control+z');
  assert.equal(await field.inputValue(), 'quality >= 40 && roof == ');

  await field.fill('roof in ["flat", ');
  await list.waitFor();
  assert.deepEqual(await options(list), ['steep']);
  await field.fill('source in ');
  await list.getByText('list("partners")').click();
  assert.equal(await field.inputValue(), 'source in list("partners")');
  await list.waitFor({ state: 'detached' });
  await field.fill('age > 30 // ho');
  await field.fill("source == 'ho");
  assert.equal(await list.count(), 0, 'what stands in texts and comments is no name');
});

test('Escape closes the list and then leaves, Tab moves on, and Ctrl Space asks', { timeout: 120_000 }, async () => {
  const { page, field, list, ends } = await openPredicate();
  await field.fill('');
  await field.pressSequentially('a');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  assert.ok(await hasFocus(field));
  await page.keyboard.press('Escape');
  assert.ok(!(await hasFocus(field)));

  await field.fill('quality >= 40');
  assert.equal(await list.count(), 0);
  const earn = page.getByRole('button', { name: /another number than 40 earn/ });
  await earn.waitFor();
  await page.keyboard.press('Tab');
  assert.ok(await hasFocus(earn));
  await page.keyboard.press('Tab');
  assert.ok(await hasFocus(page.getByLabel('then leads to')));
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  assert.ok(await hasFocus(field));

  await field.fill('quality ');
  assert.equal(await list.count(), 0, 'operators are offered to those who ask');
  await page.keyboard.press('Control+Space');
  await list.waitFor();
  assert.ok((await options(list)).includes('>='));
  // What was offered at one place is not offered at another.
  await page.keyboard.press('ArrowLeft');
  await list.waitFor({ state: 'detached' });
  await field.fill('quality >= 10');
  await ends();
});

test('the predicate of a row is completed in its cell', { timeout: 120_000 }, async () => {
  const { page, list, ends } = await openPredicate('otherwise leads to', 'by-age');
  const rows = [
    { cells: [{ to: 18 }, null], to: 'too-young' },
    { cells: [{ from: 90 }, ['steep']], if: 'home_owner', to: 'south' },
  ];
  const document = structuredClone(FLOW);
  document.nodes['by-age'].rows = rows;
  const saved = await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { message } } }',
    { document },
  );
  assert.deepEqual(saved.saveFlowDraft.userErrors, []);
  await page.reload();
  await page.getByRole('gridcell', { name: 'home_owner' }).click();
  await page.keyboard.press('Enter');
  const cell = page.getByLabel('Cell');
  assert.equal(await cell.inputValue(), 'home_owner');
  await cell.pressSequentially(' && ro');
  await list.getByText('enum: flat, steep').waitFor();
  await ends();
  await page.keyboard.press('Enter');
  assert.equal(await cell.inputValue(), 'home_owner && roof');
  await cell.pressSequentially(' == ');
  await list.getByText('steep').click();
  assert.equal(await cell.inputValue(), 'home_owner && roof == "steep"');
  await list.waitFor({ state: 'detached' });
  await cell.pressSequentially(' && a');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByRole('gridcell', { name: 'home_owner', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await cell.fill('roof != "flat"');
  await page.keyboard.press('Enter');
  await page.getByRole('gridcell', { name: 'roof != "flat"' }).waitFor();
  await page
    .locator('.heading')
    .getByText(/^saved, revision/)
    .waitFor();
  await ends();
});

test('what is wrong is underlined at its characters, behind any letters', { timeout: 120_000 }, async () => {
  const { page, field, ends } = await openPredicate();
  const mirror = page.locator('.predicate-mirror');
  const wrong = mirror.locator('.is-error');
  const doubtful = mirror.locator('.is-warning');
  await field.fill("source == '😀ü' && age == 'old'");
  await wrong.waitFor();
  assert.deepEqual(await wrong.allTextContents(), ["'old'"]);
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await page.locator('.node-editor .part-findings .is-error').waitFor();

  // The underlines lie under the letters: both texts are as wide, as high, and scrolled as far.
  const shapes = () =>
    page.evaluate(() =>
      ['.predicate-text textarea', '.predicate-mirror'].map((it) => {
        const { clientWidth, clientHeight, scrollTop } = document.querySelector(it);
        return { clientWidth, clientHeight, scrollTop };
      }),
    );
  await field.fill(`${"source != '😀' && ".repeat(30)}\n\n\n\n\n\n\nage == 'old'`);
  await wrong.waitFor();
  assert.deepEqual(await wrong.allTextContents(), ["'old'"]);
  await field.evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await page.waitForFunction(() => document.querySelector('.predicate-mirror').scrollTop > 0);
  const [text, behind] = await shapes();
  assert.deepEqual(behind, text);

  await field.fill("age == 41 && roof in ['flat', 'flat']");
  await doubtful.waitFor();
  assert.deepEqual(await doubtful.allTextContents(), ["'flat'"]);
  assert.equal(await wrong.count(), 0);
  assert.equal(await mirror.evaluate((it) => it.textContent.trimEnd()), await field.inputValue());
  await ends();
  await field.fill('quality >= 10');
  await doubtful.waitFor({ state: 'detached' });
});

test('counts appear and are those of the API', { timeout: 180_000 }, async () => {
  const { page, field, said, ends } = await openPredicate();
  const cel = "age >= 35 && roof == 'flat'";
  await field.fill(cel);
  await said.getByText('No leads yet').waitFor();

  await market.leads(20);
  for (const fields of [{ age: 22 }, { age: 33, roof: 'steep' }, { age: 36 }, { age: undefined }, { age: undefined }]) {
    assert.equal((await market.lead(fields)).status, 200);
  }
  await isSettled();
  await page.reload();
  await field.waitFor();
  const { history, diagnostics } = await asked(cel);
  assert.deepEqual(diagnostics, []);
  assert.equal(history.leads, 25);
  assert.equal(history.matched, 21);
  assert.deepEqual(history.missing, [{ field: 'age', leads: 2 }]);
  const { begin, end } = wordsOf(history);
  await said.getByText(begin).waitFor();
  const words = await said.textContent();
  assert.ok(words.startsWith(begin) && words.includes(end), `${words} is not ${begin}…${end}`);
  const links = await said.getByRole('link').evaluateAll((all) => all.map((it) => it.getAttribute('href')));
  assert.deepEqual(
    links,
    history.examples.map(({ id }) => `/leads/${id}`),
  );
  assert.equal(links.length, 3);
  await ends('draft-predicate');

  await field.fill('age > 100');
  await said.getByText('Holds for none of the newest 25 leads').waitFor();
  const computed = 'quality >= 10 && age > 30';
  await field.fill(computed);
  await said.getByText(wordsOf((await asked(computed)).history).begin).waitFor();

  // The entries of a scorecard are asked for those who go to them.
  await page.getByRole('button', { name: 'scorecard quality' }).click();
  await page.getByLabel('Entry 2: if').focus();
  await said.getByText(wordsOf((await asked("roof == 'flat'")).history).begin).waitFor();
  assert.equal(await said.count(), 1);
  await ends();
});

test('no answer stands beside a text that it is not about, and without any the editor works', {
  timeout: 120_000,
}, async () => {
  const { page, field, said, forgive, ends } = await openPredicate();
  const [late, held] = [promised(), promised()];
  await page.route('**/graphql', async (route) => {
    const { operationName, variables } = route.request().postDataJSON() ?? {};
    if (operationName !== OPERATION) return route.continue();
    if (variables.cel === 'age > 17') {
      held.keep();
      await late.kept;
      // Its request was ended meanwhile.
      return route.continue().catch(() => {});
    }
    if (variables.cel !== 'age > 21') return route.continue();
    return route.fulfill({ status: 400, json: { errors: [{ message: 'there is no such field' }] } });
  });
  const ended = page.waitForEvent('requestfailed', (it) => it.postDataJSON()?.variables?.cel === 'age > 17');
  await field.fill('age > 17');
  await held.kept;
  await field.fill('age > 100');
  await ended;
  late.keep();
  await said.getByText('Holds for none').waitFor();

  await field.fill('age > 21');
  await said.waitFor({ state: 'detached' });
  await field.fill('agee > 21');
  await page.locator('.node-editor .part-findings .is-error').waitFor();
  await field.fill('quality >= 10');
  await page.locator('.node-editor .part-findings .is-error').waitFor({ state: 'detached' });
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  forgive(/status of 400/);
  await ends();
});

// A whole flow is built and changed in the draft editor without its JSON, by keyboard alone and by mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket({ more: { east: {} } });
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

async function draftOf(flow) {
  const answer = await market.api('query($flow: String!) { flow(name: $flow) { draft { revision document } } }', {
    flow,
  });
  return answer.flow?.draft?.document;
}

/** Waits until the server has what the page shows. */
async function isStored(flow, check, seconds = 20) {
  for (let n = 0; n < seconds * 10; n++) {
    const document = await draftOf(flow);
    if (document && check(document.nodes, document)) return document;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never stored: ${JSON.stringify((await draftOf(flow))?.nodes)}`);
}

/** One who has a keyboard and no mouse: Tab goes to everything, in the order of the page. */
function keyboard(page) {
  const { keyboard: keys } = page;
  const tabTo = async (target) => {
    await target.first().waitFor();
    for (let n = 0; n < 300; n++) {
      if (await target.first().evaluate((it) => it === document.activeElement)) return;
      await keys.press('Tab');
    }
    throw new Error(`Tab never came to ${target}`);
  };
  return {
    press: async (button) => {
      await tabTo(button);
      await keys.press('Enter');
    },
    // The letters of an entry choose it; those of the one that is chosen leave it.
    choose: async (select, label) => {
      await tabTo(select);
      const chosen = await select.evaluate((it) => it.selectedOptions[0]?.text);
      if (!chosen?.startsWith(label)) await keys.type(label);
    },
    type: async (field, text) => {
      await tabTo(field);
      await keys.press('Control+A');
      await keys.type(text);
    },
    leave: () => keys.press('Tab'),
  };
}

/** One who points at things, and types into fields alone. */
function mouse(page) {
  return {
    press: (button) => button.click(),
    choose: async (select, label) => {
      const texts = await select.evaluate((it) => [...it.options].map(({ text }) => text));
      await select.selectOption(texts.find((text) => text.startsWith(label)));
    },
    type: async (field, text) => {
      await field.click();
      await field.fill(text);
    },
    leave: () => page.getByRole('heading', { level: 1 }).click(),
  };
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const field = (page, label) => page.getByLabel(label, { exact: true });

/** Answers the dialog that asks for a new node. */
async function answer(page, hands, kind, name, destination) {
  const dialog = page.getByRole('dialog');
  await hands.choose(dialog.getByLabel('Kind'), kind);
  if (destination) await hands.choose(dialog.getByLabel('Destination'), destination);
  if (name) await hands.type(dialog.getByLabel('Name'), name);
  await hands.press(dialog.getByRole('button', { name: 'Add it' }));
  await dialog.waitFor({ state: 'detached' });
}

/** The same flow, by whatever hands: a gate, a bandit of two destinations, and one that gets the rest. */
async function build(page, hands, flow) {
  await page.goto('/flows');
  await hands.press(button(page, 'New flow…'));
  const dialog = page.getByRole('dialog');
  await hands.type(dialog.getByLabel('Name'), flow);
  await hands.choose(dialog.getByLabel('Begins as'), 'all leads to one');
  await hands.choose(dialog.getByLabel('Destination', { exact: true }), 'north');
  await hands.press(button(page, 'Begin the draft'));
  await page.getByRole('heading', { name: `Draft of ${flow}` }).waitFor();

  await hands.press(button(page, 'Add…'));
  await answer(page, hands, 'when', 'gate');
  await page.getByRole('heading', { name: 'gate', exact: true }).waitFor();
  await hands.press(button(page, 'Leads start here'));
  await hands.type(field(page, 'Takes “then” if'), 'age >= 30');
  // Ports lead to nodes that are made for them: a destination, then a bandit of the two that are there by then.
  await hands.choose(field(page, 'Otherwise leads to'), '+');
  await answer(page, hands, 'destination', '', 'south');
  await isStored(flow, (nodes) => nodes.gate?.otherwise === 'south');
  await hands.choose(field(page, 'Then leads to'), '+');
  await answer(page, hands, 'bandit', 'best');
  await isStored(flow, (nodes) => nodes.gate?.then === 'best');

  await hands.press(button(page, 'bandit best'));
  await hands.press(button(page, 'Add an arm'));
  await hands.choose(field(page, 'Arm-3 leads to'), '+');
  await answer(page, hands, 'destination', 'buyer-east', 'east');
  await hands.type(field(page, 'Name of arm 3'), 'eastern');
  await hands.leave();
  await hands.type(field(page, 'Least share of eastern'), '10');
  await hands.type(field(page, 'Explores'), '9');
  await hands.press(button(page, 'Remove arm south'));
  return isStored(
    flow,
    (nodes, { root }) =>
      root === 'gate' &&
      nodes.best?.explore_ppm === 90_000 &&
      nodes.best.arms.length === 2 &&
      nodes.best.arms[1].floor_ppm === 100_000,
  );
}

test('5: a flow is built by keyboard alone, and by mouse the same one', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  const byKeys = await build(page, keyboard(page), 'by-keys');
  await visit.ends('edit-bandit');
  const byMouse = await build(page, mouse(page), 'by-mouse');
  await visit.ends();
  assert.deepEqual({ ...byKeys, flow: '' }, { ...byMouse, flow: '' });
  assert.deepEqual(byKeys.nodes, {
    gate: { kind: 'when', if: 'age >= 30', then: 'best', otherwise: 'south' },
    best: {
      kind: 'bandit',
      maximize: 'net_revenue',
      explore_ppm: 90_000,
      arms: [{ to: 'north' }, { name: 'eastern', to: 'buyer-east', floor_ppm: 100_000 }],
    },
    'buyer-east': { kind: 'destination', destination: 'east' },
    north: { kind: 'destination' },
    south: { kind: 'destination' },
  });
  const { flow } = await market.api('{ flow(name: "by-keys") { isLive versions { nodes { number } } } }');
  assert.deepEqual(flow, { isLive: false, versions: { nodes: [] } }, 'a draft, and nothing of it live');

  // It is published by the keyboard too.
  const hands = keyboard(page);
  await page.goto('/flows/by-keys/draft');
  await hands.press(page.getByRole('link', { name: 'Review' }));
  await page.getByRole('button', { name: /^Publish/ }).waitFor();
  for (const box of await page.locator('.review-side .check input').all()) {
    await box.focus();
    await page.keyboard.press('Space');
  }
  await hands.type(page.getByLabel('What changes, and why'), 'first');
  await hands.press(page.getByRole('button', { name: /^Publish/ }));
  await page.getByText(/Version 1 is/).waitFor();
});

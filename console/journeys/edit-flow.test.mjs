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
/** A node in the list of them, by its kind and name, whatever the checks say of it. */
const listed = (page, name) => page.getByRole('button', { name: new RegExp(`^${name}( |$)`) });
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

  await hands.press(listed(page, 'bandit best'));
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

/** Puts another draft of the flow of the market, and opens it at a node. */
async function opened(nodes, node, flow = 'solar') {
  const document = { flow, vertical: 'solar', currency: 'USD', root: node, nodes: { ...LEAVES, ...nodes } };
  const saved = await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { message } } }',
    { document },
  );
  assert.deepEqual(saved.saveFlowDraft.userErrors, []);
  const visit = await browser.visit({ token: market.tokens.editor });
  await visit.page.goto(`/flows/${flow}/draft?node=${node}`);
  await visit.page.getByRole('heading', { name: node, exact: true }).waitFor();
  return visit;
}

const LEAVES = {
  north: { kind: 'destination' },
  south: { kind: 'destination' },
  east: { kind: 'destination' },
};

const shares = ({ arms }) => arms.map(({ weight_ppm }) => weight_ppm).join();

test('arms come, go, and are named; shares sum to the whole', { timeout: 120_000 }, async () => {
  const arms = [
    { to: 'north', weight_ppm: 333_333 },
    { to: 'south', weight_ppm: 666_667 },
  ];
  const visit = await opened({ halves: { kind: 'split', arms } }, 'halves');
  const { page } = visit;
  await button(page, 'Add an arm').click();
  await isStored('solar', (nodes) => shares(nodes.halves) === '333333,666667,0' && nodes.halves.arms[2].to === 'east');
  // What the checks say of it stands at it.
  await page.locator('.weights').getByText('has no weight').waitFor();
  await field(page, 'Name of arm 3').fill('north');
  await field(page, 'Name of arm 3').press('Enter');
  await page.getByText('There is an arm north already').waitFor();
  await field(page, 'Name of arm 3').fill('late');
  await field(page, 'Name of arm 3').press('Enter');
  await field(page, 'Share of late').fill('10');
  await field(page, 'Share of late').press('Enter');
  await isStored(
    'solar',
    (nodes) => nodes.halves.arms[2].name === 'late' && shares(nodes.halves) === '300000,600000,100000',
  );
  await visit.ends();
  await button(page, 'Remove arm south').click();
  await isStored('solar', (nodes) => shares(nodes.halves) === '750000,250000');
  await button(page, 'Undo').click();
  await isStored('solar', (nodes) => shares(nodes.halves) === '300000,600000,100000');
  await visit.ends();
});

test('rotations, auctions and waterfalls get more and fewer, in another order', { timeout: 120_000 }, async () => {
  const two = [{ to: 'north' }, { to: 'south' }];
  const visit = await opened(
    {
      turns: { kind: 'rotate', by: 'least_recently_sold', arms: two },
      bids: { kind: 'auction', bidders: two, deadline_ms: 500 },
      all: { kind: 'waterfall', to: ['turns', 'bids'] },
    },
    'all',
  );
  const { page } = visit;
  await button(page, 'Add one at the end').click();
  await field(page, '3. leads to').selectOption('east');
  await button(page, 'Move east up').click();
  await isStored('solar', (nodes) => nodes.all.to.join() === 'turns,east,bids');
  // The button stays under the hand of whoever goes on.
  await page.keyboard.press('Enter');
  await isStored('solar', (nodes) => nodes.all.to.join() === 'east,turns,bids');
  await button(page, 'Move east down').click();
  await button(page, 'Move east down').click();
  await button(page, 'Remove turns from the order').click();
  await isStored('solar', (nodes) => nodes.all.to.join() === 'bids,east');
  await page.getByText('No lead comes to turns.').waitFor();
  await visit.ends();

  await listed(page, 'auction bids').click();
  await button(page, 'Add a bidder').click();
  await field(page, 'Taken back by returns of east').fill('2.5');
  await field(page, 'Least bid that is taken').fill('12.50');
  await field(page, 'Bids are waited for').fill('800');
  await button(page, 'Remove bidder north').click();
  await isStored('solar', ({ bids }) => bids.bidders.map(({ to }) => to).join() === 'south,east');
  const { bids } = (await draftOf('solar')).nodes;
  assert.deepEqual([bids.bidders[1].penalty_ppm, bids.reserve, bids.deadline_ms], [25_000, '12.50', 800]);
  await visit.ends();

  await listed(page, 'rotate turns').click();
  await field(page, 'In which order').selectOption('deficit');
  await button(page, 'Add an arm').click();
  await field(page, 'Leads a day for north').fill('100');
  await field(page, 'Leads a month for south').fill('900');
  await field(page, 'Days and months begin in the zone').fill('America/New_York');
  await field(page, 'Days and months begin in the zone').press('Enter');
  const { turns } = (await isStored('solar', (nodes) => nodes.turns.zone === 'America/New_York')).nodes;
  assert.deepEqual(turns.arms, [{ to: 'north', daily: 100 }, { to: 'south', monthly: 900 }, { to: 'east' }]);
  await visit.ends();

  await button(page, 'Remove them').click();
  await isStored('solar', (nodes) => nodes.turns === undefined && nodes.north === undefined);
  await visit.ends();
});

test('cases of a switch and columns of a table come and go', { timeout: 120_000 }, async () => {
  const visit = await opened(
    {
      'by-roof': { kind: 'switch', on: 'roof', cases: [{ in: ['flat'], to: 'rules' }], otherwise: 'east' },
      rules: {
        kind: 'table',
        hit: 'first',
        columns: ['age'],
        rows: [
          { cells: [{ to: 18 }], to: 'north' },
          { cells: [{ from: 90 }], if: 'home_owner', to: 'south' },
        ],
        otherwise: 'east',
      },
    },
    'by-roof',
  );
  const { page } = visit;
  await page.getByLabel('A new case: roof is one of').fill('steep, slate');
  await page.keyboard.press('Enter');
  await page.getByText('slate is no label of roof').waitFor();
  await page.getByLabel('A new case: roof is one of').fill('steep');
  await button(page, 'Add the case').click();
  await field(page, 'Case 2 leads to').selectOption('south');
  await isStored('solar', (nodes) => nodes['by-roof'].cases[1]?.to === 'south');
  await visit.ends();
  await button(page, 'Remove case 1').click();
  await isStored('solar', (nodes) => nodes['by-roof'].cases.map((it) => it.in[0]).join() === 'steep');
  await field(page, 'Case 1 leads to').selectOption('rules');
  await field(page, 'By the value of').selectOption('home_owner');
  await page.getByLabel('Case 1: home_owner is one of').fill('yes');
  await page.getByLabel('Case 1: home_owner is one of').press('Enter');
  const { nodes } = await isStored('solar', (it) => it['by-roof'].cases[0].in[0] === true);
  assert.deepEqual(nodes['by-roof'].cases, [{ in: [true], to: 'rules' }]);

  await listed(page, 'table rules').click();
  await field(page, 'Column to add').selectOption('roof');
  await button(page, 'Add the column').click();
  await isStored('solar', ({ rules }) => rules.rows.every(({ cells }) => cells.length === 2 && cells[1] === null));
  await button(page, 'Move column roof left').click();
  const { rules } = (await isStored('solar', (it) => it.rules.columns.join() === 'roof,age')).nodes;
  assert.deepEqual(rules.rows, [
    { cells: [null, { to: 18 }], to: 'north' },
    { cells: [null, { from: 90 }], if: 'home_owner', to: 'south' },
  ]);
  await visit.ends();
  await button(page, 'Remove column age').click();
  await isStored('solar', (it) => it.rules.columns.join() === 'roof' && it.rules.rows[1].cells.length === 1);
  for (let n = 0; n < 3; n++) await button(page, 'Undo').click();
  await isStored('solar', (it) => it.rules.columns.join() === 'age' && it.rules.rows[0].cells[0].to === 18);
  await visit.ends();
});

test('a node has another name in one step, and all that refers to it follows', { timeout: 120_000 }, async () => {
  const nodes = {
    gate: { kind: 'when', if: "quality > 1 && roof == 'quality'", then: 'halves', otherwise: 'rest' },
    quality: { kind: 'scorecard', points: [{ if: 'home_owner', points: 3 }] },
    ratio: { kind: 'derive', value: 'quality * 2', default: null },
    halves: {
      kind: 'split',
      arms: [
        { to: 'north', weight_ppm: 400_000 },
        { to: 'rest', weight_ppm: 600_000 },
      ],
    },
    rest: { kind: 'when', if: 'ratio > 3', then: 'south', otherwise: 'east' },
  };
  const visit = await opened(nodes, 'gate');
  const { page } = visit;
  const before = (await draftOf('solar')).nodes;
  const rename = async (to) => {
    await button(page, 'Rename…').click();
    await field(page, 'New name').fill(to);
    await page.keyboard.press('Enter');
  };
  // Of a scorecard, in predicates and computations, and not in texts.
  await listed(page, 'scorecard quality').click();
  await rename('ratio');
  await page.getByText('There is a node ratio already').waitFor();
  await field(page, 'New name').fill('home_owner');
  await page.keyboard.press('Enter');
  await page.getByText('Leads have a field home_owner already').waitFor();
  await visit.ends();
  await field(page, 'New name').fill('score');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'score', exact: true }).waitFor();
  const scored = await isStored('solar', (it) => it.score !== undefined && it.quality === undefined);
  assert.equal(scored.nodes.gate.if, "score > 1 && roof == 'quality'");
  assert.equal(scored.nodes.ratio.value, 'score * 2');

  // Of a destination, which stays the same one; of what an arm has its name from, which it keeps.
  await listed(page, 'destination north').click();
  await rename('first-buyer');
  await isStored('solar', (it) => it['first-buyer']?.destination === 'north' && it.halves.arms[0].to === 'first-buyer');
  await listed(page, 'when rest').click();
  await rename('others');
  const others = (await isStored('solar', (it) => it.others !== undefined)).nodes;
  assert.equal(others.gate.otherwise, 'others');
  assert.deepEqual(others.halves.arms[1], { name: 'rest', to: 'others', weight_ppm: 600_000 });

  // Of a split: people stay at their arms.
  await listed(page, 'split halves').click();
  await button(page, 'Rename…').click();
  await page.getByLabel('Keep everybody at their arm').waitFor();
  await visit.ends('edit-rename-split');
  await field(page, 'New name').fill('shares');
  await page.keyboard.press('Enter');
  await isStored('solar', (it) => it.shares?.salt === 'solar/halves' && it.gate.then === 'shares');
  for (let n = 0; n < 4; n++) await button(page, 'Undo').click();
  await isStored('solar', (it) => it.halves && it.quality && it.rest && it.north);
  assert.deepEqual((await draftOf('solar')).nodes, before);
  await visit.ends();
});

test('every other kind has fields of its own, and so has the flow', { timeout: 120_000 }, async () => {
  await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { message } } }',
    {
      document: { flow: 'other', vertical: 'solar', currency: 'USD', root: 'north', nodes: { north: LEAVES.north } },
    },
  );
  const visit = await opened(
    {
      learns: { kind: 'bandit', explore_ppm: 50_000, arms: [{ to: 'north' }, { to: 'no' }] },
      no: { kind: 'reject', reason: 'nobody takes it' },
    },
    'learns',
  );
  const { page } = visit;
  await button(page, 'Add the field').waitFor();
  await field(page, 'Learns apart by the values of').selectOption('roof');
  await button(page, 'Add the field').click();
  await field(page, 'Learns for').selectOption('conversions');
  await page.getByText('How it learns').click();
  await field(page, 'A trial counts half after').fill('336');
  await page.getByRole('group', { name: 'How late it comes' }).getByRole('button').click();
  await field(page, 'As sure as after').fill('7');
  await field(page, 'As sure as after').press('Enter');
  await isStored('solar', ({ learns }) => learns.learning?.delay_prior?.strength === 7);
  const { learns } = (await draftOf('solar')).nodes;
  assert.deepEqual(learns.learning, { half_life_hours: 336, delay_prior: { mean_hours: 72, strength: 7 } });
  assert.deepEqual([learns.segment_by, learns.maximize], [['roof'], 'conversions']);
  await visit.ends();
  // What is left out is as usual again, and no empty settings stay behind.
  await button(page, 'Assume what is usual').click();
  await field(page, 'A trial counts half after').fill('');
  await field(page, 'A trial counts half after').press('Enter');
  await isStored('solar', (nodes) => nodes.learns.learning === undefined);

  await listed(page, 'reject no').click();
  await field(page, 'Declines the lead because').fill('nobody is licensed there');
  await listed(page, 'destination north').click();
  await field(page, 'Offers the lead to').selectOption('east');
  await isStored('solar', (nodes) => nodes.north.destination === 'east' && nodes.no.reason.includes('licensed'));
  await visit.ends();

  await button(page, 'Add…').click();
  await answer(page, mouse(page), 'subflow', 'elsewhere');
  assert.equal(await field(page, 'Goes on in flow').inputValue(), 'by-keys');
  await field(page, 'Goes on in flow').selectOption('other');
  await button(page, 'Add…').click();
  await answer(page, mouse(page), 'derive', 'ratio');
  await field(page, 'Computes').fill('age * 100 / 7');
  await field(page, 'If it cannot be computed, it is').fill('0.5');
  await field(page, 'Digits after the point').fill('2');
  await field(page, 'Digits after the point').press('Enter');
  await visit.ends();
  await page.getByText('The flow as a whole').click();
  await field(page, 'Title').fill('Roofs');
  await field(page, 'Notes').fill('for the growth team');
  await field(page, 'A lead is sold to at most').fill('3');
  await field(page, 'A lead is sold to at most').press('Enter');
  const document = await isStored('solar', (_, it) => it.max_sold === 3);
  assert.deepEqual([document.title, document.notes], ['Roofs', 'for the growth team']);
  assert.equal(document.nodes.elsewhere.flow, 'other');
  assert.deepEqual(document.nodes.ratio, { kind: 'derive', value: 'age * 100 / 7', default: '0.5', scale: 2 });
  await visit.ends();
});

test('a new node and the port that leads to it are chosen as one where two people were at it', {
  timeout: 120_000,
}, async () => {
  const nodes = { gate: { kind: 'when', if: 'age > 30', then: 'north', otherwise: 'south' } };
  const visit = await opened(nodes, 'gate');
  const { page } = visit;
  await page.context().setOffline(true);
  await field(page, 'Then leads to').selectOption({ label: '+ a new node…' });
  await answer(page, mouse(page), 'reject', 'nobody');
  const { flow } = await market.api('{ flow(name: "solar") { draft { revision } } }');
  const theirs = await market.api(
    'mutation($input: EditFlowDraftInput!) { editFlowDraft(input: $input) { userErrors { message } } }',
    {
      input: {
        flow: 'solar',
        edits: [{ setPort: { node: 'gate', port: 'then', to: 'east' } }],
        expectedRevision: flow.draft.revision,
      },
    },
  );
  assert.deepEqual(theirs.editFlowDraft.userErrors, []);
  await page.context().setOffline(false);
  const chooser = page.getByRole('region', { name: 'Conflicts' });
  await chooser.getByText('nobody as a new node').waitFor({ timeout: 30_000 });
  assert.equal(await chooser.locator('dl').count(), 1, 'the one place that they changed');
  for (const text of ['gate then', 'north', 'east', 'nobody']) await chooser.getByText(text, { exact: true }).waitFor();
  assert.equal((await draftOf('solar')).nodes.nobody, undefined, 'no half of it');
  visit.forgive(/ERR_INTERNET_DISCONNECTED/);
  await visit.ends();
  await chooser.getByRole('button', { name: 'Keep mine' }).click();
  await isStored('solar', (it) => it.gate.then === 'nobody' && it.nobody?.kind === 'reject');
  await chooser.waitFor({ state: 'detached' });
  await visit.ends();
});

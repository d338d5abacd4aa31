// A whole flow is built and changed in the draft editor without its JSON, by keyboard alone and by mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, button, field, keyboard, listed, mouse, openEditing } from './hands.mjs';

let editing;

before(
  async () => {
    editing = await openEditing();
  },
  { timeout: 300_000 },
);

after(() => editing?.close());

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
  await editing.isStored(flow, (nodes) => nodes.gate?.otherwise === 'south');
  await hands.choose(field(page, 'Then leads to'), '+');
  await answer(page, hands, 'bandit', 'best');
  await editing.isStored(flow, (nodes) => nodes.gate?.then === 'best');

  await hands.press(listed(page, 'bandit best'));
  await hands.press(button(page, 'Add an arm'));
  await hands.choose(field(page, 'Arm-3 leads to'), '+');
  await answer(page, hands, 'destination', 'buyer-east', 'east');
  await hands.type(field(page, 'Name of arm 3'), 'eastern');
  await hands.leave();
  await hands.type(field(page, 'Least share of eastern'), '10');
  await hands.type(field(page, 'Explores'), '9');
  await hands.press(button(page, 'Remove arm south'));
  return editing.isStored(
    flow,
    (nodes, { root }) =>
      root === 'gate' &&
      nodes.best?.explore_ppm === 90_000 &&
      nodes.best.arms.length === 2 &&
      nodes.best.arms[1].floor_ppm === 100_000,
  );
}

test('5: a flow is built by keyboard alone, and by mouse the same one', { timeout: 180_000 }, async () => {
  const visit = await editing.visit();
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
  const { flow } = await editing.market.api('{ flow(name: "by-keys") { isLive versions { nodes { number } } } }');
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

const shares = ({ arms }) => arms.map(({ weight_ppm }) => weight_ppm).join();

test('arms come, go, and are named; shares sum to the whole', { timeout: 120_000 }, async () => {
  const arms = [
    { to: 'north', weight_ppm: 333_333 },
    { to: 'south', weight_ppm: 666_667 },
  ];
  const visit = await editing.opened({ halves: { kind: 'split', arms } }, 'halves');
  const { page } = visit;
  await button(page, 'Add an arm').click();
  await editing.isStored(
    'solar',
    (nodes) => shares(nodes.halves) === '333333,666667,0' && nodes.halves.arms[2].to === 'east',
  );
  // What the checks say of it stands at it.
  await page.locator('.weights').getByText('has no weight').waitFor();
  await field(page, 'Name of arm 3').fill('north');
  await field(page, 'Name of arm 3').press('Enter');
  await page.getByText('There is an arm north already').waitFor();
  await field(page, 'Name of arm 3').fill('late');
  await field(page, 'Name of arm 3').press('Enter');
  await field(page, 'Share of late').fill('10');
  await field(page, 'Share of late').press('Enter');
  await editing.isStored(
    'solar',
    (nodes) => nodes.halves.arms[2].name === 'late' && shares(nodes.halves) === '300000,600000,100000',
  );
  await visit.ends();
  await button(page, 'Remove arm south').click();
  await editing.isStored('solar', (nodes) => shares(nodes.halves) === '750000,250000');
  await button(page, 'Undo').click();
  await editing.isStored('solar', (nodes) => shares(nodes.halves) === '300000,600000,100000');
  await visit.ends();
});

test('rotations, auctions and waterfalls get more and fewer, in another order', { timeout: 120_000 }, async () => {
  const two = [{ to: 'north' }, { to: 'south' }];
  const visit = await editing.opened(
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
  await editing.isStored('solar', (nodes) => nodes.all.to.join() === 'turns,east,bids');
  // The button stays under the hand of whoever goes on.
  await page.keyboard.press('Enter');
  await editing.isStored('solar', (nodes) => nodes.all.to.join() === 'east,turns,bids');
  await button(page, 'Move east down').click();
  await button(page, 'Move east down').click();
  await button(page, 'Remove turns from the order').click();
  await editing.isStored('solar', (nodes) => nodes.all.to.join() === 'bids,east');
  await page.getByText('Unused: turns.').waitFor();
  await visit.ends();

  await listed(page, 'auction bids').click();
  await button(page, 'Add a bidder').click();
  await field(page, 'Taken back by returns of east').fill('2.5');
  await field(page, 'Least bid that is taken').fill('12.50');
  await field(page, 'Bids are waited for').fill('800');
  await button(page, 'Remove bidder north').click();
  await editing.isStored('solar', ({ bids }) => bids.bidders.map(({ to }) => to).join() === 'south,east');
  const { bids } = (await editing.draftOf('solar')).nodes;
  assert.deepEqual([bids.bidders[1].penalty_ppm, bids.reserve, bids.deadline_ms], [25_000, '12.50', 800]);
  await visit.ends();

  await listed(page, 'rotate turns').click();
  await field(page, 'In which order').selectOption('deficit');
  await button(page, 'Add an arm').click();
  await field(page, 'Leads a day for north').fill('100');
  await field(page, 'Leads a month for south').fill('900');
  await field(page, 'Days and months begin in the zone').fill('America/New_York');
  await field(page, 'Days and months begin in the zone').press('Enter');
  const { turns } = (await editing.isStored('solar', (nodes) => nodes.turns.zone === 'America/New_York')).nodes;
  assert.deepEqual(turns.arms, [{ to: 'north', daily: 100 }, { to: 'south', monthly: 900 }, { to: 'east' }]);
  await visit.ends();

  await button(page, 'Remove them').click();
  await editing.isStored('solar', (nodes) => nodes.turns === undefined && nodes.north === undefined);
  await visit.ends();
});

test('cases of a switch and columns of a table come and go', { timeout: 120_000 }, async () => {
  const visit = await editing.opened(
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
  await editing.isStored('solar', (nodes) => nodes['by-roof'].cases[1]?.to === 'south');
  await visit.ends();
  await button(page, 'Remove case 1').click();
  await editing.isStored('solar', (nodes) => nodes['by-roof'].cases.map((it) => it.in[0]).join() === 'steep');
  await field(page, 'Case 1 leads to').selectOption('rules');
  await field(page, 'By the value of').selectOption('home_owner');
  await page.getByLabel('Case 1: home_owner is one of').fill('yes');
  await page.getByLabel('Case 1: home_owner is one of').press('Enter');
  const { nodes } = await editing.isStored('solar', (it) => it['by-roof'].cases[0].in[0] === true);
  assert.deepEqual(nodes['by-roof'].cases, [{ in: [true], to: 'rules' }]);

  await listed(page, 'table rules').click();
  await field(page, 'Column to add').selectOption('roof');
  await button(page, 'Add the column').click();
  await editing.isStored('solar', ({ rules }) =>
    rules.rows.every(({ cells }) => cells.length === 2 && cells[1] === null),
  );
  await button(page, 'Move column roof left').click();
  const { rules } = (await editing.isStored('solar', (it) => it.rules.columns.join() === 'roof,age')).nodes;
  assert.deepEqual(rules.rows, [
    { cells: [null, { to: 18 }], to: 'north' },
    { cells: [null, { from: 90 }], if: 'home_owner', to: 'south' },
  ]);
  await visit.ends();
  await button(page, 'Remove column age').click();
  await editing.isStored('solar', (it) => it.rules.columns.join() === 'roof' && it.rules.rows[1].cells.length === 1);
  for (let n = 0; n < 3; n++) await button(page, 'Undo').click();
  await editing.isStored('solar', (it) => it.rules.columns.join() === 'age' && it.rules.rows[0].cells[0].to === 18);
  await visit.ends();
});

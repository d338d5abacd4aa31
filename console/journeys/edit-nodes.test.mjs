// Nodes of a draft get other names and other settings without its JSON, also where two people are at it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, button, field, LEAVES, listed, mouse, openEditing } from './hands.mjs';

let editing;

before(
  async () => {
    editing = await openEditing();
  },
  { timeout: 300_000 },
);

after(() => editing?.close());

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
  const visit = await editing.opened(nodes, 'gate');
  const { page } = visit;
  const before = (await editing.draftOf('solar')).nodes;
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
  const scored = await editing.isStored('solar', (it) => it.score !== undefined && it.quality === undefined);
  assert.equal(scored.nodes.gate.if, "score > 1 && roof == 'quality'");
  assert.equal(scored.nodes.ratio.value, 'score * 2');

  // Of a destination, which stays the same one; of what an arm has its name from, which it keeps.
  await listed(page, 'destination north').click();
  await rename('first-buyer');
  await editing.isStored(
    'solar',
    (it) => it['first-buyer']?.destination === 'north' && it.halves.arms[0].to === 'first-buyer',
  );
  await listed(page, 'when rest').click();
  await rename('others');
  const others = (await editing.isStored('solar', (it) => it.others !== undefined)).nodes;
  assert.equal(others.gate.otherwise, 'others');
  assert.deepEqual(others.halves.arms[1], { name: 'rest', to: 'others', weight_ppm: 600_000 });

  // Of a split: people stay at their arms.
  await listed(page, 'split halves').click();
  await button(page, 'Rename…').click();
  await page.getByLabel('Keep everybody at their arm').waitFor();
  await visit.ends('edit-rename-split');
  await field(page, 'New name').fill('shares');
  await page.keyboard.press('Enter');
  await editing.isStored('solar', (it) => it.shares?.salt === 'solar/halves' && it.gate.then === 'shares');
  for (let n = 0; n < 4; n++) await button(page, 'Undo').click();
  await editing.isStored('solar', (it) => it.halves && it.quality && it.rest && it.north);
  assert.deepEqual((await editing.draftOf('solar')).nodes, before);
  await visit.ends();
});

test('every other kind has fields of its own, and so has the flow', { timeout: 120_000 }, async () => {
  await editing.save({ flow: 'other', root: 'north', nodes: { north: LEAVES.north } });
  const visit = await editing.opened(
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
  await editing.isStored('solar', ({ learns }) => learns.learning?.delay_prior?.strength === 7);
  const { learns } = (await editing.draftOf('solar')).nodes;
  assert.deepEqual(learns.learning, { half_life_hours: 336, delay_prior: { mean_hours: 72, strength: 7 } });
  assert.deepEqual([learns.segment_by, learns.maximize], [['roof'], 'conversions']);
  await visit.ends();
  // What is left out is as usual again, and no empty settings stay behind.
  await button(page, 'Assume what is usual').click();
  await field(page, 'A trial counts half after').fill('');
  await field(page, 'A trial counts half after').press('Enter');
  await editing.isStored('solar', (nodes) => nodes.learns.learning === undefined);

  await listed(page, 'reject no').click();
  await field(page, 'Declines the lead because').fill('nobody is licensed there');
  await listed(page, 'destination north').click();
  await field(page, 'Offers the lead to').selectOption('east');
  await editing.isStored(
    'solar',
    (nodes) => nodes.north.destination === 'east' && nodes.no.reason.includes('licensed'),
  );
  await visit.ends();

  await button(page, 'Add…').click();
  await answer(page, mouse(page), 'subflow', 'elsewhere');
  assert.equal(await field(page, 'Goes on in flow').inputValue(), 'other');
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
  const document = await editing.isStored('solar', (_, it) => it.max_sold === 3);
  assert.deepEqual([document.title, document.notes], ['Roofs', 'for the growth team']);
  assert.equal(document.nodes.elsewhere.flow, 'other');
  assert.deepEqual(document.nodes.ratio, { kind: 'derive', value: 'age * 100 / 7', default: '0.5', scale: 2 });
  await visit.ends();
});

test('a new node and the port that leads to it are chosen as one where two people were at it', {
  timeout: 120_000,
}, async () => {
  const nodes = { gate: { kind: 'when', if: 'age > 30', then: 'north', otherwise: 'south' } };
  const visit = await editing.opened(nodes, 'gate');
  const { page } = visit;
  await page.context().setOffline(true);
  await field(page, 'Then leads to').selectOption({ label: '+ a new node…' });
  await answer(page, mouse(page), 'reject', 'nobody');
  const { flow } = await editing.market.api('{ flow(name: "solar") { draft { revision } } }');
  const theirs = await editing.market.api(
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
  assert.equal((await editing.draftOf('solar')).nodes.nobody, undefined, 'no half of it');
  visit.forgive(/ERR_INTERNET_DISCONNECTED/);
  await visit.ends();
  await chooser.getByRole('button', { name: 'Keep mine' }).click();
  await editing.isStored('solar', (it) => it.gate.then === 'nobody' && it.nobody?.kind === 'reject');
  await chooser.waitFor({ state: 'detached' });
  await visit.ends();
});

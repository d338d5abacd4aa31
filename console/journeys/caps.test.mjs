// How full buyers are, what that costs, how it is changed, and how leads are stopped at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

/** Windows that do not end while a journey is under way. */
const CAPS = [
  { kind: 'accepted', max: 12, window: 'lifetime' },
  { name: 'budget', kind: 'revenue', max: '30.00', window: 'month', zone: 'America/New_York', soft: true },
  {
    kind: 'offers',
    max: 4_000,
    max_on: { sat: 800, sun: 0 },
    window: 'day',
    zone: 'America/New_York',
    group: 'sunbelt',
    paced: true,
    soft: true,
  },
  { kind: 'in_flight', max: 25 },
  // Not of a minute: with the window it counts in, the row of a source is gone, and pages take seconds to open.
  { kind: 'offers', max: 900, window: 'hour', zone: 'UTC', each_source: true },
];
const SETTINGS = {
  caps: CAPS,
  schedule: {
    zone: 'UTC',
    open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
    holidays: ['2025-12-25'],
  },
};

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    await market.put('north', SETTINGS);
    browser = await openBrowser(market.base);
    // All at once would hold its units while their answers are awaited, and leave some of them unused.
    for (let n = 0; n < 40 && (await used('north')) < 12; n++) await market.leads(3);
    assert.equal(await used('north'), 12);
    await market.leads(25);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** Units that are used of the first cap of a destination. */
async function used(name) {
  const query = 'query($name: String!) { destination(name: $name) { availability { caps { used } } } }';
  return (await market.api(query, { name })).destination.availability.caps[0].used;
}

async function stored(name) {
  return (
    await market.api(
      'query($name: String!) { destination(name: $name) { revision settings availability { isAvailable } } }',
      { name },
    )
  ).destination;
}

test('all caps are there, the fullest first, with what each counts and when it begins anew', {
  timeout: 120_000,
}, async () => {
  const { capAlerts } = await market.api('{ capAlerts { percent cap { used max } } }');
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.waitForURL('**/caps');
  const rows = page.locator('tbody tr');
  await rows.first().getByText('used up', { exact: true }).waitFor();
  // Of the cap that counts each source apart, the one source has its own.
  assert.equal(await rows.count(), CAPS.length);
  await rows.first().getByText('12 of 12 accepted leads in all').waitFor();
  await page.getByText('$24.00 of $30.00 of revenue a month').waitFor();
  await page.getByText(/^\d+ of 900 offers of web an hour$/).waitFor();
  await page.getByText(/offers in group sunbelt a day$/).waitFor();
  await page
    .getByText(/paced: [\d,]+ by now|calendar of America\/New_York/)
    .first()
    .waitFor();
  await visit.ends('caps');
  // The marks are those of the API.
  const marks = page.getByRole('list', { name: 'Caps by mark' });
  for (const [mark, words] of [
    [100, 'used up'],
    [70, '70 % or more'],
  ]) {
    const n = capAlerts.filter(({ percent }) => percent >= mark).length;
    await marks.getByRole('link', { name: `${words} ${n}` }).waitFor();
  }
  await marks.getByRole('link', { name: /used up/ }).click();
  await page.waitForURL('**/caps?reached=100');
  assert.equal(await rows.count(), capAlerts.filter(({ percent }) => percent === 100).length);
  await page.getByLabel('Counts').selectOption('CONVERSIONS');
  await page.getByText('No cap matches these filters.').waitFor();
  await page.getByRole('link', { name: 'Remove the filters' }).click();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/destinations/north/caps');
  await visit.ends();
  await page.goto('/destinations');
  await page.getByRole('row', { name: /^north takes nothing/ }).waitFor();
  await visit.ends('destinations');
  await page.goto('/destinations/north');
  await page.getByText(/of the answered ones accepted/).waitFor();
  await visit.ends('destination');
});

test('a full cap says what it costs: where the leads went instead, and what they brought', {
  timeout: 120_000,
}, async () => {
  const { leads } = await market.api(`{ leads(first: 25) { nodes { id status
    deliveries { destination state } decision { explanation { steps { candidates { destination outcome } } } } } } }`);
  const lost = leads.nodes.filter(({ decision }) => {
    const told = decision.explanation.steps.flatMap(({ candidates }) =>
      candidates.filter((it) => it.destination === 'north'),
    );
    return told[0]?.outcome.startsWith('CAP') && told.every(({ outcome }) => outcome !== 'OFFERED');
  });
  assert.ok(lost.length > 5, `${lost.length} leads were lost to the cap`);
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/destinations/north/caps');
  await page.getByText(`and did not get ${lost.length} because a cap was used up`).waitFor();
  const taken = lost.filter(({ deliveries }) =>
    deliveries.some((it) => it.destination === 'south' && it.state === 'ACCEPTED'),
  );
  await page.getByRole('row', { name: new RegExp(`^south ${taken.length} \\$${taken.length * 3}\\.00`) }).waitFor();
  await page.getByText('Saving needs an editor.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
  await visit.ends('destination-caps');
  await page.goto('/destinations/nobody/caps');
  await page.getByText('There is no destination with this name.').waitFor();
  await visit.ends();
});

test('caps are changed with their mistakes beside them, and nobody is overwritten', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.editor });
  const { page } = visit;
  await page.goto('/destinations/north/caps');
  const cap = (n) => page.getByRole('group', { name: `Cap ${n}`, exact: true });
  await cap(1).getByLabel('At most').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled(), 'nothing is changed');
  await cap(1).getByLabel('At most').fill('many');
  await page.getByLabel('Closed all day on').fill('2025-12-25, 2026-02-31');
  await page.getByRole('button', { name: 'Save' }).click();
  // All mistakes at once, each where it is.
  await page.getByText(/many is not an amount/).waitFor();
  await page.getByText(/2026-02-31 is not a day/).waitFor();
  await page.getByLabel('Closed all day on').fill('2025-12-25');
  await cap(1).getByLabel('At most').fill('0');
  await cap(3).getByLabel('By the calendar of').fill('Nowhere/Land');
  await page.getByRole('button', { name: 'Save' }).click();
  await cap(1)
    .getByText(/a cap of 0 lets nothing through/i)
    .waitFor();
  await cap(3)
    .getByText(/Nowhere\/Land/)
    .waitFor();
  assert.equal((await stored('north')).revision, 2, 'nothing is stored');
  await visit.ends('destination-caps-mistakes');
  await cap(1).getByLabel('At most').fill('1,000');
  await cap(3).getByLabel('By the calendar of').fill('America/New_York');
  await cap(3).getByLabel('Saturdays').fill('');
  await page.getByLabel('Closed all day on').fill('2025-12-25, 2026-01-01');
  await cap(5).getByRole('button', { name: 'Remove cap 5' }).click();
  await page.getByRole('button', { name: 'Add a cap' }).click();
  await cap(5).getByLabel('At most').fill('50');
  await cap(5).getByLabel('In a').selectOption('week');
  await cap(5).getByLabel('Only leads of sources').fill('web, mail');
  // Somebody else saves first.
  const before = await stored('north');
  await market.put('north', { ...before.settings, price: '2.50' });
  await page.getByText(/Revision 3 was saved while you edited revision 2/).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
  await page.getByRole('button', { name: 'Begin again from it' }).click();
  assert.equal(await cap(1).getByLabel('At most').inputValue(), '12');
  await cap(1).getByLabel('At most').fill('1,000');
  await cap(5).getByRole('button', { name: 'Remove cap 5' }).click();
  await page.getByRole('button', { name: 'Add a cap' }).click();
  await cap(5).getByLabel('At most').fill('50');
  await cap(5).getByLabel('In a').selectOption('week');
  await cap(5).getByLabel('Only leads of sources').fill('web, mail');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('revision 4').first().waitFor();
  const now = await stored('north');
  assert.equal(now.settings.price, '2.50', 'what the other one saved is there');
  assert.equal(now.settings.caps[0].max, 1_000);
  assert.deepEqual(now.settings.caps[2].max_on, { sat: 800, sun: 0 });
  assert.deepEqual(now.settings.caps[4].sources, ['mail', 'web']);
  assert.ok(now.availability.isAvailable, 'it takes leads again');
  await page.getByText('12 of 1,000 accepted leads in all').waitFor();
  // And the way back, to exactly what was there before this save.
  await page.getByText('Saved. Revision 4 counts').waitFor();
  await visit.ends('destination-caps-saved');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('They are as they were before. Revision 5').waitFor();
  const undone = await stored('north');
  assert.deepEqual(
    [undone.settings.price, undone.settings.caps.map(({ max }) => max)],
    ['2.50', [12, '30.00', 4_000, 25, 900]],
  );
  assert.equal(await cap(1).getByLabel('At most').inputValue(), '12');
  assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  await visit.ends();
});

test('an operator stops a flow at once, and takes it back', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  await page.goto('/flows/solar');
  await page.getByRole('button', { name: 'Stop…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/answered with 503 at once/).waitFor();
  await visit.ends('flow-stop');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await market.lead()).status, 200, 'nothing is done before it is confirmed');
  await page.getByRole('button', { name: 'Stop…' }).click();
  await dialog.getByRole('button', { name: 'Stop it now' }).click();
  await page.getByText('Flow solar is stopped.').waitFor();
  assert.equal((await market.lead()).status, 503);
  await visit.ends('flow-stopped');
  await page.goto('/flows');
  await page.getByRole('row', { name: /^solar .*stopped/ }).waitFor();
  await page.goto('/');
  await page.getByText('solar is stopped').waitFor();
  await page.goto('/flows/solar');
  await page.getByRole('button', { name: 'Take leads again', exact: true }).click();
  await page.getByText('Flow solar takes leads again.').waitFor();
  assert.equal((await market.lead()).status, 200);
  await page.getByRole('button', { name: 'Undo: stop it' }).click();
  await page.getByText('Flow solar is stopped.').waitFor();
  assert.equal((await market.lead()).status, 503);
  await page.getByRole('button', { name: 'Undo: take leads again' }).click();
  await page.getByText('Flow solar takes leads again.').waitFor();
  await page.goto('/changes?kind=FLOW_STOPPED');
  await page.getByText('Flow stopped or started').nth(3).waitFor();
  await visit.ends();
});

test('an operator stops a source whose document they may not change', { timeout: 120_000 }, async () => {
  const put = await market.api(
    'mutation { putSource(input: { name: "web", document: { flow: "solar", country: "US" } }) { userErrors { code } } }',
  );
  assert.deepEqual(put.putSource.userErrors, []);
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  await page.goto('/sources/web');
  await page.getByText('Saving needs an editor.').waitFor();
  await page.getByRole('button', { name: 'Stop…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it now' }).click();
  await page.getByText('Source web is stopped.').waitFor();
  assert.equal((await market.lead()).status, 403);
  await page.getByRole('button', { name: 'Undo: take leads again' }).click();
  await page.getByText('Source web takes leads again.').waitFor();
  assert.equal((await market.lead()).status, 200);
  await visit.ends();
  const looking = await browser.visit({ token: market.tokens.analyst });
  await looking.page.goto('/sources/web');
  await looking.page.getByText('needs an operator to stop it').first().waitFor();
  await looking.ends();
});

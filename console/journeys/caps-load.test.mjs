// Caps while two hundred leads come at once: no gauge ever shows more than is allowed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

const ACCEPTED_MAX = 40;
const IN_FLIGHT_MAX = 6;
const CAPS = [
  { kind: 'accepted', max: ACCEPTED_MAX, window: 'lifetime' },
  { kind: 'in_flight', max: IN_FLIGHT_MAX },
];

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    await market.put('north', { caps: CAPS });
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

/** Units that are used of both caps, by the API. */
async function used() {
  const { destination } = await market.api('{ destination(name: "north") { availability { caps { kind used } } } }');
  return Object.fromEntries(destination.availability.caps.map(({ kind, used }) => [kind, used]));
}

/** Leads that a buyer has taken, by the deliveries. */
async function taken() {
  const { deliveries } = await market.api(
    '{ deliveries(filter: { destination: "north", state: ACCEPTED }, first: 100) { nodes { id } } }',
  );
  return deliveries.nodes.length;
}

test('19: under two hundred leads at once no gauge shows more than its cap, and what is in flight comes back to nothing', {
  timeout: 180_000,
}, async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  const gauges = page.getByText(/^\d+ of \d+ (accepted leads in all|offers in flight)$/);
  let areSent = false;
  const sent = Promise.all(Array.from({ length: 200 }, () => market.lead())).finally(() => {
    areSent = true;
  });
  let readings = 0;
  while (!areSent) {
    await page.goto('/destinations/north/caps');
    await gauges.first().waitFor();
    const shown = await gauges.allTextContents();
    for (const text of shown) {
      const [units, max] = text.match(/\d+/g).map(Number);
      assert.ok(units <= max, text);
    }
    const { ACCEPTED, IN_FLIGHT } = await used();
    assert.ok(ACCEPTED <= ACCEPTED_MAX && IN_FLIGHT <= IN_FLIGHT_MAX, `${ACCEPTED} accepted, ${IN_FLIGHT} in flight`);
    readings += shown.length;
  }
  for (const { status, body } of await sent) assert.equal(status, 200, JSON.stringify(body));
  assert.ok(readings >= CAPS.length, 'the gauges were read while leads came');
  assert.ok((await taken()) <= ACCEPTED_MAX);

  // Offers that were refused gave their units back: leads one after the other fill the cap to the last unit.
  for (let n = 0; n < 200 && (await taken()) < ACCEPTED_MAX; n++) await market.lead();
  assert.equal(await taken(), ACCEPTED_MAX);
  await market.leads(20);
  assert.equal(await taken(), ACCEPTED_MAX);
  await page.getByText(`${ACCEPTED_MAX} of ${ACCEPTED_MAX} accepted leads in all`).waitFor();
  await page.getByText(`0 of ${IN_FLIGHT_MAX} offers in flight`).waitFor();
  await visit.ends();
});

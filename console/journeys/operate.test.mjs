// What those do who keep the market running: a link to sign in, a buyer paused, a postback placed; and who may not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket();
    browser = await openBrowser(market.base);
    await market.leads(40);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

test('a link signs in once, and its code is in no address afterwards', async () => {
  const link = new URL(market.link('operator'));
  assert.match(link.hash, /^#code=pm_link_[0-9a-f]{64}$/);
  const visit = await browser.visit();
  const { page } = visit;
  await page.goto(`/login?next=%2Fdestinations${link.hash}`);
  await page.waitForURL('**/destinations');
  await page.getByRole('link', { name: 'north' }).waitFor();
  assert.ok(!page.url().includes('code'), page.url());
  await visit.ends();
  await page.goBack();
  assert.ok(!page.url().includes('code'), page.url());
  const second = await browser.visit();
  await second.page.goto(`/login${link.hash}`);
  await second.page.getByText(/a link works once/).waitFor();
  second.forgive(/401/);
  await second.ends();
});

test('18: an operator pauses a destination, and the next leads go elsewhere', { timeout: 120_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  await page.goto('/destinations/south');
  await page.getByRole('button', { name: 'Pause…' }).click();
  await page
    .getByRole('dialog')
    .getByText(/It accepted \d+ leads? in the last 24 hours/)
    .waitFor();
  await visit.ends('destination-pause');
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  const began = Date.now();
  await page.getByText('inactive').first().waitFor();
  assert.ok(Date.now() - began < 4_000, `${Date.now() - began} ms until the screen says so`);
  const offers = async () =>
    (await market.api('{ deliveryCounts(filter: { destination: "south" }) { deliveries } }')).deliveryCounts.reduce(
      (n, { deliveries }) => n + deliveries,
      0,
    );
  const before = await offers();
  await market.leads(20);
  assert.equal(await offers(), before, 'nothing was offered to it');
  // The graph of a flow that uses it says so too.
  await page.goto('/flows/solar');
  await page.locator('.leaf.is-closed', { hasText: 'south' }).first().waitFor();
  await visit.ends('flow-closed');
  await page.goto('/destinations/south');
  await page.getByRole('button', { name: 'Resume…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause…' }).waitFor();
  await market.leads(20);
  assert.ok((await offers()) > before, 'and it takes leads again');
  // Its secrets and all else of it are as they were.
  const { destination } = await market.api('{ destination(name: "south") { target settings isActive } }');
  assert.equal(destination.isActive, true);
  assert.equal(destination.target.response.price, '$.price');
  // Both changes are told with what was before and after.
  await page.goto('/changes?object=south&kind=DESTINATION_PUT');
  await page.locator('.change').getByText('no → yes').waitFor();
  await page.locator('.change').getByText('yes → no').waitFor();
  assert.equal(await page.locator('.change').getByText('by operator').count(), 2);
  await visit.ends();
});

test('who may do what is the same in the console and in the API', { timeout: 120_000 }, async () => {
  const MUTATIONS = {
    OPERATE: 'mutation { setDestinationActive(input: { name: "north", isActive: true }) { userErrors { code } } }',
    EDIT: 'mutation { rollBackStage(input: { flow: "solar", stage: "nowhere" }) { userErrors { code } } }',
    READ_PERSONAL: 'mutation { revealLead(input: { id: "lead_0" }) { userErrors { code } } }',
    ADMINISTER: 'mutation { revokeToken(input: { id: "tok_0" }) { userErrors { code } } }',
  };
  for (const role of ['admin', 'editor', 'operator', 'analyst']) {
    const visit = await browser.visit({ token: market.tokens[role] });
    const { page } = visit;
    await page.goto('/destinations/north');
    await page.getByRole('heading', { name: 'north', level: 1 }).waitFor();
    const said = await page.evaluate(async (mutations) => {
      const ask = async (query) => {
        const response = await fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        return response.json();
      };
      const { data } = await ask('{ viewer { can } }');
      const refused = {};
      for (const [right, query] of Object.entries(mutations)) {
        const { errors } = await ask(query);
        refused[right] = errors?.[0]?.extensions?.code === 'FORBIDDEN';
      }
      return { can: data.viewer.can, refused };
    }, MUTATIONS);
    for (const right of Object.keys(MUTATIONS)) {
      assert.equal(said.refused[right], !said.can.includes(right), `${role} ${right}`);
    }
    const may = said.can.includes('OPERATE');
    await page
      .getByText(may ? 'Pause…' : 'needs an operator')
      .first()
      .waitFor();
    assert.equal(await page.getByRole('button', { name: 'Pause…' }).count(), may ? 1 : 0, role);
    await page.goto('/flows/solar');
    const edits = said.can.includes('EDIT');
    await page
      .getByText(edits ? 'Edit' : 'needs an editor to change it', { exact: true })
      .first()
      .waitFor();
    await visit.ends();
  }
});

test('after five wrong tokens within a minute an address waits', async () => {
  const tried = [];
  for (let n = 0; n < 7; n++) {
    const response = await fetch(`${market.base}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ token: `pm_admin_${n}` }),
    });
    tried.push(response.status);
    if (response.status === 429) assert.ok(Number(response.headers.get('retry-after')) <= 60);
  }
  assert.equal(tried.at(-1), 429, tried.join());
  const visit = await browser.visit();
  const { page } = visit;
  await page.goto('/login');
  await page.getByLabel('Token').fill(market.tokens.analyst);
  await page.keyboard.press('Enter');
  await page.getByText(/too many attempts/).waitFor();
  visit.forgive(/429/);
  await visit.ends();
});

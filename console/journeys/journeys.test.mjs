// What people do with the console, in a real browser on the real program. Run by `cargo xtask test --only journeys`.
//
// POINTSMAN: the program. CHROMIUM: the browser. SCREENSHOTS: a folder to write pictures to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openMarket } from './market.mjs';

let market;
let browser;

before(
  async () => {
    market = await openMarket();
    browser = await openBrowser(market.base);
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

test('1: an analyst follows a link, signs in, and lands where the link leads', async () => {
  const visit = await browser.visit({ theme: 'light' });
  const { page } = visit;
  await page.goto('/flows/auto-insurance?view=outline');
  await page.waitForURL('**/login?next=*');
  await visit.ends('login');
  await page.getByLabel('Token').fill('pm_analyst_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('this is no valid token').waitFor();
  visit.forgive(/401/);
  await page.getByLabel('Token').fill(market.tokens.analyst);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/flows/auto-insurance?view=outline');
  await page.getByRole('heading', { name: 'auto-insurance' }).waitFor();
  const [cookie] = await page.context().cookies();
  assert.deepEqual(
    { httpOnly: cookie.httpOnly, sameSite: cookie.sameSite, path: cookie.path },
    { httpOnly: true, sameSite: 'Strict', path: '/' },
  );
  assert.ok(!cookie.value.includes(market.tokens.analyst));
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.ok(!kept.includes('pm_'), kept);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
  await page.goto('/leads');
  await page.waitForURL('**/login?next=*');
  await visit.ends();
});

test('3: the first page is there soon, and the second visit loads no script', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  const loads = [];
  page.on('response', async (response) => {
    if (response.url().includes('/_console/'))
      loads.push({ url: response.url(), fromCache: response.fromServiceWorker() });
  });
  const asked = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql')) asked.push(request.postDataJSON().operationName);
  });
  await page.goto('/leads');
  await page.getByRole('row').nth(1).waitFor();
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  const shift = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 100);
      }),
  );
  const scripts = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((it) => it.initiatorType === 'script' || it.name.endsWith('.js'))
      .reduce((sum, it) => sum + it.transferSize, 0),
  );
  const first = [...asked];
  await page.reload();
  await page.getByRole('row').nth(1).waitFor();
  const again = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((it) => it.name.endsWith('.js'))
      .reduce((sum, it) => sum + it.transferSize, 0),
  );
  console.log(
    `first contentful paint ${paint.toFixed(0)} ms, layout shift ${shift.toFixed(4)}, scripts ${(scripts / 1000).toFixed(0)} kB, then ${again} B; asked ${first.join(' ')}`,
  );
  // Twice the goals, which are those of an idle machine.
  assert.ok(paint <= 2_000, `first contentful paint ${paint} ms`);
  assert.ok(shift <= 0.04, `layout shift ${shift}`);
  assert.ok(scripts <= 260_000, `${scripts} bytes of script`);
  assert.equal(again, 0);
  await visit.ends('leads');
});

test('15: the timeline of a lead says what the API says, and its steps are walked by keys', async () => {
  const visit = await browser.visit({ token: market.tokens.admin });
  const { page } = visit;
  const lead = market.returned;
  await page.goto(`/leads/${lead.id}`);
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  const events = page.locator('.events li');
  const titles = await events.locator('.events-title').allTextContents();
  assert.equal(titles[0], 'Received');
  const n = 1 + lead.steps + lead.attempts + lead.settled + lead.conversions;
  assert.equal(titles.length, n, titles.join(' | '));
  const times = await events.locator('time').evaluateAll((all) => all.map((it) => it.dateTime));
  assert.deepEqual(times, [...times].sort(), 'in order of time');
  assert.ok((await page.locator('.facts').textContent()).includes(lead.revenueShown), lead.revenueShown);
  for (const amount of lead.amountsShown) await page.locator('.events').getByText(amount).first().waitFor();
  assert.equal(await page.getByRole('heading', { name: `Step 1 of ${lead.steps}` }).count(), 1);
  await page.keyboard.press(']');
  await page.getByRole('heading', { name: `Step 2 of ${lead.steps}` }).waitFor();
  assert.ok(page.url().includes('step=1'), page.url());
  await page.keyboard.press('[');
  await page.getByRole('heading', { name: `Step 1 of ${lead.steps}` }).waitFor();
  await page.keyboard.press('w');
  const reasons = page.locator('.card', { hasText: 'Why not the others' }).locator('tbody tr');
  assert.equal(await reasons.count(), lead.candidates, 'every destination with its reason');
  // Personal data is covered until it is asked for.
  assert.ok(!(await page.locator('main').textContent()).includes(lead.email));
  await page.getByRole('button', { name: 'Show personal data' }).click();
  await page.getByText(lead.email).waitFor();
  await page.goto(`/leads/${lead.id}?step=1`);
  await page.getByRole('heading', { name: `Step 2 of ${lead.steps}` }).waitFor();
  await visit.ends('lead');
});

test('24: each role sees what it may, and the API agrees', async () => {
  const screens = [
    'Overview',
    'Trends',
    'Flows',
    'Experiments',
    'Rollouts',
    'Replays',
    'Leads',
    'Sources',
    'Lead schemas',
    'Deliveries',
    'Destinations',
    'Caps',
    'Conversions',
    'Returns',
    'Statements',
    'Lists',
    'Changes',
    'Persons',
    'Operations',
    'Tokens',
  ];
  const may = {
    admin: screens,
    editor: screens.slice(0, -1),
    operator: screens.slice(0, -1),
    analyst: screens.slice(0, -1),
    source: ['Leads'],
  };
  for (const [role, seen] of Object.entries(may)) {
    const visit = await browser.visit({ token: market.tokens[role] });
    const { page } = visit;
    await page.goto('/leads');
    await page.getByRole('row').nth(1).waitFor();
    const links = await page.getByRole('navigation', { name: 'Screens' }).getByRole('link').allTextContents();
    assert.deepEqual(links, seen, role);
    // Personal data: whoever may not read it is told who may, and the API does not send it.
    const own = role === 'source' ? market.sourceLead : market.sold;
    await page.goto(`/leads/${own.id}`);
    const show = page.getByRole('button', { name: 'Show personal data' });
    await show.waitFor();
    const isCovered = role === 'analyst' || role === 'operator';
    assert.equal(await show.isDisabled(), isCovered, role);
    const sent = await page.evaluate(async (id) => {
      const body = JSON.stringify({ query: 'query($id: ID!) { lead(id: $id) { fields } }', variables: { id } });
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return (await response.json()).data.lead.fields.email;
    }, own.id);
    // In a browser it is covered for everybody but the source that sent it, until somebody asks for it.
    assert.equal(sent, role === 'source' ? own.email : '[personal]', role);
    if (!isCovered) {
      await show.click();
      await page.getByText(own.email).waitFor();
    }
    const reads = await market.looks(own.id);
    const looked = reads.filter(({ by }) => by === `${role} of the journeys`);
    assert.equal(looked.length, role === 'admin' || role === 'editor' ? 1 : 0, role);
    if (role !== 'admin') {
      await page.goto('/settings/tokens');
      await page.getByText('Tokens are shown to admins only.').waitFor();
    }
    await visit.ends();
  }
  const refused = await fetch(`${market.base}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ token: market.tokens.postback }),
  });
  assert.equal(refused.status, 403, 'a token for postbacks opens nothing');
});

test('destinations: gauges and figures are those of the API, and a row opens by key', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/leads');
  await page.getByRole('row').nth(1).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL('**/destinations');
  await page.getByRole('heading', { name: 'Destinations' }).waitFor();
  await page.getByRole('radio', { name: 'Last 30 days' }).check();
  for (const name of market.destinations) await page.getByRole('link', { name, exact: true }).waitFor();
  await page.getByRole('meter').first().waitFor();
  await visit.ends();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Latest offers' }).waitFor();
  await visit.ends();
});

test('14: a lead on trial goes where the API says, and what was typed is in no address', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  await page.goto('/flows/auto-insurance');
  await page.getByRole('link', { name: 'Try a lead' }).click();
  await page.getByRole('heading', { name: 'Try a lead on auto-insurance' }).waitFor();
  await page.getByText('The lead was offered to').waitFor();
  const answered = page.waitForResponse((it) => it.request().postDataJSON()?.variables?.input?.fields?.state === 'AK');
  await page.getByRole('textbox', { name: 'state' }).fill('AK');
  const { data } = await (await answered).json();
  const { end, steps } = data.explainLead.explanation;
  assert.equal(end.state, 'declined');
  await page.getByRole('heading', { name: `Step 1 of ${steps.length}` }).waitFor();
  await page.getByText('The walk ended.').waitFor();
  const lit = await page.locator('.step.is-lit strong').allTextContents();
  const way = steps[0].choices.map(({ node }) => node).filter((node) => lit.includes(node));
  assert.deepEqual([...lit].sort(), [...way].sort());
  assert.ok(lit.includes('by-state'));
  await page.getByRole('textbox', { name: 'state' }).fill('nowhere');
  await page.locator('.field-error').first().waitFor();
  await page.getByRole('textbox', { name: 'state' }).fill('CA');
  await page.getByText('The lead was offered to').waitFor();
  assert.ok(!page.url().includes('CA') && !page.url().includes('sam.doe'), page.url());
  await visit.ends('try');
});

test('why not: the reasons why leads did not go to a destination are those of their explanations', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst });
  const { page } = visit;
  const answered = page.waitForResponse((it) => it.request().postDataJSON()?.operationName === 'Diverted');
  await page.goto('/flows/auto-insurance');
  await page.locator('.step').first().waitFor();
  await page.getByRole('radio', { name: 'why not' }).check();
  const { data } = await (await answered).json();
  const why = page.getByRole('region', { name: 'Why not' });
  const destination = market.destinations[1];
  await why.getByLabel('Why did leads not go to').selectOption(destination);
  await page.waitForURL(`**/flows/auto-insurance?*dest=${destination}*`);
  const hash = await page.locator('.versions select').inputValue();
  const first = data.leads.nodes
    .filter(({ decision }) => decision?.versionHash === hash)
    .map(({ decision }) => decision.explanation.steps.map(({ candidates }) => candidates))
    .map((steps) => steps.map((candidates) => candidates.find((it) => it.destination === destination)))
    .filter(([it]) => it);
  assert.ok(first.length > 0, 'the latest leads were decided by the live version');
  const offered = first.filter((steps) => steps.some(({ outcome }) => outcome === 'OFFERED')).length;
  await why.getByText(`was offered ${offered} of them`).waitFor();
  const reasons = {};
  const nodes = {};
  for (const steps of first) {
    if (steps.some(({ outcome }) => outcome === 'OFFERED')) continue;
    const [{ outcome, divertedBy }] = steps;
    reasons[outcome] = (reasons[outcome] ?? 0) + 1;
    for (const { node } of divertedBy) nodes[node] = (nodes[node] ?? 0) + 1;
  }
  for (const [outcome, n] of Object.entries(reasons)) {
    const words = outcome.toLowerCase().replaceAll('_', ' ');
    await why.getByRole('row', { name: new RegExp(`^${words} ${n} `) }).waitFor();
  }
  for (const [node, n] of Object.entries(nodes)) {
    await page
      .locator('.step.is-turning', { hasText: node })
      .getByText(`led ${n} ${n === 1 ? 'lead' : 'leads'} elsewhere`)
      .waitFor();
  }
  await visit.ends('flow-why-not');
  await why.getByRole('button', { name: '25 more leads' }).click();
  await why.getByText(/Of the latest 50 leads/).waitFor();
});

test('a look at every other screen', async () => {
  const visit = await browser.visit({ token: market.tokens.admin });
  const { page } = visit;
  for (const [path, heading, name] of [
    ['/', 'Overview', null],
    ['/flows', 'Flows', 'flows'],
    ['/flows/auto-insurance?node=by-quality', 'auto-insurance', 'flow'],
    ['/flows/auto-insurance?view=outline', 'auto-insurance', 'outline'],
    ['/deliveries', 'Deliveries', 'deliveries'],
    ['/conversions', 'Conversions', 'conversions'],
    ['/conversions/parked', 'Parked postbacks', null],
    ['/settings/tokens', 'Tokens', 'tokens'],
    ['/caps', 'Caps', null],
    ['/destinations/acme/caps', 'Caps of acme', null],
    ['/destinations/acme/test', 'Send a test lead to acme', null],
    ['/deliveries/held', 'Held deliveries', null],
    ['/returns', 'Returns', null],
    ['/statements', 'Statements', null],
    ['/lists', 'Lists', null],
    ['/lists/new', 'New list', null],
    ['/lists/nothing', 'nothing', null],
    ['/destinations/acme/settings', 'Settings of acme', null],
    ['/destinations/nothing/settings', 'Settings of nothing', null],
    ['/schemas', 'Lead schemas', null],
    ['/schemas/auto-insurance', 'Leads of auto-insurance', null],
    ['/schemas/nothing', 'Leads of nothing', null],
    ['/people', 'Persons', null],
    ['/people/erasures/nobody', 'Receipt of an erasure', null],
    ['/operations', 'Operations', null],
    ['/settings/about', 'About', null],
    ['/leads?status=HELD&source=nobody', 'Leads', null],
    ['/nowhere', 'No such page', null],
  ]) {
    await page.goto(path);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    await visit.ends(name);
  }
  await page.goto('/settings/about');
  await page.getByRole('heading', { name: 'About' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('acme');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'acme', level: 1 }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await visit.ends();
});

test('23: a narrow window has nothing that scrolls sideways but tables', async () => {
  const visit = await browser.visit({ token: market.tokens.analyst, width: 320 });
  const { page } = visit;
  for (const path of [
    '/',
    '/leads',
    `/leads/${market.sold.id}`,
    '/destinations',
    '/flows/auto-insurance?view=outline',
    '/flows/auto-insurance/allocation',
    '/trends?by=destination',
    '/changes',
    '/rollouts/new',
    '/replays/new',
    '/caps',
    '/destinations/acme/caps',
    '/destinations/acme/test',
    '/destinations/acme/settings',
    '/schemas',
    '/schemas/auto-insurance',
    '/deliveries/held',
    '/people',
    '/operations',
    '/returns',
    '/statements',
    '/lists',
    '/lists/new',
    '/sources',
    '/sources/new',
    '/setup',
  ]) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, `${path} is ${wide} pixels too wide`);
  }
  await visit.ends();
});

test('23: what is drawn has words, and holds in forced colours and at double size', async () => {
  // Half the width at double the pixels: what zooming to 200 % does to a page.
  const visit = await browser.visit({ token: market.tokens.analyst, width: 720 });
  const { page } = visit;
  await page.emulateMedia({ forcedColors: 'active' });
  for (const path of ['/', '/trends?by=source&range=30d', '/flows/auto-insurance/allocation?range=30d', '/replays']) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, `${path} is ${wide} pixels too wide`);
    for (const picture of await page.locator('main svg[role="img"]').all()) {
      const words = (await picture.getAttribute('aria-label')) ?? '';
      assert.ok(words.length > 10, `${path}: ${words}`);
    }
  }
  await page.emulateMedia({ forcedColors: 'none' });
  await visit.ends();
});

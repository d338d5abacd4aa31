import { createServer } from 'vite';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const require = createRequire('/work/wt/console/console/package.json');
const { chromium } = require('playwright-core');
process.env.POINTSMAN_SERVER = 'http://127.0.0.1:8099';
const token = readFileSync('/tmp/look/demo/token', 'utf8').trim();
const vite = await createServer({ root: '/work/wt/console/console', server: { port: 5198, proxy: { '/graphql': { target: 'http://127.0.0.1:8099', headers: { authorization: `Bearer ${token}` } } } }, logLevel: 'error' });
await vite.listen();
const ask = async (query) => (await (await fetch('http://127.0.0.1:8099/graphql', { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) })).json()).data;
const { leads } = await ask('{ leads(filter:{status: SOLD}, first: 1) { nodes { id } } }');
const F = '/flows/auto-insurance';
const shots = Object.entries({ trends: '/trends?range=30d', flow: `${F}?node=by-quality`, 'flow-money': `${F}?overlay=money&range=30d`, whynot: `${F}?overlay=whynot`, allocation: `${F}/allocation?range=all`, leads: '/leads', lead: `/leads/${leads.nodes[0].id}?whynot=true`, destinations: '/destinations', destination: '/destinations/zenith', 'dest-caps': '/destinations/zenith/caps', caps: '/caps', deliveries: '/deliveries', conversions: '/conversions', changes: '/changes', sources: '/sources', 'source-new': '/sources/new', experiments: '/experiments', experiment: '/experiments/learned-or-by-hand', 'experiment-new': '/experiments/new', 'rollout-new': '/rollouts/new', 'replay-new': '/replays/new', try: `${F}/try`, draft: `${F}/draft`, versions: `${F}/versions`, review: `${F}/review`, tokens: '/settings/tokens', about: '/settings/about', login: '/login', test: '/destinations/zenith/test', held: '/deliveries/held', setup: '/setup' });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-dev-shm-usage','--font-render-hinting=none'] });
const context = await browser.newContext({ viewport: { width: 1024, height: 900 }, colorScheme: process.argv[2] ?? 'light', reducedMotion: 'reduce', timezoneId: 'America/Chicago', locale: 'en-US' });
const page = await context.newPage();
for (const [name, path] of shots) {
  if (process.argv[3] && !process.argv[3].split(',').includes(name)) continue;
  try {
    await page.goto('http://localhost:5198' + path, { timeout: 20000 });
    await page.getByRole('heading', { level: 1 }).first().waitFor({ timeout: 15000 });
    await page.waitForFunction(() => !document.querySelector('.skeleton'), null, { timeout: 10000 });
    await page.waitForTimeout(300);
  } catch (error) { console.log(name, String(error).slice(0, 100)); }
  const wide = await page.evaluate(() => [...document.querySelectorAll('.table-wrap, .timeline-wrap, pre')].filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => `${it.className || it.tagName} ${it.scrollWidth}>${it.clientWidth}`));
  const cut = await page.evaluate(() => [...document.querySelectorAll('main *')].filter((it) => it.children.length === 0 && it.scrollWidth > it.clientWidth + 2 && getComputedStyle(it).overflow !== 'visible' && it.clientWidth > 0).map((it) => `${it.tagName}.${it.className} ${it.textContent.slice(0, 30)}`).slice(0, 6));
  if (wide.length || cut.length) console.log(name, wide.join('; '), '| cut:', cut.join('; '));
  await page.screenshot({ path: `/tmp/look/w1024/${name}.png`, fullPage: false });
}
await browser.close(); await vite.close();

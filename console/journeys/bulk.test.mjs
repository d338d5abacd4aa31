// Many held deliveries released at once: what is found is counted first, and the job goes on without the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

const FLOW = {
  flow: 'solar',
  vertical: 'solar',
  currency: 'USD',
  root: 'one-by-one',
  nodes: {
    'one-by-one': { kind: 'waterfall', to: ['mute'] },
    mute: { kind: 'destination' },
  },
};

let market;
let browser;

before(
  async () => {
    market = await openSmallMarket({ flow: FLOW, more: { mute: { price: '4.00' } } });
    browser = await openBrowser(market.base);
    // Its breaker opens with the fifth.
    for (let n = 0; n < 4; n++) assert.equal((await market.lead()).body.status, 'held');
  },
  { timeout: 300_000 },
);

after(async () => {
  await browser?.close();
  await market?.close();
});

async function held() {
  const found = await market.api(
    '{ deliveries(filter: { state: HELD, isReleased: false }) { nodes { id lead { id status } } } }',
  );
  return found.deliveries.nodes;
}

test('many are released at once: counted first, cancelled, and gone on with', { timeout: 180_000 }, async () => {
  const visit = await browser.visit({ token: market.tokens.operator });
  const { page } = visit;
  await page.goto('/deliveries/held');
  const many = page.getByRole('group', { name: 'Many at once' });
  await many.getByRole('button', { name: 'Release 0 chosen…' }).waitFor();
  assert.ok(await many.getByRole('button', { name: 'Release all…' }).isDisabled(), 'nothing restricts it');
  // By keys: the row in focus, and with Shift all up to another one.
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await many.getByRole('button', { name: 'Release 1 chosen…' }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await many.getByRole('button', { name: 'Release 3 chosen…' }).waitFor();
  await many.getByRole('button', { name: 'Choose none' }).click();
  await many.getByRole('button', { name: 'Release 0 chosen…' }).waitFor();

  await page.getByLabel('Destination', { exact: true }).selectOption('mute');
  await page.waitForURL('**/deliveries/held?destination=mute');
  await many.getByRole('button', { name: 'Release all 4 of mute…' }).click();
  const dialog = page.getByRole('dialog');
  assert.ok(
    await dialog.getByRole('button', { name: 'Release them' }).isDisabled(),
    'it is not said how this is known',
  );
  await dialog.getByLabel('It never got the lead').check();
  await dialog.getByLabel('How this is known').fill('their log has none of them');
  await dialog.getByText('4 are found now.').waitFor();
  assert.equal((await held()).length, 4, 'counting does nothing');
  await dialog.getByLabel('At most').fill('0');
  await dialog.getByRole('button', { name: 'Release them' }).click();
  await dialog.getByText(/it is 1 to 1,?000/).waitFor();
  await dialog.getByLabel('At most').fill('1');
  await visit.ends('held-many');
  await dialog.getByRole('button', { name: 'Release them' }).click();
  await page.waitForURL('**/jobs/blk_*');
  // The progress is the server's: it is there after a reload, and goes on.
  await page
    .getByText(/[1-3] of 4 done/)
    .first()
    .waitFor();
  await page.reload();
  await page
    .getByText(/[1-3] of 4 done/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Cancel the job…' }).click();
  await dialog.getByRole('button', { name: 'Cancel the job' }).click();
  await page.getByText('cancelled', { exact: true }).waitFor();
  const left = (await held()).length;
  assert.ok(left > 0 && left < 4, `${left}`);

  // Back to the list, whose filter is as it was; the rest is released.
  await page.goBack();
  await page.waitForURL('**/deliveries/held?destination=mute');
  await many.getByRole('button', { name: new RegExp(`Release all ${left} of mute`) }).click();
  await dialog.getByLabel('It never got the lead').check();
  await dialog.getByLabel('How this is known').fill('their log has none of them');
  await dialog.getByRole('button', { name: 'Release them' }).click();
  await page.waitForURL('**/jobs/blk_*');
  await page.getByText('it is released').waitFor();
  await page
    .getByText(new RegExp(`${left} of ${left} done`))
    .first()
    .waitFor();
  await page.getByText('done', { exact: true }).first().waitFor();
  assert.equal((await held()).length, 0);
  await visit.ends('bulk-job');
  await page.getByRole('link', { name: 'All jobs' }).click();
  await page.waitForURL('**/jobs');
  await page.getByText('Release held deliveries').nth(1).waitFor();
  await visit.ends('bulk-jobs');
});

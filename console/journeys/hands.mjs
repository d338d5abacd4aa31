// How drafts of flows are edited in the journeys: by keyboard or by mouse, on a market of a few buyers.
import assert from 'node:assert/strict';
import { openBrowser } from './browser.mjs';
import { openSmallMarket } from './small-market.mjs';

/** One who has a keyboard and no mouse: Tab goes to everything, in the order of the page. */
export function keyboard(page) {
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
export function mouse(page) {
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

export const button = (page, name) => page.getByRole('button', { name, exact: true });
/** A node in the list of them, by its kind and name, whatever the checks say of it. */
export const listed = (page, name) => page.getByRole('button', { name: new RegExp(`^${name}( |$)`) });
export const field = (page, label) => page.getByLabel(label, { exact: true });

/** Answers the dialog that asks for a new node. */
export async function answer(page, hands, kind, name, destination) {
  const dialog = page.getByRole('dialog');
  await hands.choose(dialog.getByLabel('Kind'), kind);
  if (destination) await hands.choose(dialog.getByLabel('Destination'), destination);
  if (name) await hands.type(dialog.getByLabel('Name'), name);
  await hands.press(dialog.getByRole('button', { name: 'Add it' }));
  await dialog.waitFor({ state: 'detached' });
}

export const LEAVES = {
  north: { kind: 'destination' },
  south: { kind: 'destination' },
  east: { kind: 'destination' },
};

/** Opens a market of three buyers with a browser. */
export async function openEditing() {
  const market = await openSmallMarket({ more: { east: {} } });
  const browser = await openBrowser(market.base);
  const draftOf = async (flow) => {
    const answer = await market.api('query($flow: String!) { flow(name: $flow) { draft { revision document } } }', {
      flow,
    });
    return answer.flow?.draft?.document;
  };
  return {
    market,
    visit: () => browser.visit({ token: market.tokens.editor }),
    draftOf,
    isStored: (flow, check) => isStored(() => draftOf(flow), check),
    save: (document) => save(market, document),
    /** Puts another draft of the flow of the market, and opens it at a node. */
    opened: async (nodes, node) => {
      await save(market, { flow: 'solar', root: node, nodes: { ...LEAVES, ...nodes } });
      const visit = await browser.visit({ token: market.tokens.editor });
      await visit.page.goto(`/flows/solar/draft?node=${node}`);
      await visit.page.getByRole('heading', { name: node, exact: true }).waitFor();
      return visit;
    },
    close: async () => {
      await browser.close();
      await market.close();
    },
  };
}

/** Waits until the server has what the page shows. */
async function isStored(draft, check, seconds = 20) {
  for (let n = 0; n < seconds * 10; n++) {
    const document = await draft();
    if (document && check(document.nodes, document)) return document;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never stored: ${JSON.stringify(await draft())}`);
}

async function save(market, document) {
  const saved = await market.api(
    'mutation($document: FlowDocument!) { saveFlowDraft(input: { document: $document }) { userErrors { message } } }',
    { document: { vertical: 'solar', currency: 'USD', ...document } },
  );
  assert.deepEqual(saved.saveFlowDraft.userErrors, []);
}

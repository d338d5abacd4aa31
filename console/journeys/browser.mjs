// The browser of the journeys: each visit has a context of its own, and at its end nothing must have gone wrong in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = process.env.SCREENSHOTS;
/** Pictures are taken as wide as the screens of a desk and of a small laptop. */
const WIDTHS = process.env.SCREENSHOT_WIDTHS?.split(',').map(Number) ?? [1440];

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], { encoding: 'utf8' }).trim();
}

export async function openBrowser(base) {
  const browser = await chromium.launch({
    executablePath: executable(),
    // CI runs as root, where the sandbox of Chromium does not start; it sees nothing but our own pages.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
  return {
    close: () => browser.close(),
    visit: (options = {}) => visit(browser, base, options),
  };
}

async function visit(browser, base, { token, theme = 'light', width = 1440 }) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: 'America/Chicago',
    locale: 'en-US',
  });
  // A machine that draws and packs pictures is slow to answer everything else meanwhile.
  context.setDefaultTimeout(SCREENSHOTS ? 60_000 : 15_000);
  const wrong = [];
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  if (token) {
    const signedIn = await context.request.post('/v1/session', {
      data: { token },
      headers: { origin: base },
    });
    assert.equal(signedIn.status(), 204);
  }
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('data:')) wrong.push(`a request to ${url}`);
  });
  return {
    page,
    /** Takes back what had to go wrong. */
    forgive: (pattern) => {
      const rest = wrong.filter((text) => !pattern.test(text));
      wrong.splice(0, wrong.length, ...rest);
    },
    /** Nothing went wrong, and everybody can use what is on the screen, in light and in dark. */
    ends: async (name) => {
      // The first question of a page without a session is answered with 401, and the browser notes it.
      const unforeseen = wrong.filter((text) => !/status of 401/.test(text));
      assert.deepEqual(unforeseen, []);
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        assert.deepEqual(await violations(page), [], `${page.url()} in ${scheme}`);
        if (name && SCREENSHOTS) await shoot(page, name, scheme, width);
      }
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    },
  };
}

/** A sentence of the server as screens show it: names without their marks, and numbers as people write them. */
export function shownAs(sentence) {
  const parts = sentence.replaceAll('`', '').split(/[+-]?\d[\d.]*\d|\d/);
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\S+'), 'i');
}

async function violations(page) {
  // The policy of the page refuses a script in it, so axe comes in by the debugger's door.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    // What stands half below the bar at the top can be scrolled, and is no target that is too small. Where a page is scrolled to
    // depends on how much of it was there when something was pressed; at its beginning nothing is below the bar.
    const { scrollX, scrollY } = globalThis;
    globalThis.scrollTo(0, 0);
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    globalThis.scrollTo(scrollX, scrollY);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    );
  });
}

async function shoot(page, name, scheme, width) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  for (const wide of WIDTHS) {
    await resize(page, wide);
    const suffix = WIDTHS.length > 1 ? `-${wide}` : '';
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${scheme}${suffix}.png`) });
  }
  await resize(page, width);
}

/** A picture leaves the page as it was: at its width, and drawn for it. What has the width already is not touched. */
async function resize(page, width) {
  if (page.viewportSize().width !== width) await page.setViewportSize({ width, height: 900 });
  // Charts measure their room, and are drawn in the frame after that.
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await page.evaluate(frame);
  await page.evaluate(frame);
}

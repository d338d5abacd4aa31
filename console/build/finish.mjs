// Ends a build: writes the licences, holds the budgets, and writes the table of files that the binary embeds.
//
//   node build/finish.mjs [--check] [DIST]     with `--check`, the table is compared and not written
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = new URL('../', import.meta.url);
const [folder] = process.argv.slice(2).filter((arg) => arg !== '--check');
const dist = folder ? pathToFileURL(`${folder}/`) : new URL('dist/', root);
const table = new URL('../crates/console/src/files.rs', root);

/** Largest sizes in kB, gzipped but for `raw`. Anything that needs more needs a reason here. A screen that is loaded when it is
 * opened is a file. */
const BUDGETS = { firstLoad: 260, lead: 20, flow: 95, styles: 16, all: 620, raw: 2_100, files: 48 };

const TYPES = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
};

/** The packages whose code is in the files, with the text of each licence. */
function licences() {
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);
  // The Unlicense gives everything away; it is that of isbot, which the router names for servers alone.
  const allowed = ['MIT', 'ISC', 'Apache-2.0', 'Unlicense'];
  const refused = shipped.filter(([, { license }]) => !allowed.includes(license));
  if (refused.length > 0) {
    throw new Error(
      `licences that are not ${allowed.join(', ')}: ${refused.map(([path, it]) => `${path} (${it.license})`)}`,
    );
  }
  return shipped
    .map(([path, { version, license }]) => {
      const folder = new URL(`${path}/`, root);
      const file = readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
      const text = file ? readFileSync(new URL(file, folder), 'utf8').trim() : `Licence: ${license}`;
      return `${path.replace(/^.*node_modules\//, '')} ${version}, ${license}\n\n${text}\n`;
    })
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function sizes() {
  return readdirSync(dist)
    .sort()
    .map((name) => {
      const bytes = readFileSync(new URL(name, dist));
      return { name, raw: bytes.length / 1000, gzipped: gzipSync(bytes, { level: 9 }).length / 1000 };
    });
}

function holdBudgets(files) {
  const of = (pattern) => files.filter(({ name }) => pattern.test(name)).reduce((sum, { gzipped }) => sum + gzipped, 0);
  // What the page names is loaded at first; the rest when a screen asks for it.
  const page = readFileSync(new URL('index.html', dist), 'utf8');
  const first = files.filter(({ name }) => name.endsWith('.js') && page.includes(name));
  const found = {
    firstLoad: first.reduce((sum, { gzipped }) => sum + gzipped, 0),
    lead: of(/^lead\.js$/),
    flow: of(/^flow\.js$/),
    styles: of(/\.css$/),
    all: files.reduce((sum, { gzipped }) => sum + gzipped, 0),
    raw: files.reduce((sum, { raw }) => sum + raw, 0),
    files: files.length,
  };
  for (const [name, most] of Object.entries(BUDGETS)) {
    console.log(`${name.padEnd(10)} ${found[name].toFixed(name === 'files' ? 0 : 1).padStart(7)} of ${most}`);
  }
  const over = Object.keys(BUDGETS).filter((name) => found[name] > BUDGETS[name]);
  if (over.length > 0) throw new Error(`over budget: ${over.join(', ')}`);
}

function tableOf(files) {
  const entries = files.map(({ name }) => {
    const type = TYPES[name.split('.').at(-1)];
    if (!type) throw new Error(`${name}: no media type for it`);
    return `    File::new(
        "${name}",
        "${type}",
        include_bytes!("../../../console/dist/${name}"),
    ),
`;
  });
  return `//! The files of the console. Written by \`cargo xtask console\`.

use crate::File;

/// Every file of \`console/dist\`, by name.
pub(crate) static FILES: [File; ${files.length}] = [
${entries.join('')}];
`;
}

writeFileSync(new URL('licences.txt', dist), licences());
const files = sizes();
holdBudgets(files);
const written = tableOf(files);
if (process.argv.includes('--check')) {
  if (readFileSync(table, 'utf8') !== written)
    throw new Error('crates/console/src/files.rs is behind: cargo xtask console');
} else {
  writeFileSync(table, written);
}

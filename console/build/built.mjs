// Builds the console into a folder of its own, and compares it byte for byte with what is committed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const fresh = mkdtempSync(join(tmpdir(), 'pointsman-console-'));
const run = (program, ...args) => execFileSync('node', [join(root, program), ...args], { cwd: root, stdio: 'inherit' });
try {
  run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--outDir', fresh, '--emptyOutDir');
  run('build/finish.mjs', '--check', fresh);
  const committed = join(root, 'dist');
  const names = [...new Set([...readdirSync(fresh), ...readdirSync(committed)])].sort();
  const read = (folder, name) => {
    try {
      return readFileSync(join(folder, name));
    } catch {
      return Buffer.alloc(0);
    }
  };
  const differing = names.filter((name) => !read(fresh, name).equals(read(committed, name)));
  if (differing.length > 0) {
    console.error(`console/dist is not what its sources come to: ${differing.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

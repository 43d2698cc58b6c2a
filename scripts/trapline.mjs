// `npm run -s trapline -- …`: the command line from a checkout. Bundles first if a source is newer than the bundle, then hands over stdio.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureDependencies, inRepo } from './lib/repo.mjs';

/**
 * @param {string} folder
 * @returns {number} milliseconds of the youngest file below it
 */
function youngest(folder) {
  return Math.max(
    ...fs.readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const at = path.join(folder, entry.name);
      return entry.isDirectory() ? youngest(at) : fs.statSync(at).mtimeMs;
    }),
    0,
  );
}

const cli = inRepo('dist/cli.js');
const stale =
  !fs.existsSync(cli) ||
  fs.statSync(cli).mtimeMs < Math.max(youngest(inRepo('src')), fs.statSync(inRepo('package-lock.json')).mtimeMs);
if (stale) {
  if (!(await ensureDependencies())) process.exit(1);
  await (await import('./bundle.mjs')).bundle();
}
// npm changes to the package's folder; paths on the command line are meant from where it was typed
const child = spawn(process.execPath, [cli, ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
// Ctrl-C reaches the child from the terminal, and the child decides what it means; a signal sent to this process alone is passed on
process.on('SIGINT', () => {});
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});

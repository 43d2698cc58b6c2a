// What every script needs first: where the repository is, how to run a program in it, and that its packages are installed. Node's own modules only,
// so that it runs on a fresh clone.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** @param {string[]} parts */
export const inRepo = (...parts) => path.join(root, ...parts);

/**
 * Runs a program to its end with this process's own stdio.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 1 if it could not be started or was killed
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * A program of a dependency, by its file: runs without a shell and without npm.
 * @param {string} module path below node_modules, such as `mocha/bin/mocha.js`
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export const runModule = (module, args, options) =>
  run(process.execPath, [inRepo('node_modules', module), ...args], options);

/** @param {string} command */
export const onPath = (command) =>
  spawnSync(process.platform === 'win32' ? 'where' : 'which', [command], { stdio: 'ignore' }).status === 0;

/** Whether node_modules holds every package at the version that package-lock.json names; optional ones may be for another platform. */
function dependenciesInstalled() {
  const packages = (/** @type {string} */ file) => JSON.parse(fs.readFileSync(inRepo(file), 'utf8')).packages;
  const record = 'node_modules/.package-lock.json';
  if (!fs.existsSync(inRepo(record))) return false;
  const installed = packages(record);
  return Object.entries(packages('package-lock.json')).every(
    ([at, { version, optional }]) => at === '' || optional || installed[at]?.version === version,
  );
}

/**
 * Installs the locked dependencies unless node_modules already holds them.
 * @returns {Promise<boolean>} false if the installation failed
 */
export async function ensureDependencies() {
  if (dependenciesInstalled()) return true;
  console.log('Installing the packages that package-lock.json names (npm ci)…');
  return (await run('npm', ['ci', '--loglevel=error'], { shell: process.platform === 'win32' })) === 0;
}

/** @param {number} since milliseconds, as `performance.now()` gave them */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

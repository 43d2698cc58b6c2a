// Starts VS Code's server on a port of this machine, with Trapline in it, and builds the address that opens a folder.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRepo, root } from '../lib/repo.mjs';
import { installVSCode } from './install.mjs';

/** User settings that keep a test's window still: no first-start pages, no background work, no motion. */
export const QUIET_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.reduceMotion': 'on',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'update.mode': 'none',
};

/**
 * How Trapline gets into the server: `link` puts the checkout into the extensions folder, `vsix` installs a package, `development` leaves it to the
 * address (see {@link workbenchUrl}).
 * @typedef {{ kind: 'link' } | { kind: 'vsix', file: string } | { kind: 'development' }} Delivery
 *
 * @typedef {object} ServerOptions
 * @property {Delivery} delivery
 * @property {import('./install.mjs').Which} [which]
 * @property {Record<string, unknown>} [settings] user settings, over {@link QUIET_SETTINGS}
 * @property {Record<string, string>} [env]
 * @property {string} [data] folder for settings and state that outlives the server; a temporary one without it
 * @property {boolean} [secret] ask for a token in the address, for a server that people use
 *
 * @typedef {object} Server
 * @property {string} url
 * @property {string} [token]
 * @property {() => string} log
 * @property {Promise<string>} hostDied settles if an extension host ends unexpectedly
 * @property {Promise<void>} exited
 * @property {() => Promise<void>} stop
 */

const START_LIMIT_MS = 60_000;

/**
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 */
export async function startServer({
  delivery,
  which = 'latest',
  settings = {},
  env = {},
  data: keptData,
  secret = false,
}) {
  const { node, vscode } = installVSCode(which);
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-vscode-'));
  const data = keptData ?? path.join(temporary, 'data');
  const extensions = path.join(temporary, 'extensions');
  fs.mkdirSync(extensions);
  const userSettings = path.join(data, 'data/User/settings.json');
  if (!keptData || !fs.existsSync(userSettings)) {
    fs.mkdirSync(path.dirname(userSettings), { recursive: true });
    fs.writeFileSync(userSettings, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  }
  const script = path.join(vscode, 'out/server-main.js');
  const folders = ['--accept-server-license-terms', '--server-data-dir', data, '--extensions-dir', extensions];
  const environment = serverEnvironment(env);
  if (delivery.kind === 'link') {
    // a link that is there before the first start needs no entry in extensions.json
    const { publisher, name, version } = JSON.parse(fs.readFileSync(inRepo('package.json'), 'utf8'));
    fs.symlinkSync(root, path.join(extensions, `${publisher}.${name}-${version}`));
  } else if (delivery.kind === 'vsix') {
    const said = execFileSync(node, [script, ...folders, '--install-extension', delivery.file], {
      env: environment,
      encoding: 'utf8',
    });
    if (!said.includes('successfully installed')) throw new Error(`VS Code did not install ${delivery.file}:\n${said}`);
  }
  const token = secret ? randomBytes(16).toString('hex') : undefined;
  const child = spawn(
    node,
    [
      script,
      ...folders,
      ...['--host', '127.0.0.1', '--port', '0', '--telemetry-level', 'off'],
      ...(token ? ['--connection-token', token] : ['--without-connection-token']),
      // recent versions run a test suite in a page only with this
      ...(delivery.kind === 'development' ? ['--enable-smoke-test-driver'] : []),
    ],
    // its own process group, so that stopping it stops its extension hosts
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let log = '';
  const exited = /** @type {Promise<void>} */ (new Promise((resolve) => child.once('exit', () => resolve())));
  /** @type {(line: string) => void} */
  let onHostDied;
  const hostDied = /** @type {Promise<string>} */ (new Promise((resolve) => (onHostDied = resolve)));
  const stop = async () => {
    signalGroup(child, 'SIGTERM');
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    signalGroup(child, 'SIGKILL');
    fs.rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  };
  const url = await new Promise((resolve, reject) => {
    const give = (/** @type {string} */ why) => {
      void stop();
      reject(new Error(`VS Code's server ${why}:\n${log}`));
    };
    const timer = setTimeout(() => give(`did not start in ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    const read = (/** @type {Buffer} */ chunk) => {
      log += chunk.toString();
      const died = /Extension Host Process exited with code: .*/.exec(String(chunk));
      if (died) onHostDied(died[0]);
      const listening = /Extension host agent listening on (\d+)/.exec(log);
      if (!listening) return;
      clearTimeout(timer);
      resolve(`http://127.0.0.1:${listening[1]}`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => give(`could not be run (${error.message})`));
    child.once('exit', (code) => give(`ended with code ${code}`));
  });
  return { url, token, log: () => log, hostDied, exited, stop };
}

/**
 * The environment without what a surrounding VS Code has put into it, and without a marketplace.
 * @param {Record<string, string>} extra
 */
function serverEnvironment(extra) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...extra };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the whole group has ended already
  }
}

/**
 * The address that opens a folder in the workbench.
 * @param {Server} server
 * @param {string} folder absolute path
 * @param {{ development?: string, tests?: string }} [extension] absolute paths: an extension to load from its source folder, and the suite to run in it
 */
export function workbenchUrl(server, folder, { development, tests } = {}) {
  const url = new URL(server.url);
  const remote = (/** @type {string} */ file) => `vscode-remote://${url.host}${file}`;
  if (server.token) url.searchParams.set('tkn', server.token);
  url.searchParams.set('folder', folder);
  const payload = [
    ...(development ? [['extensionDevelopmentPath', remote(development)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

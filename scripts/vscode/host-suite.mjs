// Runs the mocha suite of test/host inside a real VS Code extension host, the same suite in each:
//
//   node scripts/vscode/host-suite.mjs [node | worker | web] [--oldest] [--only=PATTERN]
//
//   node    the extension host on Node; desktop VS Code if VSCODE_EXECUTABLE_PATH names one, else VS Code's server and a headless browser
//   worker  the web worker extension host of a VS Code that has a server
//   web     VS Code with no server side at all, on a folder that is not on disk: what vscode.dev is
//
// PATTERN is a regular expression: only tests with a matching full title run.
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRepo, root, seconds } from '../lib/repo.mjs';
import { launchBrowser } from './browser.mjs';
import { startServer, workbenchUrl } from './server.mjs';
import { startStaticWeb } from './static-web.mjs';

/**
 * What the suite hands back (written by test/host/report.ts).
 * @typedef {{ vscode: string, host: string, passed: number, failed: number, skipped: number }} HostReport
 */

const LIMIT_MS = 300_000;
const DEBIAN_UBOOT = '/usr/lib/u-boot/qemu_arm/u-boot.bin';
const start = performance.now();
const host = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? 'node';
const which = process.argv.includes('--oldest') ? 'oldest' : 'latest';
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length) ?? '';
// its own: other hosts may run at the same time
const bundled = `out/host/${host}-${which}.js`;
const results = path.join(os.tmpdir(), `trapline-host-${process.pid}.json`);
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-workspace-'));

/** mocha's browser build is a script that would put itself into our module's `exports`: give it none. */
const mochaAsGlobal = /** @type {esbuild.Plugin} */ ({
  name: 'mocha-as-global',
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]mocha[\\/]mocha\.js$/ }, ({ path: file }) => ({
      contents: `(function (module, exports, define) {${fs.readFileSync(file, 'utf8')}\n}).call(globalThis);`,
    }));
    build.onResolve({ filter: /^node:assert\/strict$/ }, () => ({ path: inRepo('test/host/assert.ts') }));
  },
});

async function bundleSuite() {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [host === 'node' ? 'test/host/node.ts' : 'test/host/web.ts'],
    outfile: bundled,
    bundle: true,
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode'],
    logLevel: 'warning',
    // a web worker has no environment to ask
    define: {
      __ONLY__: JSON.stringify(only),
      __CI__: JSON.stringify(Boolean(process.env.CI)),
      ...(host === 'node' ? {} : { global: 'globalThis' }),
    },
    ...(host === 'node'
      ? { platform: 'node', target: 'node20', packages: 'external' }
      : { platform: 'browser', target: 'es2022', plugins: [mochaAsGlobal] }),
  });
}

/** @returns {Promise<HostReport | undefined>} */
async function inDesktop(/** @type {string} */ executable) {
  const { runTests } = await import('@vscode/test-electron');
  const userData = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-user-'));
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: inRepo(bundled),
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--user-data-dir',
        userData,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
      extensionTestsEnv: { TRAPLINE_HOST_RESULTS: results },
    });
  } catch (error) {
    console.error(String(error)); // the report says which tests failed
  }
  fs.rmSync(userData, { recursive: true, force: true });
  return readReport();
}

/** @returns {Promise<HostReport | undefined>} */
async function inBrowser() {
  /** @type {Promise<string>} */
  let hostDied = new Promise(() => {});
  let url, stop;
  if (host === 'web') {
    const web = await startStaticWeb({ folder: workspace, tests: bundled });
    ({ stop, url } = web);
  } else {
    const server = await startServer({
      delivery: { kind: 'development' },
      which,
      env: { TRAPLINE_HOST_RESULTS: results },
      settings: host === 'worker' ? { 'remote.extensionKind': { 'trapline.trapline': ['web'] } } : {},
    });
    ({ stop, hostDied } = server);
    url = workbenchUrl(server, workspace, { development: root, tests: inRepo(bundled) });
  }
  const browser = await launchBrowser();
  try {
    return await runInPage(browser.page, url, hostDied);
  } finally {
    await browser.close();
    await stop();
  }
}

/**
 * VS Code hands an automated window's log and exit code to two functions of the page, if the page has them.
 * @param {import('playwright-core').Page} page
 * @param {string} url
 * @param {Promise<string>} hostDied
 * @returns {Promise<HostReport | undefined>}
 */
async function runInPage(page, url, hostDied) {
  /** @type {HostReport | undefined} */
  let report;
  let inSuite = false;
  /** @type {string[]} */
  const around = [];
  /** @type {(why: string) => void} */
  let fail;
  const failed = new Promise(
    (_, reject) => (fail = (why) => reject(new Error(`${why}\n${around.slice(-40).join('\n')}`))),
  );
  const timer = setTimeout(() => fail(`the suite did not end in ${LIMIT_MS / 1000} s`), LIMIT_MS);
  void hostDied.then((line) => setTimeout(() => fail(`the extension host died: ${line}`), 2000));
  page.on('crash', () => fail('the page crashed'));
  /** @type {(code: number) => void} */
  let onExit;
  const exited = new Promise((resolve) => (onExit = resolve));
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => onExit(code));
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ _, /** @type {unknown[]} */ args) => {
    const line = String(args[0]);
    if (line === '##SUITE##') inSuite = true;
    else if (line.startsWith('##REPORT##')) {
      inSuite = false;
      report = JSON.parse(line.slice('##REPORT##'.length));
    } else if (inSuite && line.startsWith('##LINE##')) console.log(line.slice('##LINE##'.length));
    else around.push(args.map(String).join(' '));
  });
  try {
    await Promise.race([page.goto(url), failed]);
    await Promise.race([exited, failed]);
  } finally {
    clearTimeout(timer);
  }
  return report ?? readReport();
}

/** @returns {HostReport | undefined} */
const readReport = () => (fs.existsSync(results) ? JSON.parse(fs.readFileSync(results, 'utf8')) : undefined);

/** @type {HostReport | undefined} */
let report;
try {
  // a copy: no test can soil the samples
  fs.cpSync(inRepo('samples'), workspace, { recursive: true });
  // where nothing is a file, it is found in the folder all the same
  if (fs.existsSync(DEBIAN_UBOOT)) fs.copyFileSync(DEBIAN_UBOOT, path.join(workspace, 'u-boot.bin'));
  await bundleSuite();
  const desktop = host === 'node' ? process.env.VSCODE_EXECUTABLE_PATH : undefined;
  report = await (desktop ? inDesktop(desktop) : inBrowser());
} catch (error) {
  console.error(error);
} finally {
  fs.rmSync(workspace, { recursive: true, force: true });
  fs.rmSync(results, { force: true });
}
const { passed = 0, failed = 0, skipped = 0 } = report ?? {};
if (report)
  console.log(
    `VS Code ${report.vscode}, ${report.host}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds(start)})`,
  );
else console.error(`The suite in the ${host} host gave no report.`);
const broken = !report || passed === 0 ? 1 : 0;
const counts = process.env.TRAPLINE_COUNTS;
if (counts) fs.writeFileSync(counts, JSON.stringify({ passed, failed: failed || broken, skipped }));
process.exit(failed > 0 || broken ? 1 : 0);

// `npm test`: sets everything up, runs every kind of check, and prints the sum of all of them as its last line.
//
//   node scripts/test.mjs [STAGE…]     only these stages: typecheck lint format build unit package host e2e
//
// Until the dependencies are installed it uses nothing but Node. A check that is no test suite (a build, say) counts as one test.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensurePackages } from './lib/debian.mjs';
import { ensureDependencies, inRepo, run, runModule, seconds } from './lib/repo.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
const NOTHING = { passed: 0, failed: 0, skipped: 0 };
const PASSED = { ...NOTHING, passed: 1 };
const FAILED = { ...NOTHING, failed: 1 };
const SKIPPED = { ...NOTHING, skipped: 1 };

/** @param {Counts} counts */
const inWords = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Folders of test/ that are no unit tests: stages of their own, or no tests at all. */
const NOT_UNIT = ['host', 'e2e', 'bench', 'package', 'support', 'oracles'];
const JOBS = Math.max(1, Math.min(4, os.availableParallelism()));
/** A test file that takes longer than this hangs. */
const FILE_LIMIT_MS = 900_000;
/** Of test/host: the extension hosts that there are, and the oldest VS Code that Trapline runs in. */
const HOSTS = [['node'], ['node', '--oldest'], ['worker'], ['web']];
/** The package that the windows of test/e2e install. */
const VSIX = 'out/e2e/trapline.vsix';

/** @param {Promise<number>} exitCode */
const check = async (exitCode) => ((await exitCode) === 0 ? PASSED : FAILED);

/**
 * @param {string[]} folders below test/
 * @param {number} jobs files at a time
 */
async function suites(folders, jobs) {
  const { runSuites, testFiles } = await import('./lib/suites.mjs');
  return runSuites(folders.flatMap(testFiles), { jobs, limit: FILE_LIMIT_MS });
}

function unitTests() {
  const folders = fs
    .readdirSync(inRepo('test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_UNIT.includes(entry.name))
    .map(({ name }) => name);
  return suites(folders, JOBS);
}

/**
 * The suite of test/host in one of the {@link HOSTS}: its output is printed when it is through, since others run at the same time. A suite that leaves
 * no counts, or says less than its exit code, has failed.
 * @param {string[]} args
 * @returns {Promise<Counts>}
 */
async function hostSuite(args) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-host-'));
  const file = path.join(folder, 'counts.json');
  const output = fs.openSync(path.join(folder, 'output'), 'a+');
  const code = await run(process.execPath, [inRepo('scripts/vscode/host-suite.mjs'), ...args], {
    env: { ...process.env, TRAPLINE_COUNTS: file },
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  process.stdout.write(fs.readFileSync(path.join(folder, 'output')));
  const counts = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : FAILED;
  fs.rmSync(folder, { recursive: true });
  return { ...counts, failed: code === 0 ? counts.failed : Math.max(1, counts.failed) };
}

/** Two hosts at a time: half of what a window does is waiting. */
async function hosts() {
  let total = NOTHING;
  const left = [...HOSTS];
  const work = async () => {
    for (let args = left.shift(); args; args = left.shift()) {
      const counts = await hostSuite(args);
      total = add(total, counts);
    }
  };
  await Promise.all([work(), work()]);
  return total;
}

async function windows() {
  // once for all files
  fs.mkdirSync(path.dirname(inRepo(VSIX)), { recursive: true });
  if ((await run(process.execPath, [inRepo('scripts/package.mjs'), inRepo(VSIX)])) !== 0) return FAILED;
  process.env.TRAPLINE_VSIX = inRepo(VSIX);
  return suites(['e2e'], 1);
}

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
const add = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });

/** Stages that need a browser are skipped, one test each, where there is none. */
async function withBrowser(/** @type {() => Promise<Counts>} */ stage) {
  const { hasBrowser } = await import('./vscode/browser.mjs');
  if (hasBrowser()) return stage();
  console.log('No Chromium here: skipped.');
  return process.env.CI ? FAILED : SKIPPED;
}

/** @type {Record<string, () => Promise<Counts>>} */
const STAGES = {
  typecheck: () => check(runModule('typescript/bin/tsc', ['-b'])),
  lint: () => check(runModule('eslint/bin/eslint.js', ['.', '--max-warnings', '0'])),
  format: () => check(runModule('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])),
  build: () => check(run(process.execPath, [inRepo('scripts/bundle.mjs')])),
  unit: unitTests,
  package: () => suites(['package'], 1),
  host: () => withBrowser(hosts),
  e2e: () => withBrowser(windows),
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in STAGES));
if (unknown) {
  console.error(`There is no stage "${unknown}"; the stages are: ${Object.keys(STAGES).join(' ')}`);
  process.exit(2);
}
let total = NOTHING;
const start = performance.now();
const ready = await ensureDependencies();
if (!ready) total = add(total, FAILED);
else {
  const missing = await ensurePackages();
  if (missing.length > 0 && process.env.CI) {
    console.error(`CI must have every package, and these could not be installed: ${missing.join(' ')}`);
    total = add(total, FAILED);
  }
  console.log(`Set up (${seconds(start)}).`);
  for (const [name, stage] of Object.entries(STAGES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n== ${name}`);
    const stageStart = performance.now();
    const counts = await stage();
    console.log(`${counts.failed === 0 ? 'ok' : 'FAILED'}: ${name} (${seconds(stageStart)}): ${inWords(counts)}`);
    total = add(total, counts);
  }
}
console.log(`\nAll of it took ${seconds(start)}.`);
console.log(inWords(total));
process.exitCode = total.failed === 0 ? 0 : 1;

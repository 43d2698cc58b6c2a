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
const countsFile = path.join(os.tmpdir(), `trapline-counts-${process.pid}.json`);

/**
 * Adds what a suite left in the counts file; a suite that left nothing, or says less than its exit code, has failed.
 * @param {(env: NodeJS.ProcessEnv) => Promise<number>} suite
 * @returns {Promise<Counts>}
 */
async function suite(suite) {
  fs.rmSync(countsFile, { force: true });
  const code = await suite({ ...process.env, TRAPLINE_COUNTS: countsFile });
  if (!fs.existsSync(countsFile)) return FAILED;
  const counts = JSON.parse(fs.readFileSync(countsFile, 'utf8'));
  fs.rmSync(countsFile);
  return { ...counts, failed: code === 0 ? counts.failed : Math.max(1, counts.failed) };
}

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

/** @param {string[]} args */
const hostSuite = (...args) =>
  suite((env) => run(process.execPath, [inRepo('scripts/vscode/host-suite.mjs'), ...args], { env }));

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
  host: () =>
    withBrowser(async () => {
      let counts = NOTHING;
      for (const args of [['node'], ['node', '--oldest'], ['worker'], ['web']])
        counts = add(counts, await hostSuite(...args));
      return counts;
    }),
  e2e: () => withBrowser(() => suites(['e2e'], 1)),
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

// Runs mocha test files, bundled first: a loader would make every constant of another module a call, and cost each process a second. One process a
// file, several at a time; a file that hangs is ended and counts as failed. Knows nothing of what the files test.
import * as esbuild from 'esbuild';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRepo, root } from './repo.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** How long each file took last time, ms: the long ones go first. */
const DURATIONS = inRepo('out/test-durations.json');
/** A test gets this long unless it asks for more. */
const TEST_LIMIT_MS = 20_000;

/** Keeps what a source asks about its own place true in its bundle. */
export const ownPlace = /** @type {esbuild.Plugin} */ ({
  name: 'own-place',
  setup(build) {
    build.onLoad({ filter: /\.(ts|mjs)$/ }, ({ path: file }) => {
      const text = fs.readFileSync(file, 'utf8');
      if (file.includes('node_modules') || !text.includes('import.meta.')) return undefined;
      return {
        loader: file.endsWith('.ts') ? 'ts' : 'js',
        contents: text
          .replace(/(?<!['"])import\.meta\.dirname/g, JSON.stringify(path.dirname(file)))
          .replace(/(?<!['"])import\.meta\.url/g, JSON.stringify(pathToFileURL(file).href)),
      };
    });
  },
});

/**
 * With TRAPLINE_TIER1 set (test/support/tier1.ts) every machine that is built has tier 1 on top of the interpreter, also where a test says nothing of
 * engines: sessions, the debugger, the command line.
 */
const forcedTier = /** @type {esbuild.Plugin} */ ({
  name: 'forced-tier',
  setup(build) {
    const threshold = process.env.TRAPLINE_TIER1;
    if (threshold === undefined) return;
    build.onLoad({ filter: /[\\/]src[\\/]machine[\\/]machine\.ts$/ }, ({ path: file }) => {
      const text = fs.readFileSync(file, 'utf8');
      const contents = text.replace(
        "engine === 'jit' ? (tier1 ?? TIER_DEFAULTS) : undefined",
        `engine === 'reference' ? undefined : (tier1 ?? { threshold: ${Number(threshold)} })`,
      );
      if (contents === text) throw new Error('machine.ts does not choose tier 1 where it is to be forced');
      return { loader: 'ts', contents };
    });
  },
});

/**
 * @param {string[]} files
 * @param {string} folder where the bundles go: a file's path below test/, as .mjs
 */
async function bundle(files, folder) {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: files,
    outbase: 'test',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    plugins: [forcedTier, ownPlace],
    logLevel: 'warning',
  });
}

/**
 * @param {string} folder below test/
 * @returns {string[]} its test files, relative to the repository
 */
export function testFiles(folder) {
  return fs
    .readdirSync(inRepo('test', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.posix.join('test', folder, file.split(path.sep).join('/')));
}

/** @returns {Record<string, number>} */
function durations() {
  try {
    return JSON.parse(fs.readFileSync(DURATIONS, 'utf8'));
  } catch {
    return {}; // the first run, or one that was cut short
  }
}

/**
 * One file in a process of its own.
 * @param {string} file
 * @param {string} folder of the bundles
 * @param {number} limit milliseconds
 * @returns {Promise<{ counts: Counts, output: string }>}
 */
function runFile(file, folder, limit) {
  const countsFile = path.join(os.tmpdir(), `trapline-counts-${process.pid}-${file.replace(/\W/g, '-')}.json`);
  const bundled = path.join(folder, file.replace(/^test\//, '').replace(/\.ts$/, '.mjs'));
  const args = ['--no-config', '--forbid-only', '--timeout', String(TEST_LIMIT_MS)];
  const reporter = ['--reporter', inRepo('scripts/lib/count-reporter.mjs')];
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', inRepo('node_modules/mocha/bin/mocha.js'), ...args, ...reporter, bundled],
    {
      cwd: root,
      env: { ...process.env, TRAPLINE_COUNTS: countsFile },
      stdio: ['ignore', 'pipe', 'pipe'],
      // a group of its own, so that what a test started ends with it
      detached: process.platform !== 'win32',
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (/** @type {string} */ text) => (output += text));
  }
  const timer = setTimeout(() => {
    output += `\n  FAILED ${file} did not end within ${limit / 1000} s, and was ended.\n`;
    endGroup(child);
  }, limit);
  return new Promise((resolve) => {
    const done = (/** @type {number | null} */ code) => {
      clearTimeout(timer);
      /** @type {Counts} */
      let counts = { passed: 0, failed: 0, skipped: 0 };
      if (fs.existsSync(countsFile)) counts = JSON.parse(fs.readFileSync(countsFile, 'utf8'));
      else output += `\n  FAILED ${file} gave no report (exit code ${code}).\n`;
      fs.rmSync(countsFile, { force: true });
      // a suite that says less than its exit code has failed
      if (code !== 0) counts.failed = Math.max(1, counts.failed);
      resolve({ counts, output });
    };
    child.once('error', (error) => {
      output += error.message;
      done(1);
    });
    // not when its pipes close: something that a test left behind may hold them
    child.once('exit', (code) => setTimeout(() => done(code), 50));
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function endGroup(child) {
  try {
    if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/**
 * @param {string[]} files relative to the repository
 * @param {{ jobs: number, limit: number }} options files at a time; milliseconds that one may take
 * @returns {Promise<Counts>}
 */
export async function runSuites(files, { jobs, limit }) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  if (files.length === 0) return total;
  fs.mkdirSync(inRepo('out'), { recursive: true });
  // below the repository, where the packages are found
  const bundles = fs.mkdtempSync(inRepo('out/tests-'));
  await bundle(files, bundles);
  const took = durations();
  // one that has never run may be long
  const left = [...files].sort((a, b) => (took[b] ?? Infinity) - (took[a] ?? Infinity));
  const work = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const start = performance.now();
      const { counts, output } = await runFile(file, bundles, limit);
      took[file] = Math.round(performance.now() - start);
      const said = output.trimEnd();
      const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
      const failed = counts.failed > 0 ? `, ${counts.failed} FAILED` : '';
      console.log(
        `${(took[file] / 1000).toFixed(1).padStart(6)} s  ${file}: ${counts.passed} passed${skipped}${failed}`,
      );
      if (said !== '') console.log(said);
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  fs.rmSync(bundles, { recursive: true, force: true });
  fs.writeFileSync(DURATIONS, JSON.stringify({ ...durations(), ...took }));
  return total;
}

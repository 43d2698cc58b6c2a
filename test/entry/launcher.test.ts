/** How a bundle is started with what V8 has kept of it, and what comes of it where that is missing, stale or damaged. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { inRepo } from '../../scripts/lib/repo.mjs';

const DAY_MS = 24 * 3_600_000;
const PROGRAM = `const { name } = require('node:path').parse(__filename); console.log(name, process.argv[2], module.exports === exports);`;

describe('entry/hosts/launcher', () => {
  let folder: string;
  let caches: string;

  const build = (outfile: string, flags: string) =>
    esbuild.build({
      entryPoints: [inRepo('src/entry/hosts/launcher.ts')],
      outfile: path.join(folder, outfile),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      define: { TRAPLINE_MAIN: '"program.main.js"', TRAPLINE_V8_FLAGS: JSON.stringify(flags) },
    });

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-launcher-'));
    await build('program.js', '');
    await build('flagged.js', '--allow-natives-syntax');
  });

  beforeEach(() => {
    caches = fs.mkdtempSync(path.join(folder, 'caches-'));
    write(PROGRAM);
  });

  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const write = (source: string): void => fs.writeFileSync(path.join(folder, 'program.main.js'), source);
  /** What the program says; it must end well. */
  const says = (more: NodeJS.ProcessEnv = {}, launcher = 'program.js'): string => {
    const env = { ...process.env, HOME: caches, XDG_CACHE_HOME: caches, LOCALAPPDATA: caches, ...more };
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(folder, launcher), 'word'], { env });
    assert.equal(status, 0, stderr.toString());
    return stdout.toString().trim();
  };
  const kept = (): string[] =>
    fs.readdirSync(caches, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('program.main.js'));
  const keptAt = (): bigint => fs.statSync(path.join(caches, kept()[0]), { bigint: true }).mtimeNs;

  it('keeps what V8 has compiled, and runs with it from then on', () => {
    assert.equal(says(), 'program.main word true');
    assert.equal(kept().length, 1);
    const at = keptAt();
    assert.equal(says(), 'program.main word true');
    assert.deepEqual([kept().length, keptAt()], [1, at], 'what V8 takes is not written again');
  });

  it('keeps it once more, and for good, when the program has run on', function () {
    this.timeout(30_000);
    write(`${PROGRAM} if (process.env.LONG) setTimeout(() => {}, 5500);`);
    says();
    const short = keptAt();
    says({ LONG: '1' });
    const long = keptAt();
    assert.notEqual(long, short);
    says({ LONG: '1' });
    assert.equal(keptAt(), long);
  });

  it('compiles another source anew, of the same length too', () => {
    says();
    const at = keptAt();
    write(PROGRAM.replace('console.log(name', "console.log('NEW'").replace(/;$/, ''));
    assert.equal(says(), 'NEW word true');
    assert.notEqual(keptAt(), at);
    const second = keptAt();
    write(PROGRAM.replace('console.log(name', "console.log('new'").replace(/;$/, ''));
    assert.equal(says(), 'new word true');
    assert.notEqual(keptAt(), second);
  });

  it('does without what is damaged, and keeps it anew', () => {
    says();
    const file = path.join(caches, kept()[0]);
    const whole = fs.readFileSync(file);
    for (const damaged of [
      Buffer.alloc(0),
      Buffer.alloc(whole.length),
      whole.subarray(0, whole.length - 100),
      whole.subarray(0, 100),
    ]) {
      fs.writeFileSync(file, damaged);
      assert.equal(says(), 'program.main word true');
      assert.equal(fs.readFileSync(file).length, whole.length);
    }
  });

  it('does without a cache where none can be written, or none is wanted', () => {
    fs.writeFileSync(path.join(caches, 'file'), '');
    const nowhere = path.join(caches, 'file');
    assert.equal(says({ HOME: nowhere, XDG_CACHE_HOME: nowhere, LOCALAPPDATA: nowhere }), 'program.main word true');
    assert.equal(says({ NODE_DISABLE_COMPILE_CACHE: '1' }), 'program.main word true');
    assert.deepEqual(kept(), []);
  });

  it('deletes what has not been written for long', () => {
    says();
    const old = path.join(caches, path.dirname(kept()[0]), 'program.main.js-of-another-V8');
    fs.writeFileSync(old, '');
    const then = new Date(Date.now() - 91 * DAY_MS);
    fs.utimesSync(old, then, then);
    write(`${PROGRAM}\n`);
    says();
    assert.equal(fs.existsSync(old), false);
    assert.equal(kept().length, 1);
  });

  it('compiles, and takes what it kept, under the flags for V8 that the bundler gives', () => {
    write('console.log(typeof %GetOptimizationStatus(require));');
    assert.equal(says({}, 'flagged.js'), 'number');
    const at = keptAt();
    assert.equal(says({}, 'flagged.js'), 'number');
    assert.equal(keptAt(), at, 'what V8 takes is not written again');
  });

  it('leaves errors where they are', () => {
    write('try { null.x } catch (error) { console.log(error.stack.split("\\n")[1].trim()) }');
    for (let run = 0; run < 2; run++) assert.match(says(), /program\.main\.js:1:12\)?$/);
  });
});

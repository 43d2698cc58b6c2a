/**
 * What a large bundle is started by on Node: it runs the bundle beside it with what V8 has compiled of it before, which is kept in the user's cache
 * folder. Without a cache, and where one cannot be written, it only takes longer. Knows nothing of what the bundle does.
 *
 * PERF: of the 220 ms that `trapline run` took to the first guest instruction, V8 parsed and compiled for 50 (`engine.bench`, start).
 */
import fs from 'node:fs';
import { createRequire, wrap } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { CodeCache } from './code-cache.js';

/** The bundle's file name; its bundler says it (scripts/bundle.mjs). */
declare const TRAPLINE_MAIN: string;

/** Flags for V8, where the process is the bundle's alone; its bundler says them, too. */
declare const TRAPLINE_V8_FLAGS: string;

/** What is used of a program that runs on is compiled for the most part by then. */
const SETTLED_MS = 5000;

/** Runs a CommonJS file as `require` would. */
function run(main: string): void {
  const source = fs.readFileSync(main);
  const cache = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : new CodeCache(main, source);
  const kept = cache?.read();
  const [before] = wrap('\n').split('\n');
  const options = { filename: main, columnOffset: -before.length, cachedData: kept?.data };
  const script = new Script(wrap(source.toString()), options);
  const taken = script.cachedDataRejected === false;
  if (cache !== undefined && !(taken && kept?.settled)) {
    const keep = (settled: boolean): void => cache.write({ data: script.createCachedData(), settled });
    const atExit = (): void => keep(false);
    // What a short run leaves is kept as long as there is nothing, what a long one leaves for good.
    if (!taken) process.once('exit', atExit);
    setTimeout(() => {
      process.off('exit', atExit);
      keep(true);
    }, SETTLED_MS).unref();
  }
  const module = { exports: {} };
  const body = script.runInThisContext() as (...of: unknown[]) => void;
  body(module.exports, createRequire(main), module, main, path.dirname(main));
}

// before anything is compiled: V8 keeps code for the flags that it was compiled under
if (TRAPLINE_V8_FLAGS !== '') setFlagsFromString(TRAPLINE_V8_FLAGS);
run(path.join(__dirname, TRAPLINE_MAIN));

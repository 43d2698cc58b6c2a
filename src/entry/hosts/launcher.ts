/**
 * What a large bundle is started by on Node: it runs the bundle beside it with what V8 has compiled of it before, which is kept in the user's cache
 * folder. Without a cache, and where one cannot be written, it only takes longer. Knows nothing of what the bundle does.
 *
 * PERF: of the 220 ms that `trapline run` took to the first guest instruction, V8 parsed and compiled for 50 (`engine.bench`, start).
 */
import fs from 'node:fs';
import { createRequire, wrap } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';
import { threadId } from 'node:worker_threads';

/** The bundle's file name; its bundler says it (scripts/bundle.mjs). */
declare const TRAPLINE_MAIN: string;

/** What runs on is compiled for the most part by then. */
const SETTLED_MS = 5000;
/** Caches that V8s of long ago have left are deleted after so long. */
const OLD_MS = 90 * 24 * 3_600_000;
const LENGTH_BYTES = 4;

/** Where programs keep what they can make again, as each system has it. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const home = os.homedir();
  if (process.platform === 'win32') return path.join(LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'trapline');
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'trapline');
  return path.join(XDG_CACHE_HOME ?? path.join(home, '.cache'), 'trapline');
}

/**
 * What V8 has compiled of one bundle, behind the source that it belongs to and its length: V8 checks that it is its own and for its flags, but of the
 * source no more than the length.
 */
class CodeCache {
  private readonly file: string;

  constructor(
    main: string,
    private readonly source: Buffer,
    private readonly folder = cacheFolder(),
  ) {
    this.file = path.join(folder, `${path.basename(main)}-${process.versions.v8}-${process.arch}`);
  }

  read(): Buffer | undefined {
    try {
      const kept = fs.readFileSync(this.file);
      const end = LENGTH_BYTES + kept.readUInt32LE(0);
      return kept.subarray(LENGTH_BYTES, end).equals(this.source) ? kept.subarray(end) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Others may read and write it meanwhile: a file is there as a whole or not at all. */
  write(data: Buffer): void {
    const draft = `${this.file}.${process.pid}-${threadId}`;
    try {
      fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(this.source.length);
      fs.writeFileSync(draft, Buffer.concat([length, this.source, data]), { mode: 0o600 });
      fs.renameSync(draft, this.file);
      this.deleteOld();
    } catch {
      // The next start takes as long as this one. A draft that was begun is deleted when it is old.
    }
  }

  private deleteOld(): void {
    for (const name of fs.readdirSync(this.folder)) {
      const file = path.join(this.folder, name);
      if (Date.now() - fs.statSync(file).mtimeMs > OLD_MS) fs.rmSync(file, { force: true });
    }
  }
}

/** Runs a CommonJS file as `require` would. */
function run(main: string): void {
  const source = fs.readFileSync(main);
  const cache = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : new CodeCache(main, source);
  const cachedData = cache?.read();
  const [before] = wrap('\n').split('\n');
  const script = new Script(wrap(source.toString()), { filename: main, columnOffset: -before.length, cachedData });
  if (cache !== undefined && script.cachedDataRejected !== false) {
    let kept = false;
    const keep = (): void => {
      if (!kept) cache.write(script.createCachedData());
      kept = true;
    };
    setTimeout(keep, SETTLED_MS).unref();
    process.once('exit', keep);
  }
  const module = { exports: {} };
  const body = script.runInThisContext() as (...of: unknown[]) => void;
  body(module.exports, createRequire(main), module, main, path.dirname(main));
}

run(path.join(__dirname, TRAPLINE_MAIN));

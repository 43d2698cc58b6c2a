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

/** What is used of a program that runs on is compiled for the most part by then. */
const SETTLED_MS = 5000;
/** Caches that V8s of long ago have left are deleted after so long. */
const OLD_MS = 90 * 24 * 3_600_000;
/** The length of the source, and 1 if a program has run for {@link SETTLED_MS} before. */
const HEADER_BYTES = 8;

/** Where programs keep what they can make again, as each system has it. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const home = os.homedir();
  if (process.platform === 'win32') return path.join(LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'trapline');
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'trapline');
  return path.join(XDG_CACHE_HOME ?? path.join(home, '.cache'), 'trapline');
}

/** What was kept: V8's data, and whether of a program that had run on. */
interface Kept {
  readonly data: Buffer;
  readonly settled: boolean;
}

/**
 * What V8 has compiled of one bundle, behind a header and the source that it belongs to: V8 checks that the data is its own and for its flags, but of
 * the source no more than the length.
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

  read(): Kept | undefined {
    try {
      const kept = fs.readFileSync(this.file);
      const end = HEADER_BYTES + kept.readUInt32LE(0);
      if (!kept.subarray(HEADER_BYTES, end).equals(this.source)) return undefined;
      return { data: kept.subarray(end), settled: kept.readUInt32LE(4) === 1 };
    } catch {
      return undefined;
    }
  }

  /** Others may read and write it meanwhile: a file is there as a whole or not at all. */
  write({ data, settled }: Kept): void {
    const draft = `${this.file}.${process.pid}-${threadId}`;
    try {
      fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32LE(this.source.length);
      header.writeUInt32LE(settled ? 1 : 0, 4);
      fs.writeFileSync(draft, Buffer.concat([header, this.source, data]), { mode: 0o600 });
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

run(path.join(__dirname, TRAPLINE_MAIN));

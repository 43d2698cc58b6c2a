/**
 * What V8 has compiled of a bundle, kept in the user's cache folder: files that can be made again at any time. Where none can be read or written there is no
 * cache, and nobody hears of it.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Caches that V8s of long ago have left are deleted after so long. */
const OLD_MS = 90 * 24 * 3_600_000;
/** The length of the source, and 1 if the program had run on, so that most of what is used was compiled. */
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
export class CodeCache {
  private readonly folder = cacheFolder();
  private readonly file: string;

  constructor(
    main: string,
    private readonly source: Buffer,
  ) {
    this.file = path.join(this.folder, `${path.basename(main)}-${process.versions.v8}-${process.arch}`);
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
    // PERF: the number of the thread would tell drafts of one process apart, too; but asking for it loads a tenth of Node's library (start: 4 ms).
    const draft = `${this.file}.${process.pid}-${process.hrtime.bigint()}`;
    try {
      fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32LE(this.source.length);
      header.writeUInt32LE(settled ? 1 : 0, 4);
      fs.writeFileSync(draft, Buffer.concat([header, this.source, data]), { mode: 0o600, flag: 'wx' });
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

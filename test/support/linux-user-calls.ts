/** The system calls of linux-user.ts: numbers and structures of Linux for ARM (EABI). Knows guest memory, no processor. */
import type { LinuxProgram } from './linux-user.js';

const ENOSYS = -38;
const ENOENT = -2;
const EBADF = -9;
const ENOTTY = -25;
const ENOMEM = -12;
const ESPIPE = -29;

interface OpenFile {
  /** What it reads; a stream where writes go. */
  readonly bytes: Uint8Array | undefined;
  readonly sink: Uint8Array[] | undefined;
  readonly pipe: boolean;
  at: number;
}

const concat = (chunks: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(chunks));

export class SystemCalls {
  readonly #ram: Uint8Array;
  readonly #view: DataView;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #open = new Map<number, OpenFile>();
  readonly #out: Uint8Array[] = [];
  readonly #error: Uint8Array[] = [];
  readonly #limit: number;
  #brk: number;
  readonly #brkEnd: number;
  #mapping: number;
  #chance = 1;
  exited: number | undefined;
  readonly missing = new Set<number>();

  constructor(ram: Uint8Array, program: LinuxProgram, space: { brk: number; mappings: number; limit: number }) {
    this.#ram = ram;
    this.#view = new DataView(ram.buffer, ram.byteOffset, ram.length);
    this.#files = program.files ?? new Map();
    this.#brk = space.brk;
    this.#brkEnd = space.mappings;
    this.#mapping = space.mappings;
    this.#limit = space.limit;
    this.#open.set(0, { bytes: program.stdin ?? new Uint8Array(0), sink: undefined, pipe: true, at: 0 });
    this.#open.set(1, { bytes: undefined, sink: this.#out, pipe: true, at: 0 });
    this.#open.set(2, { bytes: undefined, sink: this.#error, pipe: true, at: 0 });
  }

  stdout = (): Uint8Array => concat(this.#out);
  stderr = (): Uint8Array => concat(this.#error);

  /** Serves call `number`. Returns what R0 gets: a result, or an error number below zero. */
  call(number: number, [a, b, c, d, e]: readonly number[]): number {
    switch (number) {
      case 1: // exit
      case 248: // exit_group
        this.exited = a & 0xff;
        return 0;
      case 3:
        return this.#read(a, b, c);
      case 4:
        return this.#write(a, b, c);
      case 5:
        return this.#openAt(a);
      case 322:
        return this.#openAt(b);
      case 6: // close
        return this.#open.delete(a) ? 0 : EBADF;
      case 19:
        return this.#seek(a, b | 0, c);
      case 140: {
        const to = this.#seek(a, c | 0, e);
        if (to < 0) return to;
        this.#words(d, to, 0);
        return 0;
      }
      case 20: // getpid
      case 224: // gettid
      case 256: // set_tid_address
        return 1;
      case 45:
        if (a >= this.#brk - 0x1000_0000 && a !== 0 && a < this.#brkEnd) this.#setBrk(a);
        return this.#brk;
      case 60: // umask
        return 0o22;
      case 54: // ioctl
        return ENOTTY;
      case 63: // dup2
        return this.#duplicate(a, b);
      case 41: // dup
      case 221: // fcntl64: F_DUPFD and F_DUPFD_CLOEXEC, F_GETFL; flags are not kept
        if (number === 41 || b === 0 || b === 1030)
          return this.#duplicate(a, this.#free(Math.max(3, number === 41 ? 3 : c)));
        return 0;
      case 91: // munmap
      case 125: // mprotect
      case 172: // prctl
      case 174: // rt_sigaction
      case 175: // rt_sigprocmask
      case 220: // madvise
      case 240: // futex
      case 0xf_0002: // cacheflush
        return 0;
      case 78: // gettimeofday
      case 263: // clock_gettime
      case 403: {
        const at = number === 78 ? a : b;
        if (number === 403) this.#words(at, 1_700_000_000, 0, 0, 0);
        else this.#words(at, 1_700_000_000, 0);
        return 0;
      }
      case 85: // readlink
      case 332: // readlinkat
        return ENOENT;
      case 122:
        return this.#uname(a);
      case 145:
      case 146:
        return this.#vector(number === 146, a, b, c);
      case 183:
        this.#ram.set([0x2f, 0], a);
        return 2;
      case 191: // ugetrlimit
        this.#words(b, 8 << 20, -1);
        return 0;
      case 192:
        return this.#map(b);
      case 213: // setuid32, setgid32
      case 214:
        return 0;
      case 199: // getuid32 and its like
      case 200:
      case 201:
      case 202:
        return 1000;
      case 33: // access
      case 334: // faccessat
        return this.#files.has(this.#text(number === 33 ? a : b)) ? 0 : ENOENT;
      case 195: // stat64, lstat64
      case 196:
        return this.#stat64(this.#text(a), undefined, b);
      case 197:
        return this.#stat64(undefined, a, b);
      case 327:
        return this.#stat64(this.#text(b), undefined, c);
      case 397: {
        const name = this.#text(b);
        return name === '' ? this.#statx(undefined, a, e) : this.#statx(name, undefined, e);
      }
      case 384: // getrandom
        for (let i = 0; i < b; i++) this.#ram[a + i] = this.#chance = (Math.imul(this.#chance, 75) + 74) & 0xff;
        return b;
      default:
        this.missing.add(number);
        return ENOSYS;
    }
  }

  #words(at: number, ...values: number[]): void {
    values.forEach((value, i) => this.#view.setInt32(at + 4 * i, value, true));
  }

  #text(at: number): string {
    return new TextDecoder().decode(this.#ram.slice(at, this.#ram.indexOf(0, at)));
  }

  #free(from: number): number {
    let fd = from;
    while (this.#open.has(fd)) fd++;
    return fd;
  }

  #openAt(name: number): number {
    const bytes = this.#files.get(this.#text(name));
    if (bytes === undefined) return ENOENT;
    const fd = this.#free(3);
    this.#open.set(fd, { bytes, sink: undefined, pipe: false, at: 0 });
    return fd;
  }

  #duplicate(from: number, to: number): number {
    const file = this.#open.get(from);
    if (file === undefined) return EBADF;
    this.#open.set(to, file);
    return to;
  }

  #read(fd: number, at: number, length: number): number {
    const file = this.#open.get(fd);
    if (file?.bytes === undefined) return EBADF;
    const chunk = file.bytes.subarray(file.at, file.at + length);
    this.#ram.set(chunk, at);
    file.at += chunk.length;
    return chunk.length;
  }

  #write(fd: number, at: number, length: number): number {
    const sink = this.#open.get(fd)?.sink;
    if (sink === undefined) return EBADF;
    sink.push(this.#ram.slice(at, at + length));
    return length;
  }

  #vector(write: boolean, fd: number, at: number, count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const [base, length] = [0, 4].map((field) => this.#view.getUint32(at + 8 * i + field, true));
      const done = write ? this.#write(fd, base, length) : this.#read(fd, base, length);
      if (done < 0) return done;
      sum += done;
      if (done < length) break;
    }
    return sum;
  }

  #seek(fd: number, offset: number, whence: number): number {
    const file = this.#open.get(fd);
    if (file === undefined) return EBADF;
    if (file.bytes === undefined || file.pipe) return ESPIPE;
    file.at = offset + [0, file.at, file.bytes.length][whence];
    return file.at;
  }

  #setBrk(to: number): void {
    if (to < this.#brk) this.#ram.fill(0, to, this.#brk);
    this.#brk = to;
  }

  #map(length: number): number {
    const at = this.#mapping;
    const end = at + ((length + 0xfff) & ~0xfff);
    if (end > this.#limit) return ENOMEM;
    this.#mapping = end;
    return at;
  }

  #uname(at: number): number {
    ['Linux', 'trapline', '6.1.0', '#1', 'armv7l', ''].forEach((field, i) => {
      this.#ram.fill(0, at + 65 * i, at + 65 * (i + 1));
      this.#ram.set(new TextEncoder().encode(field), at + 65 * i);
    });
    return 0;
  }

  /** Mode and size of a file by name or descriptor, or an error. */
  #metadata(name: string | undefined, fd: number | undefined): { mode: number; size: number } | number {
    const file = fd === undefined ? undefined : this.#open.get(fd);
    if (fd !== undefined && file === undefined) return EBADF;
    if (file?.pipe === true) return { mode: 0o010600, size: 0 };
    const bytes = file?.bytes ?? this.#files.get(name ?? '');
    return bytes === undefined ? ENOENT : { mode: 0o100644, size: bytes.length };
  }

  #stat64(name: string | undefined, fd: number | undefined, at: number): number {
    const found = this.#metadata(name, fd);
    if (typeof found === 'number') return found;
    this.#ram.fill(0, at, at + 104);
    this.#words(at + 16, found.mode, 1, 1000, 1000);
    this.#words(at + 48, found.size, 0, 4096, 0, (found.size + 511) >> 9);
    return 0;
  }

  #statx(name: string | undefined, fd: number | undefined, at: number): number {
    const found = this.#metadata(name, fd);
    if (typeof found === 'number') return found;
    this.#ram.fill(0, at, at + 256);
    this.#words(at, 0x7ff, 4096, 0, 0, 1, 1000, 1000, found.mode, 1, 0, found.size, 0, (found.size + 511) >> 9);
    return 0;
  }
}

/**
 * ARM semihosting (Semihosting for AArch32 and AArch64, version 2.0): the calls that need no file system. The console is the run's console;
 * there are no files beside it. Operation in r0, argument or parameter block in r1, result in r0.
 */
import type { SystemPort } from '../arm/system-port.js';

const SYS_OPEN = 0x01;
const SYS_CLOSE = 0x02;
const SYS_WRITEC = 0x03;
const SYS_WRITE0 = 0x04;
const SYS_WRITE = 0x05;
const SYS_READ = 0x06;
const SYS_READC = 0x07;
const SYS_ISERROR = 0x08;
const SYS_ISTTY = 0x09;
const SYS_SEEK = 0x0a;
const SYS_FLEN = 0x0c;
const SYS_CLOCK = 0x10;
const SYS_TIME = 0x11;
const SYS_ERRNO = 0x13;
const SYS_GET_CMDLINE = 0x15;
const SYS_HEAPINFO = 0x16;
const SYS_EXIT = 0x18;
const SYS_EXIT_EXTENDED = 0x20;
const SYS_ELAPSED = 0x30;
const SYS_TICKFREQ = 0x31;

/** SYS_EXIT's reason for a normal end; any other reason is an error end, code 1. */
const ADP_Stopped_ApplicationExit = 0x20026;
const NANOSECONDS = 1e9;
const ENOENT = 2;
const EBADF = 9;
const ENOSYS = 38;

/** Bytes that one call writes at most: memory may hold no end of a string, and a call is one instruction, which must end. */
const LONGEST_WRITE = 1 << 20;

const STDIN = 1;
const STDOUT = 2;
const STDERR = 3;

export interface SemihostingHost {
  /** A byte for the console. */
  write(byte: number): void;
  /** The next typed byte, or -1 if none is there. */
  read(): number;
  exit(code: number): void;
  /** Virtual nanoseconds since power-on. */
  now(): number;
  /** Seconds since 1970 at power-on. */
  readonly epoch: number;
  /** Arguments of the run, as one line. */
  readonly commandLine: string;
  /** RAM, for SYS_HEAPINFO. */
  readonly ram: { readonly base: number; readonly length: number };
}

export class Semihosting {
  private errno = 0;

  constructor(private readonly host: SemihostingHost) {}

  /** Carries out the call in r0, r1. May take a data abort while it reads the parameter block. */
  call(cpu: SystemPort): void {
    cpu.writeR(0, this.result(cpu, cpu.readR(0) >>> 0, cpu.readR(1)) | 0);
  }

  private result(cpu: SystemPort, operation: number, argument: number): number {
    const word = (index: number) => cpu.load((argument + 4 * index) | 0, 4, false, false);
    switch (operation) {
      case SYS_OPEN:
        return this.open(cpu, word(0), word(1), word(2));
      case SYS_CLOSE:
      case SYS_SEEK:
        return isHandle(word(0)) ? 0 : this.fail(EBADF);
      case SYS_WRITEC:
        this.host.write(cpu.load(argument, 1, false, false));
        return cpu.readR(0);
      case SYS_WRITE0:
        for (let i = 0; i < LONGEST_WRITE; i++) {
          const byte = cpu.load((argument + i) | 0, 1, false, false);
          if (byte === 0) break;
          this.host.write(byte);
        }
        return cpu.readR(0);
      case SYS_WRITE:
        return this.write(cpu, word(0), word(1), word(2));
      case SYS_READ:
        return this.read(cpu, word(0), word(1), word(2));
      case SYS_READC:
        return this.host.read();
      case SYS_ISERROR:
        return word(0) < 0 ? 1 : 0;
      case SYS_ISTTY:
        return isHandle(word(0)) ? 1 : this.fail(EBADF);
      case SYS_FLEN:
        return isHandle(word(0)) ? 0 : this.fail(EBADF);
      case SYS_CLOCK:
        return Math.floor((this.host.now() / NANOSECONDS) * 100);
      case SYS_TIME:
        return Math.floor(this.host.epoch + this.host.now() / NANOSECONDS);
      case SYS_ERRNO:
        return this.errno;
      case SYS_GET_CMDLINE:
        return this.commandLine(cpu, argument, word(0), word(1));
      case SYS_HEAPINFO: {
        const block = word(0);
        const top = (this.host.ram.base + this.host.ram.length) | 0;
        // Heap base and limit, stack base and limit: the upper half of RAM, heap growing up, stack growing down.
        const middle = (this.host.ram.base + this.host.ram.length / 2) | 0;
        [middle, top, top, middle].forEach((value, i) => {
          cpu.store((block + 4 * i) | 0, 4, value, false, false);
        });
        return 0;
      }
      case SYS_EXIT:
        this.host.exit(argument === ADP_Stopped_ApplicationExit ? 0 : 1);
        return 0;
      case SYS_EXIT_EXTENDED:
        this.host.exit(word(0) === ADP_Stopped_ApplicationExit ? word(1) : 1);
        return 0;
      case SYS_ELAPSED: {
        const ns = this.host.now();
        cpu.store(argument, 4, (ns % 2 ** 32) | 0, false, false);
        cpu.store((argument + 4) | 0, 4, Math.floor(ns / 2 ** 32) | 0, false, false);
        return 0;
      }
      case SYS_TICKFREQ:
        return NANOSECONDS;
      default:
        return this.fail(ENOSYS);
    }
  }

  /** Only `:tt` (the console) and `:semihosting-features` style names exist; modes 0–3 read, 4–7 write, 8–11 append. */
  private open(cpu: SystemPort, name: number, mode: number, length: number): number {
    let text = '';
    for (let i = 0; i < length && i < 64; i++) text += String.fromCharCode(cpu.load((name + i) | 0, 1, false, false));
    if (text !== ':tt') return this.fail(ENOENT);
    return mode < 4 ? STDIN : mode < 8 ? STDOUT : STDERR;
  }

  /** Returns the number of bytes not written. */
  private write(cpu: SystemPort, handle: number, address: number, length: number): number {
    if (handle !== STDOUT && handle !== STDERR) {
      this.fail(EBADF);
      return length;
    }
    const now = Math.min(length >>> 0, LONGEST_WRITE);
    for (let i = 0; i < now; i++) this.host.write(cpu.load((address + i) | 0, 1, false, false));
    return length - now;
  }

  /** Returns the number of bytes not read: what has been typed so far, and no waiting. */
  private read(cpu: SystemPort, handle: number, address: number, length: number): number {
    if (handle !== STDIN) {
      this.fail(EBADF);
      return length;
    }
    let i = 0;
    for (; i < length >>> 0; i++) {
      const byte = this.host.read();
      if (byte < 0) break;
      cpu.store((address + i) | 0, 1, byte, false, false);
    }
    return length - i;
  }

  private commandLine(cpu: SystemPort, block: number, buffer: number, size: number): number {
    const line = this.host.commandLine;
    if (size >>> 0 <= line.length) return -1;
    for (let i = 0; i <= line.length; i++) {
      cpu.store((buffer + i) | 0, 1, i < line.length ? line.charCodeAt(i) & 0xff : 0, false, false);
    }
    cpu.store((block + 4) | 0, 4, line.length, false, false);
    return 0;
  }

  private fail(errno: number): -1 {
    this.errno = errno;
    return -1;
  }
}

function isHandle(handle: number): boolean {
  return handle === STDIN || handle === STDOUT || handle === STDERR;
}

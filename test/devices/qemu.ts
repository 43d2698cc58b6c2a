/**
 * QEMU's boards as an oracle for register behaviour: its qtest protocol reads and writes physical addresses while the processor stands
 * still. Batches keep a comparison of thousands of accesses within seconds.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { AccessSize } from '../../src/mem/device.js';

/** A bus access: a read where `value` is undefined. */
export interface BusAccess {
  readonly address: number;
  readonly size: AccessSize;
  readonly value?: number;
  /** Bits of a read that are compared; all if left out. */
  readonly mask?: number;
}

export const QEMU_VIRT = ['-M', 'virt,gic-version=2,highmem=off', '-cpu', 'cortex-a15', '-m', '64'] as const;
export const QEMU_RASPI1 = ['-M', 'raspi1ap'] as const;

const LETTER = { 1: 'b', 2: 'w', 4: 'l' } as const;

export class QemuBoard {
  private readonly process: ChildProcessWithoutNullStreams;
  private text = '';
  private lines: string[] = [];
  private wanted = 0;
  private done: (() => void) | undefined;

  constructor(board: readonly string[], ...extra: string[]) {
    const still = [...board, '-S', '-nodefaults'];
    const quiet = ['-display', 'none', '-monitor', 'none', '-serial', 'null', '-qtest', 'stdio', '-qtest-log', 'none'];
    this.process = spawn('qemu-system-arm', [...still, ...quiet, ...extra]);
    this.process.stdout.setEncoding('latin1');
    this.process.stdin.on('error', () => {}); // it ends while a batch is under way: reported by its exit
    this.process.stdout.on('data', (chunk: string) => this.take(chunk));
  }

  private take(chunk: string): void {
    const parts = (this.text + chunk).split('\n');
    this.text = parts.pop() ?? '';
    this.lines.push(...parts.filter((line) => line.startsWith('OK') || line.startsWith('FAIL')));
    if (this.lines.length >= this.wanted) this.done?.();
  }

  /** Performs the accesses in order; gives what each read read (0 for writes). */
  async run(accesses: readonly BusAccess[]): Promise<number[]> {
    this.lines = [];
    this.wanted = accesses.length;
    const answered = new Promise<void>((resolve, reject) => {
      this.done = resolve;
      this.process.once('exit', (code) => reject(new Error(`QEMU ended with ${code}`)));
    });
    for (const { address, size, value } of accesses) {
      const verb = value === undefined ? 'read' : 'write';
      const operand = value === undefined ? '' : ` 0x${(value >>> 0).toString(16)}`;
      this.process.stdin.write(`${verb}${LETTER[size]} 0x${address.toString(16)}${operand}\n`);
    }
    await answered;
    this.process.removeAllListeners('exit');
    return this.lines.map((line) => Number(line.split(' ')[1] ?? 0));
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }
}

/** Numbers that depend on `seed` only (a 32-bit xorshift), for tests that must be repeatable. */
export class Random {
  constructor(private state: number) {}

  /** A u32. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  /** An integer below `n`. */
  below(n: number): number {
    return this.next() % n;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

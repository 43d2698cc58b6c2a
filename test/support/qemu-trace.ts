/**
 * QEMU as an oracle, one instruction at a time: runs qemu-system-arm with every translation block one instruction long, and reads the state
 * before each instruction from its log, through a named pipe.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** R0..R15 and CPSR before one instruction. */
export const TRACE_WORDS = 17;

const DIGIT = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  DIGIT['0123456789abcdef'.charCodeAt(i)] = i;
  DIGIT['0123456789ABCDEF'.charCodeAt(i)] = i;
}
const EQUALS = '='.charCodeAt(0);
const NEWLINE = '\n'.charCodeAt(0);

export interface QemuRun {
  /** Arguments beside those of the log. */
  readonly args: readonly string[];
  /** Stop QEMU after so many instructions. */
  readonly limit: number;
}

/**
 * Calls `each` with the state before every instruction, in order, until `limit` or until it returns false. The array is reused.
 * Resolves to how many states were delivered.
 */
export async function traceQemu(run: QemuRun, each: (state: Int32Array, index: number) => boolean): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trapline-qemu-'));
  const pipe = path.join(folder, 'log');
  execFileSync('mkfifo', [pipe]);
  const qemu = spawn('qemu-system-arm', [...run.args, '-singlestep', '-d', 'cpu,nochain', '-D', pipe], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: Buffer[] = [];
  qemu.stderr?.on('data', (d: Buffer) => errors.push(d));
  try {
    return await readStates(createReadStream(pipe, { highWaterMark: 1 << 20 }), run.limit, each, qemu);
  } catch (error) {
    throw new Error(`${String(error)}\n${Buffer.concat(errors).toString()}`, { cause: error });
  } finally {
    qemu.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every number behind an `=` in the log is one of the 17 words, in order (`R00=…` to `R15=…`, `PSR=…`). */
async function readStates(
  stream: NodeJS.ReadableStream,
  limit: number,
  each: (state: Int32Array, index: number) => boolean,
  qemu: ChildProcess,
): Promise<number> {
  const state = new Int32Array(TRACE_WORDS);
  let index = 0;
  let word = 0;
  let value = 0;
  let inNumber = false;
  qemu.once('error', (error) => stream.emit('error', error));
  for await (const piece of stream) {
    const chunk = piece as Buffer;
    for (const byte of chunk) {
      if (inNumber) {
        const digit = DIGIT[byte];
        if (digit >= 0) {
          value = (value << 4) | digit;
          continue;
        }
        inNumber = false;
        state[word++] = value;
        if (word === TRACE_WORDS) {
          word = 0;
          if (!each(state, index++) || index === limit) return index;
        }
      } else if (byte === EQUALS) {
        inNumber = true;
        value = 0;
      } else if (byte === NEWLINE) {
        inNumber = false;
      }
    }
  }
  return index;
}

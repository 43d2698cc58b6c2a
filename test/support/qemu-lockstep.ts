/** One of our bare guests in lockstep with QEMU: R0..R15 and CPSR before each instruction, or before every so many. */
import assert from 'node:assert/strict';
import { Psr } from '../../src/arm/modes.js';
import type { GuestImages } from '../../src/machine/images.js';
import { instructionText, MIB, TestGuest, wayName, wordAt, type EngineName } from './guest.js';
import { traceQemu, TRACE_WORDS } from './qemu-trace.js';

/** RAM on both sides, bytes. */
export const BOARD_RAM = 128 * MIB;

/**
 * QEMU's arguments for the board that we emulate. One instruction takes 16 virtual ns, as with us, and no other time passes: without
 * `sleep=off` the host time that goes by before the first instruction would count, too.
 */
export const QEMU_BOARD: readonly string[] = [
  ...['-M', 'virt,gic-version=2,highmem=off,dtb-randomness=off', '-cpu', 'cortex-a15', '-m', `${BOARD_RAM / MIB}M`],
  ...['-icount', 'shift=4,sleep=off', '-nic', 'none', '-display', 'none', '-monitor', 'none'],
];

const NAMES = [...Array.from({ length: 16 }, (_, n) => `R${n}`), 'CPSR'];
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
/** MRRC p15, 0 or 1, Rt, Rt2, c14: CNTPCT and CNTVCT, which change by themselves. */
const isCounterRead = (word: number): boolean => (word & 0x0ff0_0fef) === 0x0c50_0f0e;

/** Held against QEMU's states every `stride` instructions, up to instruction `limit`. */
export class Follower {
  readonly guest: TestGuest;
  /** The state before the last run, and the word at its PC. */
  readonly #before = new Int32Array(TRACE_WORDS);
  #wordBefore = 0;
  /** Counters read (seen only where the stride is 1), and reads that gave another value than QEMU's, which was then taken over. */
  counterReads = 0;
  differingReads = 0;

  constructor(
    images: GuestImages,
    engine: EngineName,
    readonly stride: number,
    readonly limit = Infinity,
  ) {
    this.guest = new TestGuest({ engine }, { images, memory: BOARD_RAM });
  }

  get name(): string {
    return `${wayName(this.guest.way)}, every ${this.stride}`;
  }

  /** Goes to instruction `index`, where QEMU is in `state`. @throws with the first register that differs */
  follow(index: number, state: Int32Array): void {
    if (index % this.stride !== 0 || index > this.limit) return;
    const { guest } = this;
    if (index > 0) {
      for (let n = 0; n < TRACE_WORDS; n++) this.#before[n] = this.#word(n);
      this.#wordBefore = wordAt(guest, guest.pc);
      const stop = guest.run(this.stride);
      assert.equal(stop.kind, 'limit', `${this.name}: stopped at instruction ${index}: ${JSON.stringify(stop)}`);
      if (this.stride === 1 && isCounterRead(this.#wordBefore)) this.#takeCounter(this.#wordBefore, state);
      // QEMU prints the state when an interrupt has been taken, not the one between that and the instruction before.
      guest.guest.cpu.deliverInterrupts();
    }
    for (let n = 0; n < TRACE_WORDS; n++) {
      if (this.#word(n) !== state[n] >>> 0) assert.fail(this.#difference(index, n, state));
    }
  }

  #word(n: number): number {
    return n === 16 ? this.guest.cpsr : this.guest.r(n);
  }

  /** Takes over what QEMU's counter read gave, if that is something else. */
  #takeCounter(word: number, state: Int32Array): void {
    this.counterReads++;
    const { cpu } = this.guest.guest;
    const registers = [(word >>> 12) & 15, (word >>> 16) & 15];
    if (registers.every((n) => cpu.state[n] === state[n])) return;
    this.differingReads++;
    for (const n of registers) cpu.state[n] = state[n];
  }

  #difference(index: number, n: number, state: Int32Array): string {
    const from = this.#before[15] >>> 0;
    const text = instructionText(this.#wordBefore, (this.#before[16] & Psr.T) !== 0);
    const span = this.stride === 1 ? '' : ` (and ${this.stride - 1} behind it)`;
    const before = Array.from(this.#before, (value, i) => `${NAMES[i]}=${hex(value)}`).join(' ');
    return [
      `${this.name}: instruction ${index - this.stride}${span} at ${hex(from)}, ${text}:`,
      `${NAMES[n]} is ${hex(this.#word(n))}, QEMU has ${hex(state[n])}`,
      `before it: ${before}`,
    ].join('\n');
  }
}

/**
 * Compares QEMU's first `count` instructions with all followers, or fewer if QEMU ends before.
 * @param args of QEMU, beside those of the board
 * @param before called before each comparison
 * @returns how many instructions were compared
 * @throws with the first difference
 */
export async function lockstep(
  args: readonly string[],
  followers: readonly Follower[],
  count: number,
  before: (index: number) => void = () => {},
): Promise<number> {
  const last = new Int32Array(TRACE_WORDS);
  let index = 0;
  let repeated = 0;
  await traceQemu({ args: [...QEMU_BOARD, '-serial', 'null', ...args], limit: Infinity }, (state) => {
    if (index > 0 && same(state, last)) {
      // QEMU entered a block anew, without having executed it: that is no instruction.
      repeated++;
      return true;
    }
    last.set(state);
    before(index);
    for (const follower of followers) follower.follow(index, state);
    return index++ < count;
  });
  assert.ok(repeated <= count / 1000 + 100, `QEMU repeated ${repeated} states`);
  return index - 1;
}

function same(a: Int32Array, b: Int32Array): boolean {
  for (let n = 0; n < TRACE_WORDS; n++) if (a[n] !== b[n]) return false;
  return true;
}

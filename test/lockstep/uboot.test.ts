/**
 * Lockstep with QEMU over Debian's U-Boot, bare: R0..R15 and CPSR before each instruction. Both sides get the same device tree and RAM size;
 * QEMU takes 16 virtual ns an instruction, as we do, so that even the counters agree. `TRAPLINE_LOCKSTEP=N` compares N instructions.
 */
import assert from 'node:assert/strict';
import type { ImageFile } from '../../src/machine/images.js';
import { MIB, TestGuest, wayName, type EngineName } from '../support/guest.js';
import { disassemble } from '../support/objdump.js';
import { traceQemu, TRACE_WORDS } from '../support/qemu-trace.js';
import { need, UBOOT } from '../support/tools.js';
import { QEMU_BOARD, qemuDeviceTree, ubootImagesOfQemu, UBOOT_RAM } from '../support/uboot.js';

/** Instructions compared, and how many of them one by one with the slow reference. */
const INSTRUCTIONS = Number(process.env.TRAPLINE_LOCKSTEP ?? 1_000_000);
const BY_REFERENCE = Math.max(250_000, Number(process.env.TRAPLINE_LOCKSTEP ?? 0));
/** Milliseconds for a million instructions, on a slow and loaded machine. */
const PATIENCE = 120_000;

const NAMES = [...Array.from({ length: 16 }, (_, n) => `R${n}`), 'CPSR'];
/** MRRC p15, 0 or 1, Rt, Rt2, c14: CNTPCT and CNTVCT, the only registers that time alone changes. */
const isCounterRead = (word: number): boolean => (word & 0x0fff_0fff & ~0xf000 & ~0x10) === 0x0c50_0f0e;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** One of our guests, held against QEMU's states every `stride` instructions up to `limit`. */
class Follower {
  readonly guest: TestGuest;
  readonly #before = new Int32Array(TRACE_WORDS);
  /** Counter reads that gave another value than QEMU's, which was taken over. */
  counterReads = 0;

  constructor(
    dtb: ImageFile,
    engine: EngineName,
    readonly stride: number,
    readonly limit: number,
  ) {
    this.guest = new TestGuest({ engine }, { images: ubootImagesOfQemu(dtb), memory: UBOOT_RAM });
  }

  get name(): string {
    return `${wayName(this.guest.way)}, every ${this.stride}`;
  }

  /** Goes to instruction `index`, where QEMU is in `state`. @throws with the first register that differs */
  follow(index: number, state: Int32Array): void {
    if (index % this.stride !== 0 || index > this.limit) return;
    const guest = this.guest;
    if (index > 0) {
      this.#remember();
      const counter = this.stride === 1 && isCounterRead(this.#wordAt(guest.pc));
      const stop = guest.run(this.stride);
      assert.equal(stop.kind, 'limit', `${this.name}: stopped at instruction ${index}: ${JSON.stringify(stop)}`);
      if (counter) this.#takeCounter(state);
    }
    for (let n = 0; n < TRACE_WORDS; n++) {
      if (this.#word(n) !== state[n] >>> 0) assert.fail(this.#difference(index, n, state));
    }
  }

  #word(n: number): number {
    return n === 16 ? this.guest.cpsr : this.guest.r(n);
  }

  #remember(): void {
    for (let n = 0; n < TRACE_WORDS; n++) this.#before[n] = this.#word(n);
  }

  #wordAt(pc: number): number {
    const { guest } = this.guest;
    const { pa, fault } = guest.cpu.mmu.translate(pc, 2, true);
    return fault === 0 ? guest.bus.read(pa, 4) | 0 : 0;
  }

  /** The counter read at the instruction before: if only its two registers differ, QEMU's value is the right one from here on. */
  #takeCounter(state: Int32Array): void {
    const { cpu } = this.guest.guest;
    const word = this.#wordAt(this.#before[15]);
    for (const n of [(word >>> 12) & 15, (word >>> 16) & 15]) {
      if (cpu.state[n] === state[n]) continue;
      this.counterReads++;
      cpu.state[n] = state[n];
    }
  }

  #difference(index: number, n: number, state: Int32Array): string {
    const from = this.#before[15] >>> 0;
    const word = this.#wordAt(from);
    const text = disassemble('A32', [word])[0];
    const span = this.stride === 1 ? '' : ` (and ${this.stride - 1} behind it)`;
    const before = Array.from(this.#before, (value, i) => `${NAMES[i]}=${hex(value)}`).join(' ');
    return [
      `${this.name}: instruction ${index - this.stride}${span} at ${hex(from)}, ${hex(word)} ${text}:`,
      `${NAMES[n]} is ${hex(this.#word(n))}, QEMU has ${hex(state[n])}`,
      `before it: ${before}`,
    ].join('\n');
  }
}

describe('lockstep with QEMU', () => {
  let dtb: ImageFile;

  before(function () {
    need(this, 'qemu-system-arm', 'arm-none-eabi-objdump', UBOOT);
    dtb = qemuDeviceTree();
  });

  /**
   * Compares QEMU's first `count` instructions with all followers. QEMU prints a state again when it enters a block anew without having
   * executed it: that is no instruction.
   * @throws with the first difference
   */
  async function lockstep(
    followers: readonly Follower[],
    count: number,
    before: (index: number) => void = () => {},
  ): Promise<void> {
    const last = new Int32Array(TRACE_WORDS);
    let index = 0;
    let repeated = 0;
    const args = [...QEMU_BOARD, '-serial', 'null'];
    await traceQemu({ args, limit: 2 * count + 2 }, (state) => {
      if (index > 0 && state.every((value, n) => value === last[n])) {
        repeated++;
        return true;
      }
      last.set(state);
      before(index);
      for (const follower of followers) follower.follow(index, state);
      return index++ < count;
    });
    assert.equal(index, count + 1, 'QEMU ended early');
    assert.ok(repeated <= count / 10_000 + 10, `QEMU repeated ${repeated} states`);
  }

  it(`U-Boot's first ${INSTRUCTIONS / 1e6} million instructions: no difference, and no counter read that differs`, async function () {
    this.timeout(PATIENCE * Math.ceil(INSTRUCTIONS / MIB));
    // The interpreter's fast loops run only when there is some way to go: the strides are for them.
    const followers = [
      new Follower(dtb, 'reference', 1, BY_REFERENCE),
      new Follower(dtb, 'interpreter', 1, INSTRUCTIONS),
      new Follower(dtb, 'interpreter', 997, INSTRUCTIONS),
    ];
    await lockstep(followers, INSTRUCTIONS);
    for (const follower of followers)
      assert.equal(follower.counterReads, 0, `${follower.name}: counter reads that differ`);
  });

  it('a difference is told with its instruction, the text of that, and the first register', async function () {
    this.timeout(PATIENCE);
    const follower = new Follower(dtb, 'interpreter', 1, 100);
    await assert.rejects(
      lockstep([follower], 100, (index) => {
        if (index === 50) follower.guest.guest.cpu.state[11] ^= 1;
      }),
      /bare, interpreter, every 1: instruction 49 at 0x[0-9a-f]+, 0x[0-9a-f]+ \w+.*:\nR11 is 0x1, QEMU has 0x0\nbefore it: R0=/,
    );
  });
});

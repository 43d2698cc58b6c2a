/**
 * Runs single instructions under `qemu-arm`: a block of slots, each of which loads all registers and flags from a record, executes one
 * instruction, and writes all registers and flags to another record. The whole block runs several times, with new records each time. Knows
 * nothing of this project's processor.
 *
 *   TEXT    start-up, signal handler, end; then slots of 128 bytes each
 *   VARS    out pointer, in pointer, rounds left
 *   WINDOW  64 KiB that instructions may load and store
 *   IN      records of 16 words, slot by slot, round by round
 *   OUT     the same, written
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from './assemble.js';

export const TEXT = 0x4001_0000;
export const SLOTS = 0x4002_0000;
export const SLOT = 128;
export const MAX_SLOTS = 2048;
export const VARS = 0x4010_0000;
export const WINDOW = 0x4011_0000;
export const WINDOW_BYTES = 0x1_0000;
export const IN = 0x4020_0000;
export const OUT = 0x4060_0000;
export const RECORD_WORDS = 16;
export const MAX_RECORDS = 0x40_0000 / (4 * RECORD_WORDS);

/** Offset of the instruction under test in its slot; in Thumb, an IT instruction (or NOP) lies two bytes before. */
export const INSTRUCTION = 0x20;
/** Where a slot goes on after the instruction: branches may come straight here. */
export const DUMP = { arm: 0x38, thumb: 0x40 } as const;
/** Branch targets of a slot: what runs there adds to SP and goes on to the dump. */
export const PAD = { arm: { arm: 0x28, thumb: 0x30 }, thumb: { arm: 0x30, thumb: 0x28 } } as const;

/** Words that loads may find in a slot: the branch targets, each with its state's bit 0, and table branch entries that reach the Thumb one. */
export const LITERAL = { arm: 0x70, thumb: 0x74, table: 0x78 } as const;
/** Halfwords from behind a table branch to Thumb's branch target. */
const TABLE_ENTRY = (PAD.thumb.thumb - INSTRUCTION - 4) / 2;

/** R0 of an OUT record where the instruction raised a signal: this, plus the signal's number. */
export const SIGNAL = 0xdead_0000;
export const SIGILL = 4;
export const SIGBUS = 7;

export type State = 'arm' | 'thumb';

/** Words of a record: R0..R12, then these. */
export const Field = {
  arm: { R13: 13, R14: 14, CPSR: 15 },
  /** Thumb's LDM cannot load SP, so it comes behind LR. */
  thumb: { R13: 14, R14: 13, CPSR: 15 },
} as const;

const hex = (n: number): string => '0x' + n.toString(16);
const constant = (register: string, value: number): string =>
  `movw ${register}, #${hex(value & 0xffff)}\n movt ${register}, #${hex(value >>> 16)}`;

/** One slot with room for the instruction: the same for every slot of a state. */
function slotTemplate(state: State): Uint8Array {
  const arm = `
    ${constant('r0', VARS)}
    ldr r1, [r0, #4]
    add r2, r1, #64
    str r2, [r0, #4]
    ldr r2, [r1, #60]
    msr apsr_nzcvqg, r2
    ldmia r1, {r0-r14}
    nop                     @ 0x20: the instruction
    b dump
    add sp, sp, #16         @ 0x28: branch target in ARM state
    b dump
    .thumb                  @ 0x30: branch target in Thumb state
    add sp, #32
    nop
    bx pc
    nop
    .arm
  dump:                     @ 0x38
    mcr p15, 0, r0, c13, c0, 2
    ${constant('r0', VARS)}
    ldr r0, [r0]
    stmia r0!, {r1-r14}
    mrs r1, cpsr
    mrc p15, 0, r2, c13, c0, 2
    stmia r0!, {r1, r2}
    ${constant('r1', VARS)}
    str r0, [r1]
    b next
    .balign 128             @ literals: filled by the constructor
  next:`;
  const thumb = `
    ${constant('r0', VARS)}
    ldr r1, [r0, #4]
    add.w r2, r1, #64
    str r2, [r0, #4]
    ldr r2, [r1, #60]
    msr apsr_nzcvqg, r2
    ldr.w sp, [r1, #56]
    ldmia.w r1, {r0-r12, lr}
    nop                     @ 0x1e: IT or NOP
    nop.w                   @ 0x20: the instruction
    b.w dump
    add sp, #32             @ 0x28: branch target in Thumb state
    b.w dump
    nop
    .arm                    @ 0x30: branch target in ARM state
    add sp, sp, #16
    ldr pc, [pc, #-4]
    .word dump + 1
    .space 4
    .thumb
  dump:                     @ 0x40
    mcr p15, 0, r0, c13, c0, 2
    ${constant('r0', VARS)}
    ldr r0, [r0]
    stmia.w r0!, {r1-r12, lr}
    str.w sp, [r0], #4
    mrs r1, apsr
    mrc p15, 0, r2, c13, c0, 2
    stmia r0!, {r1, r2}
    ${constant('r1', VARS)}
    str r0, [r1]
    b.w next
    .balign 128
  next:`;
  // Absolute addresses (`dump + 1`, the literals) differ from slot to slot: the constructor writes them.
  return assemble(state === 'arm' ? arm : thumb, { thumb: state === 'thumb' });
}

/** Start-up, signal handler and end. Its first word is the entry, its last 8 bytes say where the slots end. */
function runtime(state: State, end: number): Uint8Array {
  return assemble(
    `
  entry:
    adr r0, altstack
    mov r1, #0
    mov r7, #186            @ sigaltstack
    svc #0
    mov r6, #4
  install:
    mov r0, r6
    adr r1, action
    mov r2, #0
    mov r3, #8
    mov r7, #174            @ rt_sigaction
    svc #0
    add r6, r6, #1
    cmp r6, #12             @ SIGILL, SIGTRAP, SIGBUS, SIGSEGV and what lies between
    bne install
    b slots
  finish:
    ${constant('r0', VARS)}
    ldr r1, [r0, #8]
    subs r1, r1, #1
    str r1, [r0, #8]
    bne slots
    mov r5, #0
  output:
    ${constant('r1', VARS)}
    ldr r2, [r1]
    ${constant('r1', OUT)}
    sub r2, r2, r1
    bl write
    ${constant('r1', WINDOW)}
    mov r2, #${hex(WINDOW_BYTES)}
    bl write
    mov r0, r5
    mov r7, #248            @ exit_group
    svc #0
  write:
    mov r0, #1
    mov r7, #4
    svc #0
    cmp r0, #0
    movle r5, #98
    bxle lr
    add r1, r1, r0
    subs r2, r2, r0
    bgt write
    bx lr
  slots:
    ldr pc, =${hex(SLOTS + (state === 'thumb' ? 1 : 0))}
  handler:
    ldr r3, [r2, #92]       @ the program counter
    ldr r1, =${hex(SLOTS)}
    cmp r3, r1
    blo lost
    ldr r1, =${hex(end)}
    cmp r3, r1
    bhs lost
    bic r3, r3, #127
    add r3, r3, #${DUMP[state]}
    str r3, [r2, #92]
    ${constant('r3', SIGNAL)}
    orr r3, r3, r0
    str r3, [r2, #32]       @ R0
    ldr r3, [r2, #96]       @ CPSR: no IT block, the block's own state
    bic r3, r3, #0x06000000
    bic r3, r3, #0x0000fc00
    ${state === 'thumb' ? 'orr' : 'bic'} r3, r3, #0x20
    str r3, [r2, #96]
    bx lr
  lost:                     @ a branch went nowhere: give what there is
    mov r5, #99
    b output
  restorer:
    mov r7, #173            @ rt_sigreturn
    svc #0
    .balign 4
  action: .word handler, 0x4c000004, restorer, 0, 0
  altstack: .word ${hex(VARS + 0x4000)}, 0, 0x4000
    .ltorg
    .balign 4
    .global finish
    .word finish`,
    { origin: TEXT },
  );
}

/** A block of slots for one instruction set state, as bytes at {@link TEXT} and at {@link VARS}. */
export class QemuBlock {
  /** From TEXT to the end of the slots. */
  readonly text: Uint8Array;
  /** From VARS to the end of the IN records. */
  readonly data: Uint8Array;
  readonly #words: DataView;
  readonly #records: DataView;

  constructor(
    readonly state: State,
    readonly slots: number,
    readonly rounds: number,
  ) {
    if (slots > MAX_SLOTS || slots * rounds > MAX_RECORDS) throw new RangeError('too many slots or rounds');
    const end = SLOTS + slots * SLOT;
    const base = runtime(state, end);
    this.text = new Uint8Array(end + 16 - TEXT);
    this.text.set(base);
    this.#words = new DataView(this.text.buffer);
    const template = slotTemplate(state);
    for (let i = 0; i < slots; i++) {
      this.text.set(template, SLOTS - TEXT + i * SLOT);
      const at = slotAddress(i);
      if (state === 'thumb') this.#setWord(at + 0x38, at + DUMP.thumb + 1);
      this.#setWord(at + LITERAL.arm, at + PAD[state].arm);
      this.#setWord(at + LITERAL.thumb, at + PAD[state].thumb + 1);
      this.#setWord(at + LITERAL.table, TABLE_ENTRY * 0x1_0001);
    }
    const finish = new DataView(base.buffer, base.byteOffset).getUint32(base.length - 4, true);
    // LDR pc, [pc, #-4] or LDR.W pc, [pc]: to `finish`, in ARM state.
    this.#setWord(end, state === 'arm' ? 0xe51f_f004 : 0xf000_f8df);
    this.#setWord(end + 4, finish);
    this.data = new Uint8Array(IN - VARS + slots * rounds * RECORD_WORDS * 4);
    const vars = new DataView(this.data.buffer);
    vars.setUint32(0, OUT, true);
    vars.setUint32(4, IN, true);
    vars.setUint32(8, rounds, true);
    this.#records = new DataView(this.data.buffer, IN - VARS);
  }

  #setWord(address: number, value: number): void {
    this.#words.setUint32(address - TEXT, value, true);
  }

  /** The address of slot `i`'s instruction. */
  instructionAddress(i: number): number {
    return slotAddress(i) + INSTRUCTION;
  }

  /** Plants the instruction of slot `i`: an A32 word; a T16 halfword; a T32 word with its first halfword high, after `it` (a T16 word) if given. */
  plant(i: number, word: number, length: 2 | 4, it?: number): void {
    const at = this.instructionAddress(i) - TEXT;
    if (this.state === 'arm') {
      this.#words.setUint32(at, word >>> 0, true);
      return;
    }
    this.#words.setUint16(at - 2, it ?? 0xbf00, true);
    if (length === 2) {
      this.#words.setUint16(at, word & 0xffff, true);
      this.#words.setUint16(at + 2, 0xbf00, true);
    } else {
      this.#words.setUint16(at, word >>> 16, true);
      this.#words.setUint16(at + 2, word & 0xffff, true);
    }
  }

  /** The initial bytes of the window. */
  get window(): Uint8Array {
    return this.data.subarray(WINDOW - VARS, WINDOW - VARS + WINDOW_BYTES);
  }

  /** Sets the IN record of slot `i` in round `round`: R0..R14 and flags in CPSR's places. */
  setInput(round: number, i: number, registers: ArrayLike<number>, flags: number): void {
    const at = (round * this.slots + i) * RECORD_WORDS * 4;
    const field = Field[this.state];
    for (let n = 0; n < 13; n++) this.#records.setInt32(at + 4 * n, registers[n], true);
    this.#records.setInt32(at + 4 * field.R13, registers[13], true);
    this.#records.setInt32(at + 4 * field.R14, registers[14], true);
    this.#records.setInt32(at + 4 * field.CPSR, flags, true);
  }

  /** Runs the block under `qemu-arm`. */
  run(cpu = 'cortex-a15'): BlockOutput {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-qemu-'));
    const image = path.join(folder, 'block.elf');
    const output = path.join(folder, 'out');
    try {
      fs.writeFileSync(image, this.#elf(), { mode: 0o755 });
      const out = fs.openSync(output, 'w');
      let status = 0;
      try {
        execFileSync('qemu-arm', ['-cpu', cpu, image], { stdio: ['ignore', out, 'pipe'], timeout: 120_000 });
      } catch (error) {
        status = (error as { status?: number | null }).status ?? -1;
      } finally {
        fs.closeSync(out);
      }
      return new BlockOutput(this, fs.readFileSync(output), status);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  }

  /** A static executable: text read-only, data writable up to the end of OUT. */
  #elf(): Uint8Array {
    const HEADER = 0x1000;
    const textEnd = HEADER + Math.ceil(this.text.length / 0x1000) * 0x1000;
    const elf = new Uint8Array(textEnd + this.data.length);
    const view = new DataView(elf.buffer);
    elf.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    const half = (at: number, value: number): void => view.setUint16(at, value, true);
    const word = (at: number, value: number): void => view.setUint32(at, value, true);
    half(16, 2);
    half(18, 40);
    word(20, 1);
    word(24, TEXT);
    word(28, 52);
    word(36, 0x0500_0000);
    half(40, 52);
    half(42, 32);
    half(44, 2);
    const segment = (i: number, at: number, va: number, file: number, memory: number, flags: number): void =>
      [1, at, va, va, file, memory, flags, 0x1000].forEach((value, n) => word(52 + 32 * i + 4 * n, value));
    segment(0, HEADER, TEXT, this.text.length, this.text.length, 5);
    const outEnd = OUT + this.slots * this.rounds * RECORD_WORDS * 4;
    segment(1, textEnd, VARS, this.data.length, outEnd - VARS, 6);
    elf.set(this.text, HEADER);
    elf.set(this.data, textEnd);
    return elf;
  }
}

function slotAddress(i: number): number {
  return SLOTS + i * SLOT;
}

/** What a block wrote. */
export class BlockOutput {
  readonly #records: DataView;
  readonly #bytes: number;
  readonly #block: QemuBlock;
  /** The window's bytes at the end. */
  readonly window: Uint8Array;

  /** @param status exit status: 0, 99 if a branch left the slots, another number or -1 if qemu-arm itself failed. */
  constructor(
    block: QemuBlock,
    bytes: Uint8Array,
    readonly status: number,
  ) {
    this.#block = block;
    this.#bytes = Math.max(0, bytes.length - WINDOW_BYTES);
    this.#records = new DataView(bytes.buffer, bytes.byteOffset, this.#bytes);
    this.window = bytes.subarray(this.#bytes);
  }

  /** How many records were written. */
  get count(): number {
    return Math.floor(this.#bytes / (4 * RECORD_WORDS));
  }

  /** R0..R14 and CPSR after the instruction of slot `i` in round `round`, into `out` (16 words). */
  read(round: number, i: number, out: Int32Array): void {
    const at = (round * this.#block.slots + i) * RECORD_WORDS * 4;
    const word = (n: number): number => this.#records.getInt32(at + 4 * n, true);
    // Written in the order R1..R12, then R13 and R14 (R14 and R13 in Thumb), CPSR, R0.
    for (let n = 1; n < 13; n++) out[n] = word(n - 1);
    const thumb = this.#block.state === 'thumb';
    out[13] = word(thumb ? 13 : 12);
    out[14] = word(thumb ? 12 : 13);
    out[15] = word(14);
    out[0] = word(15);
  }
}

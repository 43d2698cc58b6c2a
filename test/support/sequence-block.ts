/**
 * A program of many slots that both `qemu-arm` and this project's engines run as it is, in user mode. Each slot loads all registers, flags,
 * FPSCR and extension registers from a record, executes a sequence of instructions, and writes everything back over the record. All slots run
 * once a round, each round with records of its own; a slot's window of memory lives through the rounds. Knows nothing of this project's processor.
 *
 *   TEXT     start-up, signal handler, end; then the slots
 *   VARS     pointer to the record, rounds left
 *   WINDOWS  what sequences load and store: one window for each slot
 *   RECORDS  slot by slot, round by round
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from './assemble.js';

export const TEXT = 0x4001_0000;
export const SLOTS = 0x4002_0000;
export const MAX_SLOTS = 512;
export const SLOT_BYTES = 1024;
export const VARS = 0x4010_0000;
export const WINDOWS = 0x4011_0000;
export const WINDOW_BYTES = 2048;
export const RECORDS = 0x4022_0000;
/** The end of memory that a block may use, records included. */
export const MEMORY_END = 0x4200_0000;

/** Offsets in a slot: its sequence, and the end of what a sequence may take. */
export const SEQUENCE = 0x60;
export const SEQUENCE_END = 0x1ec;
/** Branch targets by state: what runs there adds so much to SP, and goes on to the dump. */
export const PAD = { arm: 0x1f0, thumb: 0x1f8 } as const;
export const PAD_ADDS = { arm: 16, thumb: 32 } as const;
/** Where a sequence ends, by state. */
export const EXIT = { arm: 0x200, thumb: 0x1fc } as const;
/** What loads find behind the dump: the branch targets with their state's bit, entries for table branches at {@link SEQUENCE}; then chance. */
export const LITERAL = { arm: 0x280, thumb: 0x284, table: 0x288 } as const;
export const POOL = 0x28c;
export const POOL_END = SLOT_BYTES;
/** Halfwords from behind a table branch at the start of the sequence to Thumb's branch target. */
const TABLE_ENTRY = (PAD.thumb - SEQUENCE - 4) / 2;

/** Words of a record: R0 to R14 come first, and D0 to D31 (low words first) at `D`. */
export const Field = { APSR: 15, FPSCR: 16, STATUS: 17, FAULT_PC: 18, D: 20 } as const;
export const RECORD_WORDS = Field.D + 64;
export const RECORD_BYTES = 4 * RECORD_WORDS;

/** STATUS where an instruction raised a signal: this, plus the signal's number. The registers are those at that instruction. */
export const SIGNAL = 0xdead_0000 | 0;
export const SIGILL = 4;
export const SIGBUS = 7;
export const SIGSEGV = 11;

export type State = 'arm' | 'thumb';

/** How many extension registers there are: 0 (none is touched), 16 or 32. */
export type ExtensionRegisters = 0 | 16 | 32;

export interface Shape {
  readonly state: State;
  readonly slots: number;
  readonly rounds: number;
  readonly extension: ExtensionRegisters;
}

const hex = (n: number): string => '0x' + (n >>> 0).toString(16);

/** One slot with room for the sequence: ARMv6 in ARM state, so that every model has it. */
function slotTemplate(extension: ExtensionRegisters): Uint8Array {
  const d16 = extension === 32;
  return assemble(
    `
    .fpu ${d16 ? 'neon' : 'vfp'}
    ldr r0, =${VARS}
    ldr r1, [r0]
    add r2, r1, #${RECORD_BYTES}
    str r2, [r0]
    ${
      extension === 0
        ? ''
        : `add r3, r1, #${4 * Field.D}
    vldmia r3!, {d0-d15}
    ${d16 ? 'vldmia r3!, {d16-d31}' : ''}
    ldr r2, [r1, #${4 * Field.FPSCR}]
    vmsr fpscr, r2`
    }
    ldr r2, [r1, #${4 * Field.APSR}]
    msr apsr_nzcvqg, r2
    clrex
    ldmia r1, {r0-r14}
    ldr pc, [pc, #-4]
  enter:
    .word 0                 @ the sequence, with the state's bit
    .ltorg
    .org ${SEQUENCE}
    .org ${PAD.arm}
    add sp, sp, #${PAD_ADDS.arm}
    b dump
    .thumb                  @ ${PAD.thumb}
    add sp, #${PAD_ADDS.thumb}
    mov r8, r8
    bx pc                   @ ${EXIT.thumb}
    mov r8, r8
    .arm
  dump:                     @ ${EXIT.arm}
    mcr p15, 0, r0, c13, c0, 2
    ldr r0, =${VARS}
    ldr r0, [r0]
    sub r0, r0, #${RECORD_BYTES - 4}
    stmia r0, {r1-r14}
    mrs r1, apsr
    mrc p15, 0, r2, c13, c0, 2
    str r1, [r0, #${4 * Field.APSR - 4}]
    str r2, [r0, #-4]
    ${
      extension === 0
        ? ''
        : `vmrs r1, fpscr
    str r1, [r0, #${4 * Field.FPSCR - 4}]
    add r3, r0, #${4 * Field.D - 4}
    vstmia r3!, {d0-d15}
    ${d16 ? 'vstmia r3!, {d16-d31}' : ''}`
    }
    b next
    .ltorg
    .org ${LITERAL.arm}
    .org ${SLOT_BYTES}
  next:`,
  );
}

/** Start-up, signal handler and end. Its last word says where a block ends its rounds. */
function runtime(outEnd: number, end: number): Uint8Array {
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
    ldr r0, =${VARS}
    ldr r1, [r0, #4]
    subs r1, r1, #1
    str r1, [r0, #4]
    bne slots
    mov r5, #0
  output:
    ldr r1, =${WINDOWS}
    ldr r2, =${outEnd - WINDOWS}
  write:
    mov r0, #1
    mov r7, #4
    svc #0
    cmp r0, #0
    movle r5, #98
    ble exit
    add r1, r1, r0
    subs r2, r2, r0
    bgt write
  exit:
    mov r0, r5
    mov r7, #248            @ exit_group
    svc #0
  slots:
    ldr pc, =${SLOTS}
  handler:
    ldr r3, [r2, #92]       @ the program counter
    ldr r1, =${SLOTS}
    cmp r3, r1
    blo lost
    ldr r1, =${end}
    cmp r3, r1
    bhs lost
    ldr r1, =${VARS}
    ldr r1, [r1]
    str r3, [r1, #${4 * Field.FAULT_PC - RECORD_BYTES}]
    bic r3, r3, #${SLOT_BYTES - 4}
    bic r3, r3, #3
    add r3, r3, #${EXIT.arm}
    str r3, [r2, #92]
    ldr r3, =${hex(SIGNAL)}
    orr r3, r3, r0
    str r3, [r1, #${4 * Field.STATUS - RECORD_BYTES}]
    ldr r3, [r2, #96]       @ CPSR: ARM state, no IT block
    bic r3, r3, #0x06000000
    bic r3, r3, #0x0000fc00
    bic r3, r3, #0x20
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
  altstack: .word ${VARS + 0x4000}, 0, 0x4000
    .ltorg
    .balign 4
    .word finish`,
    { origin: TEXT },
  );
}

/** The program of one block, as bytes at {@link TEXT} and at {@link VARS}. */
export class SequenceBlock {
  /** From TEXT to the end of the slots. */
  readonly text: Uint8Array;
  /** From VARS to the end of the records. */
  readonly data: Uint8Array;
  /** The records, of which {@link recordIndex} says where each starts. */
  readonly records: Int32Array;
  readonly #text: DataView;

  constructor(readonly shape: Shape) {
    const { state, slots, rounds, extension } = shape;
    const end = SLOTS + slots * SLOT_BYTES;
    const outEnd = RECORDS + slots * rounds * RECORD_BYTES;
    if (slots > MAX_SLOTS || outEnd > MEMORY_END) throw new RangeError('too many slots or rounds');
    const base = runtime(outEnd, end);
    this.text = new Uint8Array(end + 8 - TEXT);
    this.#text = new DataView(this.text.buffer);
    this.text.set(base);
    const template = slotTemplate(extension);
    const enter = new DataView(template.buffer, template.byteOffset);
    let entry = 0;
    while (enter.getUint32(entry, true) !== 0xe51f_f004) entry += 4;
    for (let i = 0; i < slots; i++) {
      const at = slotAddress(i);
      this.text.set(template, at - TEXT);
      this.setWord(at + entry + 4, at + SEQUENCE + (state === 'thumb' ? 1 : 0));
      this.setWord(at + LITERAL.arm, at + PAD.arm);
      this.setWord(at + LITERAL.thumb, at + PAD.thumb + 1);
      this.setWord(at + LITERAL.table, TABLE_ENTRY * 0x1_0001);
    }
    this.setWord(end, 0xe51f_f004);
    this.setWord(end + 4, new DataView(base.buffer, base.byteOffset).getUint32(base.length - 4, true));
    this.data = new Uint8Array(outEnd - VARS);
    const vars = new DataView(this.data.buffer);
    vars.setUint32(0, RECORDS, true);
    vars.setUint32(4, rounds, true);
    this.records = new Int32Array(this.data.buffer, RECORDS - VARS);
  }

  /** Sets a word of the text. */
  setWord(address: number, value: number): void {
    this.#text.setUint32(address - TEXT, value, true);
  }

  /** Plants an instruction: an A32 word; a T16 halfword in the low half; a T32 word with its first halfword high. */
  plant(address: number, word: number, length: 2 | 4): void {
    const at = address - TEXT;
    if (length === 2) this.#text.setUint16(at, word & 0xffff, true);
    else if (this.shape.state === 'arm') this.#text.setUint32(at, word >>> 0, true);
    else {
      this.#text.setUint16(at, word >>> 16, true);
      this.#text.setUint16(at + 2, word & 0xffff, true);
    }
  }

  /** Ends a sequence at `address`: on to the slot's exit. */
  plantEnd(i: number, address: number): void {
    const to = slotAddress(i) + EXIT[this.shape.state];
    if (this.shape.state === 'arm') this.plant(address, 0xea00_0000 | (((to - address - 8) >> 2) & 0xff_ffff), 4);
    else this.plant(address, 0xe000 | (((to - address - 4) >> 1) & 0x7ff), 2);
  }

  /** Index in {@link records} of the record of slot `i` in round `round`. */
  recordIndex(i: number, round: number): number {
    return (round * this.shape.slots + i) * RECORD_WORDS;
  }

  window(i: number): Uint8Array {
    const at = windowAddress(i) - VARS;
    return this.data.subarray(at, at + WINDOW_BYTES);
  }

  /** What literal loads find behind the slot's branch targets. */
  pool(i: number): Uint8Array {
    const at = slotAddress(i) - TEXT;
    return this.text.subarray(at + POOL, at + POOL_END);
  }

  /** Runs the block under `qemu-arm` as processor `cpu`. */
  run(cpu: string): BlockOutput {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-qemu-'));
    const image = path.join(folder, 'block.elf');
    const output = path.join(folder, 'out');
    try {
      fs.writeFileSync(image, this.#elf(), { mode: 0o755 });
      const out = fs.openSync(output, 'w');
      const { status, signal, stderr } = spawnSync('qemu-arm', ['-cpu', cpu, image], {
        stdio: ['ignore', out, 'pipe'],
        timeout: 120_000,
      });
      fs.closeSync(out);
      const bytes = fs.readFileSync(output);
      const ended = status === 0 ? undefined : `qemu-arm ended with ${signal ?? status}: ${stderr.toString()}`;
      return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), ended };
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  }

  /** A static executable: text read-only, data writable. */
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
    const segment = (i: number, at: number, va: number, bytes: number, flags: number): void =>
      [1, at, va, va, bytes, bytes, flags, 0x1000].forEach((value, n) => word(52 + 32 * i + 4 * n, value));
    segment(0, HEADER, TEXT, this.text.length, 5);
    segment(1, textEnd, VARS, this.data.length, 6);
    elf.set(this.text, HEADER);
    elf.set(this.data, textEnd);
    return elf;
  }
}

/** What a block left: memory from {@link WINDOWS} to the end of its records, and what went wrong if it did not end by itself. */
export interface BlockOutput {
  readonly bytes: Uint8Array;
  readonly ended: string | undefined;
}

export function slotAddress(i: number): number {
  return SLOTS + i * SLOT_BYTES;
}

export function windowAddress(i: number): number {
  return WINDOWS + i * WINDOW_BYTES;
}

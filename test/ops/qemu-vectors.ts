/**
 * Executes single instructions that only compute under `qemu-arm`, in user mode, each from a state of its own: an oracle that shares nothing
 * with us. A run is one static ELF that is written here byte by byte: a driver, one thunk per instruction, one record per vector. Each
 * record is loaded into the registers, its thunk is called, and the registers are stored back over it; at the end all go to standard output.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Isa } from '../../src/isa/row.js';

/** What to execute: one instruction and the state before it. Words are i32. */
export interface Vector {
  readonly isa: Isa;
  readonly word: number;
  /** T16 and T32: an IT instruction before it, whose condition must hold. */
  readonly it?: number;
  /** R0 to R12. */
  readonly registers: readonly number[];
  readonly lr: number;
  /** N, Z, C, V, Q and GE as in APSR. */
  readonly apsr: number;
}

/** What the instruction saw of its surroundings, and the state after it. */
export interface Outcome {
  /** Address of the instruction. */
  readonly address: number;
  /** R13 at the instruction; it is not among the results. */
  readonly sp: number;
  readonly registers: readonly number[];
  readonly lr: number;
  readonly apsr: number;
}

const DRIVER_AT = 0x1_0000;
const THUNKS_AT = 0x10_0000;
const RECORDS_AT = 0x400_0000;

/** Words of a record: thunk, APSR, R0 to R12, LR, address to go back to, padding. */
const RECORD_WORDS = 18;
const THUNK_BYTES = 16;

const SAVE = DRIVER_AT + 0x18;

/** The driver. SP points at the current record. */
const DRIVER: readonly number[] = [
  0xe59fd064, //       ldr sp, =RECORDS_AT
  0xe59d0004, // next: ldr r0, [sp, #4]
  0xe12cf000, //       msr APSR_nzcvqg, r0
  0xe28d0008, //       add r0, sp, #8
  0xe8905fff, //       ldm r0, {r0-r12, lr}
  0xe59df000, //       ldr pc, [sp]
  0xe58d0008, // save: str r0, [sp, #8]
  0xe10f0000, //       mrs r0, APSR
  0xe58d0004, //       str r0, [sp, #4]
  0xe28d000c, //       add r0, sp, #12
  0xe8805ffe, //       stm r0, {r1-r12, lr}
  0xe28dd048, //       add sp, sp, #72
  0xe59d0000, //       ldr r0, [sp]
  0xe3500000, //       cmp r0, #0
  0x1afffff1, //       bne next
  0xe59f1028, //       ldr r1, =RECORDS_AT
  0xe05d2001, // rest: subs r2, sp, r1
  0x0a000005, //       beq done
  0xe3a00001, //       mov r0, #1
  0xe3a07004, //       mov r7, #4
  0xef000000, //       svc 0        write
  0xe3500000, //       cmp r0, #0
  0xc0811000, //       addgt r1, r1, r0
  0xcafffff7, //       bgt rest
  0xe3a00000, // done: mov r0, #0
  0xe3a07001, //       mov r7, #1
  0xef000000, //       svc 0        exit
  RECORDS_AT,
];

/** Back to `save` from a thunk: `ldr pc, [sp, #64]`. */
const BACK_ARM = 0xe59df040;
const BACK_THUMB = [0xf8dd, 0xf040];

const ELF_HEADER = 52;
const PROGRAM_HEADER = 32;
const PAGE = 4096;

export function elf(segments: readonly { readonly at: number; readonly bytes: Buffer }[], entry: number): Buffer {
  const header = Buffer.alloc(ELF_HEADER + PROGRAM_HEADER * segments.length);
  header.write('\x7fELF\x01\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(40, 18); // ARM
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(entry, 24);
  header.writeUInt32LE(ELF_HEADER, 28);
  header.writeUInt32LE(0x05000200, 36); // EABI 5, soft float
  header.writeUInt16LE(ELF_HEADER, 40);
  header.writeUInt16LE(PROGRAM_HEADER, 42);
  header.writeUInt16LE(segments.length, 44);
  const parts: Buffer[] = [header];
  let offset = header.length;
  segments.forEach(({ at, bytes }, i) => {
    // offset and address must agree modulo the page size
    const padding = (PAGE - (offset % PAGE)) % PAGE;
    parts.push(Buffer.alloc(padding), bytes);
    offset += padding;
    [1, offset, at, at, bytes.length, bytes.length, 7, PAGE].forEach((word, k) =>
      header.writeUInt32LE(word, ELF_HEADER + PROGRAM_HEADER * i + 4 * k),
    );
    offset += bytes.length;
  });
  return Buffer.concat(parts);
}

/** Writes a thunk: the instruction behind its IT, and the way back. Returns the instruction's offset in the thunk. */
function writeThunk(thunks: Buffer, at: number, { isa, word, it }: Vector): number {
  if (isa === 'A32') {
    thunks.writeUInt32LE(word >>> 0, at);
    thunks.writeUInt32LE(BACK_ARM, at + 4);
    return 0;
  }
  const own = isa === 'T32' ? [word >>> 16, word & 0xffff] : [word & 0xffff];
  const halfwords = [...(it === undefined ? [] : [it]), ...own, ...BACK_THUMB];
  halfwords.forEach((halfword, i) => thunks.writeUInt16LE(halfword, at + 2 * i));
  return it === undefined ? 0 : 2;
}

function sameCode(a: Vector, b: Vector): boolean {
  return a.isa === b.isa && a.word === b.word && a.it === b.it;
}

/**
 * Runs the vectors in order. Neighbours with the same instruction share a thunk.
 * @throws if qemu-arm ends otherwise than by itself: an instruction was not executed.
 */
export function runUnderQemu(vectors: readonly Vector[]): Outcome[] {
  const thunks = Buffer.alloc(vectors.length * THUNK_BYTES);
  const records = Buffer.alloc((vectors.length * RECORD_WORDS + 1) * 4);
  const addresses: number[] = [];
  let thunk = -THUNK_BYTES;
  let inThunk = 0;
  vectors.forEach((vector, i) => {
    if (i === 0 || !sameCode(vector, vectors[i - 1])) inThunk = writeThunk(thunks, (thunk += THUNK_BYTES), vector);
    addresses.push(THUNKS_AT + thunk + inThunk);
    const entry = (THUNKS_AT + thunk) | (vector.isa === 'A32' ? 0 : 1);
    [entry, vector.apsr, ...vector.registers, vector.lr, SAVE].forEach((word, k) =>
      records.writeInt32LE(word | 0, (i * RECORD_WORDS + k) * 4),
    );
  });
  const image = elf(
    [
      { at: DRIVER_AT, bytes: Buffer.from(Uint32Array.from(DRIVER).buffer) },
      { at: THUNKS_AT, bytes: thunks },
      { at: RECORDS_AT, bytes: records },
    ],
    DRIVER_AT,
  );
  const bytes = execute(image);
  return vectors.map((_, i) => {
    const word = (k: number): number => bytes.readInt32LE((i * RECORD_WORDS + k) * 4);
    return {
      address: addresses[i],
      sp: RECORDS_AT + i * RECORD_WORDS * 4,
      registers: Array.from({ length: 13 }, (_unused, r) => word(2 + r)),
      lr: word(15),
      apsr: word(1),
    };
  });
}

/** What the image, run under qemu-arm, writes to standard output. */
export function execute(image: Buffer, cpu = 'cortex-a15'): Buffer {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qemu-vectors-'));
  try {
    const file = path.join(folder, 'vectors');
    fs.writeFileSync(file, image, { mode: 0o755 });
    const out = path.join(folder, 'out');
    const descriptor = fs.openSync(out, 'w');
    const { status, signal, stderr } = spawnSync('qemu-arm', ['-cpu', cpu, file], {
      stdio: ['ignore', descriptor, 'pipe'],
      timeout: 120_000,
    });
    fs.closeSync(descriptor);
    if (status !== 0) throw new Error(`qemu-arm ended with ${signal ?? status}: ${stderr.toString()}`);
    return fs.readFileSync(out);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

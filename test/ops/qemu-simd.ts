/**
 * Executes single instructions that compute on extension registers only under `qemu-arm`: each vector has D0 to D31 and FPSCR of its own,
 * before and after. Shares nothing with this project's processor.
 */
import type { Isa } from '../../src/isa/row.js';
import { assemble } from '../support/assemble.js';
import { elf, execute } from './qemu-vectors.js';

/** Words of the state of a vector: FPSCR, then D0 to D31, low words first. */
export const STATE_WORDS = 65;

export interface SimdVectors {
  readonly isa: Isa;
  readonly word: number;
  /** {@link STATE_WORDS} words a vector. */
  readonly states: Int32Array;
}

const DRIVER_AT = 0x1_0000;
const THUNKS_AT = 0x10_0000;
const RECORDS_AT = 0x400_0000;
const THUNK_BYTES = 8;
/** A record has its thunk's address before the state. */
const RECORD_WORDS = STATE_WORDS + 1;

const BX_LR_ARM = 0xe12fff1e;
const BX_LR_THUMB = 0x4770;

const DRIVER = `
    .fpu neon
    ldr r4, =${RECORDS_AT}
  next:
    ldr r5, [r4], #4
    cmp r5, #0
    beq done
    ldr r6, [r4]
    vmsr fpscr, r6
    add r7, r4, #4
    vldmia r7!, {d0-d15}
    vldmia r7, {d16-d31}
    blx r5
    vmrs r6, fpscr
    str r6, [r4], #4
    vstmia r4!, {d0-d15}
    vstmia r4!, {d16-d31}
    b next
  done:
    ldr r1, =${RECORDS_AT}
  rest:
    subs r2, r4, r1
    beq quit
    mov r0, #1
    mov r7, #4
    svc #0
    cmp r0, #0
    ble quit
    add r1, r1, r0
    b rest
  quit:
    mov r0, #0
    mov r7, #1
    svc #0
    .ltorg`;

/** The states that the instructions leave, in the order of the vectors. @throws if qemu-arm does not execute one of them. */
export function runSimdUnderQemu(batches: readonly SimdVectors[], cpu?: string): Int32Array[] {
  const thunks = Buffer.alloc(batches.length * THUNK_BYTES);
  const total = batches.reduce((sum, { states }) => sum + states.length / STATE_WORDS, 0);
  const records = new Int32Array(total * RECORD_WORDS + 1);
  let at = 0;
  batches.forEach(({ isa, word, states }, i) => {
    const thunk = i * THUNK_BYTES;
    if (isa === 'A32') {
      thunks.writeUInt32LE(word >>> 0, thunk);
      thunks.writeUInt32LE(BX_LR_ARM, thunk + 4);
    } else {
      thunks.writeUInt16LE(word >>> 16, thunk);
      thunks.writeUInt16LE(word & 0xffff, thunk + 2);
      thunks.writeUInt16LE(BX_LR_THUMB, thunk + 4);
    }
    for (let k = 0; k < states.length; k += STATE_WORDS) {
      records[at] = (THUNKS_AT + thunk) | (isa === 'A32' ? 0 : 1);
      records.set(states.subarray(k, k + STATE_WORDS), at + 1);
      at += RECORD_WORDS;
    }
  });
  const image = elf(
    [
      { at: DRIVER_AT, bytes: Buffer.from(assemble(DRIVER, { origin: DRIVER_AT })) },
      { at: THUNKS_AT, bytes: thunks },
      { at: RECORDS_AT, bytes: Buffer.from(records.buffer) },
    ],
    DRIVER_AT,
  );
  const bytes = execute(image, cpu);
  const words = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + total * RECORD_WORDS * 4));
  at = 0;
  return batches.map(({ states }) => {
    const after = new Int32Array(states.length);
    for (let k = 0; k < states.length; k += STATE_WORDS, at += RECORD_WORDS)
      after.set(words.subarray(at + 1, at + RECORD_WORDS), k);
    return after;
  });
}

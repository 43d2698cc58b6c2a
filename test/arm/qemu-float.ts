/**
 * Floating-point instructions under `qemu-arm`, in bulk: each instruction in a loop over records of operands and FPSCR, all in one program that
 * writes the records back. Knows nothing of this project's arithmetic.
 */
import { assemble } from '../support/assemble.js';
import { elf, execute } from '../ops/qemu-vectors.js';

/**
 * Words of a record. Before: FPSCR, nothing, then D0, D1, D2 (low word first). After: FPSCR, nothing, D0, and D1 and D2 as the instruction left
 * them.
 */
export const RECORD = 8;

export interface Batch {
  /** Assembler text, one line or several; the records' D0 to D2 before and after. */
  readonly text: string;
  readonly records: Int32Array;
}

const CODE_AT = 0x1_0000;
const TABLE_AT = 0x8_0000;
const RECORDS_AT = 0x10_0000;

/** Calls each instruction's loop with its records, as the table says: loop, records, how many; ends with a loop of 0. */
function driver(texts: readonly string[]): Uint8Array {
  const loop = (text: string, i: number): string => `
  loop${i}:
    ldr r2, [r1]
    vmsr fpscr, r2
    add r3, r1, #8
    vldmia r3, {d0-d2}
    ${text}
    vmrs r2, fpscr
    str r2, [r1]
    vstmia r3!, {d0-d2}
    mov r1, r3
    subs r0, r0, #1
    bne loop${i}
    bx lr`;
  return assemble(
    `
    .fpu neon-vfpv4
    ldr r4, =${TABLE_AT + 8}
  next:
    ldr r5, [r4], #4
    cmp r5, #0
    beq output
    ldm r4!, {r1, r2}
    mov r0, r2
    blx r5
    b next
  output:
    ldr r4, =${TABLE_AT}
    ldm r4, {r1, r5}
  write:
    subs r2, r5, r1
    beq end
    mov r0, #1
    mov r7, #4
    svc #0
    cmp r0, #0
    ble end
    add r1, r1, r0
    b write
  end:
    mov r0, #0
    mov r7, #1
    svc #0
    .ltorg
    .balign 4
    ${texts.map(loop).join('\n')}
    .balign 4
    ${texts.map((_, i) => `.word loop${i}`).join('\n')}
    `,
    { origin: CODE_AT },
  );
}

/** Runs the batches. @returns their records afterwards @throws if qemu-arm ends otherwise than by itself */
export function runBatches(batches: readonly Batch[]): Int32Array[] {
  const code = Buffer.from(driver(batches.map(({ text }) => text)));
  const loops = code.subarray(code.length - 4 * batches.length);
  const table = Buffer.alloc(8 + 12 * batches.length + 4);
  const total = batches.reduce((sum, { records }) => sum + records.byteLength, 0);
  const records = Buffer.alloc(total);
  table.writeUInt32LE(RECORDS_AT, 0);
  table.writeUInt32LE(RECORDS_AT + total, 4);
  let at = 0;
  batches.forEach((batch, i) => {
    table.writeUInt32LE(loops.readUInt32LE(4 * i), 8 + 12 * i);
    table.writeUInt32LE(RECORDS_AT + at, 12 + 12 * i);
    table.writeUInt32LE(batch.records.length / RECORD, 16 + 12 * i);
    Buffer.from(batch.records.buffer, batch.records.byteOffset, batch.records.byteLength).copy(records, at);
    at += batch.records.byteLength;
  });
  const image = elf(
    [
      { at: CODE_AT, bytes: code },
      { at: TABLE_AT, bytes: table },
      { at: RECORDS_AT, bytes: records },
    ],
    CODE_AT,
  );
  const written = execute(image);
  if (written.length !== total) throw new Error(`qemu-arm wrote ${written.length} of ${total} bytes`);
  at = 0;
  return batches.map((batch) => {
    const out = new Int32Array(batch.records.length);
    Buffer.from(out.buffer).set(written.subarray(at, at + out.byteLength));
    at += out.byteLength;
    return out;
  });
}

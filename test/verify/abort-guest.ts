/**
 * The guest that runs abort cases under `qemu-system-arm`, on the machine `none`: it builds the same tables as abort-bench.ts, runs case after case
 * from the state that each says, and writes what its handlers find.
 */
import { TTBCR_EAE } from '../../src/arm/cp15.js';
import { isV7, type CpuModel } from '../../src/cpu/models.js';
import { assemble } from '../support/assemble.js';
import { END, ORIGIN, OUT, runOnBareQemu } from '../support/qemu-system.js';
import { MOST_HALFWORDS, SCTLR_ALWAYS, type AbortCase, type Ending, type Outcome } from './abort-bench.js';
import {
  arenaTables,
  boundaryDescriptor,
  L1,
  OPEN,
  surroundingTables,
  WINDOW,
  WINDOW_BYTES,
  type Format,
} from './abort-pages.js';

/** Mapped around the arena: the guest, its cases and its results. */
const SURROUNDINGS = 0x4020_0000;
const SURROUNDINGS_BYTES = 0x0480_0000;

/** Words of a case as the guest reads it; offsets in bytes. */
const CASE = {
  psr: 0,
  code: 4,
  sctlr: 8,
  descriptor: 12,
  count: 20,
  halfwords: 24,
  registers: 40,
  spsr: 100,
  extension: 104,
};
const CASE_WORDS = 90;
/** Words of a result but for what changed. */
const RESULT_WORDS = 87;

/** Cases of one run: what lies between the guest and its results. */
export const MOST_CASES = 15_000;

const ENDINGS: Readonly<Record<number, Ending>> = { 1: 'undefined', 3: 'prefetch abort', 4: 'data abort' };

function program(model: CpuModel, format: Format): string {
  const high = isV7(model) ? '' : '@';
  const { at } = boundaryDescriptor(format, OPEN[format]);
  const [open0, open1] = [...boundaryDescriptor(format, OPEN[format]).words, 0];
  const second = format === 'long' ? '' : '@';
  return `
    .fpu neon
    b start
  data: .word 0               @ table words, then cases, then the pattern: set by who loads this
  start:
    ldr r0, data
    ldr r1, [r0], #4          @ pairs of address and word
  tables:
    ldmia r0!, {r2, r3}
    str r3, [r2]
    subs r1, r1, #1
    bne tables
    ldr r2, =cases
    ldmia r0, {r3-r5}
    stmia r2, {r3-r5}

    ldr r0, =vectors          @ to 0
    mov r1, #0
    ldmia r0!, {r2-r9}
    stmia r1!, {r2-r9}
    ldmia r0!, {r2-r9}
    stmia r1!, {r2-r9}

    mrc p15, 0, r0, c1, c0, 2
    orr r0, r0, #0xf00000
    mcr p15, 0, r0, c1, c0, 2
    mov r1, #0
    mcr p15, 0, r1, c7, c5, 4
    mov r0, #0x40000000
    .word 0xeee80a10          @ VMSR FPEXC, r0
    mov r0, #0
    .word 0xeee10a10          @ VMSR FPSCR, r0

    ldr r0, =${format === 'long' ? TTBCR_EAE >>> 0 : 0}
    mcr p15, 0, r0, c2, c0, 2
    ldr r0, =${L1[format]}
    mov r1, #0
    ${second} mcrr p15, 0, r0, r1, c2
    ${second} mov r2, #0xff
    ${second} mcr p15, 0, r2, c10, c2, 0
    ${second === '' ? '@' : ''} mcr p15, 0, r0, c2, c0, 0
    mov r0, #1
    mcr p15, 0, r0, c3, c0, 0
    mov r0, #0
    mcr p15, 0, r0, c8, c7, 0
    mrc p15, 0, r0, c1, c0, 0
    ldr r1, =${SCTLR_ALWAYS}
    orr r0, r0, r1
    mcr p15, 0, r0, c1, c0, 0
    mcr p15, 0, r1, c7, c5, 4
    ldr r1, =sctlr
    str r0, [r1]

    .irp mode, 0xd1, 0xd2, 0xdb, 0xd7   @ FIQ, IRQ, Undefined, and Abort, in which this stays
    msr cpsr_c, #\\mode
    ldr sp, =saved
    .endr
    ldr r10, =cases
    ldr r10, [r10]
    ldr r9, =${OUT}

  next:
    ldr r8, =cases
    ldr r7, [r8, #4]
    subs r7, r7, #1
    bmi end
    str r7, [r8, #4]
    ldr r11, [r8, #8]
    bl open

    ldr r12, =${WINDOW}       @ the pattern to the window
    mov r8, #${WINDOW_BYTES / 32}
  copy:
    ldmia r11!, {r0-r7}
    stmia r12!, {r0-r7}
    subs r8, r8, #1
    bne copy

    ldr r0, [r10, #${CASE.code}]
    ldr r1, [r10, #${CASE.count}]
    add r2, r10, #${CASE.halfwords}
  plant:
    ldrh r3, [r2], #2
    strh r3, [r0], #2
    subs r1, r1, #1
    bne plant

    ldr r0, =${at}
    ldr r1, [r10, #${CASE.descriptor}]
    ldr r2, [r10, #${CASE.descriptor + 4}]
    str r1, [r0]
    ${second} str r2, [r0, #4]
    ldr r1, sctlr
    ldr r2, [r10, #${CASE.sctlr}]
    orr r1, r1, r2
    mcr p15, 0, r1, c1, c0, 0
    mov r0, #0
    mcr p15, 0, r0, c8, c7, 0
    mcr p15, 0, r0, c7, c10, 4
    mcr p15, 0, r0, c7, c5, 4
    mcr p15, 0, r0, c5, c0, 0           @ DFSR, IFSR, DFAR, IFAR
    mcr p15, 0, r0, c5, c0, 1
    mcr p15, 0, r0, c6, c0, 0
    mcr p15, 0, r0, c6, c0, 2
    clrex

    add r0, r10, #${CASE.extension}
    vldmia r0!, {d0-d15}
    ${high} vldmia r0!, {d16-d31}
    ldr r0, =now
    stmia r0, {r9, r10}

    ldr r0, [r10, #${CASE.psr}]
    msr spsr_fsxc, r0
    ldr lr, [r10, #${CASE.code}]
    ldr r1, [r10, #${CASE.registers + 52}]
    ldr r2, [r10, #${CASE.registers + 56}]
    ldr r3, [r10, #${CASE.spsr}]
    mov r4, #0
    msr cpsr_c, #0xdf
    mov sp, r4
    mov lr, r4
    and r0, r0, #0x1f
    cmp r0, #0x10
    orrne r0, r0, #0xc0
    msrne cpsr_c, r0
    msrne spsr_fsxc, r3
    mov sp, r1
    mov lr, r2
    msr cpsr_c, #0xd7
    add sp, r10, #${CASE.registers}
    ldmia sp, {r0-r12}
    ldr sp, save
    movs pc, lr
  save: .word saved
  sctlr: .word 0

  open:                       @ the page behind the boundary, for PL1 as well; SCTLR as it was
    ldr r0, =${at}
    ldr r1, =${open0}
    str r1, [r0]
    ${second} ldr r1, =${open1}
    ${second} str r1, [r0, #4]
    ldr r1, sctlr
    mcr p15, 0, r1, c1, c0, 0
    mov r1, #0
    mcr p15, 0, r1, c8, c7, 0
    mcr p15, 0, r1, c7, c10, 4
    mcr p15, 0, r1, c7, c5, 4
    bx lr

    .irp kind, 1, 2, 3, 4, 6, 7
  took\\kind:
    stmia sp, {r0-r12}
    mov r6, #\\kind
    b took
    .endr
  took:
    mov r1, lr
    mrs r2, spsr
    mov r12, sp
    and r0, r2, #0x1f
    cmp r0, #0x10
    moveq r0, #0x1f
    orr r0, r0, #0xc0
    msr cpsr_c, r0
    str sp, [r12, #52]
    str lr, [r12, #56]
    msr cpsr_c, #0xd7
    ldr r0, =now
    ldmia r0, {r9, r10}
    mrc p15, 0, r3, c5, c0, 0
    mrc p15, 0, r4, c6, c0, 0
    mrc p15, 0, r5, c5, c0, 1
    mrc p15, 0, r7, c6, c0, 2
    mov r0, r6
    stmia r9!, {r0-r5, r7}
    mov r11, r12
    .rept 3
    ldmia r11!, {r0-r4}
    stmia r9!, {r0-r4}
    .endr
    vstmia r9!, {d0-d15}
    ${high} vstmia r9!, {d16-d31}
    ${high === '' ? '@' : ''} add r9, r9, #128
    bl open

    mov r5, r9                @ how many words are not as they were, then index and word of each
    add r9, r9, #4
    mov r6, #0
    ldr r8, =cases
    ldr r11, [r8, #8]
    ldr r12, =${WINDOW}
  look:
    ldr r0, [r11], #4
    ldr r1, [r12], #4
    cmp r0, r1
    strne r6, [r9], #4
    strne r1, [r9], #4
    add r6, r6, #1
    cmp r6, #${WINDOW_BYTES / 4}
    bne look
    sub r7, r9, r5
    sub r7, r7, #4
    str r7, [r5]              @ in bytes
    add r10, r10, #${4 * CASE_WORDS}
    b next

  end:
    mov r0, r9
    ${END}

  vectors:
    .rept 8
    ldr pc, [pc, #0x18]
    .endr
    .word took1, took1, took2, took3, took4, took6, took6, took7
  cases: .word 0, 0, 0        @ the next one, how many are left, the pattern
  saved: .space 60            @ R0 to R14
  now: .word 0, 0             @ where results go, and the case, while it runs
    .ltorg`;
}

/** Program, tables, cases and pattern. */
function image(model: CpuModel, format: Format, pattern: Int32Array, cases: readonly AbortCase[]): Uint8Array {
  const code = assemble(program(model, format), { origin: ORIGIN });
  const tables = [...arenaTables(format), ...surroundingTables(format, SURROUNDINGS, SURROUNDINGS_BYTES)];
  const start = (code.length + 3) & ~3;
  const patternAt = start + 4 * (1 + 2 * tables.length + 3);
  const casesAt = patternAt + 4 * pattern.length;
  const bytes = new Uint8Array(casesAt + 4 * CASE_WORDS * cases.length);
  if (ORIGIN + bytes.length > OUT) throw new RangeError('too many cases');
  bytes.set(code);
  const words = new Int32Array(bytes.buffer);
  words[1] = ORIGIN + start;
  words.set([tables.length, ...tables.flat(), ORIGIN + casesAt, cases.length, ORIGIN + patternAt], start / 4);
  words.set(pattern, patternAt / 4);
  cases.forEach((given, i) => {
    const at = casesAt + 4 * CASE_WORDS * i;
    const put = (offset: number, ...values: number[]): void => words.set(values, (at + offset) / 4);
    put(CASE.psr, given.psr, given.code, given.sctlr);
    put(CASE.descriptor, ...boundaryDescriptor(format, given.descriptor).words);
    if (given.halfwords.length > MOST_HALFWORDS) throw new RangeError('too long a case');
    put(CASE.count, given.halfwords.length);
    new Uint16Array(bytes.buffer).set(given.halfwords, (at + CASE.halfwords) / 2);
    put(CASE.registers, ...given.registers);
    put(CASE.spsr, given.spsr);
    put(CASE.extension, ...given.extension);
  });
  return bytes;
}

/** What QEMU's guest wrote. */
function outcomes(words: Uint32Array, count: number): Outcome[] {
  const found: Outcome[] = [];
  const signed = new Int32Array(words.buffer, words.byteOffset, words.length);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const changes = words[at + RESULT_WORDS - 1] >>> 3;
    if (at + RESULT_WORDS + 2 * changes > words.length) throw new Error(`QEMU ended in case ${i} of ${count}`);
    const [kind, lr, spsr, dfsr, dfar, ifsr, ifar] = signed.subarray(at, at + 7);
    const changed = new Map<number, number>();
    for (let n = 0; n < changes; n++)
      changed.set(signed[at + RESULT_WORDS + 2 * n], signed[at + RESULT_WORDS + 2 * n + 1]);
    found.push({
      ...{ ending: ENDINGS[kind] ?? 'other', lr, spsr, dfsr, dfar, ifsr, ifar, changed },
      registers: signed.slice(at + 7, at + 22),
      extension: signed.slice(at + 22, at + 86),
    });
    at += RESULT_WORDS + 2 * changes;
  }
  return found;
}

/** What QEMU makes of cases, in their order. @throws if it does not get through all of them */
export function underQemu(
  model: CpuModel,
  format: Format,
  pattern: Int32Array,
  cases: readonly AbortCase[],
): Outcome[] {
  return outcomes(runOnBareQemu(image(model, format, pattern, cases), model.name), cases.length);
}

/**
 * A bare program that tries debug events: for each of many settings of the debug registers it runs the same instructions in some mode, and writes
 * what was taken to its OUT area. Its handlers pass over the instruction that has an event.
 */
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import { assemble } from './assemble.js';
import { END, ORIGIN, OUT } from './qemu-system.js';

/** Code and data of the probes lie at fixed places behind the program's start, so that registers can point there. */
export const PROBE = 0x1000;
export const THUMB_PROBE = 0x1100;
export const PROBE_DATA = 0x2000;

/** The debug registers that a setting gives a value, with their CP14 encodings; CONTEXTIDR and CPSR follow. */
const REGISTERS = [
  ...[0, 1, 4, 5].flatMap((n) => [
    [`DBGBVR${n}`, `p14, 0, r1, c0, c${n}, 4`],
    [`DBGBCR${n}`, `p14, 0, r1, c0, c${n}, 5`],
  ]),
  ...[0, 1].flatMap((n) => [
    [`DBGWVR${n}`, `p14, 0, r1, c0, c${n}, 6`],
    [`DBGWCR${n}`, `p14, 0, r1, c0, c${n}, 7`],
  ]),
  ['DBGVCR', 'p14, 0, r1, c0, c7, 0'],
  ['CONTEXTIDR', 'p15, 0, r1, c13, c0, 1'],
] as const;

/** Values by register name, and the CPSR under which the probes run; what is left out is zero. */
export type Setting = Readonly<Record<string, number>> & { readonly CPSR: number };

/** Instructions whose accesses a watchpoint can see, and some without. r7 is at the data. (What LDRD leaves in its registers at an abort is UNKNOWN: it comes last.) */
const ARM_PROBES = `
    mov r0, #1
    ldr r0, [r7]
    ldr r0, [r7, #4]
    ldrb r0, [r7, #6]
    ldrsh r0, [r7, #10]
    ldm r7, {r0-r3}
    cmp r7, r7
    ldrne r0, [r7]
    strb r0, [r7, #21]
    strh r0, [r7, #2]
    str r0, [r7, #8]
    strd r0, r1, [r7, #16]
    stmib r7, {r0, r1, r2}
    nop
    ldrt r0, [r7], #0
    ldrbt r0, [r7], #0
    strt r0, [r7], #0
    strht r0, [r7], #0
    ldrex r0, [r7]
    strex r1, r0, [r7]
    clrex
    clrex
    ldrexd r2, r3, [r7]
    strexd r1, r2, r3, [r7]
    ldrd r0, r1, [r7, #16]
    svc #1
    svc #1
    svc #1`;
const THUMB_PROBES = `
    movs r0, #1
    ldr r0, [r7]
    ldr.w r0, [r7, #4]
    ldrb r0, [r7, #6]
    nop
    ldrh.w r0, [r7, #10]
    ldmia r7!, {r0, r1}
    subs r7, #8
    strb r0, [r7, #5]
    strd r0, r1, [r7, #8]
    str r0, [r7, #12]
    ldrt r0, [r7, #4]
    strbt r0, [r7, #3]
    bl 1f
  1: nop
    svc #1
    svc #1
    svc #1
    svc #1`;

/** Writes the words that a probe leaves: the event's address, status, fault address, SPSR, DBGDSCR. DFSR.WnR is left out, if asked. */
function logged(status: string, address: string, behind: number, without: number): string {
  return `
    push {r0, r1, r2, r3}
    ldr r3, =out
    ldr r2, [r3]
    sub r0, lr, #${behind}
    str r0, [r2], #4
    mrc ${status}
    bic r0, r0, #${without}
    str r0, [r2], #4
    mrc ${address}
    str r0, [r2], #4
    mrs r0, spsr
    str r0, [r2], #4
    mrc p14, 0, r1, c0, c1, 0
    str r1, [r2], #4
    str r2, [r3]
    @ over the instruction: 4 bytes, or 2 for most of Thumb's; but the call and vectors are executed, with events off
    mov r2, r0
    sub r1, lr, #${behind}
    ldr r0, =vectors
    sub r0, r1, r0
    cmp r0, #32
    blo 2f
    tst r2, #0x20
    ldrhne r0, [r1]
    ldreq r0, [r1]
    ldrne r3, =0xdf01
    ldreq r3, =0xef000001
    cmp r0, r3
    beq 2f
    add lr, r1, #4
    tst r2, #0x20
    beq 1f
    lsr r0, r0, #11
    cmp r0, #0x1d
    addlo lr, r1, #2
  1:
    pop {r0, r1, r2, r3}
    movs pc, lr
  2:
    mov lr, r1
    mrc p14, 0, r1, c0, c2, 2
    bic r1, r1, #0x8000
    mcr p14, 0, r1, c0, c2, 2
    pop {r0, r1, r2, r3}
    movs pc, lr`;
}

export interface ProgramOptions {
  /** Bits of DFSR that are not written. Default: none. */
  readonly without?: number;
  /** Leaves the OS Lock as reset left it, which is set. */
  readonly locked?: boolean;
  /** Assembly text that runs, privileged, before the first setting. */
  readonly first?: string;
  /** Where it will be placed, and how it ends; as those of qemu-system.ts unless told. */
  readonly origin?: number;
  readonly end?: string;
}

/** The program for these settings, as assembly text. */
export function debugSource(
  settings: readonly Setting[],
  { without = 0, locked = false, first = '', origin = ORIGIN, end = END }: ProgramOptions = {},
): string {
  const stacks = [0x17, 0x12, 0x1b, 0x1f].map((mode, i) => `cps #${mode}\n ldr sp, =stacks + ${0x100 * (i + 1)}`);
  const table = settings.map((setting) => {
    const values = [...REGISTERS.map(([name]) => setting[name] ?? 0), setting.CPSR];
    return `.word ${values.map((value) => `0x${(value >>> 0).toString(16)}`).join(', ')}`;
  });
  return `
    ${stacks.join('\n')}
    cps #0x13
    ldr sp, =stacks + 0x500
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0
    ${locked ? '' : 'mov r1, #0\n mcr p14, 0, r1, c1, c0, 4'}
    ${first}
  next:
    mrc p14, 0, r1, c0, c2, 2
    orr r1, r1, #0x8000
    mcr p14, 0, r1, c0, c2, 2
    ldr r0, =place
    ldr r2, [r0]
    ldr r1, =table_end
    cmp r2, r1
    beq finish
    ${REGISTERS.map(([, encoding]) => `ldr r1, [r2], #4\n mcr ${encoding}`).join('\n')}
    ldr r1, [r2], #4
    str r2, [r0]
    msr spsr_cxsf, r1
    tst r1, #0x20
    ldr lr, =${origin + PROBE}
    ldrne lr, =${origin + THUMB_PROBE}
    ldr r7, =${origin + PROBE_DATA}
    mov r0, #0
    mov r1, #0x11
    mov r2, #0x22
    mov r3, #0x33
    isb
    movs pc, lr
  call:
    @ all quiet again; then what the probes stored
    clrex
    mov r1, #0
    ${REGISTERS.map(([, encoding]) => `mcr ${encoding}`).join('\n')}
    ldr r3, =out
    ldr r2, [r3]
    ldr r0, =${origin + PROBE_DATA}
    mov r1, #0
    mov r4, #16
  1: ldr r5, [r0]
    eor r1, r5, r1, ror #7
    ldr r5, =0x9e3779b1
    mul r5, r5, r4
    str r5, [r0], #4
    subs r4, r4, #1
    bne 1b
    ldr r5, =0xcccccccc
    str r5, [r2], #4
    str r1, [r2], #4
    str r2, [r3]
    b next
  finish:
    ldr r0, =out
    ldr r0, [r0]
    ${end}
  prefetch_abort:
    ${logged('p15, 0, r0, c5, c0, 1', 'p15, 0, r0, c6, c0, 2', 4, 0)}
  data_abort:
    ${logged('p15, 0, r0, c5, c0, 0', 'p15, 0, r0, c6, c0, 0', 8, without)}
    .ltorg
  place: .word table
  out: .word ${OUT}
    .balign 8
  stacks: .space 0x600
    .balign 32
  vectors:
    b vectors
    b vectors
    b call
    b prefetch_abort
    b data_abort
    nop
    b vectors
    b vectors
    .org 0x1000
    ${ARM_PROBES}
    .org 0x1100
    .thumb
    ${THUMB_PROBES}
    .arm
    .org 0x2000
    .space 0x100
  table:
    ${table.join('\n')}
  table_end:
    `;
}

/** The program for these settings, to be placed at ORIGIN. */
export function debugProgram(settings: readonly Setting[], options: ProgramOptions = {}): Uint8Array {
  return assemble(debugSource(settings, options), { origin: ORIGIN });
}

/** Addresses of STREX and STREXD among the probes of a program at ORIGIN. */
export function exclusiveStores(program: Uint8Array): number[] {
  const words = new DataView(program.buffer, program.byteOffset);
  const found: number[] = [];
  for (let at = PROBE; at < THUMB_PROBE; at += 4)
    if ((words.getUint32(at, true) & 0x0f90_0ff0) === 0x0180_0f90) found.push(ORIGIN + at);
  return found;
}

// ---- random settings

const pick = <T>(random: RandomSource, list: readonly T[]): T => list[random() % list.length];

/** What every control register has: E, PMC or PAC (not 0, for breakpoints), HMC, SSC, LBN. */
const control = (random: RandomSource, privilege: number): number =>
  (random() % 8 === 0 ? 0 : 1) |
  (privilege << 1) |
  ((random() & 1) << 13) |
  ((random() % 3 === 0 ? random() & 3 : 0) << 14) |
  (pick(random, [0, 1, 4, 4, 4, 5, 5, 6, 15]) << 16);

/** An address match, linked or not, in the probes; of Thumb probes one halfword. */
function breakpoint(random: RandomSource, origin: number, thumb: boolean): [number, number] {
  const at = origin + (thumb ? THUMB_PROBE : PROBE) + 4 * (random() % (thumb ? 12 : 28)) + (random() % 8 === 0 ? 1 : 0);
  const BAS = pick(random, thumb ? [0, 1, 3, 4, 12, 12, 3, 8] : [0, 2, 3, 4, 12, 15, 15, 15]);
  const BT = pick(random, [0, 0, 0, 1, 1, 3, 8]);
  return [at, control(random, 1 + (random() % 3)) | (BAS << 5) | (BT << 20)];
}

function contextBreakpoint(random: RandomSource, context: number): [number, number] {
  const BT = pick(random, [3, 3, 3, 3, 1, 9]);
  return [pick(random, [context, context, context ^ 1, -1]), control(random, 3) | (15 << 5) | (BT << 20)];
}

function watchpoint(random: RandomSource, origin: number): [number, number] {
  const at = origin + PROBE_DATA + 4 * (random() % 8) + (random() % 4);
  const MASK = random() % 4 === 0 ? pick(random, [1, 2, 3, 4, 5, 6]) : 0;
  const first = random() % 8;
  const BAS = MASK !== 0 ? random() & 0xff : ((0xff >>> (random() % 8)) << first) & 0xff;
  const LSC = random() & 3;
  return [
    at,
    control(random, random() & 3) | (LSC << 3) | (BAS << 5) | ((random() % 3 === 0 ? 1 : 0) << 20) | (MASK << 24),
  ];
}

const MODES = [0x10, 0x10, 0x13, 0x13, 0x1f, 0x12, 0x1b, 0x17] as const;

/** Random settings, of kinds that QEMU knows. */
export function randomSettings(count: number, seed: number, origin = ORIGIN): Setting[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const thumb = random() % 3 === 0;
    const context = pick(random, [0, 0x1234_5678, -2]);
    const values: Record<string, number> & { CPSR: number } = {
      CONTEXTIDR: context,
      CPSR: pick(random, MODES) | 0xc0 | (thumb ? 0x20 : 0),
    };
    const set = (kind: string, n: number, [value, controls]: [number, number]): void => {
      values[`DBG${kind}VR${n}`] = value;
      values[`DBG${kind}CR${n}`] = controls;
    };
    set('B', 0, breakpoint(random, origin, thumb));
    set('B', 1, breakpoint(random, origin, thumb));
    set('B', 4, contextBreakpoint(random, context));
    set('B', 5, random() % 2 === 0 ? contextBreakpoint(random, context) : breakpoint(random, origin, thumb));
    // Never two: QEMU takes one that was hit before for hit by the present access, if another one has its address.
    set('W', random() & 1, watchpoint(random, origin));
    return values;
  });
}

/** What the program wrote, a list for each setting: `pc status address spsr dscr` for each event, the data's sum last. Hexadecimal. */
export function eventsBySetting(words: Uint32Array): string[][] {
  const settings: string[][] = [];
  let events: string[] = [];
  for (let i = 0; i < words.length;) {
    if (words[i] === 0xcccc_cccc) {
      settings.push([...events, (words[i + 1] ?? 0).toString(16)]);
      events = [];
      i += 2;
    } else {
      events.push(Array.from(words.subarray(i, i + 5), (word) => word.toString(16)).join(' '));
      i += 5;
    }
  }
  return settings;
}

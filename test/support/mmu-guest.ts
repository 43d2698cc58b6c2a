/**
 * Assembly text for guests that keep translation tables: stores to tables, writes to CP15, maintenance, and a frame with the MMU on and handlers that step
 * over aborts. Needs {@link ASSEMBLER}.
 */
import { POWER_OFF } from './guest.js';

/** Level 1 of the tables of address space 0; a level 2 table, for the window, behind it. Those of the next space follow. */
export const LEVEL1 = 0x4020_0000;
export const LEVEL2 = LEVEL1 + 0x4000;
const SPACE_TABLES = 0x8000;
/** Pages that tell where they lie by their first word: frame n has 0xa0 + n there. */
export const FRAME = 0x4030_0000;
/** The MiB that is mapped by pages. */
export const WINDOW = 0x5000_0000;

/** Section and page descriptors for everyone; kernel only; read-only; not global. */
export const SECTION = 0xc02;
export const SMALL = 0x32;
export const KERNEL_ONLY = 0x12;
export const READ_ONLY = 0x232;
export const NOT_GLOBAL = 0x800;

export function frame(n: number): number {
  return FRAME + n * 0x1000;
}

export function level1(space: number): number {
  return LEVEL1 + space * SPACE_TABLES;
}

export function level2(space: number): number {
  return LEVEL2 + space * SPACE_TABLES;
}

/** Writes a word to memory. Changes r0 and r1. */
export function poke(address: number, word: number): string {
  return `ldr r0, =${address >>> 0}\n ldr r1, =${word >>> 0}\n str r1, [r0]\n`;
}

/** Maps page `n` of the window of a space by a descriptor. No maintenance. */
export function map(n: number, descriptor: number, space = 0): string {
  return poke(level2(space) + 4 * n, descriptor);
}

/** MCR of a constant to a register of CP15. Changes r0. */
export function mcr(value: number, register: string): string {
  return `ldr r0, =${value >>> 0}\n mcr p15, 0, r0, ${register}\n`;
}

export const TLBIALL = 'mcr p15, 0, r0, c8, c7, 0\n';
export const tlbimva = (va: number): string => mcr(va, 'c8, c7, 1');
export const tlbiasid = (ASID: number): string => mcr(ASID, 'c8, c7, 2');
export const DACR = (value: number): string => mcr(value, 'c3, c0, 0');
export const TTBR0 = (value: number): string => mcr(value, 'c2, c0, 0');
export const CONTEXTIDR = (value: number): string => mcr(value, 'c13, c0, 1');
/** Changes SCTLR by an instruction on r0. */
export const SCTLR = (change: string): string => `mrc p15, 0, r0, c1, c0, 0\n ${change}\n mcr p15, 0, r0, c1, c0, 0\n`;

/** Goes over to an address space as kernels do: under an ASID that has nothing in between. */
export function enterSpace(space: number, ASID: number): string {
  return `${CONTEXTIDR(0)} ${TTBR0(level1(space))} ${CONTEXTIDR(ASID)}`;
}

/** Fills the tables of a space, but for the window's pages: the same address everywhere, by sections. Changes r0 to r2. */
function flatSpace(space: number, windowDomain = 0): string {
  return `
      ldr r0, =${level1(space)}
      mov r1, #0
      ldr r2, =${SECTION}
    1: str r2, [r0, r1, lsl #2]
      add r2, r2, #0x100000
      add r1, r1, #1
      cmp r1, #4096
      bne 1b
      ${poke(level1(space) + 4 * (WINDOW >>> 20), level2(space) | 1 | (windowDomain << 5))}`;
}

export interface MmuGuestOptions {
  /** How many spaces to fill by {@link flatSpace}; the guest starts in space 0. */
  readonly spaces?: number;
  readonly windowDomain?: number;
  readonly DACR?: number;
}

/**
 * A guest with a flat map by sections, a window by pages, and handlers that step over aborts, which count in r10. (A prefetch abort goes on at the
 * address in r12.) Then `body`, with r9 and r10 zero, in SVC mode; an Undefined Instruction ends it.
 */
export function mmuGuest(body: string, { spaces = 1, windowDomain = 0, DACR: dacr = 1 }: MmuGuestOptions = {}): string {
  return `
      ldr r0, =vectors
      mcr p15, 0, r0, c12, c0, 0
      ${Array.from({ length: spaces }, (_, space) => flatSpace(space, windowDomain)).join('')}
      ${[0, 1, 2, 3].map((n) => poke(frame(n), 0xa0 + n)).join('')}
      ${TTBR0(LEVEL1)}
      ${DACR(dacr)}
      ${SCTLR('orr r0, r0, #1')}
      b start
      .ltorg
      .balign 32
    vectors:
      b .
      b on_undefined
      b .
      b on_prefetch
      b on_data
      b .
    on_undefined:
      ${POWER_OFF}
    on_prefetch:
      add r10, r10, #1
      mov lr, r12
      movs pc, lr
    on_data:
      add r10, r10, #1
      subs pc, lr, #4
    start:
      mov r9, #0
      mov r10, #0
      ${body}
      .word 0xe7f000f0
      .ltorg`;
}

/** Shifts the low byte of the word at `va` into r9, or 0x40 if the load aborts; with `store` writes the word back, too. Changes r0 and r2. */
export function look(va: number, store = false): string {
  return `
      ldr r0, =${va >>> 0}
      mov r2, #0x40
      ldr r2, [r0]
      and r2, r2, #0xff
      orr r9, r2, r9, lsl #8
      ${store ? 'str r2, [r0]' : ''}
      b 7f
      .ltorg
    7:`;
}

/** Reads a word of each of `count` pages from `va` on. Changes r0, r1 and r2. */
export function touchPages(va: number, count: number): string {
  return `
      ldr r0, =${va >>> 0}
      mov r1, #${count}
    9: ldr r2, [r0]
      add r0, r0, #4096
      subs r1, r1, #1
      bne 9b
      `;
}

/** Does something `count` times. It keeps r7. */
export function turns(count: number, body: string): string {
  return `
      ldr r7, =${count}
    6: ${body}
      b 7f
      .ltorg
    7: subs r7, r7, #1
      bne 6b
      `;
}

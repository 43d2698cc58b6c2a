/** Small guests as assembly text: stacks, exception vectors and a way out around the part that a test is about, run bare and hypervised alike. */
import assert from 'node:assert/strict';
import type { GuestStop } from '../../src/machine/run.js';
import { assembled, wayName, WAYS, type TestGuest, type Way } from './guest.js';
import { assertSameHistory, recordHistory, type GuestHistory, type Subject } from './guest-history.js';

/** Where a program goes on after each exception; those left out end the guest with 0xbad0 and the vector's number in r11. */
export interface Handlers {
  readonly und?: string;
  readonly svc?: string;
  readonly pabt?: string;
  readonly dabt?: string;
  readonly irq?: string;
  readonly fiq?: string;
}

const EXITS = {
  /** PSCI's SYSTEM_OFF. */
  psci: 'ldr r0, =0x84000008\n hvc #0',
  /** SYS_EXIT, ADP_Stopped_ApplicationExit. */
  semihosting: 'mov r0, #0x18\n ldr r1, =0x20026\n svc 0x123456',
} as const;

/** A hole in the map of the board: nothing answers there. */
export const HOLE = 0x0b00_0000;
/** Free RAM that programs may use as they like: a MiB. */
export const SCRATCH = 0x4040_0000;

/**
 * A whole program. `main` starts in SVC mode, ARM state, MMU off, everything masked, with a stack in each mode and VBAR set; `b off` (ARM) ends
 * it, by PSCI unless told; behind its end it ends as well. `data` is placed behind all code.
 */
export function program(
  main: string,
  handlers: Handlers & { readonly exit?: keyof typeof EXITS } = {},
  data = '',
): string {
  const vector = (name: keyof Handlers): string => `b ${handlers[name] === undefined ? `bad_${name}` : `on_${name}`}`;
  const handler = (name: keyof Handlers, number: number): string =>
    handlers[name] === undefined
      ? `bad_${name}: ldr r11, =${0xbad0 + number}\n b off`
      : `on_${name}: ${handlers[name]}`;
  return `
    .arm
    cps #0x11
    ldr sp, =stacks + 0x100
    cps #0x12
    ldr sp, =stacks + 0x200
    cps #0x17
    ldr sp, =stacks + 0x300
    cps #0x1b
    ldr sp, =stacks + 0x400
    cps #0x1f
    ldr sp, =stacks + 0x500
    cps #0x13
    ldr sp, =stacks + 0x600
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0
    mov r11, #0
    b main
    .ltorg
    .balign 32
  vectors:
    b off
    ${vector('und')}
    ${vector('svc')}
    ${vector('pabt')}
    ${vector('dabt')}
    b off
    ${vector('irq')}
    ${vector('fiq')}
  off:
    ${EXITS[handlers.exit ?? 'psci']}
    .ltorg
    .balign 4
  ${handler('und', 1)}
    .ltorg
    .balign 4
  ${handler('svc', 2)}
    .ltorg
    .balign 4
  ${handler('pabt', 3)}
    .ltorg
    .balign 4
  ${handler('dabt', 4)}
    .ltorg
    .balign 4
  ${handler('irq', 6)}
    .ltorg
    .balign 4
  ${handler('fiq', 7)}
    .ltorg
    .balign 4
  main:
    ${main}
    .balign 4
    .arm
    b off
    .ltorg
    ${data}
    .balign 8
  stacks: .space 0x600
  `;
}

/** What is special about a run. */
export interface Expectation {
  /** How it ends; power-off unless told. */
  readonly stop?: GuestStop['kind'];
  /** Instructions after which it must have ended. */
  readonly limit?: number;
  /** Ways in which it is run; all unless told. The first is what the others are compared with. */
  readonly ways?: readonly Way[];
  /** Instructions between two comparisons of the whole state; 1 unless told. */
  readonly sampleEvery?: number;
  /** The processor model; the rig's own unless told. */
  readonly cpu?: string;
  /** Answer semihosting calls; not unless told. */
  readonly semihosting?: boolean;
  readonly check?: (guest: TestGuest, stop: GuestStop) => void;
}

/** Runs a program in every way. All must agree with each other at each instruction, and with `check` at the end. */
export function sameEverywhere(source: string, expectation: Expectation = {}): void {
  const { stop: kind = 'exit', limit = 100_000, ways = WAYS, sampleEvery = 1, semihosting, cpu, check } = expectation;
  const stops = new Map<TestGuest, GuestStop>();
  const subject: Subject = {
    options: { images: assembled(source), sampleEvery, semihosting, ...(cpu !== undefined && { cpu }) },
    script: (guest) => void stops.set(guest, guest.run(limit)),
  };
  let first: GuestHistory | undefined;
  for (const way of ways) {
    const history = recordHistory(way, subject);
    const { guest } = history;
    const stop = stops.get(guest)!;
    assert.equal(stop.kind, kind, `${wayName(way)}: ${JSON.stringify(stop)}, ${guest.place()}`);
    if (first === undefined) first = history;
    else {
      assertSameHistory(first, history, subject);
      assert.deepEqual(stop, stops.get(first.guest), wayName(way));
    }
    check?.(guest, stop);
  }
}

/** Asserts registers of a guest, given as { r4: value }. */
export function assertRegisters(guest: TestGuest, expected: Readonly<Record<string, number>>): void {
  const show = (value: number): string => `0x${(value >>> 0).toString(16)}`;
  const names = Object.keys(expected);
  const got = Object.fromEntries(names.map((name) => [name, show(guest.r(Number(name.slice(1))))]));
  const wanted = Object.fromEntries(names.map((name) => [name, show(expected[name])]));
  assert.deepEqual(got, wanted, wayName(guest.way));
}

/** Where {@link mmuOn} maps pages: an otherwise empty MiB of virtual addresses. */
export const WINDOW = 0x6000_0000;
/** Its translation tables. */
export const LEVEL1 = 0x4080_0000;
export const LEVEL2 = 0x4080_4000;

/** A page for {@link mmuOn}: address in the window, physical address, and rights (AP[1:0] of short descriptors; read and write at any level unless told). */
export interface MappedPage {
  readonly va: number;
  readonly pa: number;
  readonly ap?: 0 | 1 | 2 | 3;
  readonly executeNever?: boolean;
  /** AP[2]. */
  readonly readOnly?: boolean;
}

/** Address of the level 2 entry of a page of the window. */
export function level2Entry(va: number): number {
  return LEVEL2 + 4 * ((va - WINDOW) >>> 12);
}

/** The level 2 entry of a page, as short descriptors have it: a small page, cacheable. */
export function level2Word({ pa, ap = 3, executeNever = false, readOnly = false }: MappedPage): number {
  return pa | (readOnly ? 0x200 : 0) | (ap << 4) | 0xe | (executeNever ? 1 : 0);
}

/**
 * Text that turns the MMU on, with short descriptors: RAM and devices where they are, and these pages. TTBR0's table and the window's level 2
 * table lie in RAM as words that the guest may change. Changes r0 to r3.
 */
export function mmuOn(pages: readonly MappedPage[]): string {
  const store = (address: number, value: number): string =>
    `ldr r0, =${address}\n ldr r1, =${value >>> 0}\n str r1, [r0]\n`;
  const section = (va: number, attributes: number): string => store(LEVEL1 + 4 * (va >>> 20), va | attributes);
  return [
    ...Array.from({ length: 16 }, (_, i) => section(0x4000_0000 + (i << 20), 0xc0e)),
    section(0x0800_0000, 0xc16),
    section(0x0900_0000, 0xc16),
    store(LEVEL1 + 4 * (WINDOW >>> 20), LEVEL2 | 1),
    ...pages.map((page) => store(level2Entry(page.va), level2Word(page))),
    `ldr r0, =${LEVEL1}
     mcr p15, 0, r0, c2, c0, 0
     mov r0, #0
     mcr p15, 0, r0, c2, c0, 2
     mov r0, #1
     mcr p15, 0, r0, c3, c0, 0
     mcr p15, 0, r0, c8, c7, 0
     dsb
     mrc p15, 0, r0, c1, c0, 0
     orr r0, r0, #1
     mcr p15, 0, r0, c1, c0, 0
     isb
     b 9f
     .ltorg
     9:`,
  ].join('\n');
}

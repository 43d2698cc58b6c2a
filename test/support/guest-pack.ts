/**
 * The same guest run in several ways at once, for many short programs one after the other: laid down from outside, run in step, compared after each
 * step. Where {@link recordHistory} compares one long run, this compares thousands of short ones.
 */
import assert from 'node:assert/strict';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { systemRegisterNamed } from '../../src/isa/sysreg.js';
import type { GuestStop } from '../../src/machine/run.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { assemble } from './assemble.js';
import { instructionText, MIB, ORIGIN, TestGuest, wayName, wordAt, type Way } from './guest.js';
import { differenceOf, stateOf } from './guest-history.js';
import { LEVEL1, LEVEL2, level2Entry, level2Word, WINDOW, type MappedPage } from './guest-program.js';

/** Where things lie: exception handlers, the program (4 KiB), its data (4 KiB). */
export const VECTORS = ORIGIN;
export const CODE = ORIGIN + 0x1000;
export const DATA = ORIGIN + 0x8000;
export const DATA_BYTES = 0x1000;

/** Handlers go on behind the instruction, or where a fetch failed at yet another place in the first `codeBytes` of the code. */
const handlers = (codeBytes: number): string => `
    b .
    movs pc, lr
    movs pc, lr
    b 1f
    subs pc, lr, #4
    b .
    b 2f
    subs pc, lr, #4
  1: str r0, saved
    ldr r0, next
    add r0, r0, #20
    and r0, r0, #${codeBytes - 4}
    str r0, next
    ldr lr, =${CODE}
    add lr, lr, r0
    ldr r0, saved
    movs pc, lr
  2: str r0, saved
    mov r0, #37
    mcr p15, 0, r0, c14, c3, 0 @ CNTV_TVAL: the next interrupt
    ldr r0, saved
    subs pc, lr, #4
    .ltorg
  saved: .word 0
  next: .word 0`;

/** A program and all that it finds when it starts at {@link CODE}. */
export interface Start {
  readonly code: Uint8Array;
  readonly data?: Uint8Array;
  /** R0..R14; other modes have them in another order. */
  readonly registers: readonly number[];
  /** CPSR. */
  readonly psr: number;
  readonly systemRegisters?: readonly (readonly [name: string, value: number])[];
  /** Words of physical memory, devices included, written in this order. */
  readonly words?: readonly (readonly [pa: number, value: number])[];
}

/** Words of translation tables: RAM for all, devices for the kernel, and pages of the window. `SCTLR` and `TTBR0` are for the caller to set. */
export function tableWords(pages: readonly MappedPage[]): [pa: number, value: number][] {
  return [
    ...Array.from({ length: 16 }, (_, i): [number, number] => [
      LEVEL1 + 4 * (0x400 + i),
      (0x4000_0000 + i * MIB) | 0xc0e,
    ]),
    ...[virtMap.gicDistributor.base, virtMap.uart.base].map((va): [number, number] => [
      LEVEL1 + 4 * (va >>> 20),
      va | 0x416,
    ]),
    [LEVEL1 + 4 * (WINDOW >>> 20), LEVEL2 | 1],
    ...pages.map((page): [number, number] => [level2Entry(page.va), level2Word(page)]),
  ];
}

export class GuestPack {
  /** The first is what the others are compared with. */
  readonly guests: readonly TestGuest[];
  readonly #handlers: Uint8Array;

  /** @param codeBytes how much of the code a failed fetch may go on in: a power of two */
  constructor(ways: readonly Way[], codeBytes: number) {
    this.#handlers = assemble(handlers(codeBytes), { origin: VECTORS });
    const images = { program: { name: 'nothing', bytes: new Uint8Array(4) }, loads: [] };
    this.guests = ways.map((way) => new TestGuest(way, { images }));
  }

  /** Puts all guests, whatever they did before, at the start of a program. */
  begin(start: Start): void {
    for (const testGuest of this.guests) {
      testGuest.console = '';
      testGuest.exceptions.length = 0;
      const { guest } = testGuest;
      guest.reset();
      const { cpu, bus } = guest;
      bus.writeBlock(VECTORS, this.#handlers);
      bus.writeBlock(CODE, start.code);
      if (start.data !== undefined) bus.writeBlock(DATA, start.data);
      for (const [pa, value] of start.words ?? []) bus.write(pa, 4, value);
      for (const mode of [Mode.usr, Mode.svc, Mode.irq, Mode.fiq, Mode.abt, Mode.und]) {
        cpu.setCpsr(mode);
        for (let n = 8; n < 15; n++) cpu.state[n] = start.registers[(n + mode) % 15];
        if (mode !== Mode.usr) cpu.writeSpsr(mode, start.psr ^ (start.registers[mode % 15] & 0xf800_0000));
      }
      cpu.setCpsr(start.psr);
      for (let n = 0; n < 15; n++) cpu.state[n] = start.registers[n];
      for (const [name, value] of [['VBAR', VECTORS] as const, ...(start.systemRegisters ?? [])])
        cpu.systemRegisters.poke(systemRegisterNamed(name)!, value, 0);
      cpu.state[Word.PC] = CODE;
      guest.commit();
    }
  }

  /**
   * Lets all guests execute `stride` instructions, and compares registers, count and why they stopped.
   * @param title for messages
   */
  run(stride: number, title: string): GuestStop {
    const [first, ...others] = this.guests;
    const { pc, cpsr, instructions } = first;
    const word = wordAt(first, pc);
    const [stop, ...stops] = this.guests.map((guest) => guest.run(stride));
    const state = stateOf(first);
    others.forEach((guest, i) => {
      const difference =
        differenceOf(state, stateOf(guest)) ??
        (guest.instructions === first.instructions ? undefined : `${guest.instructions} instructions`) ??
        (sameStop(stop, stops[i])
          ? undefined
          : `stops with ${JSON.stringify(stops[i])} instead of ${JSON.stringify(stop)}`);
      if (difference === undefined) return;
      const text = instructionText(word, (cpsr & Psr.T) !== 0);
      const ways = `${wayName(first.way)} against ${wayName(guest.way)}`;
      assert.fail(`${title}: instruction ${instructions} at 0x${pc.toString(16)}, ${text}: ${ways}: ${difference}`);
    });
    return stop;
  }

  /** Compares what else the guests have done since `begin`: exceptions, console, memory (what programs are likely to reach), devices. */
  compareEffects(title: string): void {
    const [first, ...others] = this.guests;
    for (const guest of others) {
      const what = `${title}: ${wayName(guest.way)}`;
      assert.equal(guest.console, first.console, what);
      assert.deepEqual(guest.exceptions, first.exceptions, what);
      for (const from of [ORIGIN, LEVEL1])
        assert.ok(Buffer.compare(memoryOf(guest, from), memoryOf(first, from)) === 0, `${what}: memory`);
      assert.deepEqual(guest.guest.board.save(), first.guest.board.save(), `${what}: devices`);
    }
  }
}

function sameStop(a: GuestStop, b: GuestStop): boolean {
  return a.kind === b.kind && (a.kind === 'limit' || JSON.stringify(a) === JSON.stringify(b));
}

/** 64 KiB of memory. */
function memoryOf({ guest }: TestGuest, from: number): Uint8Array {
  const bytes = new Uint8Array(0x1_0000);
  assert.ok(guest.bus.readBlock(from, bytes));
  return bytes;
}

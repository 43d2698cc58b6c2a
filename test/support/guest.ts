/**
 * Whole guests for tests: built bare or under the VMM, run with a limit, their console read and typed to. What is typed when a text has appeared
 * is typed at the very instruction that completed the text, so that the same dialogue gives the same run however the guest is run.
 */
import assert from 'node:assert/strict';
import { Word } from '../../src/arm/state.js';
import { thumbLength } from '../../src/isa/decode.js';
import type { Isa } from '../../src/isa/row.js';
import { createBareGuest } from '../../src/machine/bare-guest.js';
import type { GuestHooks, GuestOptions } from '../../src/machine/guest-options.js';
import type { Guest } from '../../src/machine/guest.js';
import type { GuestStop } from '../../src/machine/run.js';
import type { GuestImages } from '../../src/machine/images.js';
import type { Level } from '../../src/vmm/patcher.js';
import type { Planting } from '../../src/vmm/planting.js';
import { createHypervisor, type Hypervisor, type HypervisorOptions } from '../../src/vmm/hypervisor.js';
import { assemble } from './assemble.js';
import { disassemble } from './objdump.js';
import { TIER1 } from './tier1.js';

export type EngineName = GuestOptions['engine'];

function forced(engine: EngineName): Pick<GuestOptions, 'engine' | 'tier1'> {
  return engine === 'interpreter' && TIER1 !== undefined ? { engine: 'jit', tier1: TIER1 } : { engine };
}

/** How a guest is run: bare, or hypervised at a level. */
export interface Way {
  readonly engine: EngineName;
  readonly level?: Level;
  /** Default: overlay. */
  readonly patches?: Planting;
}

/** "bare, interpreter" or "level 1, reference". */
export function wayName({ engine, level }: Way): string {
  return `${level === undefined ? 'bare' : `level ${level}`}, ${engine}`;
}

/** Every way, the fast ones first. */
export const WAYS: readonly Way[] = (['interpreter', 'reference'] as const).flatMap((engine) => [
  { engine },
  { engine, level: 2 as const },
  { engine, level: 1 as const },
  { engine, level: 0 as const },
]);

/** Where programs of {@link assembled} start: the board places raw images there. */
export const ORIGIN = 0x4001_0000;
export const MIB = 1 << 20;
/** RAM of guests that ask for none: small, because a board clears it. */
const SMALL = 16 * MIB;
/** Instructions that {@link TestGuest.run} grants unless told: more than any small program needs, and over in a second. */
const PATIENCE = 2_000_000;

/** One thing that a guest did, as it is seen from outside; or that it has executed another `sampleEvery` instructions. */
export type GuestEvent = 'byte' | 'exception' | 'sample';

export interface TestGuestOptions extends Partial<Omit<HypervisorOptions, 'images' | 'engine' | 'level' | 'patches'>> {
  readonly images: GuestImages;
  /** Called at each byte that leaves the UART and at each exception of the guest, while the guest's state is current. */
  readonly onEvent?: (event: GuestEvent, detail: number, guest: TestGuest) => void;
  /** Makes a 'sample' event whenever the instruction count is a multiple of this. */
  readonly sampleEvery?: number;
}

/** See {@link TestGuest.stopAt}. */
export class Reached extends Error {}

export class TestGuest {
  readonly guest: Guest;
  /** The same, with what only a hypervised guest has. */
  readonly hypervisor: Hypervisor | undefined;
  /** All that the console showed. */
  console = '';
  /** What the devices said about misuse. */
  readonly complaints: string[] = [];
  /** Kinds of the exceptions that the guest took (arm/exceptions.ts). */
  readonly exceptions: number[] = [];
  /** `run` throws {@link Reached} at this instruction count, when what was to happen there has happened. */
  stopAt = Infinity;
  /** Where in the console the next {@link expect} begins to look. */
  #read = 0;
  #awaited: RegExp | undefined;

  readonly #sampleEvery: number;
  readonly #sample: () => void;

  constructor(
    readonly way: Way,
    { onEvent, sampleEvery = Infinity, ...given }: TestGuestOptions,
  ) {
    this.#sampleEvery = sampleEvery;
    this.#sample = () => onEvent?.('sample', 0, this);
    const options: Omit<HypervisorOptions, 'level' | 'patches'> = {
      board: 'virt',
      cpu: 'cortex-a15',
      memory: SMALL,
      nsPerInstruction: 16,
      epoch: 0,
      semihosting: false,
      unpredictable: 'undefined',
      ...given,
      ...forced(way.engine),
    };
    const hooks: GuestHooks = {
      console: (byte) => {
        this.console += String.fromCharCode(byte);
        onEvent?.('byte', byte, this);
        if (this.#awaited?.test(this.console.slice(this.#read))) this.guest.machine.requestStop();
      },
      guestError: (device, message) => this.complaints.push(`${device}: ${message}`),
      guestException: (kind) => {
        this.exceptions.push(kind);
        onEvent?.('exception', kind, this);
      },
    };
    if (way.level === undefined) this.guest = createBareGuest(options, hooks);
    else {
      this.hypervisor = createHypervisor(
        { ...options, level: way.level, patches: way.patches ?? 'overlay' },
        { ...hooks, trap: () => {} },
      );
      this.guest = this.hypervisor;
    }
  }

  /** Instructions executed since power-on. */
  get instructions(): number {
    return this.guest.machine.clock.instructions();
  }

  /** R0..R14 by number and PC as 15, u32. */
  r(n: number): number {
    return this.guest.cpu.state[n === 15 ? Word.PC : n] >>> 0;
  }

  get pc(): number {
    return this.r(15);
  }

  get cpsr(): number {
    return this.guest.cpu.readCpsr() >>> 0;
  }

  /** A word of guest-physical memory. */
  word(pa: number): number {
    return this.guest.bus.read(pa, 4) >>> 0;
  }

  /** Goes on for at most `limit` instructions. */
  run(limit = PATIENCE): GuestStop {
    const end = this.instructions + limit;
    for (;;) {
      const from = this.instructions;
      if (from >= this.stopAt) throw new Reached();
      const sampleAt = (Math.floor(from / this.#sampleEvery) + 1) * this.#sampleEvery || Infinity;
      const slice = Math.min(end, sampleAt, this.stopAt) - from;
      const stop = this.guest.run({ limit: slice, skipBreakpointOnce: false, sleepUntil: Infinity });
      if (this.instructions === sampleAt && stop.kind === 'limit') this.#sample();
      if (stop.kind !== 'limit' || this.instructions === end) return stop;
    }
  }

  /** Runs on to the end of the guest, whatever its kind. @throws if it does not end within `limit` instructions */
  end(limit = PATIENCE): GuestStop {
    const stop = this.run(limit);
    assert.notEqual(
      stop.kind,
      'limit',
      `${wayName(this.way)}: still running after ${limit} instructions, ${this.place()}`,
    );
    return stop;
  }

  /** Executes one instruction. */
  step(): GuestStop {
    return this.run(1);
  }

  /**
   * Runs until what the console shows since the last call matches, and stops right behind the instruction that sent the last byte.
   * @returns the text up to and including the match
   * @throws if it does not match within `limit` instructions, or the guest ends
   */
  expect(pattern: RegExp, limit: number): string {
    this.#awaited = pattern;
    const from = this.instructions;
    while (!pattern.test(this.console.slice(this.#read))) {
      const left = limit - (this.instructions - from);
      const stop = left > 0 ? this.run(left) : { kind: 'limit' };
      if (stop.kind === 'host') continue;
      const got = JSON.stringify(this.console.slice(this.#read));
      assert.fail(
        `${wayName(this.way)}: ${String(pattern)} did not come: ${JSON.stringify(stop)}, ${this.place()}, console ${got}`,
      );
    }
    this.#awaited = undefined;
    const text = this.console.slice(this.#read);
    this.#read = this.console.length;
    return text;
  }

  /** Types at the far end of the UART, now. */
  send(text: string): void {
    this.guest.board.type(Buffer.from(text, 'latin1'));
  }

  /** Where it stands, for messages. */
  place(): string {
    return `PC 0x${this.pc.toString(16)}, CPSR 0x${this.cpsr.toString(16)}, ${this.instructions} instructions`;
  }
}

/** A program in RAM from GNU assembly text, linked to run at {@link ORIGIN}; it starts there in SVC mode, MMU off, ARM state. */
export function assembled(source: string): GuestImages {
  return { program: { name: 'test program', bytes: assemble(source, { origin: ORIGIN }) }, loads: [] };
}

/** Text for {@link assembled}: ends the guest by PSCI SYSTEM_OFF. Changes r0. */
export const POWER_OFF = 'ldr r0, =0x84000008\n hvc #0\n .ltorg\n';

/** The word at a virtual address, as the guest's kernel would fetch it; 0 where it cannot. */
export function wordAt({ guest }: TestGuest, va: number): number {
  const { pa, fault } = guest.cpu.mmu.translate(va >>> 0, 2, true);
  return fault === 0 ? guest.bus.read(pa, 4) | 0 : 0;
}

/** What {@link wordAt} gave, as "0xe1a00000 nop", for messages. */
export function instructionText(word: number, thumb: boolean): string {
  const show = (isa: Isa, value: number): string => `0x${(value >>> 0).toString(16)} ${disassemble(isa, [value])[0]}`;
  if (!thumb) return show('A32', word);
  const first = word & 0xffff;
  return thumbLength(first) === 2 ? show('T16', first) : show('T32', (first << 16) | (word >>> 16));
}

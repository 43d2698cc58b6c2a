/**
 * A machine on which abort cases run, and what a case is: the state from which an instruction starts, and what came of it. The same cases are
 * given to QEMU by abort-judge.ts, so a case is plain data.
 */
import { Cp15, TTBCR_EAE } from '../../src/arm/cp15.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Bank, Word } from '../../src/arm/state.js';
import type { CpuModel } from '../../src/cpu/models.js';
import type { RandomSource } from '../../src/isa/random.js';
import { MARGIN, Rig } from '../jit/rig.js';
import {
  arenaTables,
  boundaryDescriptor,
  L1,
  RAM,
  VECTORS,
  WINDOW,
  WINDOW_BYTES,
  type Descriptor,
  type Format,
} from './abort-pages.js';

/** Halfwords of a case's code at most. */
export const MOST_HALFWORDS = 8;

/** An instruction, and what it starts from. */
export interface AbortCase {
  /** Row, word and access, for people. */
  readonly where: string;
  /** CPSR: USR or Supervisor mode. */
  readonly psr: number;
  /** Bits of SCTLR beyond those of every case. */
  readonly sctlr: number;
  /** Of the page behind the boundary. */
  readonly descriptor: Descriptor;
  /** Address of the code, and its halfwords: an instruction that prepares (perhaps), the one that matters, and one that is Undefined. */
  readonly code: number;
  readonly halfwords: readonly number[];
  /** R0 to R14. */
  readonly registers: Int32Array;
  /** SPSR of Supervisor mode. */
  readonly spsr: number;
  readonly extension: Int32Array;
}

/** How a case ended. */
export type Ending = 'undefined' | 'prefetch abort' | 'data abort' | 'other';

export interface Outcome {
  readonly ending: Ending;
  readonly lr: number;
  readonly spsr: number;
  readonly dfsr: number;
  readonly dfar: number;
  readonly ifsr: number;
  readonly ifar: number;
  /** R0 to R14 of the mode in which it started. */
  readonly registers: Int32Array;
  readonly extension: Int32Array;
  /** Words of the window that are not as they were, by index. */
  readonly changed: ReadonlyMap<number, number>;
}

/** State words that do not survive an exit. */
const STALE: readonly number[] = [Word.R15_READ, Word.SCO, Word.SCO + 1];

/** SCTLR in every case: MMU on; on ARMv6 unaligned accesses (U) and the descriptors of ARMv7 (XP), which later ones have anyway. */
export const SCTLR_ALWAYS = 1 | (1 << 22) | (1 << 23);

export class AbortBench {
  readonly rig: Rig;
  readonly #sctlr: number;
  readonly #format: Format;
  readonly #pattern: Int32Array;
  readonly #window: Int32Array;

  /** @param pattern what the window holds before each case */
  constructor(model: CpuModel, format: Format, pattern: Int32Array) {
    const rig = new Rig(1 << 20, model);
    this.rig = rig;
    this.#format = format;
    this.#pattern = pattern;
    this.#window = new Int32Array(rig.ram.buffer, rig.ram.byteOffset + WINDOW - RAM, WINDOW_BYTES / 4);
    for (const [at, word] of arenaTables(format)) rig.words(at, word);
    for (let i = 0; i < 8; i++) rig.words(VECTORS + 4 * i, 0xeaff_fffe);
    const { state } = rig;
    state[Cp15.VBAR] = VECTORS;
    state[Cp15.TTBR0] = L1[format];
    state[Cp15.TTBCR] = format === 'long' ? TTBCR_EAE : 0;
    state[Cp15.MAIR0] = format === 'long' ? 0xff : state[Cp15.MAIR0];
    state[Cp15.DACR] = 1;
    this.#sctlr = state[Cp15.SCTLR] |= SCTLR_ALWAYS;
    state[Cp15.CPACR] |= 0x00f0_0000;
    state[Word.FPEXC] = FPEXC_EN;
  }

  /** Sets everything that a case says; the page behind the boundary has `descriptor`. */
  begin(given: AbortCase, descriptor: Descriptor = given.descriptor): void {
    const { rig } = this;
    const { state, processor } = rig;
    this.#window.set(this.#pattern);
    rig.halfwords(given.code, ...given.halfwords);
    const { at, words } = boundaryDescriptor(this.#format, descriptor);
    rig.words(at, ...words);
    processor.setCpsr(Mode.sys);
    state.fill(0, 0, 15);
    state.fill(0, Word.BANK, Word.BANK + 34);
    processor.setCpsr(given.psr);
    processor.writeSpsr(Mode.svc, given.spsr);
    state.set(given.registers);
    state.set(given.extension, Word.V);
    state[Word.PC] = given.code;
    state[Word.ITSTATE] = 0;
    state.fill(0, Word.EXCLUSIVE, Word.EXCLUSIVE_VALUE + 2);
    state[Cp15.SCTLR] = this.#sctlr | given.sctlr;
    for (const register of [Cp15.DFSR, Cp15.DFAR, Cp15.IFSR, Cp15.IFAR]) state[register] = 0;
    processor.commit();
  }

  /** Runs what was begun until the exception is taken, on the reference or in tier 0. */
  finish(engine: 'reference' | 'interpreter', pattern: Int32Array, mode: number): Outcome {
    const { rig } = this;
    const { state, processor } = rig;
    rig[engine].run(MARGIN + 16, false);
    const ending = (['other', 'undefined', 'other', 'prefetch abort', 'data abort'] as const)[(rig.pc - VECTORS) / 4];
    const own = state[Word.PSR] & Psr.M;
    const outcome = {
      ending: ending ?? 'other',
      lr: state[14],
      spsr: processor.readSpsr(own),
      dfsr: state[Cp15.DFSR],
      dfar: state[Cp15.DFAR],
      ifsr: state[Cp15.IFSR],
      ifar: state[Cp15.IFAR],
    };
    processor.setCpsr(mode);
    const changed = new Map<number, number>();
    for (let n = 0; n < pattern.length; n++) if (this.#window[n] !== pattern[n]) changed.set(n, this.#window[n]);
    return {
      ...outcome,
      registers: state.slice(0, 15),
      extension: state.slice(Word.V, Word.V + 64),
      changed,
    };
  }

  /** The bytes of the window. */
  window(): Uint8Array {
    return new Uint8Array(this.#window.slice().buffer);
  }
}

/** Two machines that run the same cases, one on the reference and one in tier 0. */
export class AbortPair {
  readonly pattern: Int32Array;
  readonly reference: AbortBench;
  readonly engine: AbortBench;

  constructor(model: CpuModel, format: Format, random: RandomSource) {
    this.pattern = Int32Array.from({ length: WINDOW_BYTES / 4 }, () => random());
    this.reference = new AbortBench(model, format, this.pattern);
    this.engine = new AbortBench(model, format, this.pattern);
  }

  /** Runs a case in both. @returns what came of it, and what differs between both, if anything does */
  run(given: AbortCase): { readonly ours: Outcome; readonly difference: string | undefined } {
    const mode = given.psr & Psr.M;
    this.reference.begin(given);
    this.engine.begin(given);
    const ours = this.reference.finish('reference', this.pattern, mode);
    this.engine.finish('interpreter', this.pattern, mode);
    return { ours, difference: engineDifference(this.reference, this.engine) };
  }
}

/** What differs in state and memory of two machines that have finished the same case, or undefined. */
function engineDifference(reference: AbortBench, engine: AbortBench): string | undefined {
  const [ours, theirs] = [reference.rig.state, engine.rig.state];
  for (let n = 0; n < ours.length; n++)
    if (ours[n] !== theirs[n] && !STALE.includes(n) && !isStaleBank(n))
      return `state word ${n}: the reference has ${hex(ours[n])}, tier 0 ${hex(theirs[n])}`;
  return Buffer.compare(reference.window(), engine.window()) === 0 ? undefined : 'memory differs between the engines';
}

/** Banked R13 and R14 of USR and Supervisor mode, one of which is the current one. */
function isStaleBank(n: number): boolean {
  const pair = (n - Word.BANK - Bank.R13) >> 1;
  return pair === 0 || pair === 3;
}

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/**
 * Whether the scanner's classes hold: a word that it lets run untouched is executed in USR mode from two states that agree in all that PL0
 * may know and differ in everything else. It must change nothing privileged, and leave both states agreeing as before.
 */
import { Cp15, SCTLR_EE, SCTLR_TE, SCTLR_V } from '../../src/arm/cp15.js';
import { Disposition, type PendingException } from '../../src/arm/exceptions.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Attention, Bank, VECTOR_WORDS, Word } from '../../src/arm/state.js';
import type { CpuModel } from '../../src/cpu/models.js';
import { rowLabel } from '../../src/isa/compile.js';
import { decode } from '../../src/isa/decode.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import { SYSREG_WORDS, sysregIndex } from '../../src/isa/sysreg.js';
import { predecode } from '../../src/ops/predecode.js';
import { siteClass } from '../../src/vmm/classes.js';
import { CODE, CpuRig } from '../support/cpu-rig.js';
import { rowWords } from './enumerate.js';
import { anyWord, rowsOf } from './words.js';

/** Registers point into the middle of a window of RAM, which is compared and made anew. */
const WINDOW = 0x4040_0000;
const WINDOW_BYTES = 0x4000;
const RAM_BASE = 0x4000_0000;

/** Indices of the words of the state block that belong to PL1 alone: changing them, or depending on them, is what innocuous words may not. */
const PRIVILEGED: readonly number[] = (() => {
  const open = new Set(['TPIDRURW', 'TPIDRURO'].map((name) => Word.CP15 + sysregIndex(name)));
  const words: number[] = [Word.FPEXC];
  // R8 to R12 of FIQ, R13 and R14 but those of the current mode, SPSRs but USR's
  for (let i = 0; i < 5; i++) words.push(Word.BANK + Bank.R8_fiq + i);
  for (let bank = 1; bank < 8; bank++) {
    words.push(Word.BANK + Bank.R13 + 2 * bank, Word.BANK + Bank.R13 + 2 * bank + 1, Word.BANK + Bank.SPSR + bank);
  }
  for (let i = 0; i < SYSREG_WORDS; i++) if (!open.has(Word.CP15 + i)) words.push(Word.CP15 + i);
  return words;
})();

/** Of those, the ones that must agree although PL0 cannot read them: they say what PL0 may do, and where its addresses lead. */
const AGREED = new Set<number>([Word.FPEXC, Cp15.SCTLR, Cp15.CPACR, Cp15.CNTKCTL, Cp15.PMUSERENR, Cp15.FCSEIDR]);

/** Bits of SCTLR that only exception entry looks at. */
const ENTRY_BITS = SCTLR_V | SCTLR_TE | SCTLR_EE;
const MASKS = Psr.A | Psr.I | Psr.F;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** What a word did wrong, or undefined. */
export class UserModePair {
  readonly #rigs: readonly [CpuRig, CpuRig];
  readonly #seen: (readonly PendingException[])[] = [];
  readonly #random: RandomSource;
  readonly #before: readonly [Int32Array, Int32Array];
  readonly #windows: readonly [Int32Array, Int32Array];
  readonly #pattern = new Int32Array(WINDOW_BYTES / 4);
  /** Words that completed, and words that took an exception in both. */
  completed = 0;
  excepted = 0;

  constructor(model: CpuModel, seed: number) {
    this.#random = seededRandom(seed);
    this.#rigs = [new CpuRig({ model }), new CpuRig({ model })];
    const windowOf = (rig: CpuRig): Int32Array =>
      new Int32Array(rig.memory.u8.buffer, rig.ram.offset + WINDOW - RAM_BASE, WINDOW_BYTES / 4);
    this.#windows = [windowOf(this.#rigs[0]), windowOf(this.#rigs[1])];
    for (const rig of this.#rigs) {
      this.#seen.push(rig.watch(() => Disposition.Resume));
      rig.state[Cp15.CPACR] = 0x00f0_0000;
      rig.state[Word.FPEXC] = FPEXC_EN;
      rig.psr(Mode.usr);
      rig.cpu.commit();
    }
    for (let i = 0; i < this.#pattern.length; i++) this.#pattern[i] = this.#random();
    this.#before = [this.#rigs[0].state.slice(), this.#rigs[1].state.slice()];
    for (const window of this.#windows) window.set(this.#pattern);
  }

  /** Two states that agree in what PL0 may know. */
  #prepare(thumb: boolean): void {
    const random = this.#random;
    const [a, b] = [this.#rigs[0].state, this.#rigs[1].state];
    for (const rig of this.#rigs) {
      if (rig.cpu.sleeping) rig.cpu.wake();
      rig.state[Word.ATTENTION] = 0;
    }
    const both = (word: number, value: number): void => {
      a[word] = b[word] = value;
    };
    for (let n = 0; n < 15; n++) {
      const kind = random();
      // mostly addresses in the window, some small numbers, some anything
      both(n, (kind & 7) < 5 ? WINDOW + WINDOW_BYTES / 2 + ((kind >>> 8) & 0xfc) : (kind & 7) < 7 ? kind >>> 24 : kind);
    }
    both(Word.PC, CODE + (random() & 0xffc));
    both(Word.NF, random());
    both(Word.ZF, random() & 1);
    both(Word.CF, random() & 1);
    both(Word.VF, random());
    both(Word.QF, random() & 1);
    both(Word.GE, random() & 15);
    both(Word.T, thumb ? 1 : 0);
    both(Word.ITSTATE, 0);
    both(Word.EXCLUSIVE, 0);
    both(Word.V + (random() & 63), random());
    both(Word.V + (random() & 63), random());
    both(Word.FPSCR, random() & 0xf7c0_009f);
    both(Word.FP_FAST, 0);
    both(Word.CP15 + sysregIndex('TPIDRURW'), random());
    both(Word.CP15 + sysregIndex('TPIDRURO'), random());
    for (const word of PRIVILEGED)
      if (!AGREED.has(word)) {
        const value = random();
        a[word] = value;
        b[word] = value ^ (1 + (value >>> 1));
      }
    const entry = random();
    a[Cp15.SCTLR] = (a[Cp15.SCTLR] & ~ENTRY_BITS) | (entry & ENTRY_BITS);
    b[Cp15.SCTLR] = (a[Cp15.SCTLR] & ~ENTRY_BITS) | (~entry & ENTRY_BITS);
    const masks = random() & MASKS;
    a[Word.PSR] = Mode.usr | masks;
    b[Word.PSR] = Mode.usr | (~masks & MASKS);
    for (const rig of this.#rigs) rig.cpu.statusChanged();
  }

  /** Executes one word in both. @returns what is wrong with it as an innocuous one */
  run(isa: Isa, word: number): string | undefined {
    this.#prepare(isa !== 'A32');
    for (let i = 0; i < 2; i++) {
      const rig = this.#rigs[i];
      this.#before[i].set(rig.state);
      (this.#seen[i] as PendingException[]).length = 0;
      rig.cpu.executeFetched(word, isa === 'T16' ? 2 : 4);
      rig.state[Word.ATTENTION] &= ~(Attention.leave | Attention.context);
    }
    return this.#judge();
  }

  #judge(): string | undefined {
    const [a, b] = [this.#rigs[0].state, this.#rigs[1].state];
    for (let i = 0; i < 2; i++) {
      const state = this.#rigs[i].state;
      for (const word of PRIVILEGED)
        if (state[word] !== this.#before[i][word])
          return `changes word ${word} of the state, which is privileged: ${hex(this.#before[i][word])} to ${hex(state[word])}`;
      if (((state[Word.PSR] ^ this.#before[i][Word.PSR]) & (Psr.M | MASKS)) !== 0) return 'changes mode or masks';
    }
    if (((a[Word.PSR] ^ b[Word.PSR]) & ~MASKS) !== 0) return 'leaves different rests of CPSR';
    for (let word = 0; word <= Word.ITSTATE; word++)
      if (a[word] !== b[word]) return `word ${word} of the state differs: ${hex(a[word])} and ${hex(b[word])}`;
    for (let word: number = Word.V; word < Word.V + VECTOR_WORDS; word++)
      if (a[word] !== b[word]) return `word ${word} of the state differs: ${hex(a[word])} and ${hex(b[word])}`;
    if (a[Word.EXCLUSIVE] !== b[Word.EXCLUSIVE] || a[Word.EXCLUSIVE_PA] !== b[Word.EXCLUSIVE_PA])
      return 'the exclusive monitors differ';
    if (this.#rigs[0].cpu.sleeping !== this.#rigs[1].cpu.sleeping) return 'one sleeps';
    const [first, second] = this.#seen;
    if (first.length !== second.length || (first.length > 0 && !sameException(first[0], second[0])))
      return `takes different exceptions: ${JSON.stringify(first)} and ${JSON.stringify(second)}`;
    const [left, right] = this.#windows;
    let stored = false;
    for (let i = 0; i < left.length; i++) {
      if (left[i] !== right[i]) return `stores differ at ${hex(WINDOW + 4 * i)}`;
      stored ||= left[i] !== this.#pattern[i];
    }
    if (stored) for (const window of this.#windows) window.set(this.#pattern);
    if (first.length > 0) this.excepted++;
    else this.completed++;
    return undefined;
  }
}

function sameException(a: PendingException, b: PendingException): boolean {
  return a.kind === b.kind && a.pc === b.pc && a.fault === b.fault && a.address === b.address && a.write === b.write;
}

export interface UserModeCounts {
  /** Rows whose words run untouched, and how many of their words were run. */
  rows: number;
  words: number;
  completed: number;
  excepted: number;
  problems: string[];
}

/** True for a word that may run untouched in guest kernels: an innocuous one, or an indirect branch (which level 1 lets run). */
export function runsUntouched(row: CompiledRow | undefined): boolean {
  const cls = siteClass(row);
  return cls === undefined || cls === 'indirect-branch';
}

/**
 * Runs words of every row that the scanner lets run, fields enumerated, and words at random.
 * @param more random words for each row
 * @param anywhere random words of the whole instruction set
 */
export function userMode(isa: Isa, model: CpuModel, more: number, anywhere: number, seed: number): UserModeCounts {
  const pair = new UserModePair(model, seed);
  const random = seededRandom(seed ^ 0x5eed);
  const counts: UserModeCounts = { rows: 0, words: 0, completed: 0, excepted: 0, problems: [] };
  const run = (row: CompiledRow, word: number): boolean => {
    // what is refused as UNPREDICTABLE is Undefined: a trap
    if (predecode(isa, word, model.features).key === 'UNPREDICTABLE') return true;
    counts.words++;
    const problem = pair.run(isa, word);
    if (problem === undefined) return true;
    counts.problems.push(`${isa} ${rowLabel(row)} ${hex(word)} ${problem}`);
    return false;
  };
  for (const row of rowsOf(isa, model.features)) {
    if (!runsUntouched(row)) continue;
    counts.rows++;
    for (const word of rowWords(row, random, more, model.features)) if (!run(row, word)) break;
  }
  for (let i = 0; i < anywhere && counts.problems.length < 100; i++) {
    const word = anyWord(isa, random());
    const row = decode(isa, word, model.features);
    if (row !== undefined && runsUntouched(row)) run(row, word);
  }
  counts.completed = pair.completed;
  counts.excepted = pair.excepted;
  return counts;
}

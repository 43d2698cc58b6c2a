/**
 * Every row that touches memory, faulting on each of its accesses in turn: the access starts at, or crosses into, a page without a translation
 * (or for a store behind a load of the same place, a page that is read-only). What must hold afterwards is what the manual says (DDI 0406C B1.9.8, B3.13):
 * the base register is restored, registers that the instruction does not load are untouched, memory changed only where accesses before the faulting one
 * stored, DFSR and DFAR are exact, and the exception was entered. Both engines must agree in every bit.
 */
import { Cp15 } from '../../src/arm/cp15.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Bank, Word } from '../../src/arm/state.js';
import type { CpuModel } from '../../src/cpu/models.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { predecode } from '../../src/ops/predecode.js';
import { hex32 } from '../../src/util/bits.js';
import { MARGIN, RAM, Rig } from '../jit/rig.js';
import { leftOut } from '../support/vectors.js';

const L1 = RAM;
const L2 = RAM + 0x4000;
const CODE = RAM + 0x8000;
const VECTORS = RAM + 0x9000;
/** The page before the boundary is open; the one behind it is what the case says. */
const BOUNDARY = RAM + 0x2_0000;
const PAGE = 4096;
const OPEN = 0x3e;
const READ_ONLY = 0x22e;

/** State words that do not survive an exit, and the banked registers of the mode that is in use (Abort). */
const STALE = Word.BANK + Bank.R13 + 8;
const NOT_COMPARED: readonly number[] = [Word.R15_READ, Word.SCO, Word.SCO + 1, STALE, STALE + 1];

interface Access {
  readonly va: number;
  readonly size: number;
  readonly write: boolean;
}

/** Rows that load or store and can run in USR mode: no literals, whose place is the code's; no Store-Exclusive, which does not access unless the monitor lets it. */
export function memoryRows(model: CpuModel): CompiledRow[] {
  return table.filter(
    (row) =>
      (row.facts & (Fact.load | Fact.store)) !== 0 &&
      leftOut(row) === undefined &&
      !/literal/.test(`${row.name} ${row.encoding}`) &&
      !/^STREX/.test(row.name) &&
      predecodable(row, model),
  );
}

function predecodable(row: CompiledRow, model: CpuModel): boolean {
  const word = randomWord(row, seededRandom(1));
  return word !== undefined && predecode(row.isa, word, model.features).operation !== null;
}

/** One machine with both engines' results to compare. */
class Bench {
  readonly rig: Rig;

  constructor(model: CpuModel) {
    const rig = new Rig(1 << 20, model);
    this.rig = rig;
    rig.words(L1 + 4 * (RAM >>> 20), L2 | 1);
    for (let page = 0; page < 256; page++) rig.words(L2 + 4 * page, (RAM + page * PAGE) | OPEN);
    for (let i = 0; i < 8; i++) rig.words(VECTORS + 4 * i, 0xeaff_fffe);
    const { state } = rig;
    state[Cp15.VBAR] = VECTORS;
    state[Cp15.TTBR0] = L1;
    state[Cp15.DACR] = 1;
    // MMU on; on ARMv6 unaligned accesses (U) and the descriptors of ARMv7 (XP).
    state[Cp15.SCTLR] |= 1 | (1 << 22) | (1 << 23);
    state[Cp15.CPACR] = 0x00f0_0000;
    state[Word.FPEXC] = FPEXC_EN;
  }

  /** Makes the page behind the boundary open (0x3e), read-only, or nothing (0). */
  behind(right: number): void {
    const page = (BOUNDARY - RAM) / PAGE;
    this.rig.words(L2 + 4 * page, right === 0 ? 0 : BOUNDARY | right);
  }

  begin(thumb: boolean, registers: Int32Array, extension: Int32Array, memory: Uint8Array): void {
    const { state, processor, ram } = this.rig;
    ram.set(memory, BOUNDARY - PAGE - RAM);
    processor.setCpsr(Mode.usr | Psr.A | (thumb ? Psr.T : 0) | 0x2000_0000);
    state.set(registers.subarray(0, 15));
    state.set(extension, Word.V);
    state[Word.PC] = CODE;
    state[Word.ITSTATE] = 0;
    state.fill(0, Word.EXCLUSIVE, Word.EXCLUSIVE_VALUE + 2);
    state.fill(0, Word.BANK, Word.BANK + 34);
    state[Cp15.DFSR] = state[Cp15.DFAR] = 0;
    processor.commit();
  }
}

const memoryOf = ({ ram }: Rig): Uint8Array => ram.slice(BOUNDARY - PAGE - RAM, BOUNDARY + PAGE - RAM);

export interface AbortCounts {
  rows: number;
  cases: number;
  readonly unreached: string[];
  readonly problems: string[];
}

export class AbortCheck {
  readonly #reference: Bench;
  readonly #engine: Bench;
  readonly #random: RandomSource;
  #accesses: Access[] | undefined;
  readonly counts: AbortCounts = { rows: 0, cases: 0, unreached: [], problems: [] };

  constructor(
    readonly model: CpuModel,
    seed: number,
  ) {
    this.#random = seededRandom(seed);
    this.#reference = new Bench(model);
    this.#engine = new Bench(model);
    const { data } = this.#reference.rig.processor;
    const load = data.load.bind(data);
    const store = data.store.bind(data);
    data.load = (va, size, flags) => {
      this.#accesses?.push({ va: va >>> 0, size, write: false });
      return load(va, size, flags);
    };
    data.store = (va, size, value, flags) => {
      this.#accesses?.push({ va: va >>> 0, size, write: true });
      store(va, size, value, flags);
    };
  }

  /** The machines that are compared. */
  get rigs(): readonly Rig[] {
    return [this.#reference.rig, this.#engine.rig];
  }

  /** Tries `words` random words of a row, each with a fault on each of its accesses. */
  row(row: CompiledRow, words: number): void {
    let cases = 0;
    for (let n = 0; n < words * 10 && (n < words || cases === 0); n++) {
      const fields: Record<string, number> = row.conditional ? { cond: 14 } : {};
      const word = randomWord(row, this.#random, { fields });
      if (word !== undefined) cases += this.#word(row, word);
    }
    this.counts.rows++;
    this.counts.cases += cases;
    if (cases === 0) this.counts.unreached.push(`${row.isa} ${rowLabel(row)}`);
  }

  #word(row: CompiledRow, word: number): number {
    const random = this.#random;
    const { operands } = predecode(row.isa, word, this.model.features);
    const base = operands['n'] ?? 13;
    if (base === 15) return 0;
    const registers = Int32Array.from({ length: 15 }, () => random() & 0x3c);
    registers[base] = BOUNDARY - 2048;
    // A register offset that is the base itself, or shifted far away, does not find its place.
    const extension = Int32Array.from({ length: 64 }, () => random());
    const memory = Uint8Array.from({ length: 2 * PAGE }, () => random());
    this.#plant(row, word);
    const accesses = this.#success(row, registers, extension, memory);
    if (accesses === undefined || accesses.length === 0) return 0;
    let cases = 0;
    for (let k = 0; k < accesses.length; k++) {
      const { va, size } = accesses[k];
      // What is read twice faults the first time; what is read and then written faults again where it may not be written.
      const isSecondAtPlace = accesses.slice(0, k).some((earlier) => earlier.va === va);
      if (isSecondAtPlace && !accesses[k].write) continue;
      for (const inside of size > 1 && k === 0 && (va & (size - 1)) === 0 && !isSecondAtPlace ? [0, 1] : [0]) {
        const moved = registers.slice();
        moved[base] += BOUNDARY - inside - va;
        if (
          this.#case(row, word, {
            registers: moved,
            extension,
            memory,
            base,
            k,
            right: isSecondAtPlace ? READ_ONLY : 0,
          })
        )
          cases++;
      }
    }
    return cases;
  }

  #plant({ isa }: CompiledRow, word: number): void {
    const halfwords =
      isa === 'A32' ? [word & 0xffff, word >>> 16] : isa === 'T16' ? [word & 0xffff] : [word >>> 16, word & 0xffff];
    for (const { rig } of [this.#reference, this.#engine]) rig.halfwords(CODE, ...halfwords);
  }

  /** The accesses of a run that succeeds, or undefined if it does not. */
  #success(row: CompiledRow, registers: Int32Array, extension: Int32Array, memory: Uint8Array): Access[] | undefined {
    const { rig } = this.#reference;
    this.#reference.behind(OPEN);
    this.#reference.begin(row.isa !== 'A32', registers, extension, memory);
    this.#accesses = [];
    rig.reference.run(1, false);
    const accesses = this.#accesses;
    this.#accesses = undefined;
    return (rig.state[Word.PSR] & Psr.M) === (Mode.usr & Psr.M) ? accesses : undefined;
  }

  #case(
    row: CompiledRow,
    word: number,
    given: {
      readonly registers: Int32Array;
      readonly extension: Int32Array;
      readonly memory: Uint8Array;
      readonly base: number;
      readonly k: number;
      readonly right: number;
    },
  ): boolean {
    const { registers, extension, memory, base, k, right } = given;
    const accesses = this.#success(row, registers, extension, memory);
    // Where the base is an operand as well, moving it moves more than that.
    const access = accesses?.[k];
    if (accesses === undefined || access === undefined || access.va + access.size <= BOUNDARY) return false;
    if (right === 0 && accesses.slice(0, k).some(({ va, size }) => va + size > BOUNDARY)) return false;
    const after = {
      registers: this.#reference.rig.state.slice(0, 15),
      extension: this.#reference.rig.state.slice(Word.V, Word.V + 64),
    };
    const stored = memoryOf(this.#reference.rig);
    for (const bench of [this.#reference, this.#engine]) {
      bench.behind(right);
      bench.begin(row.isa !== 'A32', registers, extension, memory);
    }
    const ours = this.#reference.rig;
    const theirs = this.#engine.rig;
    const where = `${this.model.name} ${row.isa} ${rowLabel(row)} ${(word >>> 0).toString(16)}, access ${k}`;
    const problem = (text: string): void => void this.counts.problems.push(`${where}: ${text}`);
    const budget = MARGIN + 4;
    ours.reference.run(budget, false);
    theirs.interpreter.run(budget, false);
    for (let n = 0; n < ours.state.length; n++)
      if (ours.state[n] !== theirs.state[n] && !NOT_COMPARED.includes(n))
        problem(`state word ${n}: the reference has ${hex32(ours.state[n])}, tier 0 ${hex32(theirs.state[n])}`);
    if (Buffer.compare(memoryOf(ours), memoryOf(theirs)) !== 0) problem('memory differs between the engines');
    const { state } = ours;
    if ((state[Word.PSR] & Psr.M) !== Mode.abt) {
      problem(`no data abort: mode ${(state[Word.PSR] & Psr.M).toString(16)}`);
      return true;
    }
    if (state[14] !== CODE + 8) problem(`LR_abt is ${hex32(state[14])}`);
    // The long way round: FS = 0b00111 (translation, level 2) or 0b01111 (permission, level 2), domain 0, WnR.
    const expected = (right === 0 ? 0b0_0111 : 0b0_1111) | (access.write ? 1 << 11 : 0);
    if (state[Cp15.DFSR] !== expected) problem(`DFSR is ${hex32(state[Cp15.DFSR])}, not ${hex32(expected)}`);
    const address = Math.max(access.va, BOUNDARY);
    if (state[Cp15.DFAR] >>> 0 !== address) problem(`DFAR is ${hex32(state[Cp15.DFAR])}, not ${hex32(address)}`);
    ours.processor.setCpsr(Mode.usr);
    for (let n = 0; n < 15; n++) {
      const loaded = n !== base && after.registers[n] !== registers[n];
      if (!loaded && state[n] !== registers[n]) problem(`R${n} is ${hex32(state[n])}, was ${hex32(registers[n])}`);
    }
    for (let n = 0; n < 64; n++)
      if (after.extension[n] === extension[n] && state[Word.V + n] !== extension[n])
        problem(`extension word ${n} changed`);
    const now = memoryOf(ours);
    now.forEach((byte, n) => {
      if (byte === memory[n]) return;
      const va = BOUNDARY - PAGE + n;
      const before = accesses.slice(0, k).some((one) => one.write && va >= one.va && va < one.va + one.size);
      if (!before || byte !== stored[n]) problem(`the byte at ${hex32(va)} changed`);
    });
    return true;
  }
}

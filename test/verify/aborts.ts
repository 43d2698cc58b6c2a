/**
 * Every row that touches memory, faulting on each of its accesses in turn: the access starts at, or crosses into, a page that is closed to it
 * (or for a store behind a load of the same place, one that is read-only), or is not aligned. What must hold afterwards is what the manual says
 * (DDI 0406C B1.9.8, B3.13): the base register is restored, registers that the instruction does not load are untouched, memory changed only
 * where accesses before the faulting one stored, fault status and address are exact, and the exception was entered. Both engines must agree in
 * every bit. Each case, with what came of it, can be had for another judge.
 */
import { DFSR_WnR, SCTLR_A } from '../../src/arm/cp15.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { CpuModel } from '../../src/cpu/models.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { predecode } from '../../src/ops/predecode.js';
import { leftOut } from '../support/vectors.js';
import { AbortPair, hex, type AbortBench, type AbortCase, type Outcome } from './abort-bench.js';
import { ALIGNMENT, BOUNDARY, CLOSINGS, CODE, OPEN, PAGE, WINDOW, type Closing, type Format } from './abort-pages.js';
import { halfwordsOf, monitorFor } from './abort-words.js';

export interface Access {
  readonly va: number;
  readonly size: number;
  readonly write: boolean;
}

/** Registers, and words of the extension registers, that an instruction loads when it succeeds. */
interface Loads {
  readonly registers: number;
  readonly extension: readonly number[];
}
const NO_LOADS: Loads = { registers: 0, extension: [] };

/** A case with what came of it here, and what the manual leaves UNKNOWN: what the instruction would have loaded, and where it would have stored. */
export interface JudgedCase {
  readonly row: CompiledRow;
  readonly given: AbortCase;
  readonly ours: Outcome;
  readonly loads: Loads;
  /** Its stores to the open page, when it succeeds, and the window after them. */
  readonly stores: readonly Access[];
  readonly stored: Uint8Array;
  /** What the window held before, but for the code. */
  readonly pattern: Int32Array;
  readonly base: number | undefined;
}

/** Rows that only privileged modes execute; they run in Supervisor mode. */
const PRIVILEGED = /^(LDM \((User registers|exception return)\)|STM \(User registers\)|SRS|RFE)/;
/** Hints about memory, which never abort. */
const HINT = /^(PLD|PLI)/;
const LITERAL = /literal/;
const STORE_EXCLUSIVE = /^STREX/;

/** Rows that load, store, or hint at either, on a model. */
export function memoryRows(model: CpuModel): CompiledRow[] {
  return table.filter((row) => {
    if (HINT.test(row.name)) return predecodable(row, model);
    if ((row.facts & (Fact.load | Fact.store)) === 0) return false;
    const runs = leftOut(row) === undefined || PRIVILEGED.test(row.name) || LITERAL.test(row.name);
    return runs && predecodable(row, model);
  });
}

function predecodable(row: CompiledRow, model: CpuModel): boolean {
  const word = randomWord(row, seededRandom(1));
  return word !== undefined && predecode(row.isa, word, model.features).operation !== null;
}

export interface AbortCounts {
  rows: number;
  /** Accesses that aborted, and of those the ones that were not aligned. */
  cases: number;
  misaligned: number;
  /** What must not abort and did not: hints, and Store-Exclusives that the monitor does not let pass. */
  harmless: number;
  readonly unreached: string[];
  readonly problems: string[];
}

/** A word, and how its code is laid out. */
interface Subject {
  readonly row: CompiledRow;
  readonly word: number;
  readonly base: number | undefined;
  readonly prelude: readonly number[];
  readonly own: readonly number[];
  readonly mode: number;
}

/** Everything of a case but the page behind the boundary. */
type Draft = Omit<AbortCase, 'descriptor' | 'sctlr' | 'where'>;

export class AbortCheck {
  readonly #pair: AbortPair;
  readonly #reference: AbortBench;
  readonly #random: RandomSource;
  #accesses: Access[] | undefined;
  #tried: Access[] = [];
  #faulted = false;
  readonly counts: AbortCounts = { rows: 0, cases: 0, misaligned: 0, harmless: 0, unreached: [], problems: [] };
  /** Is given each case. */
  judge: ((one: JudgedCase) => void) | undefined;

  constructor(
    readonly model: CpuModel,
    readonly format: Format,
    seed: number,
  ) {
    this.#random = seededRandom(seed);
    this.#pair = new AbortPair(model, format, this.#random);
    this.#reference = this.#pair.reference;
    const { data } = this.#reference.rig.processor;
    const load = data.load.bind(data);
    const store = data.store.bind(data);
    data.load = (va, size, flags) => {
      this.#accesses?.push({ va: va >>> 0, size, write: false });
      const value = load(va, size, flags);
      this.#faulted ||= data.fault.type !== 0;
      return value;
    };
    data.store = (va, size, value, flags) => {
      this.#accesses?.push({ va: va >>> 0, size, write: true });
      store(va, size, value, flags);
      this.#faulted ||= data.fault.type !== 0;
    };
  }

  /** The machines that are compared. */
  get benches(): readonly AbortBench[] {
    return [this.#pair.reference, this.#pair.engine];
  }

  /** What the window holds before each case. */
  get pattern(): Int32Array {
    return this.#pair.pattern;
  }

  /** Tries `words` random words of a row, each with a fault on each of its accesses. */
  row(row: CompiledRow, words: number): void {
    let cases = 0;
    for (let n = 0; n < words * 10 && (n < words || cases === 0); n++) {
      const fields: Record<string, number> = row.conditional ? { cond: 14 } : {};
      if (row.name.startsWith('SRS')) fields.mode = Mode.svc;
      const word = randomWord(row, this.#random, { fields });
      if (word !== undefined) cases += this.#word(row, word);
    }
    this.counts.rows++;
    if (cases === 0) this.counts.unreached.push(`${row.isa} ${rowLabel(row)}`);
  }

  #subject(row: CompiledRow, word: number): Subject | undefined {
    const { operands } = predecode(row.isa, word, this.model.features);
    const literal = LITERAL.test(row.name) || LITERAL.test(row.encoding);
    const base = operands.n ?? (literal ? undefined : 13);
    // by the PC in a row of other registers
    if (base === 15) return undefined;
    const prelude = STORE_EXCLUSIVE.test(row.name) ? monitorFor(row, operands, this.#random) : [];
    const mode = PRIVILEGED.test(row.name) ? Mode.svc : Mode.usr;
    return { row, word, base, prelude, own: halfwordsOf(row.isa, word), mode };
  }

  #draft(subject: Subject, code: number, registers: Int32Array, extension: Int32Array, prelude: boolean): Draft {
    const thumb = subject.row.isa !== 'A32';
    const halfwords = [...(prelude ? subject.prelude : []), ...subject.own];
    // UDF behind it, unless that is behind the boundary
    const behind = code + 2 * halfwords.length;
    if (behind + 4 <= BOUNDARY || behind >= BOUNDARY + PAGE) halfwords.push(...(thumb ? [0xde00] : [0x00f0, 0xe7f0]));
    const random = this.#random;
    const bits = Psr.A | Psr.C | (thumb ? Psr.T : 0) | ((random() & 3) === 0 ? Psr.E : 0);
    return {
      psr: subject.mode | bits,
      code,
      halfwords,
      registers,
      spsr: Mode.usr | (random() & 0xf000_0000),
      extension,
    };
  }

  #word(row: CompiledRow, word: number): number {
    const subject = this.#subject(row, word);
    if (subject === undefined) return 0;
    const random = this.#random;
    const registers = Int32Array.from({ length: 15 }, () => random() & 0x3c);
    if (subject.base !== undefined) registers[subject.base] = BOUNDARY - 2048;
    // A register offset that is the base itself, or shifted far away, does not find its place.
    const extension = Int32Array.from({ length: 64 }, () => random());
    const draft = this.#draft(subject, CODE, registers, extension, true);
    if (HINT.test(row.name)) return this.#harmless(subject, draft);
    const accesses = this.#success(draft, subject);
    if (accesses === undefined || accesses.length === 0) return 0;
    let cases = 0;
    const first = subject.prelude.length > 0 ? accesses.findIndex(({ write }) => write) : 0;
    for (let k = first; k < accesses.length; k++) {
      const { va, size } = accesses[k];
      // What is read twice faults the first time; what is read and then written faults again where it may not be written.
      const isSecondAtPlace = accesses.slice(0, k).some((earlier) => earlier.va === va);
      if (isSecondAtPlace && !accesses[k].write) continue;
      for (const inside of size > 1 && k === 0 && (va & (size - 1)) === 0 && !isSecondAtPlace ? [0, 1] : [0]) {
        const moved = this.#moved(subject, draft, BOUNDARY - inside - va);
        if (moved !== undefined && this.#case(subject, moved, k, isSecondAtPlace)) cases++;
      }
    }
    if (subject.prelude.length > 0)
      cases += this.#harmless(
        subject,
        this.#draft(subject, CODE, this.#at(subject, registers, accesses[0].va), extension, false),
      );
    const { size, va } = accesses[first];
    const alone = { ...subject, prelude: [] };
    if (size > 1 && subject.base !== undefined) {
      const moved = this.#at(subject, registers, va + 1024);
      if (this.#misaligned(alone, this.#draft(alone, CODE, moved, extension, false))) cases++;
    }
    return cases;
  }

  /** The registers with the base moved such that what was at `va` is at the boundary. */
  #at({ base }: Subject, registers: Int32Array, va: number): Int32Array {
    const moved = registers.slice();
    moved[base!] += BOUNDARY - va;
    return moved;
  }

  /** The same with all accesses `by` bytes further on: by the base register, or where there is none by the place of the code. */
  #moved(subject: Subject, draft: Draft, by: number): Draft | undefined {
    const { registers, extension } = draft;
    if (subject.base !== undefined) {
      const moved = registers.slice();
      moved[subject.base] += by;
      return { ...draft, registers: moved };
    }
    // Align(PC, 4) is the base
    const length = 2 * subject.own.length;
    let code = (CODE + by) & -4;
    if (by > BOUNDARY - CODE) code = BOUNDARY + PAGE + ((code - BOUNDARY) & 0x3fc);
    else if (code + length > BOUNDARY) code = (BOUNDARY - length) & -4;
    if (subject.row.isa !== 'A32' && code + 2 + length <= BOUNDARY && (this.#random() & 1) !== 0) code += 2;
    return this.#draft(subject, code, registers, extension, true);
  }

  /** The accesses of a run that succeeds, or undefined if it does not. Leaves the state of that run in the reference. */
  #success(draft: Draft, { prelude }: Subject): Access[] | undefined {
    this.#reference.begin({ ...draft, where: '', sctlr: 0, descriptor: OPEN[this.format] });
    this.#accesses = [];
    this.#faulted = false;
    this.#reference.rig.reference.run(prelude.length > 0 ? 2 : 1, false);
    this.#tried = this.#accesses;
    this.#accesses = undefined;
    return this.#faulted ? undefined : this.#tried;
  }

  #run(given: AbortCase): Outcome {
    const { ours, difference } = this.#pair.run(given);
    if (difference !== undefined) this.#problem(given)(difference);
    return ours;
  }

  #problem(given: AbortCase): (text: string) => void {
    return (text) => void this.counts.problems.push(`${this.model.name} ${this.format}, ${given.where}: ${text}`);
  }

  /** Closings that the access meets, in turn. */
  #closing(mode: number, write: boolean, onlyStores: boolean): Closing {
    const fitting = CLOSINGS[this.format].filter(({ to }) => {
      if (onlyStores) return to === 'stores';
      return to === 'all' || (to === 'PL0' && mode === Mode.usr) || (to === 'stores' && write);
    });
    return fitting[this.#random() % fitting.length];
  }

  #where({ row, word }: Subject, what: string): string {
    return `${row.isa} ${rowLabel(row)} ${hex(word)}, ${what}`;
  }

  #case(subject: Subject, draft: Draft, k: number, isSecondAtPlace: boolean): boolean {
    const accesses = this.#success(draft, subject);
    // Where the base is an operand as well, moving it moves more than that.
    const access = accesses?.[k];
    if (accesses === undefined || access === undefined) return false;
    if (access.va + access.size <= BOUNDARY || access.va >= BOUNDARY + PAGE) return false;
    const onlyStores = isSecondAtPlace || subject.prelude.length > 0;
    const before = accesses.slice(0, k);
    if (!onlyStores && before.some(({ va, size }) => va + size > BOUNDARY)) return false;
    const after = this.#loaded(subject, draft);
    const stored = this.#reference.window();
    const closing = this.#closing(draft.psr & Psr.M, access.write, onlyStores);
    const where = this.#where(subject, `access ${k}, ${closing.name}`);
    const given = { ...draft, where, sctlr: closing.sctlr ?? 0, descriptor: closing.descriptor };
    const ours = this.#run(given);
    const status = closing.status | (access.write ? DFSR_WnR : 0);
    this.#aborted(subject, given, ours, {
      status,
      address: Math.max(access.va, BOUNDARY),
      before,
      accesses,
      after,
      stored,
    });
    this.counts.cases++;
    return true;
  }

  /** The same one byte further on, where the first access is not aligned, with SCTLR.A set. @returns whether it was aligned before */
  #misaligned(subject: Subject, draft: Draft): boolean {
    const store = STORE_EXCLUSIVE.test(subject.row.name);
    const accesses = this.#success(draft, subject);
    if (accesses === undefined || (accesses.length === 0 && !store)) return false;
    const { va, size, write } = store ? { va: BOUNDARY - 1024, size: 4, write: true } : accesses[0];
    if ((va & (size - 1)) !== 0) return false;
    const after = store ? NO_LOADS : this.#loaded(subject, draft);
    const where = this.#where(subject, `access 0 is not aligned`);
    const registers = draft.registers.slice();
    registers[subject.base!] += 1;
    // Where the base is an operand as well, it has moved further.
    this.#success({ ...draft, registers }, subject);
    if (this.#tried.length > 0 && this.#tried[0].va !== va + 1) return false;
    const given = { ...draft, where, registers, sctlr: SCTLR_A, descriptor: OPEN[this.format] };
    const ours = this.#run(given);
    const status = ALIGNMENT[this.format] | (write ? DFSR_WnR : 0);
    const stored = new Uint8Array(this.pattern.slice().buffer);
    this.#aborted(subject, given, ours, { status, address: va + 1, before: [], accesses: [], after, stored });
    this.counts.cases++;
    this.counts.misaligned++;
    return true;
  }

  /** Of the run that succeeded last: which registers and extension words it loaded. The base is none of them: it is restored. */
  #loaded(subject: Subject, { registers, extension, psr }: Draft): Loads {
    const { state, processor } = this.#reference.rig;
    // an exception return has gone to another mode
    if (((state[Word.PSR] ^ psr) & Psr.M) !== 0) processor.setCpsr(psr);
    let loaded = 0;
    for (let n = 0; n < 15; n++) if (n !== subject.base && state[n] !== registers[n]) loaded |= 1 << n;
    const words: number[] = [];
    for (let n = 0; n < 64; n++) if (state[Word.V + n] !== extension[n]) words.push(n);
    return { registers: loaded, extension: words };
  }

  #aborted(
    subject: Subject,
    given: AbortCase,
    ours: Outcome,
    expected: {
      readonly status: number;
      readonly address: number;
      /** Those before the one that faults, and all of a run that succeeds. */
      readonly before: readonly Access[];
      readonly accesses: readonly Access[];
      readonly after: Loads;
      /** The window after a run that succeeded. */
      readonly stored: Uint8Array;
    },
  ): void {
    const problem = this.#problem(given);
    const { status, address, before, accesses, after, stored } = expected;
    const stores = accesses.filter(({ va, write }) => write && va < BOUNDARY);
    this.judge?.({ ...this.#common(subject), given, ours, loads: after, stores, stored });
    const same = (name: string, value: number, wanted: number): void => {
      if (value !== (wanted | 0)) problem(`${name} is ${hex(value)}, not ${hex(wanted)}`);
    };
    if (ours.ending !== 'data abort') {
      problem(`no data abort: ${ours.ending}`);
      return;
    }
    same('LR', ours.lr, given.code + 2 * subject.prelude.length + 8);
    same('SPSR', ours.spsr, given.psr);
    same('DFSR', ours.dfsr, status);
    same('DFAR', ours.dfar, address);
    same('IFSR', ours.ifsr, 0);
    same('IFAR', ours.ifar, 0);
    for (let n = 0; n < 15; n++)
      if (((after.registers >>> n) & 1) === 0) same(`R${n}`, ours.registers[n], given.registers[n]);
    for (let n = 0; n < 64; n++)
      if (!after.extension.includes(n)) same(`extension word ${n}`, ours.extension[n], given.extension[n]);
    const old = this.#begun(given);
    this.#reference.window().forEach((byte, n) => {
      if (byte === old[n]) return;
      const va = WINDOW + n;
      const wasStored = before.some((one) => one.write && va >= one.va && va < one.va + one.size);
      if (!wasStored || byte !== stored[n]) problem(`the byte at ${hex(va)} changed`);
    });
  }

  #common({ row, base }: Subject): Pick<JudgedCase, 'row' | 'base' | 'pattern'> {
    return { row, base, pattern: this.pattern };
  }

  /** The window as a case finds it, with its code. */
  #begun({ code, halfwords }: AbortCase): Uint8Array {
    const bytes = new Uint8Array(this.pattern.slice().buffer);
    halfwords.forEach((halfword, i) => {
      const at = code + 2 * i - WINDOW;
      if (at >= 0 && at < bytes.length) bytes.set([halfword & 0xff, halfword >>> 8], at);
    });
    return bytes;
  }

  /** What must not abort although nothing is there, and leaves all as it is; a Store-Exclusive says 1. @returns how many were tried */
  #harmless(subject: Subject, draft: Draft): number {
    const closing = this.#closing(draft.psr & Psr.M, false, false);
    const registers = draft.registers.slice();
    if (subject.base !== undefined) registers[subject.base] = BOUNDARY + (registers[subject.base] & 7 ? 64 : 0);
    const where = this.#where(subject, `which must not abort, ${closing.name}`);
    const given = { ...draft, where, registers, sctlr: closing.sctlr ?? 0, descriptor: closing.descriptor };
    const ours = this.#run(given);
    const problem = this.#problem(given);
    this.judge?.({ ...this.#common(subject), given, ours, loads: NO_LOADS, stores: [], stored: new Uint8Array(0) });
    this.counts.harmless++;
    if (ours.ending !== 'undefined') problem(`ended by ${ours.ending}`);
    const behind = subject.row.isa === 'A32' ? 4 : 2;
    if (ours.lr !== given.code + 2 * subject.own.length + behind) problem(`LR is ${hex(ours.lr)}`);
    const { d } = predecode(subject.row.isa, subject.word, this.model.features).operands;
    const status = STORE_EXCLUSIVE.test(subject.row.name) ? d : undefined;
    for (let n = 0; n < 15; n++)
      if (ours.registers[n] !== (n === status ? 1 : registers[n])) problem(`R${n} is ${hex(ours.registers[n])}`);
    if (ours.dfsr !== 0 || ours.dfar !== 0) problem(`DFSR is ${hex(ours.dfsr)}, DFAR ${hex(ours.dfar)}`);
    if (ours.changed.size > 0) problem('memory changed');
    return 1;
  }
}

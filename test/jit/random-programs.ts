/**
 * Random programs for two machines, the reference and an engine, that are compared behind each of many runs of random length: straight and wild code, under
 * translation with pages of all rights, with stores into its own code. What happens from outside between runs is random, too, where that is asked
 * for: interrupts, other translation tables, other code, breakpoints. All of it follows from seeds.
 */
import assert from 'node:assert/strict';
import { Cp15, SCTLR_A } from '../../src/arm/cp15.js';
import { Stop } from '../../src/arm/engine.js';
import { FPEXC_EN, fpFast } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { hex32 } from '../../src/util/bits.js';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { EpochCheck } from '../support/epoch-check.js';
import { Pair } from './pair.js';
import { MARGIN, RAM, type Rig } from './rig.js';

/** What programs are made of. */
export interface ProgramKind {
  readonly isa: 'A32' | 'Thumb';
  readonly mmu: boolean;
  /** UNPREDICTABLE words are among them. */
  readonly unpredictable: boolean;
  /**
   * Extension registers, both byte orders, alignment checks, and what comes from outside: interrupts, breakpoints, other tables and other code between
   * runs. Every other program is a nest of loops, which tier 1 likes best.
   */
  readonly restless?: true;
  /** What is executed is counted, and the counts are compared behind each program. */
  readonly covered?: true;
  /** An epoch of dirty pages begins before each run, and what the memory says of them is compared with what has changed, and with what the reference says. */
  readonly epochs?: true;
}

/** When a program has run long enough: attempts, and runs, which end at exceptions. */
const MOST_ATTEMPTS = 5000;
const MOST_RUNS = { usual: 40, restless: 300 } as const;

/** Layout of RAM: translation tables, vectors, code, data. */
const L1 = RAM;
const L2 = RAM + 0x4000;
const VECTORS = RAM + 0x8000;
const CODE = RAM + 0x1_0000;
const CODE_BYTES = 0x2000;
const DATA = RAM + 0x2_0000;
const DATA_PAGES = 16;

/** Waiting instructions end a program early, and changes of translation or mode make one tedious: they come seldom. */
const isRare = (row: CompiledRow): boolean =>
  (row.facts & (Fact.sensitive | Fact.privileged | Fact.systemRegister | Fact.exceptionCall | Fact.undefined)) !== 0 ||
  row.operation === null ||
  (row.facts & Fact.hint) !== 0;

interface Rows {
  readonly usual: readonly CompiledRow[];
  readonly rare: readonly CompiledRow[];
  /** Usual ones behind which the next one is executed. */
  readonly straight: readonly CompiledRow[];
}
function rowsOf(isa: Isa): Rows {
  const rows = table.filter((row) => row.isa === isa);
  const usual = rows.filter((row) => !isRare(row));
  return { usual, rare: rows.filter(isRare), straight: usual.filter(({ facts }) => (facts & Fact.branch) === 0) };
}
const ROWS: Readonly<Record<Isa, Rows>> = { A32: rowsOf('A32'), T16: rowsOf('T16'), T32: rowsOf('T32') };
const IT = table.find((row) => row.isa === 'T16' && row.operation === 'IT')!;

const pick = <T>(random: RandomSource, list: readonly T[]): T => list[random() % list.length];

function word(isa: Isa, random: RandomSource, unpredictable: boolean): number {
  for (;;) {
    const found = wordOf(random() % 24 === 0 ? ROWS[isa].rare : ROWS[isa].usual, random, unpredictable);
    if (found !== undefined) return found;
  }
}

/** @param excludedRegisters as bits */
function wordOf(
  rows: readonly CompiledRow[],
  random: RandomSource,
  unpredictable: boolean,
  excludedRegisters = 0,
): number | undefined {
  const row = pick(random, rows);
  return randomWord(row, random, { unpredictable, excludedRegisters, fields: nearBranch(row, random) });
}

/** Direct branches stay near, so that programs have loops; conditions are often true. */
function nearBranch(row: CompiledRow, random: RandomSource): Record<string, number> {
  const offset = (random() % 64) - 32;
  const fields: Record<string, number> = {};
  if (row.isa === 'A32' && row.fields.some((field) => field.name === 'imm24')) fields.imm24 = offset & 0xff_ffff;
  if (row.fields.some((field) => field.name === 'imm10')) {
    Object.assign(fields, {
      S: offset < 0 ? 1 : 0,
      J1: 1,
      J2: 1,
      imm10: offset < 0 ? 0x3ff : 0,
      imm11: offset & 0x7ff,
    });
  }
  if (row.conditional && random() % 2 === 0) fields.cond = 14;
  return fields;
}

/** Fills the code pages with random instructions of a state. */
function writeCode(pair: Pair, random: RandomSource, thumb: boolean, unpredictable: boolean): void {
  const halfwords: number[] = [];
  while (halfwords.length < CODE_BYTES / 2) {
    if (!thumb) {
      const a32 = word('A32', random, unpredictable);
      halfwords.push(a32 & 0xffff, a32 >>> 16);
    } else if (random() % 8 === 0) {
      halfwords.push(randomWord(IT, random, { unpredictable })!);
    } else if (random() % 2 === 0) {
      halfwords.push(word('T16', random, unpredictable));
    } else {
      const t32 = word('T32', random, unpredictable);
      halfwords.push(t32 >>> 16, t32 & 0xffff);
    }
  }
  halfwords.length = CODE_BYTES / 2;
  const bytes = new Uint8Array(Uint16Array.from(halfwords).buffer);
  pair.both((rig) => rig.bus.writeBlock(CODE, bytes));
}

/** Identity map of RAM by small pages: everything open, except the data pages, whose rights differ. */
function writeTables(pair: Pair): void {
  pair.both((rig) => {
    rig.words(L1 + 4 * (RAM >>> 20), L2 | 1);
    for (let page = 0; page < 256; page++) rig.words(L2 + 4 * page, (RAM + page * 4096) | 0x3e);
    const rights = [0x3e, 0x3e, 0x3e, 0x22e, 0x23e, 0x1e, 0x2e, 0, 0x3f];
    for (let page = 0; page < DATA_PAGES; page++) {
      const at = DATA + page * 4096;
      const right = rights[page % rights.length];
      rig.words(L2 + 4 * ((at - RAM) / 4096), right === 0 ? 0 : at | right);
    }
  });
}

/** Handlers of exceptions: each goes on behind the instruction, or, where that leads nowhere, at the code's start. */
function writeVectors(rig: Rig): void {
  const movs_pc_lr = 0xe1b0_f00e;
  const subs_pc_lr_4 = 0xe25e_f004;
  // Prefetch aborts go to the code's start, in the state that was interrupted.
  const ldr_lr = 0xe59f_e010; // ldr lr, [pc, #16]
  rig.words(VECTORS, movs_pc_lr, movs_pc_lr, movs_pc_lr, ldr_lr, subs_pc_lr_4, movs_pc_lr, movs_pc_lr, movs_pc_lr);
  rig.words(VECTORS + 16, subs_pc_lr_4);
  rig.words(VECTORS + 0x24, CODE + 8);
  rig.words(VECTORS + 0x0c, 0xe59f_e010, 0xe25e_f004);
}

/** A register's value that makes something interesting happen. */
function value(random: RandomSource, thumb: boolean): number {
  switch (random() % 8) {
    case 0:
      return random();
    case 1:
      return random() % 64;
    case 2:
      return CODE + (random() % CODE_BYTES) + (thumb ? 1 : 0);
    case 3:
      return (CODE + (random() % CODE_BYTES)) & ~3;
    default:
      return (DATA + (random() % (DATA_PAGES * 4096))) & ~(random() % 4 === 0 ? 0 : 3);
  }
}

function setState(pair: Pair, random: RandomSource, kind: ProgramKind): void {
  const { mmu } = kind;
  const thumb = kind.isa === 'Thumb';
  const registers = Array.from({ length: 15 }, () => value(random, thumb));
  const flags = (random() & 0xf800_0000) | ((random() & 15) << 16);
  const mode = pick(random, [Mode.usr, Mode.svc, Mode.svc, Mode.sys, Mode.irq]);
  const start = CODE + (random() % 64) * 4;
  const dacr = pick(random, [1, 1, 3]);
  const controls = kind.restless === undefined ? 0 : random();
  pair.both((rig) => {
    const { state } = rig;
    state[Cp15.VBAR] = VECTORS;
    state[Cp15.TTBR0] = L1;
    state[Cp15.TTBCR] = 0;
    state[Cp15.DACR] = dacr;
    state[Cp15.SCTLR] = (state[Cp15.SCTLR] & ~7) | (mmu ? 1 : 0);
    rig.processor.setCpsr(flags | mode | Psr.A | Psr.I | Psr.F | (thumb ? Psr.T : 0));
    if (kind.restless !== undefined) beRestless(rig, controls);
    registers.forEach((register, i) => (state[i] = register));
    state[Word.PC] = start;
    rig.processor.commit();
  });
}

/** Bits of a random word that choose what a restless program starts with. */
function beRestless({ state, processor }: Rig, controls: number): void {
  state[Word.FPEXC] = (controls & 7) === 0 ? 0 : FPEXC_EN;
  state[Cp15.CPACR] = (controls & 0x38) === 0 ? 0 : 0xf << 20;
  state[Word.FPSCR] = (controls & 0x40) !== 0 ? 0 : controls & 0x07c0_0000;
  state[Word.FP_FAST] = fpFast(state[Word.FPSCR]);
  if ((controls & 0x180) === 0) state[Cp15.SCTLR] |= SCTLR_A;
  processor.setEndianness((controls & 0x600) === 0);
}

// ---- nests of loops

/** Counts the rounds; and what loads and stores find in r4 to r7 at the start of each round. */
const COUNTER = 11;

/** MOVW and MOVT. */
function moveWide(thumb: boolean, register: number, value: number): number[] {
  return [value & 0xffff, value >>> 16].map((half, top) => {
    const immediate = thumb
      ? ((half & 0xf000) << 4) | ((half & 0x800) << 15) | ((half & 0x700) << 4) | (half & 0xff)
      : ((half & 0xf000) << 4) | (half & 0xfff);
    const opcode = thumb ? (top ? 0xf2c0_0000 : 0xf240_0000) : top ? 0xe340_0000 : 0xe300_0000;
    return (opcode | immediate | (register << (thumb ? 8 : 12))) >>> 0;
  });
}

/** An address that loads and stores like: in a data page, near its end, at a place that is not aligned, in the code. */
function pointer(random: RandomSource): number {
  const page = DATA + (random() % DATA_PAGES) * 4096;
  switch (random() % 8) {
    case 0:
      return (page + 4096 - (random() % 12)) >>> 0;
    case 1:
      return page + (random() % 4096);
    case 2:
      return CODE + 4 * (random() % (CODE_BYTES / 4));
    default:
      // The first data page is open to all.
      return DATA + 4 * (random() % 1024);
  }
}

/** Loops of random instructions, one behind another, that end in a branch to the first. */
function writeLoops(pair: Pair, random: RandomSource, thumb: boolean, unpredictable: boolean): void {
  const halfwords: number[] = [];
  const emit = (word: number, wide: boolean): void => {
    if (!thumb) halfwords.push(word & 0xffff, word >>> 16);
    else if (wide) halfwords.push(word >>> 16, word & 0xffff);
    else halfwords.push(word);
  };
  const set = (register: number, to: number): void => {
    for (const word of moveWide(thumb, register, to)) emit(word, true);
  };
  /** B or BEQ/BNE (its number) to a halfword. */
  const branch = (cond: number, to: number): void => {
    const offset = to - halfwords.length - (thumb ? 2 : 4);
    if (!thumb) emit(((cond << 28) | 0x0a00_0000 | ((offset >> 1) & 0xff_ffff)) >>> 0, true);
    // Encoding T3 of B reaches far enough and has a condition; without one, T4.
    else if (cond < 14)
      emit(
        (0xf000_8000 |
          ((offset < 0 ? 1 : 0) << 26) |
          (cond << 22) |
          ((offset < 0 ? 0x3f : 0) << 16) |
          (offset < 0 ? 0x2800 : 0) |
          (offset & 0x7ff)) >>>
          0,
        true,
      );
    else
      emit(
        (0xf000_b800 | ((offset < 0 ? 1 : 0) << 26) | ((offset < 0 ? 0x3ff : 0) << 16) | (offset & 0x7ff)) >>> 0,
        true,
      );
  };
  const excluded = (1 << COUNTER) | (1 << 13) | (1 << 15);
  while (halfwords.length < CODE_BYTES / 2 - 256) {
    set(COUNTER, 2 + (random() % 40));
    const again = halfwords.length;
    for (const register of [4, 5, 6, 7]) if (random() % 2 === 0) set(register, pointer(random));
    for (let left = 2 + (random() % 24); left > 0; left--) {
      const isa: Isa = !thumb ? 'A32' : random() % 2 === 0 ? 'T16' : 'T32';
      if (thumb && random() % 10 === 0) emit(randomWord(IT, random, { unpredictable })!, false);
      const chance = random() % 32;
      const rows = chance === 0 ? ROWS[isa].rare : chance < 4 ? ROWS[isa].usual : ROWS[isa].straight;
      const found = wordOf(rows, random, unpredictable && chance < 8, excluded);
      if (found !== undefined) emit(found, isa !== 'T16');
    }
    emit(thumb ? 0xf1bb_0b01 : 0xe25b_b001, true); // subs r11, r11, #1
    branch(1, again);
  }
  branch(14, 0);
  const bytes = new Uint8Array(Uint16Array.from(halfwords).buffer);
  pair.both((rig) => rig.bus.writeBlock(CODE, bytes));
}

// ---- what happens between runs

function disturb(pair: Pair, random: RandomSource, seldom: number): void {
  const what = random() % seldom;
  const at = random();
  const word = random();
  pair.both((rig) => {
    const { processor, state, bus, breakpoints } = rig;
    processor.irqLine = false;
    breakpoints.clear();
    switch (what) {
      case 0:
        if ((word & 1) !== 0) state[Word.PSR] &= ~Psr.I;
        processor.statusChanged();
        processor.irqLine = true;
        processor.deliverInterrupts();
        processor.irqLine = false;
        return;
      case 1:
        breakpoints.add(CODE + (at % CODE_BYTES));
        return;
      case 2: {
        // Another right for a data page, or the data page of another: with maintenance.
        const page = L2 + 4 * ((DATA - RAM) / 4096 + (at % DATA_PAGES));
        rig.words(page, (word & 1) !== 0 ? (DATA + ((word >>> 4) % DATA_PAGES) * 4096) | 0x3e : 0);
        rig.mmu.flushAll();
        return;
      }
      case 3:
        bus.write(CODE + 4 * (at % (CODE_BYTES / 4)), 4, bus.read(CODE + 4 * ((word >>> 8) % (CODE_BYTES / 4)), 4));
        return;
      case 4:
        processor.commit();
        return;
      case 5:
        processor.setEndianness((word & 1) !== 0);
        return;
      default:
    }
  });
}

/** Returns what checks the dirty pages at its end. */
function beginEpoch(pair: Pair): (context: () => string) => void {
  const rigs = [pair.expected, pair.actual];
  const checks = rigs.map(({ memory }) => new EpochCheck(memory));
  for (const check of checks) check.begin();
  return (context) => {
    for (const check of checks) check.check(context());
    const [expected, actual] = rigs.map(({ memory }) => memory.dirty.pages.sort((a, b) => a - b).map(hex32));
    assert.deepEqual(actual, expected, `${context()}: dirty pages`);
  };
}

/** Programs by their seeds, from the first on; compared behind each run. */
export class RandomPrograms {
  readonly #pair: Pair;
  #program = 0;

  constructor(
    private readonly kind: ProgramKind,
    private readonly firstSeed: number,
    tier1: TierOptions | undefined,
  ) {
    this.#pair = new Pair(undefined, tier1, kind.covered);
    this.#pair.both(writeVectors);
  }

  /** What the second machine's tier 1 has made. */
  get regions(): number {
    return this.#pair.actual.interpreter.tier1?.statistics.regions ?? 0;
  }

  /** What is wanted to do the latest program again. */
  get place(): string {
    return `${JSON.stringify(this.kind)}, program ${this.#program - 1} from seed ${this.firstSeed}`;
  }

  /** Runs one program. Returns its attempts. @throws AssertionError at the first difference */
  next(): number {
    const pair = this.#pair;
    const { isa, unpredictable, restless } = this.kind;
    const program = this.#program++;
    const seed = this.firstSeed + program;
    const random = seededRandom(seed);
    if (program % 16 === 0 || (restless !== undefined && program % 4 === 0)) {
      const write = restless !== undefined && program % 8 === 0 ? writeLoops : writeCode;
      write(pair, random, isa === 'Thumb', unpredictable);
      writeTables(pair);
      pair.both(writeVectors);
    }
    setState(pair, random, this.kind);
    const runs = restless === undefined ? MOST_RUNS.usual : MOST_RUNS.restless;
    const budgets: number[] = [];
    let attempts = 0;
    for (let run = 0; run < runs && attempts < MOST_ATTEMPTS; run++) {
      // Most runs end at an exception. A short one is the driver's alone; a long one is the fast loop's but for its last MARGIN attempts.
      const budget = 1 + (random() % 40) + (run % 2 === 0 ? MARGIN + (random() % 200) : 0);
      budgets.push(budget);
      const context = (): string => `budgets ${budgets.join()}, PC ${hex32(pair.expected.pc)}`;
      if (restless !== undefined) disturb(pair, random, 40);
      const epoch = this.kind.epochs && beginEpoch(pair);
      const stop = pair.run(budget, context, run % 2 === 1);
      epoch?.(context);
      if (stop === Stop.WaitForInterrupt) {
        if (restless === undefined) break;
        pair.both(({ processor }) => processor.wake());
      }
      attempts += budget - pair.expected.state[Word.COUNT];
    }
    const miscounted = this.kind.covered && pair.coverageDifference();
    if (miscounted !== undefined) assert.fail(`counts: ${miscounted}`);
    return attempts;
  }
}

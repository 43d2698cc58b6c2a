/**
 * Random programs through the reference and through tier 0, alone and with tier 1: straight and wild ones, under translation with pages of all rights, with stores
 * into their own code. TRAPLINE_PROGRAMS sets how many of each kind (default 100; a third of that with tier 1), TRAPLINE_SEED the first seed.
 */
import { Cp15 } from '../../src/arm/cp15.js';
import { Stop } from '../../src/arm/engine.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { operationByName } from '../../src/ops/index.js';
import { hex32 } from '../../src/util/bits.js';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { TIER1 } from '../support/tier1.js';
import { Pair } from './pair.js';
import { MARGIN, RAM, type Rig } from './rig.js';

const PROGRAMS = Number(process.env.TRAPLINE_PROGRAMS ?? 100);
/** When a program has run long enough. */
const MOST_ATTEMPTS = 5000;
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);

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
}
function rowsOf(isa: Isa): Rows {
  const rows = table.filter((row) => row.isa === isa);
  return { usual: rows.filter((row) => !isRare(row)), rare: rows.filter(isRare) };
}
const ROWS: Readonly<Record<Isa, Rows>> = { A32: rowsOf('A32'), T16: rowsOf('T16'), T32: rowsOf('T32') };
const IT = table.find((row) => row.isa === 'T16' && row.operation === 'IT')!;

const pick = <T>(random: RandomSource, list: readonly T[]): T => list[random() % list.length];

function word(isa: Isa, random: RandomSource, unpredictable: boolean): number {
  for (;;) {
    const rows = random() % 24 === 0 ? ROWS[isa].rare : ROWS[isa].usual;
    const row = pick(random, rows);
    const found = randomWord(row, random, { unpredictable, fields: nearBranch(row, random) });
    if (found !== undefined) return found;
  }
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

function setState(pair: Pair, random: RandomSource, thumb: boolean, mmu: boolean): void {
  const registers = Array.from({ length: 15 }, () => value(random, thumb));
  const flags = (random() & 0xf800_0000) | ((random() & 15) << 16);
  const mode = pick(random, [Mode.usr, Mode.svc, Mode.svc, Mode.sys, Mode.irq]);
  const start = CODE + (random() % 64) * 4;
  const dacr = pick(random, [1, 1, 3]);
  pair.both((rig) => {
    const { state } = rig;
    state[Cp15.VBAR] = VECTORS;
    state[Cp15.TTBR0] = L1;
    state[Cp15.TTBCR] = 0;
    state[Cp15.DACR] = dacr;
    state[Cp15.SCTLR] = (state[Cp15.SCTLR] & ~7) | (mmu ? 1 : 0);
    rig.processor.setCpsr(flags | mode | Psr.A | Psr.I | Psr.F | (thumb ? Psr.T : 0));
    registers.forEach((register, i) => (state[i] = register));
    state[Word.PC] = start;
    rig.processor.commit();
  });
}

function runPrograms(isa: 'A32' | 'Thumb', mmu: boolean, unpredictable: boolean, tier1: TierOptions | undefined): void {
  const thumb = isa === 'Thumb';
  const pair = new Pair(undefined, tier1);
  pair.both(writeVectors);
  const programs = tier1 === undefined ? PROGRAMS : Math.ceil(PROGRAMS / 3);
  for (let program = 0; program < programs; program++) {
    const seed = SEED + program;
    const random = seededRandom(seed);
    if (program % 16 === 0) {
      writeCode(pair, random, thumb, unpredictable);
      writeTables(pair);
      pair.both(writeVectors);
    }
    setState(pair, random, thumb, mmu);
    const budgets: number[] = [];
    let attempts = 0;
    for (let run = 0; run < 40 && attempts < MOST_ATTEMPTS; run++) {
      // Most runs end at an exception. A short one is the driver's alone; a long one is the fast loop's but for its last MARGIN attempts.
      const budget = 1 + (random() % 40) + (run % 2 === 0 ? MARGIN + (random() % 200) : 0);
      budgets.push(budget);
      const context = (): string => `seed ${seed}, budgets ${budgets.join()}, PC ${hex32(pair.expected.pc)}`;
      if (pair.run(budget, context) === Stop.WaitForInterrupt) break;
      attempts += budget - pair.expected.state[Word.COUNT];
    }
  }
}

const TIERS: readonly (readonly [name: string, tier1: TierOptions | undefined])[] = [
  ['tier 0', TIER1],
  ['tiers 0 and 1', { threshold: 1 }],
];

for (const [tiers, tier1] of TIERS)
  describe(`${tiers} against the reference, random programs`, function () {
    this.timeout(120_000);
    before(() => {
      // A row that no operation implements is Undefined on both; the others must exist, or nothing is compared.
      if (operationByName.size < 100) throw new Error('the operations are missing');
    });

    for (const isa of ['A32', 'Thumb'] as const) {
      for (const mmu of [false, true]) {
        it(`${isa}, MMU ${mmu ? 'on' : 'off'}`, () => runPrograms(isa, mmu, false, tier1));
      }
      it(`${isa} with UNPREDICTABLE words`, () => runPrograms(isa, true, true, tier1));
    }
  });

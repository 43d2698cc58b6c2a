/**
 * Random privileged code, sensitive instructions and system registers foremost, bare and hypervised: the same state at each instruction, and the same
 * memory afterwards. `TRAPLINE_GUESTS` sets how many programs (default 60), `TRAPLINE_SEED` the first seed.
 */
import assert from 'node:assert/strict';
import { Mode, Psr } from '../../src/arm/modes.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { systemRegisters } from '../../src/isa/sysreg.js';
import { table } from '../../src/isa/table.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { ASSEMBLER } from '../support/assemble.js';
import { WAYS } from '../support/guest.js';
import { CODE, DATA, DATA_BYTES, GuestPack, tableWords, VECTORS, type Start } from '../support/guest-pack.js';
import { HOLE, LEVEL1, WINDOW, type MappedPage } from '../support/guest-program.js';
import { need } from '../support/tools.js';

const GUESTS = Number(process.env.TRAPLINE_GUESTS ?? 60);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
/** Instructions of a program that is stepped. */
const STEPS = 800;
/** One that has been nowhere new for so long is stuck. */
const PATIENCE = 50;
/** Instructions of a program that runs freely: enough for the interpreter to get into its fast loops. */
const FREE_RUN = 4000;

const CODE_BYTES = 0x200;

const has = (row: CompiledRow, facts: number): boolean => (row.facts & facts) !== 0;
const isSensitive = (row: CompiledRow): boolean =>
  has(row, Fact.sensitive | Fact.privileged | Fact.exceptionCall | Fact.exceptionReturn) && row.operation !== null;

/** What a program is drawn from. Waits come seldom: they end it. */
function rowsOf(isa: Isa): {
  plain: CompiledRow[];
  sensitive: CompiledRow[];
  waits: CompiledRow[];
  unknown: CompiledRow[];
} {
  const rows = table.filter((row) => row.isa === isa);
  const waits = rows.filter((row) => isSensitive(row) && has(row, Fact.hint));
  const sensitive = rows.filter((row) => isSensitive(row) && !has(row, Fact.hint));
  const unknown = rows.filter((row) => row.operation === null);
  return { plain: rows.filter((row) => row.operation !== null && !isSensitive(row)), sensitive, waits, unknown };
}
const ROWS = { A32: rowsOf('A32'), T16: rowsOf('T16'), T32: rowsOf('T32') };

const pick = <T>(random: RandomSource, list: readonly T[]): T => list[random() % list.length];

/** A move to or from a system register that exists; its A32 word with condition `always` is the T32 one, too. */
function systemMove(random: RandomSource): number {
  const row = pick(random, systemRegisters);
  const read = random() % 2;
  const t = random() % 13;
  if (row.width === 64) {
    const t2 = (t + 1) % 13;
    return 0xec400000 | (read << 20) | (t2 << 16) | (t << 12) | (row.coproc << 8) | (row.opc1 << 4) | row.CRm;
  }
  const registers = (row.CRn << 16) | (t << 12) | row.CRm;
  return 0xee000010 | (row.opc1 << 21) | (read << 20) | registers | (row.coproc << 8) | (row.opc2 << 5);
}

/**
 * A write to a translation table base. What a program sees that goes on with translations of the old tables (here always: the new ones are no
 * tables) depends on how much of them the processor has kept, which the architecture leaves open: bare it is single pages, under the VMM whole sections.
 */
function writesTableBase(word: number): boolean {
  const mcr = (word & 0x0f1f_0f10) === 0x0e02_0f10 && ((word >>> 5) & 7) !== 2;
  const mcrr = (word & 0x0ff0_0f0f) === 0x0c40_0f02;
  return mcr || mcrr;
}

function word(isa: Isa, random: RandomSource): number {
  for (;;) {
    const found = anyWord(isa, random);
    if (isa === 'T16' || !writesTableBase(found)) return found;
  }
}

function anyWord(isa: Isa, random: RandomSource): number {
  for (;;) {
    const die = random() % 64;
    if (die < 12 && isa !== 'T16') return systemMove(random);
    const rows = ROWS[isa];
    const list = die < 30 ? rows.sensitive : die === 30 ? rows.waits : die === 31 ? rows.unknown : rows.plain;
    if (list.length === 0) continue;
    const row = pick(random, list);
    const fields: Record<string, number> = row.conditional && random() % 2 === 0 ? { cond: 14 } : {};
    // Direct branches stay near, so that programs have loops.
    if (row.fields.some(({ name }) => name === 'imm24')) fields.imm24 = ((random() % 64) - 32) & 0xff_ffff;
    const found = randomWord(row, random, { unpredictable: random() % 8 === 0, fields });
    if (found !== undefined) return found;
  }
}

function code(random: RandomSource, thumb: boolean): Uint8Array {
  const bytes = new Uint8Array(CODE_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  while (at < CODE_BYTES - 4) {
    if (!thumb) view.setUint32(at, word('A32', random), true);
    else if (at + 8 <= CODE_BYTES && random() % 2 === 0) {
      const wide = word('T32', random);
      view.setUint16(at, wide >>> 16, true);
      view.setUint16(at + 2, wide & 0xffff, true);
    } else {
      view.setUint16(at, word('T16', random), true);
      at += 2;
      continue;
    }
    at += 4;
  }
  // At the end, once more from the beginning: B, or B.W.
  const offset = -CODE_BYTES / 2;
  if (!thumb) view.setUint32(CODE_BYTES - 4, 0xea000000 | ((offset / 2 - 1) & 0xff_ffff), true);
  else {
    view.setUint16(CODE_BYTES - 4, 0xf7ff, true);
    view.setUint16(CODE_BYTES - 2, 0xb800 | (offset & 0x7ff), true);
  }
  return bytes;
}

const MODES = [Mode.svc, Mode.svc, Mode.sys, Mode.irq, Mode.fiq, Mode.abt, Mode.und, Mode.usr];

function draw(seed: number): Start {
  const random = seededRandom(seed);
  const thumb = random() % 2 === 1;
  /** Mostly where the program could go on, in the state that it is in. */
  const inCode = (): number => (CODE + ((random() % CODE_BYTES) & ~3)) | (thumb ? 1 : 0);
  const address = (): number =>
    [DATA + ((random() % DATA_BYTES) & ~3), DATA + (random() % DATA_BYTES), WINDOW + (random() % 0x4000), inCode()][
      Math.min(3, random() % 6)
    ];
  const special = (): number =>
    [
      random(),
      random() % 256,
      HOLE,
      virtMap.uart.base + (random() % 0x40),
      virtMap.gicDistributor.base + (random() % 0x100),
      random() & 0x1ff,
    ][random() % 6];
  const words: [number, number][] = [];
  const registers: [string, number][] = [
    ['DACR', 1],
    ['TTBR0', LEVEL1],
  ];
  if (random() % 3 !== 0) {
    // Four pages of the window with rights of their own, two of them the code.
    const pages = [DATA, CODE, DATA + 0x1000, VECTORS].map((pa, i): MappedPage => {
      const ap = (random() % 4) as 0 | 1 | 2 | 3;
      return { va: WINDOW + 0x1000 * i, pa, ap, readOnly: random() % 4 === 0, executeNever: random() % 4 === 0 };
    });
    words.push(...tableWords(pages));
    registers.push(['SCTLR', 0x00c50879 | (random() % 8 === 0 ? 2 : 0)]);
  }
  if (random() % 2 === 0) {
    // The virtual timer's interrupt, some time soon.
    const { gicDistributor, gicCpuInterface } = virtMap;
    words.push([gicDistributor.base, 1], [gicDistributor.base + 0x100, 1 << 27]);
    words.push([gicCpuInterface.base + 4, 0xff], [gicCpuInterface.base, 1]);
    registers.push(['CNTV_TVAL', random() % 200], ['CNTV_CTL', 1]);
  }
  return {
    code: code(random, thumb),
    data: Uint8Array.from({ length: DATA_BYTES }, () => random()),
    registers: Array.from({ length: 15 }, () => (random() % 3 === 0 ? special() : address())),
    psr:
      (random() & 0xf80f_01c0) | (random() % 4 === 0 ? 0 : Psr.A | Psr.F) | (thumb ? Psr.T : 0) | pick(random, MODES),
    systemRegisters: registers,
    words,
  };
}

/** Code, handlers and data. Elsewhere there are only zeros to execute. */
function isHome(pc: number): boolean {
  return (pc >= VECTORS && pc < DATA + DATA_BYTES) || (pc >= WINDOW && pc < WINDOW + 0x4000);
}

describe('random privileged code, bare and hypervised', function () {
  this.timeout(600_000);
  let pack: GuestPack | undefined;

  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
    pack = new GuestPack(WAYS, CODE_BYTES);
  });
  after(() => {
    pack = undefined;
  });

  it(`${GUESTS} programs, compared at each instruction`, () => {
    const places = new Set<number>();
    for (let seed = SEED; seed < SEED + GUESTS; seed++) {
      pack!.begin(draw(seed));
      const [bare] = pack!.guests;
      const seen = new Set<number>();
      let news = 0;
      for (let i = 0; i < STEPS && i < news + PATIENCE; i++) {
        const { pc } = bare;
        if (!seen.has(pc) && isHome(pc)) news = i;
        seen.add(pc);
        places.add(pc);
        if (pack!.run(1, `seed ${seed}`).kind !== 'limit') break;
      }
      pack!.compareEffects(`seed ${seed}`);
    }
    if (GUESTS >= 60) assert.ok(places.size > 200, `only ${places.size} places were executed`);
  });

  it(`${GUESTS} programs, compared when they have run freely`, () => {
    for (let seed = SEED; seed < SEED + GUESTS; seed++) {
      pack!.begin(draw(seed));
      pack!.run(FREE_RUN, `seed ${seed}`);
      pack!.compareEffects(`seed ${seed}`);
    }
  });
});

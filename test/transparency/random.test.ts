/**
 * Random privileged code, sensitive instructions and system registers foremost, bare and hypervised: the same state at each instruction, and the same
 * memory afterwards. `TRAPLINE_GUESTS` sets how many programs (default 60), `TRAPLINE_SEED` the first seed.
 */
import assert from 'node:assert/strict';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { systemRegisterNamed, systemRegisters } from '../../src/isa/sysreg.js';
import { table } from '../../src/isa/table.js';
import type { GuestStop } from '../../src/machine/run.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { instructionText, MIB, ORIGIN, TestGuest, wayName, WAYS, wordAt } from '../support/guest.js';
import { differenceOf, stateOf } from '../support/guest-history.js';
import { HOLE, LEVEL1, LEVEL2, level2Entry, level2Word, WINDOW } from '../support/guest-program.js';
import { need } from '../support/tools.js';

const GUESTS = Number(process.env.TRAPLINE_GUESTS ?? 60);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
/** Instructions of a program that is stepped, and of one that runs freely, so that the interpreter gets into its fast loops. */
const STEPS = 800;
/** A program that has been nowhere new for so long is stuck. */
const PATIENCE = 50;
const FREE_RUN = 4000;

const VECTORS = ORIGIN;
const CODE = ORIGIN + 0x1000;
const CODE_BYTES = 0x200;
const DATA = ORIGIN + 0x8000;
const DATA_BYTES = 0x1000;

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

/** Handlers that go on behind the instruction, or where a fetch failed at yet another place in the code. */
const HANDLERS = `
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
    and r0, r0, #${CODE_BYTES - 4}
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

/** Everything about a program beside the words: laid down before any guest runs it. */
interface Start {
  readonly code: Uint8Array;
  readonly data: Uint8Array;
  readonly registers: readonly number[];
  readonly psr: number;
  readonly systemRegisters: readonly (readonly [name: string, value: number])[];
  readonly words: readonly (readonly [pa: number, value: number])[];
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
    ['VBAR', VECTORS],
    ['DACR', 1],
    ['TTBR0', LEVEL1],
  ];
  if (random() % 3 !== 0) {
    // Sections: RAM for all, devices for the kernel; four pages of the window with rights of their own, one of them the code.
    for (let i = 0; i < 16; i++) words.push([LEVEL1 + 4 * (0x400 + i), (0x4000_0000 + i * MIB) | 0xc0e]);
    for (const va of [virtMap.gicDistributor.base, virtMap.uart.base])
      words.push([LEVEL1 + 4 * (va >>> 20), va | 0x416]);
    words.push([LEVEL1 + 4 * (WINDOW >>> 20), LEVEL2 | 1]);
    const pages = [DATA, CODE, DATA + 0x1000, ORIGIN];
    pages.forEach((pa, i) => {
      const va = WINDOW + 0x1000 * i;
      const page = { va, pa, ap: (random() % 4) as 0 | 1 | 2 | 3, executeNever: random() % 4 === 0 };
      words.push([level2Entry(va), level2Word(page) | (random() % 4 === 0 ? 0x200 : 0)]);
    });
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

/** Puts a guest, whatever it did before, at the start of a program. */
function begin(testGuest: TestGuest, handlers: Uint8Array, start: Start): void {
  const { guest } = testGuest;
  testGuest.console = '';
  testGuest.exceptions.length = 0;
  guest.reset();
  const { cpu, bus } = guest;
  bus.writeBlock(VECTORS, handlers);
  bus.writeBlock(CODE, start.code);
  bus.writeBlock(DATA, start.data);
  for (const [pa, value] of start.words) bus.write(pa, 4, value);
  for (const mode of [Mode.usr, Mode.irq, Mode.fiq, Mode.abt, Mode.und]) {
    cpu.setCpsr(mode);
    for (let n = 8; n < 15; n++) cpu.state[n] = start.registers[(n + mode) % 15];
    if (mode !== Mode.usr) cpu.writeSpsr(mode, start.psr ^ (start.registers[mode % 15] & 0xf800_0000));
  }
  cpu.setCpsr(start.psr);
  for (let n = 0; n < 15; n++) cpu.state[n] = start.registers[n];
  for (const [name, value] of start.systemRegisters) cpu.systemRegisters.poke(systemRegisterNamed(name)!, value, 0);
  cpu.state[Word.PC] = CODE;
  guest.commit();
}

/** Code, handlers and data. Elsewhere there are only zeros to execute. */
function isHome(pc: number): boolean {
  return (pc >= ORIGIN && pc < DATA + DATA_BYTES) || (pc >= WINDOW && pc < WINDOW + 0x4000);
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

describe('random privileged code, bare and hypervised', function () {
  this.timeout(600_000);
  let guests: TestGuest[];
  let handlers: Uint8Array;

  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
    handlers = assemble(HANDLERS, { origin: VECTORS });
    const images = { program: { name: 'nothing', bytes: new Uint8Array(4) }, loads: [] };
    guests = WAYS.map((way) => new TestGuest(way, { images }));
  });
  after(() => {
    guests = [];
  });

  /** Runs `count` times `stride` instructions, and compares after each. Returns how many different instructions ran. */
  function compare(seed: number, start: Start, stride: number, count: number): Set<number> {
    for (const guest of guests) begin(guest, handlers, start);
    const seen = new Set<number>();
    const [bare, ...others] = guests;
    let news = 0;
    for (let i = 0; i < count && i < news + PATIENCE; i++) {
      const { pc, cpsr, instructions } = bare;
      const word = wordAt(bare, pc);
      if (!seen.has(pc) && isHome(pc)) news = i;
      seen.add(pc);
      const place = (): string =>
        `seed ${seed}: instruction ${instructions} at 0x${pc.toString(16)}, ${instructionText(word, (cpsr & Psr.T) !== 0)}`;
      const [stop, ...stops] = guests.map((guest) => guest.run(stride));
      const state = stateOf(bare);
      others.forEach((guest, k) => {
        const difference =
          differenceOf(state, stateOf(guest)) ??
          (guest.instructions === bare.instructions ? undefined : `${guest.instructions} instructions`) ??
          (sameStop(stop, stops[k])
            ? undefined
            : `stops with ${JSON.stringify(stops[k])} instead of ${JSON.stringify(stop)}`);
        if (difference !== undefined) assert.fail(`${place()}: bare against ${wayName(guest.way)}: ${difference}`);
      });
      if (stop.kind !== 'limit') break;
    }
    for (const guest of others) {
      const what = `seed ${seed}: ${wayName(guest.way)}`;
      assert.equal(guest.console, bare.console, what);
      assert.deepEqual(guest.exceptions, bare.exceptions, what);
      for (const from of [ORIGIN, LEVEL1])
        assert.ok(Buffer.compare(memoryOf(guest, from), memoryOf(bare, from)) === 0, `${what}: memory`);
      assert.deepEqual(guest.guest.board.save(), bare.guest.board.save(), `${what}: devices`);
    }
    return seen;
  }

  for (const [name, stride, count] of [
    ['at each instruction', 1, STEPS],
    ['when it has run freely', FREE_RUN, 1],
  ] as const) {
    it(`${GUESTS} programs, compared ${name}`, () => {
      const places = new Set<number>();
      for (let seed = SEED; seed < SEED + GUESTS; seed++) {
        for (const pc of compare(seed, draw(seed), stride, count)) places.add(pc);
      }
      if (stride === 1 && GUESTS >= 60) assert.ok(places.size > 200, `only ${places.size} places were executed`);
    });
  }
});

/**
 * Random rounds of kernel-mode execution: some thirty random words with handlers around them that come back, registers, banks and translation
 * as a seed says. A round is set up in a guest from outside, so that thousands of them need one guest, and each can be repeated alone.
 */
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { Cp15, SCTLR_A, SCTLR_M, TTBCR_EAE } from '../../src/arm/cp15.js';
import { decode } from '../../src/isa/decode.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { systemRegisters } from '../../src/isa/sysreg.js';
import { table } from '../../src/isa/table.js';
import { assemble } from '../support/assemble.js';
import { MIB, type TestGuest } from '../support/guest.js';

export const RAM = 0x4000_0000;
export const RAM_SIZE = MIB;
const CODE = RAM + 0x1_0000;
const VECTORS = RAM + 0x1_8000;
const DATA = RAM + 0x2_0000;
const DATA_SIZE = 0x4000;
/** Not mapped, so out of the reach of the guest's own stores, while its MMU is on. */
const TABLES = RAM + 0x4_0000;
const LEVEL2 = TABLES + 0x4000;
const TABLES_END = LEVEL2 + 0x1000;
const CODE_WORDS = 32;

const GICD = 0x0800_0000;
const GICC = 0x0801_0000;
const VIRTUAL_TIMER = 27;

let handlers: Uint8Array | undefined;

/** Each returns behind what it was taken for; the one of prefetch aborts into the code again, further on each time. */
function vectors(): Uint8Array {
  handlers ??= assemble(
    `b .
     b on_undefined
     b on_svc
     b on_prefetch
     b on_data
     b .
     b on_irq
     subs pc, lr, #4
   on_undefined:
     movs pc, lr
   on_svc:
     stmdb sp, {r0-r3}
     mrs r0, spsr
     eor r0, r0, #0x10000000
     msr spsr_f, r0
     ldmdb sp, {r0-r3}
     movs pc, lr
   on_prefetch:
     add sp, sp, #8
     mov lr, sp
     movs pc, lr
   on_data:
     subs pc, lr, #4
   on_irq:
     mov sp, #2
     mcr p15, 0, sp, c14, c3, 1
     subs pc, lr, #4`,
    { origin: VECTORS },
  );
  return handlers;
}

type Pick = <T>(list: readonly T[]) => T;

const byIsa = (isa: Isa): readonly CompiledRow[] => table.filter((row) => row.isa === isa);
const rows: Readonly<Record<Isa, readonly CompiledRow[]>> = { A32: byIsa('A32'), T16: byIsa('T16'), T32: byIsa('T32') };
/** What a VMM has to do with. */
const OF_INTEREST =
  Fact.sensitive |
  Fact.privileged |
  Fact.systemRegister |
  Fact.exceptionReturn |
  Fact.exceptionCall |
  Fact.indirect |
  Fact.exclusive;
const interesting: Readonly<Record<Isa, readonly CompiledRow[]>> = {
  A32: rows.A32.filter(({ facts }) => (facts & OF_INTEREST) !== 0),
  T16: rows.T16.filter(({ facts }) => (facts & OF_INTEREST) !== 0),
  T32: rows.T32.filter(({ facts }) => (facts & OF_INTEREST) !== 0),
};

/**
 * Registers that are not written: with the translation table base registers a guest takes the ground from under its feet, and what a TLB
 * then still holds is nobody's promise.
 */
const NOT_WRITTEN: ReadonlySet<string> = new Set([
  'TTBR0',
  'TTBR1',
  'TTBCR',
  'TTBR0_64',
  'TTBR1_64',
  'VBAR',
  'CONTEXTIDR',
]);
const registers = systemRegisters.filter(({ kind, width }) => kind !== 'absent' && width === 32);
/** Registers whose effects outlive the access, in memory accesses and in what User mode sees: drawn as often as all others together. */
const HOT = [
  'TPIDRURW',
  'TPIDRURO',
  'TPIDRPRW',
  'DACR',
  'TLBIALL',
  'TLBIMVA',
  'PMUSERENR',
  'CNTKCTL',
  'PAR',
  'ATS1CPR',
  'DFAR',
];
const hotRegisters = registers.filter(({ name }) => HOT.includes(name));

/** MRC or MCR of a register that exists, as an A32 and T32 word alike. */
function coprocessorMove(random: RandomSource, pick: Pick): number | undefined {
  const { coproc, opc1, CRn, CRm, opc2, name } = pick(random() % 2 === 0 ? registers : hotRegisters);
  const read = NOT_WRITTEN.has(name) || random() % 3 !== 0;
  if (!read && name === 'SCTLR' && random() % 8 !== 0) return undefined;
  const Rt = random() % 15;
  return (
    0xee00_0010 | (opc1 << 21) | (read ? 1 << 20 : 0) | (CRn << 16) | (Rt << 12) | (coproc << 8) | (opc2 << 5) | CRm
  );
}

/** Whether a word writes one of those registers by chance. */
function writesTables(row: CompiledRow, word: number): boolean {
  const toCp15 = ((word >>> 8) & 15) === 15;
  if (row.operation === 'MCR') return toCp15 && [2, 12, 13].includes((word >>> 16) & 15);
  return row.operation === 'MCRR' && toCp15;
}

function instruction(isa: Isa, random: RandomSource, pick: Pick): { row: CompiledRow | undefined; word: number } {
  for (;;) {
    if (isa !== 'T16' && random() % 8 === 0) {
      const word = coprocessorMove(random, pick);
      if (word !== undefined) return { row: decode(isa, word), word };
    }
    const row = pick(random() % 2 === 0 ? interesting[isa] : rows[isa]);
    const word = randomWord(row, random, { unpredictable: random() % 8 === 0 });
    if (word === undefined || writesTables(row, word)) continue;
    // Mostly executed: half of what has a condition gets AL
    const always = row.conditional && random() % 2 === 0 ? (word & 0x0fff_ffff) | 0xe000_0000 : word;
    return { row, word: decode(isa, always) === row ? always : word };
  }
}

export interface Round {
  readonly seed: number;
  readonly memory: Uint8Array;
  readonly mode: number;
  readonly cpsr: number;
  /** By mode, R0..R14 of it, and its SPSR. */
  readonly banks: readonly { readonly mode: number; readonly r: readonly number[]; readonly spsr: number }[];
  readonly cp15: readonly (readonly [number, number])[];
  /** Counts after which the virtual timer fires, or 0 for never. */
  readonly timer: number;
  /** The instructions, for a report. */
  readonly listing: readonly string[];
}

const MODES = [Mode.svc, Mode.svc, Mode.svc, Mode.sys, Mode.irq, Mode.fiq, Mode.abt, Mode.und, Mode.usr, Mode.usr];

/** Makes the round of a seed. */
export function makeRound(seed: number): Round {
  const random = seededRandom(seed);
  const pick: Pick = (list) => list[random() % list.length];
  const thumb = random() % 2;
  const mode = pick(MODES);
  const memory = new Uint8Array(RAM_SIZE);
  const view = new DataView(memory.buffer);
  const listing: string[] = [];
  for (let at = 0; at < CODE_WORDS * 4;) {
    const isa = thumb === 0 ? 'A32' : random() % 3 === 0 ? 'T32' : 'T16';
    const { row, word } = instruction(isa, random, pick);
    const offset = CODE - RAM + at;
    if (isa === 'T16') view.setUint16(offset, word, true);
    else if (isa === 'A32') view.setUint32(offset, word, true);
    else {
      view.setUint16(offset, word >>> 16, true);
      view.setUint16(offset + 2, word & 0xffff, true);
    }
    listing.push(
      `${(CODE + at).toString(16)}: ${(word >>> 0).toString(16)} ${row ? `${row.name} ${row.encoding}` : '?'}`,
    );
    at += isa === 'T16' ? 2 : 4;
  }
  memory.set(vectors(), VECTORS - RAM);
  for (let at = 0; at < DATA_SIZE; at += 4) view.setUint32(DATA - RAM + at, dataWord(random, pick), true);

  const psr = (m: number, T: number): number =>
    (m | (random() & (Psr.N | Psr.Z | Psr.C | Psr.V | Psr.Q | 0x000f_0000)) | (T === 0 ? 0 : Psr.T) | masks(random)) >>>
    0;
  const banks = [Mode.usr, Mode.fiq, Mode.irq, Mode.svc, Mode.abt, Mode.und].map((m) => ({
    mode: m,
    r: Array.from({ length: 15 }, (_, n) => (n === 13 ? stackOf(m, random) : value(random, pick))),
    spsr: psr(pick(MODES), random() % 2),
  }));
  const translated = random() % 3 === 0;
  const cp15: [number, number][] = [
    [Cp15.VBAR, VECTORS],
    [Cp15.DACR, pick([0x1, 0x5, 0x5555_5555, 0x3, 0x4])],
    [Cp15.TPIDRURW, random()],
    [Cp15.TPIDRURO, random()],
    [Cp15.PMUSERENR, random() & 1],
    [Cp15.CNTKCTL, random() & 0x307],
    [Cp15.SCTLR, random() % 8 === 0 ? SCTLR_A : 0],
  ];
  if (translated) {
    const long = random() % 3 === 0;
    if (long) longTables(view, random);
    else tables(view, random, pick);
    cp15.push([Cp15.TTBR0, TABLES], [Cp15.TTBCR, long ? TTBCR_EAE : 0], [Cp15.SCTLR, SCTLR_M]);
  }
  const timer = random() % 4 === 0 ? 1 + (random() % 40) : 0;
  return { seed, memory, mode, cpsr: psr(mode, thumb), banks, cp15, timer, listing };
}

function masks(random: RandomSource): number {
  return (random() & (Psr.A | Psr.I | Psr.F)) | (random() % 16 === 0 ? Psr.E : 0);
}

function stackOf(mode: number, random: RandomSource): number {
  return mode === Mode.abt ? CODE : DATA + 0x100 + ((random() % (DATA_SIZE - 0x200)) & ~7);
}

/** A register's value: mostly an address that means something, sometimes a PSR, sometimes anything. */
function value(random: RandomSource, pick: Pick): number {
  switch (random() % 8) {
    case 0:
      return random();
    case 1:
      return random() % 64;
    case 2:
    case 3:
      return CODE + (random() % (CODE_WORDS * 4));
    case 4:
      return (pick(MODES) | (random() & (0xf000_0000 | Psr.T | Psr.I | Psr.F | Psr.A))) >>> 0;
    default:
      return DATA + ((random() % DATA_SIZE) & pick([~0, ~1, ~3, ~3, ~7]));
  }
}

/** What loads to PC and LDM^ find in memory. */
function dataWord(random: RandomSource, pick: Pick): number {
  return random() % 2 === 0 ? random() : value(random, pick);
}

/** The first MiB of RAM by pages: code and vectors for everyone, data as chance has it; the same again at 0x50000000; devices. */
function tables(view: DataView, random: RandomSource, pick: Pick): void {
  const level1 = (va: number, descriptor: number): void =>
    view.setUint32(TABLES - RAM + (va >>> 20) * 4, descriptor, true);
  level1(RAM, LEVEL2 | 1);
  level1(0x5000_0000, LEVEL2 | 1 | (1 << 5));
  level1(GICD, GICD | 0x402);
  level1(0x0900_0000, 0x0900_0000 | 0xc12);
  // Flash, for everyone and for no one.
  level1(0, 0xc02);
  level1(0x0010_0000, 0x0010_0002);
  for (let page = 0; page < 256; page++) {
    const pa = RAM + page * 0x1000;
    const open = pa < DATA || pa >= DATA + DATA_SIZE;
    const rights = open ? 0x30 : (random() & 0x30) | (random() & 0x200) | (random() & 1);
    const hidden = (pa >= TABLES && pa < TABLES_END) || (!open && random() % 8 === 0);
    view.setUint32(LEVEL2 - RAM + page * 4, (hidden ? 0 : pa | rights | 2) | (pick([0, 0, 1]) << 11), true);
  }
}

/** The same in the long format. */
function longTables(view: DataView, random: RandomSource): void {
  const entry = (table: number, index: number, low: number, high = 0): void => {
    view.setUint32(table - RAM + 8 * index, low, true);
    view.setUint32(table - RAM + 8 * index + 4, high, true);
  };
  const [lower, upper, pages] = [TABLES + 0x1000, TABLES + 0x2000, TABLES + 0x3000];
  const block = (address: number): number => address | 0x701; // AF, SH, attributes 0, rights of the kernel alone
  entry(TABLES, 0, lower | 3);
  entry(TABLES, 1, upper | 3);
  for (const address of [0, GICD, 0x0900_0000]) entry(lower, address >>> 21, block(address) | 0x40);
  entry(upper, 0, pages | 3);
  entry(upper, 128, pages | 3);
  for (let page = 0; page < 256; page++) {
    const pa = RAM + page * 0x1000;
    const open = pa < DATA || pa >= DATA + DATA_SIZE;
    const hidden = (pa >= TABLES && pa < TABLES_END) || (!open && random() % 8 === 0);
    const rights = open ? 0x40 : (random() & 0xc0) | (random() & 0x800);
    const accessFlag = !open && random() % 8 === 0 ? 0 : 0x400;
    const never = open ? 0 : (random() & 3) << 21;
    if (!hidden) entry(pages, page, pa | 3 | 0x300 | rights | accessFlag, never);
  }
}

/** A guest in which rounds can be set up. */
export class Stage {
  readonly #cp15: Int32Array;
  readonly #board: unknown;

  /** @param restless its level changes between short slices of a run */
  constructor(
    readonly test: TestGuest,
    readonly restless = false,
  ) {
    const { cpu, board } = test.guest;
    this.#cp15 = cpu.state.slice(Word.CP15);
    this.#board = board.save();
  }

  /** Puts the guest into the state in which the round begins. */
  set(round: Round): void {
    const { test } = this;
    const { cpu, machine, board, bus } = test.guest;
    machine.ended = undefined;
    machine.clock.reset();
    test.console = '';
    test.exceptions.length = 0;
    board.restore(this.#board);
    for (const processor of new Set([cpu, machine.processor])) {
      processor.restore({ irqLine: false, fiqLine: false, waiting: 'no', eventRegister: false });
      processor.state.fill(0, Word.EXCLUSIVE, Word.EXCLUSIVE + 4);
    }
    bus.writeBlock(RAM, round.memory);
    const { state } = cpu;
    state.set(this.#cp15, Word.CP15);
    for (const [index, word] of round.cp15) state[index] = index === Cp15.SCTLR ? state[index] | word : word;
    cpu.setCpsr(round.cpsr);
    for (const { mode, r, spsr } of round.banks) {
      r.forEach((word, n) => {
        if (n >= 13 || mode === Mode.usr || (mode === Mode.fiq && n >= 8)) cpu.writeBanked(n, mode, word);
      });
      if (mode !== Mode.usr) cpu.writeSpsr(mode, spsr);
    }
    state[Word.PC] = CODE;
    if (round.timer !== 0) {
      bus.write(GICD, 4, 1);
      bus.write(GICD + 0x100, 4, 1 << VIRTUAL_TIMER);
      bus.write(GICC + 4, 4, 0xff);
      bus.write(GICC, 4, 1);
      board.timer!.writeTimerValue(1, round.timer);
      board.timer!.writeControl(1, 1);
    }
    test.guest.commit();
  }
}

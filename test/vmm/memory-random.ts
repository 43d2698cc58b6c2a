/**
 * Random rounds of memory management: translation tables of several address spaces in either format, and some hundred things that a kernel does with them
 * (accesses at both levels of privilege, calls, changes of domains, tables and spaces), always with the maintenance that the architecture asks for.
 * One small program carries out what a list in memory says, so that a round needs no assembler. Its r9 is a sum of all that it has seen, aborts
 * included.
 */
import { Cp15, SCTLR_AFE, SCTLR_M, SCTLR_TRE, TTBCR_EAE } from '../../src/arm/cp15.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { assemble } from '../support/assemble.js';
import { MIB, POWER_OFF, type TestGuest } from '../support/guest.js';

const RAM = virtMap.ram.base;
export const RAM_SIZE = 32 * MIB;
const PROGRAM = RAM + 0x1_0000;
const OPERATIONS = RAM + 0x10_0000;
/** Tables of a space, one space behind the other; those that all spaces share. */
const TABLES = RAM + 0x20_0000;
const SPACE_TABLES = 0x1_0000;
const SHARED = RAM + 0x60_0000;
const TTBR1_TABLE = SHARED + 0x1_0000;
/** What tables map: 16 MiB, each page of which can be called at `CALL`. */
const DATA = RAM + 16 * MIB;
const DATA_SIZE = 16 * MIB;
const CALL = 0x10;
const BX_LR = 0xe12fff1e;

/** The program maps itself flat. What else is mapped: by each space, by all in the same way, by 16 MiB, above 2 GiB. */
const PRIVATE = 0x5000_0000;
const PRIVATE_SECTIONS = 4;
const GLOBAL = 0x6000_0000;
const GLOBAL_SECTIONS = 3;
const LARGEST = 0x7000_0000;
const HIGH = 0x9000_0000;
/** Pages of a section of which something is known. Those from 16 on are mapped by large pages now and then. */
const PAGES = [0, 1, 2, 16, 17, 31, 255];
/** Offsets in a page; none near {@link CALL} is written. */
const OFFSETS = [0, 4, 8, 0x100, 0x7fd, 0x800, 0xffc, 0xffe, 0xff9];

/** What the program does, by the number of its handler. r4 and r5 are the operands; r2 goes into the sum. */
const HANDLERS = {
  end: POWER_OFF,
  load: 'ldr r2, [r4]',
  store: 'str r5, [r4]',
  loadByte: 'ldrb r2, [r4]',
  storeHalf: 'strh r5, [r4]',
  loadTwo: 'bic r4, r4, #3\n ldrd r2, r3, [r4]\n eor r2, r2, r3',
  loadMany: 'bic r4, r4, #3\n ldm r4, {r2, r3, r11}\n eor r2, r2, r3\n eor r2, r2, r11',
  storeMany: 'bic r4, r4, #3\n stm r4, {r4, r5}',
  exclusive: 'bic r4, r4, #3\n ldrex r2, [r4]\n strex r3, r5, [r4]\n eor r2, r2, r3',
  loadUnprivileged: 'ldrt r2, [r4]',
  storeUnprivileged: 'strt r5, [r4]',
  storeByteUnprivileged: 'strbt r5, [r4]',
  call: 'adr r12, 1f\n blx r4\n1:',
  userLoad: 'bl to_user\n ldr r2, [r4]\n svc #0',
  userStore: 'bl to_user\n str r5, [r4]\n svc #0',
  userCall: 'bl to_user\n adr r12, 1f\n blx r4\n1: svc #0',
  DACR: 'mcr p15, 0, r4, c3, c0, 0',
  poke: 'str r5, [r4]',
  TLBIALL: 'mcr p15, 0, r4, c8, c7, 0',
  TLBIMVA: 'mcr p15, 0, r4, c8, c7, 1',
  TLBIASID: 'mcr p15, 0, r4, c8, c7, 2',
  TLBIMVAA: 'mcr p15, 0, r4, c8, c7, 3',
  space: `mov r3, #0
    mcr p15, 0, r3, c13, c0, 1
    mcr p15, 0, r4, c2, c0, 0
    mcr p15, 0, r5, c13, c0, 1`,
  longSpace: 'mcrr p15, 0, r4, r5, c2',
  SCTLR: 'mrc p15, 0, r3, c1, c0, 0\n eor r3, r3, r4\n mcr p15, 0, r3, c1, c0, 0',
  translate: `mcr p15, 0, r4, c7, c8, 0
    mrc p15, 0, r2, c7, c4, 0
    mcr p15, 0, r4, c7, c8, 3
    mrc p15, 0, r3, c7, c4, 0
    eor r2, r2, r3, ror #9`,
} as const;
type Handler = keyof typeof HANDLERS;
const NAMES = Object.keys(HANDLERS) as Handler[];

let program: Uint8Array | undefined;

function theProgram(): Uint8Array {
  program ??= assemble(
    `b start
     .balign 32
   vectors:
     b .
     b on_undefined
     b on_svc
     b on_prefetch
     b on_data
     b .
   on_undefined:
     eor r9, r9, #0x5a
     mov lr, r12
     movs pc, lr
   on_svc:
     mrs r0, spsr
     bic r0, r0, #0x1f
     orr r0, r0, #0x13
     msr spsr_cxsf, r0
     movs pc, lr
   on_prefetch:
     mrc p15, 0, r0, c5, c0, 1
     mrc p15, 0, r1, c6, c0, 2
     bl abort
     mov lr, r12
     movs pc, lr
   on_data:
     mov r11, lr
     mrc p15, 0, r0, c5, c0, 0
     mrc p15, 0, r1, c6, c0, 0
     bl abort
     subs pc, r11, #4
   abort:
     eor r9, r9, r0
     add r9, r9, r1
     mov r9, r9, ror #5
     add r10, r10, #1
     bx lr
   to_user:
     mrs r3, cpsr
     bic r3, r3, #0x1f
     orr r3, r3, #0x10
     mov r0, lr
     msr cpsr_c, r3
     bx r0
   start:
     ldr r0, =vectors
     mcr p15, 0, r0, c12, c0, 0
     adr r7, handlers
   next:
     eor r9, r9, r2
     mov r9, r9, ror #7
     mov r2, #0
     ldm r8!, {r3, r4, r5, r6}
     ldr pc, [r7, r3, lsl #2]
     .ltorg
   handlers:
     ${NAMES.map((name) => `.word ${name}`).join('\n')}
     ${NAMES.map((name) => `${name}:\n ${HANDLERS[name]}\n b next\n .ltorg`).join('\n')}`,
    { origin: PROGRAM },
  );
  return program;
}

export interface Operation {
  readonly name: Handler;
  readonly a: number;
  readonly b: number;
}

export interface MemoryRound {
  readonly seed: number;
  readonly long: boolean;
  /** At the beginning, by guest-physical address. */
  readonly words: ReadonlyMap<number, number>;
  readonly cp15: readonly (readonly [index: number, word: number])[];
  readonly operations: readonly Operation[];
}

/** Everything about a round that its making needs. */
class Maker {
  /** What the guest's memory holds by now: the tables. */
  readonly words = new Map<number, number>();
  readonly operations: Operation[] = [];
  readonly random: RandomSource;
  /** Address spaces; the present one. */
  readonly spaces: number;
  space = 0;
  protected readonly pools = new Map<number, number>();

  constructor(
    readonly seed: number,
    readonly count: number,
  ) {
    this.random = seededRandom(seed);
    this.spaces = 1 + this.below(4);
  }

  below(n: number): number {
    return this.random() % n;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  add(name: Handler, a = 0, b = 0): void {
    this.operations.push({ name, a: a >>> 0, b: b >>> 0 });
  }

  word(at: number, word: number): void {
    this.words.set(at, word >>> 0);
  }
  get(at: number): number {
    return this.words.get(at) ?? 0;
  }

  /** The program's own store, now and when it is run. */
  poke(at: number, word: number): void {
    this.add('poke', at, word);
    this.word(at, word);
  }

  /** Room for a table, in an area. */
  take(area: number, bytes: number): number {
    const at = Math.ceil((this.pools.get(area) ?? area) / bytes) * bytes;
    this.pools.set(area, at + bytes);
    return at;
  }

  tables(space: number): number {
    return TABLES + space * SPACE_TABLES;
  }
  asid(space: number): number {
    return space + 1;
  }

  /** A physical address of memory, or now and then of something else, aligned to `size`. */
  target(size: number): number {
    if (this.chance(10))
      return this.pick([virtMap.flash1.base, virtMap.flash1.base, virtMap.rtc.base, 0x8000_0000]) & -size;
    const pages = size === 0x1000 ? 48 : 4;
    return DATA + this.below(pages) * size;
  }

  /** An address that is mapped in some way, mostly. */
  address(): number {
    const page = this.pick(PAGES) * 0x1000;
    const section = this.chance(50)
      ? PRIVATE + this.below(PRIVATE_SECTIONS + 1) * MIB
      : this.chance(60)
        ? GLOBAL + this.below(GLOBAL_SECTIONS + 1) * MIB
        : (this.chance(50) ? LARGEST : HIGH) + this.below(3) * MIB;
    return section + page;
  }

  /** Accesses and the like, which change no table. */
  access(): void {
    const at = this.address();
    const where = at + this.pick(OFFSETS);
    const value = this.random() & 0xffff_ff00;
    const name = this.pick([
      ...(['load', 'store', 'loadByte', 'storeHalf', 'loadTwo', 'loadMany', 'storeMany', 'exclusive'] as const),
      ...(['loadUnprivileged', 'storeUnprivileged', 'storeByteUnprivileged', 'userLoad', 'userStore'] as const),
      ...(['call', 'userCall', 'translate'] as const),
    ]);
    this.add(name, name === 'call' || name === 'userCall' ? at + CALL : where, value);
  }
}

const KERNEL_DOMAIN = 0;
const DOMAINS = [0, 1, 2, 3, 7, 14, 15];
const SHORT = { flat: 0xc02, notGlobalSection: 1 << 17, notGlobalPage: 1 << 11, supersection: 1 << 18 };

/** Tables of the short format. */
class ShortMaker extends Maker {
  #high = false;

  make(): MemoryRound {
    this.#high = this.chance(30);
    for (let space = 0; space < this.spaces; space++) {
      const level1 = this.take(this.tables(space), 0x4000);
      for (let i = 0; i < 32; i++) this.word(level1 + 4 * ((RAM >>> 20) + i), ((RAM + i * MIB) | SHORT.flat) >>> 0);
      for (let i = 0; i < PRIVATE_SECTIONS; i++) this.#fillSection(space, PRIVATE + i * MIB);
      if (this.chance(60)) this.#supersection(level1, false);
    }
    // The same entries in all spaces.
    const first = this.tables(0);
    for (let i = 0; i < GLOBAL_SECTIONS; i++) {
      this.#fillSection(-1, GLOBAL + i * MIB);
      for (let space = 1; space < this.spaces; space++) {
        const at = 4 * ((GLOBAL >>> 20) + i);
        this.word(this.tables(space) + at, this.get(first + at));
      }
    }
    if (this.#high) for (let i = 0; i < 2; i++) this.#fillSection(-2, HIGH + i * MIB);

    const words = new Map(this.words);
    this.#dacr();
    while (this.operations.length < this.count) this.#step();
    this.add('end');
    const { seed, operations } = this;
    const cp15 = [
      [Cp15.TTBR0, this.tables(0)],
      [Cp15.TTBR1, TTBR1_TABLE],
      [Cp15.TTBCR, this.#high ? 1 : 0],
      [Cp15.CONTEXTIDR, this.asid(0)],
      [Cp15.DACR, 0x5555_5555],
      [Cp15.SCTLR, SCTLR_M],
    ] as const;
    return { seed, long: false, words, cp15, operations };
  }

  /** Where the level 1 entry of an address lies: of a space, of what all spaces share, of TTBR1. */
  #level1(space: number, va: number): number {
    return (space === -2 ? TTBR1_TABLE : this.tables(Math.max(space, 0))) + 4 * (va >>> 20);
  }

  #attributes(page: boolean): number {
    const AP = this.pick([0, 1, 1, 2, 3, 3, 3, 3, 5, 6, 7]);
    const XN = this.chance(25) ? 1 : 0;
    return page ? ((AP & 3) << 4) | ((AP >> 2) << 9) | XN : ((AP & 3) << 10) | ((AP >> 2) << 15) | (XN << 4);
  }

  #section(space: number): number {
    const notGlobal = space >= 0 ? SHORT.notGlobalSection : 0;
    return (this.target(MIB) | this.#attributes(false) | notGlobal | (this.pick(DOMAINS) << 5) | 2) >>> 0;
  }

  #small(space: number): number {
    if (this.chance(15)) return 0;
    return (this.target(0x1000) | this.#attributes(true) | (space >= 0 ? SHORT.notGlobalPage : 0) | 2) >>> 0;
  }

  #large(space: number): number {
    const low = this.#attributes(true);
    const XN = (low & 1) << 15;
    return (this.target(0x1_0000) | (low & ~1) | XN | (space >= 0 ? SHORT.notGlobalPage : 0) | 1) >>> 0;
  }

  #fillSection(space: number, va: number): void {
    const at = this.#level1(space, va);
    if (this.chance(10)) return;
    if (this.chance(25)) {
      this.word(at, this.#section(space));
      return;
    }
    const level2 = this.take(space < 0 ? SHARED : this.tables(space), 0x400);
    this.word(at, level2 | (this.pick(DOMAINS) << 5) | 1);
    for (const page of PAGES) if (page < 16 || page === 255) this.word(level2 + 4 * page, this.#small(space));
    const large = this.chance(50) ? this.#large(space) : 0;
    for (let page = 16; page < 32; page++) {
      if (large !== 0) this.word(level2 + 4 * page, large);
      else if (PAGES.includes(page)) this.word(level2 + 4 * page, this.#small(space));
    }
  }

  #supersection(level1: number, pokes: boolean): void {
    const entry = DATA | this.#attributes(false) | SHORT.supersection | SHORT.notGlobalSection | 2;
    for (let i = 0; i < 16; i++) {
      const at = level1 + 4 * ((LARGEST >>> 20) + i);
      if (pokes) this.poke(at, entry);
      else this.word(at, entry);
    }
  }

  /** The program's own domain stays as it is. */
  #dacr(): void {
    let DACR = 0;
    for (const domain of DOMAINS) DACR |= this.pick([0, 1, 1, 1, 1, 2, 3]) << (2 * domain);
    this.add('DACR', (DACR & ~(3 << (2 * KERNEL_DOMAIN))) | (1 << (2 * KERNEL_DOMAIN)));
  }

  #step(): void {
    if (this.chance(75)) return this.access();
    switch (this.below(8)) {
      case 0:
      case 1:
        return this.#dacr();
      case 2:
      case 3:
        this.space = this.below(this.spaces);
        return this.add('space', this.tables(this.space), this.asid(this.space));
      case 4:
        return this.#rare();
      default:
        return this.#change();
    }
  }

  #rare(): void {
    switch (this.below(6)) {
      case 0:
        this.add('SCTLR', this.pick([SCTLR_AFE, SCTLR_TRE]));
        return this.add('TLBIALL');
      case 1:
        this.add('SCTLR', SCTLR_M);
        for (let n = this.below(6); n > 0; n--) this.access();
        return this.add('SCTLR', SCTLR_M);
      case 2: {
        const space = this.below(this.spaces);
        this.#supersection(this.tables(space), true);
        return this.add('TLBIMVA', (LARGEST + this.below(16) * MIB) | this.asid(space));
      }
      case 3:
        return this.add('TLBIALL');
      default:
        return this.add('TLBIASID', this.below(6));
    }
  }

  /** Another entry for a page or section, and what maintenance it takes. */
  #change(): void {
    const global = this.chance(35);
    const space = global ? (this.#high && this.chance(40) ? -2 : -1) : this.below(this.spaces);
    const base = global ? (space === -2 ? HIGH : GLOBAL) : PRIVATE;
    const va = base + this.below(global ? 2 : PRIVATE_SECTIONS) * MIB;
    const at = this.#level1(space, va);
    const old = this.get(at);
    if ((old & 3) !== 1) {
      // Level 1 entries that all share would have to be changed in all.
      if (global) return;
      const entry = this.chance(30) ? 0 : this.#section(space);
      this.poke(at, entry);
      if ((old & 3) === 0 && this.chance(50)) return;
      return this.#maintain(space, va + this.below(256) * 0x1000);
    }
    const level2 = (old & ~0x3ff) >>> 0;
    const page = this.pick(PAGES);
    const entry = level2 + 4 * page;
    const before = this.get(entry);
    if ((before & 3) === 1) {
      const large = this.chance(50) ? this.#large(space) : before ^ (1 << 9);
      for (let i = 16; i < 32; i++) this.poke(level2 + 4 * i, large);
      return this.#maintain(space, va + (16 + this.below(16)) * 0x1000);
    }
    this.poke(entry, this.chance(30) && before !== 0 ? 0 : this.#small(space));
    if ((before & 3) === 0 && this.chance(50)) return;
    this.#maintain(space, va + page * 0x1000);
  }

  #maintain(space: number, va: number): void {
    const way = this.below(5);
    if (way === 0) this.add('TLBIALL');
    else if (way === 1) this.add('TLBIMVAA', va);
    else if (way === 2 && space >= 0) this.add('TLBIASID', this.asid(space));
    else this.add('TLBIMVA', va | this.asid(Math.max(space, 0)));
  }
}

const LONG = { valid: 1, tableOrPage: 2, accessFlag: 1 << 10, notGlobal: 1 << 11, flat: 0x741 };

/** Tables of the long format: the low word of a descriptor and the high one lie behind each other. */
class LongMaker extends Maker {
  readonly #level2: number[] = [];

  make(): MemoryRound {
    const shared: [at: number, low: number, high: number][] = [];
    for (let space = 0; space < this.spaces; space++) {
      const area = this.tables(space);
      const level1 = this.take(area, 0x1000);
      const level2 = this.take(area, 0x1000);
      this.#level2.push(level2);
      this.#set(level1 + 8 * (RAM >>> 30), level2 | LONG.tableOrPage | LONG.valid, 0);
      if (this.chance(60)) this.#set(level1 + 8 * 2, RAM | this.#low(space) | LONG.valid, 0, 0xc0);
      for (let i = 0; i < 16; i++) this.#set(level2 + 8 * i, (RAM + i * 2 * MIB) | LONG.flat, 0);
      for (let i = 0; i < 2; i++) this.#fillBlock(space, PRIVATE + i * 2 * MIB);
    }
    for (let i = 0; i < 2; i++) {
      this.#fillBlock(-1, GLOBAL + i * 2 * MIB);
      const at = this.#entry(0, GLOBAL + i * 2 * MIB);
      shared.push([at - this.#level2[0], this.get(at), this.get(at + 4)]);
    }
    for (let space = 1; space < this.spaces; space++)
      for (const [offset, low, high] of shared) this.#set(this.#level2[space] + offset, low, high);

    const words = new Map(this.words);
    while (this.operations.length < this.count) this.#step();
    this.add('end');
    const { seed, operations } = this;
    const cp15 = [
      [Cp15.TTBR0, this.tables(0)],
      [Cp15.TTBR0 + 1, this.asid(0) << 16],
      [Cp15.TTBCR, TTBCR_EAE],
      [Cp15.PRRR, 0xff44],
      [Cp15.SCTLR, SCTLR_M],
    ] as const;
    return { seed, long: true, words, cp15, operations };
  }

  #set(at: number, low: number, high: number, readOnly = 0): void {
    this.word(at, low | readOnly);
    this.word(at + 4, high);
  }

  #pokeBoth(at: number, [low, high]: readonly [number, number]): void {
    this.poke(at, 0);
    this.poke(at + 4, high);
    this.poke(at, low);
  }

  /** Where the level 2 entry of an address lies. */
  #entry(space: number, va: number): number {
    return this.#level2[Math.max(space, 0)] + 8 * ((va >>> 21) & 0x1ff);
  }

  #low(space: number): number {
    const AP = this.below(4) << 6;
    return AP | (this.chance(90) ? LONG.accessFlag : 0) | (space >= 0 ? LONG.notGlobal : 0);
  }

  /** XN and PXN. */
  #high(): number {
    return (this.chance(25) ? 1 << 22 : 0) | (this.chance(20) ? 1 << 21 : 0);
  }

  #page(space: number): readonly [number, number] {
    if (this.chance(15)) return [0, 0];
    return [this.target(0x1000) | this.#low(space) | LONG.tableOrPage | LONG.valid, this.#high()];
  }

  #block(space: number): readonly [number, number] {
    return [this.target(2 * MIB) | this.#low(space) | LONG.valid, this.#high()];
  }

  #fillBlock(space: number, va: number): void {
    const at = this.#entry(space, va);
    if (this.chance(10)) return;
    if (this.chance(25)) return this.#set(at, ...this.#block(space));
    const level3 = this.take(space < 0 ? SHARED : this.tables(space), 0x1000);
    // APTable, XNTable and PXNTable.
    const limits = this.chance(40) ? this.below(16) << 27 : 0;
    this.#set(at, level3 | LONG.tableOrPage | LONG.valid, limits);
    for (let half = 0; half < 512; half += 256)
      for (const page of PAGES) this.#set(level3 + 8 * (half + page), ...this.#page(space));
  }

  #step(): void {
    if (this.chance(75)) return this.access();
    switch (this.below(6)) {
      case 0:
      case 1:
        this.space = this.below(this.spaces);
        return this.add('longSpace', this.tables(this.space), this.asid(this.space) << 16);
      case 2:
        if (this.chance(30)) return this.add('TLBIALL');
        return this.add('TLBIASID', this.below(6));
      default:
        return this.#change();
    }
  }

  #change(): void {
    const global = this.chance(35);
    const space = global ? -1 : this.below(this.spaces);
    const va = (global ? GLOBAL : PRIVATE) + this.below(2) * 2 * MIB;
    const at = this.#entry(space, va);
    const old = this.get(at);
    const asid = this.asid(Math.max(space, 0));
    if ((old & 3) !== 3) {
      if (global) return;
      this.#pokeBoth(at, this.chance(30) ? [0, 0] : this.#block(space));
      if ((old & 3) === 0 && this.chance(50)) return;
      return this.add('TLBIMVA', (va + this.below(512) * 0x1000) | asid);
    }
    const page = this.pick(PAGES) + 256 * this.below(2);
    const entry = ((old & ~0xfff) >>> 0) + 8 * page;
    const before = this.get(entry);
    this.#pokeBoth(entry, this.chance(30) ? [0, 0] : this.#page(space));
    if ((before & 3) === 0 && this.chance(50)) return;
    if (!global && this.chance(30)) return this.add('TLBIASID', asid);
    if (this.chance(20)) return this.add('TLBIMVAA', va + page * 0x1000);
    this.add('TLBIMVA', (va + page * 0x1000) | asid);
  }
}

/** The round of a seed: one in three has the long format. */
export function makeMemoryRound(seed: number, count: number): MemoryRound {
  return seed % 3 === 0 ? new LongMaker(seed, count).make() : new ShortMaker(seed, count).make();
}

const blank = new Uint8Array(RAM_SIZE);
const pattern = new Uint8Array(DATA_SIZE);
{
  const view = new DataView(pattern.buffer);
  for (let page = 0; page < DATA_SIZE; page += 0x1000) {
    view.setUint32(page, page, true);
    view.setUint32(page + CALL, BX_LR, true);
  }
}

/** A guest in which rounds are played, one after the other. */
export class MemoryStage {
  readonly #cp15: Int32Array;
  readonly #board: unknown;

  constructor(readonly test: TestGuest) {
    const { cpu, board } = test.guest;
    this.#cp15 = cpu.state.slice(Word.CP15);
    this.#board = board.save();
  }

  /** Plays the first `length` operations of a round. */
  play(round: MemoryRound, length = round.operations.length): string {
    const { test } = this;
    const { cpu, machine, board, bus } = test.guest;
    machine.ended = undefined;
    machine.clock.reset();
    test.console = '';
    test.exceptions.length = 0;
    board.restore(this.#board);
    for (const processor of new Set([cpu, machine.processor]))
      processor.state.fill(0, Word.EXCLUSIVE, Word.EXCLUSIVE + 4);
    const memory = blank.slice();
    const view = new DataView(memory.buffer);
    memory.set(theProgram(), PROGRAM - RAM);
    memory.set(pattern, DATA - RAM);
    for (const [at, word] of round.words) view.setUint32(at - RAM, word, true);
    round.operations.forEach(({ name, a, b }, i) => {
      const at = OPERATIONS - RAM + 16 * i;
      view.setUint32(at, i < length ? NAMES.indexOf(name) : 0, true);
      view.setUint32(at + 4, a, true);
      view.setUint32(at + 8, b, true);
    });
    bus.writeBlock(RAM, memory);
    const { state } = cpu;
    state.set(this.#cp15, Word.CP15);
    for (const [index, word] of round.cp15) state[index] = index === Cp15.SCTLR ? state[index] | word : word;
    cpu.setCpsr(Mode.svc | Psr.A | Psr.I | Psr.F);
    for (const mode of [Mode.svc, Mode.abt, Mode.und, Mode.usr]) {
      cpu.writeBanked(13, mode, 0);
      cpu.writeBanked(14, mode, 0);
      if (mode !== Mode.usr) cpu.writeSpsr(mode, 0);
    }
    state.fill(0, 0, 13);
    state[8] = OPERATIONS;
    state[Word.PC] = PROGRAM;
    test.guest.commit();
    try {
      return JSON.stringify(test.run(length * 200 + 1000));
    } catch (reason) {
      return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    }
  }
}

/**
 * Translation tables of a random guest, of one to three address spaces in either format, and what its gate does with them later: entries changed,
 * spaces switched, domains and controls set, each with the maintenance that the architecture requires. Knows what tables and registers must
 * hold after each step, so that a guest that has broken the rules by chance can be told from one that has not.
 */
import {
  CONTEXTIDR_ASID,
  Cp15,
  SCTLR_A,
  SCTLR_AFE,
  SCTLR_M,
  SCTLR_S,
  SCTLR_TRE,
  SCTLR_U,
  SCTLR_UWXN,
  SCTLR_V,
  SCTLR_WXN,
  SCTLR_XP,
  TTBCR_EAE,
} from '../../src/arm/cp15.js';
import type { RandomSource } from '../../src/isa/random.js';
import { raspi1Map } from '../../src/machine/raspi1-map.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { MIB } from '../support/guest.js';
import {
  HOME,
  OPERATION_BYTES,
  OPERATION_NAMES,
  OPERATIONS,
  OPERATIONS_END,
  SAVE,
  SECRET,
  TABLES,
  TABLES_SIZE,
  WILD,
  WILD_SIZE,
  type Operation,
  type OperationName,
  type Platform,
} from './guest-runtime.js';

const PAGE = 0x1000;
const LARGE = 0x1_0000;
/** Mapped in each space for itself, in all alike, and high up, by TTBR1 where TTBCR.N says so. */
const PRIVATE = 0x6000_0000;
const GLOBAL = 0x6800_0000;
const HIGH = 0xc000_0000;
const HIGH_VECTORS = 0xffff_0000;
/** Pages of a window of which something is known. Those from 16 on are one large page now and then. */
const PAGES = [0, 1, 2, 3, 4, 7, 16, 17, 31, 255];
/** Bits of SCTLR that a translation may have been made under. */
const TRANSLATION_CONTROLS = SCTLR_M | SCTLR_AFE | SCTLR_TRE | SCTLR_WXN | SCTLR_UWXN | SCTLR_V | SCTLR_S;

/** Registers that only the gate may write, as [word index, mask, value]. */
export type Controls = readonly (readonly [index: number, mask: number, value: number])[];

type Rights = 'none' | 'kernel' | 'kernel reads' | 'user reads' | 'all' | 'all read';

/** A window of the address space: a level 1 entry of the short format, a level 2 entry of the long one. */
interface Window {
  /** Which space has it; -1: all. */
  readonly space: number;
  readonly va: number;
  /** Where its entries lie, in all tables that have it. */
  readonly entries: readonly number[];
  kind: 'pages' | 'block' | 'none';
  table: number;
}

export abstract class GuestTables {
  /** What the tables hold by now, by guest-physical address. */
  protected readonly words = new Map<number, number>();
  /** What they hold at the beginning. */
  initial: ReadonlyMap<number, number> = new Map();
  readonly operations: Operation[] = [];
  readonly cp15: [number, number][] = [];
  protected readonly windows: Window[] = [];
  protected readonly spaces: number;
  protected space = 0;
  protected SCTLR = SCTLR_M;
  #free: number;
  #pages: readonly (readonly [window: Window, page: number])[] | undefined;

  constructor(
    readonly platform: Platform,
    protected readonly random: RandomSource,
    /** ARMv5's tables: subpages, nothing that is not global. */
    protected readonly old: boolean,
  ) {
    this.#free = platform.ram + TABLES;
    this.spaces = old ? 1 : 1 + this.below(3);
  }

  // ---- chance

  below(n: number): number {
    return this.random() % n;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  // ---- memory

  protected take(bytes: number): number {
    const at = Math.ceil(this.#free / bytes) * bytes;
    this.#free = at + bytes;
    if (this.#free > this.platform.ram + TABLES + TABLES_SIZE) throw new Error('no room for translation tables');
    return at;
  }
  protected set(at: number, word: number): void {
    this.words.set(at, word >>> 0);
  }
  protected get(at: number): number {
    return this.words.get(at) ?? 0;
  }
  protected add(name: OperationName, a = 0, b = 0): void {
    this.operations.push({ name, a: a >>> 0, b: b >>> 0 });
  }
  protected poke(at: number, word: number): void {
    this.set(at, word);
    this.add('store', at - this.platform.ram - TABLES + SECRET, word);
  }
  protected asid(space: number): number {
    return space + 1;
  }

  /** Physical memory for a page, a large one or a block. */
  protected target(size: number): number {
    const { ram, board } = this.platform;
    if (this.chance(5))
      return (
        this.pick(
          board === 'virt' ? [virtMap.flash1.base, virtMap.rtc.base, 0xa000_0000] : [0x1000_0000, 0x2020_0000],
        ) & -size
      );
    if (size <= LARGE) {
      const first = this.chance(50) ? this.below(4) * PAGE : this.below(WILD_SIZE / PAGE) * PAGE;
      return ram + WILD + (first & -size);
    }
    return size === MIB ? ram + MIB * (1 + this.below(3)) : ram + 2 * MIB;
  }
  protected rights(): Rights {
    return this.pick(['none', 'kernel', 'kernel reads', 'user reads', 'all', 'all', 'all', 'all read']);
  }

  /** A few pages that are accessed and changed more than all others, so that it is seen what becomes of a translation that was in use. */
  #focus(): readonly (readonly [window: Window, page: number])[] {
    this.#pages ??= Array.from({ length: 5 }, () => [this.pick(this.windows), this.pick(PAGES)] as const);
    return this.#pages;
  }

  #place(): readonly [window: Window, page: number] {
    return this.chance(75) ? this.pick(this.#focus()) : [this.pick(this.windows), this.pick(PAGES)];
  }

  /** An address in some window, mostly one that is mapped. */
  address(): number {
    const [{ va }, page] = this.#place();
    return va + page * PAGE;
  }

  // ---- what must hold

  /** The words of TABLES after the first `done` operations. */
  expected(done: number): Uint8Array {
    const bytes = new Uint8Array(TABLES_SIZE);
    const view = new DataView(bytes.buffer);
    const start = this.platform.ram + TABLES;
    for (const [at, word] of this.initial) view.setUint32(at - start, word, true);
    for (const { name, a, b } of this.operations.slice(0, done))
      if (name === 'store' && a >= SECRET && a < SECRET + TABLES_SIZE) view.setUint32(a - SECRET, b, true);
    return bytes;
  }

  /** What the registers hold after them, of those that the gate alone may write. */
  controls(done: number): Controls {
    const now = new Map(this.cp15);
    const xor = (index: number, bits: number): void => void now.set(index, now.get(index)! ^ bits);
    for (const { name, a, b } of this.operations.slice(0, done)) {
      if (name === 'SCTLR') xor(Cp15.SCTLR, a);
      else if (name === 'TTBCR') now.set(Cp15.TTBCR, a);
      else if (name === 'space') now.set(Cp15.TTBR0, a).set(Cp15.CONTEXTIDR, b);
      else if (name === 'longSpace') now.set(Cp15.TTBR0, a).set(Cp15.TTBR0 + 1, b);
    }
    return [...now].flatMap(([index, word]): [number, number, number][] => {
      const mask =
        index === Cp15.SCTLR
          ? TRANSLATION_CONTROLS
          : index === Cp15.CONTEXTIDR
            ? CONTEXTIDR_ASID
            : index === Cp15.DACR
              ? 0
              : -1;
      return mask === 0 ? [] : [[index, mask, word & mask]];
    });
  }

  // ---- the gate's list

  /** Fills the list with transactions. */
  protected write(): void {
    this.initial = new Map(this.words);
    this.cp15.push([Cp15.SCTLR, this.SCTLR]);
    const room = (OPERATIONS_END - OPERATIONS) / OPERATION_BYTES - 200;
    const count = 60 + this.below(200);
    for (let i = 0; i < count && this.operations.length < room; i++) {
      this.#transaction();
      this.add('end');
    }
    this.add('stay');
  }

  #transaction(): void {
    switch (this.below(16)) {
      case 0:
        return this.control();
      case 1:
        return this.#off();
      case 2:
      case 3:
      case 4:
        this.space = this.below(this.spaces);
        this.switchSpace();
        return this.#access(this.address());
      case 5:
      case 6:
        this.add('DACR', this.dacr());
        return this.#access(this.address());
      case 7:
        return this.chance(50) ? this.add('TLBIALL') : this.add('TLBIASID', this.below(5));
      case 8:
      case 9:
        return this.#interrupts();
      default:
        for (let n = 1 + this.below(3); n > 0; n--) {
          const [window, page] = this.#place();
          this.#access(window.va + page * PAGE);
          this.change(window, page);
          this.#access(window.va + page * PAGE);
        }
    }
  }

  /** Some accesses to a page by the gate itself, in kernel mode and by user rights. */
  #access(page: number): void {
    for (let n = this.below(4); n > 0; n--) {
      // Not to the first words, where code may stand.
      const at = page + 0x400 + 4 * this.below(0x300);
      this.add(this.pick(['load', 'load', 'write', 'loadUser', 'writeUser']), at, this.random());
    }
  }

  /** Domain 0 is the handlers'. */
  dacr(): number {
    let DACR = this.chance(3) ? 3 : 1;
    for (let domain = 1; domain < 16; domain++) DACR |= this.pick([0, 1, 1, 1, 1, 1, 2, 3]) << (2 * domain);
    return DACR | (this.chance(70) ? 1 << 2 : 0);
  }

  /** MMU off, and on again by the next transaction. The gate itself is mapped flat, but not as high vectors. */
  #off(): void {
    const { vbar, board } = this.platform;
    if ((this.SCTLR & SCTLR_V) !== 0 || (!vbar && board === 'virt')) return;
    this.add('SCTLR', SCTLR_M);
    this.add('end');
    if (this.chance(50)) {
      this.add('DACR', this.dacr());
      this.add('end');
    }
    this.add('SCTLR', SCTLR_M);
  }

  /** SCTLR bits; those that translations depend on with an invalidation. */
  control(): void {
    const bit = this.pick([SCTLR_A, SCTLR_V, SCTLR_V, 1 << 12, 1 << 2, 1 << 10, ...this.controlBits()]);
    if (bit === SCTLR_V) this.SCTLR ^= bit;
    this.add('SCTLR', bit);
    if ((bit & (SCTLR_AFE | SCTLR_TRE | SCTLR_WXN | SCTLR_UWXN)) !== 0) this.add('TLBIALL');
  }

  protected controlBits(): readonly number[] {
    const { platform } = this;
    if (this.old) return [];
    if (platform.model.name === 'arm1176') return [SCTLR_U, SCTLR_TRE, SCTLR_AFE];
    return platform.long ? [SCTLR_TRE, SCTLR_WXN, SCTLR_UWXN] : [SCTLR_TRE, SCTLR_AFE];
  }

  #interrupts(): void {
    const { board, timer } = this.platform;
    if (timer && this.chance(60))
      return this.add(this.pick(['virtualTimer', 'physicalTimer']), this.below(this.pick([3, 50, 700])), 1);
    if (board === 'raspi1') return this.add('store', raspi1Map.interrupts.base + this.pick([0x10, 0x1c]), 10);
    const gicd = virtMap.gicDistributor.base;
    switch (this.below(5)) {
      case 0:
        // Another group for some: FIQ and IRQ change places.
        return this.add('store', gicd + 0x80, this.random());
      case 1:
        return this.add('store', gicd + 0x400 + 4 * this.below(8), this.random());
      case 2:
        return this.add('store', gicd + (this.chance(50) ? 0x200 : 0x280), this.random());
      default:
        return this.add('store', gicd + 0xf00, (2 << 24) | this.below(16));
    }
  }

  protected maintain({ space }: Window, va: number): void {
    const way = this.below(6);
    if (way === 0) this.add('TLBIALL');
    else if (way === 1 && this.platform.long) this.add('TLBIMVAA', va);
    else if (way === 2 && space >= 0) this.add('TLBIASID', this.asid(space));
    else this.add('TLBIMVA', va | this.asid(Math.max(space, 0)));
  }

  protected abstract switchSpace(): void;
  protected abstract change(window: Window, page: number): void;

  /** The list as it lies in memory, from OPERATIONS on. */
  writeOperations(view: DataView): void {
    this.operations.forEach(({ name, a, b }, i) => {
      const at = OPERATIONS + OPERATION_BYTES * i;
      view.setUint32(at, OPERATION_NAMES.indexOf(name), true);
      view.setUint32(at + 4, a, true);
      view.setUint32(at + 8, b, true);
    });
  }
}

const SHORT = { table: 1, section: 2, large: 1, small: 2, extendedSmall: 3 } as const;
/** AP[1:0] and APX (or AP[2]). ARMv5 has no APX: PL1 reads where AP is 00 while SCTLR.S is set. */
const AP: Readonly<Record<Rights, readonly [AP: number, APX: number]>> = {
  none: [0, 0],
  kernel: [1, 0],
  'kernel reads': [1, 1],
  'user reads': [2, 0],
  all: [3, 0],
  'all read': [3, 1],
};

/** The short format. */
export class ShortTables extends GuestTables {
  readonly #level1: number[] = [];
  readonly #upper: number;
  readonly #N: number;

  constructor(platform: Platform, random: RandomSource, old: boolean) {
    super(platform, random, old);
    const { ram, runtime, model } = platform;
    if (old) this.SCTLR |= SCTLR_S;
    else if (model.name === 'arm1176') this.SCTLR |= SCTLR_XP;
    for (let space = 0; space < this.spaces; space++) this.#level1.push(this.take(0x4000));
    this.#upper = this.take(0x4000);
    this.#N = this.chance(40) ? 1 : 0;
    const everywhere = [...this.#level1, this.#upper];

    const kernel = this.take(0x400);
    const page = (table: number, va: number, pa: number, rights: Rights): void =>
      this.set(table + 4 * ((va >>> 12) & 0xff), this.#page(pa, rights, false));
    page(kernel, runtime, runtime, this.#readOnly);
    page(kernel, ram + SAVE, ram + SAVE, 'kernel');
    for (let at = SAVE + PAGE; at < OPERATIONS_END; at += PAGE) page(kernel, ram + at, ram + at, this.#readOnly);
    for (let at = WILD; at < WILD + WILD_SIZE; at += PAGE) page(kernel, ram + at, ram + at, 'all');
    const home = this.take(0x400);
    for (let at = 0; at < WILD_SIZE; at += PAGE) page(home, HOME + at, ram + WILD + at, 'all');
    const secret = this.take(0x400);
    for (let at = 0; at < TABLES_SIZE; at += PAGE) page(secret, SECRET + at, ram + TABLES + at, 'kernel');
    const vectors = this.take(0x400);
    page(vectors, 0, runtime, this.#readOnly);
    page(vectors, HIGH_VECTORS, runtime, this.#readOnly);

    const shared: [number, number][] = [
      [ram, kernel | SHORT.table],
      [HOME, home | (1 << 5) | SHORT.table],
      [SECRET, secret | SHORT.table],
      [HIGH_VECTORS, vectors | SHORT.table],
      ...devices(platform).map((va): [number, number] => [va, va | this.#sectionRights('kernel')]),
    ];
    if (!platform.vbar && ram !== 0) shared.push([0, vectors | SHORT.table]);
    // Read-only, all sixteen MiB: of what lies there, the tables are nobody's to write.
    if (!old && this.chance(30))
      for (let i = 0; i < 16; i++)
        shared.push([
          0x7000_0000 + i * MIB,
          ram | (1 << 18) | this.#sectionRights(this.pick(['kernel reads', 'all read'])),
        ]);
    for (const [va, entry] of shared) for (const table of everywhere) this.set(table + 4 * (va >>> 20), entry);

    for (let i = 0; i < 3; i++)
      for (let space = 0; space < this.spaces; space++)
        this.#window(this.old ? -1 : space, PRIVATE + i * MIB, [this.#level1[space]]);
    for (let i = 0; i < 2; i++) this.#window(-1, GLOBAL + i * MIB, everywhere);
    this.#window(-1, HIGH, everywhere);

    this.cp15.push(
      [Cp15.TTBR0, this.#level1[0]],
      [Cp15.TTBR1, this.#upper],
      [Cp15.TTBCR, this.#N],
      [Cp15.CONTEXTIDR, this.asid(0)],
      [Cp15.DACR, this.dacr()],
    );
    this.write();
  }

  get #readOnly(): Rights {
    return this.old ? 'none' : 'kernel reads';
  }

  #window(space: number, va: number, tables: readonly number[]): void {
    const window: Window = {
      space,
      va,
      entries: tables.map((table) => table + 4 * (va >>> 20)),
      kind: 'none',
      table: 0,
    };
    this.windows.push(window);
    const set = (at: number, word: number): void => this.set(at, word);
    this.#fill(window, set);
  }

  #fill(window: Window, set: (at: number, word: number) => void): void {
    const die = this.below(10);
    window.kind = die < 7 ? 'pages' : die < 9 ? 'block' : 'none';
    if (window.kind === 'pages') {
      window.table = window.table || this.take(0x400);
      for (const page of PAGES) set(window.table + 4 * page, this.#small(window));
      if (this.chance(30)) this.#large(window, set);
    }
    for (const at of window.entries)
      set(at, this.#entry(window, at === window.entries[0] ? undefined : this.get(window.entries[0])));
  }

  #entry({ kind, table, space }: Window, same: number | undefined): number {
    if (same !== undefined) return same;
    if (kind === 'none') return 0;
    const domain = this.below(16) << 5;
    if (kind === 'pages') return table | domain | SHORT.table;
    const pa = this.target(MIB);
    const more = this.old ? 0 : (space >= 0 ? 1 << 17 : 0) | (this.chance(20) ? 1 << 4 : 0);
    return pa | domain | more | this.#sectionRights(this.rights());
  }

  #sectionRights(rights: Rights): number {
    const [ap, apx] = AP[rights];
    return (ap << 10) | (this.old ? 0 : apx << 15) | SHORT.section;
  }

  #page(pa: number, rights: Rights, notGlobal: boolean): number {
    const [ap, apx] = AP[rights];
    if (this.old) return pa | (ap * 0x550) | SHORT.small;
    return pa | (ap << 4) | (apx << 9) | (notGlobal ? 1 << 11 : 0) | SHORT.small;
  }

  #small({ space }: Window): number {
    if (this.chance(15)) return 0;
    const pa = this.target(PAGE);
    if (!this.old) return this.#page(pa, this.rights(), space >= 0) | (this.chance(20) ? 1 : 0);
    if (this.chance(30)) return pa | (this.below(4) << 4) | SHORT.extendedSmall;
    return pa | (this.chance(50) ? this.random() & 0xff0 : this.below(4) * 0x550) | SHORT.small;
  }

  #large({ space, table }: Window, set: (at: number, word: number) => void): void {
    const pa = this.target(LARGE);
    const [ap, apx] = AP[this.rights()];
    const more = this.old
      ? this.random() & 0xf00
      : (apx << 9) | (space >= 0 ? 1 << 11 : 0) | (this.chance(20) ? 1 << 15 : 0);
    for (let i = 16; i < 32; i++) set(table + 4 * i, pa | (ap << 4) | more | SHORT.large);
  }

  protected switchSpace(): void {
    this.add('space', this.#level1[this.space], this.asid(this.space) | (this.random() & 0xffff_ff00));
    if (this.chance(10) && this.#N === 1) {
      // No walks by TTBR1, or again: the high window is gone for a while. High vectors are there, so they are off.
      if ((this.SCTLR & SCTLR_V) !== 0) return;
      this.add('TTBCR', 1 | (1 << 5));
      this.add('TLBIALL');
      this.add('end');
      this.add('TTBCR', 1);
      this.add('TLBIALL');
    }
  }

  protected change(window: Window, page: number): void {
    const poke = (at: number, word: number): void => this.poke(at, word);
    if (window.kind !== 'pages' || this.chance(8)) {
      for (const at of window.entries) poke(at, 0);
      this.add('TLBIALL');
      this.#fill(window, poke);
      return;
    }
    const { table, va } = window;
    const at = table + 4 * page;
    const before = this.get(at);
    if (page >= 16 && page < 32 && ((before & 3) === 1 || this.chance(20))) {
      for (let i = 16; i < 32; i++) poke(table + 4 * i, 0);
      if (this.chance(50)) this.add('TLBIALL');
      else for (let i = 16; i < 32; i++) this.add('TLBIMVA', (va + i * PAGE) | this.asid(Math.max(window.space, 0)));
      if ((before & 3) === 1 && this.chance(50)) poke(at, this.#small(window));
      else this.#large(window, poke);
      return;
    }
    poke(at, this.chance(20) ? 0 : this.#small(window));
    if (before === 0 && this.chance(50)) return;
    this.maintain(window, va + page * PAGE);
  }
}

const LONG = { valid: 1, tableOrPage: 2, accessFlag: 1 << 10, notGlobal: 1 << 11 } as const;
/** AP[2:1]. */
const LONG_AP: Readonly<Record<Rights, number>> = {
  none: 2,
  kernel: 0,
  'kernel reads': 2,
  'user reads': 3,
  all: 1,
  'all read': 3,
};
const BLOCK = 2 * MIB;

/** The long format. A descriptor is two words; the low one, which has the valid bit, is written last and cleared first. */
export class LongTables extends GuestTables {
  readonly #level1: number[] = [];

  constructor(platform: Platform, random: RandomSource) {
    super(platform, random, false);
    const { ram, runtime } = platform;
    const kernel = this.take(PAGE);
    const page = (table: number, va: number, pa: number, rights: Rights): void =>
      this.set(table + 8 * ((va >>> 12) & 0x1ff), pa | this.#low(rights, false) | LONG.tableOrPage);
    page(kernel, runtime, runtime, 'kernel reads');
    page(kernel, ram + SAVE, ram + SAVE, 'kernel');
    for (let at = SAVE + PAGE; at < OPERATIONS_END; at += PAGE) page(kernel, ram + at, ram + at, 'kernel reads');
    for (let at = WILD; at < WILD + WILD_SIZE; at += PAGE) page(kernel, ram + at, ram + at, 'all');
    const home = this.take(PAGE);
    for (let at = 0; at < WILD_SIZE; at += PAGE) page(home, HOME + at, ram + WILD + at, 'all');
    const secret = this.take(PAGE);
    for (let at = 0; at < TABLES_SIZE; at += PAGE) page(secret, SECRET + at, ram + TABLES + at, 'kernel');
    const vectors = this.take(PAGE);
    page(vectors, HIGH_VECTORS, runtime, 'kernel reads');
    const upper = this.take(PAGE);
    this.set(upper + this.#index(HIGH_VECTORS), vectors | 3);

    const middles: number[] = [];
    for (let space = 0; space < this.spaces; space++) {
      const level1 = this.take(PAGE);
      const [lower, middle] = [this.take(PAGE), this.take(PAGE)];
      this.#level1.push(level1);
      middles.push(middle);
      [lower, middle, upper, upper].forEach((table, i) => this.set(level1 + 8 * (i === 2 ? 3 : i), table | 3));
      for (const va of devices(platform)) this.set(lower + this.#index(va), va | this.#low('kernel', false));
      for (const [va, table] of [
        [ram, kernel],
        [HOME, home],
        [SECRET, secret],
      ] as const)
        this.set(middle + this.#index(va), table | 3);
    }
    for (let i = 0; i < 2; i++)
      for (let space = 0; space < this.spaces; space++) this.#window(space, PRIVATE + i * BLOCK, [middles[space]]);
    for (let i = 0; i < 2; i++) this.#window(-1, GLOBAL + i * BLOCK, middles);
    this.#window(-1, HIGH, [upper]);
    this.cp15.push(
      [Cp15.TTBR0, this.#level1[0]],
      [Cp15.TTBR0 + 1, this.asid(0) << 16],
      [Cp15.TTBCR, TTBCR_EAE],
      [Cp15.PRRR, 0xff44],
      [Cp15.DACR, 1],
    );
    this.write();
  }

  #index(va: number): number {
    return 8 * ((va >>> 21) & 0x1ff);
  }
  #low(rights: Rights, notGlobal: boolean): number {
    return (LONG_AP[rights] << 6) | LONG.accessFlag | (notGlobal ? LONG.notGlobal : 0) | 0x300 | LONG.valid;
  }

  #window(space: number, va: number, tables: readonly number[]): void {
    const window: Window = {
      space,
      va,
      entries: tables.map((table) => table + this.#index(va)),
      kind: 'none',
      table: 0,
    };
    this.windows.push(window);
    this.#fill(window, (at, low, high) => {
      this.set(at, low);
      this.set(at + 4, high);
    });
  }

  #fill(window: Window, set: (at: number, low: number, high: number) => void): void {
    const die = this.below(10);
    window.kind = die < 7 ? 'pages' : die < 9 ? 'block' : 'none';
    let [low, high] = [0, 0];
    if (window.kind === 'pages') {
      window.table = window.table || this.take(PAGE);
      for (const half of [0, 256])
        for (const page of PAGES) set(window.table + 8 * (half + page), ...this.#leaf(window, PAGE));
      // APTable, XNTable, PXNTable
      [low, high] = [window.table | 3, this.chance(40) ? this.below(16) << 27 : 0];
    } else if (window.kind === 'block') [low, high] = this.#leaf(window, BLOCK);
    for (const at of window.entries) set(at, low, high);
  }

  #leaf({ space }: Window, size: number): [low: number, high: number] {
    if (this.chance(12)) return [0, 0];
    const flag = this.chance(8) ? LONG.accessFlag : 0;
    const low =
      (this.target(size) | this.#low(this.rights(), space >= 0) | (size === PAGE ? LONG.tableOrPage : 0)) & ~flag;
    return [low, (this.chance(20) ? 1 << 22 : 0) | (this.chance(15) ? 1 << 21 : 0)];
  }

  protected switchSpace(): void {
    this.add('longSpace', this.#level1[this.space], this.asid(this.space) << 16);
  }

  protected change(window: Window, page: number): void {
    const poke = (at: number, low: number, high: number): void => {
      this.poke(at, 0);
      this.poke(at + 4, high);
      this.poke(at, low);
    };
    if (window.kind !== 'pages' || this.chance(8)) {
      for (const at of window.entries) this.poke(at, 0);
      this.add('TLBIALL');
      this.#fill(window, poke);
      // What was written over a table that is filled anew needs no more: nothing led there.
      return;
    }
    const at = window.table + 8 * page;
    const before = this.get(at);
    if (this.chance(20)) poke(at, 0, 0);
    else poke(at, ...this.#leaf(window, PAGE));
    if ((before & 1) === 0 && this.chance(50)) return;
    this.maintain(window, window.va + page * PAGE);
  }
}

/** Sections with devices in them. */
function devices({ board }: Platform): readonly number[] {
  return board === 'virt' ? [virtMap.gicDistributor.base, virtMap.uart.base] : [0x2000_0000, 0x2020_0000];
}

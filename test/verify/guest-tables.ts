/**
 * Translation tables of a random guest, of one to three address spaces, whatever their format (guest-tables-short.ts, guest-tables-long.ts), and what its gate does with them later: entries changed,
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
} from '../../src/arm/cp15.js';
import type { RandomSource } from '../../src/isa/random.js';
import { raspi1Map } from '../../src/machine/raspi1-map.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { MIB } from '../support/guest.js';
import {
  OPERATION_BYTES,
  OPERATION_NAMES,
  OPERATIONS,
  OPERATIONS_END,
  SECRET,
  TABLES,
  TABLES_SIZE,
  WILD,
  WILD_SIZE,
  type Operation,
  type OperationName,
  type Platform,
} from './guest-runtime.js';

export const PAGE = 0x1000;
export const LARGE = 0x1_0000;
/** Mapped in each space for itself, in all alike, and high up, by TTBR1 where TTBCR.N says so. */
export const PRIVATE = 0x6000_0000;
export const GLOBAL = 0x6800_0000;
export const HIGH = 0xc000_0000;
export const HIGH_VECTORS = 0xffff_0000;
/** Pages of a window of which something is known. Those from 16 on are one large page now and then. */
export const PAGES = [0, 1, 2, 3, 4, 7, 16, 17, 31, 255];
/** Bits of SCTLR that a translation may have been made under. */
const TRANSLATION_CONTROLS = SCTLR_M | SCTLR_AFE | SCTLR_TRE | SCTLR_WXN | SCTLR_UWXN | SCTLR_V | SCTLR_S;

/** Registers that only the gate may write, as [word index, mask, value]. */
export type Controls = readonly (readonly [index: number, mask: number, value: number])[];

export type Rights = 'none' | 'kernel' | 'kernel reads' | 'user reads' | 'all' | 'all read';

/** A window of the address space: a level 1 entry of the short format, a level 2 entry of the long one. */
export interface Window {
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

/** Sections with devices in them. */
export function devices({ board }: Platform): readonly number[] {
  return board === 'virt' ? [virtMap.gicDistributor.base, virtMap.uart.base] : [0x2000_0000, 0x2020_0000];
}

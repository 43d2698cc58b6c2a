/** Random guests' translation tables of the long format. */
import { Cp15, TTBCR_EAE } from '../../src/arm/cp15.js';
import type { RandomSource } from '../../src/isa/random.js';
import { MIB } from '../support/guest.js';
import {
  HOME,
  OPERATIONS_END,
  SAVE,
  SECRET,
  TABLES,
  TABLES_SIZE,
  WILD,
  WILD_SIZE,
  type Platform,
} from './guest-runtime.js';
import {
  devices,
  GLOBAL,
  GuestTables,
  HIGH,
  HIGH_VECTORS,
  PAGE,
  PAGES,
  PRIVATE,
  type Rights,
  type Window,
} from './guest-tables.js';

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

/** Random guests' translation tables of the short format: ARMv7's and ARMv6's, or ARMv5's with subpages. */
import { Cp15, SCTLR_S, SCTLR_XP } from '../../src/arm/cp15.js';
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
  LARGE,
  PAGE,
  PAGES,
  PRIVATE,
  type Rights,
  type Window,
} from './guest-tables.js';

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

  constructor(platform: Platform, random: RandomSource, old: boolean) {
    super(platform, random, old);
    const { ram, runtime, model } = platform;
    if (old) this.SCTLR |= SCTLR_S;
    else if (model.name === 'arm1176') this.SCTLR |= SCTLR_XP;
    for (let space = 0; space < this.spaces; space++) this.#level1.push(this.take(0x4000));
    this.#upper = this.take(0x4000);
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
      [Cp15.TTBCR, this.chance(40) ? 1 : 0],
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
    // Another share for TTBR1. Where it has more than the upper half, private windows are out of sight.
    if (!this.old && this.chance(10)) {
      this.add('TTBCR', this.below(3));
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

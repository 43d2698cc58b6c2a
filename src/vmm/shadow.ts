/**
 * Shadow translation tables: short-format tables in the VMM's own physical memory, outside every guest map. The real CPU walks them. A bounded cache of
 * them: each belongs to a fetch context and a key, which is whatever its user's translations depend on; going back to a key finds its entries again, and the table
 * used least recently gives way to a new one. Both contexts run at PL0, so rights are those of PL0 alone. Knows no guest table format.
 *
 *   level 1, section:     31..20 base | 17 nG | 15 AP[2] | 11..10 AP[1:0] | 8..5 domain | 4 XN | 1..0 = 10
 *   level 1, table:       31..10 base | 8..5 domain | 1..0 = 01
 *   level 2, small page:  31..12 base | 11 nG | 9 AP[2] | 5..4 AP[1:0] | 1 = 1 | 0 XN
 *
 * In its memory: a level 1 table that stays empty (table 0), the other level 1 tables, the level 2 tables.
 */
import { PAGE } from '../mem/layout.js';

export const SECTION = 1 << 20;

const LEVEL1_ENTRIES = 4096;
const LEVEL1_BYTES = LEVEL1_ENTRIES * 4;
const LEVEL2_ENTRIES = 256;
const LEVEL2_BYTES = LEVEL2_ENTRIES * 4;
const KIND = 0b11;
const TABLE = 0b01;
const SECTION_ENTRY = 0b10;
const SMALL_PAGE = 0b10;
const SECTION_NOT_GLOBAL = 1 << 17;
const PAGE_NOT_GLOBAL = 1 << 11;
const DOMAIN_SHIFT = 5;

/** Fetch contexts: guest kernel and guest user. */
export const GUEST_KERNEL = 0;
export const GUEST_USER = 1;
const CONTEXTS = 2;

/** What a shadow entry grants to PL0. */
export const Grant = { read: 1, write: 2, execute: 4 } as const;

/** Words of a key. The last one is the address space identifier. */
export const KEY_WORDS = 8;
const KEY_ASID = KEY_WORDS - 1;

/** The level 1 table that is always empty: a context has it until its first entry is filled. */
const EMPTY = 0;

/** How many tables there is room for. */
export interface ShadowSize {
  readonly levelOne: number;
  readonly levelTwo: number;
}

/** Bytes of physical memory for so many tables. */
export function shadowBytes({ levelOne, levelTwo }: ShadowSize): number {
  return (1 + levelOne) * LEVEL1_BYTES + levelTwo * LEVEL2_BYTES;
}

/** An entry to fill. */
export interface ShadowEntry {
  /** Any address of its page, physical; of a section, in it. */
  pa: number;
  /** {@link Grant} bits. */
  grants: number;
  domain: number;
  notGlobal: boolean;
  /** Maps the whole section: virtual and physical address lie alike in their sections. */
  section: boolean;
}

/** AP[1:0] is 11 (any level) or 01 (not PL0); AP[2] makes it read-only. */
function accessBits(grants: number, ap10: number, ap2: number): number {
  if (grants === 0) return 0b01 << ap10;
  return (0b11 << ap10) | (grants & Grant.write ? 0 : 1 << ap2);
}

export class ShadowTables {
  /** By table: its context, or -1 where it belongs to none; its key; when it was last gone over to; how many level 2 tables it has. */
  private readonly contextOf: Int8Array;
  private readonly keys: Int32Array;
  private readonly lastUse: Float64Array;
  private readonly levelTwoOf: Int32Array;
  private uses = 0;
  /**
   * The last table that belongs to a context, or did.
   * PERF: looking for a key at each change of the guest's address space, those behind it are not asked (`context-switch-2` of vmm.bench).
   */
  private last = EMPTY;
  /** Level 2 tables that belong to no table: those from `untouched` on, and `returned` ones whose numbers are kept. */
  private readonly returnedLevelTwo: Int32Array;
  private returned = 0;
  private untouched = 0;
  /** The key in use, and by context the table in use. */
  private readonly key = new Int32Array(KEY_WORDS);
  private readonly current = new Int32Array(CONTEXTS);

  private fillTotal = 0;
  private flushTotal = 0;
  private evictionTotal = 0;

  /**
   * @param words the one memory as words
   * @param offset byte address of the tables in it, 16 KiB aligned
   * @param pa physical address of the same byte
   * @param size at least two level 1 tables and one of level 2
   */
  constructor(
    private readonly words: Int32Array,
    private readonly offset: number,
    private readonly pa: number,
    private readonly size: ShadowSize,
  ) {
    const tables = 1 + size.levelOne;
    this.contextOf = new Int8Array(tables).fill(-1);
    this.keys = new Int32Array(tables * KEY_WORDS);
    this.lastUse = new Float64Array(tables);
    this.levelTwoOf = new Int32Array(tables);
    this.returnedLevelTwo = new Int32Array(size.levelTwo);
    this.words.fill(0, offset / 4, (offset + LEVEL1_BYTES) / 4);
    this.freeAll();
  }

  /** Entries filled, times that everything was dropped, and tables that gave way to others, since the start. */
  get fills(): number {
    return this.fillTotal;
  }
  get flushes(): number {
    return this.flushTotal;
  }
  get evictions(): number {
    return this.evictionTotal;
  }

  /** Bytes that the tables take, used or not. */
  get bytes(): number {
    return shadowBytes(this.size);
  }

  /** Level 1 and level 2 tables in use. */
  get used(): ShadowSize {
    return { levelOne: this.contextOf.filter((c) => c >= 0).length, levelTwo: this.untouched - this.returned };
  }

  /** The keys of the tables that there are, each once. */
  spaces(): { readonly key: Int32Array; readonly current: boolean }[] {
    const present = this.key.join();
    const found = new Map<string, { readonly key: Int32Array; readonly current: boolean }>();
    for (let table = 1; table <= this.last; table++) {
      if (this.contextOf[table] < 0) continue;
      const key = this.keys.slice(table * KEY_WORDS, (table + 1) * KEY_WORDS);
      found.set(key.join(), { key, current: key.join() === present });
    }
    return [...found.values()];
  }

  /** Goes over to a key: both contexts get the tables that they had under it, or empty ones. */
  enter(key: Int32Array): void {
    this.key.set(key);
    this.uses++;
    for (let context = 0; context < CONTEXTS; context++) {
      const found = this.find(context);
      this.current[context] = found;
      this.lastUse[found] = this.uses;
    }
  }

  /** Physical address of the level 1 table in use of a context: what the real TTBR0 holds. May be another after {@link fill} and whatever drops entries. */
  table(context: number): number {
    return this.pa + this.current[context] * LEVEL1_BYTES;
  }

  /** The domain of the pages that the table in use maps in the section of `gva`, or -1 if it maps none, or all of it by one entry. */
  domainOf(context: number, gva: number): number {
    const entry = this.words[this.level1Word(this.current[context]) + (gva >>> 20)];
    return (entry & KIND) === TABLE ? (entry >>> DOMAIN_SHIFT) & 15 : -1;
  }

  /**
   * Enters a page or section into the table in use of a context. Pages of one section have one domain: see {@link domainOf}.
   * Where room is short, another table is dropped, or this one begins anew.
   */
  fill(context: number, gva: number, entry: ShadowEntry): void {
    this.fillTotal++;
    if (this.current[context] === EMPTY) this.current[context] = this.take(context);
    const table = this.current[context];
    const at = this.level1Word(table) + (gva >>> 20);
    const executeNever = entry.grants & Grant.execute ? 0 : 1;
    if (entry.section) {
      this.dropLevel1(table, at);
      this.words[at] =
        (entry.pa & ~(SECTION - 1)) |
        (entry.notGlobal ? SECTION_NOT_GLOBAL : 0) |
        accessBits(entry.grants, 10, 15) |
        (entry.domain << DOMAIN_SHIFT) |
        (executeNever << 4) |
        SECTION_ENTRY;
      return;
    }
    // Where there is a section, from before it could no longer stand for all of its pages, they replace it one by one.
    if ((this.words[at] & KIND) !== TABLE) {
      const level2 = this.takeLevelTwo(table);
      this.levelTwoOf[table]++;
      this.words[at] = (this.pa + this.levelTwoOffset(level2)) | (entry.domain << DOMAIN_SHIFT) | TABLE;
    }
    this.words[this.level2Word(this.words[at]) + ((gva >>> 12) & 0xff)] =
      (entry.pa & ~(PAGE - 1)) |
      (entry.notGlobal ? PAGE_NOT_GLOBAL : 0) |
      accessBits(entry.grants, 4, 9) |
      SMALL_PAGE |
      executeNever;
  }

  // ---- what is no longer to be relied on

  /** Drops every entry of every table. */
  flush(): void {
    this.freeAll();
    this.flushTotal++;
  }

  /**
   * Drops the entries that map `gva` in all tables, whole sections where they are entries.
   * @param asid if given, those of other address spaces stay, unless they are global
   */
  dropPage(gva: number, asid: number | undefined): void {
    for (let table = 1; table <= this.size.levelOne; table++) {
      if (this.contextOf[table] < 0) continue;
      const all = asid === undefined || this.keys[table * KEY_WORDS + KEY_ASID] === asid;
      const at = this.level1Word(table) + (gva >>> 20);
      const entry = this.words[at];
      if ((entry & KIND) === SECTION_ENTRY) {
        if (all || (entry & SECTION_NOT_GLOBAL) === 0) this.words[at] = 0;
      } else if ((entry & KIND) === TABLE) {
        const page = this.level2Word(entry) + ((gva >>> 12) & 0xff);
        if (all || (this.words[page] & PAGE_NOT_GLOBAL) === 0) this.words[page] = 0;
      }
    }
  }

  /** Drops everything that maps an address of the section of `gva`, in all tables. */
  dropSection(gva: number): void {
    for (let table = 1; table <= this.size.levelOne; table++) {
      if (this.contextOf[table] >= 0) this.dropLevel1(table, this.level1Word(table) + (gva >>> 20));
    }
  }

  /** Drops the tables of an address space. */
  dropAsid(asid: number): void {
    for (let table = 1; table <= this.size.levelOne; table++) {
      if (this.contextOf[table] >= 0 && this.keys[table * KEY_WORDS + KEY_ASID] === asid) this.release(table);
    }
  }

  // ---- tables

  private find(context: number): number {
    const { contextOf, keys, key, last } = this;
    for (let table = 1; table <= last; table++) {
      if (contextOf[table] !== context) continue;
      let word = 0;
      while (word < KEY_WORDS && keys[table * KEY_WORDS + word] === key[word]) word++;
      if (word === KEY_WORDS) return table;
    }
    return EMPTY;
  }

  /** A table without entries for the key in use. */
  private take(context: number): number {
    let table = this.contextOf.indexOf(-1, 1);
    if (table < 0) {
      table = this.leastUsed(EMPTY, false);
      this.evict(table);
    }
    this.contextOf[table] = context;
    if (table > this.last) this.last = table;
    this.keys.set(this.key, table * KEY_WORDS);
    this.lastUse[table] = this.uses;
    this.words.fill(0, this.level1Word(table), this.level1Word(table) + LEVEL1_ENTRIES);
    return table;
  }

  /** A level 2 table without entries, for `table`, which may lose its other ones. */
  private takeLevelTwo(table: number): number {
    if (this.returned === 0 && this.untouched === this.size.levelTwo) {
      const victim = this.leastUsed(table, true);
      if (victim !== EMPTY) this.evict(victim);
      else {
        this.evictionTotal++;
        this.releaseLevelTwo(table);
      }
    }
    const level2 = this.returned > 0 ? this.returnedLevelTwo[--this.returned] : this.untouched++;
    const start = (this.offset + this.levelTwoOffset(level2)) / 4;
    this.words.fill(0, start, start + LEVEL2_ENTRIES);
    return level2;
  }

  /** The table, other than `but`, that was left longest ago; with `levelTwo`, of those that have level 2 tables. EMPTY if there is none. */
  private leastUsed(but: number, levelTwo: boolean): number {
    let oldest = EMPTY;
    for (let table = 1; table <= this.size.levelOne; table++) {
      if (this.contextOf[table] < 0 || table === but || (levelTwo && this.levelTwoOf[table] === 0)) continue;
      if (oldest === EMPTY || this.lastUse[table] < this.lastUse[oldest]) oldest = table;
    }
    return oldest;
  }

  private evict(table: number): void {
    this.evictionTotal++;
    this.release(table);
  }

  private release(table: number): void {
    this.releaseLevelTwo(table);
    const context = this.contextOf[table];
    if (this.current[context] === table) this.current[context] = EMPTY;
    this.contextOf[table] = -1;
  }

  /** Drops what a table maps by pages. */
  private releaseLevelTwo(table: number): void {
    const first = this.level1Word(table);
    for (let at = first; this.levelTwoOf[table] > 0 && at < first + LEVEL1_ENTRIES; at++) {
      if ((this.words[at] & KIND) === TABLE) this.dropLevel1(table, at);
    }
  }

  /** Drops the level 1 entry at word `at`. */
  private dropLevel1(table: number, at: number): void {
    const entry = this.words[at];
    if ((entry & KIND) === TABLE) {
      const offset = this.level2Word(entry) * 4 - this.offset;
      this.returnedLevelTwo[this.returned++] = (offset - this.levelTwoOffset(0)) / LEVEL2_BYTES;
      this.levelTwoOf[table]--;
    }
    this.words[at] = 0;
  }

  private freeAll(): void {
    this.contextOf.fill(-1);
    this.last = EMPTY;
    this.levelTwoOf.fill(0);
    this.current.fill(EMPTY);
    this.returned = 0;
    this.untouched = 0;
  }

  /** Byte offset of a level 2 table from the first byte of the tables. */
  private levelTwoOffset(level2: number): number {
    return (1 + this.size.levelOne) * LEVEL1_BYTES + level2 * LEVEL2_BYTES;
  }

  /** Index in the words of a table's first entry; of the table that a level 1 entry points at. */
  private level1Word(table: number): number {
    return (this.offset + table * LEVEL1_BYTES) / 4;
  }
  private level2Word(entry: number): number {
    return (((entry & ~(LEVEL2_BYTES - 1)) >>> 0) - this.pa + this.offset) / 4;
  }
}

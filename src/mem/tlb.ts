/**
 * What the software TLB remembers of one translation context: a record per virtual page, and lists that make flushing cost what was filled.
 * Records are the truth; the tables that engines read (banks.ts) hold a subset of them. Knows no registers.
 *
 * A record is two words: the physical page number (28 bits), and
 *
 *   31  20    19      18     17    16:15   14:12      11   10:6    5:0
 *   [ 0 | local | global | valid | level | size class | nG | domain | rights ]
 *
 * rights are the leaf's own (Right), before its domain. `global` and `local` tell that the page is in the list of that name; they outlive
 * the record.
 */
import type { Translation } from './ports.js';

export const Tlb = {
  rights: 0x3f,
  notGlobal: 1 << 11,
  valid: 1 << 17,
  inGlobal: 1 << 18,
  inLocal: 1 << 19,
} as const;
const LISTS = Tlb.inGlobal | Tlb.inLocal;
const DOMAIN_SHIFT = 6;
const SIZE_SHIFT = 12;
const LEVEL_SHIFT = 15;

/** The domain of records in which DACR has no say. */
export const NO_DOMAIN = 16;

/** The domain of a record, or NO_DOMAIN. */
export function domainOf(info: number): number {
  return (info >>> DOMAIN_SHIFT) & 31;
}

function sizeClassOf(info: number): number {
  return (info >>> SIZE_SHIFT) & 7;
}

/** Bytes that a leaf maps, by size class. */
const SIZE_CLASSES = [0x1000, 0x1_0000, 0x10_0000, 0x20_0000, 0x100_0000, 0x4000_0000] as const;

export const VA_PAGES = 1 << 20;
const MIB_PAGES = 256;
/** Listed pages that are quicker sorted than found in their order. */
const FEW = 4096;

/** A growable list of page numbers. */
export class PageList {
  items = new Int32Array(64);
  length = 0;

  push(page: number): void {
    if (this.length === this.items.length) {
      const larger = new Int32Array(this.items.length * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length++] = page;
  }
}

/** The records of one context. */
export class TlbRecords {
  readonly info = new Int32Array(VA_PAGES);
  readonly physicalPage = new Int32Array(VA_PAGES);
  /** Pages with a record that holds in every address space; and those of the current ASID only. A page is in each list at most once. */
  readonly global = new PageList();
  readonly local = new PageList();
  /** By MiB of virtual space: which size classes above 4 KiB have records there (bits; may say too much, never too little). */
  readonly #large = new Uint8Array(VA_PAGES / MIB_PAGES);
  #anyLarge = 0;

  /** Remembers the translation of a page. `rights` are the leaf's own; `domain` as in the record. */
  enter(page: number, translation: Translation, rights: number, domain: number): void {
    const sizeClass = (SIZE_CLASSES as readonly number[]).indexOf(translation.size);
    let lists = this.info[page] & LISTS;
    if (translation.notGlobal) {
      if ((lists & Tlb.inLocal) === 0) this.local.push(page);
      lists |= Tlb.inLocal;
    } else {
      if ((lists & Tlb.inGlobal) === 0) this.global.push(page);
      lists |= Tlb.inGlobal;
    }
    this.physicalPage[page] = Math.floor(translation.pa / 4096);
    this.info[page] =
      rights |
      (domain << DOMAIN_SHIFT) |
      (translation.notGlobal ? Tlb.notGlobal : 0) |
      (sizeClass << SIZE_SHIFT) |
      (translation.level << LEVEL_SHIFT) |
      Tlb.valid |
      lists;
    this.#noteSize(page, sizeClass);
  }

  #noteSize(page: number, sizeClass: number): void {
    if (sizeClass === 0) return;
    this.#large[page >>> 8] |= 1 << sizeClass;
    this.#anyLarge |= 1 << sizeClass;
  }

  /** Reads the record of `va` into `out`, without rights. The TLB does not keep attributes: they read as 0. */
  read(va: number, info: number, out: Translation): void {
    const domain = domainOf(info);
    out.fault = 0;
    out.pa = this.physicalPage[va >>> 12] * 4096 + (va & 0xfff);
    out.level = (info >>> LEVEL_SHIFT) & 3;
    out.domain = domain === NO_DOMAIN ? 0 : domain;
    out.attributes = 0;
    out.size = SIZE_CLASSES[sizeClassOf(info)];
    out.notGlobal = (info & Tlb.notGlobal) !== 0;
  }

  /**
   * Calls `drop` for each page with a valid record that came from a leaf which maps `va`: the page itself, and the other pages of a large
   * page, section or block.
   */
  forEachCovered(va: number, drop: (page: number) => void): void {
    const page = va >>> 12;
    if ((this.info[page] & Tlb.valid) !== 0) drop(page);
    for (let sizeClass = 1; sizeClass < SIZE_CLASSES.length; sizeClass++) {
      if (((this.#anyLarge >>> sizeClass) & 1) === 0) continue;
      const pages = SIZE_CLASSES[sizeClass] >>> 12;
      const first = page & -pages;
      for (let at = first; at < first + pages; at += Math.min(pages, MIB_PAGES)) {
        if (((this.#large[at >>> 8] >>> sizeClass) & 1) === 0) continue;
        const end = Math.min(first + pages, at + MIB_PAGES);
        for (let other = at; other < end; other++) {
          const info = this.info[other];
          if ((info & Tlb.valid) !== 0 && sizeClassOf(info) === sizeClass) drop(other);
        }
      }
    }
  }

  /** Forgets every record and list. */
  clear(): void {
    this.#clearList(this.global);
    this.#clearList(this.local);
    this.#large.fill(0);
    this.#anyLarge = 0;
  }

  #clearList(list: PageList): void {
    for (let i = 0; i < list.length; i++) this.info[list.items[i]] = 0;
    list.length = 0;
  }

  /** Pages with a valid record, ascending. */
  pages(): number[] {
    const found: number[] = [];
    this.#forEach((page) => found.push(page));
    return found.sort((a, b) => a - b);
  }

  /** Those from page `first` on, at most `maximum`. Costs no more than a look at each page of the address space. */
  pagesFrom(first: number, maximum: number): number[] {
    const found: number[] = [];
    if (this.global.length + this.local.length <= FEW) {
      for (const page of this.pages()) if (page >= first && found.length < maximum) found.push(page);
      return found;
    }
    const { info } = this;
    for (let page = first; page < VA_PAGES && found.length < maximum; page++) {
      if ((info[page] & Tlb.valid) !== 0) found.push(page);
    }
    return found;
  }

  /** How many pages have a valid record. */
  count(): number {
    let pages = 0;
    this.#forEach(() => pages++);
    return pages;
  }

  #forEach(look: (page: number) => void): void {
    for (const [list, bit] of [
      [this.global, 0],
      [this.local, Tlb.notGlobal],
    ] as const) {
      for (let i = 0; i < list.length; i++) {
        const info = this.info[list.items[i]];
        if ((info & Tlb.valid) !== 0 && (info & Tlb.notGlobal) === bit) look(list.items[i]);
      }
    }
  }

  /** The valid records as triples page, physical page, info (without list bits): for a snapshot. */
  save(): Int32Array {
    const pages = this.pages();
    const saved = new Int32Array(pages.length * 3);
    pages.forEach((page, i) => {
      saved[3 * i] = page;
      saved[3 * i + 1] = this.physicalPage[page];
      saved[3 * i + 2] = this.info[page] & ~LISTS;
    });
    return saved;
  }

  /** The inverse of save, into empty records. */
  restore(saved: Int32Array): void {
    for (let i = 0; i < saved.length; i += 3) {
      const [page, physicalPage, info] = [saved[i], saved[i + 1], saved[i + 2]];
      const local = (info & Tlb.notGlobal) !== 0;
      (local ? this.local : this.global).push(page);
      this.physicalPage[page] = physicalPage;
      this.info[page] = info | (local ? Tlb.inLocal : Tlb.inGlobal);
      this.#noteSize(page, sizeClassOf(info));
    }
  }
}

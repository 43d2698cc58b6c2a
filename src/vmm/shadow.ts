/**
 * Shadow translation tables: short-format tables in the VMM's own physical memory, outside every guest map, one for guest kernel and one for
 * guest user code. The real CPU walks them; they are filled on demand from what the guest's own tables (either format, or none) say, and
 * dropped when the guest invalidates. Both contexts run at PL0, so rights are those of PL0 alone. Knows no guest table format.
 *
 *   level 1, section:     31..20 base | 17 nG 0 | 15 AP[2] | 11..10 AP[1:0] | 8..5 domain 0 | 4 XN | 1..0 = 10
 *   level 1, table:       31..10 base | 8..5 domain 0 | 1..0 = 01
 *   level 2, small page:  31..12 base | 9 AP[2] | 5..4 AP[1:0] | 1 = 1 | 0 XN
 */
import { PAGE } from '../mem/layout.js';

export const SECTION = 1 << 20;

/** Entries of a level 1 table; its size is four times that. */
const LEVEL1_ENTRIES = 4096;
const LEVEL1_BYTES = LEVEL1_ENTRIES * 4;
const LEVEL2_ENTRIES = 256;
const LEVEL2_BYTES = LEVEL2_ENTRIES * 4;
/** Fetch contexts: guest kernel and guest user. */
export const GUEST_KERNEL = 0;
export const GUEST_USER = 1;
const CONTEXTS = 2;

/** What a shadow entry grants to PL0. */
export const Grant = { read: 1, write: 2, execute: 4 } as const;

/** Bytes of physical memory for `levelTwoTables` level 2 tables. */
export function shadowBytes(levelTwoTables: number): number {
  return CONTEXTS * LEVEL1_BYTES + levelTwoTables * LEVEL2_BYTES;
}

/** AP[1:0] is 11 (any level); AP[2] makes it read-only. */
function accessBits(grants: number, ap10: number, ap2: number): number {
  return (0b11 << ap10) | (grants & Grant.write ? 0 : 1 << ap2);
}

export class ShadowTables {
  /** Level 2 tables handed out since the last flush. */
  private used = 0;
  private fillTotal = 0;
  private flushTotal = 0;

  /**
   * @param words the one memory as words
   * @param offset byte address of the tables in it, 16 KiB aligned
   * @param pa physical address of the same byte
   * @param levelTwoTables how many level 2 tables there is room for
   */
  constructor(
    private readonly words: Int32Array,
    private readonly offset: number,
    private readonly pa: number,
    private readonly levelTwoTables: number,
  ) {}

  /** Entries filled, and times that everything was dropped, since the start. */
  get fills(): number {
    return this.fillTotal;
  }
  get flushes(): number {
    return this.flushTotal;
  }

  /** Physical address of a context's level 1 table: what the real TTBR0 holds. */
  table(context: number): number {
    return this.pa + context * LEVEL1_BYTES;
  }

  /**
   * Maps the page of `gva` to the page of `pa`, or a whole section where `section` is set (both addresses are then in matching sections).
   * Returns false if there is no room for another level 2 table: flush, then try again.
   */
  fill(context: number, gva: number, pa: number, grants: number, section: boolean): boolean {
    const level1 = (this.offset + context * LEVEL1_BYTES) / 4 + (gva >>> 20);
    const executeNever = grants & Grant.execute ? 0 : 1;
    this.fillTotal++;
    if (section) {
      this.words[level1] = (pa & ~(SECTION - 1)) | accessBits(grants, 10, 15) | (executeNever << 4) | 0b10;
      return true;
    }
    let table = this.words[level1];
    if ((table & 0b11) !== 0b01) {
      // Nothing there yet, or a section from before whose rights no longer do: pages replace it.
      if (this.used === this.levelTwoTables) return false;
      const at = CONTEXTS * LEVEL1_BYTES + this.used++ * LEVEL2_BYTES;
      this.words.fill(0, (this.offset + at) / 4, (this.offset + at) / 4 + LEVEL2_ENTRIES);
      table = (this.pa + at) | 0b01;
      this.words[level1] = table;
    }
    const level2 = (((table & ~(LEVEL2_BYTES - 1)) >>> 0) - this.pa + this.offset) / 4 + ((gva >>> 12) & 0xff);
    this.words[level2] = (pa & ~(PAGE - 1)) | accessBits(grants, 4, 9) | 0b10 | executeNever;
    return true;
  }

  /** Drops every entry of both contexts. The real TLB must be flushed with it. */
  flush(): void {
    this.words.fill(0, this.offset / 4, (this.offset + CONTEXTS * LEVEL1_BYTES) / 4);
    this.used = 0;
    this.flushTotal++;
  }

  /** Drops the entry that maps `gva` in both contexts: of its page, or of its whole section where it is one. */
  drop(gva: number): void {
    for (let context = 0; context < CONTEXTS; context++) {
      const level1 = (this.offset + context * LEVEL1_BYTES) / 4 + (gva >>> 20);
      const entry = this.words[level1];
      if ((entry & 0b11) === 0b10) this.words[level1] = 0;
      else if ((entry & 0b11) === 0b01) {
        this.words[(((entry & ~(LEVEL2_BYTES - 1)) >>> 0) - this.pa + this.offset) / 4 + ((gva >>> 12) & 0xff)] = 0;
      }
    }
  }
}

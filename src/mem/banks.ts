/**
 * The tables that engines read inline, in the one memory: two TLB banks of read and write words, and the code page hash (layout.ts). Fills
 * them, and keeps lists of what was filled so that emptying costs no more. Knows neither registers nor rights: what to fill is mmu.ts's
 * decision, and dropping a word is always safe.
 */
import { codeHashEntry, PAGE, TLB_BANK_BYTES, TLB_BANKS, TLB_TABLE_BYTES, tlbBank } from './layout.js';
import { TLB_DEVICE, TLB_INVALID, type CpuMemory } from './memory.js';
import { NO_DOMAIN, PageList, VA_PAGES } from './tlb.js';

const TABLE_WORDS = TLB_TABLE_BYTES / 4;
export const BANKS = 2;
/** By bank, the low bits of CODE_KEY in ARM and in Thumb state, which are those that count for an index. */
const CODE_KEYS = [
  [0b001, 0b011],
  [0b101, 0b111],
] as const;

export class TlbBanks {
  readonly #i32: Int32Array;
  /** Without tables of its own (a virtual CPU) nothing is filled, and nothing of another processor's is touched. */
  readonly #inline: boolean;
  /** By bank and domain: pages that may have words in the bank or a key in the hash. */
  readonly #lists = [0, 1].map(() => Array.from({ length: NO_DOMAIN + 1 }, () => new PageList()));
  /** By bank and page: 1 + the domain in whose list the page counts; it is a leftover in any other. */
  readonly #listed = [new Uint8Array(VA_PAGES), new Uint8Array(VA_PAGES)];
  /** Banks that have come into use; nobody may read the words of the others. */
  readonly #inUse = new Array<boolean>(TLB_BANKS).fill(false);

  constructor(memory: CpuMemory) {
    this.#i32 = memory.i32;
    this.#inline = memory.inlineTables;
  }

  /**
   * Byte address of a bank that comes into use.
   * PERF: it is filled now, not when the memory is made. Three banks are 6144 pages of the host, and what their first touch costs was half of what the
   * memory takes at start; most guests begin in one bank, and never see the one that is always invalid (`engine.bench`, start).
   */
  use(bank: number): number {
    const address = tlbBank(bank);
    if (this.#inline && !this.#inUse[bank]) {
      this.#inUse[bank] = true;
      this.#i32.fill(TLB_INVALID, address / 4, (address + TLB_BANK_BYTES) / 4);
    }
    return address;
  }

  /** Enters a page in a bank's list, for the words or the key that it is about to get. */
  list(bank: number, page: number, domain: number): void {
    if (!this.#inline) return;
    const listed = this.#listed[bank];
    if (listed[page] === domain + 1) return;
    const list = this.#lists[bank][domain];
    if (list.length >= VA_PAGES) compact(list, listed, domain + 1);
    list.push(page);
    listed[page] = domain + 1;
  }

  /** Makes accesses to a listed page go directly to the page at byte address `host` of the memory: loads, and stores too with `write`. */
  fill(bank: number, page: number, host: number, write: boolean): void {
    if (!this.#inline) return;
    const at = tlbBank(bank) / 4 + page;
    const addend = (host - page * 4096) | 0;
    this.#i32[at] = addend;
    if (write) this.#i32[at + TABLE_WORDS] = addend;
  }

  /** Makes loads from a listed page, or stores to it, go to the device at the page `pa` (u32) without translation. */
  fillDevice(bank: number, page: number, pa: number, write: boolean): void {
    if (!this.#inline) return;
    this.#i32[tlbBank(bank) / 4 + (write ? TABLE_WORDS : 0) + page] = (pa & -PAGE) | TLB_DEVICE;
  }

  /** Which of a page's words in a bank are valid. */
  has(bank: number, page: number): { readonly read: boolean; readonly write: boolean } {
    if (!this.#inline || !this.#inUse[bank]) return { read: false, write: false };
    const at = tlbBank(bank) / 4 + page;
    return { read: (this.#i32[at] & 1) === 0, write: (this.#i32[at + TABLE_WORDS] & 1) === 0 };
  }

  /** Takes a page's words and key away; it stays listed. */
  invalidate(bank: number, page: number): void {
    if (!this.#inline) return;
    const at = tlbBank(bank) / 4 + page;
    this.#i32[at] = TLB_INVALID;
    this.#i32[at + TABLE_WORDS] = TLB_INVALID;
    for (const key of CODE_KEYS[bank]) {
      const hash = codeHashEntry(page * PAGE, key) / 4;
      if (this.#i32[hash] >>> 12 === page) this.#i32[hash] = 0;
    }
  }

  /** Takes away what the pages of one domain have in a bank. */
  clearDomain(bank: number, domain: number): void {
    const list = this.#lists[bank][domain];
    const listed = this.#listed[bank];
    for (let i = 0; i < list.length; i++) {
      const page = list.items[i];
      if (listed[page] !== domain + 1) continue;
      listed[page] = 0;
      this.invalidate(bank, page);
    }
    list.length = 0;
  }

  /** Empties a bank. */
  clear(bank: number): void {
    for (let domain = 0; domain <= NO_DOMAIN; domain++) this.clearDomain(bank, domain);
  }

  /** Takes away all store words. */
  dropWrites(): void {
    for (let bank = 0; bank < BANKS; bank++) {
      const table = tlbBank(bank) / 4 + TABLE_WORDS;
      for (const list of this.#lists[bank]) {
        for (let i = 0; i < list.length; i++) this.#i32[table + list.items[i]] = TLB_INVALID;
      }
    }
  }

  /** Takes away every store word that leads to the page at byte address `host` of the memory. */
  dropWrite(host: number): void {
    for (let bank = 0; bank < BANKS; bank++) {
      const table = tlbBank(bank) / 4 + TABLE_WORDS;
      for (const list of this.#lists[bank]) {
        for (let i = 0; i < list.length; i++) {
          const page = list.items[i];
          if ((this.#i32[table + page] + page * 4096) >>> 0 === host) this.#i32[table + page] = TLB_INVALID;
        }
      }
    }
  }

  /** Takes away what the pages of a bank have for which `applies` holds. */
  invalidateWhere(bank: number, applies: (page: number) => boolean): void {
    for (const list of this.#lists[bank]) {
      for (let i = 0; i < list.length; i++) if (applies(list.items[i])) this.invalidate(bank, list.items[i]);
    }
  }
}

/** Takes leftovers and duplicates out of a list. */
function compact(list: PageList, listed: Uint8Array, mark: number): void {
  let kept = 0;
  for (let i = 0; i < list.length; i++) {
    const page = list.items[i];
    if (listed[page] !== mark) continue;
    listed[page] = 0;
    list.items[kept++] = page;
  }
  list.length = kept;
  for (let i = 0; i < kept; i++) listed[list.items[i]] = mark;
}

/**
 * The byte map of the one WebAssembly.Memory. Everything that lies in it has its address from here: state block, TLB, code page hash,
 * predecoded slots, counters, guest memories. The memory never grows.
 *
 *   0x0000_0400  state block (arm/state.ts)
 *   0x0000_0c00  state block of the virtual CPU, in hypervised runs: a second Processor (and Mmu without TLB tables) lives there
 *   0x0000_1400  engine scratch (3 KiB)
 *   0x0001_0000  code page hash: CODE_HASH_ENTRIES entries of 8 bytes {key, slot base}
 *   0x0002_0000  regions: REGIONS of REGION_BYTES, what tier 1's code and the driver know of each (jit/regions/table.ts)
 *   0x0010_0000  region counts: a word per straight run of a region, in use where coverage is counted (jit/regions/counts.ts)
 *   0x0100_0000  TLB banks: TLB_BANKS of {read table, write table}, 4 MiB each
 *   0x0300_0000  predecoded slots: SLOT_POOL bytes in units of SLOT_UNIT
 *   0x0500_0000  slot counters: one word per slot
 *   0x0580_0000  slot regions: one word per slot, how often it was branched to, and the region that begins there
 *   0x0600_0000  slot runs, 0x0680_0000 slot failures: one word per slot each, in use where coverage is counted (jit/coverage.ts)
 *   0x0700_0000  guest memories, in the order of their allocation, 64 KiB aligned
 */
import { STATE_WORDS } from '../arm/state.js';

export const STATE_BASE = 0x400;
export const STATE_BYTES = STATE_WORDS * 4;
/** The virtual CPU's state block. Processor, Mmu and data access take their state block's byte address as a constructor option. */
export const VIRTUAL_STATE_BASE = 0xc00;
export const ENGINE_SCRATCH = 0x1400;

/**
 * Code page hash, indexed by virtual page number and CODE_KEY ({@link codeHashEntry}). An entry's key is `(va & ~0xfff) | CODE_KEY` (Word.CODE_KEY, bits
 * 11:0; bit 0 is always set, so that 0 never matches); its slot base is the byte address of the page's first slot.
 */
export const CODE_HASH = 0x1_0000;
export const CODE_HASH_ENTRIES = 4096;
/**
 * By how much a CODE_KEY is shifted in the index of an entry.
 * PERF: a page with code of the kernel and of its user, or of both states, has an entry for each, and none puts out another (`svc-round-trip` of vmm.bench).
 */
export const CODE_KEY_SHIFT = 9;

/** Byte address of the entry of an address under a CODE_KEY. */
export function codeHashEntry(va: number, key: number): number {
  return CODE_HASH + 8 * (((va >>> 12) ^ (key << CODE_KEY_SHIFT)) % CODE_HASH_ENTRIES);
}

/**
 * TLB tables, indexed by virtual page number (2^20 words each). An entry is an addend: `va + entry` (mod 2^32) is the byte address in the
 * memory; low bit set means invalid. One check covers invalid, unaligned and page-crossing: `((va & (size - 1)) | (entry & 1)) === 0`, which
 * for halfwords and words is `((va | entry) & (size - 1)) === 0`.
 * An invalid one with the next bit set as well names a page of a device: its physical address in bits 31:12 (data-access.ts).
 * Bank 0 has the rights of PL0 (or of the VMM's context 0), bank 1 those of PL1 (context 1), bank 2 is always invalid: it is in use while
 * CPSR.E is set, so that every access takes the slow path.
 */
export const TLB_BASE = 0x0100_0000;
export const TLB_TABLE_BYTES = 0x40_0000;
export const TLB_BANK_BYTES = 2 * TLB_TABLE_BYTES;
export const TLB_BANKS = 3;
export const INVALID_BANK = 2;

/** Byte address of a bank's read table; its write table lies TLB_TABLE_BYTES behind. */
export function tlbBank(bank: number): number {
  return TLB_BASE + bank * TLB_BANK_BYTES;
}

/** Predecoded slots: 16 bytes per instruction position, and one that closes the page; an ARM page takes one unit, a Thumb page two adjacent ones. */
export const SLOT_POOL = 0x0300_0000;
export const SLOT_POOL_BYTES = 0x0200_0000;
export const SLOT_BYTES = 16;
export const SLOT_UNIT = 1025 * SLOT_BYTES;
export const SLOT_COUNTERS = 0x0500_0000;
/** A word per slot: in its low half a count for tier control, in its high half the number of the region that begins there. */
export const SLOT_REGIONS = 0x0580_0000;

/** What tier 1 keeps of each region. */
export const REGION_TABLE = 0x2_0000;
export const REGIONS = 8192;
export const REGION_BYTES = 32;

export const REGION_COUNTS = 0x10_0000;
export const REGION_COUNTS_BYTES = 0xf0_0000;

export const SLOT_RUNS = 0x0600_0000;
export const SLOT_FAILURES = 0x0680_0000;

export const GUEST_MEMORY = 0x0700_0000;

export const PAGE = 4096;

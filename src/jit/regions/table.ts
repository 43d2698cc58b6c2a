/**
 * What the memory says of regions: the entry of each in REGION_TABLE, and how a slot leads to it. Byte offsets and addresses; owns no entry.
 *
 *   +0   VALUE   address of its first instruction, bit 0 set in Thumb state: what a region returns that leads there
 *   +4   KEY     Word.CODE_KEY under which it may be executed
 *   +8   BANK    Word.TLB_BANK under which it may be executed
 *   +12  HANDLER the handler that its slot had before
 *   +16  DEPTH   calls from its module may be nested less deep than this: MOST_NESTED while it may be executed, then 0
 *   +20  NEXT    byte address of the entry of another region that begins at the same slot, or 0: under another address or code key
 *
 * A region returns where execution goes on, with bit 0 for Thumb state; or one of {@link Left}, which no such address equals, and then PC is
 * in the state block. All other state is there in any case.
 */
import { REGION_BYTES, REGION_TABLE, SLOT_POOL, SLOT_REGIONS } from '../../mem/layout.js';

export const RegionByte = { VALUE: 0, KEY: 4, BANK: 8, HANDLER: 12, DEPTH: 16, NEXT: 20 } as const;

/** Why a region left other than to go on elsewhere. */
export const Left = {
  /** The instruction at PC is to be executed by itself: memory that the TLB does not serve, too few attempts, and the like. */
  step: 2,
  /** ATTENTION, or that regions were dropped, is to be heeded. */
  attention: 6,
} as const;

/** Byte address of a region's entry. */
export function regionEntry(id: number): number {
  return REGION_TABLE + id * REGION_BYTES;
}

/** The number of the region that has this entry. */
export function regionOfEntry(entry: number): number {
  return (entry - REGION_TABLE) / REGION_BYTES;
}

/** Byte address of a slot's word in SLOT_REGIONS. Its count is at +0, its (first) region at +2, halfwords both. */
export function slotRegion(slot: number): number {
  return SLOT_REGIONS + (slot - SLOT_POOL) / 4;
}

/** What to add to a slot's address / 4 for that. */
export const SLOT_REGION_BASE = SLOT_REGIONS - SLOT_POOL / 4;

/** A region has at most so many instructions: it never executes more between two looks at the attempts that are left. */
export const MOST_INSTRUCTIONS = 800;

/** Calls nest so deep at most. */
export const MOST_NESTED = 200;

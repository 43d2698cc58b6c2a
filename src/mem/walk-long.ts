/**
 * The walker of the long-descriptor translation table format (DDI 0406C B3.6, B3.19.6): stage 1 of the PL1&0 regime, three levels, 40-bit
 * output addresses. Reads nothing but the registers and tables it is given.
 */
import { SCTLR_EE, TTBCR_EPD0, TTBCR_EPD1 } from '../arm/cp15.js';
import { FaultType } from '../arm/exceptions.js';
import { bit, bits } from '../util/bits.js';
import type { Translation } from './ports.js';
import { leafRights, reverseWord, walkFault, type TableMemory, type TranslationRegisters } from './walk.js';

const WORD = 0x1_0000_0000;
/** Bytes that an entry maps, by level. */
const ENTRY_SIZE = [0, 0x4000_0000, 0x20_0000, 0x1000];

/** Which of TTBR0 and TTBR1 has the table for `IA`, an input address (u32): 0, 1, or -1 where neither has (B3.6.4). */
export function ttbrOf(r: TranslationRegisters, IA: number): 0 | 1 | -1 {
  const t0size = r.TTBCR & 7;
  const t1size = (r.TTBCR >>> 16) & 7;
  const inLow = t0size === 0 || IA >>> (32 - t0size) === 0;
  if (t1size === 0 ? !inLow : ~IA >>> (32 - t1size) === 0) return 1;
  return inLow ? 0 : -1;
}

/** Walks for `IA`. Checks no permissions. The contiguous hint is ignored. */
export function TranslationTableWalkLD(
  r: TranslationRegisters,
  tables: TableMemory,
  IA: number,
  out: Translation,
): void {
  const ttbr = ttbrOf(r, IA);
  if (ttbr < 0) return walkFault(out, FaultType.Translation, 1, 0);
  const inHigh = ttbr === 1;
  if ((r.TTBCR & (inHigh ? TTBCR_EPD1 : TTBCR_EPD0)) !== 0) return walkFault(out, FaultType.Translation, 1, 0);

  const size = (r.TTBCR >>> (inHigh ? 16 : 0)) & 7;
  let level = size < 2 ? 1 : 2;
  const BALowerBound = 9 * level - size - 4;
  const low = inHigh ? r.TTBR1 : r.TTBR0;
  const high = inHigh ? r.TTBR1_high : r.TTBR0_high;
  let base = (high & 0xff) * WORD + ((low & (-1 << BALowerBound)) >>> 0);

  // What the tables on the way take away from the leaf's rights.
  let TableRW = true;
  let TableUser = true;
  let TableXN = false;
  let TablePXN = false;
  // The first lookup is indexed by what is left of the address below the size that T0SZ or T1SZ cut off.
  let select = (((IA << size) >>> size) >>> (39 - 9 * level)) << 3;
  for (;;) {
    const first = tables.readTable(base + select);
    if (tables.tableFailed) return walkFault(out, FaultType.ExternalOnWalk, level, 0);
    const second = tables.readTable(base + select + 4);
    if (tables.tableFailed) return walkFault(out, FaultType.ExternalOnWalk, level, 0);
    const bigEndian = (r.SCTLR & SCTLR_EE) !== 0;
    const lowWord = bigEndian ? reverseWord(second) : first;
    const highWord = bigEndian ? reverseWord(first) : second;

    const kind = lowWord & 3;
    if ((kind & 1) === 0 || (kind === 0b01 && level === 3)) return walkFault(out, FaultType.Translation, level, 0);
    if (kind === 0b01 || level === 3) {
      if (bit(lowWord, 10) === 0) return walkFault(out, FaultType.AccessFlag, level, 0);
      const bytes = ENTRY_SIZE[level];
      out.pa = (highWord & 0xff) * WORD + (((lowWord & -bytes) | (IA & (bytes - 1))) >>> 0);
      out.size = bytes;
      out.level = level;
      out.notGlobal = bit(lowWord, 11) === 1;
      const AP2 = bit(lowWord, 7) === 1 || !TableRW;
      const AP1 = bit(lowWord, 6) === 1 && TableUser;
      const XN = bit(highWord, 22) === 1 || TableXN;
      const PXN = bit(highWord, 21) === 1 || TablePXN;
      out.rights = leafRights(r, (AP2 ? 4 : 0) | (AP1 ? 2 : 0) | 1, XN, PXN);
      out.attributes = attributes(r, bits(lowWord, 4, 2), bits(lowWord, 9, 8));
      return;
    }
    TableRW = TableRW && bit(highWord, 30) === 0;
    TableUser = TableUser && bit(highWord, 29) === 0;
    TableXN = TableXN || bit(highWord, 28) === 1;
    TablePXN = TablePXN || bit(highWord, 27) === 1;
    base = (highWord & 0xff) * WORD + ((lowWord & 0xffff_f000) >>> 0);
    level++;
    select = ((IA >>> (39 - 9 * level)) & 0x1ff) << 3;
  }
}

/** The MAIR byte that AttrIndx selects, and SH at bits 9:8. Device and Non-cacheable memory is always Outer Shareable. */
function attributes(r: TranslationRegisters, AttrIndx: number, SH: number): number {
  const attr = ((AttrIndx < 4 ? r.PRRR : r.NMRR) >>> (8 * (AttrIndx & 3))) & 0xff;
  const uncached = (attr & 0xf0) === 0 || attr === 0x44;
  return attr | ((uncached ? 0b10 : SH) << 8);
}

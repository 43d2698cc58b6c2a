/**
 * The walker of the short-descriptor translation table format (DDI 0406C B3.5, B3.19.6): sections, supersections, large and small pages; and ARMv5's,
 * with subpages, which ARMv6 still knows.
 * Reads nothing but the registers and tables it is given.
 */
import { SCTLR_AFE, SCTLR_EE, SCTLR_TRE, TTBCR_N, TTBCR_PD0, TTBCR_PD1 } from '../arm/cp15.js';
import { FaultType } from '../arm/exceptions.js';
import { bit, bits } from '../util/bits.js';
import { Right, type Translation } from './ports.js';
import {
  accessRights,
  leafRights,
  reverseWord,
  walkFault,
  type TableMemory,
  type TranslationRegisters,
} from './walk.js';

/** Whether TTBR0 has the table for `mva`, a modified virtual address (u32), rather than TTBR1 (B3.5.4). */
export function usesTTBR0(r: TranslationRegisters, mva: number): boolean {
  const N = r.TTBCR & TTBCR_N;
  return N === 0 || mva >>> (32 - N) === 0;
}

/** Walks for `mva`, the modified virtual address. Checks neither domain nor permissions. */
export function TranslationTableWalkSD(
  r: TranslationRegisters,
  tables: TableMemory,
  mva: number,
  out: Translation,
): void {
  const low = usesTTBR0(r, mva);
  if ((r.TTBCR & (low ? TTBCR_PD0 : TTBCR_PD1)) !== 0) return walkFault(out, FaultType.Translation, 1, 0);

  // TTBR1 always translates as TTBR0 does with N = 0.
  const n = low ? r.TTBCR & TTBCR_N : 0;
  const base = ((low ? r.TTBR0 : r.TTBR1) & (-1 << (14 - n))) >>> 0;
  const l1desc = readDescriptor(r, tables, base + (((mva << n) >>> (20 + n)) << 2));
  if (tables.tableFailed) return walkFault(out, FaultType.ExternalOnWalk, 1, 0);

  if (r.subpages) return walkSubpages(r, tables, mva, l1desc, out);
  switch (l1desc & 3) {
    case 0b00:
      return walkFault(out, FaultType.Translation, 1, 0);
    case 0b01:
      return secondLevel(r, tables, mva, l1desc, out);
    default:
      return section(r, mva, l1desc, out);
  }
}

function section(r: TranslationRegisters, mva: number, l1desc: number, out: Translation): void {
  const supersection = bit(l1desc, 18) === 1;
  const domain = supersection ? 0 : bits(l1desc, 8, 5);
  if (accessFlagClear(r, bit(l1desc, 10))) return walkFault(out, FaultType.AccessFlag, 1, domain);
  if (supersection) {
    const high = (bits(l1desc, 8, 5) << 4) | bits(l1desc, 23, 20);
    out.pa = high * 0x1_0000_0000 + (((l1desc & 0xff00_0000) | (mva & 0x00ff_ffff)) >>> 0);
    out.size = 0x100_0000;
  } else {
    out.pa = ((l1desc & 0xfff0_0000) | (mva & 0x000f_ffff)) >>> 0;
    out.size = 0x10_0000;
  }
  out.level = 1;
  out.domain = domain;
  out.notGlobal = bit(l1desc, 17) === 1;
  out.rights = leafRights(r, (bit(l1desc, 15) << 2) | bits(l1desc, 11, 10), bit(l1desc, 4) === 1, bit(l1desc, 0) === 1);
  out.attributes = attributes(r, (bits(l1desc, 14, 12) << 2) | bits(l1desc, 3, 2), bit(l1desc, 16));
}

function secondLevel(
  r: TranslationRegisters,
  tables: TableMemory,
  mva: number,
  l1desc: number,
  out: Translation,
): void {
  const domain = bits(l1desc, 8, 5);
  const l2desc = readDescriptor(r, tables, ((l1desc & 0xffff_fc00) >>> 0) + (bits(mva, 19, 12) << 2));
  if (tables.tableFailed) return walkFault(out, FaultType.ExternalOnWalk, 2, domain);
  if ((l2desc & 3) === 0) return walkFault(out, FaultType.Translation, 2, domain);
  if (accessFlagClear(r, bit(l2desc, 4))) return walkFault(out, FaultType.AccessFlag, 2, domain);

  const large = bit(l2desc, 1) === 0;
  if (large) {
    out.pa = ((l2desc & 0xffff_0000) | (mva & 0xffff)) >>> 0;
    out.size = 0x1_0000;
  } else {
    out.pa = ((l2desc & 0xffff_f000) | (mva & 0xfff)) >>> 0;
    out.size = 0x1000;
  }
  const XN = bit(l2desc, large ? 15 : 0) === 1;
  const TEX = large ? bits(l2desc, 14, 12) : bits(l2desc, 8, 6);
  out.level = 2;
  out.domain = domain;
  out.notGlobal = bit(l2desc, 11) === 1;
  out.rights = leafRights(r, (bit(l2desc, 9) << 2) | bits(l2desc, 5, 4), XN, bit(l1desc, 2) === 1);
  out.attributes = attributes(r, (TEX << 2) | bits(l2desc, 3, 2), bit(l2desc, 10));
}

/** Bytes of a subpage of a small page: less than the TLB can tell apart. */
const SUBPAGE = 0x400;

/**
 * The rest of a walk in ARMv5's format, as ARMv6 knows it (DDI 0301H 6.11.1): sections, and pages whose quarters have rights of their own; no
 * XN, no APX, nothing but global translations. Where the quarters of a small page differ, `size` is that of one.
 */
function walkSubpages(
  r: TranslationRegisters,
  tables: TableMemory,
  mva: number,
  l1desc: number,
  out: Translation,
): void {
  const domain = bits(l1desc, 8, 5);
  out.domain = domain;
  out.notGlobal = false;
  if ((l1desc & 3) === 0b10) {
    out.level = 1;
    out.pa = ((l1desc & 0xfff0_0000) | (mva & 0x000f_ffff)) >>> 0;
    out.size = 0x10_0000;
    out.rights = subpageRights(r, bits(l1desc, 11, 10));
    out.attributes = attributes(r, (bits(l1desc, 14, 12) << 2) | bits(l1desc, 3, 2), 0);
    return;
  }
  // Fine second-level tables went with ARMv6.
  if ((l1desc & 3) !== 0b01) return walkFault(out, FaultType.Translation, 1, 0);
  const l2desc = readDescriptor(r, tables, ((l1desc & 0xffff_fc00) >>> 0) + (bits(mva, 19, 12) << 2));
  if (tables.tableFailed) return walkFault(out, FaultType.ExternalOnWalk, 2, domain);
  out.level = 2;
  const AP = bits(l2desc, 11, 4);
  switch (l2desc & 3) {
    case 0b00:
      return walkFault(out, FaultType.Translation, 2, domain);
    case 0b01:
      out.pa = ((l2desc & 0xffff_0000) | (mva & 0xffff)) >>> 0;
      out.size = 0x1_0000;
      out.rights = subpageRights(r, (AP >>> (2 * bits(mva, 15, 14))) & 3);
      break;
    case 0b10:
      out.pa = ((l2desc & 0xffff_f000) | (mva & 0xfff)) >>> 0;
      out.size = AP === (AP & 3) * 0x55 ? 0x1000 : SUBPAGE;
      out.rights = subpageRights(r, (AP >>> (2 * bits(mva, 11, 10))) & 3);
      break;
    default:
      // An extended small page: one set of rights.
      out.pa = ((l2desc & 0xffff_f000) | (mva & 0xfff)) >>> 0;
      out.size = 0x1000;
      out.rights = subpageRights(r, AP & 3);
  }
  const TEX = (l2desc & 3) === 0b11 ? bits(l2desc, 8, 6) : (l2desc & 3) === 0b01 ? bits(l2desc, 14, 12) : 0;
  out.attributes = attributes(r, (TEX << 2) | bits(l2desc, 3, 2), 0);
}

/** What may be read may be executed. */
function subpageRights(r: TranslationRegisters, AP: number): number {
  const rights = accessRights(r, AP);
  return (
    rights |
    ((rights & Right.readPL1) !== 0 ? Right.executePL1 : 0) |
    ((rights & Right.readPL0) !== 0 ? Right.executePL0 : 0)
  );
}

function readDescriptor(r: TranslationRegisters, tables: TableMemory, pa: number): number {
  const word = tables.readTable(pa);
  return (r.SCTLR & SCTLR_EE) !== 0 ? reverseWord(word) : word;
}

/** AP[0] is the access flag under SCTLR.AFE; hardware never sets it (SCTLR.HA is not implemented). */
function accessFlagClear(r: TranslationRegisters, AP0: number): boolean {
  return (r.SCTLR & SCTLR_AFE) !== 0 && AP0 === 0;
}

/** PAR.NOS, SH, Inner and Outer at their places. */
function par(inner: number, outer: number, shareable: boolean, outerShareable: boolean): number {
  return (shareable && !outerShareable ? 1 << 10 : 0) | (shareable ? 1 << 7 : 0) | (inner << 4) | (outer << 2);
}

/** PAR.Inner by the two-bit cache policy of TEX[1:0], C:B and NMRR; PAR.Outer is that policy itself. */
const INNER = [0b000, 0b101, 0b110, 0b111];
const STRONGLY_ORDERED = par(0b001, 0, true, true);

function attributes(r: TranslationRegisters, TEXCB: number, S: number): number {
  return (r.SCTLR & SCTLR_TRE) !== 0 ? RemappedTEXDecode(r, TEXCB, S) : DefaultTEXDecode(TEXCB, S);
}

/**
 * B3.8.2, as PAR[11:1].
 * @unpredictable a reserved TEX, C, B combination: as Strongly-ordered.
 */
function DefaultTEXDecode(TEXCB: number, S: number): number {
  const shareable = S === 1;
  if (TEXCB >= 0b10000) return par(INNER[TEXCB & 3], (TEXCB >>> 2) & 3, shareable, true);
  switch (TEXCB) {
    case 0b00001:
      return par(0b011, 0, true, true);
    case 0b00010:
      return par(INNER[2], 2, shareable, true);
    case 0b00011:
      return par(INNER[3], 3, shareable, true);
    case 0b00100:
      return par(INNER[0], 0, shareable, true);
    case 0b00111:
      return par(INNER[1], 1, shareable, true);
    case 0b01000:
      return par(0b011, 0, false, false);
    default:
      return STRONGLY_ORDERED;
  }
}

/**
 * B3.8.3: TEX[0], C and B select a region of PRRR and NMRR; as PAR[11:1].
 * @unpredictable region type 0b11: as Strongly-ordered.
 */
function RemappedTEXDecode(r: TranslationRegisters, TEXCB: number, S: number): number {
  const region = TEXCB & 7;
  const outerShareable = bit(r.PRRR, 24 + region) === 0;
  switch ((r.PRRR >>> (2 * region)) & 3) {
    case 0b01:
      return par(0b011, 0, bit(r.PRRR, 16 + S) === 1, outerShareable);
    case 0b10: {
      const inner = (r.NMRR >>> (2 * region)) & 3;
      const outer = (r.NMRR >>> (16 + 2 * region)) & 3;
      return par(INNER[inner], outer, bit(r.PRRR, 18 + S) === 1, outerShareable);
    }
    default:
      return STRONGLY_ORDERED;
  }
}

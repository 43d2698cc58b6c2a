/**
 * What both table walkers share: the registers that govern a walk, the memory it reads, and the rights of a leaf (DDI 0406C B3.7). A walk
 * has no side effect and belongs to no processor: the VMM walks a guest's tables with the same functions.
 */
import {
  Cp15,
  SCTLR_AFE,
  SCTLR_EE,
  SCTLR_M,
  SCTLR_R,
  SCTLR_S,
  SCTLR_TRE,
  SCTLR_UWXN,
  SCTLR_WXN,
  SCTLR_XP,
} from '../arm/cp15.js';
import { Right, type Translation } from './ports.js';

/** Bits of SCTLR on which translations depend. */
export const SCTLR_TRANSLATION =
  SCTLR_M | SCTLR_S | SCTLR_R | SCTLR_XP | SCTLR_AFE | SCTLR_TRE | SCTLR_EE | SCTLR_WXN | SCTLR_UWXN;

/** The registers that a translation depends on, each a word as the register has it. */
export interface TranslationRegisters {
  SCTLR: number;
  TTBCR: number;
  TTBR0: number;
  TTBR0_high: number;
  TTBR1: number;
  TTBR1_high: number;
  DACR: number;
  /** PRRR in the short format, MAIR0 in the long one; likewise NMRR and MAIR1. */
  PRRR: number;
  NMRR: number;
  /** An ARMv6 processor that translates by ARMv5's tables (SCTLR.XP is 0). */
  subpages: boolean;
  /** SCTLR.S and R, of ARMv6; 0 on later ones. */
  systemAndRom: number;
}

/** Where a walk reads descriptors. */
export interface TableMemory {
  /** The little-endian word at physical address `pa` (a multiple of 4), as an i32. */
  readTable(pa: number): number;
  /** Set by `readTable`: true if no memory answered there. */
  readonly tableFailed: boolean;
}

export function emptyRegisters(): TranslationRegisters {
  return {
    SCTLR: 0,
    TTBCR: 0,
    TTBR0: 0,
    TTBR0_high: 0,
    TTBR1: 0,
    TTBR1_high: 0,
    DACR: 0,
    PRRR: 0,
    NMRR: 0,
    subpages: false,
    systemAndRom: 0,
  };
}

/** Reads the registers out of a state block. @param armv6 the processor is one of ARMv6, whose SCTLR says more about translation */
export function loadRegisters(state: Int32Array, r: TranslationRegisters, armv6 = false): void {
  r.SCTLR = state[Cp15.SCTLR];
  r.TTBCR = state[Cp15.TTBCR];
  r.TTBR0 = state[Cp15.TTBR0];
  r.TTBR0_high = state[Cp15.TTBR0 + 1];
  r.TTBR1 = state[Cp15.TTBR1];
  r.TTBR1_high = state[Cp15.TTBR1 + 1];
  r.DACR = state[Cp15.DACR];
  r.PRRR = state[Cp15.PRRR];
  r.NMRR = state[Cp15.NMRR];
  r.subpages = armv6 && (r.SCTLR & SCTLR_XP) === 0;
  r.systemAndRom = armv6 ? r.SCTLR & (SCTLR_S | SCTLR_R) : 0;
}

export function emptyTranslation(): Translation {
  return {
    pa: 0,
    fault: 0,
    level: 0,
    domain: 0,
    rights: 0,
    leafRights: 0,
    attributes: 0,
    size: 4096,
    notGlobal: false,
  };
}

/** Makes `out` a fault at `level`. */
export function walkFault(out: Translation, fault: number, level: number, domain: number): void {
  out.fault = fault;
  out.level = level;
  out.domain = domain;
  out.rights = 0;
}

/**
 * Rights by AP[2:0] (table B3-8).
 * @unpredictable AP 0b100: no access.
 */
const AP_RIGHTS = [
  0,
  Right.readPL1 | Right.writePL1,
  Right.readPL1 | Right.writePL1 | Right.readPL0,
  Right.readPL1 | Right.writePL1 | Right.readPL0 | Right.writePL0,
  0,
  Right.readPL1,
  Right.readPL1 | Right.readPL0,
  Right.readPL1 | Right.readPL0,
];

/** Rights by AP[2:0]; in ARMv6, 000 is what SCTLR.S and R make of it (DDI 0301H table 6-1). Both set: no access. */
export function accessRights(r: TranslationRegisters, AP: number): number {
  if (AP !== 0 || r.systemAndRom === 0) return AP_RIGHTS[AP];
  if (r.systemAndRom === SCTLR_S) return Right.readPL1;
  return r.systemAndRom === SCTLR_R ? Right.readPL1 | Right.readPL0 : 0;
}

/**
 * The rights of a leaf: AP[2:0], XN and PXN, under SCTLR.AFE (AP[0] counts as set; the long format always behaves so and passes it set),
 * WXN and UWXN (B3.7.2).
 */
export function leafRights(r: TranslationRegisters, AP: number, XN: boolean, PXN: boolean): number {
  const rights = accessRights(r, (r.SCTLR & SCTLR_AFE) !== 0 ? AP | 1 : AP);
  if (XN) return rights;
  const WXN = (r.SCTLR & SCTLR_WXN) !== 0;
  const UWXN = (r.SCTLR & SCTLR_UWXN) !== 0;
  const executePL0 = (rights & Right.readPL0) !== 0 && !(WXN && (rights & Right.writePL0) !== 0);
  const executePL1 =
    (rights & Right.readPL1) !== 0 &&
    !PXN &&
    !(WXN && (rights & Right.writePL1) !== 0) &&
    !(UWXN && (rights & Right.writePL0) !== 0);
  return rights | (executePL0 ? Right.executePL0 : 0) | (executePL1 ? Right.executePL1 : 0);
}

/** BigEndianReverse of a word: its four bytes in the other order, i32. */
export function reverseWord(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/**
 * How faults and translations are reported: fault status in the short and the long format (DDI 0406C B3.13.3, tables B3-23 and B3-24),
 * and PAR (B4.1.112). Pure functions; when to report which is the processor's matter.
 */
import { DFSR_CM, DFSR_WnR, FSR_LPAE, PAR_F, PAR_LPAE } from '../arm/cp15.js';
import { FaultType } from '../arm/exceptions.js';
import type { Translation } from './ports.js';

/**
 * FS of the short-descriptor format, FS[4:0]. `level` is 1 or 2 where the fault has one.
 * A long-format level that has no short code does not occur: each format reports faults of its own walks.
 */
export function shortFaultStatus(fault: number, level: number): number {
  const second = level >= 2;
  switch (fault) {
    case FaultType.Alignment:
      return 0b00001;
    case FaultType.Debug:
      return 0b00010;
    case FaultType.AccessFlag:
      return second ? 0b00110 : 0b00011;
    case FaultType.Translation:
      return second ? 0b00111 : 0b00101;
    case FaultType.Domain:
      return second ? 0b01011 : 0b01001;
    case FaultType.Permission:
      return second ? 0b01111 : 0b01101;
    case FaultType.ExternalOnWalk:
      return second ? 0b01110 : 0b01100;
    case FaultType.External:
      return 0b01000;
    default:
      return 0;
  }
}

/** STATUS of the long-descriptor format, bits 5:0. `level` is 1 to 3 where the fault has one. */
export function longFaultStatus(fault: number, level: number): number {
  switch (fault) {
    case FaultType.Alignment:
      return 0b100001;
    case FaultType.Debug:
      return 0b100010;
    case FaultType.AccessFlag:
      return 0b001000 | level;
    case FaultType.Translation:
      return 0b000100 | level;
    case FaultType.Domain:
      return 0b111100 | level;
    case FaultType.Permission:
      return 0b001100 | level;
    case FaultType.ExternalOnWalk:
      return 0b010100 | level;
    case FaultType.External:
      return 0b010000;
    default:
      return 0;
  }
}

/**
 * IFSR, i32 (B4.1.96). `long` is TTBCR.EAE.
 * @impdef ExT is zero: the external aborts of these boards are decode errors.
 */
export function encodeIfsr(long: boolean, fault: number, level: number): number {
  if (long) return FSR_LPAE | longFaultStatus(fault, level);
  return placeShortStatus(shortFaultStatus(fault, level));
}

/**
 * DFSR, i32 (B4.1.52).
 * @impdef the domain is reported also for permission faults, where the Large Physical Address Extension makes it UNKNOWN.
 * @param maintenance the fault was on a cache maintenance or address translation operation, which also reports WnR = 1.
 */
export function encodeDfsr(
  long: boolean,
  fault: number,
  level: number,
  domain: number,
  write: boolean,
  maintenance: boolean,
): number {
  const flags = (write || maintenance ? DFSR_WnR : 0) | (maintenance ? DFSR_CM : 0);
  if (long) return FSR_LPAE | longFaultStatus(fault, level) | flags;
  return placeShortStatus(shortFaultStatus(fault, level)) | (domain << 4) | flags;
}

/** FS[4:0] at bits 10 and 3:0 of a fault status register. */
function placeShortStatus(FS: number): number {
  return ((FS & 0x10) << 6) | (FS & 0xf);
}

/** Bytes of a supersection, which PAR reports in a form of its own. */
const SUPERSECTION = 0x100_0000;
/** PAR of the 32-bit format: the address is that of a supersection. */
const PAR_SS = 1 << 1;

/** The low word of PAR for the outcome of an address translation operation, i32. `long` is TTBCR.EAE. */
export function parLow(translation: Translation, long: boolean): number {
  const { fault, level, pa, attributes } = translation;
  if (long) {
    if (fault !== 0) return PAR_LPAE | (longFaultStatus(fault, level) << 1) | PAR_F;
    const SH = (attributes >>> 8) & 3;
    return (pa & ~0xfff) | PAR_LPAE | PAR_NS | (SH << 7);
  }
  if (fault !== 0) {
    const FS = shortFaultStatus(fault, level);
    return (FS << 1) | PAR_F;
  }
  if (translation.size === SUPERSECTION) {
    const high = Math.floor(pa / 0x1_0000_0000) & 0xff;
    return (pa & 0xff00_0000) | (high << 16) | attributes | PAR_NS | PAR_SS;
  }
  return (pa & ~0xfff) | attributes | PAR_NS;
}

/** The high word of PAR: the attributes and the top of the address in the long format, zero in the short one. */
export function parHigh(translation: Translation, long: boolean): number {
  if (!long || translation.fault !== 0) return 0;
  return ((translation.attributes & 0xff) << 24) | (Math.floor(translation.pa / 0x1_0000_0000) & 0xff);
}

/**
 * @impdef NS: the processor without Security Extensions is Non-secure, and says so.
 */
const PAR_NS = 1 << 9;

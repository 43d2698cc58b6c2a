/**
 * Conversions between half, single and double, and between those and integers or fixed point: the manual's pseudocode (DDI 0406C
 * A2.7). Bit patterns are i32, doubles pairs of words as in double.ts. Every value here is exact as a number until it is rounded. No state.
 */
import { FPSCR_AHP, FPSCR_DN, FPSCR_IOC, FPSCR_IXC, FPSCR_OFC, FPSCR_RMode, FPSCR_UFC } from '../fpscr.js';
import { double, powerOfTwo, RMode, roundingMode, word, type FloatResult } from './common.js';
import * as doubles from './double-format.js';
import * as singles from './single-format.js';

const SIGN = 1 << 31;
const HALF_SIGN = 0x8000;
const HALF_INFINITY = 0x7c00;
const HALF_MAX_NORMAL = 0x7bff;
const HALF_DEFAULT_NAN = 0x7e00;
const HALF_QUIET = 0x0200;

/** Whether to round the magnitude away from zero. @param error what lies below its last bit, against `half` */
function roundsUp(mode: number, sign: boolean, odd: boolean, error: number, half: number): boolean {
  if (mode === RMode.RN) return error > half || (error === half && odd);
  return error !== 0 && ((mode === RMode.RP && !sign) || (mode === RMode.RM && sign));
}

// ---- between formats

export function FPSingleToDouble(operand: number, fpscr: number, out: FloatResult): void {
  const value = singles.FPUnpack(operand, fpscr, out);
  if (value === value) {
    doubles.setNumber(out, value);
    return;
  }
  const quiet = singles.FPProcessNaN(operand, fpscr, out);
  doubles.setDouble(out, (quiet & SIGN) | doubles.INFINITY | ((quiet >>> 3) & 0x000f_ffff), quiet << 29);
}

export function FPDoubleToSingle(high: number, low: number, fpscr: number, out: FloatResult): number {
  const value = doubles.FPUnpack(high, low, fpscr, out);
  if (value !== value) {
    const narrow = (high & SIGN) | singles.INFINITY | ((high & 0x000f_ffff) << 3) | (low >>> 29);
    if (doubles.isSignalling(high, low)) out.cumulative |= FPSCR_IOC;
    return (fpscr & FPSCR_DN) !== 0 ? singles.DEFAULT_NAN : narrow | 0x0040_0000;
  }
  if (value === 0) return high & SIGN;
  if (value - value !== 0) return (high & SIGN) | singles.INFINITY;
  return singles.FPRound(value, fpscr, out);
}

/** @param operand 16 bits. Denormal halves are never flushed to zero. */
export function FPHalfToSingle(operand: number, fpscr: number, out: FloatResult): number {
  const sign = (operand & HALF_SIGN) << 16;
  const exponent = (operand >>> 10) & 31;
  const fraction = operand & 0x3ff;
  if (exponent === 31 && (fpscr & FPSCR_AHP) === 0) {
    if (fraction === 0) return sign | singles.INFINITY;
    if ((fraction & HALF_QUIET) === 0) out.cumulative |= FPSCR_IOC;
    return (fpscr & FPSCR_DN) !== 0 ? singles.DEFAULT_NAN : sign | 0x7fc0_0000 | (fraction << 13);
  }
  const value = exponent === 0 ? fraction * 2 ** -24 : (fraction + 1024) * powerOfTwo(exponent - 25);
  return sign | singles.bitsOfSingle(value);
}

/** @returns 16 bits */
export function FPSingleToHalf(operand: number, fpscr: number, out: FloatResult): number {
  const value = singles.FPUnpack(operand, fpscr, out);
  const sign = (operand >>> 16) & HALF_SIGN;
  const alternative = (fpscr & FPSCR_AHP) !== 0;
  if (value !== value) {
    if (alternative || singles.isSignalling(operand)) out.cumulative |= FPSCR_IOC;
    if (alternative) return sign;
    if ((fpscr & FPSCR_DN) !== 0) return HALF_DEFAULT_NAN;
    return sign | HALF_DEFAULT_NAN | ((operand >>> 13) & 0x1ff);
  }
  if (value === 0) return sign;
  if (value - value !== 0) {
    if (!alternative) return sign | HALF_INFINITY;
    out.cumulative |= FPSCR_IOC;
    return sign | 0x7fff;
  }
  return roundToHalf(value, sign, fpscr, out);
}

/** FPRound for 16 bits. */
function roundToHalf(value: number, sign: number, fpscr: number, out: FloatResult): number {
  double[0] = value;
  let biased = ((word[1] >>> 20) & 0x7ff) - 1023 + 14;
  // Multiples of the result's last bit; a single's bits below are exact in the number.
  const scaled = Math.abs(value) * powerOfTwo(24 - Math.max(biased, 0));
  const mantissa = Math.floor(scaled);
  const error = scaled - mantissa;
  if (biased < 0) {
    biased = 0;
    if (error !== 0) out.cumulative |= FPSCR_UFC;
  }
  const mode = roundingMode(fpscr);
  const up = roundsUp(mode, sign !== 0, (mantissa & 1) !== 0, error, 0.5);
  const result = (biased << 10) + mantissa + (up ? 1 : 0);
  if ((fpscr & FPSCR_AHP) !== 0) {
    if (result > 0x7fff) {
      out.cumulative |= FPSCR_IOC;
      return sign | 0x7fff;
    }
  } else if (result >= HALF_INFINITY) {
    out.cumulative |= FPSCR_OFC | FPSCR_IXC;
    const toInfinity = mode === RMode.RN || (mode === RMode.RP && sign === 0) || (mode === RMode.RM && sign !== 0);
    return sign | (toInfinity ? HALF_INFINITY : HALF_MAX_NORMAL);
  }
  if (error !== 0) out.cumulative |= FPSCR_IXC;
  return sign | result;
}

// ---- to and from integers and fixed point

/** A number with a binary point, as an integer of M bits; saturated, which is invalid, where it does not fit. A NaN gives zero. */
function toFixed(
  value: number,
  M: number,
  fraction_bits: number,
  unsigned: boolean,
  mode: number,
  out: FloatResult,
): number {
  if (value !== value) {
    out.cumulative |= FPSCR_IOC;
    return 0;
  }
  const scaled = Math.abs(value) * powerOfTwo(fraction_bits);
  let magnitude = Math.floor(scaled);
  const error = scaled - magnitude;
  const sign = value < 0;
  if (error > 0 && roundsUp(mode, sign, magnitude % 2 !== 0, error, 0.5)) magnitude++;
  const result = sign ? -magnitude : magnitude;
  const most = unsigned ? 2 ** M - 1 : 2 ** (M - 1) - 1;
  const least = unsigned ? 0 : -(2 ** (M - 1));
  if (result > most || result < least) {
    out.cumulative |= FPSCR_IOC;
    return (result > most ? most : least) | 0;
  }
  if (error !== 0) out.cumulative |= FPSCR_IXC;
  return result | 0;
}

/**
 * FPToFixed of a single.
 * @param M bits of the result, 16 or 32
 * @param round_towards_zero whatever FPSCR says
 * @returns the result, sign- or zero-extended, i32
 */
export function FPSingleToFixed(
  operand: number,
  M: number,
  fraction_bits: number,
  unsigned: boolean,
  round_towards_zero: boolean,
  fpscr: number,
  out: FloatResult,
): number {
  const mode = round_towards_zero ? RMode.RZ : roundingMode(fpscr);
  return toFixed(singles.FPUnpack(operand, fpscr, out), M, fraction_bits, unsigned, mode, out);
}

/** FPToFixed of a double: see {@link FPSingleToFixed}. */
export function FPDoubleToFixed(
  high: number,
  low: number,
  M: number,
  fraction_bits: number,
  unsigned: boolean,
  round_towards_zero: boolean,
  fpscr: number,
  out: FloatResult,
): number {
  const mode = round_towards_zero ? RMode.RZ : roundingMode(fpscr);
  return toFixed(doubles.FPUnpack(high, low, fpscr, out), M, fraction_bits, unsigned, mode, out);
}

/** The number that the low M bits of `operand` stand for. */
function fromFixed(operand: number, M: number, fraction_bits: number, unsigned: boolean): number {
  const up = 32 - M;
  const integer = unsigned ? ((operand << up) >>> up) >>> 0 : (operand << up) >> up;
  return integer * powerOfTwo(-fraction_bits);
}

/**
 * FixedToFP with a single as the result.
 * @param operand i32, of which the low M bits count (16 or 32)
 * @param round_to_nearest whatever FPSCR says
 */
export function FixedToFPSingle(
  operand: number,
  M: number,
  fraction_bits: number,
  unsigned: boolean,
  round_to_nearest: boolean,
  fpscr: number,
  out: FloatResult,
): number {
  const value = fromFixed(operand, M, fraction_bits, unsigned);
  if (value === 0) return 0;
  return singles.FPRound(value, round_to_nearest ? fpscr & ~FPSCR_RMode : fpscr, out);
}

/** FixedToFP with a double as the result: always exact. */
export function FixedToFPDouble(
  operand: number,
  M: number,
  fraction_bits: number,
  unsigned: boolean,
  out: FloatResult,
): void {
  doubles.setNumber(out, fromFixed(operand, M, fraction_bits, unsigned));
}

/**
 * The double format: between pairs of words and exact integers (DDI 0406C A2.7). Owns FPRound and the treatment of NaNs for 64 bits,
 * and the shifts and products of wide integers that doubles need; knows no operation. Words are i32, of which the wide integers' are unsigned.
 */
import { FPSCR_DN, FPSCR_FZ, FPSCR_IDC, FPSCR_IOC, FPSCR_IXC, FPSCR_OFC, FPSCR_UFC } from '../fpscr.js';
import { double, RMode, roundingMode, word, type FloatResult } from './common.js';

export const SIGN = 1 << 31;
/** The high word of an infinity; all ones in the exponent. */
export const INFINITY = 0x7ff0_0000;
const MAX_NORMAL = 0x7fef_ffff;
const DEFAULT_NAN = 0x7ff8_0000;
const QUIET = 1 << 19;
/** The high word's part of the fraction. */
const FRACTION = 0x000f_ffff;
const LEADING_ONE = 0x0010_0000;

/** Sets the result. */
export function setDouble(out: FloatResult, high: number, low: number): void {
  out.high = high;
  out.low = low;
}

/** Sets the result to the bits of a number that is not a NaN. */
export function setNumber(out: FloatResult, value: number): void {
  double[0] = value;
  out.high = word[1];
  out.low = word[0];
}

/** The number with these bits. Of a NaN only that it is one is to be relied on. */
export function numberOf(high: number, low: number): number {
  word[1] = high;
  word[0] = low;
  return double[0];
}

export function isNaNDouble(high: number, low: number): boolean {
  const exponentAndFraction = high & 0x7fff_ffff;
  return exponentAndFraction > INFINITY || (exponentAndFraction === INFINITY && low !== 0);
}

export function isSignalling(high: number, low: number): boolean {
  return isNaNDouble(high, low) && (high & QUIET) === 0;
}

/** Whether the operand is denormal and, by flush-to-zero mode, a zero instead. */
function isFlushed(high: number, low: number, fpscr: number, out: FloatResult): boolean {
  if ((fpscr & FPSCR_FZ) === 0 || (high & INFINITY) !== 0 || ((high & FRACTION) | low) === 0) return false;
  out.cumulative |= FPSCR_IDC;
  return true;
}

/** The number that the operand stands for; NaN for any NaN. A denormal operand is zero in flush-to-zero mode. */
export function FPUnpack(high: number, low: number, fpscr: number, out: FloatResult): number {
  return isFlushed(high, low, fpscr, out) ? numberOf(high & SIGN, 0) : numberOf(high, low);
}

export function FPDefaultNaN(out: FloatResult): void {
  out.cumulative |= FPSCR_IOC;
  setDouble(out, DEFAULT_NAN, 0);
}

/** The result of an operation on a NaN: itself, quiet, or the default NaN. */
export function FPProcessNaN(high: number, low: number, fpscr: number, out: FloatResult): void {
  if ((high & QUIET) === 0) out.cumulative |= FPSCR_IOC;
  if ((fpscr & FPSCR_DN) !== 0) setDouble(out, DEFAULT_NAN, 0);
  else setDouble(out, high | QUIET, low);
}

/** Of two operands, one of which is a NaN: the first signalling one counts, else the first quiet one. */
export function FPProcessNaNs(
  high1: number,
  low1: number,
  high2: number,
  low2: number,
  fpscr: number,
  out: FloatResult,
): void {
  const first = isSignalling(high1, low1) || (!isSignalling(high2, low2) && isNaNDouble(high1, low1));
  if (first) FPProcessNaN(high1, low1, fpscr, out);
  else FPProcessNaN(high2, low2, fpscr, out);
}

// ---- wide integers

/** A significand of 128 bits, least significant word first: what the operations below work on. */
export type Wide = Int32Array;

export function wide(): Wide {
  return new Int32Array(4);
}

/** What {@link shiftRightJam} leaves, low word first. */
export const significand = new Int32Array(2);

/** Shifts 64 bits right; ones that fall out leave a one in the last bit. */
export function shiftRightJam(high: number, low: number, n: number): void {
  let lost: number;
  if (n === 0) {
    significand[1] = high;
    significand[0] = low;
    return;
  }
  if (n < 32) {
    lost = low << (32 - n);
    significand[0] = (low >>> n) | (high << (32 - n));
    significand[1] = high >>> n;
  } else if (n < 64) {
    lost = low | (n > 32 ? high << (64 - n) : 0);
    significand[0] = high >>> (n - 32);
    significand[1] = 0;
  } else {
    lost = high | low;
    significand[0] = significand[1] = 0;
  }
  if (lost !== 0) significand[0] |= 1;
}

/** The same for 128 bits. */
export function shiftRightJamWide(w: Wide, n: number): void {
  let lost = 0;
  let rest = Math.min(n, 128);
  for (; rest >= 32; rest -= 32) {
    lost |= w[0];
    w[0] = w[1];
    w[1] = w[2];
    w[2] = w[3];
    w[3] = 0;
  }
  if (rest > 0) {
    lost |= w[0] << (32 - rest);
    w[0] = (w[0] >>> rest) | (w[1] << (32 - rest));
    w[1] = (w[1] >>> rest) | (w[2] << (32 - rest));
    w[2] = (w[2] >>> rest) | (w[3] << (32 - rest));
    w[3] >>>= rest;
  }
  if (lost !== 0) w[0] |= 1;
}

/** w = the product of two significands of at most 53 bits: high words of at most 21. Partial products are exact as numbers. */
export function multiply(w: Wide, high1: number, low1: number, high2: number, low2: number): void {
  const a = low1 >>> 0;
  const b = low2 >>> 0;
  const bottom = a * (b & 0xffff);
  const upper = a * (b >>> 16) + Math.floor(bottom / 0x1_0000);
  w[0] = Math.imul(low1, low2);
  const middle1 = high1 * b;
  const middle2 = high2 * a;
  const low = Math.imul(high1, low2) >>> 0;
  const low_ = Math.imul(high2, low1) >>> 0;
  const column1 = Math.floor(upper / 0x1_0000) + low + low_;
  w[1] = column1;
  const column2 =
    Math.floor(column1 / 0x1_0000_0000) +
    (middle1 - low) / 0x1_0000_0000 +
    (middle2 - low_) / 0x1_0000_0000 +
    high1 * high2;
  w[2] = column2;
  w[3] = Math.floor(column2 / 0x1_0000_0000);
}

/** What an overflow of the given sign (0 or SIGN) gives. */
function overflow(sign: number, fpscr: number, out: FloatResult): void {
  out.cumulative |= FPSCR_OFC | FPSCR_IXC;
  const mode = roundingMode(fpscr);
  const toInfinity = mode === RMode.RN || (mode === RMode.RP && sign === 0) || (mode === RMode.RM && sign !== 0);
  if (toInfinity) setDouble(out, sign | INFINITY, 0);
  else setDouble(out, sign | MAX_NORMAL, -1);
}

/** Bits of a significand of 64 below the 53 that a normal double has. */
const BELOW = 0x7ff;
const HALF = 0x400;

/**
 * Rounds high:low / 2^63 × 2^exponent. Bit 63 is set; the last bit stands for all below it, too.
 * @param sign 0 or SIGN
 */
export function FPRound(
  sign: number,
  exponent: number,
  high: number,
  low: number,
  fpscr: number,
  out: FloatResult,
): void {
  if (exponent > 1023) {
    overflow(sign, fpscr, out);
    return;
  }
  let biased = exponent + 1022;
  if (biased < 0) {
    if ((fpscr & FPSCR_FZ) !== 0) {
      out.cumulative |= FPSCR_UFC;
      setDouble(out, sign, 0);
      return;
    }
    shiftRightJam(high, low, -biased);
    high = significand[1];
    low = significand[0];
    biased = 0;
    if ((low & BELOW) !== 0) out.cumulative |= FPSCR_UFC;
  }
  const error = low & BELOW;
  // The significand's leading one, and a carry out of it, add to the exponent.
  let resultHigh = (biased << 20) + (high >>> 11);
  let resultLow = (high << 21) | (low >>> 11);
  if (error !== 0) {
    const mode = roundingMode(fpscr);
    let roundUp: boolean;
    if (mode === RMode.RN) roundUp = error > HALF || (error === HALF && (resultLow & 1) !== 0);
    else roundUp = (mode === RMode.RP && sign === 0) || (mode === RMode.RM && sign !== 0);
    if (roundUp) {
      resultLow = (resultLow + 1) | 0;
      if (resultLow === 0) resultHigh++;
    }
    if (resultHigh >= INFINITY) {
      overflow(sign, fpscr, out);
      return;
    }
    out.cumulative |= FPSCR_IXC;
  }
  setDouble(out, sign | resultHigh, resultLow);
}

/** Rounds high:low / 2^62 × 2^exponent, not zero, whatever its leading bit. */
export function normaliseAndRound(
  sign: number,
  exponent: number,
  high: number,
  low: number,
  fpscr: number,
  out: FloatResult,
): void {
  if (high === 0) {
    high = low;
    low = 0;
    exponent -= 32;
  }
  const shift = Math.clz32(high);
  if (shift > 0) {
    high = (high << shift) | (low >>> (32 - shift));
    low <<= shift;
  }
  FPRound(sign, exponent + 1 - shift, high, low, fpscr, out);
}

/** A finite operand other than zero, taken apart: high:low / 2^52 × 2^exponent, bit 52 set. */
export class Finite {
  exponent = 0;
  high = 0;
  low = 0;

  set(high: number, low: number): void {
    const exponent = (high >>> 20) & 0x7ff;
    if (exponent !== 0) {
      this.exponent = exponent - 1023;
      this.high = (high & FRACTION) | LEADING_ONE;
      this.low = low;
      return;
    }
    const fraction = high & FRACTION;
    const shift = fraction !== 0 ? Math.clz32(fraction) - 11 : Math.clz32(low) + 21;
    this.exponent = -1022 - shift;
    if (shift >= 32) {
      this.high = low << (shift - 32);
      this.low = 0;
    } else {
      this.high = (fraction << shift) | (low >>> (32 - shift));
      this.low = low << shift;
    }
  }
}

/**
 * The single format: between bit patterns and numbers (DDI 0406C A2.7). Owns FPUnpack, FPRound and the treatment of NaNs for 32 bits;
 * knows no operation. Bit patterns are i32.
 */
import { FPSCR_DN, FPSCR_FZ, FPSCR_IDC, FPSCR_IOC, FPSCR_IXC, FPSCR_OFC, FPSCR_UFC } from '../fpscr.js';
import { double, RMode, roundingMode, word, type FloatResult } from './common.js';

export const SIGN = 1 << 31;
export const INFINITY = 0x7f80_0000;
export const MAX_NORMAL = 0x7f7f_ffff;
export const DEFAULT_NAN = 0x7fc0_0000;
const QUIET = 1 << 22;

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

export function isNaNSingle(operand: number): boolean {
  return (operand & 0x7fff_ffff) > INFINITY;
}

export function isSignalling(operand: number): boolean {
  return isNaNSingle(operand) && (operand & QUIET) === 0;
}

/** The number that the operand stands for; NaN for any NaN. A denormal operand is zero in flush-to-zero mode. */
export function FPUnpack(operand: number, fpscr: number, out: FloatResult): number {
  if ((operand & INFINITY) === 0 && (fpscr & FPSCR_FZ) !== 0 && (operand & 0x7fff_ffff) !== 0) {
    out.cumulative |= FPSCR_IDC;
    operand &= SIGN;
  }
  singleBits[0] = operand;
  return single[0];
}

/** The bit pattern of a number that is a single. */
export function bitsOfSingle(value: number): number {
  single[0] = value;
  return singleBits[0];
}

export function FPDefaultNaN(out: FloatResult): number {
  out.cumulative |= FPSCR_IOC;
  return DEFAULT_NAN;
}

/** The result of an operation on a NaN: itself, quiet, or the default NaN. */
export function FPProcessNaN(operand: number, fpscr: number, out: FloatResult): number {
  if ((operand & QUIET) === 0) out.cumulative |= FPSCR_IOC;
  return (fpscr & FPSCR_DN) !== 0 ? DEFAULT_NAN : operand | QUIET;
}

/** Of two operands, one of which is a NaN: the first signalling one counts, else the first quiet one. */
export function FPProcessNaNs(op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const first = isSignalling(op1) || (!isSignalling(op2) && isNaNSingle(op1));
  return FPProcessNaN(first ? op1 : op2, fpscr, out);
}

export function FPProcessNaNs3(op1: number, op2: number, op3: number, fpscr: number, out: FloatResult): number {
  const first = isSignalling(op1) || (!isSignalling(op2) && !isSignalling(op3) && isNaNSingle(op1));
  return first ? FPProcessNaN(op1, fpscr, out) : FPProcessNaNs(op2, op3, fpscr, out);
}

/** What an overflow of the given sign (0 or SIGN) gives. */
function overflow(sign: number, fpscr: number, out: FloatResult): number {
  out.cumulative |= FPSCR_OFC | FPSCR_IXC;
  const mode = roundingMode(fpscr);
  const toInfinity = mode === RMode.RN || (mode === RMode.RP && sign === 0) || (mode === RMode.RM && sign !== 0);
  return sign | (toInfinity ? INFINITY : MAX_NORMAL);
}

/** Bits of a double below the 24 that a normal single has, as an integer. */
const BELOW = 0x1fff_ffff;
const HALF = 0x1000_0000;

/** A finite number other than zero, rounded to single. Where the number stands for one with more than 53 bits, it is that one rounded to odd. */
export function FPRound(value: number, fpscr: number, out: FloatResult): number {
  double[0] = value;
  const high = word[1];
  const low = word[0];
  const sign = high & SIGN;
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  if (exponent > 127) return overflow(sign, fpscr, out);
  let mantissa = ((high & 0x000f_ffff) << 3) | 0x0080_0000 | (low >>> 29);
  let error = low & BELOW;
  let biased = exponent + 126;
  if (biased < 0) {
    if ((fpscr & FPSCR_FZ) !== 0) {
      out.cumulative |= FPSCR_UFC;
      return sign;
    }
    const shift = -biased;
    if (shift > 24) {
      mantissa = 0;
      error = 1;
    } else {
      error = ((mantissa & ((1 << shift) - 1)) << (29 - shift)) | (error !== 0 ? 1 : 0);
      mantissa >>>= shift;
    }
    biased = 0;
    if (error !== 0) out.cumulative |= FPSCR_UFC;
  }
  // The mantissa's leading one, and a carry out of it, add to the exponent.
  const result = (biased << 23) + mantissa;
  if (error === 0) return sign | result;
  const mode = roundingMode(fpscr);
  let roundUp: boolean;
  if (mode === RMode.RN) roundUp = error > HALF || (error === HALF && (mantissa & 1) !== 0);
  else roundUp = (mode === RMode.RP && sign === 0) || (mode === RMode.RM && sign !== 0);
  const rounded = roundUp ? result + 1 : result;
  if (rounded >= INFINITY) return overflow(sign, fpscr, out);
  out.cumulative |= FPSCR_IXC;
  return sign | rounded;
}

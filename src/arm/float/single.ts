/**
 * Single-precision arithmetic and comparison: the manual's pseudocode for 32 bits (DDI 0406C A2.7) on bit patterns (i32).
 * `fpscr` is the whole FPSCR; `out` takes the cumulative bits. common.ts says why results are exact. No state.
 */
import { FPSCR_C, FPSCR_DZC, FPSCR_IOC, FPSCR_N, FPSCR_V, FPSCR_Z } from '../fpscr.js';
import { double, powerOfTwo, RMode, roundingMode, word, type FloatResult } from './common.js';
import {
  FPDefaultNaN,
  FPProcessNaN,
  FPProcessNaNs,
  FPProcessNaNs3,
  FPRound,
  FPUnpack,
  INFINITY,
  isNaNSingle,
  isSignalling,
  SIGN,
} from './single-format.js';

/** FPThree('0') and FPTwo('0'). */
export const FPThree = 0x4040_0000;
export const FPTwo = 0x4000_0000;

/** The bits of an infinity with the sign of `value`. */
function infinity(value: number): number {
  return value < 0 ? SIGN | INFINITY : INFINITY;
}

/** `sum` where the exact sum is `sum + error`: rounded to odd. */
function roundToOdd(sum: number, error: number): number {
  if (error === 0) return sum;
  double[0] = sum;
  if ((word[0] & 1) !== 0) return sum;
  if (error > 0 === sum > 0) word[0] |= 1;
  else {
    if (word[0] === 0) word[1]--;
    word[0]--;
  }
  return double[0];
}

/** a + b, neither a NaN, both numbers with at most 48 bits and exponents far from the limits of doubles, or infinite. */
function addValues(a: number, b: number, fpscr: number, out: FloatResult): number {
  const sum = a + b;
  if (sum === 0) {
    if (Object.is(sum, -0)) return SIGN;
    const plus = a === 0 && b === 0 && !Object.is(a, -0) && !Object.is(b, -0);
    return !plus && roundingMode(fpscr) === RMode.RM ? SIGN : 0;
  }
  if (sum - sum !== 0) return sum === sum ? infinity(sum) : FPDefaultNaN(out);
  // What addition in doubles lost, exactly (Knuth).
  const b1 = sum - a;
  const error = a - (sum - b1) + (b - b1);
  return FPRound(roundToOdd(sum, error), fpscr, out);
}

export function FPAdd(op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) return FPProcessNaNs(op1, op2, fpscr, out);
  return addValues(value1, value2, fpscr, out);
}

export function FPSub(op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) return FPProcessNaNs(op1, op2, fpscr, out);
  return addValues(value1, -value2, fpscr, out);
}

export function FPMul(op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) return FPProcessNaNs(op1, op2, fpscr, out);
  const product = value1 * value2;
  if (product === 0) return (op1 ^ op2) & SIGN;
  if (product - product !== 0) return product === product ? infinity(product) : FPDefaultNaN(out);
  return FPRound(product, fpscr, out);
}

/**
 * A quotient of singles is exact in 53 bits, or at least 2^-49 of itself away from every number of 25 bits: rounded to 53 bits first, it rounds
 * to 24, in any mode, as if it had not been.
 */
export function FPDiv(op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) return FPProcessNaNs(op1, op2, fpscr, out);
  const quotient = value1 / value2;
  if (quotient === 0) return (op1 ^ op2) & SIGN;
  if (quotient !== quotient) return FPDefaultNaN(out);
  if (quotient - quotient !== 0) {
    if (value2 === 0 && value1 - value1 === 0) out.cumulative |= FPSCR_DZC;
    return infinity(quotient);
  }
  return FPRound(quotient, fpscr, out);
}

/** addend + op1 × op2, rounded once. */
export function FPMulAdd(addend: number, op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const valueA = FPUnpack(addend, fpscr, out);
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  const product = value1 * value2;
  if (valueA !== valueA || value1 !== value1 || value2 !== value2) {
    // Infinity times zero is invalid even if the addend is a quiet NaN.
    const invalid = product !== product && value1 === value1 && value2 === value2 && !isSignalling(addend);
    return invalid ? FPDefaultNaN(out) : FPProcessNaNs3(addend, op1, op2, fpscr, out);
  }
  if (product !== product) return FPDefaultNaN(out);
  return addValues(valueA, product, fpscr, out);
}

export function FPSqrt(operand: number, fpscr: number, out: FloatResult): number {
  const value = FPUnpack(operand, fpscr, out);
  if (value !== value) return FPProcessNaN(operand, fpscr, out);
  if (value === 0) return operand & SIGN;
  if (value < 0) return FPDefaultNaN(out);
  if (value - value !== 0) return INFINITY;
  // value = radicand × 4^scale, with an integral radicand of 51 or 52 bits. Its root has 26 bits; a remainder goes below them.
  double[0] = value;
  const exponent = (word[1] >>> 20) - 1023;
  const scale = (exponent >> 1) - 25;
  const radicand = value * powerOfTwo(-2 * scale);
  let root = Math.floor(Math.sqrt(radicand));
  while (root * root > radicand) root--;
  while ((root + 1) * (root + 1) <= radicand) root++;
  const exact = root * root === radicand ? root : root + 0.5;
  return FPRound(exact * powerOfTwo(scale), fpscr, out);
}

export function FPMax(op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) return FPProcessNaNs(op1, op2, fpscr, out);
  if (value1 === 0 && value2 === 0) return op1 & op2 & SIGN;
  return value1 > value2 ? keep(op1, value1) : keep(op2, value2);
}

export function FPMin(op1: number, op2: number, fpscr: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) return FPProcessNaNs(op1, op2, fpscr, out);
  if (value1 === 0 && value2 === 0) return (op1 | op2) & SIGN;
  return value1 < value2 ? keep(op1, value1) : keep(op2, value2);
}

/** The operand, or the zero for which it was taken. */
function keep(operand: number, value: number): number {
  return value === 0 ? operand & SIGN : operand;
}

/**
 * N, Z, C and V of a comparison in their places in FPSCR.
 * @param quiet_nan_exc whether quiet NaNs, too, are invalid (VCMPE)
 */
export function FPCompare(op1: number, op2: number, quiet_nan_exc: boolean, fpscr: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) {
    if (quiet_nan_exc) out.cumulative |= FPSCR_IOC;
    else FPProcessNaNs(op1, op2, fpscr, out);
    return FPSCR_C | FPSCR_V;
  }
  if (value1 === value2) return FPSCR_Z | FPSCR_C;
  return value1 < value2 ? FPSCR_N : FPSCR_C;
}

export function FPCompareEQ(op1: number, op2: number, fpscr: number, out: FloatResult): boolean {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (isNaNSingle(op1) || isNaNSingle(op2)) FPProcessNaNs(op1, op2, fpscr, out);
  return value1 === value2;
}

export function FPCompareGE(op1: number, op2: number, fpscr: number, out: FloatResult): boolean {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) out.cumulative |= FPSCR_IOC;
  return value1 >= value2;
}

export function FPCompareGT(op1: number, op2: number, fpscr: number, out: FloatResult): boolean {
  const value1 = FPUnpack(op1, fpscr, out);
  const value2 = FPUnpack(op2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) out.cumulative |= FPSCR_IOC;
  return value1 > value2;
}

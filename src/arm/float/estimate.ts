/**
 * Reciprocal and reciprocal square root: estimates and Newton-Raphson steps of Advanced SIMD (DDI 0406C A2.7). They compute
 * with StandardFPSCRValue, whatever FPSCR is. Bit patterns are i32. No state.
 */
import { FPSCR_DZC, FPSCR_UFC } from '../fpscr.js';
import type { FloatResult } from './common.js';
import { StandardFPSCRValue } from './common.js';
import { FPMul, FPSub, FPThree, FPTwo } from './single.js';
import { FPDefaultNaN, FPProcessNaN, FPProcessNaNs, FPUnpack, INFINITY, SIGN } from './single-format.js';

const STANDARD = StandardFPSCRValue(0);

/**
 * recip_estimate(a) for 0.5 <= a < 1.0: the 8 bits behind the point of an estimate of 1/a in [1.0, 2.0).
 * @param q the manual's (int)(a * 512.0)
 */
function recip_estimate(q: number): number {
  const r = 512 / (q + 0.5);
  return Math.floor(256 * r + 0.5) & 0xff;
}

/**
 * recip_sqrt_estimate(a) for 0.25 <= a < 1.0: the same of 1/sqrt(a).
 * @param q the manual's q0 = (int)(a * 512.0) where a < 0.5, else its q1 = (int)(a * 256.0): 8 bits with a leading one
 */
function recip_sqrt_estimate(q: number, belowHalf: boolean): number {
  const r = 1 / Math.sqrt((q + 0.5) / (belowHalf ? 512 : 256));
  return Math.floor(256 * r + 0.5) & 0xff;
}

export function FPRecipEstimate(operand: number, out: FloatResult): number {
  const value = FPUnpack(operand, STANDARD, out);
  if (value !== value) return FPProcessNaN(operand, STANDARD, out);
  const sign = operand & SIGN;
  if (value - value !== 0) return sign;
  if (value === 0) {
    out.cumulative |= FPSCR_DZC;
    return sign | INFINITY;
  }
  const exponent = (operand >>> 23) & 0xff;
  if (exponent >= 253) {
    out.cumulative |= FPSCR_UFC;
    return sign;
  }
  const estimate = recip_estimate(0x100 | ((operand >>> 15) & 0xff));
  return sign | ((253 - exponent) << 23) | (estimate << 15);
}

export function FPRSqrtEstimate(operand: number, out: FloatResult): number {
  const value = FPUnpack(operand, STANDARD, out);
  if (value !== value) return FPProcessNaN(operand, STANDARD, out);
  if (value === 0) {
    out.cumulative |= FPSCR_DZC;
    return (operand & SIGN) | INFINITY;
  }
  if (value < 0) return FPDefaultNaN(out);
  if (value - value !== 0) return 0;
  const q = 0x80 | ((operand >>> 16) & 0x7f);
  const estimate = recip_sqrt_estimate(q, (operand & 0x80_0000) !== 0);
  const exponent = (380 - ((operand >>> 23) & 0xff)) >>> 1;
  return (exponent << 23) | (estimate << 15);
}

/** Newton-Raphson step of a reciprocal: 2 - op1 × op2, where infinity times zero counts as zero. */
export function FPRecipStep(op1: number, op2: number, out: FloatResult): number {
  return step(FPTwo, op1, op2, out);
}

/** Newton-Raphson step of a reciprocal square root: (3 - op1 × op2) / 2. Halving a difference from three is exact. */
export function FPRSqrtStep(op1: number, op2: number, out: FloatResult): number {
  const difference = step(FPThree, op1, op2, out);
  const exponent = (difference >>> 23) & 0xff;
  return exponent === 0 || exponent === 0xff ? difference : difference - 0x80_0000;
}

/** minuend - op1 × op2, each rounded. */
function step(minuend: number, op1: number, op2: number, out: FloatResult): number {
  const value1 = FPUnpack(op1, STANDARD, out);
  const value2 = FPUnpack(op2, STANDARD, out);
  if (value1 !== value1 || value2 !== value2) return FPProcessNaNs(op1, op2, STANDARD, out);
  const product = value1 * value2 === value1 * value2 ? FPMul(op1, op2, STANDARD, out) : 0;
  return FPSub(minuend, product, STANDARD, out);
}

/** For 0.5 <= operand / 2^32 < 1.0; other operands give all ones. */
export function UnsignedRecipEstimate(operand: number): number {
  if (operand >= 0) return -1;
  return SIGN | (recip_estimate(operand >>> 23) << 23);
}

/** For 0.25 <= operand / 2^32 < 1.0; other operands give all ones. */
export function UnsignedRSqrtEstimate(operand: number): number {
  if (operand >>> 30 === 0) return -1;
  const estimate = operand < 0 ? recip_sqrt_estimate(operand >>> 24, false) : recip_sqrt_estimate(operand >>> 23, true);
  return SIGN | (estimate << 23);
}

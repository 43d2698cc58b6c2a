/**
 * What all floating-point arithmetic shares: where an operation leaves what does not fit its result, the rounding modes of FPSCR, the FPSCR that
 * Advanced SIMD computes with, and one view of a double as two words. Knows no operation.
 *
 * How the results come to be bit exact. Every operation makes its exact result first and rounds once, in FPRound, which alone knows rounding
 * modes, denormal numbers, overflow and the flags that go with them:
 *
 * - A single is a JavaScript number. The product of two is exact there (48 of 53 bits). A sum that is not is known together with its error,
 *   which is a number too, and stands for itself as the number rounded to odd: with 53 bits it rounds to 24 as the sum itself would. Quotients
 *   are never so near to where rounding turns that being rounded to 53 bits first could matter; square roots are integers with an exact
 *   remainder.
 * - A double is integers of 32 bits: 64 bits of significand, or 128 where a product is added to, with all that lies below them in the last bit.
 *   Quotients and square roots are the host's, taken as a guess, and corrected by the exact remainder.
 * - Infinities, zeros and NaNs are told apart beforehand, as the manual does.
 */
import { FPSCR_AHP, FPSCR_DN, FPSCR_FZ, FPSCR_RMode_shift } from '../fpscr.js';

/** What an operation hands back besides a single: the caller's own, used again and again. */
export class FloatResult {
  /** Cumulative exception bits in their places in FPSCR (IOC DZC OFC UFC IXC IDC). Operations only set bits. */
  cumulative = 0;
  /** A double's bits 63:32 and 31:0, i32. */
  high = 0;
  low = 0;
}

/** FPSCR.RMode. */
export const RMode = { RN: 0, RP: 1, RM: 2, RZ: 3 } as const;

/** FPSCR<23:22>. */
export function roundingMode(fpscr: number): number {
  return (fpscr >>> FPSCR_RMode_shift) & 3;
}

/** The value of FPSCR with which Advanced SIMD computes (A2.7): to nearest, flush to zero, default NaN; AHP is FPSCR's own. */
export function StandardFPSCRValue(fpscr: number): number {
  return (fpscr & FPSCR_AHP) | FPSCR_DN | FPSCR_FZ;
}

/** A double and the words that it is made of: `word[1]` has the sign. */
export const double = new Float64Array(1);
export const word = new Int32Array(double.buffer);

/** 2^n, exactly, for the exponents of normal doubles. */
export function powerOfTwo(n: number): number {
  word[1] = (n + 1023) << 20;
  word[0] = 0;
  return double[0];
}

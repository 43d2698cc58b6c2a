/**
 * The builder's part for floating point in vectors: arithmetic of Advanced SIMD on single-precision lanes, by the manual's names (DDI 0406C
 * A2.7). It always computes with StandardFPSCRValue: to nearest, flush to zero, default NaN; cumulative exception bits go to FPSCR.
 *
 * The rules of ops/builder.ts hold; also all arithmetic of an operation comes before its first write of a register: an engine may give the
 * instruction up there, with nothing done, to have it executed in another way.
 */
import type { Value } from './builder.js';
import type { Vector, VectorBuilder } from './vector-builder.js';

/** How many lanes count, from the lowest: those of a D register or of a Q register. What becomes of the others is not defined. */
export type Lanes = 2 | 4;

export interface VectorFloatBuilder extends VectorBuilder {
  FPAdd(lanes: Lanes, a: Vector, b: Vector): Vector;
  FPSub(lanes: Lanes, a: Vector, b: Vector): Vector;
  FPMul(lanes: Lanes, a: Vector, b: Vector): Vector;
  /** addend + a × b, rounded once. */
  FPMulAdd(lanes: Lanes, addend: Vector, a: Vector, b: Vector): Vector;
  FPMax(lanes: Lanes, a: Vector, b: Vector): Vector;
  FPMin(lanes: Lanes, a: Vector, b: Vector): Vector;

  /** A lane of ones where the comparison holds, of zeros where not. */
  FPCompareEQ(lanes: Lanes, a: Vector, b: Vector): Vector;
  FPCompareGE(lanes: Lanes, a: Vector, b: Vector): Vector;
  FPCompareGT(lanes: Lanes, a: Vector, b: Vector): Vector;

  FPRecipEstimate(lanes: Lanes, a: Vector): Vector;
  FPRSqrtEstimate(lanes: Lanes, a: Vector): Vector;
  FPRecipStep(lanes: Lanes, a: Vector, b: Vector): Vector;
  FPRSqrtStep(lanes: Lanes, a: Vector, b: Vector): Vector;
  UnsignedRecipEstimate(a: Vector): Vector;
  UnsignedRSqrtEstimate(a: Vector): Vector;

  /** To integers of 32 bits with `fraction_bits` (0 to 32) behind the point, towards zero. */
  FPToFixed(lanes: Lanes, a: Vector, fraction_bits: Value, unsigned: boolean): Vector;
  FixedToFP(lanes: Lanes, a: Vector, fraction_bits: Value, unsigned: boolean): Vector;

  /** Of the four halfwords in the low half. */
  FPHalfToSingle(a: Vector): Vector;
  /** Four halfwords in the low half. */
  FPSingleToHalf(a: Vector): Vector;
}

/**
 * The builder's part for floating point: extension registers as words and as numbers, access checks, FPSCR, arithmetic under FPSCR by the
 * manual's names (DDI 0406C A2.7). Like ops/builder.ts, of which it is a part, it knows no encoding and no engine. Its rules hold here; also:
 *
 * - The check of access comes first: one of the functions named Check…, or {@link FloatBuilder.elements}.
 * - All arithmetic of an operation comes before its first write of a register or flag: an engine may give the instruction up there, with
 *   nothing done, to have it executed in another way.
 */
import type { Imm, Value, VReg } from './builder.js';

declare const floatBrand: unique symbol;

/** Bits of a floating-point number. */
export type FloatSize = 32 | 64;
/** A floating-point number known when the operation executes, bit pattern included. Opaque. */
export type Float = number & { readonly [floatBrand]: true };

/** What an operation on short vectors depends on, beside access. */
export type ElementKind =
  /** Computes under FPSCR. */
  | 'arithmetic'
  /** Moves bits. */
  | 'move';

export interface FloatBuilder {
  // ---- access: the first thing that an operation of these extensions does

  /**
   * CheckVFPEnabled(TRUE) (A2.6): Undefined unless floating point is accessible.
   * @param doubles the D register operands: of those D16 to D31 are Undefined while CPACR.D32DIS is set
   */
  CheckVFPEnabled(...doubles: readonly VReg[]): void;
  /** The same for an operation on scalars that computes under FPSCR; `registers` are its registers of `N` bits. */
  CheckVFPArithmetic(N: FloatSize, ...registers: readonly VReg[]): void;
  /** CheckAdvSIMDEnabled() (A2.6): Undefined unless Advanced SIMD is accessible. */
  CheckAdvSIMDEnabled(): void;
  /**
   * The same as CheckVFPEnabled of an operation with registers of `N` bits; then calls `body` with `d`, `n` and `m`, or with each of the
   * triples that FPSCR.Len and FPSCR.Stride make of them (DDI 0406C, VFP vector operation support). Undefined where those are set and the
   * processor has no short vectors.
   */
  elements(N: FloatSize, kind: ElementKind, d: VReg, n: VReg, m: VReg, body: (d: VReg, n: VReg, m: VReg) => void): void;

  // ---- registers as words
  /** S[n]; S[n + 1] with `plus` = 1. */
  S(operand: VReg, plus?: number): Value;
  setS(operand: VReg, value: Value, plus?: number): void;
  /** D[n]<31:0> and D[n]<63:32>. */
  low(operand: VReg): Value;
  high(operand: VReg): Value;
  /** D[n] = high : low. */
  setD(operand: VReg, high: Value, low: Value): void;

  // ---- registers in memory. The address must be a multiple of 4; MemA.
  /** D[n] = the doubleword at `address`, its words in the order that CPSR.E says. */
  loadD(operand: VReg, address: Value): void;
  storeD(operand: VReg, address: Value): void;
  /**
   * Loads consecutive registers from S[first] or D[first] on.
   * @param words not zero, and not more than there are from `first` on; even for doubles
   */
  loadRegisters(N: FloatSize, first: VReg, words: Imm, address: Value): void;
  storeRegisters(N: FloatSize, first: VReg, words: Imm, address: Value): void;

  // ---- registers as numbers
  read(N: FloatSize, operand: VReg): Float;
  write(N: FloatSize, operand: VReg, value: Float): void;
  /** The number of N bits whose highest word is an immediate; the lower one is zero. */
  constant(N: FloatSize, high: Imm): Float;
  zero(N: FloatSize): Float;

  // ---- FPSCR
  FPSCR(): Value;
  setFPSCR(value: Value): void;
  /** APSR.NZCV = FPSCR.NZCV. */
  copyFlagsToAPSR(): void;

  // ---- arithmetic under FPSCR
  FPAbs(N: FloatSize, a: Float): Float;
  FPNeg(N: FloatSize, a: Float): Float;
  FPAdd(N: FloatSize, a: Float, b: Float): Float;
  FPSub(N: FloatSize, a: Float, b: Float): Float;
  FPMul(N: FloatSize, a: Float, b: Float): Float;
  FPDiv(N: FloatSize, a: Float, b: Float): Float;
  /** addend + a × b, rounded once. */
  FPMulAdd(N: FloatSize, addend: Float, a: Float, b: Float): Float;
  FPSqrt(N: FloatSize, a: Float): Float;
  /** FPSCR.NZCV from the comparison of a and b. */
  FPCompare(N: FloatSize, a: Float, b: Float, quiet_nan_exc: boolean): void;
  FPSingleToDouble(a: Float): Float;
  FPDoubleToSingle(a: Float): Float;
  /** The low halfword to a single, and back. */
  FPHalfToSingle(a: Value): Float;
  FPSingleToHalf(a: Float): Value;
  /** FPToFixed with 32 bits and no fraction. */
  FPToInteger(N: FloatSize, a: Float, unsigned: boolean, round_towards_zero: boolean): Value;
  /** FixedToFP with 32 bits and no fraction, rounded as FPSCR says. */
  IntegerToFP(N: FloatSize, a: Value, unsigned: boolean): Float;
  /** FPToFixed rounded towards zero: M bits, sign- or zero-extended. */
  FPToFixed(N: FloatSize, a: Float, M: 16 | 32, fraction_bits: Imm, unsigned: boolean): Value;
  /** FixedToFP of the low M bits, rounded to nearest. */
  FixedToFP(N: FloatSize, a: Value, M: 16 | 32, fraction_bits: Imm, unsigned: boolean): Float;
}

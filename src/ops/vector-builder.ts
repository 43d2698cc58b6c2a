/**
 * The part of the builder that computes on 128-bit vectors: what Advanced SIMD operations are written against. Names and semantics are
 * WebAssembly's wherever it has the operation, with the lane's width in bits (`esize`) as the first argument; what it lacks for a width has
 * the meaning that its other widths have. Knows no encoding and no engine.
 *
 * The rules of ops/builder.ts hold for a `Vector` as for a `Value`. Lane 0 is the least significant. A D register is a vector whose high
 * half is zero; only the low half of a vector goes into one.
 */
import type { Value, VReg } from './builder.js';

declare const vectorBrand: unique symbol;

/** 128 bits known when the operation executes. Opaque. */
export type Vector = number & { readonly [vectorBrand]: true };

/** Bits of a lane. */
export type Esize = 8 | 16 | 32 | 64;

export interface VectorBuilder {
  // ---- registers. `plus` names the register that many D registers further on, modulo 32.
  /** D[d], the high half zero. */
  D(d: VReg, plus?: number): Vector;
  /** D[d] and D[d + 1]: a Q register if `d` is even. The pair must not begin at D31. */
  Q(d: VReg, plus?: number): Vector;
  /** D[d] = the low half of `value`. */
  setD(d: VReg, value: Vector, plus?: number): void;
  setQ(d: VReg, value: Vector, plus?: number): void;
  /** Elem[D[d], index, esize], zero-extended. Only the low bits of `index` count. */
  Elem(esize: 8 | 16 | 32, d: VReg, index: Value, plus?: number): Value;
  /** Elem[D[d], index, esize] = the low bits of `value`. */
  setElem(esize: 8 | 16 | 32, d: VReg, index: Value, value: Value, plus?: number): void;
  /** Elem[D[d], index, esize] in all lanes. */
  splatElem(esize: 8 | 16 | 32, d: VReg, index: Value, plus?: number): Vector;
  /** FPSCR.QC |= condition (0 or 1). */
  orQC(condition: Value): void;

  // ---- constants and lanes
  /** Four words, the least significant first. */
  const(w0: number, w1: number, w2: number, w3: number): Vector;
  /** A constant in all lanes; for 64-bit lanes it is sign-extended from 32 bits. */
  splatConst(esize: Esize, value: number): Vector;
  /** The low bits of `value` in all lanes. */
  splat(esize: 8 | 16 | 32, value: Value): Vector;
  extract_lane_s(esize: 8 | 16 | 32, a: Vector, lane: number): Value;
  extract_lane_u(esize: 8 | 16 | 32, a: Vector, lane: number): Value;

  // ---- logic
  not(a: Vector): Vector;
  and(a: Vector, b: Vector): Vector;
  or(a: Vector, b: Vector): Vector;
  xor(a: Vector, b: Vector): Vector;
  /** a AND NOT b. */
  andnot(a: Vector, b: Vector): Vector;
  /** Bits of `a` where `mask` has ones, of `b` where it has zeros. */
  bitselect(a: Vector, b: Vector, mask: Vector): Vector;
  /** `condition` non-zero ? whenTrue : whenFalse; both are already computed. */
  select(condition: Value, whenTrue: Vector, whenFalse: Vector): Vector;
  /** 1 if any bit is set, else 0. */
  any_true(a: Vector): Value;

  // ---- arithmetic, modulo 2^esize
  add(esize: Esize, a: Vector, b: Vector): Vector;
  sub(esize: Esize, a: Vector, b: Vector): Vector;
  mul(esize: Esize, a: Vector, b: Vector): Vector;
  neg(esize: Esize, a: Vector): Vector;
  /** The absolute value; that of the least number is itself. */
  abs(esize: Esize, a: Vector): Vector;
  min_s(esize: Esize, a: Vector, b: Vector): Vector;
  min_u(esize: Esize, a: Vector, b: Vector): Vector;
  max_s(esize: Esize, a: Vector, b: Vector): Vector;
  max_u(esize: Esize, a: Vector, b: Vector): Vector;
  /** (a + b + 1) >> 1, without loss. */
  avgr_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector;
  /** Bits set in each byte. */
  popcnt(a: Vector): Vector;

  // ---- saturating arithmetic
  add_sat_s(esize: Esize, a: Vector, b: Vector): Vector;
  add_sat_u(esize: Esize, a: Vector, b: Vector): Vector;
  sub_sat_s(esize: Esize, a: Vector, b: Vector): Vector;
  sub_sat_u(esize: Esize, a: Vector, b: Vector): Vector;
  /** Halfwords: (a × b + 2^14) >> 15, saturated. */
  q15mulr_sat_s(a: Vector, b: Vector): Vector;

  // ---- comparisons: a lane of ones or zeros
  eq(esize: Esize, a: Vector, b: Vector): Vector;
  ne(esize: Esize, a: Vector, b: Vector): Vector;
  lt_s(esize: Esize, a: Vector, b: Vector): Vector;
  lt_u(esize: Esize, a: Vector, b: Vector): Vector;
  gt_s(esize: Esize, a: Vector, b: Vector): Vector;
  gt_u(esize: Esize, a: Vector, b: Vector): Vector;
  le_s(esize: Esize, a: Vector, b: Vector): Vector;
  le_u(esize: Esize, a: Vector, b: Vector): Vector;
  ge_s(esize: Esize, a: Vector, b: Vector): Vector;
  ge_u(esize: Esize, a: Vector, b: Vector): Vector;

  // ---- shifts by one count, modulo esize
  shl(esize: Esize, a: Vector, count: Value): Vector;
  shr_s(esize: Esize, a: Vector, count: Value): Vector;
  shr_u(esize: Esize, a: Vector, count: Value): Vector;

  // ---- shifts by a count in each lane, unsigned; from esize on all bits are shifted out
  shlLanes(esize: Esize, a: Vector, counts: Vector): Vector;
  shrLanes_s(esize: Esize, a: Vector, counts: Vector): Vector;
  shrLanes_u(esize: Esize, a: Vector, counts: Vector): Vector;

  // ---- widths. `esize` is the narrower of the two.
  extend_low_s(esize: 8 | 16 | 32, a: Vector): Vector;
  extend_low_u(esize: 8 | 16 | 32, a: Vector): Vector;
  /** The signed lanes of `a`, then those of `b`, each saturated to a signed lane of half the width. */
  narrow_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector;
  /** The signed lanes of `a`, then those of `b`, each saturated to an unsigned lane of half the width. */
  narrow_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector;
  /** Products of double width of the lanes in the low halves. */
  extmul_low_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector;
  extmul_low_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector;
  extmul_high_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector;
  /** Sums of double width of neighbouring lanes. */
  extadd_pairwise_s(esize: 8 | 16 | 32, a: Vector): Vector;
  extadd_pairwise_u(esize: 8 | 16 | 32, a: Vector): Vector;

  // ---- bytes from elsewhere
  /** Byte i of the result is byte `bytes[i]` of `a` (0 to 15) or `b` (16 to 31). */
  shuffle(a: Vector, b: Vector, bytes: readonly number[]): Vector;
  /** Byte i of the result is the byte of `a` that byte i of `indices` says; from 16 on it is zero. */
  swizzle(a: Vector, indices: Vector): Vector;
}

/**
 * The vector part of the builder, evaluated at once: plain loops over lanes, the reference for what jit/emit-vector.ts emits. A `Vector` is
 * a place in a ring of 16-byte values, which is long enough for any one operation. Knows the vector block of the state, and no encoding.
 */
import type { Value, VReg } from '../ops/builder.js';
import type { Esize, Vector, VectorBuilder } from '../ops/vector-builder.js';
import { assert } from '../util/assert.js';

/** Vectors kept; a power of two. An operation that makes more than these would find its first ones overwritten. */
const RING = 2048;
const FPSCR_QC = 27;
/** Words of D0 to D31, and of FPSCR behind them. */
const REGISTER_WORDS = 64;

/** The ring as lanes of every kind; `number` lanes by log2(esize) - 3. */
const bytes = new ArrayBuffer(RING * 16);
const ring8 = new Uint8Array(bytes);
const ring32 = new Uint32Array(bytes);
const unsigned = [ring8, new Uint16Array(bytes), ring32] as const;
const signed = [new Int8Array(bytes), new Int16Array(bytes), new Int32Array(bytes)] as const;
const unsigned64 = new BigUint64Array(bytes);
const signed64 = new BigInt64Array(bytes);

/** A set of views: lanes as signed or as unsigned numbers. */
interface Lanes {
  readonly narrow: typeof signed | typeof unsigned;
  readonly wide: BigInt64Array | BigUint64Array;
  readonly signed: boolean;
}
const S: Lanes = { narrow: signed, wide: signed64, signed: true };
const U: Lanes = { narrow: unsigned, wide: unsigned64, signed: false };

type Unary = (x: number) => number;
type Unary64 = (x: bigint) => bigint;
type Binary = (x: number, y: number) => number;
type Binary64 = (x: bigint, y: bigint) => bigint;
type Comparison = (x: number | bigint, y: number | bigint) => boolean;

/** log2(esize) - 3. */
const sizeOf = (esize: Esize): number => 28 - Math.clz32(esize);

const least = (lanes: Lanes, esize: Esize): number => (lanes.signed ? -(2 ** (esize - 1)) : 0);
const greatest = (lanes: Lanes, esize: Esize): number => 2 ** (lanes.signed ? esize - 1 : esize) - 1;
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const clamp64 = (x: bigint, { signed: isSigned }: Lanes): bigint => {
  const low = isSigned ? -(1n << 63n) : 0n;
  const high = isSigned ? (1n << 63n) - 1n : (1n << 64n) - 1n;
  return x < low ? low : x > high ? high : x;
};

// A lane keeps the low bits of what is stored in it, so that the modular operations need not cut their results.
const add: Binary = (x, y) => x + y;
const add64: Binary64 = (x, y) => x + y;
const sub: Binary = (x, y) => x - y;
const sub64: Binary64 = (x, y) => x - y;
const mul64: Binary64 = (x, y) => x * y;
const min64: Binary64 = (x, y) => (x < y ? x : y);
const max64: Binary64 = (x, y) => (x > y ? x : y);
const average: Binary = (x, y) => Math.floor((x + y + 1) / 2);
const neg: Unary = (x) => -x;
const neg64: Unary64 = (x) => -x;
const abs64: Unary64 = (x) => (x < 0n ? -x : x);
const equal: Comparison = (x, y) => x === y;
const notEqual: Comparison = (x, y) => x !== y;
const less: Comparison = (x, y) => x < y;
const greater: Comparison = (x, y) => x > y;
const lessOrEqual: Comparison = (x, y) => x <= y;
const greaterOrEqual: Comparison = (x, y) => x >= y;

/** Shifts by a count of any size; what is shifted in on the right is 0, on the left 0 or the sign. */
const shiftLeft: Binary = (x, n) => (n > 31 ? 0 : x << n);
const shiftLeft64: Binary64 = (x, n) => (n > 63n ? 0n : x << n);
const shiftRight: Binary = (x, n) => Math.floor(x / 2 ** n);
const shiftRight64: Binary64 = (x, n) => x >> n;

export class VectorEvaluator implements VectorBuilder {
  /** The extension registers and FPSCR: by bytes, halfwords, words. */
  readonly #registers: readonly [Uint8Array, Uint16Array, Uint32Array];
  readonly #fpscr: Int32Array;
  #last = 0;

  /** @param block the vector block of the state: D0 to D31, then FPSCR. */
  constructor(block: Int32Array) {
    const { buffer, byteOffset } = block;
    this.#registers = [
      new Uint8Array(buffer, byteOffset, REGISTER_WORDS * 4),
      new Uint16Array(buffer, byteOffset, REGISTER_WORDS * 2),
      new Uint32Array(buffer, byteOffset, REGISTER_WORDS),
    ];
    this.#fpscr = block.subarray(REGISTER_WORDS, REGISTER_WORDS + 1);
  }

  #take(): number {
    return (this.#last = (this.#last + 1) & (RING - 1));
  }

  // ---- registers

  #word(register: number, plus: number): number {
    return ((register + plus) & 31) * 2;
  }

  #fromRegisters(word: number, words: number): Vector {
    const result = this.#take();
    for (let i = 0; i < 4; i++) ring32[result * 4 + i] = i < words ? this.#registers[2][word + i] : 0;
    return result as Vector;
  }

  #toRegisters(word: number, words: number, value: Vector): void {
    for (let i = 0; i < words; i++) this.#registers[2][word + i] = ring32[value * 4 + i];
  }

  D(d: VReg, plus = 0): Vector {
    return this.#fromRegisters(this.#word(d, plus), 2);
  }
  Q(d: VReg, plus = 0): Vector {
    assert(this.#word(d, plus) < REGISTER_WORDS - 2, 'a pair of registers begins at D31');
    return this.#fromRegisters(this.#word(d, plus), 4);
  }
  setD(d: VReg, value: Vector, plus = 0): void {
    this.#toRegisters(this.#word(d, plus), 2, value);
  }
  setQ(d: VReg, value: Vector, plus = 0): void {
    assert(this.#word(d, plus) < REGISTER_WORDS - 2, 'a pair of registers begins at D31');
    this.#toRegisters(this.#word(d, plus), 4, value);
  }

  #element(esize: 8 | 16 | 32, d: VReg, index: Value, plus: number): number {
    const lanes = 64 / esize;
    return ((d + plus) & 31) * lanes + (index & (lanes - 1));
  }
  Elem(esize: 8 | 16 | 32, d: VReg, index: Value, plus = 0): Value {
    return (this.#registers[sizeOf(esize)][this.#element(esize, d, index, plus)] | 0) as Value;
  }
  setElem(esize: 8 | 16 | 32, d: VReg, index: Value, value: Value, plus = 0): void {
    this.#registers[sizeOf(esize)][this.#element(esize, d, index, plus)] = value;
  }
  splatElem(esize: 8 | 16 | 32, d: VReg, index: Value, plus = 0): Vector {
    return this.splat(esize, this.Elem(esize, d, index, plus));
  }
  orQC(condition: Value): void {
    this.#fpscr[0] |= condition << FPSCR_QC;
  }

  // ---- constants and lanes

  const(w0: number, w1: number, w2: number, w3: number): Vector {
    const result = this.#take();
    ring32[result * 4] = w0;
    ring32[result * 4 + 1] = w1;
    ring32[result * 4 + 2] = w2;
    ring32[result * 4 + 3] = w3;
    return result as Vector;
  }
  splatConst(esize: Esize, value: number): Vector {
    if (esize === 64) return this.const(value, value >> 31, value, value >> 31);
    return this.splat(esize, value as Value);
  }
  splat(esize: 8 | 16 | 32, value: Value): Vector {
    const result = this.#take();
    const lanes = 128 / esize;
    unsigned[sizeOf(esize)].fill(value, result * lanes, (result + 1) * lanes);
    return result as Vector;
  }
  extract_lane_s(esize: 8 | 16 | 32, a: Vector, lane: number): Value {
    return signed[sizeOf(esize)][(a * 128) / esize + lane] as Value;
  }
  extract_lane_u(esize: 8 | 16 | 32, a: Vector, lane: number): Value {
    return (unsigned[sizeOf(esize)][(a * 128) / esize + lane] | 0) as Value;
  }

  // ---- logic

  #words(a: Vector, b: Vector, compute: Binary): Vector {
    const result = this.#take();
    for (let i = 0; i < 4; i++) ring32[result * 4 + i] = compute(ring32[a * 4 + i], ring32[b * 4 + i]);
    return result as Vector;
  }
  not(a: Vector): Vector {
    return this.#words(a, a, (x) => ~x);
  }
  and(a: Vector, b: Vector): Vector {
    return this.#words(a, b, (x, y) => x & y);
  }
  or(a: Vector, b: Vector): Vector {
    return this.#words(a, b, (x, y) => x | y);
  }
  xor(a: Vector, b: Vector): Vector {
    return this.#words(a, b, (x, y) => x ^ y);
  }
  andnot(a: Vector, b: Vector): Vector {
    return this.#words(a, b, (x, y) => x & ~y);
  }
  bitselect(a: Vector, b: Vector, mask: Vector): Vector {
    return this.or(this.and(a, mask), this.andnot(b, mask));
  }
  select(condition: Value, whenTrue: Vector, whenFalse: Vector): Vector {
    return condition !== 0 ? whenTrue : whenFalse;
  }
  any_true(a: Vector): Value {
    return (ring32[a * 4] | ring32[a * 4 + 1] | ring32[a * 4 + 2] | ring32[a * 4 + 3] ? 1 : 0) as Value;
  }

  // ---- lane by lane

  #unary(lanes: Lanes, esize: Esize, a: Vector, compute: Unary, compute64: Unary64): Vector {
    const result = this.#take();
    if (esize === 64) {
      for (let i = 0; i < 2; i++) lanes.wide[result * 2 + i] = compute64(lanes.wide[a * 2 + i]);
      return result as Vector;
    }
    const view = lanes.narrow[sizeOf(esize)];
    const count = 128 / esize;
    for (let i = 0; i < count; i++) view[result * count + i] = compute(view[a * count + i]);
    return result as Vector;
  }

  #binary(lanes: Lanes, esize: Esize, a: Vector, b: Vector, compute: Binary, compute64: Binary64): Vector {
    const result = this.#take();
    if (esize === 64) {
      for (let i = 0; i < 2; i++) lanes.wide[result * 2 + i] = compute64(lanes.wide[a * 2 + i], lanes.wide[b * 2 + i]);
      return result as Vector;
    }
    const view = lanes.narrow[sizeOf(esize)];
    const count = 128 / esize;
    for (let i = 0; i < count; i++) view[result * count + i] = compute(view[a * count + i], view[b * count + i]);
    return result as Vector;
  }

  #saturated(lanes: Lanes, esize: Esize, a: Vector, b: Vector, compute: Binary, compute64: Binary64): Vector {
    const low = least(lanes, esize);
    const high = greatest(lanes, esize);
    return this.#binary(
      lanes,
      esize,
      a,
      b,
      (x, y) => clamp(compute(x, y), low, high),
      (x, y) => clamp64(compute64(x, y), lanes),
    );
  }

  #compare(lanes: Lanes, esize: Esize, a: Vector, b: Vector, holds: Comparison): Vector {
    return this.#binary(
      lanes,
      esize,
      a,
      b,
      (x, y) => (holds(x, y) ? -1 : 0),
      (x, y) => (holds(x, y) ? -1n : 0n),
    );
  }

  add(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#binary(U, esize, a, b, add, add64);
  }
  sub(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#binary(U, esize, a, b, sub, sub64);
  }
  mul(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#binary(U, esize, a, b, Math.imul, mul64);
  }
  neg(esize: Esize, a: Vector): Vector {
    return this.#unary(S, esize, a, neg, neg64);
  }
  abs(esize: Esize, a: Vector): Vector {
    return this.#unary(S, esize, a, Math.abs, abs64);
  }
  min_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#binary(S, esize, a, b, Math.min, min64);
  }
  min_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#binary(U, esize, a, b, Math.min, min64);
  }
  max_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#binary(S, esize, a, b, Math.max, max64);
  }
  max_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#binary(U, esize, a, b, Math.max, max64);
  }
  avgr_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#binary(U, esize, a, b, average, add64);
  }
  popcnt(a: Vector): Vector {
    const result = this.#take();
    for (let i = 0; i < 16; i++) {
      let count = 0;
      for (let rest = ring8[a * 16 + i]; rest !== 0; rest &= rest - 1) count++;
      ring8[result * 16 + i] = count;
    }
    return result as Vector;
  }

  // ---- saturating arithmetic

  add_sat_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#saturated(S, esize, a, b, add, add64);
  }
  add_sat_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#saturated(U, esize, a, b, add, add64);
  }
  sub_sat_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#saturated(S, esize, a, b, sub, sub64);
  }
  sub_sat_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#saturated(U, esize, a, b, sub, sub64);
  }
  q15mulr_sat_s(a: Vector, b: Vector): Vector {
    return this.#saturated(S, 16, a, b, (x, y) => (x * y + 0x4000) >> 15, mul64);
  }

  // ---- comparisons

  eq(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(U, esize, a, b, equal);
  }
  ne(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(U, esize, a, b, notEqual);
  }
  lt_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(S, esize, a, b, less);
  }
  lt_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(U, esize, a, b, less);
  }
  gt_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(S, esize, a, b, greater);
  }
  gt_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(U, esize, a, b, greater);
  }
  le_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(S, esize, a, b, lessOrEqual);
  }
  le_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(U, esize, a, b, lessOrEqual);
  }
  ge_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(S, esize, a, b, greaterOrEqual);
  }
  ge_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#compare(U, esize, a, b, greaterOrEqual);
  }

  // ---- shifts

  /** The count of a shift by one count, in each lane. */
  #counts(esize: Esize, count: Value): Vector {
    return this.splatConst(esize, count & (esize - 1));
  }
  shl(esize: Esize, a: Vector, count: Value): Vector {
    return this.shlLanes(esize, a, this.#counts(esize, count));
  }
  shr_s(esize: Esize, a: Vector, count: Value): Vector {
    return this.shrLanes_s(esize, a, this.#counts(esize, count));
  }
  shr_u(esize: Esize, a: Vector, count: Value): Vector {
    return this.shrLanes_u(esize, a, this.#counts(esize, count));
  }
  shlLanes(esize: Esize, a: Vector, counts: Vector): Vector {
    return this.#binary(U, esize, a, counts, shiftLeft, shiftLeft64);
  }
  shrLanes_s(esize: Esize, a: Vector, counts: Vector): Vector {
    // The lanes that are read as signed here must not be counts above half their range.
    return this.#binary(
      S,
      esize,
      a,
      this.min_u(esize, counts, this.splatConst(esize, esize - 1)),
      shiftRight,
      shiftRight64,
    );
  }
  shrLanes_u(esize: Esize, a: Vector, counts: Vector): Vector {
    return this.#binary(U, esize, a, counts, shiftRight, shiftRight64);
  }

  // ---- widths

  #extend(lanes: Lanes, esize: 8 | 16 | 32, a: Vector, half: 0 | 1): Vector {
    const result = this.#take();
    const from = lanes.narrow[sizeOf(esize)];
    const count = 64 / esize;
    for (let i = 0; i < count; i++) {
      const lane = from[a * 2 * count + half * count + i];
      if (esize === 32) lanes.wide[result * count + i] = BigInt(lane);
      else lanes.narrow[sizeOf(esize) + 1][result * count + i] = lane;
    }
    return result as Vector;
  }
  extend_low_s(esize: 8 | 16 | 32, a: Vector): Vector {
    return this.#extend(S, esize, a, 0);
  }
  extend_low_u(esize: 8 | 16 | 32, a: Vector): Vector {
    return this.#extend(U, esize, a, 0);
  }

  #narrow(to: Lanes, esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    const result = this.#take();
    const low = least(to, esize);
    const high = greatest(to, esize);
    const count = 64 / esize;
    for (let i = 0; i < 2 * count; i++) {
      const at = (i < count ? a : b) * count + (i % count);
      const lane = esize === 32 ? Number(signed64[at]) : signed[sizeOf(esize) + 1][at];
      to.narrow[sizeOf(esize)][result * 2 * count + i] = clamp(lane, low, high);
    }
    return result as Vector;
  }
  narrow_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#narrow(S, esize, a, b);
  }
  narrow_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#narrow(U, esize, a, b);
  }

  extmul_low_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.mul(wider(esize), this.extend_low_s(esize, a), this.extend_low_s(esize, b));
  }
  extmul_low_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.mul(wider(esize), this.extend_low_u(esize, a), this.extend_low_u(esize, b));
  }
  extmul_high_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.mul(wider(esize), this.#extend(S, esize, a, 1), this.#extend(S, esize, b, 1));
  }

  #pairwise(lanes: Lanes, esize: 8 | 16 | 32, a: Vector): Vector {
    const result = this.#take();
    const from = lanes.narrow[sizeOf(esize)];
    const count = 64 / esize;
    for (let i = 0; i < count; i++) {
      const sum = from[a * 2 * count + 2 * i] + from[a * 2 * count + 2 * i + 1];
      if (esize === 32) lanes.wide[result * count + i] = BigInt(sum);
      else lanes.narrow[sizeOf(esize) + 1][result * count + i] = sum;
    }
    return result as Vector;
  }
  extadd_pairwise_s(esize: 8 | 16 | 32, a: Vector): Vector {
    return this.#pairwise(S, esize, a);
  }
  extadd_pairwise_u(esize: 8 | 16 | 32, a: Vector): Vector {
    return this.#pairwise(U, esize, a);
  }

  // ---- bytes from elsewhere

  shuffle(a: Vector, b: Vector, from: readonly number[]): Vector {
    const result = this.#take();
    for (let i = 0; i < 16; i++)
      ring8[result * 16 + i] = ring8[from[i] < 16 ? a * 16 + from[i] : b * 16 + from[i] - 16];
    return result as Vector;
  }
  swizzle(a: Vector, indices: Vector): Vector {
    const result = this.#take();
    for (let i = 0; i < 16; i++) {
      const index = ring8[indices * 16 + i];
      ring8[result * 16 + i] = index < 16 ? ring8[a * 16 + index] : 0;
    }
    return result as Vector;
  }
}

function wider(esize: 8 | 16 | 32): Esize {
  return (2 * esize) as Esize;
}

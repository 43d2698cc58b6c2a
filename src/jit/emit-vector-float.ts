/**
 * Floating point in vectors as WebAssembly's own arithmetic, where that cannot differ from StandardFPSCRValue's. Else the instruction is given
 * up, and the reference executes it. Knows no instruction.
 *
 * WebAssembly rounds to nearest, as it must be, but keeps denormal numbers and NaNs, and raises no flags. So operands must be zeros, normal numbers
 * or (by what becomes of them) infinities; results must be exact zeros or finite and so large that nothing was denormal before it was rounded; and
 * where they may be inexact FPSCR.IXC must be set already. What is left of the flags cannot be raised then.
 */
import { FpFast, Word } from '../arm/state.js';
import { STATE_BASE } from '../mem/layout.js';
import type { Value } from '../ops/builder.js';
import type { Vector } from '../ops/vector-builder.js';
import type { Lanes, VectorFloatBuilder } from '../ops/vector-float-builder.js';
import { VectorEmitter } from './emit-vector.js';
import { Op } from './wasm/opcodes.js';
import { SimdFloat, SimdInt } from './wasm/simd-opcodes.js';

const FP_FAST = STATE_BASE + 4 * Word.FP_FAST;

const SIGN = 1 << 31;
const MAGNITUDE = 0x7fff_ffff;
const EXPONENT = 0x7f80_0000;
/** Numbers by their bits. */
const LEAST_NORMAL = 0x0080_0000;
const HALF = 0x3f00_0000;
const TWO = 0x4000_0000;
const THREE = 0x4040_0000;

/** Bits of an exponent field's lowest place. */
const FRACTION_BITS = 23;
/** Its place in a number without sign, times two. */
const EXPONENT_AT = 24;
const BIAS = 127;

/** The bits of 2^n. */
const power = (n: number): number => (n + BIAS) << FRACTION_BITS;

/** The low and the high words of the double words of two vectors. */
const LOW_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const HIGH_WORDS = LOW_WORDS.map((byte) => byte + 4);
/** The low halves, the high half. */
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOW_HALFWORDS = [0, 1, 4, 5, 8, 9, 12, 13, 16, 16, 16, 16, 16, 16, 16, 16];

export class VectorFloatEmitter extends VectorEmitter implements VectorFloatBuilder {
  // ---- when to give up
  // PERF: most constants cost more to make than an operation (points.c): what can be had from zeros, ones and shifts is.

  /** Gives up if any bit is set. Lanes that do not count are zeros, or like some that do. */
  #giveUpIf(bad: Vector): void {
    this.host.push(this.any_true(bad));
    this.host.escapeIf();
  }

  /** Goes on if results may be inexact without anybody's noticing. */
  #requireInexact(): void {
    const code = this.host.code();
    this.host.reading();
    code.loadWord(FP_FAST);
    code.const(FpFast.standard);
    code.op(Op.i32_and);
    code.op(Op.i32_eqz);
    this.host.escapeIf();
  }

  #word(bits: number): Vector {
    return this.splatConst(32, bits);
  }
  #right(a: Vector, n: number): Vector {
    return this.shr_u(32, a, this.host.const(n));
  }
  #left(a: Vector, n: number): Vector {
    return this.shl(32, a, this.host.const(n));
  }
  #isZero(a: Vector): Vector {
    return this.eq(32, a, this.#word(0));
  }

  /** Without its sign, times two: exponent and fraction at the top, 0 for a zero. */
  #unsigned(a: Vector): Vector {
    return this.add(32, a, a);
  }

  /** Of such: whether any of them is denormal. Less one, zeros are the greatest. */
  #anyDenormal(first: Vector, ...others: readonly Vector[]): Vector {
    const less = (a: Vector): Vector => this.add(32, a, this.#word(-1));
    const least = others.reduce((all, one) => this.min_u(32, all, less(one)), less(first));
    return this.#isZero(this.#right(least, EXPONENT_AT));
  }

  /** Of such: infinite or a NaN. */
  #notFinite(a: Vector): Vector {
    return this.eq(32, this.shr_s(32, a, this.host.const(EXPONENT_AT)), this.#word(-1));
  }

  /** Of such: zero, denormal, or with the least exponent of normal numbers. What is more was never tiny. */
  #small(a: Vector): Vector {
    return this.#isZero(this.#right(a, EXPONENT_AT + 1));
  }

  // ---- arithmetic

  FPAdd(_lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#sum(SimdFloat.f32x4_add, a, b);
  }
  FPSub(_lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#sum(SimdFloat.f32x4_sub, a, b);
  }
  /** A sum that is tiny is exact: so it was tiny before it was rounded, or it is not. */
  #sum(opcode: number, a: Vector, b: Vector): Vector {
    this.#requireInexact();
    const result = this.emit(opcode, a, b);
    const r = this.#unsigned(result);
    this.#giveUpIf(this.or(this.#anyDenormal(this.#unsigned(a), this.#unsigned(b), r), this.#notFinite(r)));
    return result;
  }

  /** A small product may have been tiny before it was rounded, unless it is the exact zero that a zero makes. */
  FPMul(_lanes: Lanes, a: Vector, b: Vector): Vector {
    this.#requireInexact();
    const result = this.emit(SimdFloat.f32x4_mul, a, b);
    const [x, y, r] = [this.#unsigned(a), this.#unsigned(b), this.#unsigned(result)];
    const underflow = this.andnot(this.#small(r), this.#isZero(this.min_u(32, x, y)));
    this.#giveUpIf(this.or(this.or(this.#anyDenormal(x, y), this.#notFinite(r)), underflow));
    return result;
  }

  /**
   * By way of doubles, in which the product is exact. The sum is rounded there, and again to single: that differs from rounding once only where
   * it has become the middle between two singles, which is given up.
   */
  FPMulAdd(lanes: Lanes, addend: Vector, a: Vector, b: Vector): Vector {
    this.#requireInexact();
    const upper = (x: Vector): Vector => this.shuffle(x, x, HIGH_HALF);
    const low = this.#mulAddDoubles(addend, a, b);
    const high = lanes === 4 ? this.#mulAddDoubles(upper(addend), upper(a), upper(b)) : low;
    const single = (x: Vector): Vector => this.emit(SimdFloat.f32x4_demote_f64x2_zero, x);
    const result = lanes === 4 ? this.shuffle(single(low), single(high), LOW_HALVES) : single(low);
    // The 29 bits that a single has not, a one and zeros, at the top of the low words.
    const below = this.#left(this.shuffle(low, high, LOW_WORDS), 3);
    const middle = this.eq(32, below, this.#left(this.#word(-1), 31));
    const zero = this.#isZero(this.#unsigned(this.shuffle(low, high, HIGH_WORDS)));
    const r = this.#unsigned(result);
    const denormal = this.#anyDenormal(this.#unsigned(addend), this.#unsigned(a), this.#unsigned(b));
    const wrong = this.or(this.or(middle, this.andnot(this.#small(r), zero)), this.or(denormal, this.#notFinite(r)));
    this.#giveUpIf(lanes === 4 ? wrong : this.and(wrong, this.const(-1, -1, 0, 0)));
    return result;
  }

  /** The sums of the low two lanes, as doubles. */
  #mulAddDoubles(addend: Vector, a: Vector, b: Vector): Vector {
    const wide = (x: Vector): Vector => this.emit(SimdFloat.f64x2_promote_low_f32x4, x);
    return this.emit(SimdFloat.f64x2_add, this.emit(SimdFloat.f64x2_mul, wide(a), wide(b)), wide(addend));
  }

  FPMax(_lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#compared(SimdFloat.f32x4_max, a, b);
  }
  FPMin(_lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#compared(SimdFloat.f32x4_min, a, b);
  }
  FPCompareEQ(_lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#compared(SimdFloat.f32x4_eq, a, b);
  }
  FPCompareGE(_lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#compared(SimdFloat.f32x4_ge, a, b);
  }
  FPCompareGT(_lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#compared(SimdFloat.f32x4_gt, a, b);
  }
  #compared(opcode: number, a: Vector, b: Vector): Vector {
    const isNaN = (x: Vector): Vector => this.emit(SimdFloat.f32x4_ne, x, x);
    const denormal = this.#anyDenormal(this.#unsigned(a), this.#unsigned(b));
    this.#giveUpIf(this.or(denormal, this.or(isNaN(a), isNaN(b))));
    return this.emit(opcode, a, b);
  }

  // ---- estimates

  /** The estimate's 8 bits behind the point from the quotient: (int)(quotient + 0.5). */
  #rounded(quotient: Vector): Vector {
    const sum = this.emit(SimdFloat.f32x4_add, quotient, this.#word(HALF));
    return this.and(this.emit(SimdFloat.i32x4_trunc_sat_f32x4_s, sum), this.#word(0xff));
  }

  /** q + 0.5. */
  #middle(q: Vector): Vector {
    return this.emit(SimdFloat.f32x4_add, this.emit(SimdFloat.f32x4_convert_i32x4_s, q), this.#word(HALF));
  }

  /** recip_estimate: 256 × 512 / (q + 0.5). In singles it is never near enough to the middle of two integers to be rounded wrongly. */
  #recipEstimate(q: Vector): Vector {
    return this.#rounded(this.emit(SimdFloat.f32x4_div, this.#word(power(17)), this.#middle(q)));
  }

  /** recip_sqrt_estimate: 256 / sqrt((q + 0.5) × scale). */
  #rsqrtEstimate(q: Vector, scale: Vector): Vector {
    const root = this.emit(SimdFloat.f32x4_sqrt, this.emit(SimdFloat.f32x4_mul, this.#middle(q), scale));
    return this.#rounded(this.emit(SimdFloat.f32x4_div, this.#word(power(8)), root));
  }

  /** Goes on if all lanes that count are ones. */
  #require(lanes: Lanes, ok: Vector): void {
    const bad = this.not(ok);
    this.#giveUpIf(lanes === 4 ? bad : this.and(bad, this.const(-1, -1, 0, 0)));
  }
  /** Ones where the top bit is set. */
  #topBit(a: Vector): Vector {
    return this.shr_s(32, a, this.host.const(31));
  }

  FPRecipEstimate(lanes: Lanes, a: Vector): Vector {
    const magnitude = this.and(a, this.#word(MAGNITUDE));
    const most = this.#word(power(126));
    this.#require(lanes, this.and(this.ge_s(32, magnitude, this.#word(LEAST_NORMAL)), this.lt_s(32, magnitude, most)));
    const estimate = this.#recipEstimate(this.or(this.and(this.#right(a, 15), this.#word(0xff)), this.#word(0x100)));
    const exponent = this.sub(32, most, this.and(a, this.#word(EXPONENT)));
    return this.or(this.or(this.and(a, this.#word(SIGN)), exponent), this.#left(estimate, 15));
  }

  FPRSqrtEstimate(lanes: Lanes, a: Vector): Vector {
    this.#require(lanes, this.and(this.ge_s(32, a, this.#word(LEAST_NORMAL)), this.lt_s(32, a, this.#word(EXPONENT))));
    const q = this.or(this.and(this.#right(a, 16), this.#word(0x7f)), this.#word(0x80));
    const belowHalf = this.#topBit(this.#left(a, 31 - FRACTION_BITS));
    const estimate = this.#rsqrtEstimate(q, this.bitselect(this.#word(power(-9)), this.#word(power(-8)), belowHalf));
    const exponent = this.#right(this.sub(32, this.#word(380 << FRACTION_BITS), this.and(a, this.#word(EXPONENT))), 1);
    return this.or(this.and(exponent, this.#word(EXPONENT)), this.#left(estimate, 15));
  }

  FPRecipStep(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.FPSub(lanes, this.#word(TWO), this.FPMul(lanes, a, b));
  }

  /** Halving a difference from three is exact. */
  FPRSqrtStep(lanes: Lanes, a: Vector, b: Vector): Vector {
    const difference = this.FPSub(lanes, this.#word(THREE), this.FPMul(lanes, a, b));
    return this.emit(SimdFloat.f32x4_mul, difference, this.#word(HALF));
  }

  UnsignedRecipEstimate(a: Vector): Vector {
    const estimate = this.#left(this.#recipEstimate(this.#right(a, 23)), 23);
    return this.bitselect(this.or(estimate, this.#word(SIGN)), this.#word(-1), this.#topBit(a));
  }

  UnsignedRSqrtEstimate(a: Vector): Vector {
    const upper = this.#topBit(a);
    const q = this.bitselect(this.#right(a, 24), this.#right(a, 23), upper);
    const scale = this.bitselect(this.#word(power(-8)), this.#word(power(-9)), upper);
    const estimate = this.#left(this.#rsqrtEstimate(q, scale), 23);
    return this.bitselect(this.#word(-1), this.or(estimate, this.#word(SIGN)), this.lt_u(32, a, this.#word(1 << 30)));
  }

  // ---- conversions

  /** 2^n or 2^-n in all lanes. */
  #powerOf(n: Value, negative: boolean): Vector {
    const code = this.host.code();
    code.const(BIAS);
    this.host.push(n);
    code.op(negative ? Op.i32_sub : Op.i32_add);
    code.const(FRACTION_BITS);
    code.op(Op.i32_shl);
    return this.emit(SimdInt.splat[32]);
  }

  FPToFixed(_lanes: Lanes, a: Vector, fraction_bits: Value, unsigned: boolean): Vector {
    this.#requireInexact();
    const scaled = this.emit(SimdFloat.f32x4_mul, a, this.#powerOf(fraction_bits, false));
    // Numbers of one sign have the order of their bits.
    const tooLarge = unsigned
      ? this.le_u(32, this.#word(power(32)), scaled)
      : this.le_u(32, this.#word(power(31) << 1), this.#unsigned(scaled));
    this.#giveUpIf(this.or(this.#anyDenormal(this.#unsigned(a)), tooLarge));
    return this.emit(unsigned ? SimdFloat.i32x4_trunc_sat_f32x4_u : SimdFloat.i32x4_trunc_sat_f32x4_s, scaled);
  }

  FixedToFP(_lanes: Lanes, a: Vector, fraction_bits: Value, unsigned: boolean): Vector {
    this.#requireInexact();
    const integer = this.emit(unsigned ? SimdFloat.f32x4_convert_i32x4_u : SimdFloat.f32x4_convert_i32x4_s, a);
    return this.emit(SimdFloat.f32x4_mul, integer, this.#powerOf(fraction_bits, true));
  }

  /** The fraction in its place, with the half's exponent: 2^112 times too small, which makes denormal halves right, too. */
  FPHalfToSingle(a: Vector): Vector {
    const halves = this.extend_low_u(16, a);
    const infinity = this.#word(0x7c00);
    this.#require(4, this.ne(32, this.and(halves, infinity), infinity));
    const small = this.#left(this.and(halves, this.#word(0x7fff)), 13);
    const magnitude = this.emit(SimdFloat.f32x4_mul, small, this.#word(power(112)));
    return this.or(magnitude, this.#left(this.and(halves, this.#word(0x8000)), 16));
  }

  FPSingleToHalf(a: Vector): Vector {
    this.#requireInexact();
    const magnitude = this.and(a, this.#word(MAGNITUDE));
    const zero = this.eq(32, magnitude, this.#word(0));
    // From the least normal half up to what is rounded to the greatest.
    const normal = this.and(
      this.ge_s(32, magnitude, this.#word(power(-14))),
      this.lt_s(32, magnitude, this.#word(0x477f_f000)),
    );
    this.#require(4, this.or(zero, normal));
    const odd = this.and(this.#right(magnitude, 13), this.#word(1));
    const biased = this.sub(32, this.add(32, magnitude, odd), this.#word((112 << FRACTION_BITS) - 0xfff));
    const halves = this.or(this.andnot(this.#right(biased, 13), zero), this.#right(this.and(a, this.#word(SIGN)), 16));
    return this.shuffle(halves, this.#word(0), LOW_HALFWORDS);
  }
}

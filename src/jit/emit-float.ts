/**
 * The floating-point part of the emitting builder. What it cannot do inline it gives up (`escapeIf`): the fast loop to the out-of-line handler,
 * that one to the reference, which starts the instruction anew. Knows no instruction.
 *
 * Arithmetic is WebAssembly's own where that is sure to give the architecture's result and flags: FpAccess.hostArithmetic says that nothing
 * but IEEE 754's default is asked for and that FPSCR.IXC is set already, and results are looked at: one that is not a number, infinite, or as
 * small as the least normal number is given up. What remains are normal numbers, whose only flag is IXC. The result alone tells: no operand
 * that would raise another flag makes such a result.
 */
import { FpAccess, Word } from '../arm/state.js';
import { STATE_BASE } from '../mem/layout.js';
import type { Imm, Value, VReg } from '../ops/builder.js';
import type { ElementKind, Float, FloatBuilder, FloatSize } from '../ops/float-builder.js';
import type { Temporaries } from './values.js';
import type { CodeWriter } from './wasm/code.js';
import { Op, ValueType } from './wasm/opcodes.js';

/** What the parts of a builder need of it that work on extension registers. */
export interface RegisterHost {
  readonly code: () => CodeWriter;
  readonly temporaries: Temporaries;
  /** Puts a value on the stack; takes what is on the stack into a new value. */
  readonly push: (value: Value) => void;
  readonly take: () => Value;
  /** Pushes 4 × a register operand's number. */
  readonly pushOffset: (operand: VReg) => void;
  /** Told before state is read, and before it is written. */
  readonly reading: () => void;
  readonly effect: () => void;
  /** Gives the instruction up, with nothing of it done, if what is on the stack is not zero. */
  readonly escapeIf: () => void;
  /** Bits of FpAccess that are known to be set. */
  readonly access: () => number;
  /** Told which ones are, from now on. */
  readonly granted?: (bits: number) => void;
}

/** What this part needs of the builder that it belongs to. */
export interface FloatHost extends RegisterHost {
  readonly pushImmediate: (operand: Imm) => void;
  /** Whether to look into rare cases before an instruction is given up. */
  readonly thorough: () => boolean;
  readonly loadD: (operand: VReg, address: Value) => void;
  readonly storeD: (operand: VReg, address: Value) => void;
  readonly loadRegisters: (double: boolean, first: VReg, words: Imm, address: Value) => void;
  readonly storeRegisters: (double: boolean, first: VReg, words: Imm, address: Value) => void;
}

/** Byte addresses of the extension registers and of FPSCR. */
export const V = STATE_BASE + 4 * Word.V;
const FPSCR = STATE_BASE + 4 * Word.FPSCR;
const stateAddress = (word: number): number => STATE_BASE + 4 * word;

/** Twice the bit patterns of the least normal double and of infinity. */
const LEAST_DOUBLE = 0x0010_0000_0000_0000n * 2n;
const INFINITE_DOUBLE = 0x7ff0_0000_0000_0000n * 2n;
const LEAST_SINGLE = 0x0080_0000;
const INFINITE_SINGLE = 0x7f80_0000;

/** Splits a double of 53 bits into halves of 26 (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;
/** Bounds of a product whose error is a double, too. */
const LEAST_PRODUCT = 2 ** -900;
const GREATEST_PRODUCT = 2 ** 1000;

/** The operations of both sizes. */
const ADD = { 32: Op.f32_add, 64: Op.f64_add } as const;
const SUB = { 32: Op.f32_sub, 64: Op.f64_sub } as const;
const MUL = { 32: Op.f32_mul, 64: Op.f64_mul } as const;
const DIV = { 32: Op.f32_div, 64: Op.f64_div } as const;
const SQRT = { 32: Op.f32_sqrt, 64: Op.f64_sqrt } as const;
const ABS = { 32: Op.f32_abs, 64: Op.f64_abs } as const;
const NEG = { 32: Op.f32_neg, 64: Op.f64_neg } as const;
const EQ = { 32: Op.f32_eq, 64: Op.f64_eq } as const;
const LT = { 32: Op.f32_lt, 64: Op.f64_lt } as const;
const GE = { 32: Op.f32_ge, 64: Op.f64_ge } as const;
const NEAREST = { 32: Op.f32_nearest, 64: Op.f64_nearest } as const;
const LOAD = { 32: Op.f32_load, 64: Op.f64_load } as const;
const STORE = { 32: Op.f32_store, 64: Op.f64_store } as const;
const TYPE = { 32: ValueType.f32, 64: ValueType.f64 } as const;
const CONVERT = {
  32: [Op.f32_convert_i32_s, Op.f32_convert_i32_u],
  64: [Op.f64_convert_i32_s, Op.f64_convert_i32_u],
} as const;

export class FloatEmitter implements FloatBuilder {
  readonly #host: FloatHost;

  constructor(host: FloatHost) {
    this.#host = host;
  }

  // ---- access

  CheckVFPEnabled(): void {
    this.#require(FpAccess.VFP);
  }

  CheckVFPArithmetic(): void {
    this.#require(FpAccess.hostArithmetic);
  }

  CheckAdvSIMDEnabled(): void {
    this.#require(FpAccess.AdvSIMD);
  }

  elements(
    _N: FloatSize,
    kind: ElementKind,
    d: VReg,
    n: VReg,
    m: VReg,
    body: (d: VReg, n: VReg, m: VReg) => void,
  ): void {
    this.#require(kind === 'move' ? FpAccess.scalar : FpAccess.hostArithmetic);
    body(d, n, m);
  }

  #require(access: number): void {
    if ((access & ~this.#host.access()) === 0) return;
    const code = this.#host.code();
    code.loadWord(stateAddress(Word.FP_ACCESS));
    code.const(access);
    code.op(Op.i32_and);
    code.op(Op.i32_eqz);
    this.#host.escapeIf();
    this.#host.granted?.(access);
  }

  /** What never is done inline. */
  #giveUp(): void {
    this.#host.code().const(1);
    this.#host.escapeIf();
  }

  // ---- registers as words

  S(operand: VReg, plus = 0): Value {
    return this.#load(operand, false, 4 * plus);
  }

  setS(operand: VReg, value: Value, plus = 0): void {
    this.#store(operand, false, 4 * plus, value);
  }

  low(operand: VReg): Value {
    return this.#load(operand, true, 0);
  }

  high(operand: VReg): Value {
    return this.#load(operand, true, 4);
  }

  setD(operand: VReg, high: Value, low: Value): void {
    this.#store(operand, true, 0, low);
    this.#store(operand, true, 4, high);
  }

  /** Pushes the byte offset of an S or D register from {@link V}. */
  pushRegister(operand: VReg, double: boolean): void {
    this.#host.pushOffset(operand);
    if (!double) return;
    const code = this.#host.code();
    code.const(1);
    code.op(Op.i32_shl);
  }

  #load(operand: VReg, double: boolean, at: number): Value {
    this.#host.reading();
    this.pushRegister(operand, double);
    this.#host.code().load(Op.i32_load, V + at);
    return this.#host.take();
  }

  #store(operand: VReg, double: boolean, at: number, value: Value): void {
    this.#host.effect();
    this.pushRegister(operand, double);
    this.#host.push(value);
    this.#host.code().store(Op.i32_store, V + at);
  }

  // ---- registers in memory

  loadD(operand: VReg, address: Value): void {
    this.#host.loadD(operand, address);
  }
  storeD(operand: VReg, address: Value): void {
    this.#host.storeD(operand, address);
  }
  loadRegisters(N: FloatSize, first: VReg, words: Imm, address: Value): void {
    this.#host.loadRegisters(N === 64, first, words, address);
  }
  storeRegisters(N: FloatSize, first: VReg, words: Imm, address: Value): void {
    this.#host.storeRegisters(N === 64, first, words, address);
  }

  // ---- registers as numbers

  #push(value: Float): void {
    this.#host.code().get(value);
  }

  #take(N: FloatSize): Float {
    const local = this.#host.temporaries.take(TYPE[N]);
    this.#host.code().set(local);
    return local as Float;
  }

  #unary(N: FloatSize, opcode: number, a: Float): Float {
    this.#push(a);
    this.#host.code().op(opcode);
    return this.#take(N);
  }

  #binary(N: FloatSize, opcode: number, a: Float, b: Float): Float {
    this.#push(a);
    this.#push(b);
    this.#host.code().op(opcode);
    return this.#take(N);
  }

  read(N: FloatSize, operand: VReg): Float {
    this.#host.reading();
    this.pushRegister(operand, N === 64);
    this.#host.code().load(LOAD[N], V);
    return this.#take(N);
  }

  write(N: FloatSize, operand: VReg, value: Float): void {
    this.#host.effect();
    this.pushRegister(operand, N === 64);
    this.#push(value);
    this.#host.code().store(STORE[N], V);
  }

  constant(N: FloatSize, high: Imm): Float {
    const code = this.#host.code();
    this.#host.pushImmediate(high);
    if (N === 32) code.op(Op.f32_reinterpret_i32);
    else {
      code.op(Op.i64_extend_i32_u);
      code.const64(32);
      code.op(Op.i64_shl);
      code.op(Op.f64_reinterpret_i64);
    }
    return this.#take(N);
  }

  zero(N: FloatSize): Float {
    const code = this.#host.code();
    code.const(0);
    code.op(CONVERT[N][0]);
    return this.#take(N);
  }

  // ---- FPSCR

  FPSCR(): Value {
    this.#host.reading();
    this.#host.code().loadWord(FPSCR);
    return this.#host.take();
  }

  /** More follows from FPSCR than its word. */
  setFPSCR(): void {
    this.#giveUp();
  }

  copyFlagsToAPSR(): void {
    const code = this.#host.code();
    const flags = this.FPSCR();
    const pushShifted = (opcode: number, amount: number): void => {
      this.#host.push(flags);
      code.const(amount);
      code.op(opcode);
    };
    this.#host.effect();
    code.storeWord(stateAddress(Word.NF), () => this.#host.push(flags));
    code.storeWord(stateAddress(Word.ZF), () => {
      // Zero if the bit is set.
      pushShifted(Op.i32_and, 1 << 30);
      code.const(1 << 30);
      code.op(Op.i32_xor);
    });
    code.storeWord(stateAddress(Word.CF), () => {
      pushShifted(Op.i32_shr_u, 29);
      code.const(1);
      code.op(Op.i32_and);
    });
    code.storeWord(stateAddress(Word.VF), () => pushShifted(Op.i32_shl, 3));
  }

  // ---- results that are given up

  /** Pushes twice the bit pattern of a double, which takes its sign away. */
  #pushDoubled(value: Float): void {
    const code = this.#host.code();
    this.#push(value);
    code.op(Op.i64_reinterpret_f64);
    code.const64(1);
    code.op(Op.i64_shl);
  }

  /** Gives up unless `value` is a number or an exact zero. */
  #escapeUnlessFinite(N: FloatSize, value: Float): void {
    const code = this.#host.code();
    if (N === 64) {
      this.#pushDoubled(value);
      code.constLong(INFINITE_DOUBLE);
      code.op(Op.i64_ge_u);
    } else {
      this.#push(value);
      code.op(Op.i32_reinterpret_f32);
      code.const(1);
      code.op(Op.i32_shl);
      code.const((INFINITE_SINGLE << 1) | 0);
      code.op(Op.i32_ge_u);
    }
    this.#host.escapeIf();
  }

  /** Gives up unless `value` is a normal number above the least; or a zero because one of `factors` is. */
  #escapeUnlessNormal(N: FloatSize, value: Float, ...factors: readonly Float[]): void {
    const code = this.#host.code();
    if (N === 64) {
      this.#pushDoubled(value);
      code.constLong(LEAST_DOUBLE + 2n);
      code.op(Op.i64_sub);
      code.constLong(INFINITE_DOUBLE - LEAST_DOUBLE - 2n);
      code.op(Op.i64_ge_u);
    } else {
      this.#push(value);
      code.op(Op.i32_reinterpret_f32);
      code.const(0x7fff_ffff);
      code.op(Op.i32_and);
      code.const(LEAST_SINGLE + 1);
      code.op(Op.i32_sub);
      code.const(INFINITE_SINGLE - LEAST_SINGLE - 1);
      code.op(Op.i32_ge_u);
    }
    if (this.#host.thorough() && factors.length > 0) {
      code.const(0);
      factors.forEach((factor) => {
        this.#pushIsZero(N, factor);
        code.op(Op.i32_or);
      });
      this.#pushIsZero(N, value);
      code.op(Op.i32_and);
      code.op(Op.i32_eqz);
      code.op(Op.i32_and);
    }
    this.#host.escapeIf();
  }

  #pushIsZero(N: FloatSize, value: Float): void {
    const code = this.#host.code();
    this.#push(value);
    code.const(0);
    code.op(CONVERT[N][0]);
    code.op(EQ[N]);
  }

  // ---- arithmetic

  FPAbs(N: FloatSize, a: Float): Float {
    return this.#unary(N, ABS[N], a);
  }

  FPNeg(N: FloatSize, a: Float): Float {
    return this.#unary(N, NEG[N], a);
  }

  /** A sum that is zero or denormal is exact. */
  FPAdd(N: FloatSize, a: Float, b: Float): Float {
    const sum = this.#binary(N, ADD[N], a, b);
    this.#escapeUnlessFinite(N, sum);
    return sum;
  }

  FPSub(N: FloatSize, a: Float, b: Float): Float {
    const difference = this.#binary(N, SUB[N], a, b);
    this.#escapeUnlessFinite(N, difference);
    return difference;
  }

  FPMul(N: FloatSize, a: Float, b: Float): Float {
    const product = this.#binary(N, MUL[N], a, b);
    this.#escapeUnlessNormal(N, product, a, b);
    return product;
  }

  FPDiv(N: FloatSize, a: Float, b: Float): Float {
    const quotient = this.#binary(N, DIV[N], a, b);
    this.#escapeUnlessNormal(N, quotient, a);
    return quotient;
  }

  FPSqrt(N: FloatSize, a: Float): Float {
    const root = this.#unary(N, SQRT[N], a);
    this.#escapeUnlessFinite(N, root);
    return root;
  }

  FPMulAdd(N: FloatSize, addend: Float, a: Float, b: Float): Float {
    const result = N === 32 ? this.#mulAddSingle(addend, a, b) : this.#mulAddDouble(addend, a, b);
    this.#escapeUnlessNormal(N, result);
    return result;
  }

  /**
   * In doubles the product is exact. Their sum, rounded, rounds on to a single as the exact one would, but where it lies in the middle between
   * two singles.
   */
  #mulAddSingle(addend: Float, a: Float, b: Float): Float {
    const code = this.#host.code();
    for (const factor of [a, b]) {
      this.#push(factor);
      code.op(Op.f64_promote_f32);
    }
    code.op(Op.f64_mul);
    this.#push(addend);
    code.op(Op.f64_promote_f32);
    code.op(Op.f64_add);
    const sum = this.#take(64);
    this.#push(sum);
    code.op(Op.i64_reinterpret_f64);
    code.op(Op.i32_wrap_i64);
    code.const(0x1fff_ffff);
    code.op(Op.i32_and);
    code.const(0x1000_0000);
    code.op(Op.i32_eq);
    this.#host.escapeIf();
    return this.#unary(32, Op.f32_demote_f64, sum);
  }

  /**
   * The product is `p` + `e` exactly (Dekker), its sum with the addend `s` + `t` + `e` (Knuth), with s far above the others. Rounded to `v`, t + e
   * loses `d`, far below. The result is s + v, rounded; `w` says what that loses. Where d is not 0 it matters only if s + v is in the middle
   * between two numbers, and then w is a power of two: that is given up.
   */
  #mulAddDouble(addend: Float, a: Float, b: Float): Float {
    const code = this.#host.code();
    const add = (x: Float, y: Float): Float => this.#binary(64, Op.f64_add, x, y);
    const sub = (x: Float, y: Float): Float => this.#binary(64, Op.f64_sub, x, y);
    const mul = (x: Float, y: Float): Float => this.#binary(64, Op.f64_mul, x, y);
    /** x + y = sum + error. */
    const errorOf = (x: Float, y: Float, sum: Float): Float => {
      const y1 = sub(sum, x);
      return add(sub(x, sub(sum, y1)), sub(y, y1));
    };
    const split = (x: Float): readonly [Float, Float] => {
      this.#push(x);
      code.constDouble(SPLITTER);
      code.op(Op.f64_mul);
      const scaled = this.#take(64);
      const high = sub(scaled, sub(scaled, x));
      return [high, sub(x, high)];
    };
    const p = mul(a, b);
    const size = this.#unary(64, Op.f64_abs, p);
    this.#push(size);
    code.constDouble(LEAST_PRODUCT);
    code.op(Op.f64_lt);
    this.#push(size);
    code.constDouble(GREATEST_PRODUCT);
    code.op(Op.f64_gt);
    code.op(Op.i32_or);
    this.#host.escapeIf();
    const [aHigh, aLow] = split(a);
    const [bHigh, bLow] = split(b);
    const e = add(add(add(sub(mul(aHigh, bHigh), p), mul(aHigh, bLow)), mul(aLow, bHigh)), mul(aLow, bLow));
    const s = add(p, addend);
    const t = errorOf(p, addend, s);
    const v = add(t, e);
    const d = errorOf(t, e, v);
    const result = add(s, v);
    const w = errorOf(s, v, result);
    this.#push(w);
    code.op(Op.i64_reinterpret_f64);
    code.const64(12);
    code.op(Op.i64_shl);
    code.op(Op.i64_eqz);
    this.#pushIsZero(64, d);
    code.op(Op.i32_eqz);
    code.op(Op.i32_and);
    this.#host.escapeIf();
    return result;
  }

  FPCompare(N: FloatSize, a: Float, b: Float): void {
    const code = this.#host.code();
    const compare = (opcode: number): Value => {
      this.#push(a);
      this.#push(b);
      code.op(opcode);
      return this.#host.take();
    };
    const less = compare(LT[N]);
    const notLess = compare(GE[N]);
    const equal = compare(EQ[N]);
    this.#host.push(less);
    this.#host.push(notLess);
    code.op(Op.i32_or);
    code.op(Op.i32_eqz);
    this.#host.escapeIf();
    this.#host.effect();
    code.storeWord(FPSCR, () => {
      code.loadWord(FPSCR);
      code.const(0x0fff_ffff);
      code.op(Op.i32_and);
      [less, equal, notLess].forEach((flag, i) => {
        this.#host.push(flag);
        code.const(31 - i);
        code.op(Op.i32_shl);
        code.op(Op.i32_or);
      });
    });
  }

  // ---- conversions

  FPSingleToDouble(a: Float): Float {
    const wide = this.#unary(64, Op.f64_promote_f32, a);
    this.#escapeUnlessFinite(64, wide);
    return wide;
  }

  FPDoubleToSingle(a: Float): Float {
    const narrow = this.#unary(32, Op.f32_demote_f64, a);
    this.#escapeUnlessNormal(32, narrow);
    return narrow;
  }

  FPHalfToSingle(): Float {
    this.#giveUp();
    return this.zero(32);
  }

  FPSingleToHalf(): Value {
    this.#giveUp();
    return this.FPSCR();
  }

  FPToInteger(N: FloatSize, a: Float, unsigned: boolean, round_towards_zero: boolean): Value {
    const code = this.#host.code();
    const rounded = round_towards_zero ? a : this.#unary(N, NEAREST[N], a);
    const wide = N === 64 ? rounded : this.#unary(64, Op.f64_promote_f32, rounded);
    // Of what is between the bounds the integral part fits.
    this.#push(wide);
    code.constDouble(unsigned ? -1 : -(2 ** 31) - 1);
    code.op(Op.f64_gt);
    this.#push(wide);
    code.constDouble(unsigned ? 2 ** 32 : 2 ** 31);
    code.op(Op.f64_lt);
    code.op(Op.i32_and);
    code.op(Op.i32_eqz);
    this.#host.escapeIf();
    this.#push(wide);
    code.op(unsigned ? Op.i32_trunc_f64_u : Op.i32_trunc_f64_s);
    return this.#host.take();
  }

  IntegerToFP(N: FloatSize, a: Value, unsigned: boolean): Float {
    this.#host.push(a);
    this.#host.code().op(CONVERT[N][unsigned ? 1 : 0]);
    return this.#take(N);
  }

  FPToFixed(): Value {
    this.#giveUp();
    return this.FPSCR();
  }

  FixedToFP(N: FloatSize): Float {
    this.#giveUp();
    return this.zero(N);
  }
}

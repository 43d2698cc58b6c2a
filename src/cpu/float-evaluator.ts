/**
 * The floating-point part of the evaluating builder: registers, checks and FPSCR at once, arithmetic by arm/float. A `Float` is a place in a
 * small ring of pairs of words. Knows no encoding.
 */
import * as convert from '../arm/float/convert.js';
import { FloatResult } from '../arm/float/common.js';
import * as double from '../arm/float/double.js';
import * as single from '../arm/float/single.js';
import {
  FPSCR_Len,
  FPSCR_Len_shift,
  FPSCR_N,
  FPSCR_C,
  FPSCR_V,
  FPSCR_VECTORS,
  FPSCR_Z,
  FPSCR_Stride,
} from '../arm/fpscr.js';
import { AccessFlag } from '../arm/engine-port.js';
import { Psr } from '../arm/modes.js';
import { FpAccess, Word } from '../arm/state.js';
import type { Imm, Value, VReg } from '../ops/builder.js';
import type { ElementKind, Float, FloatBuilder, FloatSize } from '../ops/float-builder.js';
import type { Core } from './core.js';
import type { DataPort } from './evaluator.js';

const SIGN = 1 << 31;
const FPSCR = Word.FPSCR - Word.V;
const FPSCR_NZCV = FPSCR_N | FPSCR_Z | FPSCR_C | FPSCR_V;
/** Numbers kept; a power of two, and more than one element of an operation makes. */
const RING = 16;

/** Low and high word of each number; a single is in the high word. */
const ring = new Int32Array(2 * RING);
let last = 0;
const result = new FloatResult();

function take(high: number, low: number): Float {
  last = (last + 1) & (RING - 1);
  ring[2 * last] = low;
  ring[2 * last + 1] = high;
  return last as Float;
}

const highOf = (a: Float): number => ring[2 * a + 1];
const lowOf = (a: Float): number => ring[2 * a];

export class FloatEvaluator implements FloatBuilder {
  readonly #core: Core;
  readonly #state: Int32Array;
  /** The vector block. */
  readonly #vectors: Int32Array;
  readonly #data: DataPort;
  readonly #undefined: () => never;

  /** @param undefinedInstruction raises the Undefined Instruction exception */
  constructor(core: Core, data: DataPort, undefinedInstruction: () => never) {
    this.#core = core;
    this.#state = core.state;
    this.#vectors = core.vectors;
    this.#data = data;
    this.#undefined = undefinedInstruction;
  }

  // ---- access

  CheckVFPEnabled(...doubles: readonly VReg[]): void {
    const access = this.#state[Word.FP_ACCESS];
    if ((access & FpAccess.VFP) !== 0) return;
    if ((access & FpAccess.lowRegisters) === 0 || doubles.some((d) => d > 15)) this.#undefined();
  }

  CheckVFPArithmetic(N: FloatSize, ...registers: readonly VReg[]): void {
    if (N === 64) this.CheckVFPEnabled(...registers);
    else this.CheckVFPEnabled();
  }

  CheckAdvSIMDEnabled(): void {
    if ((this.#state[Word.FP_ACCESS] & FpAccess.AdvSIMD) === 0) this.#undefined();
  }

  elements(
    N: FloatSize,
    _kind: ElementKind,
    d: VReg,
    n: VReg,
    m: VReg,
    body: (d: VReg, n: VReg, m: VReg) => void,
  ): void {
    this.CheckVFPArithmetic(N, d, n, m);
    if ((this.#vectors[FPSCR] & FPSCR_VECTORS) === 0) body(d, n, m);
    else this.#shortVector(N, d, n, m, body);
  }

  /**
   * Banks are of eight S registers or four D registers, and registers follow each other within one. The first bank (and for doubles the fifth)
   * is of scalars: an operation whose destination lies there is scalar, an operand `m` there is used for every element.
   * @unpredictable FPSCR.Stride 01 and 10: as 00. Vectors longer than their bank: they wrap.
   */
  #shortVector(N: FloatSize, d: VReg, n: VReg, m: VReg, body: (d: VReg, n: VReg, m: VReg) => void): void {
    if (!this.#core.shortVectors) this.#undefined();
    const fpscr = this.#vectors[FPSCR];
    const length = ((fpscr & FPSCR_Len) >>> FPSCR_Len_shift) + 1;
    const stride = (fpscr & FPSCR_Stride) === FPSCR_Stride ? 2 : 1;
    const bank = N === 32 ? 8 : 4;
    const isScalar = (register: number): boolean => (register & (N === 32 ? 0x18 : 0xc)) === 0;
    if (isScalar(d)) {
      body(d, n, m);
      return;
    }
    const element = (register: VReg, i: number): VReg =>
      ((register & ~(bank - 1)) | ((register + i * stride) & (bank - 1))) as VReg;
    for (let i = 0; i < length; i++) body(element(d, i), element(n, i), isScalar(m) ? m : element(m, i));
  }

  // ---- registers as words

  S(operand: VReg, plus = 0): Value {
    return this.#vectors[operand + plus] as Value;
  }
  setS(operand: VReg, value: Value, plus = 0): void {
    this.#vectors[operand + plus] = value;
  }
  low(operand: VReg): Value {
    return this.#vectors[2 * operand] as Value;
  }
  high(operand: VReg): Value {
    return this.#vectors[2 * operand + 1] as Value;
  }
  setD(operand: VReg, high: Value, low: Value): void {
    this.#vectors[2 * operand] = low;
    this.#vectors[2 * operand + 1] = high;
  }

  // ---- registers in memory

  loadD(operand: VReg, address: Value): void {
    const first = this.#load(address);
    const second = this.#load(address + 4);
    const swap = this.#bigEndian();
    this.#vectors[2 * operand + swap] = first;
    this.#vectors[2 * operand + 1 - swap] = second;
  }

  storeD(operand: VReg, address: Value): void {
    this.storeRegisters(64, operand, 2 as Imm, address);
  }

  loadRegisters(N: FloatSize, first: VReg, words: Imm, address: Value): void {
    const word = N === 64 ? 2 * first : first;
    const swap = N === 64 ? this.#bigEndian() : 0;
    for (let i = 0; i < words; i++) this.#vectors[word + (i ^ swap)] = this.#load(address + 4 * i);
  }

  storeRegisters(N: FloatSize, first: VReg, words: Imm, address: Value): void {
    const word = N === 64 ? 2 * first : first;
    const swap = N === 64 ? this.#bigEndian() : 0;
    for (let i = 0; i < words; i++)
      this.#data.store((address + 4 * i) >>> 0, 4, this.#vectors[word + (i ^ swap)], AccessFlag.aligned);
  }

  #load(address: number): number {
    return this.#data.load(address >>> 0, 4, AccessFlag.aligned);
  }

  #bigEndian(): number {
    return (this.#state[Word.PSR] & Psr.E) !== 0 ? 1 : 0;
  }

  // ---- registers as numbers

  read(N: FloatSize, operand: VReg): Float {
    const vectors = this.#vectors;
    return N === 32 ? take(vectors[operand], 0) : take(vectors[2 * operand + 1], vectors[2 * operand]);
  }
  write(N: FloatSize, operand: VReg, value: Float): void {
    const vectors = this.#vectors;
    if (N === 32) vectors[operand] = highOf(value);
    else {
      vectors[2 * operand + 1] = highOf(value);
      vectors[2 * operand] = lowOf(value);
    }
  }
  constant(_N: FloatSize, high: Imm): Float {
    return take(high, 0);
  }
  zero(): Float {
    return take(0, 0);
  }

  // ---- FPSCR

  FPSCR(): Value {
    return this.#vectors[FPSCR] as Value;
  }
  setFPSCR(value: Value): void {
    this.#core.setFPSCR(value & this.#core.fpscrBits);
  }
  copyFlagsToAPSR(): void {
    const state = this.#state;
    const fpscr = this.#vectors[FPSCR];
    state[Word.NF] = fpscr;
    state[Word.ZF] = ~fpscr & FPSCR_Z;
    state[Word.CF] = (fpscr >>> 29) & 1;
    state[Word.VF] = fpscr << 3;
  }

  /** Sets cumulative bits of FPSCR. */
  accumulate(bits: number): void {
    const fpscr = this.#vectors[FPSCR];
    if ((bits & ~fpscr) !== 0) this.#core.setFPSCR(fpscr | bits);
  }

  /** The double that an operation left, with what it accumulated. */
  #double(): Float {
    this.#settle();
    return take(result.high, result.low);
  }

  #single(value: number): Float {
    this.#settle();
    return take(value, 0);
  }

  #word(value: number): Value {
    this.#settle();
    return (value | 0) as Value;
  }

  #settle(): void {
    if (result.cumulative === 0) return;
    this.accumulate(result.cumulative);
    result.cumulative = 0;
  }

  // ---- arithmetic

  FPAbs(_N: FloatSize, a: Float): Float {
    return take(highOf(a) & ~SIGN, lowOf(a));
  }
  FPNeg(_N: FloatSize, a: Float): Float {
    return take(highOf(a) ^ SIGN, lowOf(a));
  }
  FPAdd(N: FloatSize, a: Float, b: Float): Float {
    const fpscr = this.#vectors[FPSCR];
    if (N === 32) return this.#single(single.FPAdd(highOf(a), highOf(b), fpscr, result));
    double.FPAdd(highOf(a), lowOf(a), highOf(b), lowOf(b), fpscr, result);
    return this.#double();
  }
  FPSub(N: FloatSize, a: Float, b: Float): Float {
    const fpscr = this.#vectors[FPSCR];
    if (N === 32) return this.#single(single.FPSub(highOf(a), highOf(b), fpscr, result));
    double.FPSub(highOf(a), lowOf(a), highOf(b), lowOf(b), fpscr, result);
    return this.#double();
  }
  FPMul(N: FloatSize, a: Float, b: Float): Float {
    const fpscr = this.#vectors[FPSCR];
    if (N === 32) return this.#single(single.FPMul(highOf(a), highOf(b), fpscr, result));
    double.FPMul(highOf(a), lowOf(a), highOf(b), lowOf(b), fpscr, result);
    return this.#double();
  }
  FPDiv(N: FloatSize, a: Float, b: Float): Float {
    const fpscr = this.#vectors[FPSCR];
    if (N === 32) return this.#single(single.FPDiv(highOf(a), highOf(b), fpscr, result));
    double.FPDiv(highOf(a), lowOf(a), highOf(b), lowOf(b), fpscr, result);
    return this.#double();
  }
  FPMulAdd(N: FloatSize, addend: Float, a: Float, b: Float): Float {
    const fpscr = this.#vectors[FPSCR];
    if (N === 32) return this.#single(single.FPMulAdd(highOf(addend), highOf(a), highOf(b), fpscr, result));
    double.FPMulAdd(highOf(addend), lowOf(addend), highOf(a), lowOf(a), highOf(b), lowOf(b), fpscr, result);
    return this.#double();
  }
  FPSqrt(N: FloatSize, a: Float): Float {
    const fpscr = this.#vectors[FPSCR];
    if (N === 32) return this.#single(single.FPSqrt(highOf(a), fpscr, result));
    double.FPSqrt(highOf(a), lowOf(a), fpscr, result);
    return this.#double();
  }
  FPCompare(N: FloatSize, a: Float, b: Float, quiet_nan_exc: boolean): void {
    const fpscr = this.#vectors[FPSCR];
    const flags =
      N === 32
        ? single.FPCompare(highOf(a), highOf(b), quiet_nan_exc, fpscr, result)
        : double.FPCompare(highOf(a), lowOf(a), highOf(b), lowOf(b), quiet_nan_exc, fpscr, result);
    this.#settle();
    this.#vectors[FPSCR] = (this.#vectors[FPSCR] & ~FPSCR_NZCV) | flags;
  }

  // ---- conversions

  FPSingleToDouble(a: Float): Float {
    convert.FPSingleToDouble(highOf(a), this.#vectors[FPSCR], result);
    return this.#double();
  }
  FPDoubleToSingle(a: Float): Float {
    return this.#single(convert.FPDoubleToSingle(highOf(a), lowOf(a), this.#vectors[FPSCR], result));
  }
  FPHalfToSingle(a: Value): Float {
    return this.#single(convert.FPHalfToSingle(a & 0xffff, this.#vectors[FPSCR], result));
  }
  FPSingleToHalf(a: Float): Value {
    return this.#word(convert.FPSingleToHalf(highOf(a), this.#vectors[FPSCR], result));
  }
  FPToInteger(N: FloatSize, a: Float, unsigned: boolean, round_towards_zero: boolean): Value {
    return this.#toFixed(N, a, 32, 0, unsigned, round_towards_zero);
  }
  IntegerToFP(N: FloatSize, a: Value, unsigned: boolean): Float {
    return this.#fromFixed(N, a, 32, 0, unsigned, false);
  }
  FPToFixed(N: FloatSize, a: Float, M: 16 | 32, fraction_bits: Imm, unsigned: boolean): Value {
    return this.#toFixed(N, a, M, fraction_bits, unsigned, true);
  }
  FixedToFP(N: FloatSize, a: Value, M: 16 | 32, fraction_bits: Imm, unsigned: boolean): Float {
    return this.#fromFixed(N, a, M, fraction_bits, unsigned, true);
  }

  #toFixed(N: FloatSize, a: Float, M: number, fraction: number, unsigned: boolean, toZero: boolean): Value {
    const fpscr = this.#vectors[FPSCR];
    return this.#word(
      N === 32
        ? convert.FPSingleToFixed(highOf(a), M, fraction, unsigned, toZero, fpscr, result)
        : convert.FPDoubleToFixed(highOf(a), lowOf(a), M, fraction, unsigned, toZero, fpscr, result),
    );
  }

  #fromFixed(N: FloatSize, a: Value, M: number, fraction: number, unsigned: boolean, toNearest: boolean): Float {
    if (N === 32)
      return this.#single(convert.FixedToFPSingle(a, M, fraction, unsigned, toNearest, this.#vectors[FPSCR], result));
    convert.FixedToFPDouble(a, M, fraction, unsigned, result);
    return this.#double();
  }
}

/**
 * The vector part of the emitting builder: WebAssembly's own operations where there are any, short sequences of them where there are none
 * for a width. A `Vector` is a handle like a `Value`: a v128 local (0 and up) or a constant (below 0). Knows no instruction.
 */
import { Word } from '../arm/state.js';
import { STATE_BASE } from '../mem/layout.js';
import type { Value, VReg } from '../ops/builder.js';
import type { Esize, Vector, VectorBuilder } from '../ops/vector-builder.js';
import { assert } from '../util/assert.js';
import type { RegisterHost } from './emit-float.js';
import type { Temporaries } from './values.js';
import { Op, ValueType } from './wasm/opcodes.js';
import { type ByEsize, Simd, SimdInt } from './wasm/simd-opcodes.js';

/** What this part needs of the builder that it belongs to. */
export interface VectorHost extends RegisterHost {
  readonly temporaries: Temporaries;
  readonly const: (value: number) => Value;
}

/** Byte addresses of the extension registers and of FPSCR. */
const V = STATE_BASE + 4 * Word.V;
const FPSCR = STATE_BASE + 4 * Word.FPSCR;
const FPSCR_QC = 27;

/** Bytes of the extension registers, less one. */
const FILE_MASK = 255;

const SPLAT_LOAD = { 8: Simd.v128_load8_splat, 16: Simd.v128_load16_splat, 32: Simd.v128_load32_splat } as const;
const LOAD = { 8: Op.i32_load8_u, 16: Op.i32_load16_u, 32: Op.i32_load } as const;
const STORE = { 8: Op.i32_store8, 16: Op.i32_store16, 32: Op.i32_store } as const;

/** The low words of four double words. */
const LOW_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

export class VectorEmitter implements VectorBuilder {
  readonly #constants: (readonly [number, number, number, number])[] = [];

  constructor(protected readonly host: VectorHost) {}

  // ---- values

  /** Puts a vector on the stack. */
  protected push(value: Vector): void {
    if (value < 0) this.host.code().constVector(this.#constants[~(value as number)]);
    else this.host.code().get(value);
  }

  /** Takes the vector on the stack into a new one. */
  protected take(): Vector {
    const local = this.host.temporaries.take(ValueType.v128);
    this.host.code().set(local);
    return local as Vector;
  }

  protected emit(opcode: number, ...operands: readonly Vector[]): Vector {
    for (const operand of operands) this.push(operand);
    this.host.code().simd(opcode);
    return this.take();
  }

  /** The operation of WebAssembly, or what stands for it where it has none. */
  #lanes(opcodes: ByEsize, esize: Esize, a: Vector, b: Vector, otherwise?: () => Vector): Vector {
    const opcode = opcodes[esize];
    if (opcode !== undefined) return this.emit(opcode, a, b);
    assert(otherwise, `there is no such operation on lanes of ${esize} bits`);
    return otherwise();
  }

  #unary(opcodes: ByEsize, esize: Esize, a: Vector): Vector {
    return this.emit(opcodes[esize] as number, a);
  }

  // ---- registers

  /** Pushes the byte offset of D[d + plus] in the register file. */
  #pushRegister(d: VReg, plus: number): void {
    const code = this.host.code();
    this.host.pushOffset(d);
    code.const(1);
    code.op(Op.i32_shl);
    if (plus === 0) return;
    code.const(8 * plus);
    code.op(Op.i32_add);
    code.const(FILE_MASK);
    code.op(Op.i32_and);
  }

  D(d: VReg, plus = 0): Vector {
    this.host.reading();
    this.#pushRegister(d, plus);
    this.host.code().simdAccess(Simd.v128_load64_zero, V);
    return this.take();
  }

  Q(d: VReg, plus = 0): Vector {
    this.host.reading();
    this.#pushRegister(d, plus);
    this.host.code().simdAccess(Simd.v128_load, V);
    return this.take();
  }

  setD(d: VReg, value: Vector, plus = 0): void {
    this.host.effect();
    this.#pushRegister(d, plus);
    this.push(value);
    this.host.code().simdAccess(Simd.v128_store64_lane, V, 0);
  }

  setQ(d: VReg, value: Vector, plus = 0): void {
    this.host.effect();
    this.#pushRegister(d, plus);
    this.push(value);
    this.host.code().simdAccess(Simd.v128_store, V);
  }

  /** Pushes the byte offset of an element in the register file. */
  #pushElement(esize: 8 | 16 | 32, d: VReg, index: Value, plus: number): void {
    const code = this.host.code();
    this.#pushRegister(d, plus);
    this.host.push(index);
    code.const(64 / esize - 1);
    code.op(Op.i32_and);
    if (esize > 8) {
      code.const(esize / 16);
      code.op(Op.i32_shl);
    }
    code.op(Op.i32_add);
  }

  Elem(esize: 8 | 16 | 32, d: VReg, index: Value, plus = 0): Value {
    this.host.reading();
    this.#pushElement(esize, d, index, plus);
    this.host.code().load(LOAD[esize], V);
    return this.host.take();
  }

  setElem(esize: 8 | 16 | 32, d: VReg, index: Value, value: Value, plus = 0): void {
    this.host.effect();
    this.#pushElement(esize, d, index, plus);
    this.host.push(value);
    this.host.code().store(STORE[esize], V);
  }

  splatElem(esize: 8 | 16 | 32, d: VReg, index: Value, plus = 0): Vector {
    this.host.reading();
    this.#pushElement(esize, d, index, plus);
    this.host.code().simdAccess(SPLAT_LOAD[esize], V);
    return this.take();
  }

  orQC(condition: Value): void {
    this.host.effect();
    const code = this.host.code();
    code.storeWord(FPSCR, () => {
      code.loadWord(FPSCR);
      this.host.push(condition);
      code.const(FPSCR_QC);
      code.op(Op.i32_shl);
      code.op(Op.i32_or);
    });
  }

  // ---- memory, at an address in the host's

  /** `bytes` (a multiple of 8) as vectors; the rest of the last one is zero. */
  loadFrom(host: Value, bytes: number): Vector[] {
    const vectors: Vector[] = [];
    for (let at = 0; at < bytes; at += 16) {
      this.host.push(host);
      this.host.code().simdAccess(bytes - at === 8 ? Simd.v128_load64_zero : Simd.v128_load, at);
      vectors.push(this.take());
    }
    return vectors;
  }

  storeTo(host: Value, bytes: number, vectors: readonly Vector[]): void {
    for (let at = 0; at < bytes; at += 16) {
      this.host.push(host);
      this.push(vectors[at / 16]);
      if (bytes - at === 8) this.host.code().simdAccess(Simd.v128_store64_lane, at, 0);
      else this.host.code().simdAccess(Simd.v128_store, at);
    }
  }

  // ---- constants and lanes

  const(w0: number, w1: number, w2: number, w3: number): Vector {
    return ~(this.#constants.push([w0, w1, w2, w3]) - 1) as Vector;
  }

  splatConst(esize: Esize, value: number): Vector {
    if (esize === 64) return this.const(value, value >> 31, value, value >> 31);
    const lane = esize === 32 ? value : value & ((1 << esize) - 1);
    const word = esize === 8 ? lane * 0x0101_0101 : esize === 16 ? lane * 0x1_0001 : lane;
    return this.const(word, word, word, word);
  }

  splat(esize: 8 | 16 | 32, value: Value): Vector {
    this.host.push(value);
    return this.emit(SimdInt.splat[esize]);
  }

  extract_lane_s(esize: 8 | 16 | 32, a: Vector, lane: number): Value {
    this.push(a);
    this.host.code().simdLane(SimdInt.extract_lane_s[esize], lane);
    return this.host.take();
  }

  extract_lane_u(esize: 8 | 16 | 32, a: Vector, lane: number): Value {
    this.push(a);
    this.host.code().simdLane(SimdInt.extract_lane_u[esize], lane);
    return this.host.take();
  }

  // ---- logic

  not(a: Vector): Vector {
    return this.emit(Simd.v128_not, a);
  }
  and(a: Vector, b: Vector): Vector {
    return this.emit(Simd.v128_and, a, b);
  }
  or(a: Vector, b: Vector): Vector {
    return this.emit(Simd.v128_or, a, b);
  }
  xor(a: Vector, b: Vector): Vector {
    return this.emit(Simd.v128_xor, a, b);
  }
  andnot(a: Vector, b: Vector): Vector {
    return this.emit(Simd.v128_andnot, a, b);
  }
  bitselect(a: Vector, b: Vector, mask: Vector): Vector {
    return this.emit(Simd.v128_bitselect, a, b, mask);
  }
  select(condition: Value, whenTrue: Vector, whenFalse: Vector): Vector {
    this.push(whenTrue);
    this.push(whenFalse);
    this.host.push(condition);
    this.host.code().selectTyped(ValueType.v128);
    return this.take();
  }
  any_true(a: Vector): Value {
    this.push(a);
    this.host.code().simd(Simd.v128_any_true);
    return this.host.take();
  }

  // ---- arithmetic

  add(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.add, esize, a, b);
  }
  sub(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.sub, esize, a, b);
  }
  mul(esize: Esize, a: Vector, b: Vector): Vector {
    // Bytes: the even ones in products of halfwords, the odd ones in those of halfwords shifted down.
    return this.#lanes(SimdInt.mul, esize, a, b, () => {
      const eight = this.#count(8);
      const even = this.and(this.mul(16, a, b), this.splatConst(16, 0xff));
      return this.or(even, this.shl(16, this.mul(16, this.shr_u(16, a, eight), this.shr_u(16, b, eight)), eight));
    });
  }
  neg(esize: Esize, a: Vector): Vector {
    return this.#unary(SimdInt.neg, esize, a);
  }
  abs(esize: Esize, a: Vector): Vector {
    return this.#unary(SimdInt.abs, esize, a);
  }
  min_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.min_s, esize, a, b, () => this.bitselect(a, b, this.lt_s(esize, a, b)));
  }
  min_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.min_u, esize, a, b, () => this.bitselect(a, b, this.lt_u(esize, a, b)));
  }
  max_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.max_s, esize, a, b, () => this.bitselect(b, a, this.lt_s(esize, a, b)));
  }
  max_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.max_u, esize, a, b, () => this.bitselect(b, a, this.lt_u(esize, a, b)));
  }
  avgr_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.avgr_u, esize, a, b, () =>
      this.sub(esize, this.or(a, b), this.shr_u(esize, this.xor(a, b), this.#count(1))),
    );
  }
  popcnt(a: Vector): Vector {
    return this.emit(Simd.i8x16_popcnt, a);
  }

  // ---- saturating arithmetic

  add_sat_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.add_sat_s, esize, a, b, () => {
      const sum = this.add(esize, a, b);
      return this.#saturate(esize, a, sum, this.and(this.xor(a, sum), this.xor(b, sum)));
    });
  }
  add_sat_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.add_sat_u, esize, a, b, () => {
      const sum = this.add(esize, a, b);
      return this.or(sum, this.lt_u(esize, sum, a));
    });
  }
  sub_sat_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.sub_sat_s, esize, a, b, () => {
      const difference = this.sub(esize, a, b);
      return this.#saturate(esize, a, difference, this.and(this.xor(a, b), this.xor(a, difference)));
    });
  }
  sub_sat_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.sub_sat_u, esize, a, b, () =>
      this.andnot(this.sub(esize, a, b), this.lt_u(esize, a, b)),
    );
  }
  /** `result`, or where the top bit of `overflow` is set the signed limit on the side of `a`. */
  #saturate(esize: Esize, a: Vector, result: Vector, overflow: Vector): Vector {
    const top = this.#count(esize - 1);
    const greatest = esize === 64 ? this.const(-1, 0x7fff_ffff, -1, 0x7fff_ffff) : this.splatConst(esize, 0x7fff_ffff);
    const limit = this.xor(this.shr_s(esize, a, top), greatest);
    return this.bitselect(limit, result, this.shr_s(esize, overflow, top));
  }
  q15mulr_sat_s(a: Vector, b: Vector): Vector {
    return this.emit(Simd.i16x8_q15mulr_sat_s, a, b);
  }

  // ---- comparisons

  eq(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.eq, esize, a, b);
  }
  ne(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.ne, esize, a, b);
  }
  lt_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.lt_s, esize, a, b);
  }
  lt_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.lt_u, esize, a, b, () => this.lt_s(esize, this.#biased(a), this.#biased(b)));
  }
  gt_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.gt_s, esize, a, b);
  }
  gt_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.gt_u, esize, a, b, () => this.gt_s(esize, this.#biased(a), this.#biased(b)));
  }
  le_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.le_s, esize, a, b);
  }
  le_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.le_u, esize, a, b, () => this.le_s(esize, this.#biased(a), this.#biased(b)));
  }
  ge_s(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.ge_s, esize, a, b);
  }
  ge_u(esize: Esize, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.ge_u, esize, a, b, () => this.ge_s(esize, this.#biased(a), this.#biased(b)));
  }
  /** Double words whose signed order is the unsigned one of `a`. */
  #biased(a: Vector): Vector {
    return this.xor(a, this.const(0, 1 << 31, 0, 1 << 31));
  }

  // ---- shifts

  shl(esize: Esize, a: Vector, count: Value): Vector {
    return this.#shift(SimdInt.shl, esize, a, count);
  }
  shr_s(esize: Esize, a: Vector, count: Value): Vector {
    return this.#shift(SimdInt.shr_s, esize, a, count);
  }
  shr_u(esize: Esize, a: Vector, count: Value): Vector {
    return this.#shift(SimdInt.shr_u, esize, a, count);
  }
  #shift(opcodes: ByEsize, esize: Esize, a: Vector, count: Value): Vector {
    this.push(a);
    this.host.push(count);
    this.host.code().simd(opcodes[esize] as number);
    return this.take();
  }
  #count(n: number): Value {
    return this.host.const(n);
  }

  shlLanes(esize: Esize, a: Vector, counts: Vector): Vector {
    return this.andnot(this.#barrel(SimdInt.shl, esize, a, counts), this.#tooFar(esize, counts));
  }
  shrLanes_s(esize: Esize, a: Vector, counts: Vector): Vector {
    return this.#barrel(SimdInt.shr_s, esize, a, this.min_u(esize, counts, this.splatConst(esize, esize - 1)));
  }
  shrLanes_u(esize: Esize, a: Vector, counts: Vector): Vector {
    return this.andnot(this.#barrel(SimdInt.shr_u, esize, a, counts), this.#tooFar(esize, counts));
  }
  #tooFar(esize: Esize, counts: Vector): Vector {
    return this.gt_u(esize, counts, this.splatConst(esize, esize - 1));
  }
  /** For each bit of the counts: the lanes that have it are shifted by its weight. */
  #barrel(opcodes: ByEsize, esize: Esize, a: Vector, counts: Vector): Vector {
    let result = a;
    for (let bit = 0; 1 << bit < esize; bit++) {
      const mask = this.shr_s(esize, this.shl(esize, counts, this.#count(esize - 1 - bit)), this.#count(esize - 1));
      result = this.bitselect(this.#shift(opcodes, esize, result, this.#count(1 << bit)), result, mask);
    }
    return result;
  }

  // ---- widths

  extend_low_s(esize: 8 | 16 | 32, a: Vector): Vector {
    return this.#unary(SimdInt.extend_low_s, esize, a);
  }
  extend_low_u(esize: 8 | 16 | 32, a: Vector): Vector {
    return this.#unary(SimdInt.extend_low_u, esize, a);
  }
  narrow_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.narrow_s, esize, a, b, () =>
      this.#narrowed(a, b, this.const(1 << 31, -1, 1 << 31, -1), this.const(0x7fff_ffff, 0, 0x7fff_ffff, 0)),
    );
  }
  narrow_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.narrow_u, esize, a, b, () =>
      this.#narrowed(a, b, this.splatConst(64, 0), this.const(-1, 0, -1, 0)),
    );
  }
  /** Double words to words between two limits. */
  #narrowed(a: Vector, b: Vector, low: Vector, high: Vector): Vector {
    const clamped = (x: Vector): Vector => this.max_s(64, this.min_s(64, x, high), low);
    return this.shuffle(clamped(a), clamped(b), LOW_WORDS);
  }
  extmul_low_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.extmul_low_s, esize, a, b);
  }
  extmul_low_u(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.extmul_low_u, esize, a, b);
  }
  extmul_high_s(esize: 8 | 16 | 32, a: Vector, b: Vector): Vector {
    return this.#lanes(SimdInt.extmul_high_s, esize, a, b);
  }
  extadd_pairwise_s(esize: 8 | 16 | 32, a: Vector): Vector {
    if (esize !== 32) return this.#unary(SimdInt.extadd_pairwise_s, esize, a);
    const half = this.#count(32);
    return this.add(64, this.shr_s(64, a, half), this.shr_s(64, this.shl(64, a, half), half));
  }
  extadd_pairwise_u(esize: 8 | 16 | 32, a: Vector): Vector {
    if (esize !== 32) return this.#unary(SimdInt.extadd_pairwise_u, esize, a);
    return this.add(64, this.shr_u(64, a, this.#count(32)), this.and(a, this.const(-1, 0, -1, 0)));
  }

  // ---- bytes from elsewhere

  shuffle(a: Vector, b: Vector, bytes: readonly number[]): Vector {
    this.push(a);
    this.push(b);
    this.host.code().simdShuffle(bytes);
    return this.take();
  }
  swizzle(a: Vector, indices: Vector): Vector {
    return this.emit(Simd.i8x16_swizzle, a, indices);
  }
}

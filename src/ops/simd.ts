/**
 * What operations of Advanced SIMD share: their operands as vectors, whole instructions of three registers, saturation that FPSCR.QC
 * remembers, and the manual's functions on lanes that WebAssembly has not. Knows no encoding.
 */
import type { Builder, Imm, VReg } from './builder.js';
import type { PlainOperation } from './operation.js';
import { plain } from './operation.js';
import type { Esize, Vector, VectorBuilder } from './vector-builder.js';

/** Lanes that can be widened. */
export type Narrow = 8 | 16 | 32;

/** Bits of a lane from a `size` field. */
export function esizeOf(size: number): Esize {
  return (8 << size) as Esize;
}

/** The width of a result that has twice the bits. */
export function wider(esize: Narrow): Esize {
  return (2 * esize) as Esize;
}

/** Q[d >> 1] if `Q`, else D[d]. */
export function read(b: Builder, Q: number, register: VReg): Vector {
  return Q ? b.simd.Q(register) : b.simd.D(register);
}

export function write(b: Builder, Q: number, register: VReg, value: Vector): void {
  if (Q) b.simd.setQ(register, value);
  else b.simd.setD(register, value);
}

/** Sets FPSCR.QC where a lane of `saturated` is not that of `exact`, and returns `saturated`. */
export function noteSaturation(b: Builder, saturated: Vector, exact: Vector): Vector {
  b.simd.orQC(b.simd.any_true(b.simd.xor(saturated, exact)));
  return saturated;
}

/** Saturating additions and subtractions of signed or unsigned lanes. */
export function SatAdd(b: Builder, esize: Esize, unsigned: number, x: Vector, y: Vector): Vector {
  const v = b.simd;
  return noteSaturation(b, unsigned ? v.add_sat_u(esize, x, y) : v.add_sat_s(esize, x, y), v.add(esize, x, y));
}

export function SatSub(b: Builder, esize: Esize, unsigned: number, x: Vector, y: Vector): Vector {
  const v = b.simd;
  return noteSaturation(b, unsigned ? v.sub_sat_u(esize, x, y) : v.sub_sat_s(esize, x, y), v.sub(esize, x, y));
}

export function max(v: VectorBuilder, esize: Esize, unsigned: number, x: Vector, y: Vector): Vector {
  return unsigned ? v.max_u(esize, x, y) : v.max_s(esize, x, y);
}

export function min(v: VectorBuilder, esize: Esize, unsigned: number, x: Vector, y: Vector): Vector {
  return unsigned ? v.min_u(esize, x, y) : v.min_s(esize, x, y);
}

/** |x - y|, as an unsigned lane. */
export function absoluteDifference(v: VectorBuilder, esize: Esize, unsigned: number, x: Vector, y: Vector): Vector {
  return v.sub(esize, max(v, esize, unsigned, x, y), min(v, esize, unsigned, x, y));
}

export function shiftRight(b: Builder, esize: Esize, unsigned: number, x: Vector, n: number): Vector {
  return unsigned ? b.simd.shr_u(esize, x, b.const(n)) : b.simd.shr_s(esize, x, b.const(n));
}

/** The lanes of the low half, widened. */
export function extendLow(v: VectorBuilder, esize: Narrow, unsigned: number, x: Vector): Vector {
  return unsigned ? v.extend_low_u(esize, x) : v.extend_low_s(esize, x);
}

/** Products of double width of the lanes in the low halves. */
export function multiplyLong(v: VectorBuilder, esize: Narrow, unsigned: number, x: Vector, y: Vector): Vector {
  return unsigned ? v.extmul_low_u(esize, x, y) : v.extmul_low_s(esize, x, y);
}

/** Saturated 2 × x × y of double width. */
export function SatDoublingProduct(b: Builder, esize: Narrow, x: Vector, y: Vector): Vector {
  const product = b.simd.extmul_low_s(esize, x, y);
  return SatAdd(b, wider(esize), 0, product, product);
}

/** The high half of 2 × x × y, rounded or not: VQDMULH, VQRDMULH. Saturates where both are the least number. */
export function SatDoublingProductHigh(b: Builder, esize: Narrow, rounding: boolean, x: Vector, y: Vector): Vector {
  const v = b.simd;
  const wide = wider(esize);
  const least = v.splatConst(esize, esize === 16 ? 0x8000 : 1 << 31);
  v.orQC(v.any_true(v.and(v.eq(esize, x, least), v.eq(esize, y, least))));
  if (rounding && esize === 16) return v.q15mulr_sat_s(x, y);
  const high = (product: Vector): Vector => {
    const rounded = rounding ? v.add(wide, product, v.splatConst(wide, 1 << (esize - 2))) : product;
    return shiftRight(b, wide, 0, rounded, esize - 1);
  };
  return v.narrow_s(esize, high(v.extmul_low_s(esize, x, y)), high(v.extmul_high_s(esize, x, y)));
}

/** PolynomialMult() (A2.5.8) of lanes of 8 or 16 bits, of which `y` has bits in the low 8 only: the low bits of the product. */
export function PolynomialMult(b: Builder, esize: 8 | 16, x: Vector, y: Vector): Vector {
  const v = b.simd;
  let product = v.splatConst(esize, 0);
  for (let bit = 0; bit < 8; bit++) {
    const mask = v.shr_s(esize, v.shl(esize, y, b.const(esize - 1 - bit)), b.const(esize - 1));
    product = v.xor(product, v.and(v.shl(esize, x, b.const(bit)), mask));
  }
  return product;
}

/** Byte numbers that pick every other lane of two vectors, for a shuffle: the even lanes, or the odd ones. */
export function everyOther(esize: Esize, odd: boolean): number[] {
  const bytes = esize / 8;
  return Array.from({ length: 16 }, (_, i) => {
    const lane = 2 * Math.floor(i / bytes) + (odd ? 1 : 0);
    return lane * bytes + (i % bytes);
  });
}

/** The vector whose halves are D registers: `low`, then `high`. */
export function join(v: VectorBuilder, low: Vector, high: Vector): Vector {
  return v.shuffle(low, high, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
}

/** The operands of operations on three registers. */
export interface ThreeRegisters {
  readonly d: VReg;
  readonly n: VReg;
  readonly m: VReg;
  /** Index of the element of `m`, where it is a scalar. */
  readonly index: Imm;
  readonly size: number;
  readonly U: number;
  readonly Q: number;
}

/** Declares an operation on D[d], D[n] and D[m]. `statics` are the ones that its encodings tell apart. */
export function threeRegisters(
  name: string,
  statics: readonly (keyof ThreeRegisters)[],
  body: (b: Builder, o: ThreeRegisters) => void,
  imms: readonly 'index'[] = [],
): PlainOperation {
  return plain(name, { regs: [], vregs: ['d', 'n', 'm'], imms, statics }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    body(b, o);
  });
}

/** The least and the greatest signed number in all lanes. */
export function least(v: VectorBuilder, esize: Esize): Vector {
  return esize === 64 ? v.const(0, 1 << 31, 0, 1 << 31) : v.splatConst(esize, 1 << (esize - 1));
}

export function greatest(v: VectorBuilder, esize: Esize): Vector {
  return esize === 64 ? v.const(-1, 0x7fff_ffff, -1, 0x7fff_ffff) : v.splatConst(esize, 0x7fff_ffff >> (32 - esize));
}

/** The low halves of lanes of twice `esize` bits, side by side in the low half. */
export function narrow(v: VectorBuilder, esize: Narrow, x: Vector): Vector {
  return v.shuffle(x, x, everyOther(esize, false));
}

/** SatQ (A2.2.1) of lanes of twice `esize` bits, side by side in the low half; FPSCR.QC is set if a lane saturates. */
export function SatNarrow(b: Builder, esize: Narrow, fromUnsigned: number, toUnsigned: number, x: Vector): Vector {
  const v = b.simd;
  const wide = wider(esize);
  let narrowed: Vector;
  if (fromUnsigned) {
    const limit = esize === 32 ? v.const(-1, 0, -1, 0) : v.splatConst(wide, (1 << esize) - 1);
    narrowed = narrow(v, esize, v.min_u(wide, x, limit));
  } else narrowed = toUnsigned ? v.narrow_u(esize, x, x) : v.narrow_s(esize, x, x);
  noteSaturation(b, extendLow(v, esize, toUnsigned, narrowed), x);
  return narrowed;
}

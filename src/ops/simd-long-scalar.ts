/**
 * Operations of Advanced SIMD whose operands and results differ in length (DDI 0406C A7.4.2), and those that multiply by a scalar (A7.4.3):
 * integers.
 */
import type { Builder } from './builder.js';
import type { Operation } from './operation.js';
import {
  absoluteDifference,
  esizeOf,
  everyOther,
  extendLow,
  multiplyLong,
  type Narrow,
  PolynomialMult,
  read,
  SatAdd,
  SatDoublingProduct,
  SatDoublingProductHigh,
  SatSub,
  type ThreeRegisters,
  threeRegisters,
  wider,
  write,
} from './simd.js';
import type { Esize, Vector } from './vector-builder.js';

const narrowOf = (size: number): Narrow => esizeOf(size) as Narrow;

/** The second factor: D[m], or its element in all lanes. */
type Factor = (b: Builder, esize: Narrow, o: ThreeRegisters) => Vector;
const vector: Factor = (b, _esize, o) => b.simd.D(o.m);
const scalar: Factor = (b, esize, o) => b.simd.splatElem(esize, o.m, b.imm(o.index));

/** What becomes of a product of double width and of what the destination holds. */
type Combine = (b: Builder, wide: Esize, product: Vector, d: () => Vector) => Vector;
const replace: Combine = (_b, _wide, product) => product;
const accumulate: Combine = (b, wide, product, d) => b.simd.add(wide, d(), product);
const subtract: Combine = (b, wide, product, d) => b.simd.sub(wide, d(), product);
const saturatingAccumulate: Combine = (b, wide, product, d) => SatAdd(b, wide, 0, d(), product);
const saturatingSubtract: Combine = (b, wide, product, d) => SatSub(b, wide, 0, d(), product);

/** VMULL, VMLAL and VMLSL: D[n] times the factor into Q[d]. */
function long(name: string, factor: Factor, combine: Combine): Operation {
  return threeRegisters(
    name,
    ['size', 'U'],
    (b, o) => {
      const esize = narrowOf(o.size);
      const product = multiplyLong(b.simd, esize, o.U, b.simd.D(o.n), factor(b, esize, o));
      b.simd.setQ(
        o.d,
        combine(b, wider(esize), product, () => b.simd.Q(o.d)),
      );
    },
    factor === scalar ? ['index'] : [],
  );
}

/** VQDMULL, VQDMLAL and VQDMLSL. */
function doublingLong(name: string, factor: Factor, combine: Combine): Operation {
  return threeRegisters(
    name,
    ['size'],
    (b, o) => {
      const esize = narrowOf(o.size);
      const product = SatDoublingProduct(b, esize, b.simd.D(o.n), factor(b, esize, o));
      b.simd.setQ(
        o.d,
        combine(b, wider(esize), product, () => b.simd.Q(o.d)),
      );
    },
    factor === scalar ? ['index'] : [],
  );
}

/** VMUL, VMLA, VMLS, VQDMULH and VQRDMULH by a scalar: of the same length. */
function byScalar(
  name: string,
  compute: (b: Builder, esize: Narrow, n: Vector, m: Vector, d: () => Vector) => Vector,
): Operation {
  return threeRegisters(
    name,
    ['size', 'Q'],
    (b, o) => {
      const esize = narrowOf(o.size);
      const n = read(b, o.Q, o.n);
      write(
        b,
        o.Q,
        o.d,
        compute(b, esize, n, scalar(b, esize, o), () => read(b, o.Q, o.d)),
      );
    },
    ['index'],
  );
}

/** VADDL, VSUBL: D[n] and D[m], widened; VADDW, VSUBW: Q[n] and D[m] widened. */
function widening(name: string, wideFirst: boolean, subtracts: boolean): Operation {
  return threeRegisters(name, ['size', 'U'], (b, o) => {
    const v = b.simd;
    const esize = narrowOf(o.size);
    const wide = wider(esize);
    const n = wideFirst ? v.Q(o.n) : extendLow(v, esize, o.U, v.D(o.n));
    const m = extendLow(v, esize, o.U, v.D(o.m));
    v.setQ(o.d, subtracts ? v.sub(wide, n, m) : v.add(wide, n, m));
  });
}

/** VADDHN and its like: the high halves of sums or differences of wide lanes. */
function highHalf(name: string, subtracts: boolean, rounding: boolean): Operation {
  return threeRegisters(name, ['size'], (b, o) => {
    const v = b.simd;
    const esize = narrowOf(o.size);
    const wide = wider(esize);
    const n = v.Q(o.n);
    const m = v.Q(o.m);
    let result = subtracts ? v.sub(wide, n, m) : v.add(wide, n, m);
    const half = esize === 32 ? v.const(1 << 31, 0, 1 << 31, 0) : v.splatConst(wide, 1 << (esize - 1));
    if (rounding) result = v.add(wide, result, half);
    v.setD(o.d, v.shuffle(result, result, everyOther(esize, true)));
  });
}

/** VABDL and VABAL. */
function differenceLong(name: string, combine: Combine): Operation {
  return threeRegisters(name, ['size', 'U'], (b, o) => {
    const v = b.simd;
    const esize = narrowOf(o.size);
    const difference = v.extend_low_u(esize, absoluteDifference(v, esize, o.U, v.D(o.n), v.D(o.m)));
    v.setQ(
      o.d,
      combine(b, wider(esize), difference, () => v.Q(o.d)),
    );
  });
}

export const operations: readonly Operation[] = [
  widening('VADDL', false, false),
  widening('VADDW', true, false),
  widening('VSUBL', false, true),
  widening('VSUBW', true, true),
  highHalf('VADDHN', false, false),
  highHalf('VRADDHN', false, true),
  highHalf('VSUBHN', true, false),
  highHalf('VRSUBHN', true, true),
  differenceLong('VABDL', replace),
  differenceLong('VABAL', accumulate),
  long('VMULL_int', vector, replace),
  long('VMLAL_int', vector, accumulate),
  long('VMLSL_int', vector, subtract),
  threeRegisters('VMULL_poly', [], (b, o) => {
    const v = b.simd;
    v.setQ(o.d, PolynomialMult(b, 16, v.extend_low_u(8, v.D(o.n)), v.extend_low_u(8, v.D(o.m))));
  }),
  doublingLong('VQDMULL', vector, replace),
  doublingLong('VQDMLAL', vector, saturatingAccumulate),
  doublingLong('VQDMLSL', vector, saturatingSubtract),

  byScalar('VMUL_scalar', (b, esize, n, m) => b.simd.mul(esize, n, m)),
  byScalar('VMLA_scalar', (b, esize, n, m, d) => b.simd.add(esize, d(), b.simd.mul(esize, n, m))),
  byScalar('VMLS_scalar', (b, esize, n, m, d) => b.simd.sub(esize, d(), b.simd.mul(esize, n, m))),
  byScalar('VQDMULH_scalar', (b, esize, n, m) => SatDoublingProductHigh(b, esize, false, n, m)),
  byScalar('VQRDMULH_scalar', (b, esize, n, m) => SatDoublingProductHigh(b, esize, true, n, m)),
  long('VMULL_scalar', scalar, replace),
  long('VMLAL_scalar', scalar, accumulate),
  long('VMLSL_scalar', scalar, subtract),
  doublingLong('VQDMULL_scalar', scalar, replace),
  doublingLong('VQDMLAL_scalar', scalar, saturatingAccumulate),
  doublingLong('VQDMLSL_scalar', scalar, saturatingSubtract),
];

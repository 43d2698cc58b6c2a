/**
 * Operations of Advanced SIMD on single-precision lanes, and its conversions (DDI 0406C A7.4). Nothing here rounds: see
 * vector-float-builder.ts.
 */
import type { Builder, Imm, VReg } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';
import { everyOther, join, read, type ThreeRegisters, threeRegisters, write } from './simd.js';
import type { Vector } from './vector-builder.js';
import type { Lanes, VectorFloatBuilder } from './vector-float-builder.js';

const SIGN = 1 << 31;

function lanesOf(Q: number): Lanes {
  return Q ? 4 : 2;
}

/** FPAbs and FPNeg of each lane: bits, no arithmetic. */
function FPAbs(v: VectorFloatBuilder, a: Vector): Vector {
  return v.and(a, v.splatConst(32, ~SIGN));
}
function FPNeg(v: VectorFloatBuilder, a: Vector): Vector {
  return v.xor(a, v.splatConst(32, SIGN));
}

type Binary = (v: VectorFloatBuilder, lanes: Lanes, n: Vector, m: Vector) => Vector;
/** `d` is what the destination holds. */
type Ternary = (v: VectorFloatBuilder, lanes: Lanes, d: Vector, n: Vector, m: Vector) => Vector;

function lanes(name: string, compute: Binary): Operation {
  return threeRegisters(name, ['Q'], (b, o) => {
    write(b, o.Q, o.d, compute(b.simd, lanesOf(o.Q), read(b, o.Q, o.n), read(b, o.Q, o.m)));
  });
}

function accumulating(name: string, compute: Ternary): Operation {
  return threeRegisters(name, ['Q'], (b, o) => {
    const n = read(b, o.Q, o.n);
    const m = read(b, o.Q, o.m);
    write(b, o.Q, o.d, compute(b.simd, lanesOf(o.Q), read(b, o.Q, o.d), n, m));
  });
}

/** The second factor is D[m][index] in all lanes. */
function byScalar(
  name: string,
  compute: (v: VectorFloatBuilder, o: ThreeRegisters, n: Vector, scalar: Vector, d: () => Vector) => Vector,
): Operation {
  return threeRegisters(
    name,
    ['Q'],
    (b, o) => {
      const n = read(b, o.Q, o.n);
      const scalar = b.simd.splatElem(32, o.m, b.imm(o.index));
      write(
        b,
        o.Q,
        o.d,
        compute(b.simd, o, n, scalar, () => read(b, o.Q, o.d)),
      );
    },
    ['index'],
  );
}

/** The two lanes of D[n], then those of D[m]. */
function pairwise(name: string, compute: Binary): Operation {
  return threeRegisters(name, [], (b, o) => {
    const v = b.simd;
    const both = join(v, v.D(o.n), v.D(o.m));
    const even = v.shuffle(both, both, everyOther(32, false));
    const odd = v.shuffle(both, both, everyOther(32, true));
    v.setD(o.d, compute(v, 2, even, odd));
  });
}

interface TwoRegisters {
  readonly d: VReg;
  readonly m: VReg;
  readonly fraction_bits: Imm;
  readonly Q: number;
  readonly unsigned: number;
}

/** Declares an operation on two registers of the same length. */
function unary(
  name: string,
  compute: (b: Builder, lanes: Lanes, m: Vector, o: TwoRegisters) => Vector,
  statics: readonly (keyof TwoRegisters)[] = ['Q'],
  imms: readonly 'fraction_bits'[] = [],
): Operation {
  return plain(name, { regs: [], vregs: ['d', 'm'], imms, statics }, (b, operands) => {
    const o = operands as unknown as TwoRegisters;
    b.fp.CheckAdvSIMDEnabled();
    write(b, o.Q, o.d, compute(b, lanesOf(o.Q), read(b, o.Q, o.m), o));
  });
}

function withZero(name: string, compute: Binary): Operation {
  return unary(name, (b, count, m) => compute(b.simd, count, m, b.simd.splatConst(32, 0)));
}

const FPAdd: Binary = (v, count, n, m) => v.FPAdd(count, n, m);
const FPMul: Binary = (v, count, n, m) => v.FPMul(count, n, m);
const FPMax: Binary = (v, count, n, m) => v.FPMax(count, n, m);
const FPMin: Binary = (v, count, n, m) => v.FPMin(count, n, m);
const FPCompareEQ: Binary = (v, count, n, m) => v.FPCompareEQ(count, n, m);
const FPCompareGE: Binary = (v, count, n, m) => v.FPCompareGE(count, n, m);
const FPCompareGT: Binary = (v, count, n, m) => v.FPCompareGT(count, n, m);

/** Each step is rounded, of VMLA and VMLS. */
const multiplyAdd: Ternary = (v, count, d, n, m) => v.FPAdd(count, d, v.FPMul(count, n, m));
const multiplySubtract: Ternary = (v, count, d, n, m) => v.FPAdd(count, d, FPNeg(v, v.FPMul(count, n, m)));

export const operations: readonly Operation[] = [
  lanes('VADD_F32', FPAdd),
  lanes('VSUB_F32', (v, count, n, m) => v.FPSub(count, n, m)),
  lanes('VMUL_F32', FPMul),
  lanes('VABD_F32', (v, count, n, m) => FPAbs(v, v.FPSub(count, n, m))),
  lanes('VMAX_F32', FPMax),
  lanes('VMIN_F32', FPMin),
  lanes('VCEQ_F32', FPCompareEQ),
  lanes('VCGE_F32', FPCompareGE),
  lanes('VCGT_F32', FPCompareGT),
  lanes('VACGE', (v, count, n, m) => v.FPCompareGE(count, FPAbs(v, n), FPAbs(v, m))),
  lanes('VACGT', (v, count, n, m) => v.FPCompareGT(count, FPAbs(v, n), FPAbs(v, m))),
  lanes('VRECPS', (v, count, n, m) => v.FPRecipStep(count, n, m)),
  lanes('VRSQRTS', (v, count, n, m) => v.FPRSqrtStep(count, n, m)),
  pairwise('VPADD_F32', FPAdd),
  pairwise('VPMAX_F32', FPMax),
  pairwise('VPMIN_F32', FPMin),

  accumulating('VMLA_F32', multiplyAdd),
  accumulating('VMLS_F32', multiplySubtract),
  accumulating('VFMA_F32', (v, count, d, n, m) => v.FPMulAdd(count, d, n, m)),
  accumulating('VFMS_F32', (v, count, d, n, m) => v.FPMulAdd(count, d, FPNeg(v, n), m)),

  byScalar('VMUL_scalar_F32', (v, { Q }, n, scalar) => v.FPMul(lanesOf(Q), n, scalar)),
  byScalar('VMLA_scalar_F32', (v, { Q }, n, scalar, d) => multiplyAdd(v, lanesOf(Q), d(), n, scalar)),
  byScalar('VMLS_scalar_F32', (v, { Q }, n, scalar, d) => multiplySubtract(v, lanesOf(Q), d(), n, scalar)),

  withZero('VCEQ_zero_F32', FPCompareEQ),
  withZero('VCGE_zero_F32', FPCompareGE),
  withZero('VCGT_zero_F32', FPCompareGT),
  withZero('VCLE_zero_F32', (v, count, m, zero) => v.FPCompareGE(count, zero, m)),
  withZero('VCLT_zero_F32', (v, count, m, zero) => v.FPCompareGT(count, zero, m)),
  unary('VABS_F32', (b, _count, m) => FPAbs(b.simd, m)),
  unary('VNEG_F32', (b, _count, m) => FPNeg(b.simd, m)),
  unary('VRECPE_F32', (b, count, m) => b.simd.FPRecipEstimate(count, m)),
  unary('VRSQRTE_F32', (b, count, m) => b.simd.FPRSqrtEstimate(count, m)),
  unary('VRECPE_U32', (b, _count, m) => b.simd.UnsignedRecipEstimate(m)),
  unary('VRSQRTE_U32', (b, _count, m) => b.simd.UnsignedRSqrtEstimate(m)),

  unary(
    'VCVT_to_fixed',
    (b, count, m, o) => b.simd.FPToFixed(count, m, b.imm(o.fraction_bits), o.unsigned !== 0),
    ['Q', 'unsigned'],
    ['fraction_bits'],
  ),
  unary(
    'VCVT_from_fixed',
    (b, count, m, o) => b.simd.FixedToFP(count, m, b.imm(o.fraction_bits), o.unsigned !== 0),
    ['Q', 'unsigned'],
    ['fraction_bits'],
  ),
  plain('VCVT_half_to_single', { regs: [], vregs: ['d', 'm'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    b.simd.setQ(o.d, b.simd.FPHalfToSingle(b.simd.D(o.m)));
  }),
  plain('VCVT_single_to_half', { regs: [], vregs: ['d', 'm'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    b.simd.setD(o.d, b.simd.FPSingleToHalf(b.simd.Q(o.m)));
  }),
];

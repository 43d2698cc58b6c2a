/** Operations of Advanced SIMD on three registers of the same length (DDI 0406C A7.4.1), integers and bits. */
import type { Builder } from './builder.js';
import type { Operation } from './operation.js';
import {
  absoluteDifference,
  esizeOf,
  everyOther,
  join,
  max,
  min,
  type Narrow,
  PolynomialMult,
  read,
  SatAdd,
  SatDoublingProductHigh,
  SatSub,
  shiftRight,
  type ThreeRegisters,
  threeRegisters,
  write,
} from './simd.js';
import type { Esize, Vector, VectorBuilder } from './vector-builder.js';

/** Lane by lane from `n` and `m`; `U` is 1 for unsigned lanes. */
type Compute = (b: Builder, esize: Esize, U: number, n: Vector, m: Vector) => Vector;

/** An operation whose encodings differ in size, length, and, where `signs`, in whether the lanes are unsigned. */
function lanes(name: string, signs: boolean, compute: Compute): Operation {
  return threeRegisters(name, signs ? ['size', 'U', 'Q'] : ['size', 'Q'], (b, o) => {
    const n = read(b, o.Q, o.n);
    const m = read(b, o.Q, o.m);
    write(b, o.Q, o.d, compute(b, esizeOf(o.size), o.U, n, m));
  });
}

/** The same, with what the destination holds as the third operand. */
function accumulating(
  name: string,
  signs: boolean,
  compute: (v: VectorBuilder, esize: Esize, U: number, n: Vector, m: Vector, d: Vector) => Vector,
): Operation {
  return threeRegisters(name, signs ? ['size', 'U', 'Q'] : ['size', 'Q'], (b, o) => {
    const n = read(b, o.Q, o.n);
    const m = read(b, o.Q, o.m);
    write(b, o.Q, o.d, compute(b.simd, esizeOf(o.size), o.U, n, m, read(b, o.Q, o.d)));
  });
}

/** Operations on bits; those that insert take the destination as the third operand. */
function bitwise(
  name: string,
  compute: (v: VectorBuilder, n: Vector, m: Vector, d: () => Vector) => Vector,
): Operation {
  return threeRegisters(name, ['Q'], (b, o) => {
    const n = read(b, o.Q, o.n);
    const m = read(b, o.Q, o.m);
    write(
      b,
      o.Q,
      o.d,
      compute(b.simd, n, m, () => read(b, o.Q, o.d)),
    );
  });
}

/** Pairs of neighbouring lanes of D[n], then of D[m]. */
function pairwise(
  name: string,
  signs: boolean,
  compute: (v: VectorBuilder, esize: Esize, U: number, x: Vector, y: Vector) => Vector,
): Operation {
  return threeRegisters(name, signs ? ['size', 'U'] : ['size'], (b, o) => {
    const v = b.simd;
    const esize = esizeOf(o.size);
    const both = join(v, v.D(o.n), v.D(o.m));
    const even = v.shuffle(both, both, everyOther(esize, false));
    const odd = v.shuffle(both, both, everyOther(esize, true));
    v.setD(o.d, compute(v, esize, o.U, even, odd));
  });
}

/** (x + y) >> 1 without loss. */
const HalvingAdd: Compute = (b, esize, U, x, y) => {
  const v = b.simd;
  return v.add(esize, v.and(x, y), shiftRight(b, esize, U, v.xor(x, y), 1));
};

/** (x + y + 1) >> 1 without loss. */
const RoundingHalvingAdd: Compute = (b, esize, U, x, y) => {
  const v = b.simd;
  if (U) return v.avgr_u(esize as Narrow, x, y);
  return v.sub(esize, v.or(x, y), shiftRight(b, esize, U, v.xor(x, y), 1));
};

/** (x - y) >> 1: x - y is x + NOT y + 1, in unsigned lanes 2^esize less. */
const HalvingSub: Compute = (b, esize, U, x, y) => {
  const v = b.simd;
  const half = RoundingHalvingAdd(b, esize, U, x, v.not(y));
  return U ? v.xor(half, v.splatConst(esize, 1 << (esize - 1))) : half;
};

/** The signed byte at the bottom of each lane, as the lane. */
function shiftAmounts(b: Builder, esize: Esize, x: Vector): Vector {
  if (esize === 8) return x;
  const rest = b.const(esize - 8);
  return b.simd.shr_s(esize, b.simd.shl(esize, x, rest), rest);
}

/** Shifts the lanes of `x` left by the signed amounts in `y`: right where they are negative. */
function ShiftByLanes(
  b: Builder,
  o: ThreeRegisters,
  x: Vector,
  y: Vector,
  rounding: boolean,
  saturating: boolean,
): Vector {
  const v = b.simd;
  const esize = esizeOf(o.size);
  const right = (amounts: Vector): Vector => (o.U ? v.shrLanes_u(esize, x, amounts) : v.shrLanes_s(esize, x, amounts));
  const zero = v.splatConst(esize, 0);
  const one = v.splatConst(esize, 1);
  const amounts = shiftAmounts(b, esize, y);
  const negative = v.lt_s(esize, amounts, zero);

  const distance = v.neg(esize, amounts);
  let shiftedRight = right(distance);
  if (rounding) shiftedRight = v.add(esize, shiftedRight, v.and(right(v.sub(esize, distance, one)), one));

  let shiftedLeft = v.shlLanes(esize, x, amounts);
  if (saturating) {
    const back = o.U ? v.shrLanes_u(esize, shiftedLeft, amounts) : v.shrLanes_s(esize, shiftedLeft, amounts);
    const lost = v.andnot(v.ne(esize, back, x), negative);
    const greatest = v.shr_u(esize, v.splatConst(esize, -1), b.const(1));
    const limit = o.U ? v.splatConst(esize, -1) : v.xor(shiftRight(b, esize, 0, x, esize - 1), greatest);
    shiftedLeft = v.bitselect(limit, shiftedLeft, lost);
    v.orQC(v.any_true(lost));
  }
  return v.bitselect(shiftedRight, shiftedLeft, negative);
}

function shift(name: string, rounding: boolean, saturating: boolean): Operation {
  return threeRegisters(name, ['size', 'U', 'Q'], (b, o) => {
    const m = read(b, o.Q, o.m);
    const n = read(b, o.Q, o.n);
    write(b, o.Q, o.d, ShiftByLanes(b, o, m, n, rounding, saturating));
  });
}

export const operations: readonly Operation[] = [
  lanes('VHADD', true, HalvingAdd),
  lanes('VRHADD', true, RoundingHalvingAdd),
  lanes('VHSUB', true, HalvingSub),
  lanes('VQADD', true, SatAdd),
  lanes('VQSUB', true, SatSub),

  bitwise('VAND_reg', (v, n, m) => v.and(n, m)),
  bitwise('VBIC_reg', (v, n, m) => v.andnot(n, m)),
  bitwise('VORR_reg', (v, n, m) => v.or(n, m)),
  bitwise('VORN_reg', (v, n, m) => v.or(n, v.not(m))),
  bitwise('VEOR', (v, n, m) => v.xor(n, m)),
  bitwise('VBSL', (v, n, m, d) => v.bitselect(n, m, d())),
  bitwise('VBIT', (v, n, m, d) => v.bitselect(n, d(), m)),
  bitwise('VBIF', (v, n, m, d) => v.bitselect(d(), n, m)),
  threeRegisters('VMOV_reg', ['Q'], (b, o) => write(b, o.Q, o.d, read(b, o.Q, o.m))),

  lanes('VCGT_reg', true, (b, esize, U, n, m) => (U ? b.simd.gt_u(esize, n, m) : b.simd.gt_s(esize, n, m))),
  lanes('VCGE_reg', true, (b, esize, U, n, m) => (U ? b.simd.ge_u(esize, n, m) : b.simd.ge_s(esize, n, m))),
  lanes('VCEQ_reg', false, (b, esize, _U, n, m) => b.simd.eq(esize, n, m)),
  lanes('VTST', false, (b, esize, _U, n, m) => b.simd.ne(esize, b.simd.and(n, m), b.simd.splatConst(esize, 0))),

  shift('VSHL_reg', false, false),
  shift('VQSHL_reg', false, true),
  shift('VRSHL', true, false),
  shift('VQRSHL', true, true),

  lanes('VMAX_int', true, (b, esize, U, n, m) => max(b.simd, esize, U, n, m)),
  lanes('VMIN_int', true, (b, esize, U, n, m) => min(b.simd, esize, U, n, m)),
  lanes('VABD_int', true, (b, esize, U, n, m) => absoluteDifference(b.simd, esize, U, n, m)),
  accumulating('VABA', true, (v, esize, U, n, m, d) => v.add(esize, d, absoluteDifference(v, esize, U, n, m))),

  lanes('VADD_int', false, (b, esize, _U, n, m) => b.simd.add(esize, n, m)),
  lanes('VSUB_int', false, (b, esize, _U, n, m) => b.simd.sub(esize, n, m)),
  lanes('VMUL_int', false, (b, esize, _U, n, m) => b.simd.mul(esize, n, m)),
  accumulating('VMLA_int', false, (v, esize, _U, n, m, d) => v.add(esize, d, v.mul(esize, n, m))),
  accumulating('VMLS_int', false, (v, esize, _U, n, m, d) => v.sub(esize, d, v.mul(esize, n, m))),
  threeRegisters('VMUL_poly', ['Q'], (b, o) =>
    write(b, o.Q, o.d, PolynomialMult(b, 8, read(b, o.Q, o.n), read(b, o.Q, o.m))),
  ),
  lanes('VQDMULH', false, (b, esize, _U, n, m) => SatDoublingProductHigh(b, esize as Narrow, false, n, m)),
  lanes('VQRDMULH', false, (b, esize, _U, n, m) => SatDoublingProductHigh(b, esize as Narrow, true, n, m)),

  pairwise('VPADD_int', false, (v, esize, _U, x, y) => v.add(esize, x, y)),
  pairwise('VPMAX_int', true, max),
  pairwise('VPMIN_int', true, min),
];

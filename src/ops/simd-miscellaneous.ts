/** Operations of Advanced SIMD on two registers (DDI 0406C A7.4.5), integers and bits; those that only move lanes are elsewhere. */
import type { Builder, VReg } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';
import { esizeOf, least, type Narrow, narrow, read, SatNarrow, wider, write } from './simd.js';
import type { Esize, Vector, VectorBuilder } from './vector-builder.js';

interface TwoRegisters {
  readonly d: VReg;
  readonly m: VReg;
  readonly size: number;
  readonly U: number;
  readonly Q: number;
}

function two(
  name: string,
  statics: readonly ('size' | 'U' | 'Q')[],
  body: (b: Builder, o: TwoRegisters) => void,
): Operation {
  return plain(name, { regs: [], vregs: ['d', 'm'], imms: [], statics }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    body(b, o);
  });
}

/** Lane by lane. */
function lanes(name: string, compute: (b: Builder, esize: Esize, x: Vector) => Vector): Operation {
  return two(name, ['size', 'Q'], (b, o) => {
    write(b, o.Q, o.d, compute(b, esizeOf(o.size), read(b, o.Q, o.m)));
  });
}

/** Lanes of each byte's count added up to lanes of `esize` bits. */
function sumBytes(v: VectorBuilder, esize: Esize, counts: Vector): Vector {
  let sum = counts;
  for (let width = 8; width < esize; width *= 2) sum = v.extadd_pairwise_u(width as Narrow, sum);
  return sum;
}

/** CountLeadingZeroBits() of each lane: the zeros above what is left when every one is copied to all bits below it. */
function countLeadingZeros(b: Builder, esize: Esize, x: Vector): Vector {
  const v = b.simd;
  let smeared = x;
  for (let n = 1; n < esize; n *= 2) smeared = v.or(smeared, v.shr_u(esize, smeared, b.const(n)));
  return sumBytes(v, esize, v.popcnt(v.not(smeared)));
}

/** CountLeadingSignBits() of each lane: the bits below the sign that equal it, counted as zeros of its exclusive OR with itself shifted. */
function countLeadingSigns(b: Builder, esize: Esize, x: Vector): Vector {
  const v = b.simd;
  const changes = v.xor(x, v.shl(esize, x, b.const(1)));
  return countLeadingZeros(b, esize, v.or(changes, v.splatConst(esize, 1)));
}

/** The least number, whose negative does not exist, becomes the greatest one. `result` has it unchanged. */
function saturateLeast(b: Builder, esize: Esize, x: Vector, result: Vector): Vector {
  const v = b.simd;
  const overflowed = v.eq(esize, x, least(v, esize));
  v.orQC(v.any_true(overflowed));
  return v.xor(result, overflowed);
}

/** Pairs of neighbouring lanes of D[m] or Q[m] to lanes of twice the width. */
function pairs(v: VectorBuilder, o: TwoRegisters, m: Vector): Vector {
  const esize = esizeOf(o.size) as Narrow;
  return o.U ? v.extadd_pairwise_u(esize, m) : v.extadd_pairwise_s(esize, m);
}

const COMPARISONS: readonly (readonly [string, (v: VectorBuilder, esize: Esize, x: Vector, zero: Vector) => Vector])[] =
  [
    ['VCGT_zero', (v, esize, x, zero) => v.gt_s(esize, x, zero)],
    ['VCGE_zero', (v, esize, x, zero) => v.ge_s(esize, x, zero)],
    ['VCEQ_zero', (v, esize, x, zero) => v.eq(esize, x, zero)],
    ['VCLE_zero', (v, esize, x, zero) => v.le_s(esize, x, zero)],
    ['VCLT_zero', (v, esize, x, zero) => v.lt_s(esize, x, zero)],
  ];

/** Lanes of Q[m] narrowed; `size` is the result's. */
function narrowing(
  name: string,
  statics: readonly ('size' | 'U')[],
  cut: (b: Builder, esize: Narrow, U: number, x: Vector) => Vector,
): Operation {
  return two(name, statics, (b, o) => {
    b.simd.setD(o.d, cut(b, esizeOf(o.size) as Narrow, o.U, b.simd.Q(o.m)));
  });
}

export const operations: readonly Operation[] = [
  two('VPADDL', ['size', 'U', 'Q'], (b, o) => write(b, o.Q, o.d, pairs(b.simd, o, read(b, o.Q, o.m)))),
  two('VPADAL', ['size', 'U', 'Q'], (b, o) => {
    const sums = pairs(b.simd, o, read(b, o.Q, o.m));
    write(b, o.Q, o.d, b.simd.add(wider(esizeOf(o.size) as Narrow), read(b, o.Q, o.d), sums));
  }),
  lanes('VCLS', countLeadingSigns),
  lanes('VCLZ', countLeadingZeros),
  two('VCNT', ['Q'], (b, o) => write(b, o.Q, o.d, b.simd.popcnt(read(b, o.Q, o.m)))),
  two('VMVN_reg', ['Q'], (b, o) => write(b, o.Q, o.d, b.simd.not(read(b, o.Q, o.m)))),
  lanes('VQABS', (b, esize, x) => saturateLeast(b, esize, x, b.simd.abs(esize, x))),
  lanes('VQNEG', (b, esize, x) => saturateLeast(b, esize, x, b.simd.neg(esize, x))),
  ...COMPARISONS.map(([name, compare]) =>
    lanes(name, (b, esize, x) => compare(b.simd, esize, x, b.simd.splatConst(esize, 0))),
  ),
  lanes('VABS', (b, esize, x) => b.simd.abs(esize, x)),
  lanes('VNEG', (b, esize, x) => b.simd.neg(esize, x)),

  narrowing('VMOVN', ['size'], (b, esize, _U, x) => narrow(b.simd, esize, x)),
  narrowing('VQMOVN', ['size', 'U'], (b, esize, U, x) => SatNarrow(b, esize, U, U, x)),
  narrowing('VQMOVUN', ['size'], (b, esize, _U, x) => SatNarrow(b, esize, 0, 1, x)),
];

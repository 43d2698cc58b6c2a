/**
 * Floating-point data processing (DDI 0406C A7.5) in both precisions. An operation on three or two registers is an entry of a table; what it
 * does to one element stands there, and short vectors are the builder's.
 */
import type { Builder, VReg } from './builder.js';
import type { Float, FloatBuilder, FloatSize } from './float-builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';

const SIZES: readonly FloatSize[] = [32, 64];

/** d = compute(d, n, m), as far as an operation has them. */
type Compute = (fp: FloatBuilder, N: FloatSize, n: Float, m: Float, d: () => Float) => Float;

/** Three registers. A multiplication that is added rounds twice, but for VFMA and its kin. */
const THREE: Readonly<Record<string, Compute>> = {
  VMLA: (fp, N, n, m, d) => fp.FPAdd(N, d(), fp.FPMul(N, n, m)),
  VMLS: (fp, N, n, m, d) => fp.FPAdd(N, d(), fp.FPNeg(N, fp.FPMul(N, n, m))),
  VNMLA: (fp, N, n, m, d) => fp.FPAdd(N, fp.FPNeg(N, d()), fp.FPNeg(N, fp.FPMul(N, n, m))),
  VNMLS: (fp, N, n, m, d) => fp.FPAdd(N, fp.FPNeg(N, d()), fp.FPMul(N, n, m)),
  VNMUL: (fp, N, n, m) => fp.FPNeg(N, fp.FPMul(N, n, m)),
  VMUL: (fp, N, n, m) => fp.FPMul(N, n, m),
  VADD: (fp, N, n, m) => fp.FPAdd(N, n, m),
  VSUB: (fp, N, n, m) => fp.FPSub(N, n, m),
  VDIV: (fp, N, n, m) => fp.FPDiv(N, n, m),
  VFMA: (fp, N, n, m, d) => fp.FPMulAdd(N, d(), n, m),
  VFMS: (fp, N, n, m, d) => fp.FPMulAdd(N, d(), fp.FPNeg(N, n), m),
  VFNMA: (fp, N, n, m, d) => fp.FPMulAdd(N, fp.FPNeg(N, d()), fp.FPNeg(N, n), m),
  VFNMS: (fp, N, n, m, d) => fp.FPMulAdd(N, fp.FPNeg(N, d()), n, m),
};

/** Two registers. */
const TWO: Readonly<Record<string, (fp: FloatBuilder, N: FloatSize, m: Float) => Float>> = {
  VMOV: (_fp, _N, m) => m,
  VABS: (fp, N, m) => fp.FPAbs(N, m),
  VNEG: (fp, N, m) => fp.FPNeg(N, m),
  VSQRT: (fp, N, m) => fp.FPSqrt(N, m),
};

function threeRegisters(name: string, N: FloatSize, compute: Compute): Operation {
  return plain(`${name}_${N}`, { regs: [], vregs: ['d', 'n', 'm'], imms: [], statics: [] }, ({ fp }, o) => {
    fp.elements(N, 'arithmetic', o.d, o.n, o.m, (d, n, m) => {
      fp.write(
        N,
        d,
        compute(fp, N, fp.read(N, n), fp.read(N, m), () => fp.read(N, d)),
      );
    });
  });
}

function twoRegisters(name: string, N: FloatSize): Operation {
  const compute = TWO[name];
  const kind = name === 'VSQRT' ? 'arithmetic' : 'move';
  return plain(`${name}_${N}`, { regs: [], vregs: ['d', 'm'], imms: [], statics: [] }, ({ fp }, o) => {
    fp.elements(N, kind, o.d, o.m, o.m, (d, _n, m) => fp.write(N, d, compute(fp, N, fp.read(N, m))));
  });
}

/** CheckVFPEnabled for two registers of `N` bits. */
function check(fp: FloatBuilder, N: FloatSize, ...registers: readonly VReg[]): void {
  if (N === 64) fp.CheckVFPEnabled(...registers);
  else fp.CheckVFPEnabled();
}

/** The half of a register that VCVTB and VCVTT work on. */
function halfOf(b: Builder, register: VReg, top: number): ReturnType<Builder['and']> {
  const word = b.fp.S(register);
  return top ? b.shr(word, b.const(16)) : b.and(word, b.const(0xffff));
}

const twoOperands = { regs: [], vregs: ['d', 'm'], imms: [] } as const;

export const operations: readonly Operation[] = [
  ...Object.entries(THREE).flatMap(([name, compute]) => SIZES.map((N) => threeRegisters(name, N, compute))),
  ...Object.keys(TWO).flatMap((name) => SIZES.map((N) => twoRegisters(name, N))),

  ...SIZES.flatMap((N) => [
    // The immediate is the number's highest word.
    plain(`VMOV_imm_${N}`, { regs: [], vregs: ['d'], imms: ['imm32'], statics: [] }, ({ fp }, o) => {
      fp.elements(N, 'move', o.d, o.d, o.d, (d) => fp.write(N, d, fp.constant(N, o.imm32)));
    }),

    plain(`VCMP_${N}`, { ...twoOperands, statics: ['quiet_nan_exc'] }, ({ fp }, o) => {
      fp.CheckVFPArithmetic(N, o.d, o.m);
      fp.FPCompare(N, fp.read(N, o.d), fp.read(N, o.m), o.quiet_nan_exc !== 0);
    }),
    plain(`VCMP_zero_${N}`, { regs: [], vregs: ['d'], imms: [], statics: ['quiet_nan_exc'] }, ({ fp }, o) => {
      fp.CheckVFPArithmetic(N, o.d);
      fp.FPCompare(N, fp.read(N, o.d), fp.zero(N), o.quiet_nan_exc !== 0);
    }),

    // Integers are in S registers, whatever the precision.
    plain(`VCVT_to_integer_${N}`, { ...twoOperands, statics: ['unsigned', 'round_zero'] }, ({ fp }, o) => {
      fp.CheckVFPArithmetic(N, o.m);
      fp.setS(o.d, fp.FPToInteger(N, fp.read(N, o.m), o.unsigned !== 0, o.round_zero !== 0));
    }),
    plain(`VCVT_from_integer_${N}`, { ...twoOperands, statics: ['unsigned'] }, ({ fp }, o) => {
      fp.CheckVFPArithmetic(N, o.d);
      fp.write(N, o.d, fp.IntegerToFP(N, fp.S(o.m), o.unsigned !== 0));
    }),

    // Fixed point stays in the register, in its low half or word; the result fills the register.
    plain(
      `VCVT_to_fixed_${N}`,
      { regs: [], vregs: ['d'], imms: ['frac_bits'], statics: ['size', 'unsigned'] },
      (b, o) => {
        const { fp } = b;
        check(fp, N, o.d);
        const M = o.size === 32 ? 32 : 16;
        const result = fp.FPToFixed(N, fp.read(N, o.d), M, o.frac_bits, o.unsigned !== 0);
        if (N === 32) fp.setS(o.d, result);
        else fp.setD(o.d, o.unsigned ? b.const(0) : b.sar(result, b.const(31)), result);
      },
    ),
    plain(
      `VCVT_from_fixed_${N}`,
      { regs: [], vregs: ['d'], imms: ['frac_bits'], statics: ['size', 'unsigned'] },
      ({ fp }, o) => {
        check(fp, N, o.d);
        const M = o.size === 32 ? 32 : 16;
        const value = N === 32 ? fp.S(o.d) : fp.low(o.d);
        fp.write(N, o.d, fp.FixedToFP(N, value, M, o.frac_bits, o.unsigned !== 0));
      },
    ),
  ]),

  plain('VCVT_64_32', { ...twoOperands, statics: [] }, ({ fp }, o) => {
    fp.CheckVFPArithmetic(64, o.d);
    fp.write(64, o.d, fp.FPSingleToDouble(fp.read(32, o.m)));
  }),
  plain('VCVT_32_64', { ...twoOperands, statics: [] }, ({ fp }, o) => {
    fp.CheckVFPArithmetic(64, o.m);
    fp.write(32, o.d, fp.FPDoubleToSingle(fp.read(64, o.m)));
  }),

  plain('VCVT_32_16', { ...twoOperands, statics: ['top'] }, (b, o) => {
    b.fp.CheckVFPEnabled();
    b.fp.write(32, o.d, b.fp.FPHalfToSingle(halfOf(b, o.m, o.top)));
  }),
  plain('VCVT_16_32', { ...twoOperands, statics: ['top'] }, (b, o) => {
    const { fp } = b;
    fp.CheckVFPEnabled();
    const half = fp.FPSingleToHalf(fp.read(32, o.m));
    const other = b.and(fp.S(o.d), b.const(o.top ? 0xffff : 0xffff << 16));
    fp.setS(o.d, b.or(other, o.top ? b.shl(half, b.const(16)) : half));
  }),
];

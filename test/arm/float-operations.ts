/** The operations of src/arm/float with the instructions that are defined by them: what the comparison with QEMU goes through. */
import type { FloatResult } from '../../src/arm/float/common.js';
import { StandardFPSCRValue } from '../../src/arm/float/common.js';
import * as convert from '../../src/arm/float/convert.js';
import * as doubles from '../../src/arm/float/double.js';
import * as estimate from '../../src/arm/float/estimate.js';
import * as singles from '../../src/arm/float/single.js';
import type { Format } from './float-operands.js';

export interface FloatOperation {
  /** The pseudocode's name and width. */
  readonly name: string;
  /** The instruction: on D0 (and its accumulator), D1, D2. */
  readonly text: string;
  /** Formats of op1, op2, and addend, which lie in D1, D2 and D0; of Advanced SIMD both words of a register are operands. */
  readonly operands: readonly Format[];
  readonly vector?: boolean;
  /** FPSCR.AHP matters. */
  readonly half?: boolean;
  /** Computes from a record (see qemu-float.ts) to D0 in it. @returns NZCV for comparisons */
  readonly ours: (w: Int32Array, fpscr: number, out: FloatResult) => number | void;
}

const D0 = 2;
const D1 = 4;
const D2 = 6;

type Single2 = (op1: number, op2: number, fpscr: number, out: FloatResult) => number;
type Double2 = (high1: number, low1: number, high2: number, low2: number, fpscr: number, out: FloatResult) => void;

function single2(name: string, text: string, of: Single2): FloatOperation {
  return {
    name: `${name} 32`,
    text: `${text}.f32 s0, s2, s4`,
    operands: ['single', 'single'],
    ours: (w, fpscr, out) => void (w[D0] = of(w[D1], w[D2], fpscr, out)),
  };
}

function double2(name: string, text: string, of: Double2): FloatOperation {
  return {
    name: `${name} 64`,
    text: `${text}.f64 d0, d1, d2`,
    operands: ['double', 'double'],
    ours: (w, fpscr, out) => {
      of(w[D1 + 1], w[D1], w[D2 + 1], w[D2], fpscr, out);
      setD0(w, out);
    },
  };
}

function setD0(w: Int32Array, out: FloatResult): void {
  w[D0] = out.low;
  w[D0 + 1] = out.high;
}

/** Advanced SIMD: each lane of D1 and D2 to that of D0, under StandardFPSCRValue. */
function lanes(name: string, text: string, operands: readonly Format[], of: Single2): FloatOperation {
  return {
    name: `${name} lanes`,
    text: `${text} d0, d1${operands.length > 1 ? ', d2' : ''}`,
    operands,
    vector: true,
    ours: (w, fpscr, out) => {
      for (let e = 0; e < 2; e++) w[D0 + e] = of(w[D1 + e], w[D2 + e], StandardFPSCRValue(fpscr), out);
    },
  };
}

const two: readonly Format[] = ['single', 'single'];
const mask = (condition: boolean): number => (condition ? -1 : 0);

function compares(): FloatOperation[] {
  return [false, true].flatMap((exc): FloatOperation[] => [
    {
      name: `FPCompare 32 ${exc ? 'signalling' : 'quiet'}`,
      text: `vcmp${exc ? 'e' : ''}.f32 s2, s4`,
      operands: two,
      ours: (w, fpscr, out) => singles.FPCompare(w[D1], w[D2], exc, fpscr, out),
    },
    {
      name: `FPCompare 64 ${exc ? 'signalling' : 'quiet'}`,
      text: `vcmp${exc ? 'e' : ''}.f64 d1, d2`,
      operands: ['double', 'double'],
      ours: (w, fpscr, out) => doubles.FPCompare(w[D1 + 1], w[D1], w[D2 + 1], w[D2], exc, fpscr, out),
    },
  ]);
}

function integers(): FloatOperation[] {
  return [true, false].flatMap((unsigned): FloatOperation[] => {
    const type = unsigned ? 'u32' : 's32';
    const toInteger = [true, false].flatMap((zero): FloatOperation[] => {
      const text = `vcvt${zero ? '' : 'r'}.${type}`;
      return [
        {
          name: `FPToFixed 32 ${type} ${zero ? 'to zero' : 'by FPSCR'}`,
          text: `${text}.f32 s0, s2`,
          operands: ['single'],
          ours: (w, f, out) => void (w[D0] = convert.FPSingleToFixed(w[D1], 32, 0, unsigned, zero, f, out)),
        },
        {
          name: `FPToFixed 64 ${type} ${zero ? 'to zero' : 'by FPSCR'}`,
          text: `${text}.f64 s0, d1`,
          operands: ['double'],
          ours: (w, f, out) => void (w[D0] = convert.FPDoubleToFixed(w[D1 + 1], w[D1], 32, 0, unsigned, zero, f, out)),
        },
      ];
    });
    return [
      ...toInteger,
      {
        name: `FixedToFP 32 ${type}`,
        text: `vcvt.f32.${type} s0, s2`,
        operands: ['word'],
        ours: (w, f, out) => void (w[D0] = convert.FixedToFPSingle(w[D1], 32, 0, unsigned, false, f, out)),
      },
      {
        name: `FixedToFP 64 ${type}`,
        text: `vcvt.f64.${type} d0, s2`,
        operands: ['word'],
        ours: (w, _f, out) => {
          convert.FixedToFPDouble(w[D1], 32, 0, unsigned, out);
          setD0(w, out);
        },
      },
    ];
  });
}

/** Fixed point, in place as the instructions have it: D0 is set from D1 first. */
function fixedPoint(): FloatOperation[] {
  const forms: readonly (readonly [M: number, bits: readonly number[]])[] = [
    [16, [0, 1, 7, 15, 16]],
    [32, [1, 15, 31, 32]],
  ];
  return forms.flatMap(([M, bits]) =>
    bits.flatMap((n) =>
      [true, false].flatMap((unsigned): FloatOperation[] => {
        const type = `${unsigned ? 'u' : 's'}${M}`;
        return [
          {
            name: `FPToFixed 32 ${type} #${n}`,
            text: `vmov.f32 s0, s2\n vcvt.${type}.f32 s0, s0, #${n}`,
            operands: ['single'],
            ours: (w, f, out) => void (w[D0] = convert.FPSingleToFixed(w[D1], M, n, unsigned, true, f, out)),
          },
          {
            name: `FPToFixed 64 ${type} #${n}`,
            text: `vmov.f64 d0, d1\n vcvt.${type}.f64 d0, d0, #${n}`,
            operands: ['double'],
            ours: (w, f, out) => {
              const result = convert.FPDoubleToFixed(w[D1 + 1], w[D1], M, n, unsigned, true, f, out);
              w[D0] = result;
              w[D0 + 1] = unsigned ? 0 : result >> 31;
            },
          },
          {
            name: `FixedToFP 32 ${type} #${n}`,
            text: `vmov.f32 s0, s2\n vcvt.f32.${type} s0, s0, #${n}`,
            operands: ['word'],
            ours: (w, f, out) => void (w[D0] = convert.FixedToFPSingle(w[D1], M, n, unsigned, true, f, out)),
          },
          {
            name: `FixedToFP 64 ${type} #${n}`,
            text: `vmov.f64 d0, d1\n vcvt.f64.${type} d0, d0, #${n}`,
            operands: ['word'],
            ours: (w, _f, out) => {
              convert.FixedToFPDouble(w[D1], M, n, unsigned, out);
              setD0(w, out);
            },
          },
        ];
      }),
    ),
  );
}

/** Operations of each kind, as the manual's sections go. */
export const families: Readonly<Record<string, readonly FloatOperation[]>> = {
  'addition and subtraction': [
    single2('FPAdd', 'vadd', singles.FPAdd),
    single2('FPSub', 'vsub', singles.FPSub),
    double2('FPAdd', 'vadd', doubles.FPAdd),
    double2('FPSub', 'vsub', doubles.FPSub),
  ],
  'multiplication and division': [
    single2('FPMul', 'vmul', singles.FPMul),
    single2('FPDiv', 'vdiv', singles.FPDiv),
    double2('FPMul', 'vmul', doubles.FPMul),
    double2('FPDiv', 'vdiv', doubles.FPDiv),
  ],
  'fused multiply-add': [
    {
      name: 'FPMulAdd 32',
      text: 'vfma.f32 s0, s2, s4',
      operands: ['single', 'single', 'single'],
      ours: (w, fpscr, out) => void (w[D0] = singles.FPMulAdd(w[D0], w[D1], w[D2], fpscr, out)),
    },
    {
      name: 'FPMulAdd 64',
      text: 'vfma.f64 d0, d1, d2',
      operands: ['double', 'double', 'double'],
      ours: (w, fpscr, out) => {
        doubles.FPMulAdd(w[D0 + 1], w[D0], w[D1 + 1], w[D1], w[D2 + 1], w[D2], fpscr, out);
        setD0(w, out);
      },
    },
  ],
  'square root': [
    {
      name: 'FPSqrt 32',
      text: 'vsqrt.f32 s0, s2',
      operands: ['single'],
      ours: (w, fpscr, out) => void (w[D0] = singles.FPSqrt(w[D1], fpscr, out)),
    },
    {
      name: 'FPSqrt 64',
      text: 'vsqrt.f64 d0, d1',
      operands: ['double'],
      ours: (w, fpscr, out) => {
        doubles.FPSqrt(w[D1 + 1], w[D1], fpscr, out);
        setD0(w, out);
      },
    },
  ],
  comparison: [
    ...compares(),
    lanes('FPCompareEQ', 'vceq.f32', two, (a, b, f, out) => mask(singles.FPCompareEQ(a, b, f, out))),
    lanes('FPCompareGE', 'vcge.f32', two, (a, b, f, out) => mask(singles.FPCompareGE(a, b, f, out))),
    lanes('FPCompareGT', 'vcgt.f32', two, (a, b, f, out) => mask(singles.FPCompareGT(a, b, f, out))),
    lanes('FPMax', 'vmax.f32', two, singles.FPMax),
    lanes('FPMin', 'vmin.f32', two, singles.FPMin),
  ],
  estimates: [
    lanes('FPRecipEstimate', 'vrecpe.f32', ['single'], (a, _b, _f, out) => estimate.FPRecipEstimate(a, out)),
    lanes('FPRSqrtEstimate', 'vrsqrte.f32', ['single'], (a, _b, _f, out) => estimate.FPRSqrtEstimate(a, out)),
    lanes('FPRecipStep', 'vrecps.f32', two, (a, b, _f, out) => estimate.FPRecipStep(a, b, out)),
    lanes('FPRSqrtStep', 'vrsqrts.f32', two, (a, b, _f, out) => estimate.FPRSqrtStep(a, b, out)),
    lanes('UnsignedRecipEstimate', 'vrecpe.u32', ['word'], (a) => estimate.UnsignedRecipEstimate(a)),
    lanes('UnsignedRSqrtEstimate', 'vrsqrte.u32', ['word'], (a) => estimate.UnsignedRSqrtEstimate(a)),
  ],
  'conversions between formats': [
    {
      name: 'FPSingleToDouble',
      text: 'vcvt.f64.f32 d0, s2',
      operands: ['single'],
      ours: (w, fpscr, out) => {
        convert.FPSingleToDouble(w[D1], fpscr, out);
        setD0(w, out);
      },
    },
    {
      name: 'FPDoubleToSingle',
      text: 'vcvt.f32.f64 s0, d1',
      operands: ['double'],
      ours: (w, fpscr, out) => void (w[D0] = convert.FPDoubleToSingle(w[D1 + 1], w[D1], fpscr, out)),
    },
    {
      name: 'FPHalfToSingle',
      text: 'vcvtb.f32.f16 s0, s2',
      operands: ['half'],
      half: true,
      ours: (w, fpscr, out) => void (w[D0] = convert.FPHalfToSingle(w[D1], fpscr, out)),
    },
    {
      name: 'FPSingleToHalf',
      text: 'vcvtb.f16.f32 s0, s2',
      operands: ['single'],
      half: true,
      ours: (w, fpscr, out) => void (w[D0] = (w[D0] & ~0xffff) | convert.FPSingleToHalf(w[D1], fpscr, out)),
    },
  ],
  integers: integers(),
  'fixed point': fixedPoint(),
};

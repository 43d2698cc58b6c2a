/** Rows of floating-point data processing (DDI 0406C A7.5), in both precisions and in A32 and T32. */
import type { ArgumentSet, Extension, Row } from '../row.js';
import { doubleRegister } from './define.js';
import { floatingPoint, registersOf, singleRegister, sizes, withHighRegisters } from './extension.js';

/** VFPExpandImm (A7.5.1): the highest word of the number. */
export function VFPExpandImm(imm8: number, N: 32 | 64): number {
  const exponentBits = N === 32 ? 8 : 11;
  const b = (imm8 >>> 6) & 1;
  const exponent =
    ((b ^ 1) << (exponentBits - 1)) | ((b ? (1 << (exponentBits - 3)) - 1 : 0) << 2) | ((imm8 >>> 4) & 3);
  return ((imm8 >>> 7) << 31) | (exponent << (31 - exponentBits)) | ((imm8 & 15) << (27 - exponentBits)) | 0;
}

/** Name in the manual, mnemonic, encoding number, bits 23, 21:20 (opc1 without D), bit 6, section. */
const THREE: readonly (readonly [string, string, string, string, string, string, Extension])[] = [
  ['VMLA, VMLS (floating-point)', 'VMLA', '2', '0 00', '0', 'A8.8.337', 'vfpv2'],
  ['VMLA, VMLS (floating-point)', 'VMLS', '2', '0 00', '1', 'A8.8.337', 'vfpv2'],
  ['VNMLA, VNMLS, VNMUL', 'VNMLA', '1', '0 01', '1', 'A8.8.356', 'vfpv2'],
  ['VNMLA, VNMLS, VNMUL', 'VNMLS', '1', '0 01', '0', 'A8.8.356', 'vfpv2'],
  ['VNMLA, VNMLS, VNMUL', 'VNMUL', '2', '0 10', '1', 'A8.8.356', 'vfpv2'],
  ['VMUL (floating-point)', 'VMUL', '2', '0 10', '0', 'A8.8.351', 'vfpv2'],
  ['VADD (floating-point)', 'VADD', '2', '0 11', '0', 'A8.8.283', 'vfpv2'],
  ['VSUB (floating-point)', 'VSUB', '2', '0 11', '1', 'A8.8.415', 'vfpv2'],
  ['VDIV', 'VDIV', '1', '1 00', '0', 'A8.8.312', 'vfpv2'],
  ['VFNMA, VFNMS', 'VFNMA', '1', '1 01', '1', 'A8.8.318', 'vfpv4'],
  ['VFNMA, VFNMS', 'VFNMS', '1', '1 01', '0', 'A8.8.318', 'vfpv4'],
  ['VFMA, VFMS', 'VFMA', '2', '1 10', '0', 'A8.8.317', 'vfpv4'],
  ['VFMA, VFMS', 'VFMS', '2', '1 10', '1', 'A8.8.317', 'vfpv4'],
];

const threeRegisters = THREE.flatMap(([name, mnemonic, encoding, opc, op, section, extension]) => {
  const [high, low] = opc.split(' ');
  return sizes.flatMap(({ N, sz, type, letter }) =>
    floatingPoint(
      name,
      `${encoding} ${mnemonic}.${type}`,
      `1110 ${high} D:1 ${low} Vn:4 Vd:4 101${sz} N:1 ${op} M:1 0 Vm:4`,
      section,
      `${mnemonic}<c>.${type} <${letter}d>, <${letter}n>, <${letter}m>`,
      `${mnemonic}_${N}`,
      registersOf(N),
      { extension },
    ),
  );
});

/** Rows on registers d and m: `opc2` and bits 7:6 tell them apart. */
function two(
  name: string,
  encoding: string,
  opc2: string,
  opc3: string,
  size: string,
  section: string,
  syntax: string,
  operation: string,
  args: ArgumentSet,
  extension: Extension = 'vfpv2',
): Row[] {
  return floatingPoint(
    name,
    encoding,
    `1110 1 D:1 11 ${opc2} Vd:4 101${size} ${opc3} M:1 0 Vm:4`,
    section,
    syntax,
    operation,
    args,
    { extension },
  );
}

const TWO: readonly (readonly [string, string, string, string, string, string])[] = [
  ['VMOV (register)', 'VMOV', '2', '0000', '01', 'A8.8.340'],
  ['VABS', 'VABS', '2', '0000', '11', 'A8.8.280'],
  ['VNEG', 'VNEG', '2', '0001', '01', 'A8.8.355'],
  ['VSQRT', 'VSQRT', '1', '0001', '11', 'A8.8.401'],
];

const twoRegisters = TWO.flatMap(([name, mnemonic, encoding, opc2, opc3, section]) =>
  sizes.flatMap(({ N, sz, type, letter }) =>
    two(
      name,
      `${encoding} ${type}`,
      opc2,
      opc3,
      String(sz),
      section,
      `${mnemonic}<c>.${type} <${letter}d>, <${letter}m>`,
      `${mnemonic}_${N}`,
      registersOf(N),
    ),
  ),
);

const immediates = sizes.flatMap(({ N, sz, type, letter }) =>
  floatingPoint(
    'VMOV (immediate)',
    `2 ${type}`,
    `1110 1 D:1 11 imm4H:4 Vd:4 101${sz} (0) 0 (0) 0 imm4L:4`,
    'A8.8.339',
    `VMOV<c>.${type} <${letter}d>, #<imm>`,
    `VMOV_imm_${N}`,
    (f) => ({ ...registersOf(N)(f), imm32: VFPExpandImm((f.imm4H << 4) | f.imm4L, N) }),
    { extension: 'vfpv3' },
  ),
);

const comparisons = sizes.flatMap(({ N, sz, type, letter }) =>
  [0, 1].flatMap((E) => {
    const mnemonic = E ? 'VCMPE' : 'VCMP';
    return [
      ...two(
        'VCMP, VCMPE',
        `1 ${mnemonic}.${type}`,
        '0100',
        `${E}1`,
        String(sz),
        'A8.8.303',
        `${mnemonic}<c>.${type} <${letter}d>, <${letter}m>`,
        `VCMP_${N}`,
        (f) => ({ ...registersOf(N)(f), quiet_nan_exc: E }),
      ),
      ...floatingPoint(
        'VCMP, VCMPE',
        `2 ${mnemonic}.${type}`,
        `1110 1 D:1 11 0101 Vd:4 101${sz} ${E}1 (0) 0 (0)(0)(0)(0)`,
        'A8.8.303',
        `${mnemonic}<c>.${type} <${letter}d>, #0.0`,
        `VCMP_zero_${N}`,
        (f) => ({ ...registersOf(N)(f), quiet_nan_exc: E }),
      ),
    ];
  }),
);

const halves = [0, 1].flatMap((toHalf) =>
  [0, 1].flatMap((top) => {
    const mnemonic = top ? 'VCVTT' : 'VCVTB';
    const types = toHalf ? 'F16.F32' : 'F32.F16';
    return two(
      'VCVTB, VCVTT',
      `1 ${mnemonic}.${types}`,
      `001${toHalf}`,
      `${top}1`,
      '0',
      'A8.8.311',
      `${mnemonic}<c>.${types} <Sd>, <Sm>`,
      toHalf ? 'VCVT_16_32' : 'VCVT_32_16',
      (f) => ({ ...registersOf(32)(f), top }),
      'half-precision',
    );
  }),
);

const BETWEEN = 'VCVT (between double-precision and single-precision)';
const precisions = [
  ...two(BETWEEN, '1 F64.F32', '0111', '11', '0', 'A8.8.309', 'VCVT<c>.F64.F32 <Dd>, <Sm>', 'VCVT_64_32', (f) => ({
    ...withHighRegisters({ d: doubleRegister(f.D, f.Vd) }),
    m: singleRegister(f.Vm, f.M),
  })),
  ...two(BETWEEN, '1 F32.F64', '0111', '11', '1', 'A8.8.309', 'VCVT<c>.F32.F64 <Sd>, <Dm>', 'VCVT_32_64', (f) => ({
    ...withHighRegisters({ m: doubleRegister(f.M, f.Vm) }),
    d: singleRegister(f.Vd, f.D),
  })),
];

const INTEGER = 'VCVT, VCVTR (between floating-point and integer, Floating-point)';
const integers = sizes.flatMap(({ N, sz, type, letter }) => {
  const toInteger = (unsigned: number, round_zero: number): ArgumentSet => {
    return (f) => ({
      ...(N === 64 ? withHighRegisters({ m: doubleRegister(f.M, f.Vm) }) : { m: singleRegister(f.Vm, f.M) }),
      d: singleRegister(f.Vd, f.D),
      unsigned,
      round_zero,
    });
  };
  const fromInteger = (unsigned: number): ArgumentSet => {
    return (f) => ({
      ...(N === 64 ? withHighRegisters({ d: doubleRegister(f.D, f.Vd) }) : { d: singleRegister(f.Vd, f.D) }),
      m: singleRegister(f.Vm, f.M),
      unsigned,
    });
  };
  return [0, 1].flatMap((signed) => {
    const integer = signed ? 'S32' : 'U32';
    return [
      ...two(
        INTEGER,
        `1 ${type}.${integer}`,
        '1000',
        `${signed}1`,
        String(sz),
        'A8.8.306',
        `VCVT<c>.${type}.${integer} <${letter}d>, <Sm>`,
        `VCVT_from_integer_${N}`,
        fromInteger(1 - signed),
      ),
      ...[0, 1].flatMap((round_zero) => {
        const mnemonic = round_zero ? 'VCVT' : 'VCVTR';
        return two(
          INTEGER,
          `1 ${mnemonic}.${integer}.${type}`,
          `110${signed}`,
          `${round_zero}1`,
          String(sz),
          'A8.8.306',
          `${mnemonic}<c>.${integer}.${type} <Sd>, <${letter}m>`,
          `VCVT_to_integer_${N}`,
          toInteger(1 - signed, round_zero),
        );
      }),
    ];
  });
});

const FIXED = 'VCVT (between floating-point and fixed-point, Floating-point)';
const fixedPoint = sizes.flatMap(({ N, sz, type, letter }) =>
  [0, 1].flatMap((to_fixed) =>
    [0, 1].flatMap((unsigned) =>
      [16, 32].flatMap((size) => {
        const fixed = `${unsigned ? 'U' : 'S'}${size}`;
        const types = to_fixed ? `${fixed}.${type}` : `${type}.${fixed}`;
        return floatingPoint(
          FIXED,
          `1 ${types}`,
          `1110 1 D:1 11 1${to_fixed}1${unsigned} Vd:4 101${sz} ${size === 32 ? 1 : 0} 1 i:1 0 imm4:4`,
          'A8.8.308',
          `VCVT<c>.${types} <${letter}dm>, <${letter}dm>, #<fbits>`,
          `VCVT_${to_fixed ? 'to' : 'from'}_fixed_${N}`,
          (f) => ({ ...registersOf(N)(f), frac_bits: size - ((f.imm4 << 1) | f.i), size, unsigned }),
          {
            extension: 'vfpv3',
            unpredictable: [
              {
                says: 'if frac_bits < 0 then UNPREDICTABLE',
                when: (f) => size < ((f.imm4 << 1) | f.i),
              },
            ],
          },
        );
      }),
    ),
  ),
);

export const rows: readonly Row[] = [
  ...threeRegisters,
  ...twoRegisters,
  ...immediates,
  ...comparisons,
  ...halves,
  ...precisions,
  ...integers,
  ...fixedPoint,
];

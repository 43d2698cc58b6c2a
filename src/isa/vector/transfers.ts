/**
 * Rows of moves between core and extension registers (DDI 0406C A7.8, A7.9), in A32 and T32. FPSCR belongs to everybody; the other system
 * registers to PL1.
 */
import { readTargetIsSp } from '../args/coprocessor.js';
import { unpredictableIf } from '../define.js';
import { coreRegisters, onlyInT32 } from '../pairs.js';
import { Fact } from '../row.js';
import type { ArgumentSet, Fields, Row } from '../row.js';
import { doubleRegister, undefinedIf } from './define.js';
import { singleRegister, transfer, transferOfTwo, withHighRegisters } from './extension.js';

const sameTargets = unpredictableIf('to_arm_registers && t == t2', (f) => f.Rt === f.Rt2);

const SINGLE = 'VMOV (between ARM core register and single-precision register)';
const TWO_SINGLES = 'VMOV (between two ARM core registers and two single-precision registers)';
const DOUBLE = 'VMOV (between two ARM core registers and a doubleword extension register)';
const TO_SCALAR = 'VMOV (ARM core register to scalar)';
const FROM_SCALAR = 'VMOV (scalar to ARM core register)';

const single: ArgumentSet = (f) => ({ t: f.Rt, n: singleRegister(f.Vn, f.N) });
const twoSingles: ArgumentSet = (f) => ({ t: f.Rt, t2: f.Rt2, m: singleRegister(f.Vm, f.M) });
const double: ArgumentSet = (f) => ({
  ...withHighRegisters({ m: doubleRegister(f.M, f.Vm) }),
  t: f.Rt,
  t2: f.Rt2,
});
/** S32 is none. @unpredictable two registers from S31 on: Undefined */
const twoThere = undefinedIf('m == 31', (f) => f.Vm === 15 && f.M === 1);

const words = [0, 1].flatMap((toCore) => {
  const more = toCore ? [sameTargets] : [];
  const order = (vector: string, registers: string): string =>
    toCore ? `VMOV<c> ${registers}, ${vector}` : `VMOV<c> ${vector}, ${registers}`;
  const way = toCore ? 'toCore' : 'fromCore';
  const direction = toCore ? 'to core' : 'from core';
  return [
    ...coreRegisters(
      transfer[way](
        SINGLE,
        `1 ${direction}`,
        `1110 000 ${toCore} Vn:4 Rt:4 1010 N:1 (0)(0) 1 (0)(0)(0)(0)`,
        'A8.8.343',
        order('<Sn>', '<Rt>'),
        toCore ? 'VMOV_single_to_core' : 'VMOV_core_to_single',
        single,
      ),
      ['Rt'],
    ),
    ...coreRegisters(
      transferOfTwo[way](
        TWO_SINGLES,
        `1 ${direction}`,
        `1100 010 ${toCore} Rt2:4 Rt:4 1010 00 M:1 1 Vm:4`,
        'A8.8.344',
        order('<Sm>, <Sm1>', '<Rt>, <Rt2>'),
        toCore ? 'VMOV_singles_to_core' : 'VMOV_core_to_singles',
        twoSingles,
        { guard: twoThere },
      ),
      ['Rt', 'Rt2'],
      ...more,
    ),
    ...coreRegisters(
      transferOfTwo[way](
        DOUBLE,
        `1 ${direction}`,
        `1100 010 ${toCore} Rt2:4 Rt:4 1011 00 M:1 1 Vm:4`,
        'A8.8.345',
        order('<Dm>', '<Rt>, <Rt2>'),
        toCore ? 'VMOV_double_to_core' : 'VMOV_core_to_double',
        double,
      ),
      ['Rt', 'Rt2'],
      ...more,
    ),
  ];
});

/** Elements by the bits that tell them apart: opc1 (bits 22:21), opc2 (bits 6:5) with the index in what is left. */
const ELEMENTS = [
  { esize: 8, opc1: '1 x:1', opc2: 'y:2', index: (f: Fields) => (f.x << 2) | f.y },
  { esize: 16, opc1: '0 x:1', opc2: 'y:1 1', index: (f: Fields) => (f.x << 1) | f.y },
  { esize: 32, opc1: '0 x:1', opc2: '00', index: (f: Fields) => f.x },
] as const;

const scalars = ELEMENTS.flatMap(({ esize, opc1, opc2, index }) => {
  const word = esize === 32;
  const extension = word ? 'vfpv2' : 'advanced-simd';
  return [
    ...coreRegisters(
      transfer.fromCore(
        TO_SCALAR,
        `1 ${esize}`,
        `1110 0 ${opc1} 0 Vd:4 Rt:4 1011 D:1 ${opc2} 1 (0)(0)(0)(0)`,
        'A8.8.341',
        `VMOV<c>.${esize} <Dd[x]>, <Rt>`,
        word ? 'VMOV_core_to_word' : 'VMOV_core_to_scalar',
        (f) => ({ ...withHighRegisters({ d: doubleRegister(f.D, f.Vd) }), t: f.Rt, index: index(f), esize }),
        { extension },
      ),
      ['Rt'],
    ),
    ...(word ? [0] : [0, 1]).flatMap((unsigned) =>
      coreRegisters(
        transfer.toCore(
          FROM_SCALAR,
          `1 ${word ? '' : unsigned ? 'U' : 'S'}${esize}`,
          `1110 ${unsigned} ${opc1} 1 Vn:4 Rt:4 1011 N:1 ${opc2} 1 (0)(0)(0)(0)`,
          'A8.8.342',
          `VMOV<c>.${word ? '' : unsigned ? 'U' : 'S'}${esize} <Rt>, <Dn[x]>`,
          word ? 'VMOV_word_to_core' : 'VMOV_scalar_to_core',
          (f) => ({
            ...withHighRegisters({ n: doubleRegister(f.N, f.Vn) }),
            t: f.Rt,
            index: index(f),
            esize,
            unsigned,
          }),
          { extension },
        ),
        ['Rt'],
      ),
    ),
  ];
});

const duplicates = (
  [
    [8, '1', '0'],
    [16, '0', '1'],
    [32, '0', '0'],
  ] as const
).flatMap(([esize, b, e]) =>
  coreRegisters(
    transfer.fromCore(
      'VDUP (ARM core register)',
      `1 ${esize}`,
      `1110 1 ${b} Q:1 0 Vd:4 Rt:4 1011 D:1 0 ${e} 1 (0)(0)(0)(0)`,
      'A8.8.314',
      `VDUP<c>.${esize} <Qd>, <Rt>`,
      'VDUP_core',
      (f) => ({ d: doubleRegister(f.D, f.Vd), t: f.Rt, esize, Q: f.Q }),
      {
        extension: 'advanced-simd',
        guard: undefinedIf("Q == '1' && Vd<0> == '1'", (f) => f.Q === 1 && (f.Vd & 1) === 1),
      },
    ),
    ['Rt'],
  ),
);

const system = Fact.systemRegister | Fact.privileged;
const fpscr = (L: number, Rt: string): string => `1110 111 ${L} 0001 ${Rt} 1010 (0)(0)(0) 1 (0)(0)(0)(0)`;
const others = (L: number): string => `1110 111 ${L} reg:4 Rt:4 1010 (0)(0)(0) 1 (0)(0)(0)(0)`;
const systemArgs: ArgumentSet = (f) => ({ t: f.Rt, reg: f.reg });

const status = [
  ...onlyInT32(
    transfer.toCore('VMRS', '1', fpscr(1, 'Rt:4'), 'A8.8.348', 'VMRS<c> <Rt>, FPSCR', 'VMRS', (f) => ({ t: f.Rt }), {
      over: ['VMRS 1 system'],
    }),
    readTargetIsSp,
  ),
  ...transfer.toCore(
    'VMRS',
    '1 flags',
    fpscr(1, '1111'),
    'A8.8.348',
    'VMRS<c> APSR_nzcv, FPSCR',
    'VMRS_flags',
    () => ({}),
    { over: ['VMRS 1', 'VMRS 1 system'] },
  ),
  ...coreRegisters(
    transfer.fromCore('VMSR', '1', fpscr(0, 'Rt:4'), 'A8.8.349', 'VMSR<c> FPSCR, <Rt>', 'VMSR', (f) => ({ t: f.Rt }), {
      over: ['VMSR 1 system'],
    }),
    ['Rt'],
  ),
  ...coreRegisters(
    transfer.toCore('VMRS', '1 system', others(1), 'B9.3.21', 'VMRS<c> <Rt>, <spec_reg>', 'VMRS_system', systemArgs, {
      facts: system,
    }),
    ['Rt'],
  ),
  ...coreRegisters(
    transfer.fromCore('VMSR', '1 system', others(0), 'B9.3.22', 'VMSR<c> <spec_reg>, <Rt>', 'VMSR_system', systemArgs, {
      facts: system,
    }),
    ['Rt'],
  ),
];

export const rows: readonly Row[] = [...words, ...scalars, ...duplicates, ...status];

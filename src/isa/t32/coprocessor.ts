/**
 * T32: coprocessor instructions, Advanced SIMD and floating-point instructions (DDI 0406C A6.3.18). CP14 and CP15 are meaningful; everything
 * else here is recognised and Undefined.
 */
import { eitherIsSpOrPc, move, moveTwo, nothing, readTargetIsSp, sameTargets } from '../args/coprocessor.js';
import { isSpOrPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t32 = rowMaker('T32');

const system = Fact.systemRegister | Fact.privileged;
const undefinedHere = { facts: Fact.undefined } as const;

const systemRegisters: readonly Row[] = [
  t32(
    'MCR, MCR2',
    'T1',
    '11101110 opc1:3 0 CRn:4 Rt:4 111 coproc:1 opc2:3 1 CRm:4',
    'A8.8.98',
    'MCR<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>{, <opc2>}',
    'MCR',
    move,
    { facts: system, unpredictable: [isSpOrPc('Rt')], over: ['MCR, MCR2 T1 other'] },
  ),
  t32(
    'MRC, MRC2',
    'T1',
    '11101110 opc1:3 1 CRn:4 Rt:4 111 coproc:1 opc2:3 1 CRm:4',
    'A8.8.107',
    'MRC<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>{, <opc2>}',
    'MRC',
    move,
    { facts: system, unpredictable: [readTargetIsSp], over: ['MRC, MRC2 T1 other'] },
  ),
  t32(
    'MCRR, MCRR2',
    'T1',
    '11101100 010 0 Rt2:4 Rt:4 111 coproc:1 opc1:4 CRm:4',
    'A8.8.99',
    'MCRR<c> <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>',
    'MCRR',
    moveTwo,
    { facts: system, unpredictable: [eitherIsSpOrPc], over: ['MCRR, MCRR2 T1 other', 'STC, STC2 T1'] },
  ),
  t32(
    'MRRC, MRRC2',
    'T1',
    '11101100 010 1 Rt2:4 Rt:4 111 coproc:1 opc1:4 CRm:4',
    'A8.8.108',
    'MRRC<c> <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>',
    'MRRC',
    moveTwo,
    {
      facts: system,
      unpredictable: [eitherIsSpOrPc, sameTargets],
      over: ['MRRC, MRRC2 T1 other', 'LDC, LDC2 (immediate) T1'],
    },
  ),
];

/** Coprocessor instructions that no coprocessor takes. */
function absent(encoding: string, prefix: string, pairs: string): Row[] {
  const two = encoding === 'T2' ? '2<c>' : '<c>';
  const transfers = ['STC, STC2', 'LDC, LDC2 (immediate)'];
  return [
    t32(
      'CDP, CDP2',
      encoding,
      `${prefix} 1110 opc1:4 CRn:4 CRd:4 coproc:4 opc2:3 0 CRm:4`,
      'A8.8.30',
      `CDP${two} <coproc>, <opc1>, <CRd>, <CRn>, <CRm>, <opc2>`,
      null,
      nothing,
      undefinedHere,
    ),
    t32(
      'STC, STC2',
      encoding,
      `${prefix} 110 P:1 U:1 D:1 W:1 0 Rn:4 CRd:4 coproc:4 imm8:8`,
      'A8.8.198',
      `STC${two} <coproc>, <CRd>, [<Rn>]`,
      null,
      nothing,
      undefinedHere,
    ),
    t32(
      'LDC, LDC2 (immediate)',
      encoding,
      `${prefix} 110 P:1 U:1 D:1 W:1 1 Rn:4 CRd:4 coproc:4 imm8:8`,
      'A8.8.55',
      `LDC${two} <coproc>, <CRd>, [<Rn>]`,
      null,
      nothing,
      undefinedHere,
    ),
    t32(
      'MCR, MCR2',
      pairs,
      `${prefix} 1110 opc1:3 0 CRn:4 Rt:4 coproc:4 opc2:3 1 CRm:4`,
      'A8.8.98',
      `MCR${two} <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>`,
      null,
      nothing,
      undefinedHere,
    ),
    t32(
      'MRC, MRC2',
      pairs,
      `${prefix} 1110 opc1:3 1 CRn:4 Rt:4 coproc:4 opc2:3 1 CRm:4`,
      'A8.8.107',
      `MRC${two} <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>`,
      null,
      nothing,
      undefinedHere,
    ),
    t32(
      'MCRR, MCRR2',
      pairs,
      `${prefix} 1100 010 0 Rt2:4 Rt:4 coproc:4 opc1:4 CRm:4`,
      'A8.8.99',
      `MCRR${two} <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>`,
      null,
      nothing,
      { ...undefinedHere, over: [`${transfers[0]} ${encoding}`] },
    ),
    t32(
      'MRRC, MRRC2',
      pairs,
      `${prefix} 1100 010 1 Rt2:4 Rt:4 coproc:4 opc1:4 CRm:4`,
      'A8.8.108',
      `MRRC${two} <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>`,
      null,
      nothing,
      { ...undefinedHere, over: [`${transfers[1]} ${encoding}`] },
    ),
  ];
}

/** Coprocessors 10 and 11, and the space of Advanced SIMD. */
const extensionRegisters: readonly Row[] = [
  t32(
    'Floating-point data-processing',
    'T1',
    '11101110 opc1:4 opc2:4 Vd:4 101 sz:1 opc3:2 op:1 0 opc4:4',
    'A7.5',
    'V<op><c>',
    null,
    nothing,
    { ...undefinedHere, over: ['CDP, CDP2 T1'] },
  ),
  t32(
    'Extension register load/store',
    'T1',
    '1110110 opcode:5 Rn:4 Vd:4 101 sz:1 imm8:8',
    'A7.6',
    'VLDR, VSTR, VLDM, VSTM',
    null,
    nothing,
    {
      ...undefinedHere,
      over: ['STC, STC2 T1', 'LDC, LDC2 (immediate) T1', 'MCRR, MCRR2 T1 other', 'MRRC, MRRC2 T1 other'],
    },
  ),
  t32(
    '64-bit transfers',
    'T1',
    '11101100 010 op:1 Rt2:4 Rt:4 101 C:1 op2:2 M:1 1 Vm:4',
    'A7.9',
    'VMOV<c>',
    null,
    nothing,
    {
      ...undefinedHere,
      over: [
        'STC, STC2 T1',
        'LDC, LDC2 (immediate) T1',
        'MCRR, MCRR2 T1 other',
        'MRRC, MRRC2 T1 other',
        'Extension register load/store T1',
      ],
    },
  ),
  t32(
    '8, 16, and 32-bit transfer',
    'T1',
    '11101110 A:3 L:1 Vn:4 Rt:4 101 C:1 N:1 B:2 1 (0)(0)(0)(0)',
    'A7.8',
    'VMOV, VMRS, VMSR',
    null,
    nothing,
    { ...undefinedHere, over: ['MCR, MCR2 T1 other', 'MRC, MRC2 T1 other'] },
  ),
  t32('Advanced SIMD data-processing', 'T1', '111 U:1 1111 opcode:24', 'A7.4', 'V<op>', null, nothing, undefinedHere),
  t32(
    'Advanced SIMD element or structure load/store',
    'T1',
    '11111001 A:1 D:1 L:1 0 Rn:4 Vd:4 type:4 size:2 align:2 Rm:4',
    'A7.7',
    'VLD<n>, VST<n>',
    null,
    nothing,
    undefinedHere,
  ),
];

export const rows: readonly Row[] = [
  ...systemRegisters,
  ...absent('T1', '1110', 'T1 other'),
  ...absent('T2', '1111', 'T2'),
  ...extensionRegisters,
];

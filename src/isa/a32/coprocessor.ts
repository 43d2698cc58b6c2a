/**
 * A32: coprocessor instructions and SVC's neighbours (DDI 0406C A5.6), the unconditional forms of them, and the spaces of Advanced SIMD and
 * floating point. CP14 and CP15 are meaningful; everything else here is recognised and Undefined.
 */
import { move, moveTwo, nothing, sameTargets } from '../args/coprocessor.js';
import { isPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const a32 = rowMaker('A32');

const system = Fact.systemRegister | Fact.privileged;
const undefinedHere = { facts: Fact.undefined } as const;

const systemRegisters: readonly Row[] = [
  a32(
    'MCR, MCR2',
    'A1',
    'cond:4 1110 opc1:3 0 CRn:4 Rt:4 111 coproc:1 opc2:3 1 CRm:4',
    'A8.8.98',
    'MCR<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>{, <opc2>}',
    'MCR',
    move,
    { facts: system, unpredictable: [isPc('Rt')], over: ['MCR, MCR2 A1 other'] },
  ),
  a32(
    'MRC, MRC2',
    'A1',
    'cond:4 1110 opc1:3 1 CRn:4 Rt:4 111 coproc:1 opc2:3 1 CRm:4',
    'A8.8.107',
    'MRC<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>{, <opc2>}',
    'MRC',
    move,
    { facts: system, over: ['MRC, MRC2 A1 other'] },
  ),
  a32(
    'MCRR, MCRR2',
    'A1',
    'cond:4 1100 010 0 Rt2:4 Rt:4 111 coproc:1 opc1:4 CRm:4',
    'A8.8.99',
    'MCRR<c> <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>',
    'MCRR',
    moveTwo,
    { facts: system, unpredictable: [isPc('Rt', 'Rt2')], over: ['MCRR, MCRR2 A1 other', 'STC, STC2 A1'] },
  ),
  a32(
    'MRRC, MRRC2',
    'A1',
    'cond:4 1100 010 1 Rt2:4 Rt:4 111 coproc:1 opc1:4 CRm:4',
    'A8.8.108',
    'MRRC<c> <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>',
    'MRRC',
    moveTwo,
    {
      facts: system,
      unpredictable: [isPc('Rt', 'Rt2'), sameTargets],
      over: ['MRRC, MRRC2 A1 other', 'LDC, LDC2 (immediate) A1'],
    },
  ),
];

/** Coprocessor instructions that no coprocessor takes. */
function absent(encoding: string, prefix: string, pairs: string): Row[] {
  const two = encoding === 'A2' ? '2' : '<c>';
  const transfers = ['STC, STC2', 'LDC, LDC2 (immediate)'];
  return [
    a32(
      'CDP, CDP2',
      encoding,
      `${prefix} 1110 opc1:4 CRn:4 CRd:4 coproc:4 opc2:3 0 CRm:4`,
      'A8.8.30',
      `CDP${two} <coproc>, <opc1>, <CRd>, <CRn>, <CRm>, <opc2>`,
      null,
      nothing,
      undefinedHere,
    ),
    a32(
      'STC, STC2',
      encoding,
      `${prefix} 110 P:1 U:1 D:1 W:1 0 Rn:4 CRd:4 coproc:4 imm8:8`,
      'A8.8.198',
      `STC${two} <coproc>, <CRd>, [<Rn>]`,
      null,
      nothing,
      undefinedHere,
    ),
    a32(
      'LDC, LDC2 (immediate)',
      encoding,
      `${prefix} 110 P:1 U:1 D:1 W:1 1 Rn:4 CRd:4 coproc:4 imm8:8`,
      'A8.8.55',
      `LDC${two} <coproc>, <CRd>, [<Rn>]`,
      null,
      nothing,
      undefinedHere,
    ),
    a32(
      'MCR, MCR2',
      pairs,
      `${prefix} 1110 opc1:3 0 CRn:4 Rt:4 coproc:4 opc2:3 1 CRm:4`,
      'A8.8.98',
      `MCR${two} <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>`,
      null,
      nothing,
      undefinedHere,
    ),
    a32(
      'MRC, MRC2',
      pairs,
      `${prefix} 1110 opc1:3 1 CRn:4 Rt:4 coproc:4 opc2:3 1 CRm:4`,
      'A8.8.107',
      `MRC${two} <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>`,
      null,
      nothing,
      undefinedHere,
    ),
    a32(
      'MCRR, MCRR2',
      pairs,
      `${prefix} 1100 010 0 Rt2:4 Rt:4 coproc:4 opc1:4 CRm:4`,
      'A8.8.99',
      `MCRR${two} <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>`,
      null,
      nothing,
      { ...undefinedHere, over: [`${transfers[0]} ${encoding}`] },
    ),
    a32(
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
  a32(
    'Floating-point data-processing',
    'A1',
    'cond:4 1110 opc1:4 opc2:4 Vd:4 101 sz:1 opc3:2 op:1 0 opc4:4',
    'A7.5',
    'V<op><c>',
    null,
    nothing,
    { ...undefinedHere, over: ['CDP, CDP2 A1'] },
  ),
  a32(
    'Extension register load/store',
    'A1',
    'cond:4 110 opcode:5 Rn:4 Vd:4 101 sz:1 imm8:8',
    'A7.6',
    'VLDR, VSTR, VLDM, VSTM',
    null,
    nothing,
    {
      ...undefinedHere,
      over: ['STC, STC2 A1', 'LDC, LDC2 (immediate) A1', 'MCRR, MCRR2 A1 other', 'MRRC, MRRC2 A1 other'],
    },
  ),
  a32(
    '64-bit transfers',
    'A1',
    'cond:4 1100 010 op:1 Rt2:4 Rt:4 101 C:1 op2:2 M:1 1 Vm:4',
    'A7.9',
    'VMOV<c>',
    null,
    nothing,
    {
      ...undefinedHere,
      over: [
        'STC, STC2 A1',
        'LDC, LDC2 (immediate) A1',
        'MCRR, MCRR2 A1 other',
        'MRRC, MRRC2 A1 other',
        'Extension register load/store A1',
      ],
    },
  ),
  a32(
    '8, 16, and 32-bit transfer',
    'A1',
    'cond:4 1110 A:3 L:1 Vn:4 Rt:4 101 C:1 N:1 B:2 1 (0)(0)(0)(0)',
    'A7.8',
    'VMOV, VMRS, VMSR',
    null,
    nothing,
    { ...undefinedHere, over: ['MCR, MCR2 A1 other', 'MRC, MRC2 A1 other'] },
  ),
  a32('Advanced SIMD data-processing', 'A1', '1111 001 U:1 opcode:24', 'A7.4', 'V<op>', null, nothing, undefinedHere),
  a32(
    'Advanced SIMD element or structure load/store',
    'A1',
    '1111 0100 A:1 D:1 L:1 0 Rn:4 Vd:4 type:4 size:2 align:2 Rm:4',
    'A7.7',
    'VLD<n>, VST<n>',
    null,
    nothing,
    undefinedHere,
  ),
];

export const rows: readonly Row[] = [
  ...systemRegisters,
  ...absent('A1', 'cond:4', 'A1 other'),
  ...absent('A2', '1111', 'A2'),
  ...extensionRegisters,
];

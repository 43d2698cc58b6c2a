/**
 * Coprocessor instructions in A32 (DDI 0406C A5.6) and T32 (A6.3.18), and the spaces of floating point and Advanced SIMD. CP14 and CP15 are
 * meaningful; everything else here is recognised and Undefined.
 */
import { move, moveTwo, nothing, readTargetIsSp, sameTargets } from './args/coprocessor.js';
import { coreRegisters, onlyInT32, pairMaker } from './pairs.js';
import { Fact } from './row.js';
import type { Row } from './row.js';

/** Encodings A1 and T1, which have a condition (in T32 that of the IT block), and A2 and T2, which have none. */
const conditional = pairMaker({ A32: 'cond:4', T32: '1110' });
const unconditional = pairMaker({ A32: '1111', T32: '1111' });

const system = { facts: Fact.systemRegister | Fact.privileged } as const;
const undefinedHere = { facts: Fact.undefined } as const;

const STC = 'STC, STC2';
const LDC = 'LDC, LDC2 (immediate)';

const systemRegisters: readonly Row[] = [
  ...coreRegisters(
    conditional(
      'MCR, MCR2',
      '1',
      '1110 opc1:3 0 CRn:4 Rt:4 111 coproc:1 opc2:3 1 CRm:4',
      'A8.8.98',
      'MCR<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>{, <opc2>}',
      'MCR',
      move,
      { ...system, over: ['MCR, MCR2 1 other'] },
    ),
    ['Rt'],
  ),
  ...onlyInT32(
    conditional(
      'MRC, MRC2',
      '1',
      '1110 opc1:3 1 CRn:4 Rt:4 111 coproc:1 opc2:3 1 CRm:4',
      'A8.8.107',
      'MRC<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>{, <opc2>}',
      'MRC',
      move,
      { ...system, over: ['MRC, MRC2 1 other'] },
    ),
    readTargetIsSp,
  ),
  ...coreRegisters(
    conditional(
      'MCRR, MCRR2',
      '1',
      '1100 010 0 Rt2:4 Rt:4 111 coproc:1 opc1:4 CRm:4',
      'A8.8.99',
      'MCRR<c> <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>',
      'MCRR',
      moveTwo,
      { ...system, over: ['MCRR, MCRR2 1 other', `${STC} 1`] },
    ),
    ['Rt', 'Rt2'],
  ),
  ...coreRegisters(
    conditional(
      'MRRC, MRRC2',
      '1',
      '1100 010 1 Rt2:4 Rt:4 111 coproc:1 opc1:4 CRm:4',
      'A8.8.108',
      'MRRC<c> <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>',
      'MRRC',
      moveTwo,
      { ...system, over: ['MRRC, MRRC2 1 other', `${LDC} 1`] },
    ),
    ['Rt', 'Rt2'],
    sameTargets,
  ),
];

/** Coprocessor instructions that no coprocessor takes. `transfers` labels those that {@link systemRegisters} are a part of. */
function absent(encoding: '1' | '2', transfers: string): Row[] {
  const pair = encoding === '1' ? conditional : unconditional;
  const c = encoding === '1' ? '<c>' : '2<c>';
  const take = (name: string, label: string, bits: string, section: string, syntax: string, over?: string): Row[] =>
    pair(name, label, bits, section, syntax, null, nothing, {
      ...undefinedHere,
      over: over ? [`${over} ${encoding}`] : [],
    });
  const transferBits = (L: 0 | 1): string => `110 P:1 U:1 D:1 W:1 ${L} Rn:4 CRd:4 coproc:4 imm8:8`;
  const moveBits = (L: 0 | 1): string => `1110 opc1:3 ${L} CRn:4 Rt:4 coproc:4 opc2:3 1 CRm:4`;
  const moveTwoBits = (L: 0 | 1): string => `1100 010 ${L} Rt2:4 Rt:4 coproc:4 opc1:4 CRm:4`;
  return [
    ...take(
      'CDP, CDP2',
      encoding,
      '1110 opc1:4 CRn:4 CRd:4 coproc:4 opc2:3 0 CRm:4',
      'A8.8.30',
      `CDP${c} <coproc>, <opc1>, <CRd>, <CRn>, <CRm>, <opc2>`,
    ),
    ...take(STC, encoding, transferBits(0), 'A8.8.198', `STC${c} <coproc>, <CRd>, [<Rn>]`),
    ...take(LDC, encoding, transferBits(1), 'A8.8.55', `LDC${c} <coproc>, <CRd>, [<Rn>]`),
    ...take('MCR, MCR2', transfers, moveBits(0), 'A8.8.98', `MCR${c} <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>`),
    ...take('MRC, MRC2', transfers, moveBits(1), 'A8.8.107', `MRC${c} <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>`),
    ...take('MCRR, MCRR2', transfers, moveTwoBits(0), 'A8.8.99', `MCRR${c} <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>`, STC),
    ...take('MRRC, MRRC2', transfers, moveTwoBits(1), 'A8.8.108', `MRRC${c} <coproc>, <opc1>, <Rt>, <Rt2>, <CRm>`, LDC),
  ];
}

const MOVES_OF_TWO = [`${STC} 1`, `${LDC} 1`, 'MCRR, MCRR2 1 other', 'MRRC, MRRC2 1 other'];

/** Coprocessors 10 and 11. */
const extensionRegisters: readonly Row[] = [
  ...conditional(
    'Floating-point data-processing',
    '1',
    '1110 opc1:4 opc2:4 Vd:4 101 sz:1 opc3:2 op:1 0 opc4:4',
    'A7.5',
    'V<op><c>',
    null,
    nothing,
    { ...undefinedHere, over: ['CDP, CDP2 1'] },
  ),
  ...conditional(
    'Extension register load/store',
    '1',
    '110 opcode:5 Rn:4 Vd:4 101 sz:1 imm8:8',
    'A7.6',
    'VLDR, VSTR, VLDM, VSTM',
    null,
    nothing,
    { ...undefinedHere, over: MOVES_OF_TWO },
  ),
  ...conditional(
    '64-bit transfers',
    '1',
    '1100 010 op:1 Rt2:4 Rt:4 101 C:1 op2:2 M:1 1 Vm:4',
    'A7.9',
    'VMOV<c>',
    null,
    nothing,
    { ...undefinedHere, over: [...MOVES_OF_TWO, 'Extension register load/store 1'] },
  ),
  ...conditional(
    '8, 16, and 32-bit transfer',
    '1',
    '1110 A:3 L:1 Vn:4 Rt:4 101 C:1 N:1 B:2 1 (0)(0)(0)(0)',
    'A7.8',
    'VMOV, VMRS, VMSR',
    null,
    nothing,
    { ...undefinedHere, over: ['MCR, MCR2 1 other', 'MRC, MRC2 1 other'] },
  ),
];

const advancedSIMD: readonly Row[] = [
  ...pairMaker({ A32: '1111 001 U:1', T32: '111 U:1 1111' })(
    'Advanced SIMD data-processing',
    '1',
    'opcode:24',
    'A7.4',
    'V<op>',
    null,
    nothing,
    undefinedHere,
  ),
  ...pairMaker({ A32: '1111 0100', T32: '11111001' })(
    'Advanced SIMD element or structure load/store',
    '1',
    'A:1 D:1 L:1 0 Rn:4 Vd:4 type:4 size:2 align:2 Rm:4',
    'A7.7',
    'VLD<n>, VST<n>',
    null,
    nothing,
    undefinedHere,
  ),
];

export const rows: readonly Row[] = [
  ...systemRegisters,
  ...absent('1', '1 other'),
  ...absent('2', '2'),
  ...extensionRegisters,
  ...advancedSIMD,
];

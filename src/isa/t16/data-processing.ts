/** T16: data-processing (DDI 0406C A6.2.1 to A6.2.3, and the address and stack pointer arithmetic of A6.2.5). */
import * as args from '../args/data-processing.js';
import { rowMaker, unpredictableIf } from '../define.js';
import { SRType } from '../immediates.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

/** Rdn, Rm of the data-processing group (A6.2.2). */
function register2(name: string, encoding: string, opcode: string, section: number): Row {
  const pattern = `010000 ${opcode} Rm:3 Rdn:3`;
  return t16(
    `${name} (register)`,
    encoding,
    pattern,
    `A8.8.${section}`,
    `${name}{S}<c> <Rdn>, <Rm>`,
    `${name}_reg`,
    args.t16Register,
  );
}

function shiftByRegister(name: string, opcode: string, type: number, section: number): Row {
  const pattern = `010000 ${opcode} Rm:3 Rdn:3`;
  return t16(
    `${name} (register)`,
    'T1',
    pattern,
    `A8.8.${section}`,
    `${name}{S}<c> <Rdn>, <Rm>`,
    'MOV_rsr',
    args.t16ShiftByRegister(type),
  );
}

function test(name: string, opcode: string, section: number): Row {
  const pattern = `010000 ${opcode} Rm:3 Rn:3`;
  return t16(
    `${name} (register)`,
    'T1',
    pattern,
    `A8.8.${section}`,
    `${name}<c> <Rn>, <Rm>`,
    `${name}_reg`,
    args.t16Register,
  );
}

const shiftAndAdd: readonly Row[] = [
  t16(
    'MOV (register, Thumb)',
    'T2',
    '000 00 00000 Rm:3 Rd:3',
    'A8.8.103',
    'MOVS <Rd>, <Rm>',
    'MOV_reg',
    args.t16Shift(SRType.LSL),
    { over: ['LSL (immediate) T1'] },
  ),
  t16(
    'LSL (immediate)',
    'T1',
    '000 00 imm5:5 Rm:3 Rd:3',
    'A8.8.94',
    'LSL{S}<c> <Rd>, <Rm>, #<imm5>',
    'MOV_reg',
    args.t16Shift(SRType.LSL),
  ),
  t16(
    'LSR (immediate)',
    'T1',
    '000 01 imm5:5 Rm:3 Rd:3',
    'A8.8.96',
    'LSR{S}<c> <Rd>, <Rm>, #<imm>',
    'MOV_reg',
    args.t16Shift(SRType.LSR),
  ),
  t16(
    'ASR (immediate)',
    'T1',
    '000 10 imm5:5 Rm:3 Rd:3',
    'A8.8.16',
    'ASR{S}<c> <Rd>, <Rm>, #<imm>',
    'MOV_reg',
    args.t16Shift(SRType.ASR),
  ),
  t16(
    'ADD (register, Thumb)',
    'T1',
    '000 11 0 0 Rm:3 Rn:3 Rd:3',
    'A8.8.6',
    'ADD{S}<c> <Rd>, <Rn>, <Rm>',
    'ADD_reg',
    args.t16Register,
  ),
  t16(
    'SUB (register)',
    'T1',
    '000 11 0 1 Rm:3 Rn:3 Rd:3',
    'A8.8.223',
    'SUB{S}<c> <Rd>, <Rn>, <Rm>',
    'SUB_reg',
    args.t16Register,
  ),
  t16(
    'ADD (immediate, Thumb)',
    'T1',
    '000 11 1 0 imm3:3 Rn:3 Rd:3',
    'A8.8.4',
    'ADD{S}<c> <Rd>, <Rn>, #<imm3>',
    'ADD_imm',
    args.t16Immediate,
  ),
  t16(
    'SUB (immediate, Thumb)',
    'T1',
    '000 11 1 1 imm3:3 Rn:3 Rd:3',
    'A8.8.221',
    'SUB{S}<c> <Rd>, <Rn>, #<imm3>',
    'SUB_imm',
    args.t16Immediate,
  ),
  t16(
    'MOV (immediate)',
    'T1',
    '001 00 Rd:3 imm8:8',
    'A8.8.102',
    'MOV{S}<c> <Rd>, #<imm8>',
    'MOV_imm',
    args.t16Immediate,
  ),
  t16('CMP (immediate)', 'T1', '001 01 Rn:3 imm8:8', 'A8.8.37', 'CMP<c> <Rn>, #<imm8>', 'CMP_imm', args.t16Immediate),
  t16(
    'ADD (immediate, Thumb)',
    'T2',
    '001 10 Rdn:3 imm8:8',
    'A8.8.4',
    'ADD{S}<c> <Rdn>, #<imm8>',
    'ADD_imm',
    args.t16Immediate,
  ),
  t16(
    'SUB (immediate, Thumb)',
    'T2',
    '001 11 Rdn:3 imm8:8',
    'A8.8.221',
    'SUB{S}<c> <Rdn>, #<imm8>',
    'SUB_imm',
    args.t16Immediate,
  ),
];

const dataProcessing: readonly Row[] = [
  register2('AND', 'T1', '0000', 14),
  register2('EOR', 'T1', '0001', 47),
  shiftByRegister('LSL', '0010', SRType.LSL, 95),
  shiftByRegister('LSR', '0011', SRType.LSR, 97),
  shiftByRegister('ASR', '0100', SRType.ASR, 17),
  register2('ADC', 'T1', '0101', 2),
  register2('SBC', 'T1', '0110', 162),
  shiftByRegister('ROR', '0111', SRType.ROR, 150),
  test('TST', '1000', 241),
  t16(
    'RSB (immediate)',
    'T1',
    '010000 1001 Rn:3 Rd:3',
    'A8.8.152',
    'RSB{S}<c> <Rd>, <Rn>, #0',
    'RSB_imm',
    args.t16Negate,
  ),
  test('CMP', '1010', 38),
  test('CMN', '1011', 35),
  register2('ORR', 'T1', '1100', 123),
  register2('BIC', 'T1', '1110', 22),
  t16('MVN (register)', 'T1', '010000 1111 Rm:3 Rd:3', 'A8.8.116', 'MVN{S}<c> <Rd>, <Rm>', 'MVN_reg', args.t16Register),
];

/** In Thumb state a data-processing instruction that writes the PC does not change state. */
const toPc = { facts: Fact.branch | Fact.indirect } as const;

const high: readonly Row[] = [
  t16(
    'ADD (register, Thumb)',
    'T2',
    '010001 00 DN:1 Rm:4 Rdn:3',
    'A8.8.6',
    'ADD<c> <Rdn>, <Rm>',
    'ADD_reg',
    args.t16High,
  ),
  t16(
    'ADD (register, Thumb)',
    'T2 pc',
    '010001 00 1 Rm:4 111',
    'A8.8.6',
    'ADD<c> PC, <Rm>',
    'ADD_reg_pc',
    args.t16High,
    {
      ...toPc,
      over: ['ADD (register, Thumb) T2', 'ADD (SP plus register, Thumb) T1'],
      unpredictable: [unpredictableIf('n == 15 && m == 15', (f) => f.Rm === 15)],
    },
  ),
  t16(
    'ADD (SP plus register, Thumb)',
    'T1',
    '010001 00 DM:1 1101 Rdm:3',
    'A8.8.10',
    'ADD<c> <Rdm>, SP, <Rdm>',
    'ADD_reg',
    args.t16AddSpRegister,
    {
      over: ['ADD (register, Thumb) T2', 'ADD (SP plus register, Thumb) T2'],
    },
  ),
  t16(
    'ADD (SP plus register, Thumb)',
    'T2',
    '010001 00 1 Rm:4 101',
    'A8.8.10',
    'ADD<c> SP, <Rm>',
    'ADD_reg',
    args.t16AddToSp,
    {
      over: ['ADD (register, Thumb) T2'],
    },
  ),
  t16('CMP (register)', 'T2', '010001 01 N:1 Rm:4 Rn:3', 'A8.8.38', 'CMP<c> <Rn>, <Rm>', 'CMP_reg', args.t16High, {
    unpredictable: [
      unpredictableIf('n < 8 && m < 8', (f) => f.N === 0 && f.Rm < 8),
      unpredictableIf('n == 15 || m == 15', (f) => (f.N === 1 && f.Rn === 7) || f.Rm === 15),
    ],
  }),
  t16(
    'MOV (register, Thumb)',
    'T1',
    '010001 10 D:1 Rm:4 Rd:3',
    'A8.8.103',
    'MOV<c> <Rd>, <Rm>',
    'MOV_reg',
    args.t16High,
  ),
  t16(
    'MOV (register, Thumb)',
    'T1 pc',
    '010001 10 1 Rm:4 111',
    'A8.8.103',
    'MOV<c> PC, <Rm>',
    'MOV_reg_pc',
    args.t16High,
    {
      ...toPc,
      over: ['MOV (register, Thumb) T1'],
    },
  ),
];

export const rows: readonly Row[] = [
  ...shiftAndAdd,
  ...dataProcessing,
  ...high,
  t16('ADR', 'T1', '10100 Rd:3 imm8:8', 'A8.8.12', 'ADR<c> <Rd>, <label>', 'ADR', args.t16Adr, { facts: Fact.readsPc }),
  t16(
    'ADD (SP plus immediate)',
    'T1',
    '10101 Rd:3 imm8:8',
    'A8.8.9',
    'ADD<c> <Rd>, SP, #<imm>',
    'ADD_imm',
    args.t16SpImm8,
  ),
  t16(
    'ADD (SP plus immediate)',
    'T2',
    '1011 0000 0 imm7:7',
    'A8.8.9',
    'ADD<c> SP, SP, #<imm>',
    'ADD_imm',
    args.t16SpImm7,
  ),
  t16(
    'SUB (SP minus immediate)',
    'T1',
    '1011 0000 1 imm7:7',
    'A8.8.225',
    'SUB<c> SP, SP, #<imm>',
    'SUB_imm',
    args.t16SpImm7,
  ),
];

/**
 * T32: data-processing with modified and plain immediates, with shifted registers, shifts by register (DDI 0406C A6.3.1, A6.3.3, A6.3.11,
 * A6.3.12), and SUBS PC, LR.
 */
import * as args from '../args/data-processing.js';
import { heading, isPc, isSp, isSpOrPc, rowMaker, unpredictableIf } from '../define.js';
import { SRType } from '../immediates.js';
import { Fact } from '../row.js';
import type { FieldCondition, Row } from '../row.js';
import { stackPointer } from './stack-pointer.js';

const t32 = rowMaker('T32');

/** `if d == 13 || (d == 15 && S == '0') then UNPREDICTABLE`: with S set, Rd = 1111 is another instruction. */
const destinationSpOrPc = unpredictableIf(
  "d == 13 || (d == 15 && S == '0')",
  (f) => f.Rd === 13 || (f.Rd === 15 && f.S === 0),
);

/** One operation with both kinds of second operand. Rows of the immediate and of the register form differ in little. */
interface BinaryRow {
  readonly name: string;
  readonly opcode: string;
  /** Encoding labels and sections of the immediate and the register form; */
  readonly imm: readonly [encoding: string, section: string];
  readonly reg: readonly [encoding: string, section: string];
  readonly unpredictable: readonly FieldCondition[];
}

const BINARY: readonly BinaryRow[] = [
  {
    name: 'AND',
    opcode: '0000',
    imm: ['T1', 'A8.8.13'],
    reg: ['T2', 'A8.8.14'],
    unpredictable: [destinationSpOrPc, isSpOrPc('Rn')],
  },
  {
    name: 'BIC',
    opcode: '0001',
    imm: ['T1', 'A8.8.21'],
    reg: ['T2', 'A8.8.22'],
    unpredictable: [isSpOrPc('Rd', 'Rn')],
  },
  {
    name: 'ORR',
    opcode: '0010',
    imm: ['T1', 'A8.8.122'],
    reg: ['T2', 'A8.8.123'],
    unpredictable: [isSpOrPc('Rd'), isSp('Rn')],
  },
  {
    name: 'ORN',
    opcode: '0011',
    imm: ['T1', 'A8.8.120'],
    reg: ['T1', 'A8.8.121'],
    unpredictable: [isSpOrPc('Rd'), isSp('Rn')],
  },
  {
    name: 'EOR',
    opcode: '0100',
    imm: ['T1', 'A8.8.46'],
    reg: ['T2', 'A8.8.47'],
    unpredictable: [destinationSpOrPc, isSpOrPc('Rn')],
  },
  {
    name: 'ADD',
    opcode: '1000',
    imm: ['T3', 'A8.8.4'],
    reg: ['T3', 'A8.8.6'],
    unpredictable: [destinationSpOrPc, isPc('Rn')],
  },
  { name: 'ADC', opcode: '1010', imm: ['T1', 'A8.8.1'], reg: ['T2', 'A8.8.2'], unpredictable: [isSpOrPc('Rd', 'Rn')] },
  {
    name: 'SBC',
    opcode: '1011',
    imm: ['T1', 'A8.8.161'],
    reg: ['T2', 'A8.8.162'],
    unpredictable: [isSpOrPc('Rd', 'Rn')],
  },
  {
    name: 'SUB',
    opcode: '1101',
    imm: ['T3', 'A8.8.221'],
    reg: ['T2', 'A8.8.223'],
    unpredictable: [destinationSpOrPc, isPc('Rn')],
  },
  {
    name: 'RSB',
    opcode: '1110',
    imm: ['T2', 'A8.8.152'],
    reg: ['T1', 'A8.8.153'],
    unpredictable: [isSpOrPc('Rd', 'Rn')],
  },
];

/** What a binary operation is with S set and Rd = 1111. */
interface TestRow extends BinaryRow {
  readonly of: string;
}

const TESTS: readonly TestRow[] = [
  {
    name: 'TST',
    of: 'AND',
    opcode: '0000',
    imm: ['T1', 'A8.8.240'],
    reg: ['T2', 'A8.8.241'],
    unpredictable: [isSpOrPc('Rn')],
  },
  {
    name: 'TEQ',
    of: 'EOR',
    opcode: '0100',
    imm: ['T1', 'A8.8.237'],
    reg: ['T1', 'A8.8.238'],
    unpredictable: [isSpOrPc('Rn')],
  },
  {
    name: 'CMN',
    of: 'ADD',
    opcode: '1000',
    imm: ['T1', 'A8.8.34'],
    reg: ['T2', 'A8.8.35'],
    unpredictable: [isPc('Rn')],
  },
  {
    name: 'CMP',
    of: 'SUB',
    opcode: '1101',
    imm: ['T2', 'A8.8.37'],
    reg: ['T3', 'A8.8.38'],
    unpredictable: [isPc('Rn')],
  },
];

const SHIFT = '(0) imm3:3';

function binary(alu: BinaryRow): Row[] {
  const { name, opcode, imm, reg, unpredictable } = alu;
  return [
    t32(
      heading('Thumb', name, 'immediate'),
      imm[0],
      `11110 i:1 0 ${opcode} S:1 Rn:4 0 imm3:3 Rd:4 imm8:8`,
      imm[1],
      `${name}{S}<c>.W <Rd>, <Rn>, #<const>`,
      `${name}_imm`,
      args.thumbModified,
      {
        unpredictable: [...unpredictable, args.badModified],
      },
    ),
    t32(
      heading('Thumb', name, 'register'),
      reg[0],
      `11101 01 ${opcode} S:1 Rn:4 ${SHIFT} Rd:4 imm2:2 type:2 Rm:4`,
      reg[1],
      `${name}{S}<c>.W <Rd>, <Rn>, <Rm>{, <shift>}`,
      `${name}_reg`,
      args.thumbShifted,
      {
        unpredictable: [...unpredictable, isSpOrPc('Rm')],
      },
    ),
  ];
}

function test(alu: TestRow): Row[] {
  const { name, opcode, imm, reg, unpredictable } = alu;
  const of = BINARY.find((other) => other.name === alu.of)!;
  const sp =
    alu.of === 'ADD'
      ? (['ADD (SP plus immediate) T3', 'ADD (SP plus register, Thumb) T3'] as const)
      : alu.of === 'SUB'
        ? (['SUB (SP minus immediate) T2', 'SUB (SP minus register) T1'] as const)
        : null;
  return [
    t32(
      heading('Thumb', name, 'immediate'),
      imm[0],
      `11110 i:1 0 ${opcode} 1 Rn:4 0 imm3:3 1111 imm8:8`,
      imm[1],
      `${name}<c>.W <Rn>, #<const>`,
      `${name}_imm`,
      args.thumbModified,
      {
        unpredictable: [...unpredictable, args.badModified],
        over: [`${heading('Thumb', of.name, 'immediate')} ${of.imm[0]}`, ...(sp ? [sp[0]] : [])],
      },
    ),
    t32(
      heading('Thumb', name, 'register'),
      reg[0],
      `11101 01 ${opcode} 1 Rn:4 ${SHIFT} 1111 imm2:2 type:2 Rm:4`,
      reg[1],
      `${name}<c>.W <Rn>, <Rm>{, <shift>}`,
      `${name}_reg`,
      args.thumbShifted,
      {
        unpredictable: [...unpredictable, isSpOrPc('Rm')],
        over: [`${heading('Thumb', of.name, 'register')} ${of.reg[0]}`, ...(sp ? [sp[1]] : [])],
      },
    ),
  ];
}

const moves: readonly Row[] = [
  t32(
    'MOV (immediate)',
    'T2',
    '11110 i:1 0 0010 S:1 1111 0 imm3:3 Rd:4 imm8:8',
    'A8.8.102',
    'MOV{S}<c>.W <Rd>, #<const>',
    'MOV_imm',
    args.thumbModified,
    {
      unpredictable: [isSpOrPc('Rd'), args.badModified],
      over: ['ORR (immediate) T1'],
    },
  ),
  t32(
    'MVN (immediate)',
    'T1',
    '11110 i:1 0 0011 S:1 1111 0 imm3:3 Rd:4 imm8:8',
    'A8.8.115',
    'MVN{S}<c> <Rd>, #<const>',
    'MVN_imm',
    args.thumbModified,
    {
      unpredictable: [isSpOrPc('Rd'), args.badModified],
      over: ['ORN (immediate) T1'],
    },
  ),
  t32(
    'MVN (register)',
    'T2',
    `11101 01 0011 S:1 1111 ${SHIFT} Rd:4 imm2:2 type:2 Rm:4`,
    'A8.8.116',
    'MVN{S}<c>.W <Rd>, <Rm>{, <shift>}',
    'MVN_reg',
    args.thumbShifted,
    {
      unpredictable: [isSpOrPc('Rd', 'Rm')],
      over: ['ORN (register) T1'],
    },
  ),
  t32(
    'MOV (register, Thumb)',
    'T3',
    '11101 01 0010 S:1 1111 (0) 000 Rd:4 00 00 Rm:4',
    'A8.8.103',
    'MOV{S}<c>.W <Rd>, <Rm>',
    'MOV_reg',
    args.thumbShift(SRType.LSL),
    {
      unpredictable: [
        unpredictableIf(
          'setflags && (d IN {13,15} || m IN {13,15})',
          (f) => f.S === 1 && [f.Rd, f.Rm].some((r) => r === 13 || r === 15),
        ),
        unpredictableIf(
          '!setflags && (d == 15 || m == 15 || (d == 13 && m == 13))',
          (f) => f.S === 0 && (f.Rd === 15 || f.Rm === 15 || (f.Rd === 13 && f.Rm === 13)),
        ),
      ],
      over: ['ORR (register) T2', 'LSL (immediate) T2'],
    },
  ),
  t32(
    'RRX',
    'T1',
    '11101 01 0010 S:1 1111 (0) 000 Rd:4 00 11 Rm:4',
    'A8.8.151',
    'RRX{S}<c> <Rd>, <Rm>',
    'MOV_reg',
    args.thumbShift(SRType.ROR),
    {
      unpredictable: [isSpOrPc('Rd', 'Rm')],
      over: ['ORR (register) T2', 'ROR (immediate) T1'],
    },
  ),
];

function shift(name: string, encoding: string, bits: string, type: number, section: number): Row[] {
  return [
    t32(
      `${name} (immediate)`,
      encoding,
      `11101 01 0010 S:1 1111 (0) imm3:3 Rd:4 imm2:2 ${bits} Rm:4`,
      `A8.8.${section}`,
      `${name}{S}<c>.W <Rd>, <Rm>, #<imm>`,
      'MOV_reg',
      args.thumbShift(type),
      {
        unpredictable: [isSpOrPc('Rd', 'Rm')],
        over: ['ORR (register) T2'],
      },
    ),
    t32(
      `${name} (register)`,
      'T2',
      `11111 010 0 ${bits} S:1 Rn:4 1111 Rd:4 0000 Rm:4`,
      `A8.8.${section + 1}`,
      `${name}{S}<c>.W <Rd>, <Rn>, <Rm>`,
      'MOV_rsr',
      args.shiftByRegister(type),
      {
        unpredictable: [isSpOrPc('Rd', 'Rn', 'Rm')],
      },
    ),
  ];
}

const plain: readonly Row[] = [
  t32(
    'ADD (immediate, Thumb)',
    'T4',
    '11110 i:1 10000 0 Rn:4 0 imm3:3 Rd:4 imm8:8',
    'A8.8.4',
    'ADDW<c> <Rd>, <Rn>, #<imm12>',
    'ADD_imm',
    args.thumbPlain,
    { unpredictable: [isSpOrPc('Rd')] },
  ),
  t32(
    'SUB (immediate, Thumb)',
    'T4',
    '11110 i:1 10101 0 Rn:4 0 imm3:3 Rd:4 imm8:8',
    'A8.8.221',
    'SUBW<c> <Rd>, <Rn>, #<imm12>',
    'SUB_imm',
    args.thumbPlain,
    { unpredictable: [isSpOrPc('Rd')] },
  ),
  t32(
    'ADR',
    'T3',
    '11110 i:1 10000 0 1111 0 imm3:3 Rd:4 imm8:8',
    'A8.8.12',
    'ADR<c>.W <Rd>, <label>',
    'ADR',
    args.thumbAdrAfter,
    {
      facts: Fact.readsPc,
      unpredictable: [isSpOrPc('Rd')],
      over: ['ADD (immediate, Thumb) T4'],
    },
  ),
  t32(
    'ADR',
    'T2',
    '11110 i:1 10101 0 1111 0 imm3:3 Rd:4 imm8:8',
    'A8.8.12',
    'ADR<c>.W <Rd>, <label>',
    'ADR',
    args.thumbAdrBefore,
    {
      facts: Fact.readsPc,
      unpredictable: [isSpOrPc('Rd')],
      over: ['SUB (immediate, Thumb) T4'],
    },
  ),
  t32(
    'MOV (immediate)',
    'T3',
    '11110 i:1 10 0100 imm4:4 0 imm3:3 Rd:4 imm8:8',
    'A8.8.102',
    'MOVW<c> <Rd>, #<imm16>',
    'MOV_imm',
    args.thumbWide,
    { unpredictable: [isSpOrPc('Rd')] },
  ),
  t32(
    'MOVT',
    'T1',
    '11110 i:1 10 1100 imm4:4 0 imm3:3 Rd:4 imm8:8',
    'A8.8.106',
    'MOVT<c> <Rd>, #<imm16>',
    'MOVT',
    args.thumbTop,
    { unpredictable: [isSpOrPc('Rd')] },
  ),
];

const returnFacts =
  Fact.sensitive | Fact.exceptionReturn | Fact.systemRegister | Fact.branch | Fact.indirect | Fact.interworking;

export const rows: readonly Row[] = [
  ...BINARY.flatMap(binary),
  ...TESTS.flatMap(test),
  ...stackPointer,
  ...moves,
  ...shift('LSL', 'T2', '00', SRType.LSL, 94),
  ...shift('LSR', 'T2', '01', SRType.LSR, 96),
  ...shift('ASR', 'T2', '10', SRType.ASR, 16),
  ...shift('ROR', 'T1', '11', SRType.ROR, 149),
  ...plain,

  t32(
    'SUBS PC, LR',
    'T1',
    '111100111101 (1)(1)(1)(0) 10 (0) 0 (1)(1)(1)(1) imm8:8',
    'B9.3.19',
    'SUBS<c> PC, LR, #<imm8>',
    'SUBS_PC_LR_imm',
    args.thumbReturn,
    {
      facts: returnFacts,
      over: ['B T3'],
    },
  ),
  t32(
    'ERET',
    'T1',
    '111100111101 (1)(1)(1)(0) 10 (0) 0 (1)(1)(1)(1) 00000000',
    'B9.3.3',
    'ERET<c>',
    'SUBS_PC_LR_imm',
    args.thumbReturn,
    {
      facts: returnFacts,
      over: ['SUBS PC, LR T1', 'B T3'],
    },
  ),
];

/**
 * A32: data-processing (DDI 0406C A5.2.1 to A5.2.4): the sixteen ALU operations with immediate, register and register-shifted register,
 * their forms that write the PC, the shifts that are spelled as MOV, 16-bit immediates, ADR.
 */
import * as args from '../args/data-processing.js';
import { heading, isPc, rowMaker, unpredictableIf } from '../define.js';
import { SRType } from '../immediates.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const a32 = rowMaker('A32');

/** An entry of table A5-3: the opcode field, the three sections, and which of the three registers the instruction has. */
interface AluRow {
  readonly name: string;
  readonly opcode: string;
  readonly section: number;
  readonly shape: 'binary' | 'unary' | 'test';
}

/** Sections count from the one given: immediate, register, register-shifted register. */
const ALU: readonly AluRow[] = [
  { name: 'AND', opcode: '0000', section: 13, shape: 'binary' },
  { name: 'EOR', opcode: '0001', section: 46, shape: 'binary' },
  { name: 'SUB', opcode: '0010', section: 222, shape: 'binary' },
  { name: 'RSB', opcode: '0011', section: 152, shape: 'binary' },
  { name: 'ADD', opcode: '0100', section: 5, shape: 'binary' },
  { name: 'ADC', opcode: '0101', section: 1, shape: 'binary' },
  { name: 'SBC', opcode: '0110', section: 161, shape: 'binary' },
  { name: 'RSC', opcode: '0111', section: 155, shape: 'binary' },
  { name: 'TST', opcode: '1000', section: 240, shape: 'test' },
  { name: 'TEQ', opcode: '1001', section: 237, shape: 'test' },
  { name: 'CMP', opcode: '1010', section: 37, shape: 'test' },
  { name: 'CMN', opcode: '1011', section: 34, shape: 'test' },
  { name: 'ORR', opcode: '1100', section: 122, shape: 'binary' },
  { name: 'MOV', opcode: '1101', section: 102, shape: 'unary' },
  { name: 'BIC', opcode: '1110', section: 21, shape: 'binary' },
  { name: 'MVN', opcode: '1111', section: 115, shape: 'unary' },
];

const ZERO = '(0)(0)(0)(0)';

/** Sections of the register and register-shifted register forms, where they do not follow the immediate one directly. */
function sections({ name, section }: AluRow): readonly [string, string, string] {
  if (name === 'ADD') return ['A8.8.5', 'A8.8.7', 'A8.8.8'];
  if (name === 'MOV') return ['A8.8.102', 'A8.8.104', 'A8.8.105'];
  return [`A8.8.${section}`, `A8.8.${section + 1}`, `A8.8.${section + 2}`];
}

/** `S Rn Rd` as this shape has them, and the operands' syntax up to the second operand. */
function registers({ name, shape }: AluRow): { bits: string; syntax: string } {
  if (shape === 'test') return { bits: `1 Rn:4 ${ZERO}`, syntax: `${name}<c> <Rn>, ` };
  if (shape === 'unary') return { bits: `S:1 ${ZERO} Rd:4`, syntax: `${name}{S}<c> <Rd>, ` };
  return { bits: 'S:1 Rn:4 Rd:4', syntax: `${name}{S}<c> <Rd>, <Rn>, ` };
}

/** The shifts by a constant, which are what MOV (register) is with a shift. */
const SHIFTS = [
  { name: 'LSL', bits: 'imm5:5 00', type: SRType.LSL, section: 94 },
  { name: 'LSR', bits: 'imm5:5 01', type: SRType.LSR, section: 96 },
  { name: 'ASR', bits: 'imm5:5 10', type: SRType.ASR, section: 16 },
  { name: 'ROR', bits: 'imm5:5 11', type: SRType.ROR, section: 149 },
] as const;

const branchFacts = Fact.branch | Fact.indirect | Fact.interworking;

/** The facts of a branch that computes its target from anything: even `MOV pc, #imm` has no offset that says where it goes. */
const toPc = { facts: branchFacts } as const;

function immediateRows(alu: AluRow): Row[] {
  const { bits, syntax } = registers(alu);
  const [section] = sections(alu);
  const name = heading('ARM', alu.name, 'immediate');
  const rows = [
    a32(
      name,
      'A1',
      `cond:4 001 ${alu.opcode} ${bits} imm12:12`,
      section,
      `${syntax}#<const>`,
      `${alu.name}_imm`,
      args.armImmediate,
    ),
  ];
  if (alu.shape !== 'test') {
    const sp =
      alu.name === 'ADD'
        ? ['ADD (SP plus immediate) A1', 'ADR A1']
        : alu.name === 'SUB'
          ? ['SUB (SP minus immediate) A1', 'ADR A2']
          : [];
    const pattern = `cond:4 001 ${alu.opcode} 0 ${alu.shape === 'unary' ? ZERO : 'Rn:4'} 1111 imm12:12`;
    rows.push(
      a32(
        name,
        'A1 pc',
        pattern,
        section,
        `${alu.name}<c> PC, ${alu.shape === 'unary' ? '' : '<Rn>, '}#<const>`,
        `${alu.name}_imm_pc`,
        args.armImmediate,
        {
          ...toPc,
          over: [`${name} A1`, ...sp],
        },
      ),
    );
  }
  return rows;
}

function registerRows(alu: AluRow): Row[] {
  const { bits, syntax } = registers(alu);
  const [, section] = sections(alu);
  const name = heading('ARM', alu.name, 'register');
  const operation = `${alu.name}_reg`;
  const spelledAsShift = alu.name === 'MOV';
  const rows: Row[] = [];
  if (spelledAsShift) {
    const zero = { over: ['LSL (immediate) A1'] };
    rows.push(
      a32(
        name,
        'A1',
        `cond:4 000 1101 ${bits} 00000 000 Rm:4`,
        section,
        'MOV{S}<c> <Rd>, <Rm>',
        operation,
        args.armRegister,
        zero,
      ),
    );
    for (const shift of SHIFTS)
      rows.push(
        a32(
          `${shift.name} (immediate)`,
          'A1',
          `cond:4 000 1101 ${bits} ${shift.bits} 0 Rm:4`,
          `A8.8.${shift.section}`,
          `${shift.name}{S}<c> <Rd>, <Rm>, #<imm>`,
          operation,
          args.armShift(shift.type),
        ),
      );
    rows.push(
      a32(
        'RRX',
        'A1',
        `cond:4 000 1101 ${bits} 00000 110 Rm:4`,
        'A8.8.151',
        'RRX{S}<c> <Rd>, <Rm>',
        operation,
        args.armShift(SRType.ROR),
        {
          over: ['ROR (immediate) A1'],
        },
      ),
    );
    const moves = ['MOV (register, ARM) A1', 'RRX A1', ...SHIFTS.map((shift) => `${shift.name} (immediate) A1`)];
    rows.push(
      a32(
        name,
        'A1 pc',
        `cond:4 000 1101 0 ${ZERO} 1111 00000 000 Rm:4`,
        section,
        'MOV<c> PC, <Rm>',
        `${operation}_pc`,
        args.armRegister,
        {
          ...toPc,
          over: ['MOV (register, ARM) A1', 'LSL (immediate) A1', 'MOV (shifted register) A1 pc'],
        },
      ),
      a32(
        'MOV (shifted register)',
        'A1 pc',
        `cond:4 000 1101 0 ${ZERO} 1111 imm5:5 type:2 0 Rm:4`,
        'A8.8.105',
        'MOV<c> PC, <Rm>, <shift>',
        `${operation}_pc`,
        args.armRegister,
        {
          ...toPc,
          over: moves,
        },
      ),
    );
    return rows;
  }
  const shift = 'imm5:5 type:2 0 Rm:4';
  rows.push(
    a32(
      name,
      'A1',
      `cond:4 000 ${alu.opcode} ${bits} ${shift}`,
      section,
      `${syntax}<Rm>{, <shift>}`,
      operation,
      args.armRegister,
    ),
  );
  if (alu.shape !== 'test') {
    const sp =
      alu.name === 'ADD'
        ? ['ADD (SP plus register, ARM) A1']
        : alu.name === 'SUB'
          ? ['SUB (SP minus register) A1']
          : [];
    const pattern = `cond:4 000 ${alu.opcode} 0 ${alu.shape === 'unary' ? ZERO : 'Rn:4'} 1111 ${shift}`;
    rows.push(
      a32(
        name,
        'A1 pc',
        pattern,
        section,
        `${alu.name}<c> PC, ${alu.shape === 'unary' ? '' : '<Rn>, '}<Rm>{, <shift>}`,
        `${operation}_pc`,
        args.armRegister,
        {
          ...toPc,
          over: [`${name} A1`, ...sp],
        },
      ),
    );
  }
  return rows;
}

function registerShiftedRows(alu: AluRow): Row[] {
  const { bits, syntax } = registers(alu);
  const [, , section] = sections(alu);
  const operation = `${alu.name}_rsr`;
  if (alu.name === 'MOV')
    return SHIFTS.map((shift) =>
      a32(
        `${shift.name} (register)`,
        'A1',
        `cond:4 000 1101 ${bits} Rm:4 0 ${shift.bits.slice(-2)} 1 Rn:4`,
        `A8.8.${shift.section + 1}`,
        `${shift.name}{S}<c> <Rd>, <Rn>, <Rm>`,
        operation,
        args.shiftByRegister(shift.type),
        {
          unpredictable: [isPc('Rd', 'Rn', 'Rm')],
        },
      ),
    );
  const used =
    alu.shape === 'test' ? ['Rn', 'Rm', 'Rs'] : alu.shape === 'unary' ? ['Rd', 'Rm', 'Rs'] : ['Rd', 'Rn', 'Rm', 'Rs'];
  return [
    a32(
      `${alu.name} (register-shifted register)`,
      'A1',
      `cond:4 000 ${alu.opcode} ${bits} Rs:4 0 type:2 1 Rm:4`,
      section,
      `${syntax}<Rm>, <type> <Rs>`,
      operation,
      args.armRegisterShiftedRegister,
      {
        unpredictable: [isPc(...used)],
      },
    ),
  ];
}

const names = ALU.filter((alu) => alu.shape !== 'test').map((alu) => alu.name);
const tests = ALU.filter((alu) => alu.shape === 'test').map((alu) => alu.name);
const shiftLabels = (kind: string): string[] => SHIFTS.map((shift) => `${shift.name} (${kind}) A1`);
const registerLabels = names.filter((name) => name !== 'MOV').map((name) => `${heading('ARM', name, 'register')} A1`);
const shiftedLabels = names.filter((name) => name !== 'MOV').map((name) => `${name} (register-shifted register) A1`);

const returnFacts =
  Fact.sensitive | Fact.exceptionReturn | Fact.systemRegister | Fact.branch | Fact.indirect | Fact.interworking;
const refused = { facts: Fact.sensitive | Fact.undefined } as const;

/** Opcodes 10xx are the tests, whose Rd should be zero. */
const notATest = { says: 'opcode<3:2> != 10', when: (f: Readonly<Record<string, number>>) => f.opcode >>> 2 !== 2 };

/** MOVS and MVNS have no Rn; its field should be zero. */
const noRn = unpredictableIf("opcode == '11x1' && Rn != '0000'", (f) => (f.opcode | 2) === 15 && f.Rn !== 0);

/** `<op>S` with Rd = 1111: an exception return where the operation has a destination, obsolete where it has none. */
const flagSettingToPc: readonly Row[] = [
  a32(
    'SUBS PC, LR and related instructions',
    'A1',
    'cond:4 001 opcode:4 1 Rn:4 1111 imm12:12',
    'B9.3.20',
    '<op>S<c> PC, {<Rn>, }#<const>',
    'SUBS_PC_LR_imm',
    args.armReturnImmediate,
    {
      facts: returnFacts,
      guard: notATest,
      unpredictable: [noRn],
      over: [...names, ...tests]
        .map((name) => `${heading('ARM', name, 'immediate')} A1`)
        .concat('ADD (SP plus immediate) A1', 'SUB (SP minus immediate) A1', 'CMPP, CMNP, TEQP, TSTP A1'),
    },
  ),
  a32(
    'SUBS PC, LR and related instructions',
    'A2',
    'cond:4 000 opcode:4 1 Rn:4 1111 imm5:5 type:2 0 Rm:4',
    'B9.3.20',
    '<op>S<c> PC, {<Rn>, }<Rm>{, <shift>}',
    'SUBS_PC_LR_reg',
    args.armReturnRegister,
    {
      facts: returnFacts,
      guard: notATest,
      unpredictable: [noRn],
      over: [
        ...registerLabels,
        ...tests.map((name) => `${heading('ARM', name, 'register')} A1`),
        'MOV (register, ARM) A1',
        'RRX A1',
        ...shiftLabels('immediate'),
      ].concat('ADD (SP plus register, ARM) A1', 'SUB (SP minus register) A1', 'CMPP, CMNP, TEQP, TSTP A2'),
    },
  ),
  a32(
    '<op>S PC (register-shifted register)',
    'A1',
    'cond:4 000 opcode:4 1 Rn:4 1111 Rs:4 0 type:2 1 Rm:4',
    'A5.2.2',
    '<op>S<c> PC, {<Rn>, }<Rm>, <type> <Rs>',
    null,
    () => ({}),
    {
      ...refused,
      guard: notATest,
      over: [
        ...shiftedLabels,
        ...tests.map((name) => `${name} (register-shifted register) A1`),
        ...shiftLabels('register'),
        'CMPP, CMNP, TEQP, TSTP A3',
      ],
    },
  ),
  a32(
    'CMPP, CMNP, TEQP, TSTP',
    'A1',
    'cond:4 001 10 opcode:2 1 Rn:4 1111 imm12:12',
    'A5.2.3',
    '<op>P<c> <Rn>, #<const>',
    null,
    () => ({}),
    {
      ...refused,
      over: tests.map((name) => `${heading('ARM', name, 'immediate')} A1`),
    },
  ),
  a32(
    'CMPP, CMNP, TEQP, TSTP',
    'A2',
    'cond:4 000 10 opcode:2 1 Rn:4 1111 imm5:5 type:2 0 Rm:4',
    'A5.2.1',
    '<op>P<c> <Rn>, <Rm>{, <shift>}',
    null,
    () => ({}),
    {
      ...refused,
      over: tests.map((name) => `${heading('ARM', name, 'register')} A1`),
    },
  ),
  a32(
    'CMPP, CMNP, TEQP, TSTP',
    'A3',
    'cond:4 000 10 opcode:2 1 Rn:4 1111 Rs:4 0 type:2 1 Rm:4',
    'A5.2.2',
    '<op>P<c> <Rn>, <Rm>, <type> <Rs>',
    null,
    () => ({}),
    {
      ...refused,
      over: tests.map((name) => `${name} (register-shifted register) A1`),
    },
  ),
];

export const rows: readonly Row[] = [
  ...ALU.flatMap(immediateRows),
  ...ALU.flatMap(registerRows),
  ...ALU.flatMap(registerShiftedRows),
  ...flagSettingToPc,

  a32(
    'ADD (SP plus immediate)',
    'A1',
    'cond:4 001 0100 S:1 1101 Rd:4 imm12:12',
    'A8.8.9',
    'ADD{S}<c> <Rd>, SP, #<const>',
    'ADD_imm',
    args.armSpImmediate,
    { over: ['ADD (immediate, ARM) A1'] },
  ),
  a32(
    'ADD (SP plus register, ARM)',
    'A1',
    'cond:4 000 0100 S:1 1101 Rd:4 imm5:5 type:2 0 Rm:4',
    'A8.8.11',
    'ADD{S}<c> <Rd>, SP, <Rm>{, <shift>}',
    'ADD_reg',
    args.armSpRegister,
    { over: ['ADD (register, ARM) A1'] },
  ),
  a32(
    'SUB (SP minus immediate)',
    'A1',
    'cond:4 001 0010 S:1 1101 Rd:4 imm12:12',
    'A8.8.225',
    'SUB{S}<c> <Rd>, SP, #<const>',
    'SUB_imm',
    args.armSpImmediate,
    { over: ['SUB (immediate, ARM) A1'] },
  ),
  a32(
    'SUB (SP minus register)',
    'A1',
    'cond:4 000 0010 S:1 1101 Rd:4 imm5:5 type:2 0 Rm:4',
    'A8.8.226',
    'SUB{S}<c> <Rd>, SP, <Rm>{, <shift>}',
    'SUB_reg',
    args.armSpRegister,
    { over: ['SUB (register) A1'] },
  ),

  a32('ADR', 'A1', 'cond:4 001 0100 0 1111 Rd:4 imm12:12', 'A8.8.12', 'ADR<c> <Rd>, <label>', 'ADD_imm', args.armAdr, {
    facts: Fact.readsPc,
    over: ['ADD (immediate, ARM) A1'],
  }),
  a32('ADR', 'A2', 'cond:4 001 0010 0 1111 Rd:4 imm12:12', 'A8.8.12', 'ADR<c> <Rd>, <label>', 'SUB_imm', args.armAdr, {
    facts: Fact.readsPc,
    over: ['SUB (immediate, ARM) A1'],
  }),

  a32(
    'MOV (immediate)',
    'A2',
    'cond:4 00110000 imm4:4 Rd:4 imm12:12',
    'A8.8.102',
    'MOVW<c> <Rd>, #<imm16>',
    'MOV_imm',
    args.armWide,
    { unpredictable: [isPc('Rd')] },
  ),
  a32('MOVT', 'A1', 'cond:4 00110100 imm4:4 Rd:4 imm12:12', 'A8.8.106', 'MOVT<c> <Rd>, #<imm16>', 'MOVT', args.armTop, {
    unpredictable: [isPc('Rd')],
  }),
];

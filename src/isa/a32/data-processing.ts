/**
 * A32: data-processing (DDI 0406C A5.2.1 to A5.2.4): the sixteen ALU operations with immediate, register and register-shifted register,
 * their forms that write the PC, the shifts that are spelled as MOV, 16-bit immediates, ADR.
 */
import * as args from '../args/data-processing.js';
import { heading, isPc, rowMaker } from '../define.js';
import { SRType } from '../immediates.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';
import { ALU, SHIFTS } from './alu.js';
import type { AluRow } from './alu.js';
import { flagSettingToPc } from './flag-setting-to-pc.js';

const a32 = rowMaker('A32');

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
    { unpredictable: [isPc('Rd')], extension: 'v6T2' },
  ),
  a32('MOVT', 'A1', 'cond:4 00110100 imm4:4 Rd:4 imm12:12', 'A8.8.106', 'MOVT<c> <Rd>, #<imm16>', 'MOVT', args.armTop, {
    unpredictable: [isPc('Rd')],
    extension: 'v6T2',
  }),
];

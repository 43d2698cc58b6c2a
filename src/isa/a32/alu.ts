/** A32: the table of ALU operations and that of shifts, from which the data-processing rows are made. */
import { SRType } from '../immediates.js';

/** An entry of table A5-3: the opcode field, the three sections, and which of the three registers the instruction has. */
export interface AluRow {
  readonly name: string;
  readonly opcode: string;
  readonly section: number;
  readonly shape: 'binary' | 'unary' | 'test';
}

/** Sections count from the one given: immediate, register, register-shifted register. */
export const ALU: readonly AluRow[] = [
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

/** The shifts by a constant, which are what MOV (register) is with a shift. */
export const SHIFTS = [
  { name: 'LSL', bits: 'imm5:5 00', type: SRType.LSL, section: 94 },
  { name: 'LSR', bits: 'imm5:5 01', type: SRType.LSR, section: 96 },
  { name: 'ASR', bits: 'imm5:5 10', type: SRType.ASR, section: 16 },
  { name: 'ROR', bits: 'imm5:5 11', type: SRType.ROR, section: 149 },
] as const;

/**
 * How rows of floating point and of the transfers to and from extension registers say things briefly: one definition gives the A32 and the T32
 * encoding, which have the condition and 1110 in the same place (DDI 0406C A7.5, A7.6, A7.8, A7.9). Pure notation.
 */
import { rows as a32Coprocessor } from '../a32/coprocessor.js';
import { rowMaker, type RowOptions } from '../define.js';
import type { ArgumentSet, Fields, Row } from '../row.js';
import { rows as t32Coprocessor } from '../t32/coprocessor.js';
import { doubleRegister, precede } from './define.js';

const a32 = rowMaker('A32');
const t32 = rowMaker('T32');

/** Rows of one encoding: `encoding` is its number with what we append (`2 F32`), `rest` bits 27 to 0. */
export function extensionRows(
  name: string,
  encoding: string,
  rest: string,
  section: string,
  syntax: string,
  operation: string | null,
  args: ArgumentSet,
  options: RowOptions = {},
): Row[] {
  const of = (letter: string): RowOptions => ({
    extension: 'vfpv2',
    ...options,
    ...(options.over && { over: options.over.map((label) => label.replace(/ (?=\d[^()]*$)/, ` ${letter}`)) }),
  });
  return [
    a32(name, `A${encoding}`, `cond:4 ${rest}`, section, syntax, operation, args, of('A')),
    t32(name, `T${encoding}`, `1110 ${rest}`, section, syntax, operation, args, of('T')),
  ];
}

/** The rows, declared over those of coprocessors that nobody has. */
export function overCoprocessors(rows: readonly Row[]): Row[] {
  // A condition is never 1111.
  const conditional = a32Coprocessor.filter((row) => row.pattern.startsWith('cond:4'));
  return precede(rows, [...conditional, ...t32Coprocessor]);
}

/** The number of an S register: the field of four and the low bit. */
export function singleRegister(field: number, low: number): number {
  return (field << 1) | low;
}

/** Sizes by the bit `sz`. */
export const sizes = [
  { N: 32, sz: 0, type: 'F32', letter: 'S' },
  { N: 64, sz: 1, type: 'F64', letter: 'D' },
] as const;

/** The operands `d`, `n` and `m` of the fields D:Vd, N:Vn and M:Vm, as far as a word has them. */
export function registersOf(N: 32 | 64): (f: Fields) => Record<string, number> {
  const number = N === 64 ? (field: number, bit: number) => doubleRegister(bit, field) : singleRegister;
  return (f) => {
    const operands: Record<string, number> = {};
    if ('Vd' in f) operands.d = number(f.Vd, f.D);
    if ('Vn' in f) operands.n = number(f.Vn, f.N);
    if ('Vm' in f) operands.m = number(f.Vm, f.M);
    return N === 64 ? withHighRegisters(operands) : operands;
  };
}

/** Adds the operand `d32`: 1 if one of these D registers is among D16 to D31, which not all processors have. */
export function withHighRegisters(operands: Record<string, number>): Record<string, number> {
  const d32 = Object.values(operands).some((register) => register > 15);
  return { ...operands, d32: d32 ? 1 : 0 };
}

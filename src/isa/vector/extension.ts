/**
 * How rows of floating point and of the transfers to and from extension registers say things briefly (DDI 0406C A7.5, A7.6, A7.8, A7.9): the
 * spaces that they lie in, and the operands that their register fields give. Pure notation.
 */
import { pairMaker } from '../pairs.js';
import type { PairMaker } from '../pairs.js';
import type { Fields } from '../row.js';
import { doubleRegister } from './define.js';

/** Makes rows of bits 27 to 0, below a condition, that are over those of a coprocessor that nobody has, and over those of the whole space. */
function space(...over: readonly string[]): PairMaker {
  return pairMaker({ A32: 'cond:4', T32: '1110' }, { extension: 'vfpv2', over });
}

/** Floating-point data processing (A7.5). */
export const floatingPoint = space('CDP, CDP2 1', 'Floating-point data-processing 1');

/** Extension register load/store (A7.6), by bit 20. */
export const loadStore = {
  load: space('LDC, LDC2 (immediate) 1', 'Extension register load/store 1'),
  store: space('STC, STC2 1', 'Extension register load/store 1'),
};

/** 8, 16, and 32-bit transfers between ARM core and extension registers (A7.8), by bit 20. */
export const transfer = {
  toCore: space('MRC, MRC2 1 other', '8, 16, and 32-bit transfer 1'),
  fromCore: space('MCR, MCR2 1 other', '8, 16, and 32-bit transfer 1'),
};

/** 64-bit transfers between ARM core and extension registers (A7.9), by bit 20. */
export const transferOfTwo = {
  toCore: space(
    'LDC, LDC2 (immediate) 1',
    'MRRC, MRRC2 1 other',
    'Extension register load/store 1',
    '64-bit transfers 1',
  ),
  fromCore: space('STC, STC2 1', 'MCRR, MCRR2 1 other', 'Extension register load/store 1', '64-bit transfers 1'),
};

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

/**
 * How rows of Advanced SIMD say things briefly (DDI 0406C A7.4, A7.7): the two spaces that they lie in, their guards, and the operands that
 * their register fields give. Pure notation.
 */
import { patternBits, rowLabel } from '../compile.js';
import { pairMaker } from '../pairs.js';
import type { PairMaker } from '../pairs.js';
import type { FieldCondition, Fields, Row } from '../row.js';

/**
 * Makes rows of Advanced SIMD data processing (A7.4), where `U` is a bit or a field, and the other bits are 23 to 0.
 * The rows precede the one that calls all of that space Undefined.
 */
export function dataProcessing(U: string): PairMaker {
  return (byU[U] ??= pairMaker(
    { A32: `1111 001 ${U}`, T32: `111 ${U} 1111` },
    { extension: 'advanced-simd', over: ['Advanced SIMD data-processing 1'] },
  ));
}
const byU: Record<string, PairMaker> = {};

/** Makes rows of element and structure loads and stores (A7.7) of their bits 23 to 0. */
export const elementLoadStore: PairMaker = pairMaker(
  { A32: '1111 0100', T32: '11111001' },
  { extension: 'advanced-simd', over: ['Advanced SIMD element or structure load/store 1'] },
);

/**
 * The same rows, declared over all of `others` that they share words with: for a whole group of which the manual says "see …" instead of
 * telling the encodings apart by their bits.
 */
export function precede(rows: readonly Row[], others: readonly Row[]): Row[] {
  const below = others.map((row) => ({ isa: row.isa, label: rowLabel(row), bits: patternBits(row.pattern) }));
  return rows.map((row) => {
    const { mask, value } = patternBits(row.pattern);
    const over = [...(row.over ?? [])];
    for (const { isa, label, bits } of below)
      if (isa === row.isa && (mask & bits.mask & (value ^ bits.value)) === 0) over.push(label);
    return { ...row, over };
  });
}

/** A guard: words for which `condition` holds are UNDEFINED, and go on to the row that says so. */
export function undefinedIf(condition: string, when: (f: Fields) => boolean): FieldCondition {
  return { says: `if ${condition} then UNDEFINED`, when: (f) => !when(f) };
}

/** The number of a D register: its high bit and the field of four. */
export function doubleRegister(high: number, field: number): number {
  return (high << 4) | field;
}

/** The operands `d`, `n` and `m` of the fields D:Vd, N:Vn and M:Vm, as far as a word has them. */
export function doubleRegisters(f: Fields): Record<string, number> {
  const operands: Record<string, number> = {};
  if ('Vd' in f) operands.d = doubleRegister(f.D, f.Vd);
  if ('Vn' in f) operands.n = doubleRegister(f.N, f.Vn);
  if ('Vm' in f) operands.m = doubleRegister(f.M, f.Vm);
  return operands;
}

/** Whether a word of quadword registers names an odd one. */
export function oddQuadword(f: Fields, ...fields: readonly string[]): boolean {
  return f.Q === 1 && fields.some((name) => (f[name] & 1) === 1);
}

/**
 * How rows of Advanced SIMD say things briefly: one definition gives the A32 and the T32 encoding, which differ in a few leading bits only
 * (DDI 0406C A7.4, A7.7). Pure notation.
 */
import { parsePattern, rowLabel } from '../compile.js';
import { rowMaker, type RowOptions } from '../define.js';
import type { ArgumentSet, FieldCondition, Fields, Row } from '../row.js';

const a32 = rowMaker('A32');
const t32 = rowMaker('T32');

/** The options of a pair of rows. `over` names rows without the letter of the instruction set: `VSHR 1`. */
export type PairOptions = RowOptions;

/** `VSHR 1` as the label of a row: `VSHR A1` or `VSHR T1`. */
function labels(over: readonly string[] | undefined, letter: 'A' | 'T'): string[] {
  return (over ?? []).map((label) => label.replace(/ (?=\d[^()]*$)/, ` ${letter}`));
}

/**
 * Rows of Advanced SIMD data processing (A7.4). `encoding` is its number (`1`, `1 F32`), `U` is a bit or a field, and `rest` bits 23 to 0.
 * The rows precede the one that calls all of that space Undefined.
 */
export function dataProcessing(
  name: string,
  encoding: string,
  U: string,
  rest: string,
  section: string,
  syntax: string,
  operation: string | null,
  args: ArgumentSet,
  options: PairOptions = {},
): Row[] {
  const pair = { extension: 'advanced-simd', ...options } as const;
  const over = ['Advanced SIMD data-processing 1', ...(options.over ?? [])];
  return [
    a32(name, `A${encoding}`, `1111 001 ${U} ${rest}`, section, syntax, operation, args, {
      ...pair,
      over: labels(over, 'A'),
    }),
    t32(name, `T${encoding}`, `111 ${U} 1111 ${rest}`, section, syntax, operation, args, {
      ...pair,
      over: labels(over, 'T'),
    }),
  ];
}

/** Rows of element and structure loads and stores (A7.7): `rest` are bits 23 to 0. */
export function elementLoadStore(
  name: string,
  encoding: string,
  rest: string,
  section: string,
  syntax: string,
  operation: string | null,
  args: ArgumentSet,
  options: PairOptions = {},
): Row[] {
  const pair = { extension: 'advanced-simd', ...options } as const;
  const over = ['Advanced SIMD element or structure load/store 1', ...(options.over ?? [])];
  return [
    a32(name, `A${encoding}`, `1111 0100 ${rest}`, section, syntax, operation, args, {
      ...pair,
      over: labels(over, 'A'),
    }),
    t32(name, `T${encoding}`, `11111001 ${rest}`, section, syntax, operation, args, {
      ...pair,
      over: labels(over, 'T'),
    }),
  ];
}

/**
 * The same rows, declared over all of `others` that they share words with: for a whole group of which the manual says "see …" instead of
 * telling the encodings apart by their bits.
 */
export function precede(rows: readonly Row[], others: readonly Row[]): Row[] {
  const parsed = others.map((row) => ({ row, ...parsePattern(row.pattern) }));
  return rows.map((row) => {
    const { mask, value } = parsePattern(row.pattern);
    const below = parsed.filter(
      (other) => other.row.isa === row.isa && (mask & other.mask & (value ^ other.value)) === 0,
    );
    return { ...row, over: [...(row.over ?? []), ...below.map((other) => rowLabel(other.row))] };
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

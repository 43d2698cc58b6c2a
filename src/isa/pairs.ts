/**
 * How rows are said once for A32 and T32 where the two differ in leading bits only: the coprocessors' instructions, floating point and
 * Advanced SIMD (DDI 0406C A5.6, A5.7, A6.3.18). Pure notation.
 */
import { isPc, isSpOrPc, rowMaker } from './define.js';
import type { RowOptions } from './define.js';
import type { ArgumentSet, FieldCondition, Row } from './row.js';

const a32 = rowMaker('A32');
const t32 = rowMaker('T32');

/**
 * Makes the rows of both instruction sets. Encodings are numbers, with what we append (`2 F32` is A2 F32 and T2 F32), also in the labels of
 * `over`; `rest` are the bits that follow the leading ones.
 */
export type PairMaker = (
  name: string,
  encoding: string,
  rest: string,
  section: string,
  syntax: string,
  operation: string | null,
  args: ArgumentSet,
  options?: RowOptions,
) => Row[];

/** `VSHR 1` as the label of a row: `VSHR A1` or `VSHR T1`. */
function labelled(over: readonly string[], letter: 'A' | 'T'): string[] {
  return over.map((label) => label.replace(/ (?=[1-9]( [A-Za-z].*)?$)/, ` ${letter}`));
}

/** @param common an extension unless a row states its own, and labels that all rows are over. */
export function pairMaker(
  leading: { readonly A32: string; readonly T32: string },
  common: Pick<RowOptions, 'extension' | 'over'> = {},
): PairMaker {
  const { extension, over = [] } = common;
  const overA32 = labelled(over, 'A');
  const overT32 = labelled(over, 'T');
  return (name, encoding, rest, section, syntax, operation, args, options = {}) => {
    const own = options.over;
    return [
      a32(name, `A${encoding}`, `${leading.A32} ${rest}`, section, syntax, operation, args, {
        ...options,
        extension: options.extension ?? extension,
        over: own ? [...overA32, ...labelled(own, 'A')] : overA32,
      }),
      t32(name, `T${encoding}`, `${leading.T32} ${rest}`, section, syntax, operation, args, {
        ...options,
        extension: options.extension ?? extension,
        over: own ? [...overT32, ...labelled(own, 'T')] : overT32,
      }),
    ];
  };
}

/** Gives rows what their instruction set calls UNPREDICTABLE of core registers: R15 in A32; R13, too, in T32. */
export function coreRegisters(
  rows: readonly Row[],
  fields: readonly string[],
  ...more: readonly FieldCondition[]
): Row[] {
  return rows.map((row) => ({
    ...row,
    unpredictable: [row.isa === 'T32' ? isSpOrPc(...fields) : isPc(...fields), ...more],
  }));
}

/** Gives the T32 rows a condition that the A32 ones have not. */
export function onlyInT32(rows: readonly Row[], condition: FieldCondition): Row[] {
  return rows.map((row) => (row.isa === 'T32' ? { ...row, unpredictable: [condition] } : row));
}

/**
 * Advanced SIMD: three registers of different lengths (DDI 0406C A7.4.2), and two registers and a scalar (A7.4.3), integers. Size 11 belongs
 * to other instructions here, so that each size, or pair of sizes, has rows of its own.
 */
import { dataProcessing, doubleRegisters, undefinedIf } from './define.js';
import type { ArgumentSet, FieldCondition, Fields, Row } from '../row.js';

/** What the bits of `size` are in a row, the word that its encoding is named with, and how the operand is had. */
interface Sizes {
  readonly bits: string;
  readonly encoding: string;
  readonly size: (f: Fields) => number;
}
const bytesOrHalfwords: Sizes = { bits: '0 size:1', encoding: '1', size: (f) => f.size };
const bytes: Sizes = { bits: '00', encoding: '1', size: () => 0 };
const halfwords: Sizes = { bits: '01', encoding: '1', size: () => 1 };
const words: Sizes = { bits: '10', encoding: '1 words', size: () => 2 };

const registersOnly: ArgumentSet = doubleRegisters;

/** @param wide fields of quadword registers. */
function notOdd(...wide: readonly string[]): FieldCondition {
  return undefinedIf(wide.map((name) => `${name}<0> == '1'`).join(' || '), (f) =>
    wide.some((name) => (f[name] & 1) === 1),
  );
}

/** Rows of different lengths; `A` is bits 11:8. */
function long(
  name: string,
  U: string,
  A: string,
  section: number,
  operation: string,
  sizes: readonly Sizes[] = [bytesOrHalfwords, words],
  wide: readonly string[] = ['Vd'],
): Row[] {
  const operands = ['Vd', 'Vn', 'Vm'].map((field) => `<${wide.includes(field) ? 'Q' : 'D'}${field[1]}>`).join(', ');
  const mnemonic = name.replace(/ .*/, '');
  return sizes.flatMap(({ bits, encoding, size }) =>
    dataProcessing(U)(
      name,
      encoding,
      `1 D:1 ${bits} Vn:4 Vd:4 ${A} N:1 0 M:1 0 Vm:4`,
      `A8.8.${section}`,
      `${mnemonic}<c>.<dt> ${operands}`,
      operation,
      (f) => ({ ...f, ...registersOnly(f), size: size(f) }),
      { guard: notOdd(...wide) },
    ),
  );
}

/** The scalar of a halfword: D[Vm<2:0>][M:Vm<3>]; of a word: D[Vm][M]. */
function scalarOperands(f: Fields, size: number): Record<string, number> {
  if (size === 1) return { m: f.Vm & 7, index: (f.M << 1) | (f.Vm >>> 3) };
  return { m: f.Vm, index: f.M };
}

/** Rows by scalar with a long result. */
function longByScalar(name: string, U: string, A: string, section: number, operation: string): Row[] {
  const mnemonic = name.replace(/ .*/, '');
  return [halfwords, words].flatMap(({ bits, encoding, size }) =>
    dataProcessing(U)(
      name,
      encoding,
      `1 D:1 ${bits} Vn:4 Vd:4 ${A} N:1 1 M:1 0 Vm:4`,
      `A8.8.${section}`,
      `${mnemonic}<c>.<dt> <Qd>, <Dn>, <Dm[x]>`,
      operation,
      (f) => ({ ...f, ...doubleRegisters(f), ...scalarOperands(f, size(f)), size: size(f) }),
      { guard: notOdd('Vd') },
    ),
  );
}

/** Rows by scalar with a result of the same length, whose Q is where others have U. */
function byScalar(name: string, A: string, section: number, operation: string): Row[] {
  const mnemonic = name.replace(/ .*/, '');
  return [halfwords, words].flatMap(({ bits, encoding, size }) =>
    dataProcessing('Q:1')(
      name,
      encoding,
      `1 D:1 ${bits} Vn:4 Vd:4 ${A} N:1 1 M:1 0 Vm:4`,
      `A8.8.${section}`,
      `${mnemonic}<c>.<dt> <Qd|Dd>, <Qn|Dn>, <Dm[x]>`,
      operation,
      (f) => ({ ...f, ...doubleRegisters(f), ...scalarOperands(f, size(f)), size: size(f) }),
      {
        guard: undefinedIf("Q == '1' && (Vd<0> == '1' || Vn<0> == '1')", (f) => f.Q === 1 && ((f.Vd | f.Vn) & 1) === 1),
      },
    ),
  );
}

const NARROWING = ['Vn', 'Vm'];
const FROM_HALFWORDS = [halfwords, words];

export const rows: readonly Row[] = [
  ...long('VADDL', 'U:1', '0000', 285, 'VADDL'),
  ...long('VADDW', 'U:1', '0001', 285, 'VADDW', undefined, ['Vd', 'Vn']),
  ...long('VSUBL', 'U:1', '0010', 417, 'VSUBL'),
  ...long('VSUBW', 'U:1', '0011', 417, 'VSUBW', undefined, ['Vd', 'Vn']),
  ...long('VADDHN', '0', '0100', 284, 'VADDHN', undefined, NARROWING),
  ...long('VRADDHN', '1', '0100', 383, 'VRADDHN', undefined, NARROWING),
  ...long('VABAL', 'U:1', '0101', 277, 'VABAL'),
  ...long('VSUBHN', '0', '0110', 416, 'VSUBHN', undefined, NARROWING),
  ...long('VRSUBHN', '1', '0110', 394, 'VRSUBHN', undefined, NARROWING),
  ...long('VABDL (integer)', 'U:1', '0111', 278, 'VABDL'),
  ...long('VMLAL (integer)', 'U:1', '1000', 336, 'VMLAL_int'),
  ...long('VMLSL (integer)', 'U:1', '1010', 336, 'VMLSL_int'),
  ...long('VQDMLAL', '0', '1001', 371, 'VQDMLAL', FROM_HALFWORDS),
  ...long('VQDMLSL', '0', '1011', 371, 'VQDMLSL', FROM_HALFWORDS),
  ...long('VMULL (integer)', 'U:1', '1100', 350, 'VMULL_int'),
  ...long('VQDMULL', '0', '1101', 373, 'VQDMULL', FROM_HALFWORDS),
  ...long('VMULL (polynomial)', '0', '1110', 350, 'VMULL_poly', [bytes]),

  ...byScalar('VMLA (by scalar)', '0000', 338, 'VMLA_scalar'),
  ...byScalar('VMLS (by scalar)', '0100', 338, 'VMLS_scalar'),
  ...byScalar('VMUL (by scalar)', '1000', 352, 'VMUL_scalar'),
  ...byScalar('VQDMULH (by scalar)', '1100', 372, 'VQDMULH_scalar'),
  ...byScalar('VQRDMULH (by scalar)', '1101', 376, 'VQRDMULH_scalar'),
  ...longByScalar('VMLAL (by scalar)', 'U:1', '0010', 338, 'VMLAL_scalar'),
  ...longByScalar('VMLSL (by scalar)', 'U:1', '0110', 338, 'VMLSL_scalar'),
  ...longByScalar('VMULL (by scalar)', 'U:1', '1010', 352, 'VMULL_scalar'),
  ...longByScalar('VQDMLAL (by scalar)', '0', '0011', 371, 'VQDMLAL_scalar'),
  ...longByScalar('VQDMLSL (by scalar)', '0', '0111', 371, 'VQDMLSL_scalar'),
  ...longByScalar('VQDMULL (by scalar)', '0', '1011', 373, 'VQDMULL_scalar'),
];

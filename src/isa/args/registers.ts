/** Register fields to operands, the same in all encodings: `Rd` is d, `Rdn` is d and n. A field that an encoding lacks gives no operand. */
import type { Fields } from '../row.js';

const OPERANDS: readonly (readonly [field: string, operands: readonly string[]])[] = [
  ['Rd', ['d']],
  ['Rn', ['n']],
  ['Rm', ['m']],
  ['Rs', ['s']],
  ['Ra', ['a']],
  ['RdLo', ['dLo']],
  ['RdHi', ['dHi']],
  ['Rdn', ['d', 'n']],
  ['Rdm', ['d', 'm']],
];

/** The register operands of a word. A field that the diagram shows twice counts by its last occurrence. */
export function registerOperands(f: Fields): Record<string, number> {
  const operands: Record<string, number> = {};
  for (const [field, names] of OPERANDS) if (field in f) for (const name of names) operands[name] = f[field] & 15;
  return operands;
}

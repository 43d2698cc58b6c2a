/** Register fields to operands, the same in all encodings: `Rd` is d, `Rdn` is d and n. A field that an encoding lacks gives no operand. */
import type { Fields } from '../row.js';

/**
 * The register operands of a word. A field that the diagram shows twice counts by its last occurrence.
 * PERF: field by field, so that the object's shape is one of few; a loop over names was a tenth of decoding cold code (bigcode).
 */
export function registerOperands(f: Fields): Record<string, number> {
  const operands: Record<string, number> = {};
  if ('Rd' in f) operands.d = f.Rd & 15;
  if ('Rn' in f) operands.n = f.Rn & 15;
  if ('Rm' in f) operands.m = f.Rm & 15;
  if ('Rs' in f) operands.s = f.Rs & 15;
  if ('Ra' in f) operands.a = f.Ra & 15;
  if ('RdLo' in f) operands.dLo = f.RdLo & 15;
  if ('RdHi' in f) operands.dHi = f.RdHi & 15;
  if ('Rdn' in f) operands.d = operands.n = f.Rdn & 15;
  if ('Rdm' in f) operands.d = operands.m = f.Rdm & 15;
  return operands;
}

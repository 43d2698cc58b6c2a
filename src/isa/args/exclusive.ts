/** Argument sets of the exclusive accesses and swaps. */
import { isPc, unpredictableIf } from '../define.js';
import type { ArgumentSet, FieldCondition } from '../row.js';

/** Loads and stores without offset; A32 pairs Rt with the register behind it. */
export const armExclusive: ArgumentSet = (f) => ({
  d: f.Rd ?? 0,
  t: f.Rt,
  t2: (f.Rt + 1) & 15,
  n: f.Rn,
  imm32: 0,
});
export const t32Exclusive: ArgumentSet = (f) => ({
  d: f.Rd ?? 0,
  t: f.Rt,
  t2: f.Rt2 ?? 0,
  n: f.Rn,
  imm32: (f.imm8 ?? 0) << 2,
});
export const swap: ArgumentSet = (f) => ({ t: f.Rt, t2: f.Rt2, n: f.Rn });
export const nothing: ArgumentSet = () => ({});

/** `if d == n || d == t then UNPREDICTABLE`: the result register is also an operand. */
export const resultIsOperand: FieldCondition = unpredictableIf(
  'd == n || d == t',
  (f) => f.Rd === f.Rn || f.Rd === f.Rt || f.Rd === f.Rt2,
);
/** The same for A32 STREXD, whose second register is t + 1. */
export const resultIsOperandDual: FieldCondition = unpredictableIf(
  'd == n || d == t || d == t2',
  (f) => f.Rd === f.Rn || f.Rd >>> 1 === f.Rt >>> 1,
);
export const oddPair: FieldCondition = unpredictableIf(
  "Rt<0> == '1' || t2 == 15",
  (f) => (f.Rt & 1) === 1 || f.Rt === 14,
);
export const swapConflicts: readonly FieldCondition[] = [
  isPc('Rt', 'Rt2', 'Rn'),
  unpredictableIf('n == t || n == t2', (f) => f.Rn === f.Rt || f.Rn === f.Rt2),
];

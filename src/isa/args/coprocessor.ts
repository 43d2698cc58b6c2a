/** Argument sets of the moves to and from CP14 and CP15, the two coprocessors of an ARMv7-A processor that such moves can reach. */
import { unpredictableIf } from '../define.js';
import type { ArgumentSet, FieldCondition } from '../row.js';

/** MCR and MRC. The pattern fixes the high three bits of the coprocessor's number. */
export const move: ArgumentSet = (f) => ({
  t: f.Rt,
  coproc: 14 | f.coproc,
  opc1: f.opc1,
  CRn: f.CRn,
  CRm: f.CRm,
  opc2: f.opc2,
});

/** MCRR and MRRC. */
export const moveTwo: ArgumentSet = (f) => ({
  t: f.Rt,
  t2: f.Rt2,
  coproc: 14 | f.coproc,
  opc1: f.opc1,
  CRm: f.CRm,
});
export const nothing: ArgumentSet = () => ({});

/** MRC to R15 writes the flags, and is not among these. */
export const readTargetIsSp: FieldCondition = unpredictableIf('t == 13', (f) => f.Rt === 13);
export const sameTargets: FieldCondition = unpredictableIf('t == t2', (f) => f.Rt === f.Rt2);

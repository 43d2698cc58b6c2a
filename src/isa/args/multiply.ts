/** Argument sets of the multiply group: register fields to operands, and the selections that the encodings carry as single bits. */
import { SetFlags } from '../immediates.js';
import type { ArgumentSet } from '../row.js';

/** `Rd, Rn, Rm{, Ra}` with S where the encoding has it. */
export const multiply: ArgumentSet = (f) => ({
  d: f.Rd,
  n: f.Rn,
  m: f.Rm,
  a: f.Ra ?? 0,
  setflags: f.S ?? SetFlags.no,
  n_high: f.N ?? 0,
  m_high: f.M ?? 0,
});

/** `RdLo, RdHi, Rn, Rm`. */
export const multiplyLong: ArgumentSet = (f) => ({
  dLo: f.RdLo,
  dHi: f.RdHi,
  n: f.Rn,
  m: f.Rm,
  setflags: f.S ?? SetFlags.no,
  n_high: f.N ?? 0,
  m_high: f.M ?? 0,
});

/** Dual multiplies: M swaps the halves of the second operand. */
export const dual: ArgumentSet = (f) => ({ d: f.Rd, n: f.Rn, m: f.Rm, a: f.Ra ?? 0, m_swap: f.M });
export const dualLong: ArgumentSet = (f) => ({ dLo: f.RdLo, dHi: f.RdHi, n: f.Rn, m: f.Rm, m_swap: f.M });

/** Most significant word multiplies: R rounds. */
export const mostSignificant: ArgumentSet = (f) => ({ d: f.Rd, n: f.Rn, m: f.Rm, a: f.Ra ?? 0, round: f.R });

/** T16: `Rdm, Rn, Rdm`. */
export const t16Multiply: ArgumentSet = (f) => ({ d: f.Rdm, n: f.Rn, m: f.Rdm, setflags: SetFlags.outsideITBlock });

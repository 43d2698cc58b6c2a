/** Argument sets of the multiply group: register fields to operands, and the selections that the encodings carry as single bits. */
import { SetFlags } from '../immediates.js';
import type { ArgumentSet } from '../row.js';
import { registerOperands } from './registers.js';

/** Multiplies with S where the encoding has it, and N and M that select halfwords. */
export const multiply: ArgumentSet = (f) => ({
  ...registerOperands(f),
  setflags: f.S ?? SetFlags.no,
  n_high: f.N ?? 0,
  m_high: f.M ?? 0,
});

/** Dual multiplies: M swaps the halves of the second operand. */
export const dual: ArgumentSet = (f) => ({ ...registerOperands(f), m_swap: f.M });

/** Most significant word multiplies: R rounds. */
export const mostSignificant: ArgumentSet = (f) => ({ ...registerOperands(f), round: f.R });

/** T16: `Rdm, Rn, Rdm`. */
export const t16Multiply: ArgumentSet = (f) => ({ ...registerOperands(f), setflags: SetFlags.outsideITBlock });

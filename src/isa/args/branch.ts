/** Argument sets of the branches. `imm32` is the offset from what the PC reads as, in bytes, signed; `thumb` is the state it branches in. */
import { signExtend } from '../../util/bits.js';
import type { ArgumentSet, Fields } from '../row.js';

/** A32. */
export const armBranch: ArgumentSet = (f) => ({ imm32: signExtend(f.imm24 << 2, 26), thumb: 0 });
export const armBranchExchange: ArgumentSet = (f) => ({ imm32: signExtend((f.imm24 << 2) | (f.H << 1), 26), thumb: 0 });
export const armRegister: ArgumentSet = (f) => ({ m: f.Rm, thumb: 0 });

/** T16. A returned `cond` conditions the instruction. */
export const t16Conditional: ArgumentSet = (f) => ({ imm32: signExtend(f.imm8 << 1, 9), cond: f.cond });
export const t16Branch: ArgumentSet = (f) => ({ imm32: signExtend(f.imm11 << 1, 12) });
export const thumbRegister: ArgumentSet = (f) => ({ m: f.Rm, thumb: 1 });
export const compareAndBranch: ArgumentSet = (f) => ({ n: f.Rn, imm32: (f.i << 6) | (f.imm5 << 1), nonzero: f.op });

/** The halves of BL and BLX: what the first adds to the PC it reads, and the second to LR. */
export const firstHalf: ArgumentSet = (f) => ({ imm32: signExtend(f.imm11 << 12, 23) });
export const secondHalf: ArgumentSet = (f) => ({ n: 14, imm32: f.imm11 << 1, exchange: 0 });
export const secondHalfExchange: ArgumentSet = (f) => ({ n: 14, imm32: f.imm10L << 2, exchange: 1 });

/** S:I1:I2 of the T32 branches, where I1 = NOT(J1 EOR S), and what follows, as a signed offset of 25 bits. */
function wideOffset(f: Fields, high10: number, low12: number): number {
  const I1 = 1 ^ f.J1 ^ f.S;
  const I2 = 1 ^ f.J2 ^ f.S;
  return signExtend((f.S << 24) | (I1 << 23) | (I2 << 22) | (high10 << 12) | low12, 25);
}

export const t32Conditional: ArgumentSet = (f) => ({
  imm32: signExtend((f.S << 20) | (f.J2 << 19) | (f.J1 << 18) | (f.imm6 << 12) | (f.imm11 << 1), 21),
  cond: f.cond,
});
export const t32Branch: ArgumentSet = (f) => ({ imm32: wideOffset(f, f.imm10, f.imm11 << 1), thumb: 1 });
export const t32BranchExchange: ArgumentSet = (f) => ({ imm32: wideOffset(f, f.imm10H, f.imm10L << 2), thumb: 1 });
export const tableBranch: ArgumentSet = (f) => ({ n: f.Rn, m: f.Rm, is_tbh: f.H });

/** BL and BLX as ARMv4T has them, whose J1 and J2 are fixed ones. */
export const t32NearBranch: ArgumentSet = (f) => t32Branch({ ...f, J1: 1, J2: 1 });
export const t32NearBranchExchange: ArgumentSet = (f) => t32BranchExchange({ ...f, J1: 1, J2: 1 });

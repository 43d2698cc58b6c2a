/**
 * The control registers of floating point and Advanced SIMD: FPSCR (DDI 0406C B4.1.58) and FPEXC (B4.1.57), their fields, and the two words
 * of the state block that follow from them. Knows no instruction.
 */
import { Cp15, CPACR_ASEDIS, CPACR_cp10_shift, CPACR_D32DIS } from './cp15.js';
import { Mode, Psr } from './modes.js';
import { FpAccess, FpFast, Word } from './state.js';

export const FPSCR_N = 1 << 31;
export const FPSCR_Z = 1 << 30;
export const FPSCR_C = 1 << 29;
export const FPSCR_V = 1 << 28;
/** Cumulative saturation, Advanced SIMD only. */
export const FPSCR_QC = 1 << 27;
/** Alternative half-precision. */
export const FPSCR_AHP = 1 << 26;
/** Default NaN mode. */
export const FPSCR_DN = 1 << 25;
/** Flush-to-zero mode. */
export const FPSCR_FZ = 1 << 24;
/** Rounding mode: 00 to nearest, 01 towards plus infinity, 10 towards minus infinity, 11 towards zero. */
export const FPSCR_RMode_shift = 22;
export const FPSCR_RMode = 3 << FPSCR_RMode_shift;
export const FPSCR_Stride_shift = 20;
export const FPSCR_Stride = 3 << FPSCR_Stride_shift;
export const FPSCR_Len_shift = 16;
export const FPSCR_Len = 7 << FPSCR_Len_shift;
/** Cumulative exceptions: input denormal, inexact, underflow, overflow, division by zero, invalid operation. */
export const FPSCR_IDC = 1 << 7;
export const FPSCR_IXC = 1 << 4;
export const FPSCR_UFC = 1 << 3;
export const FPSCR_OFC = 1 << 2;
export const FPSCR_DZC = 1 << 1;
export const FPSCR_IOC = 1 << 0;

/** Floating point and Advanced SIMD are enabled. */
export const FPEXC_EN = 1 << 30;

/** Data processing is on short vectors, where the processor has them. */
export const FPSCR_VECTORS = FPSCR_Len | FPSCR_Stride;
/** What a processor of ARMv7 keeps of FPSCR: there are no trapped exceptions. */
export const FPSCR_BITS = 0xfff7_009f | 0;

/** FPSCR under which host arithmetic, that rounds to nearest and keeps denormal numbers, may stand for the architecture's. */
const HOST_ARITHMETIC = FPSCR_RMode | FPSCR_FZ | FPSCR_VECTORS;

/** Word.FP_FAST for a value of FPSCR. */
export function fpFast(fpscr: number): number {
  if ((fpscr & FPSCR_IXC) === 0) return 0;
  return FpFast.standard | ((fpscr & HOST_ARITHMETIC) === 0 ? FpFast.VFP : 0);
}

/** Whether CPACR lets the present privilege level use coprocessors 10 and 11. */
export function fpPermitted(state: Int32Array): boolean {
  const cp10 = (state[Cp15.CPACR] >>> CPACR_cp10_shift) & 3;
  return cp10 === 3 || (cp10 === 1 && (state[Word.PSR] & Psr.M) !== Mode.usr);
}

/**
 * Word.FP_ACCESS for a state block and FPSCR: CPACR.cp10 and FPEXC.EN (B1.11.3).
 * @param hasD32 whether there are D16 to D31 to be disabled
 * @unpredictable CPACR.cp11 other than cp10: cp10 counts. cp10 = 10: no access. D32DIS set with ASEDIS clear: Advanced SIMD is disabled.
 */
export function fpAccess(state: Int32Array, fpscr: number, hasD32 = true): number {
  const CPACR = state[Cp15.CPACR];
  if (!fpPermitted(state) || (state[Word.FPEXC] & FPEXC_EN) === 0) return 0;
  if (hasD32 && (CPACR & CPACR_D32DIS) !== 0) return FpAccess.lowRegisters;
  let access: number = FpAccess.lowRegisters | FpAccess.VFP;
  if ((CPACR & CPACR_ASEDIS) === 0) access |= FpAccess.AdvSIMD;
  if ((fpscr & FPSCR_VECTORS) === 0) access |= FpAccess.scalar;
  if ((fpFast(fpscr) & FpFast.VFP) !== 0) access |= FpAccess.hostArithmetic;
  return access;
}

/**
 * Fields of the debug registers that monitor debug-mode looks at (DDI 0406C C11.11), and the values that DBGDSCR.MOE gives the reason of a
 * debug exception. No behaviour stands here.
 */

// DBGDSCR (C11.11.20)
/** Monitor debug-mode enable: breakpoints, watchpoints and vector catches are exceptions. */
export const DBGDSCR_MDBGen = 1 << 15;
/** PL0 may not access the debug communication channel and ID registers. */
export const DBGDSCR_UDCCdis = 1 << 12;
const DBGDSCR_MOE_SHIFT = 2;
const DBGDSCR_MOE = 0xf << DBGDSCR_MOE_SHIFT;

/** DBGDSCR.MOE, method of debug entry. */
export const MethodOfEntry = {
  breakpoint: 0b0001,
  /** v6.1 Debug's only one for watchpoints; of v7 the asynchronous one. */
  watchpoint: 0b0010,
  BKPT: 0b0011,
  vectorCatch: 0b0101,
  synchronousWatchpoint: 0b1010,
} as const;

/** DBGDSCR with another {@link MethodOfEntry}. */
export function withMethodOfEntry(DBGDSCR: number, method: number): number {
  return (DBGDSCR & ~DBGDSCR_MOE) | (method << DBGDSCR_MOE_SHIFT);
}

/** DBGOSLSR (C11.11.30): the OS Lock is set. */
export const DBGOSLSR_OSLK = 1 << 1;
/** DBGOSDLR (C11.11.29) asks for the OS Double Lock, which is set unless DBGPRCR (C11.11.33) asks that the core stays powered. */
export const DBGOSDLR_DLK = 1 << 0;
export const DBGPRCR_CORENPDRQ = 1 << 0;

// DBGBCR (C11.11.2) and DBGWCR (C11.11.44), which have most fields at the same places
export const DBGBCR_E = 1 << 0;
/** Hyp mode control. */
export const DBGBCR_HMC = 1 << 13;
/** DBGWCR.WT: linked to a breakpoint that matches a context. */
export const DBGWCR_WT = 1 << 20;

/** PMC of DBGBCR, PAC of DBGWCR: the privilege levels. */
export const privilegeControl = (control: number): number => (control >>> 1) & 3;
/** SSC: the security states. */
export const securityControl = (control: number): number => (control >>> 14) & 3;
/** LBN: the breakpoint to which it is linked. */
export const linkedBreakpoint = (control: number): number => (control >>> 16) & 15;
/** DBGBCR.BAS, of halfwords: bits 0 and 1 are one, as bits 2 and 3 are. */
export const breakpointBytes = (control: number): number => (control >>> 5) & 15;
export const breakpointType = (control: number): number => (control >>> 20) & 15;
/** DBGWCR: which of loads (bit 0) and stores (bit 1). */
export const loadStoreControl = (control: number): number => (control >>> 3) & 3;
export const watchpointBytes = (control: number): number => (control >>> 5) & 0xff;
/** DBGWCR.MASK: how many low bits of the address do not count; 1 and 2 are reserved. */
export const watchpointMask = (control: number): number => (control >>> 24) & 31;

/** DBGBCR.BT. */
export const BreakpointType = {
  address: 0,
  linkedAddress: 1,
  context: 2,
  linkedContext: 3,
  mismatch: 4,
  linkedMismatch: 5,
} as const;

/**
 * Where the system registers that have storage lie in the state block, and the fields of those that the processor, the memory system and
 * the VMM look at (DDI 0406C B4.1). Encodings, names and access rights are rows of isa/sysreg.ts; no behaviour stands here.
 *
 *   one word per register; 64-bit registers take two, low word first; numbered event counters follow their first
 */
import { Word } from './state.js';

const base = Word.CP15;

/** Word index, relative to the start of the state block, of each stored system register. */
export const Cp15 = {
  CSSELR: base,
  SCTLR: base + 1,
  ACTLR: base + 2,
  CPACR: base + 3,
  /** Low word; the high word follows. A 32-bit write clears the high word. */
  TTBR0: base + 4,
  TTBR1: base + 6,
  TTBCR: base + 8,
  DACR: base + 9,
  DFSR: base + 10,
  IFSR: base + 11,
  ADFSR: base + 12,
  AIFSR: base + 13,
  DFAR: base + 14,
  IFAR: base + 15,
  /** Low word; the high word follows. */
  PAR: base + 16,
  /** PRRR and MAIR0 are one register under two names, as are NMRR and MAIR1. */
  PRRR: base + 18,
  NMRR: base + 19,
  MAIR0: base + 18,
  MAIR1: base + 19,
  AMAIR0: base + 20,
  AMAIR1: base + 21,
  VBAR: base + 22,
  FCSEIDR: base + 23,
  CONTEXTIDR: base + 24,
  TPIDRURW: base + 25,
  TPIDRURO: base + 26,
  TPIDRPRW: base + 27,
  CNTFRQ: base + 28,
  CNTKCTL: base + 29,
  TEECR: base + 30,
  TEEHBR: base + 31,
  JOSCR: base + 32,
  JMCR: base + 33,
  L2CTLR: base + 34,
  L2ECTLR: base + 35,
  PMCR: base + 36,
  PMCNTENSET: base + 37,
  PMOVSR: base + 38,
  PMSELR: base + 39,
  PMUSERENR: base + 40,
  PMINTENSET: base + 41,
  /** PMCCNTR when it was last written or stopped; see cpu/performance-monitor.ts. */
  PMCCNTR: base + 42,
  /** PMXEVTYPER of event counter n at PMXEVTYPER + n (n < 8), then of the cycle counter. */
  PMXEVTYPER: base + 48,
  PMXEVTYPER_cycles: base + 56,
  /** PMXEVCNTR of event counter n at PMXEVCNTR + n (n < 8). */
  PMXEVCNTR: base + 57,
  DBGDSCR: base + 65,
  DBGOSDLR: base + 66,
  DBGOSLSR: base + 67,
  DBGVCR: base + 68,
  /** DBGBVRn at DBGBVR + n, and so on (n < 16). */
  DBGBVR: base + 72,
  DBGBCR: base + 88,
  DBGWVR: base + 104,
  DBGWCR: base + 120,
} as const;
export type Cp15Name = keyof typeof Cp15;

// SCTLR (B4.1.130)
/** MMU enable. */
export const SCTLR_M = 1 << 0;
/** Alignment check enable. */
export const SCTLR_A = 1 << 1;
/** Data and unified cache enable. */
export const SCTLR_C = 1 << 2;
/** CP15 barrier operations enabled at PL0 and PL1. */
export const SCTLR_CP15BEN = 1 << 5;
/** SWP and SWPB enable. */
export const SCTLR_SW = 1 << 10;
/** Branch prediction enable. */
export const SCTLR_Z = 1 << 11;
/** Instruction cache enable. */
export const SCTLR_I = 1 << 12;
/** High exception vectors. */
export const SCTLR_V = 1 << 13;
/** Hardware access flag management. */
export const SCTLR_HA = 1 << 17;
/** Writable memory is never executable. */
export const SCTLR_WXN = 1 << 19;
/** Memory that PL0 can write is never executable at PL1. */
export const SCTLR_UWXN = 1 << 20;
/** CPSR.E on exception entry. */
export const SCTLR_EE = 1 << 25;
/** Non-maskable FIQ, read only. */
export const SCTLR_NMFI = 1 << 27;
/** TEX remap enable. */
export const SCTLR_TRE = 1 << 28;
/** Access flag enable: AP[0] is the access flag. */
export const SCTLR_AFE = 1 << 29;
/** Exceptions are taken in Thumb state. */
export const SCTLR_TE = 1 << 30;

// TTBCR (B4.1.153)
/** Long-descriptor translation table format in use. */
export const TTBCR_EAE = 1 << 31;
/** Short format: TTBR0 translates the lowest 2^(32-N) bytes. */
export const TTBCR_N = 7;
export const TTBCR_PD0 = 1 << 4;
export const TTBCR_PD1 = 1 << 5;
/** Long format: no walks through TTBR0, through TTBR1; which of the two holds the ASID. */
export const TTBCR_EPD0 = 1 << 7;
export const TTBCR_A1 = 1 << 22;
export const TTBCR_EPD1 = 1 << 23;

// DFSR and IFSR (B4.1.52, B4.1.96)
/** The fault was caused by a write. */
export const DFSR_WnR = 1 << 11;
/** External abort qualifier. */
export const FSR_ExT = 1 << 12;
/** The fault was on a cache maintenance or address translation operation. */
export const DFSR_CM = 1 << 13;
/** The status is in the long format. */
export const FSR_LPAE = 1 << 9;

// CNTKCTL (B4.1.26): what PL0 may reach
export const CNTKCTL_PL0PCTEN = 1 << 0;
export const CNTKCTL_PL0VCTEN = 1 << 1;
export const CNTKCTL_PL0VTEN = 1 << 8;
export const CNTKCTL_PL0PTEN = 1 << 9;

// CPACR (B4.1.40)
/** Bit position of coprocessor 10's two access bits; coprocessor n has its own at 2n. */
export const CPACR_cp10_shift = 20;
export const CPACR_D32DIS = 1 << 30;
export const CPACR_ASEDIS = 1 << 31;

// PMCR and PMUSERENR (B4.1.117, B4.1.124)
export const PMCR_E = 1 << 0;
/** Event counter reset, write only. */
export const PMCR_P = 1 << 1;
/** Cycle counter reset, write only. */
export const PMCR_C = 1 << 2;
/** The cycle counter counts once every 64 cycles. */
export const PMCR_D = 1 << 3;
export const PMUSERENR_EN = 1 << 0;

// CONTEXTIDR (B4.1.36)
export const CONTEXTIDR_ASID = 0xff;

// PAR (B4.1.112)
/** The translation aborted. */
export const PAR_F = 1 << 0;
/** Long format. */
export const PAR_LPAE = 1 << 11;

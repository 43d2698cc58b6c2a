/**
 * Where the system registers that have storage lie in the state block, and the fields of those that the processor, the memory system and
 * the VMM look at (DDI 0406C B4.1). Encodings, names and access rights are rows of isa/sysreg.ts; no behaviour stands here.
 * Storage is assigned in the order of those rows: a word per register, two (low word first) for a 64-bit one.
 */
import { sysregIndex } from '../isa/sysreg.js';
import { Word } from './state.js';

/** Word index, relative to the start of the state block, of a stored system register: the low word of a 64-bit one. Throws for other names. */
export function sysregWord(name: string): number {
  return Word.CP15 + sysregIndex(name);
}

/** {@link sysregWord} of the registers that code above names. */
export const Cp15 = {
  CSSELR: sysregWord('CSSELR'),
  SCTLR: sysregWord('SCTLR'),
  CPACR: sysregWord('CPACR'),
  /** Low word; the high word follows. A 32-bit write clears the high word. */
  TTBR0: sysregWord('TTBR0'),
  TTBR1: sysregWord('TTBR1'),
  TTBCR: sysregWord('TTBCR'),
  DACR: sysregWord('DACR'),
  DFSR: sysregWord('DFSR'),
  IFSR: sysregWord('IFSR'),
  DFAR: sysregWord('DFAR'),
  IFAR: sysregWord('IFAR'),
  /** Low word; the high word follows. */
  PAR: sysregWord('PAR'),
  /** PRRR and MAIR0 are one register under two names, as are NMRR and MAIR1. */
  PRRR: sysregWord('PRRR'),
  NMRR: sysregWord('NMRR'),
  MAIR0: sysregWord('MAIR0'),
  MAIR1: sysregWord('MAIR1'),
  VBAR: sysregWord('VBAR'),
  /** PID alone: zero where there is no FCSE. */
  FCSEIDR: sysregWord('FCSEIDR'),
  CONTEXTIDR: sysregWord('CONTEXTIDR'),
  TPIDRURW: sysregWord('TPIDRURW'),
  TPIDRURO: sysregWord('TPIDRURO'),
  TPIDRPRW: sysregWord('TPIDRPRW'),
  CNTFRQ: sysregWord('CNTFRQ'),
  CNTKCTL: sysregWord('CNTKCTL'),
  TEECR: sysregWord('TEECR'),
  PMCR: sysregWord('PMCR'),
  PMCNTENSET: sysregWord('PMCNTENSET'),
  PMOVSR: sysregWord('PMOVSR'),
  PMSELR: sysregWord('PMSELR'),
  PMUSERENR: sysregWord('PMUSERENR'),
  PMINTENSET: sysregWord('PMINTENSET'),
  /** The register, then when the counters were last brought up to date, in instructions: two words. */
  PMCCNTR: sysregWord('PMCCNTR'),
  /** One word per selection n of PMSELR at PMXEVTYPER + n; 31 is the cycle counter's filter. */
  PMXEVTYPER: sysregWord('PMXEVTYPER'),
  PMXEVCNTR: sysregWord('PMXEVCNTR'),
  DBGDSCR: sysregWord('DBGDSCRext'),
  DBGOSLSR: sysregWord('DBGOSLSR'),
  /** The ARM1176's: PL0's access to the performance monitor. */
  SUNAVCR: sysregWord('SUNAVCR'),
} as const;
export type Cp15Name = keyof typeof Cp15;

// SCTLR (B4.1.130)
/** MMU enable. */
export const SCTLR_M = 1 << 0;
/** Alignment check enable. */
export const SCTLR_A = 1 << 1;
/** CP15 barrier operations enabled at PL0 and PL1. */
export const SCTLR_CP15BEN = 1 << 5;
/** ARMv6: what PL0 and PL1 may read where AP is 00 (S: PL1, R: both). */
export const SCTLR_S = 1 << 8;
export const SCTLR_R = 1 << 9;
/** High exception vectors. */
export const SCTLR_V = 1 << 13;
/** Writable memory is never executable. */
export const SCTLR_WXN = 1 << 19;
/** Memory that PL0 can write is never executable at PL1. */
export const SCTLR_UWXN = 1 << 20;
/** ARMv6: unaligned accesses as in ARMv7; otherwise words are rotated. */
export const SCTLR_U = 1 << 22;
/** ARMv6: translation tables of ARMv6; otherwise those of ARMv5, with subpages. */
export const SCTLR_XP = 1 << 23;
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
/** The fault was on a cache maintenance or address translation operation. */
export const DFSR_CM = 1 << 13;
/** The status is in the long format. */
export const FSR_LPAE = 1 << 9;

// FCSEIDR (B4.1.60)
export const FCSEIDR_PID = 0x7f << 25;
/** Bytes of a process block: what the FCSE relocates, and by multiples of what. */
export const FCSE_BLOCK = 1 << 25;

/**
 * FCSETranslate() (DDI 0406C B3.19.2): the modified virtual address, u32, of a virtual one (u32). `state` is the state block. With the MMU off as with
 * it on (B3.19.3).
 */
export function FCSETranslate(state: Int32Array, va: number): number {
  return modifiedAddress(state[Cp15.FCSEIDR], va);
}

/** {@link FCSETranslate} under a value of FCSEIDR. */
export function modifiedAddress(FCSEIDR: number, va: number): number {
  return va < FCSE_BLOCK ? (va | FCSEIDR) >>> 0 : va;
}

// CNTKCTL (B4.1.26): what PL0 may reach
export const CNTKCTL_PL0PCTEN = 1 << 0;
export const CNTKCTL_PL0VCTEN = 1 << 1;
/** The event stream is enabled. */
export const CNTKCTL_EVNTEN = 1 << 2;
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

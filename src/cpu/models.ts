/**
 * Processor models as data: the values of identification registers and the reset values that differ from zero, by the register names of
 * isa/sysreg.ts. For a board without EL2 and EL3, one core: the feature registers say so. Values as the models of QEMU 7.2 have them, so
 * that guests take the same paths on both; most are those of the Technical Reference Manuals (Cortex-A15 DDI 0438, Cortex-A7 DDI 0464).
 */

export interface CpuModel {
  /** As users and QEMU spell it: `cortex-a15`. */
  readonly name: string;
  /** Value or reset value (u32) of each register whose row says `model`. */
  readonly registers: Readonly<Record<string, number>>;
  /** CCSIDR by CSSELR (level << 1 | instruction); others read as zero. */
  readonly caches: Readonly<Record<number, number>>;
  /** Event counters of the performance monitors, PMCR.N. */
  readonly eventCounters: number;
}

/** Where the two models agree. */
const common: Readonly<Record<string, number>> = {
  SCTLR: 0x00c5_0078,
  PRRR: 0,
  NMRR: 0,
  L2CTLR: 0x0080_0000,
  CBAR: 0x0800_0000,
  TCMTR: 0,
  TLBTR: 0,
  // Bit 31: the multiprocessing format; one core, affinity 0.0.0.
  MPIDR: 0x8000_0000,
  ID_PFR0: 0x0000_1131,
  // Generic timer, no Virtualization and no Security Extensions.
  ID_PFR1: 0x0001_0001,
  ID_DFR0: 0x0201_0505,
  ID_AFR0: 0,
  ID_MMFR2: 0x0124_0000,
  ID_MMFR3: 0x0210_2211,
  ID_ISAR0: 0x0210_1110,
  ID_ISAR1: 0x1311_2111,
  ID_ISAR2: 0x2123_2041,
  ID_ISAR3: 0x1111_2131,
  ID_ISAR4: 0x1001_1142,
  ID_ISAR5: 0,
  CLIDR: 0x0a20_0023,
  // Events: software increment (0x00), instructions (0x08), cycles (0x11).
  PMCEID0: (1 << 0x00) | (1 << 0x08) | (1 << 0x11),
  PMCEID1: 0,
  CNTFRQ: 62_500_000,
  DBGDEVID: 0x0111_0f13,
  DBGAUTHSTATUS: 0,
};

/** 32 KiB data and instruction caches, a unified 512 KiB second level, lines of 64 bytes. */
const caches: Readonly<Record<number, number>> = { 0: 0x701f_e00a, 1: 0x201f_e00a, 2: 0x711f_e07a };

export const cortexA15: CpuModel = {
  name: 'cortex-a15',
  registers: {
    ...common,
    MIDR: 0x414f_c0f0,
    MIDR_4: 0x414f_c0f0,
    REVIDR: 0x414f_c0f0,
    MIDR_7: 0x414f_c0f0,
    CTR: 0x8444_c004,
    ID_MMFR0: 0x1020_1105,
    ID_MMFR1: 0x2000_0000,
    PMCR: 0x410f_3000,
    DBGDIDR: 0x3515_f021,
    DBGDEVID1: 0,
  },
  caches,
  eventCounters: 6,
};

export const cortexA7: CpuModel = {
  name: 'cortex-a7',
  registers: {
    ...common,
    MIDR: 0x410f_c075,
    MIDR_4: 0x410f_c075,
    REVIDR: 0x410f_c075,
    MIDR_7: 0x410f_c075,
    CTR: 0x8444_8003,
    ID_MMFR0: 0x1010_1105,
    ID_MMFR1: 0x4000_0000,
    PMCR: 0x4107_2000,
    DBGDIDR: 0x3515_f005,
    DBGDEVID1: 1,
  },
  caches,
  eventCounters: 4,
};

/** The models by name. */
export const cpuModels: ReadonlyMap<string, CpuModel> = new Map([cortexA15, cortexA7].map((m) => [m.name, m]));

/**
 * Processor models as data: what instructions and system registers each has, the values of its identification registers, and the reset values
 * that differ from zero, by the register names of isa/sysreg.ts. For boards without EL2 and EL3, one core: the feature registers say so.
 * Values as the models of QEMU 7.2 have them, so that guests take the same paths on both; most are those of the Technical Reference Manuals
 * (ARM1176JZF-S DDI 0301H, Cortex-A8 DDI 0344K, Cortex-A7 DDI 0464F, Cortex-A15 DDI 0438I).
 *
 * @deviates from the manuals, with QEMU: TLBTR reads as zero, REVIDR as MIDR does, CBAR is that of a board without private peripherals; the
 * Cortex-A7's caches are described as the Cortex-A15's. From QEMU, with the manuals: the ARM1176's DBGDIDR announces v6.1 Debug.
 */
import { featureMask, type Feature } from '../isa/features.js';

export interface CpuModel {
  /** As users and QEMU spell it: `cortex-a15`. */
  readonly name: string;
  /** Mask of isa/features.ts: rows that need others do not exist on it. */
  readonly features: number;
  /** Value or reset value (u32) of each of its registers whose row says `model`. */
  readonly registers: Readonly<Record<string, number>>;
  /** CCSIDR by CSSELR (level << 1 | instruction); others read as zero. */
  readonly caches: Readonly<Record<number, number>>;
  /** Event counters of the performance monitors, PMCR.N. */
  readonly eventCounters: number;
}

/** Whether a model implements ARMv7, with all that follows for CP15; else ARMv6K. */
export function isV7({ features }: CpuModel): boolean {
  return (features & V7) !== 0;
}

const V7 = featureMask(['v7']);

/** Whether a model has the Fast Context Switch Extension, by what its ID_MMFR0 says: those up to the Cortex-A8 do. */
export function hasFcse({ registers }: CpuModel): boolean {
  return ((registers.ID_MMFR0 >>> 24) & 15) !== 0;
}

const v6: readonly Feature[] = ['security', 'jazelle', 'vfpv2'];
const v7: readonly Feature[] = [...v6, 'v6T2', 'v7', 'thumbee', 'vfpv3', 'd32', 'advanced-simd'];
/** What the Cortex-A15 brought, and the Cortex-A7 has as well. */
const v7ve: readonly Feature[] = [
  ...v7,
  'multiprocessing',
  'divide',
  'virtualization',
  'half-precision',
  'vfpv4',
  'advanced-simd-v2',
  'lpae',
  'generic-timer',
];

/** MIDR, where reserved encodings of its group read as it does. */
const mainId = (MIDR: number): Readonly<Record<string, number>> => ({ MIDR, MIDR_4: MIDR, REVIDR: MIDR, MIDR_7: MIDR });

/** Events that are counted: software increment (0x00), instructions (0x08), cycles (0x11). */
const events = { PMCEID0: (1 << 0x00) | (1 << 0x08) | (1 << 0x11), PMCEID1: 0 } as const;

/** Where the Cortex-A15 and A7 agree. */
const common: Readonly<Record<string, number>> = {
  ...events,
  SCTLR: 0x00c5_0078,
  ACTLR: 0,
  CPACR: 0,
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
  CNTFRQ: 62_500_000,
  DBGDEVID: 0x0111_0f13,
  DBGAUTHSTATUS: 0,
};

/** 32 KiB data and instruction caches, a unified 512 KiB second level, lines of 64 bytes. */
const caches: Readonly<Record<number, number>> = { 0: 0x701f_e00a, 1: 0x201f_e00a, 2: 0x711f_e07a };

export const cortexA15: CpuModel = {
  name: 'cortex-a15',
  features: featureMask(v7ve),
  registers: {
    ...common,
    ...mainId(0x414f_c0f0),
    CTR: 0x8444_c004,
    ID_MMFR0: 0x1020_1105,
    ID_MMFR1: 0x2000_0000,
    PMCR: 0x410f_3000,
    FPSID: 0x4104_30f0,
    MVFR0: 0x1011_0222,
    MVFR1: 0x1111_1111,
    DBGDIDR: 0x3515_f021,
    DBGDEVID1: 0,
  },
  caches,
  eventCounters: 6,
};

export const cortexA7: CpuModel = {
  name: 'cortex-a7',
  features: featureMask(v7ve),
  registers: {
    ...common,
    ...mainId(0x410f_c075),
    CTR: 0x8444_8003,
    ID_MMFR0: 0x1010_1105,
    ID_MMFR1: 0x4000_0000,
    PMCR: 0x4107_2000,
    FPSID: 0x4102_3075,
    MVFR0: 0x1011_0222,
    MVFR1: 0x1111_1111,
    DBGDIDR: 0x3515_f005,
    DBGDEVID1: 1,
  },
  caches,
  eventCounters: 4,
};

export const cortexA8: CpuModel = {
  name: 'cortex-a8',
  features: featureMask(v7),
  registers: {
    ...events,
    ...mainId(0x410f_c080),
    SCTLR: 0x00c5_0078,
    ACTLR: 2,
    CPACR: 0,
    PRRR: 0,
    NMRR: 0,
    CTR: 0x8204_8004,
    TCMTR: 0,
    TLBTR: 0,
    MPIDR: 0,
    ID_PFR0: 0x0000_1031,
    ID_PFR1: 0x0000_0001,
    ID_DFR0: 0x0000_0400,
    ID_AFR0: 0,
    ID_MMFR0: 0x3110_0003,
    ID_MMFR1: 0x2000_0000,
    ID_MMFR2: 0x0120_2000,
    ID_MMFR3: 0x0000_0011,
    ID_ISAR0: 0x0010_1111,
    ID_ISAR1: 0x1211_2111,
    ID_ISAR2: 0x2123_2031,
    ID_ISAR3: 0x1111_2131,
    ID_ISAR4: 0x0011_1142,
    ID_ISAR5: 0,
    CLIDR: 0x0a00_0003,
    PMCR: 0x4100_2000,
    FPSID: 0x4103_30c0,
    MVFR0: 0x1111_0222,
    MVFR1: 0x0001_1111,
    DBGDIDR: 0x1514_1000,
    DBGAUTHSTATUS: 0,
  },
  // 16 KiB data and instruction caches; a second level that is described by what it can do, not by its size.
  caches: { 0: 0xe007_e01a, 1: 0x2007_e01a, 2: 0xf000_0000 },
  eventCounters: 4,
};

export const arm1176: CpuModel = {
  name: 'arm1176',
  features: featureMask([...v6, 'branch-halves']),
  registers: {
    ...mainId(0x410f_b767),
    // Subpages (XP = 0) and rotated unaligned words (U = 0), until software asks for ARMv6's own.
    SCTLR: 0x0005_0078,
    ACTLR: 7,
    // D32DIS and ASEDIS: D16 to D31 and Advanced SIMD do not exist. The manual leaves the two bits unpredictable.
    CPACR: 0xc000_0000,
    PRRR: 0,
    NMRR: 0,
    // Separate 16 KiB caches, four ways, lines of 32 bytes.
    CTR: 0x01dd_20d2,
    TCMTR: 0,
    TLBTR: 0,
    MPIDR: 0x410f_b767,
    ID_PFR0: 0x0000_0111,
    ID_PFR1: 0x0000_0001,
    ID_DFR0: 0x0000_0003,
    ID_AFR0: 0,
    ID_MMFR0: 0x0113_0003,
    ID_MMFR1: 0x1003_0302,
    ID_MMFR2: 0x0122_2100,
    ID_MMFR3: 0,
    ID_ISAR0: 0x0014_0011,
    ID_ISAR1: 0x1200_2111,
    ID_ISAR2: 0x1123_1121,
    ID_ISAR3: 0x0110_2131,
    ID_ISAR4: 0x0000_1141,
    ID_ISAR5: 0,
    DBGDIDR: 0x1512_1007,
    FPSID: 0x4101_20b5,
    MVFR0: 0x1111_1111,
    MVFR1: 0,
  },
  caches: {},
  eventCounters: 2,
};

/** The models by name. */
export const cpuModels: ReadonlyMap<string, CpuModel> = new Map(
  [cortexA15, cortexA7, cortexA8, arm1176].map((model) => [model.name, model]),
);

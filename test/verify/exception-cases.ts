/** What {@link ExceptionPair} is put through: kinds of exceptions, vector configurations, and ways to return. Data. */
import { SCTLR_EE, SCTLR_TE, SCTLR_V } from '../../src/arm/cp15.js';

/** A vector table elsewhere than at zero, from the start of RAM. */
export const VECTORS = 0x12_0020;

export interface ExceptionKindCase {
  readonly name: string;
  readonly arm?: readonly number[];
  readonly thumb?: readonly number[];
  /** For a processor without Thumb-2. */
  readonly thumb16?: readonly number[];
  /** What `-d int` calls it. */
  readonly logged: RegExp;
  /** What it calls it outside USR mode, where that differs. */
  readonly privileged?: RegExp;
  /** The line that is up; there is no code then. */
  readonly line?: 'irq' | 'fiq';
  /** Answered by the firmware of `virt` with this in R0 and R1; on a machine without one it is Undefined. */
  readonly call?: readonly [r0: number, r1: number];
  /** UNPREDICTABLE within an IT block but as the last instruction. */
  readonly inIT?: false;
  /** PC is where nothing is. */
  readonly fetch?: true;
}

/** The exceptions that instructions cause. */
export const SYNCHRONOUS: readonly ExceptionKindCase[] = [
  { name: 'SVC', arm: [0xef00_0012], thumb: [0xdf12], logged: /^2 \[SVC\]$/ },
  { name: 'UDF', arm: [0xe7f0_00f0], thumb: [0xde00], logged: /^1 \[Undefined/ },
  { name: 'UDF.W', thumb: [0xf7f0, 0xa000], logged: /^1 \[Undefined/ },
  { name: 'SMC', arm: [0xe160_0070], thumb: [0xf7f0, 0x8000], inIT: false, logged: /^1 \[Undefined/ },
  { name: 'unallocated', arm: [0xf7ff_ffff], thumb: [0xffff, 0xffff], thumb16: [0xb700], logged: /^1 \[Undefined/ },
  { name: 'BKPT', arm: [0xe120_0070], thumb: [0xbe00], logged: /^7 \[Breakpoint\]$/ },
  { name: 'prefetch abort', fetch: true, arm: [], thumb: [], logged: /^3 \[Prefetch Abort\]$/ },
  { name: 'data abort, load', arm: [0xe591_0000], thumb: [0x6808], logged: /^4 \[Data Abort\]$/ },
  {
    name: 'data abort, store with writeback',
    arm: [0xe5a1_0004],
    thumb: [0xf841, 0x0f04],
    thumb16: [0xc104],
    logged: /^4 \[Data Abort\]$/,
  },
  {
    name: 'data abort, load multiple',
    arm: [0xe8b1_003c],
    thumb: [0xe8b1, 0x003c],
    thumb16: [0xc93c],
    logged: /^4 \[Data Abort\]$/,
  },
];

/** The same word that calls the firmware of `virt`: Undefined without one, as without the Virtualization Extensions. */
const HVC = { arm: [0xe140_0070], thumb: [0xf7e0, 0x8000], inIT: false, logged: /^1 \[Undefined/ } as const;
export const UNANSWERED: readonly ExceptionKindCase[] = [{ name: 'HVC', ...HVC }];
export const CALLS: readonly ExceptionKindCase[] = (
  [
    ['PSCI_VERSION', 0x8400_0000, 0],
    ['CPU_ON of this processor', 0x8400_0003, 0],
    ['CPU_ON of another', 0x8400_0003, 1],
    ['AFFINITY_INFO', 0x8400_0004, 0],
    ['MIGRATE_INFO_TYPE', 0x8400_0006, 0],
    ['PSCI_FEATURES of CPU_OFF', 0x8400_000a, 0x8400_0002],
    ['PSCI_FEATURES of MIGRATE', 0x8400_000a, 0x8400_0005],
    ['no function', 0x1234_5678, 0],
  ] as const
).map(([name, ...call]) => ({ name: `HVC, ${name}`, ...HVC, call, privileged: /^11 \[Hypervisor Call\]$/ }));

/** The exceptions that interrupt. */
export const INTERRUPTS: readonly ExceptionKindCase[] = [
  { name: 'IRQ', line: 'irq', arm: [0xe1a0_0000], thumb: [0x46c0], logged: /^5 \[IRQ\]$/ },
  { name: 'FIQ', line: 'fiq', arm: [0xe1a0_0000], thumb: [0x46c0], logged: /^6 \[FIQ\]$/ },
];

/** SCTLR's V, TE and EE, with VBAR at zero and in RAM, where VBAR counts from the start of RAM. */
export interface VectorConfiguration {
  readonly sctlr: number;
  readonly vbar: number;
  readonly name: string;
}
export const CONFIGURATIONS: readonly VectorConfiguration[] = [
  0,
  SCTLR_V,
  SCTLR_TE,
  SCTLR_EE,
  SCTLR_V | SCTLR_TE,
  SCTLR_V | SCTLR_EE,
  SCTLR_TE | SCTLR_EE,
  SCTLR_V | SCTLR_TE | SCTLR_EE,
].flatMap((sctlr) =>
  [0, VECTORS].map((vbar) => ({
    sctlr,
    vbar,
    name: `V=${sctlr & SCTLR_V ? 1 : 0} TE=${sctlr & SCTLR_TE ? 1 : 0} EE=${sctlr & SCTLR_EE ? 1 : 0} VBAR=${vbar.toString(16)}`,
  })),
);

export interface ReturnWay {
  readonly name: string;
  readonly arm?: number;
  readonly thumb?: readonly number[];
  /** PC and CPSR come from memory at SP; otherwise PC from LR, or (`list`) from memory at SP, and CPSR from SPSR. */
  readonly from: 'lr' | 'list' | 'rfe';
  /** LR is so much beyond the address. */
  readonly beyond: number;
}

export const RETURNS: readonly ReturnWay[] = [
  { name: 'MOVS PC, LR', arm: 0xe1b0_f00e, from: 'lr', beyond: 0 },
  { name: 'SUBS PC, LR, #4', arm: 0xe25e_f004, thumb: [0xf3de, 0x8f04], from: 'lr', beyond: 4 },
  { name: 'SUBS PC, LR, #0', arm: 0xe25e_f000, thumb: [0xf3de, 0x8f00], from: 'lr', beyond: 0 },
  { name: 'LDM SP!, {PC}^', arm: 0xe8fd_8000, from: 'list', beyond: 0 },
  { name: 'RFEIA SP!', arm: 0xf8bd_0a00, thumb: [0xe9bd, 0xc000], from: 'rfe', beyond: 0 },
  { name: 'RFEIA SP', arm: 0xf89d_0a00, thumb: [0xe99d, 0xc000], from: 'rfe', beyond: 0 },
];

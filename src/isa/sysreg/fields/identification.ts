/** Fields of the identification registers (DDI 0406C B4.1, B7). Names of feature fields are those of the diagrams, shortened where these are sentences. */
import { bitField, bitFields, type BitField } from '../../../util/bit-fields.js';

const PARTS: Readonly<Record<number, string>> = {
  0xc0f: 'Cortex-A15',
  0xc07: 'Cortex-A7',
  0xc08: 'Cortex-A8',
  0xb76: 'ARM1176',
};

const MIDR: readonly BitField[] = [
  ...bitFields(
    '31:24 Implementer implementer: 0x41=ARM',
    '23:20 Variant major revision',
    '19:16 Architecture architecture: 15=by CPUID',
  ),
  bitField('15:4 PartNum part', (value) => PARTS[value]),
  bitField('3:0 Revision minor revision'),
];

/** 2^n words. */
const words = (value: number) => `${4 << value} bytes`;

export const CTR_V7: readonly BitField[] = [
  bitField('31:29 Format format: 4=ARMv7'),
  bitField('27:24 CWG cache write-back granule', words),
  bitField('23:20 ERG exclusives reservation granule', words),
  bitField('19:16 DminLine smallest data cache line', words),
  bitField(
    '15:14 L1Ip first-level instruction cache: 1=virtual index, ASID in the tag|2=virtual index|3=physical index',
  ),
  bitField('3:0 IminLine smallest instruction cache line', words),
];
export const CTR_V6 = bitFields(
  '31:29 Format format: ARMv6',
  '28:25 Ctype kind of cache: 14=write-back, locked by way',
  '24 S caches: unified|separate',
  '23:12 Dsize data cache',
  '11:0 Isize instruction cache',
);

const present = 'absent|present';
const four = (names: readonly (string | undefined)[]): readonly BitField[] =>
  bitFields(
    ...names.flatMap((text, i) => {
      const high = 31 - 4 * i;
      return text === undefined ? [] : [`${high}:${high - 3} ${text}`];
    }),
  );

const cacheKind = 'none|instruction|data|separate|unified';

export const identificationFields: Readonly<Record<string, readonly BitField[]>> = {
  MIDR,
  MIDR_4: MIDR,
  MIDR_7: MIDR,
  TCMTR: bitFields('31:29 Format format', '18:16 DTCMs data TCMs', '2:0 ITCMs instruction TCMs'),
  TLBTR: bitFields(
    '23:16 ILsize lockable instruction entries',
    '15:8 DLsize lockable data entries',
    '0 nU TLB: unified|separate',
  ),
  MPIDR: bitFields(
    '31 M format: ARMv6|multiprocessing',
    '30 U uniprocessor',
    '24 MT affinity 0 is of threads',
    '23:16 Aff2 affinity 2',
    '15:8 Aff1 affinity 1',
    '7:0 Aff0 affinity 0',
  ),
  ID_PFR0: four([
    undefined,
    undefined,
    undefined,
    undefined,
    `State3 ThumbEE: ${present}`,
    'State2 Jazelle: absent|JOSCR.CV not cleared|JOSCR.CV cleared',
    'State1 Thumb: absent|Thumb|2=reserved|3=Thumb-2',
    `State0 ARM: ${present}`,
  ]),
  ID_PFR1: four([
    undefined,
    undefined,
    undefined,
    `GenTimer generic timer: ${present}`,
    `Virtualization Virtualization Extensions: ${present}`,
    'MProgMod M profile: absent|2=two-stack model',
    `Security Security Extensions: ${present}`,
    `ProgMod programmers' model: absent|ARMv4 or later`,
  ]),
  ID_DFR0: four([
    undefined,
    'PerfMon performance monitors: none|PMUv1|PMUv2|15=none',
    `MProfDbg M profile debug: ${present}`,
    `MMapTrc trace, memory-mapped: ${present}`,
    `CopTrc trace, by coprocessor: ${present}`,
    'MMapDbg debug, memory-mapped: absent|4=v7 Debug|5=v7.1 Debug',
    'CopSDbg Secure debug: absent|3=v6.1 Debug|4=v7 Debug|5=v7.1 Debug',
    'CopDbg debug by coprocessor: absent|2=v6 Debug|3=v6.1 Debug|4=v7 Debug|5=v7.1 Debug',
  ]),
  ID_AFR0: [],
  ID_MMFR0: four([
    'InnerShr inner shareability: not cacheable|hardware coherency|15=ignored',
    `FCSE Fast Context Switch Extension: ${present}`,
    'AuxReg auxiliary registers: none|ACTLR|ACTLR and fault status',
    'TCM TCM and DMA: none|of the implementation|TCM|TCM and DMA',
    'ShareLvl levels of shareability: 1|2',
    'OuterShr outer shareability: not cacheable|hardware coherency|15=ignored',
    'PMSA PMSA: absent',
    'VMSA VMSA: absent|1=of the implementation|2=ARMv6|3=ARMv7, remapping|4=with PXN|5=with long descriptors',
  ]),
  ID_MMFR1: four([
    'BPred branch predictor: none|flush at each change|flush at changes of mappings|flush on code changes|never flush',
    'L1TstCln test and clean of first-level caches',
    'L1Uni whole-cache operations, unified',
    'L1Hvd whole-cache operations, separate',
    'L1UniSW set/way operations, unified',
    'L1HvdSW set/way operations, separate',
    'L1UniVA operations by MVA, unified',
    'L1HvdVA operations by MVA, separate',
  ]),
  ID_MMFR2: four([
    `HWAccFlg hardware access flag: ${present}`,
    `WFIStall WFI stalls: ${present}`,
    'MemBarr CP15 barriers: none|DSB|DSB, ISB and DMB',
    'UniTLB unified TLB maintenance',
    'HvdTLB separate TLB maintenance',
    'LL1HvdRng range operations of first-level caches',
    'L1HvdBG background fetches of first-level caches',
    'L1HvdFG foreground fetches of first-level caches',
  ]),
  ID_MMFR3: four([
    'Supersec supersections: supported|15=not supported',
    'CMemSz cached memory: 4 GB|64 GB|1 TB',
    'CohWalk table walks need a clean: yes|no',
    undefined,
    'MaintBcst maintenance reaches others: no|caches|caches and TLBs',
    'BPMaint branch predictor maintenance: none|all|all and by MVA',
    'CMaintSW cache maintenance by set/way: none|present',
    'CMaintVA cache maintenance by MVA: none|present',
  ]),
  ID_ISAR0: four([
    undefined,
    'Divide SDIV and UDIV: none|in Thumb|in Thumb and ARM',
    'Debug BKPT: absent|present',
    'Coproc coprocessor instructions: none|CDP, LDC, MCR, MRC, STC|and the 2 forms|and MCRR, MRRC|and MCRR2, MRRC2',
    'CmpBranch CBZ and CBNZ: absent|present',
    'BitField BFC, BFI, SBFX, UBFX: absent|present',
    'BitCount CLZ: absent|present',
    'Swap SWP and SWPB: absent|present|on one processor',
  ]),
  ID_ISAR1: four([
    'Jazelle BXJ: absent|present',
    'Interwork interworking: none|BX|BX, BLX and loads|and data processing',
    'Immediate wide immediates: absent|present',
    'IfThen IT: absent|present',
    'Extend extensions: none|SXTB and such|all',
    'Except_AR CPS, RFE, SRS: absent|present',
    'Except LDM and STM of other modes: absent|present',
    'Endian SETEND: absent|present',
  ]),
  ID_ISAR2: four([
    'Reversal reversals: none|REV, REV16, REVSH|and RBIT',
    'PSR_AR MRS and MSR: absent|present',
    'MultU unsigned long multiplies: none|UMULL, UMLAL|and UMAAL',
    'MultS signed multiplies: none|SMULL, SMLAL|and halfwords|and the rest',
    'Mult multiplies: MUL|MUL, MLA|MUL, MLA, MLS',
    'MultiAccessInt interruptible LDM and STM: no|restartable|continuable',
    'MemHint hints: none|PLD|2=PLD|PLD, PLI|PLD, PLI, PLDW',
    'LoadStore LDRD and STRD: absent|present',
  ]),
  ID_ISAR3: four([
    'T32EE ThumbEE: absent|present',
    'TrueNOP NOPs: absent|present',
    'T32Copy Thumb copies without flags: absent|present',
    'TabBranch TBB and TBH: absent|present',
    'SynchPrim exclusives: none|LDREX, STREX|and bytes, halfwords, doublewords',
    'SVC SVC: absent|present',
    'SIMD SIMD: none|SSAT, USAT|2=reserved|all',
    'Saturate QADD and such: absent|present',
  ]),
  ID_ISAR4: four([
    'SWP_frac SWP: absent|on one processor',
    'PSR_M M profile PSRs: absent|present',
    'SynchPrim_frac exclusives, finer',
    'Barrier DMB, DSB, ISB: absent|present',
    'SMC SMC: absent|present',
    'Writeback writeback: base|all modes',
    'WithShifts shifts in instructions: LSL 0 to 3 of loads and stores|1=none|3=and constants|4=and registers',
    'Unpriv unprivileged accesses: none|LDRT, LDRBT|and halfwords',
  ]),
  CCSIDR: [
    ...bitFields('31 WT write-through', '30 WB write-back', '29 RA read-allocation', '28 WA write-allocation'),
    bitField('27:13 NumSets sets less one', (value) => `${value + 1} sets`),
    bitField('12:3 Associativity ways less one', (value) => `${value + 1} ways`),
    bitField('2:0 LineSize line', (value) => `${16 << value} bytes`),
  ],
  CLIDR: bitFields(
    '29:27 LoUU level of unification, uniprocessor',
    '26:24 LoC level of coherency',
    '23:21 LoUIS level of unification, inner shareable',
    ...[7, 6, 5, 4, 3, 2, 1].map((n) => `${3 * n - 1}:${3 * n - 3} Ctype${n} cache at level ${n}: ${cacheKind}`),
  ),
  CSSELR: bitFields('3:1 Level cache level less 1', '0 InD kind: data or unified|instruction'),
};

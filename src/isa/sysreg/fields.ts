/**
 * Which fields a system register consists of. Data beside the rows of the register tables: the manual's names, what they mean in our words. Of registers
 * with several formats the one that applies now is chosen; storage and side effects are the processor's.
 */
import type { BitField } from '../../util/bit-fields.js';
import { arm1176Fields } from './fields/arm1176.js';
import * as control from './fields/control.js';
import { counterFields } from './fields/counters.js';
import { debugFields } from './fields/debug.js';
import { floatFields } from './fields/float.js';
import { CTR_V6, CTR_V7, identificationFields } from './fields/identification.js';

/** What decides between formats beside a register's own value. */
export interface FieldContext {
  /** Name of the processor model. */
  readonly cpu: string;
  /** TTBCR.EAE is 1. */
  readonly long: boolean;
}

/** Registers that are one number, or nothing but reserved bits, by their names. */
const ONE_NUMBER: ReadonlySet<string> = new Set([
  ...['ADFSR', 'AIFSR', 'DFAR', 'IFAR', 'AMAIR0', 'AMAIR1', 'TPIDRURW', 'TPIDRURO', 'TPIDRPRW'],
  ...['REVIDR', 'ID_AFR0', 'ID_ISAR5', 'ID_MMFR4', 'ID_ISAR6', 'AIDR'],
  ...['PMCEID1', 'PMCCNTR', 'PMXEVCNTR'],
  ...['CNTFRQ', 'CNTP_TVAL', 'CNTV_TVAL', 'CNTPCT', 'CNTVCT', 'CNTP_CVAL', 'CNTV_CVAL'],
  ...['DBGDTRint', 'DBGWFAR', 'DBGDTRRXext', 'DBGDTRTXext', 'DBGOSECCR', 'DBGDEVID2', 'WFAR'],
  ...[
    'DMAISAR',
    'DMAESAR',
    'DMAIEAR',
    'CCNT',
    'PMN0',
    'PMN1',
    'SVCSMR',
    'ICDBG',
    'DCDBG',
    'TLBLVAR',
    'TLBLPAR',
    'TLBLAR',
  ],
]);
const ONE_NUMBER_SERIES = /^(ID_RES_|DBGBVR\d|DMAISR\d|SVCR\d|SVOR\d|ICMVR\d|DCMVR\d)/;

const byName: Readonly<Record<string, readonly BitField[]>> = {
  ...control.controlFields,
  ...identificationFields,
  ...counterFields,
  ...debugFields,
  ...arm1176Fields,
  ...floatFields,
};

/** Where a model's register differs from the architecture's. */
const byModel: Readonly<Record<string, Readonly<Record<string, readonly BitField[]>>>> = {
  'cortex-a8': { ACTLR: control.ACTLR_cortexA8 },
  arm1176: {
    SCTLR: control.SCTLR_arm1176,
    ACTLR: control.ACTLR_arm1176,
    TTBCR: control.TTBCR_arm1176,
    DFSR: control.DFSR_arm1176,
    IFSR: control.IFSR_arm1176,
  },
};

const NONE: readonly BitField[] = [];
const bit = (value: bigint, n: bigint): boolean => ((value >> n) & 1n) !== 0n;

/** Registers whose format depends on something. */
const formats: Readonly<Record<string, (value: bigint, context: FieldContext) => readonly BitField[]>> = {
  TTBCR: (value) => (bit(value, 31n) ? control.TTBCR_LONG : control.TTBCR_SHORT),
  TTBR0: (_, { long }) => (long ? control.TTBR_LONG : control.TTBR0),
  TTBR1: (_, { long }) => (long ? control.TTBR_LONG : control.TTBR0),
  TTBR0_64: () => control.TTBR_64,
  TTBR1_64: () => control.TTBR_64,
  DFSR: (value) => (bit(value, 9n) ? control.DFSR_LONG : control.DFSR_SHORT),
  IFSR: (value) => (bit(value, 9n) ? control.IFSR_LONG : control.IFSR_SHORT),
  PRRR: (_, { long }) => (long ? control.mair(0) : control.PRRR),
  NMRR: (_, { long }) => (long ? control.mair(4) : control.NMRR),
  CTR: (value) => (bit(value, 31n) ? CTR_V7 : CTR_V6),
  PAR: (value) => {
    if (bit(value, 0n)) return bit(value, 11n) ? control.PAR_LONG_FAULT : control.PAR_SHORT_FAULT;
    return bit(value, 11n) ? control.PAR_LONG_LOW : control.PAR_SHORT;
  },
  PAR_64: (value) => {
    if (!bit(value, 11n)) return bit(value, 0n) ? control.PAR_SHORT_FAULT : control.PAR_SHORT;
    return bit(value, 0n) ? control.PAR_LONG_FAULT : control.PAR_LONG;
  },
};

/** Whether a register is known to be one number, without fields. */
export function isOneNumber(name: string): boolean {
  return ONE_NUMBER.has(name) || ONE_NUMBER_SERIES.test(name);
}

/** The fields of a system register, floating point's included, that holds `value`. None for registers that are one number. */
export function systemRegisterFields(name: string, value: bigint, context: FieldContext): readonly BitField[] {
  const own = byModel[context.cpu]?.[name];
  if (own !== undefined) return own;
  if (Object.hasOwn(formats, name)) return formats[name](value, context);
  return Object.hasOwn(byName, name) ? byName[name] : NONE;
}

/** Every set of fields that a register of that name can have, for checking. */
export function allFieldsOf(name: string): readonly (readonly BitField[])[] {
  const values = [0n, ...Array.from({ length: 64 }, (_, n) => 1n << BigInt(n)), (1n << 11n) | 1n];
  const contexts = ['cortex-a15', 'cortex-a8', 'arm1176'].flatMap((cpu) =>
    [false, true].map((long) => ({ cpu, long })),
  );
  return [...new Set(contexts.flatMap((context) => values.map((value) => systemRegisterFields(name, value, context))))];
}

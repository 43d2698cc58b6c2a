/**
 * CP14 and CP15 as the ARM1176JZF-S has them beside the architecture's (Technical Reference Manual, DDI 0301H): lockdown, tightly coupled
 * memory, DMA, the system performance monitor, cache and TLB debug, block transfers. Where other models have another register, this one is
 * the ARM1176's.
 *
 * @impdef there is no cache, TLB, TCM or DMA to lock, map or program here: those registers keep what is written, and say that none exists.
 */
import { register, type RegisterOptions, type SystemRegister } from './register.js';

const ONLY = ['arm1176'];

const own =
  (section: string) =>
  (name: string, encoding: string, access: string, title: string, options?: RegisterOptions): SystemRegister =>
    register(`DDI 0301H ${section}`, name, encoding, access, title, { ...options, only: ONLY });
const control = own('3.2');
const debug = own('13.3');
const constant: RegisterOptions = { kind: 'constant' };
const operation: RegisterOptions = { kind: 'operation' };

/** Registers with one use, in a row of opc2 values. */
function series(
  names: readonly string[],
  place: (i: number) => string,
  access: string,
  title: string,
  options?: RegisterOptions,
): SystemRegister[] {
  return names.map((name, i) => control(name, place(i), access, `${title} (${name})`, options));
}

export const arm1176Registers: readonly SystemRegister[] = [
  // Of v6.1 Debug: the status register is written where v7 only reads it.
  debug('DSCR', 'p14 0 c0 c1 0', 'RO/RW', 'Debug Status and Control Register', {
    shares: 'DBGDSCRext',
    control: 'DBGDSCR',
  }),
  debug('DSCCR', 'p14 0 c0 c10 0', '-/RW', 'Debug State Cache Control Register'),
  debug('DSMCR', 'p14 0 c0 c11 0', '-/RW', 'Debug State MMU Control Register'),
  control('WFAR', 'p15 0 c6 c0 1', '-/RW', 'Watchpoint Fault Address Register', { shares: 'DBGWFAR' }),

  control('ICIIDX', 'p15 0 c7 c5 2', '-/WO', 'Invalidate instruction cache line by index', operation),
  control('CDSR', 'p15 0 c7 c10 6', '-/RO', 'Cache Dirty Status Register: never dirty', constant),
  control('BTSR', 'p15 0 c7 c12 4', 'RO/RO', 'Block Transfer Status Register: never active', constant),
  control('BTSTOP', 'p15 0 c7 c12 5', 'WO/WO', 'Stop prefetch range', operation),
  control('ICIRANGE', 'p15 0 c5', '-/WO', 'Invalidate instruction cache range', operation),
  control('DCIRANGE', 'p15 0 c6', '-/WO', 'Invalidate data cache range', operation),
  control('DCCRANGE', 'p15 0 c12', 'WO/WO', 'Clean data cache range', operation),
  control('ICPRANGE', 'p15 1 c12', 'WO/WO', 'Prefetch instruction cache range', operation),
  control('DCPRANGE', 'p15 2 c12', 'WO/WO', 'Prefetch data cache range', operation),
  control('DCCIRANGE', 'p15 0 c14', '-/WO', 'Clean and invalidate data cache range', operation),

  control('DCLR', 'p15 0 c9 c0 0', '-/RW', 'Data Cache Lockdown Register', { reset: 0xffff_fff0 }),
  control('ICLR', 'p15 0 c9 c0 1', '-/RW', 'Instruction Cache Lockdown Register', { reset: 0xffff_fff0 }),
  control('DTCMRR', 'p15 0 c9 c1 0', '-/RW', 'Data TCM Region Register: none', constant),
  control('ITCMRR', 'p15 0 c9 c1 1', '-/RW', 'Instruction TCM Region Register: none', constant),
  control('DTCMNSR', 'p15 0 c9 c1 2', '-/RW', 'Data TCM Non-secure Control Access Register', constant),
  control('ITCMNSR', 'p15 0 c9 c1 3', '-/RW', 'Instruction TCM Non-secure Control Access Register', constant),
  control('TCMSR', 'p15 0 c9 c2 0', '-/RW', 'TCM Selection Register', constant),
  control('CBOR', 'p15 0 c9 c8 0', '-/RW', 'Cache Behavior Override Register'),
  control('TLBLR', 'p15 0 c10 c0 0', '-/RW', 'TLB Lockdown Register'),

  ...series(
    ['DMAISR0', 'DMAISR1', 'DMAISR2', 'DMAISR3'],
    (i) => `p15 0 c11 c0 ${i}`,
    '-/RO',
    'DMA identification and status: no channel exists',
    constant,
  ),
  control('DMAUAR', 'p15 0 c11 c1 0', '-/RW', 'DMA User Accessibility Register', constant),
  control('DMACNR', 'p15 0 c11 c2 0', '-/RW', 'DMA Channel Number Register', constant),
  ...series(['DMASTOP', 'DMASTART', 'DMACLEAR'], (i) => `p15 0 c11 c3 ${i}`, '-/WO', 'DMA enable', operation),
  ...['DMACR', 'DMAISAR', 'DMAESAR', 'DMAIEAR'].map((name, i) =>
    control(name, `p15 0 c11 c${4 + i} 0`, '-/RW', `DMA channel register (${name})`, constant),
  ),
  control('DMACSR', 'p15 0 c11 c8 0', '-/RO', 'DMA Channel Status Register', constant),
  control('DMACIDR', 'p15 0 c11 c15 0', '-/RW', 'DMA Context ID Register', constant),

  control('PPMRR', 'p15 0 c15 c2 4', '-/RW', 'Peripheral Port Memory Remap Register'),
  control('SUNAVCR', 'p15 0 c15 c9 0', '-/RW', 'Secure User and Non-secure Access Validation Control Register'),
  // Kept in the words of the architected registers.
  control('PMNC', 'p15 0 c15 c12 0', 'RW/RW', 'Performance Monitor Control Register', {
    kind: 'computed',
    shares: 'PMCR',
    control: 'SUNAVCR',
  }),
  control('CCNT', 'p15 0 c15 c12 1', 'RW/RW', 'Cycle Counter Register', {
    kind: 'computed',
    shares: 'PMCCNTR',
    control: 'SUNAVCR',
  }),
  ...[0, 1].map((n) =>
    control(`PMN${n}`, `p15 0 c15 c12 ${2 + n}`, 'RW/RW', `Count Register ${n}`, {
      kind: 'computed',
      shares: 'PMXEVCNTR',
      control: 'SUNAVCR',
    }),
  ),
  ...series(
    ['SVCR0', 'SVCR1', 'SVCR2', 'SVCR3'],
    (i) => `p15 0 c15 c12 ${4 + i}`,
    '-/RW',
    'System Validation Counter Register',
    constant,
  ),
  ...series(
    ['SVOR1', 'SVOR2', 'SVOR3', 'SVOR4', 'SVOR5', 'SVOR6', 'SVOR7'],
    (i) => `p15 0 c15 c13 ${1 + i}`,
    '-/RW',
    'System Validation Operations Register',
    constant,
  ),
  control('SVCSMR', 'p15 0 c15 c14 0', '-/RW', 'System Validation Cache Size Mask Register'),
  control('ICDBG', 'p15 3 c15 c2 1', '-/RO', 'Instruction Debug Cache register', constant),
  control('DCDBG', 'p15 3 c15 c0 0', '-/RO', 'Data Debug Cache register', constant),
  control('ICTAG', 'p15 3 c15 c2 0', '-/WO', 'Instruction cache tag RAM read operation', operation),
  control('ICDATA', 'p15 3 c15 c4 1', '-/WO', 'Instruction cache data RAM read operation', operation),
  ...series(
    Array.from({ length: 8 }, (_, i) => `ICMVR${i}`),
    (i) => `p15 3 c15 c8 ${i}`,
    '-/RW',
    'Instruction Cache Master Valid Register',
    constant,
  ),
  ...series(
    Array.from({ length: 8 }, (_, i) => `DCMVR${i}`),
    (i) => `p15 3 c15 c12 ${i}`,
    '-/RW',
    'Data Cache Master Valid Register',
    constant,
  ),
  control('TLBLIR', 'p15 5 c15 c4 2', '-/RW', 'TLB Lockdown Index Register'),
  control('TLBLVAR', 'p15 5 c15 c5 2', '-/RW', 'TLB Lockdown VA Register'),
  control('TLBLPAR', 'p15 5 c15 c6 2', '-/RW', 'TLB Lockdown PA Register'),
  control('TLBLAR', 'p15 5 c15 c7 2', '-/RW', 'TLB Lockdown Attributes Register'),
];

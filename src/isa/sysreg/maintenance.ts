/** CP15 operations: cache, branch predictor and TLB maintenance, address translation, barriers. Each is a write that does something. */
import type { Feature } from '../features.js';
import { register, type SystemRegister } from './register.js';

const operation =
  (section: string, access: string) =>
  (name: string, encoding: string, title: string, extension?: Feature): SystemRegister =>
    register(section, name, encoding, access, title, { kind: 'operation', extension });
const cache = operation('B3.18.6', '-/WO');
const tlb = operation('B3.18.7', '-/WO');
const translate = operation('B3.18.8', '-/WO');
const miscellaneous = operation('B3.18.9', '-/WO');
const barrier = operation('B3.18.6', 'WO/WO');
const translateAbsent = (name: string, encoding: string, title: string): SystemRegister =>
  register('B3.18.8', name, encoding, '-/-', title, { kind: 'absent', extension: 'security' });

/**
 * Operations of earlier architectures on whole caches. ARMv7 leaves their encodings UNPREDICTABLE.
 * @unpredictable whole-cache operations of ARMv4 to ARMv6 in CP15 c7: accepted at PL1 without effect, like the ones that ARMv7 has.
 */
const legacy = operation('D12.7.10', '-/WO');

export const maintenanceRegisters: readonly SystemRegister[] = [
  miscellaneous('CP15WFI', 'p15 0 c7 c0 4', 'Wait For Interrupt in ARMv6; no operation'),
  cache('ICIALLUIS', 'p15 0 c7 c1 0', 'Invalidate all instruction caches to PoU, Inner Shareable', 'v7'),
  cache('BPIALLIS', 'p15 0 c7 c1 6', 'Invalidate all branch predictors, Inner Shareable', 'v7'),
  register('B3.18.8', 'PAR', 'p15 0 c7 c4 0', '-/RW', 'Physical Address Register', { words: 2 }),
  register('B3.18.8', 'PAR_64', 'p15 0 c7', '-/RW', 'Physical Address Register, 64-bit access', {
    shares: 'PAR',
    extension: 'lpae',
  }),
  cache('ICIALLU', 'p15 0 c7 c5 0', 'Invalidate all instruction caches to PoU'),
  cache('ICIMVAU', 'p15 0 c7 c5 1', 'Invalidate instruction caches by MVA to PoU'),
  barrier('CP15ISB', 'p15 0 c7 c5 4', 'Instruction Synchronization Barrier'),
  cache('BPIALL', 'p15 0 c7 c5 6', 'Invalidate all branch predictors'),
  cache('BPIMVA', 'p15 0 c7 c5 7', 'Invalidate MVA from branch predictors'),
  legacy('DCIALL', 'p15 0 c7 c6 0', 'Invalidate entire data cache'),
  cache('DCIMVAC', 'p15 0 c7 c6 1', 'Invalidate data cache line by MVA to PoC'),
  cache('DCISW', 'p15 0 c7 c6 2', 'Invalidate data cache line by set/way'),
  legacy('CIALL', 'p15 0 c7 c7 0', 'Invalidate both caches'),
  translate('ATS1CPR', 'p15 0 c7 c8 0', 'Address translation, stage 1, current state, PL1 read'),
  translate('ATS1CPW', 'p15 0 c7 c8 1', 'Address translation, stage 1, current state, PL1 write'),
  translate('ATS1CUR', 'p15 0 c7 c8 2', 'Address translation, stage 1, current state, unprivileged read'),
  translate('ATS1CUW', 'p15 0 c7 c8 3', 'Address translation, stage 1, current state, unprivileged write'),
  translateAbsent('ATS12NSOPR', 'p15 0 c7 c8 4', 'Address translation, stages 1 and 2, Non-secure PL1 read'),
  translateAbsent('ATS12NSOPW', 'p15 0 c7 c8 5', 'Address translation, stages 1 and 2, Non-secure PL1 write'),
  translateAbsent('ATS12NSOUR', 'p15 0 c7 c8 6', 'Address translation, stages 1 and 2, Non-secure unprivileged read'),
  translateAbsent('ATS12NSOUW', 'p15 0 c7 c8 7', 'Address translation, stages 1 and 2, Non-secure unprivileged write'),
  legacy('DCCALL', 'p15 0 c7 c10 0', 'Clean entire data cache'),
  cache('DCCMVAC', 'p15 0 c7 c10 1', 'Clean data cache line by MVA to PoC'),
  cache('DCCSW', 'p15 0 c7 c10 2', 'Clean data cache line by set/way'),
  barrier('CP15DSB', 'p15 0 c7 c10 4', 'Data Synchronization Barrier'),
  barrier('CP15DMB', 'p15 0 c7 c10 5', 'Data Memory Barrier'),
  legacy('UCCALL', 'p15 0 c7 c11 0', 'Clean entire unified cache'),
  cache('DCCMVAU', 'p15 0 c7 c11 1', 'Clean data cache line by MVA to PoU', 'v7'),
  miscellaneous('CP15PFI', 'p15 0 c7 c13 1', 'Prefetch instruction cache line in ARMv6; no operation'),
  legacy('DCCIALL', 'p15 0 c7 c14 0', 'Clean and invalidate entire data cache'),
  cache('DCCIMVAC', 'p15 0 c7 c14 1', 'Clean and invalidate data cache line by MVA to PoC'),
  cache('DCCISW', 'p15 0 c7 c14 2', 'Clean and invalidate data cache line by set/way'),
  legacy('UCCIALL', 'p15 0 c7 c15 0', 'Clean and invalidate entire unified cache'),

  tlb('TLBIALLIS', 'p15 0 c8 c3 0', 'Invalidate entire TLB, Inner Shareable', 'multiprocessing'),
  tlb('TLBIMVAIS', 'p15 0 c8 c3 1', 'Invalidate unified TLB entry by MVA and ASID, Inner Shareable', 'multiprocessing'),
  tlb('TLBIASIDIS', 'p15 0 c8 c3 2', 'Invalidate unified TLB by ASID match, Inner Shareable', 'multiprocessing'),
  tlb(
    'TLBIMVAAIS',
    'p15 0 c8 c3 3',
    'Invalidate unified TLB entry by MVA, all ASIDs, Inner Shareable',
    'multiprocessing',
  ),
  tlb('ITLBIALL', 'p15 0 c8 c5 0', 'Invalidate entire instruction TLB'),
  tlb('ITLBIMVA', 'p15 0 c8 c5 1', 'Invalidate instruction TLB entry by MVA and ASID'),
  tlb('ITLBIASID', 'p15 0 c8 c5 2', 'Invalidate instruction TLB by ASID match'),
  tlb('DTLBIALL', 'p15 0 c8 c6 0', 'Invalidate entire data TLB'),
  tlb('DTLBIMVA', 'p15 0 c8 c6 1', 'Invalidate data TLB entry by MVA and ASID'),
  tlb('DTLBIASID', 'p15 0 c8 c6 2', 'Invalidate data TLB by ASID match'),
  tlb('TLBIALL', 'p15 0 c8 c7 0', 'Invalidate entire unified TLB'),
  tlb('TLBIMVA', 'p15 0 c8 c7 1', 'Invalidate unified TLB entry by MVA and ASID'),
  tlb('TLBIASID', 'p15 0 c8 c7 2', 'Invalidate unified TLB by ASID match'),
  tlb('TLBIMVAA', 'p15 0 c8 c7 3', 'Invalidate unified TLB entry by MVA, all ASIDs', 'v7'),
];

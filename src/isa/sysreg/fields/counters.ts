/** Fields of the performance monitors (DDI 0406C B4.1, C12) and of the generic timer (B8). */
import { bitField, bitFields, bitForEach, type BitField } from '../../../util/bit-fields.js';

/** Bits of the cycle counter and of each event counter. */
const counters = (meaning: string): readonly BitField[] => [
  bitField(`31 C ${meaning} cycle counter`),
  ...bitForEach(31, 'P', `${meaning} event counter`),
];

/** Common events by number (C12.8). */
const EVENTS = [
  'SW_INCR software increments',
  'L1I_CACHE_REFILL refills of the first-level instruction cache',
  'L1I_TLB_REFILL refills of the first-level instruction TLB',
  'L1D_CACHE_REFILL refills of the first-level data cache',
  'L1D_CACHE accesses of the first-level data cache',
  'L1D_TLB_REFILL refills of the first-level data TLB',
  'LD_RETIRED loads',
  'ST_RETIRED stores',
  'INST_RETIRED instructions',
  'EXC_TAKEN exceptions',
  'EXC_RETURN exception returns',
  'CID_WRITE_RETIRED writes of CONTEXTIDR',
  'PC_WRITE_RETIRED changes of the PC',
  'BR_IMMED_RETIRED immediate branches',
  'BR_RETURN_RETIRED procedure returns',
  'UNALIGNED_LDST_RETIRED unaligned accesses',
  'BR_MIS_PRED mispredicted branches',
  'CPU_CYCLES cycles',
  'BR_PRED predictable branches',
  'MEM_ACCESS data accesses',
  'L1I_CACHE accesses of the first-level instruction cache',
  'L1D_CACHE_WB write-backs of the first-level data cache',
  'L2D_CACHE accesses of the second-level cache',
  'L2D_CACHE_REFILL refills of the second-level cache',
  'L2D_CACHE_WB write-backs of the second-level cache',
  'BUS_ACCESS bus accesses',
  'MEMORY_ERROR memory errors',
  'INST_SPEC instructions, speculative ones included',
  'TTBR_WRITE_RETIRED writes of TTBR0 and TTBR1',
  'BUS_CYCLES bus cycles',
];

const timerControl = bitFields('2 ISTATUS condition met', '1 IMASK interrupt masked', '0 ENABLE timer enabled');

export const counterFields: Readonly<Record<string, readonly BitField[]>> = {
  PMCR: bitFields(
    '31:24 IMP implementer',
    '23:16 IDCODE identification',
    '15:11 N event counters',
    '5 DP no cycles where counting is prohibited',
    '4 X exports events',
    '3 D cycles are counted in 64s',
    '2 C a one resets the cycle counter',
    '1 P a one resets the event counters',
    '0 E enabled',
  ),
  PMCNTENSET: counters('counts,'),
  PMCNTENCLR: counters('counts,'),
  PMOVSR: counters('overflowed,'),
  PMOVSSET: counters('overflowed,'),
  PMINTENSET: counters('interrupts,'),
  PMINTENCLR: counters('interrupts,'),
  PMSELR: bitFields('4:0 SEL selected counter: 31=cycle counter'),
  PMCEID0: EVENTS.map((event, n) => bitField(`${n} ${event}`)).reverse(),
  PMXEVTYPER: [
    ...bitFields(
      '31 P not at PL1',
      '30 U not at PL0',
      '29 NSK Non-secure PL1',
      '28 NSU Non-secure PL0',
      '27 NSH at PL2',
    ),
    bitField('7:0 evtCount event', (value) => EVENTS[value]?.replace(/^\S+ /, '')),
  ],
  PMUSERENR: bitFields('0 EN PL0 may access: no|yes'),
  CNTKCTL: bitFields(
    '9 PL0PTEN PL0 may use the physical timer',
    '8 PL0VTEN PL0 may use the virtual timer',
    '7:4 EVNTI bit of the counter that triggers events',
    '3 EVNTDIR transition that triggers events',
    '2 EVNTEN event stream enabled',
    '1 PL0VCTEN PL0 may read the virtual counter',
    '0 PL0PCTEN PL0 may read the physical counter',
  ),
  CNTP_CTL: timerControl,
  CNTV_CTL: timerControl,
};

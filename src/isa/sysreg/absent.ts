/** Registers of the Security and Virtualization Extensions. They are named so that a word can be explained; every access is Undefined. */
import { register, type SystemRegister } from './register.js';

const security = (name: string, encoding: string, title: string): SystemRegister =>
  register('B3.18.11', name, encoding, '-/-', title, { kind: 'absent', extension: 'security' });
const virtualization = (name: string, encoding: string, title: string): SystemRegister =>
  register('B3.18.12', name, encoding, '-/-', title, { kind: 'absent', extension: 'virtualization' });

export const absentRegisters: readonly SystemRegister[] = [
  security('SCR', 'p15 0 c1 c1 0', 'Secure Configuration Register'),
  security('SDER', 'p15 0 c1 c1 1', 'Secure Debug Enable Register'),
  security('NSACR', 'p15 0 c1 c1 2', 'Non-Secure Access Control Register'),
  security('MVBAR', 'p15 0 c12 c0 1', 'Monitor Vector Base Address Register'),

  virtualization('VPIDR', 'p15 4 c0 c0 0', 'Virtualization Processor ID Register'),
  virtualization('VMPIDR', 'p15 4 c0 c0 5', 'Virtualization Multiprocessor ID Register'),
  virtualization('HSCTLR', 'p15 4 c1 c0 0', 'Hyp System Control Register'),
  virtualization('HACTLR', 'p15 4 c1 c0 1', 'Hyp Auxiliary Control Register'),
  virtualization('HCR', 'p15 4 c1 c1 0', 'Hyp Configuration Register'),
  virtualization('HDCR', 'p15 4 c1 c1 1', 'Hyp Debug Configuration Register'),
  virtualization('HCPTR', 'p15 4 c1 c1 2', 'Hyp Coprocessor Trap Register'),
  virtualization('HSTR', 'p15 4 c1 c1 3', 'Hyp System Trap Register'),
  virtualization('HACR', 'p15 4 c1 c1 7', 'Hyp Auxiliary Configuration Register'),
  virtualization('HTCR', 'p15 4 c2 c0 2', 'Hyp Translation Control Register'),
  virtualization('VTCR', 'p15 4 c2 c1 2', 'Virtualization Translation Control Register'),
  virtualization('HTTBR', 'p15 4 c2', 'Hyp Translation Table Base Register'),
  virtualization('VTTBR', 'p15 6 c2', 'Virtualization Translation Table Base Register'),
  virtualization('HADFSR', 'p15 4 c5 c1 0', 'Hyp Auxiliary Data Fault Status Register'),
  virtualization('HAIFSR', 'p15 4 c5 c1 1', 'Hyp Auxiliary Instruction Fault Status Register'),
  virtualization('HSR', 'p15 4 c5 c2 0', 'Hyp Syndrome Register'),
  virtualization('HDFAR', 'p15 4 c6 c0 0', 'Hyp Data Fault Address Register'),
  virtualization('HIFAR', 'p15 4 c6 c0 2', 'Hyp Instruction Fault Address Register'),
  virtualization('HPFAR', 'p15 4 c6 c0 4', 'Hyp IPA Fault Address Register'),
  virtualization('ATS1HR', 'p15 4 c7 c8 0', 'Address translation, stage 1, Hyp mode read'),
  virtualization('ATS1HW', 'p15 4 c7 c8 1', 'Address translation, stage 1, Hyp mode write'),
  virtualization('TLBIALLHIS', 'p15 4 c8 c3 0', 'Invalidate entire Hyp unified TLB, Inner Shareable'),
  virtualization('TLBIMVAHIS', 'p15 4 c8 c3 1', 'Invalidate Hyp unified TLB entry by MVA, Inner Shareable'),
  virtualization('TLBIALLNSNHIS', 'p15 4 c8 c3 4', 'Invalidate entire Non-secure non-Hyp unified TLB, Inner Shareable'),
  virtualization('TLBIALLH', 'p15 4 c8 c7 0', 'Invalidate entire Hyp unified TLB'),
  virtualization('TLBIMVAH', 'p15 4 c8 c7 1', 'Invalidate Hyp unified TLB entry by MVA'),
  virtualization('TLBIALLNSNH', 'p15 4 c8 c7 4', 'Invalidate entire Non-secure non-Hyp unified TLB'),
  virtualization('HMAIR0', 'p15 4 c10 c2 0', 'Hyp Memory Attribute Indirection Register 0'),
  virtualization('HMAIR1', 'p15 4 c10 c2 1', 'Hyp Memory Attribute Indirection Register 1'),
  virtualization('HAMAIR0', 'p15 4 c10 c3 0', 'Hyp Auxiliary Memory Attribute Indirection Register 0'),
  virtualization('HAMAIR1', 'p15 4 c10 c3 1', 'Hyp Auxiliary Memory Attribute Indirection Register 1'),
  virtualization('HVBAR', 'p15 4 c12 c0 0', 'Hyp Vector Base Address Register'),
  virtualization('HTPIDR', 'p15 4 c13 c0 2', 'Hyp Software Thread ID Register'),
  virtualization('CNTHCTL', 'p15 4 c14 c1 0', 'Timer PL2 Control register'),
  virtualization('CNTHP_TVAL', 'p15 4 c14 c2 0', 'PL2 Physical TimerValue register'),
  virtualization('CNTHP_CTL', 'p15 4 c14 c2 1', 'PL2 Physical Timer Control register'),
  virtualization('CNTVOFF', 'p15 4 c14', 'Virtual Offset register'),
  virtualization('CNTHP_CVAL', 'p15 6 c14', 'PL2 Physical Timer CompareValue register'),
];

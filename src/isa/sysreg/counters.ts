/** The Performance Monitors (DDI 0406C C12) and the generic timer's CP15 registers (B8). What they count is the processor's and the device's. */
import { register, type RegisterOptions, type SystemRegister } from './register.js';

const user: RegisterOptions = { control: 'PMUSERENR' };
const pmu = (
  name: string,
  encoding: string,
  access: string,
  title: string,
  options?: RegisterOptions,
): SystemRegister => register('C12.8', name, encoding, access, title, { extension: 'v7', ...options });
const timer = (
  name: string,
  encoding: string,
  access: string,
  title: string,
  options?: RegisterOptions,
): SystemRegister =>
  register('B3.18.13', name, encoding, access, title, {
    kind: 'computed',
    extension: 'generic-timer',
    ...options,
  });

export const counterRegisters: readonly SystemRegister[] = [
  pmu('PMCR', 'p15 0 c9 c12 0', 'RW/RW', 'Performance Monitors Control Register', { ...user, reset: 'model' }),
  pmu('PMCNTENSET', 'p15 0 c9 c12 1', 'RW/RW', 'Performance Monitors Count Enable Set register', user),
  pmu('PMCNTENCLR', 'p15 0 c9 c12 2', 'RW/RW', 'Performance Monitors Count Enable Clear register', {
    ...user,
    kind: 'computed',
    shares: 'PMCNTENSET',
  }),
  pmu('PMOVSR', 'p15 0 c9 c12 3', 'RW/RW', 'Performance Monitors Overflow Flag Status Register', user),
  pmu('PMSWINC', 'p15 0 c9 c12 4', 'WO/WO', 'Performance Monitors Software Increment register', {
    ...user,
    kind: 'operation',
  }),
  pmu('PMSELR', 'p15 0 c9 c12 5', 'RW/RW', 'Performance Monitors Event Counter Selection Register', user),
  pmu('PMCEID0', 'p15 0 c9 c12 6', 'RO/RO', 'Performance Monitors Common Event Identification register 0', {
    ...user,
    kind: 'constant',
    reset: 'model',
  }),
  pmu('PMCEID1', 'p15 0 c9 c12 7', 'RO/RO', 'Performance Monitors Common Event Identification register 1', {
    ...user,
    kind: 'constant',
    reset: 'model',
  }),
  // Behind the register's word: when it was brought up to date, in instructions (two words, low first).
  pmu('PMCCNTR', 'p15 0 c9 c13 0', 'RW/RW', 'Performance Monitors Cycle Count Register', {
    ...user,
    kind: 'computed',
    words: 3,
  }),
  // One word per counter that PMSELR.SEL can name; 31 is the cycle counter's filter.
  pmu('PMXEVTYPER', 'p15 0 c9 c13 1', 'RW/RW', 'Performance Monitors Event Type Select Register', {
    ...user,
    kind: 'computed',
    words: 32,
  }),
  pmu('PMXEVCNTR', 'p15 0 c9 c13 2', 'RW/RW', 'Performance Monitors Event Count Register', {
    ...user,
    kind: 'computed',
    words: 31,
  }),
  pmu('PMUSERENR', 'p15 0 c9 c14 0', 'RO/RW', 'Performance Monitors User Enable Register'),
  pmu('PMINTENSET', 'p15 0 c9 c14 1', '-/RW', 'Performance Monitors Interrupt Enable Set register'),
  pmu('PMINTENCLR', 'p15 0 c9 c14 2', '-/RW', 'Performance Monitors Interrupt Enable Clear register', {
    kind: 'computed',
    shares: 'PMINTENSET',
  }),
  pmu('PMOVSSET', 'p15 0 c9 c14 3', 'RW/RW', 'Performance Monitors Overflow Flag Status Set register', {
    ...user,
    kind: 'computed',
    shares: 'PMOVSR',
    extension: 'virtualization',
  }),

  timer('CNTFRQ', 'p15 0 c14 c0 0', 'RO/RW', 'Counter Frequency register', {
    kind: 'storage',
    reset: 'model',
    control: 'CNTKCTL.PL0xCTEN',
  }),
  timer('CNTKCTL', 'p15 0 c14 c1 0', '-/RW', 'Timer PL1 Control register', { kind: 'storage' }),
  timer('CNTP_TVAL', 'p15 0 c14 c2 0', 'RW/RW', 'PL1 Physical TimerValue register', { control: 'CNTKCTL.PL0PTEN' }),
  timer('CNTP_CTL', 'p15 0 c14 c2 1', 'RW/RW', 'PL1 Physical Timer Control register', { control: 'CNTKCTL.PL0PTEN' }),
  timer('CNTV_TVAL', 'p15 0 c14 c3 0', 'RW/RW', 'Virtual TimerValue register', { control: 'CNTKCTL.PL0VTEN' }),
  timer('CNTV_CTL', 'p15 0 c14 c3 1', 'RW/RW', 'Virtual Timer Control register', { control: 'CNTKCTL.PL0VTEN' }),
  timer('CNTPCT', 'p15 0 c14', 'RO/RO', 'Physical Count register', { control: 'CNTKCTL.PL0PCTEN' }),
  timer('CNTVCT', 'p15 1 c14', 'RO/RO', 'Virtual Count register', { control: 'CNTKCTL.PL0VCTEN' }),
  timer('CNTP_CVAL', 'p15 2 c14', 'RW/RW', 'PL1 Physical Timer CompareValue register', { control: 'CNTKCTL.PL0PTEN' }),
  timer('CNTV_CVAL', 'p15 3 c14', 'RW/RW', 'Virtual Timer CompareValue register', { control: 'CNTKCTL.PL0VTEN' }),
];

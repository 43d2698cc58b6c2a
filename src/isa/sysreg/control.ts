/** CP15 registers that control memory, faults, exceptions and coprocessor access, the thread registers, and what a model adds in c9 and c15. */
import { register, type RegisterOptions, type SystemRegister } from './register.js';

const memory = (name: string, encoding: string, title: string, options?: RegisterOptions): SystemRegister =>
  register('B3.18.2', name, encoding, '-/RW', title, options);
const fault = (name: string, encoding: string, title: string, options?: RegisterOptions): SystemRegister =>
  register('B3.18.3', name, encoding, '-/RW', title, options);
const other = (
  name: string,
  encoding: string,
  access: string,
  title: string,
  options?: RegisterOptions,
): SystemRegister => register('B3.18.4', name, encoding, access, title, options);

/** Read as zero, writes ignored: what the Cortex-A15 and A7 have nothing to say in. */
const ignored: RegisterOptions = { kind: 'constant' };
const A15_A7 = ['cortex-a15', 'cortex-a7'];
const A8 = ['cortex-a8'];

export const controlRegisters: readonly SystemRegister[] = [
  memory('SCTLR', 'p15 0 c1 c0 0', 'System Control Register', { reset: 'model' }),
  // @impdef ACTLR keeps its reset value and ignores writes: there is no cache coherency, prefetching or prediction to configure.
  other('ACTLR', 'p15 0 c1 c0 1', '-/RW', 'Auxiliary Control Register', { kind: 'constant', reset: 'model' }),
  other('CPACR', 'p15 0 c1 c0 2', '-/RW', 'Coprocessor Access Control Register', { reset: 'model' }),

  memory('TTBR0', 'p15 0 c2 c0 0', 'Translation Table Base Register 0', { words: 2 }),
  memory('TTBR1', 'p15 0 c2 c0 1', 'Translation Table Base Register 1', { words: 2 }),
  memory('TTBCR', 'p15 0 c2 c0 2', 'Translation Table Base Control Register'),
  memory('TTBR0_64', 'p15 0 c2', 'Translation Table Base Register 0, 64-bit access', {
    shares: 'TTBR0',
    extension: 'lpae',
  }),
  memory('TTBR1_64', 'p15 1 c2', 'Translation Table Base Register 1, 64-bit access', {
    shares: 'TTBR1',
    extension: 'lpae',
  }),
  memory('DACR', 'p15 0 c3 c0 0', 'Domain Access Control Register'),

  fault('DFSR', 'p15 0 c5 c0 0', 'Data Fault Status Register'),
  fault('IFSR', 'p15 0 c5 c0 1', 'Instruction Fault Status Register'),
  // @impdef ADFSR and AIFSR read as zero and ignore writes.
  fault('ADFSR', 'p15 0 c5 c1 0', 'Auxiliary Data Fault Status Register', { ...ignored, extension: 'v7' }),
  fault('AIFSR', 'p15 0 c5 c1 1', 'Auxiliary Instruction Fault Status Register', { ...ignored, extension: 'v7' }),
  fault('DFAR', 'p15 0 c6 c0 0', 'Data Fault Address Register'),
  fault('IFAR', 'p15 0 c6 c0 2', 'Instruction Fault Address Register'),

  memory('PRRR', 'p15 0 c10 c2 0', 'Primary Region Remap Register, or Memory Attribute Indirection Register 0', {
    aliases: ['MAIR0'],
    reset: 'model',
  }),
  memory('NMRR', 'p15 0 c10 c2 1', 'Normal Memory Remap Register, or Memory Attribute Indirection Register 1', {
    aliases: ['MAIR1'],
    reset: 'model',
  }),
  memory('AMAIR0', 'p15 0 c10 c3 0', 'Auxiliary Memory Attribute Indirection Register 0', {
    ...ignored,
    extension: 'lpae',
  }),
  memory('AMAIR1', 'p15 0 c10 c3 1', 'Auxiliary Memory Attribute Indirection Register 1', {
    ...ignored,
    extension: 'lpae',
  }),

  other('VBAR', 'p15 0 c12 c0 0', '-/RW', 'Vector Base Address Register'),
  other('ISR', 'p15 0 c12 c1 0', '-/RO', 'Interrupt Status Register', { kind: 'computed' }),

  // Of those that have the FCSE (ID_MMFR0): on the others it reads as zero and ignores writes (B4.1.60).
  other('FCSEIDR', 'p15 0 c13 c0 0', '-/RW', 'FCSE Process ID Register'),
  memory('CONTEXTIDR', 'p15 0 c13 c0 1', 'Context ID Register'),
  other('TPIDRURW', 'p15 0 c13 c0 2', 'RW/RW', 'User Read/Write Thread ID Register'),
  other('TPIDRURO', 'p15 0 c13 c0 3', 'RO/RW', 'User Read-Only Thread ID Register'),
  other('TPIDRPRW', 'p15 0 c13 c0 4', '-/RW', 'PL1 only Thread ID Register'),

  // Cortex-A15 TRM (DDI 0438) 4.3.49 and 4.3.50; the Cortex-A7's L2CTLR and L2ECTLR lie at the same place (DDI 0464 4.3.52).
  register('B3.17.1', 'L2CTLR', 'p15 1 c9 c0 2', '-/RW', 'L2 Control Register', {
    kind: 'constant',
    reset: 'model',
    only: A15_A7,
  }),
  register('B3.17.1', 'L2ECTLR', 'p15 1 c9 c0 3', '-/RW', 'L2 Extended Control Register', { ...ignored, only: A15_A7 }),
  register('B3.17.1', 'CBAR', 'p15 4 c15 c0 0', '-/RO', 'Configuration Base Address Register', {
    kind: 'constant',
    reset: 'model',
    only: A15_A7,
  }),

  // Cortex-A8 TRM (DDI 0344) 3.2.49 and 3.2.54. @impdef there is no second-level cache to lock or to configure: they keep what is written.
  register('DDI 0344K 3.2.49', 'L2LOCKR', 'p15 1 c9 c0 0', '-/RW', 'L2 Cache Lockdown Register', { only: A8 }),
  register('DDI 0344K 3.2.54', 'L2AUXCR', 'p15 1 c9 c0 2', '-/RW', 'L2 Cache Auxiliary Control Register', { only: A8 }),
];

/**
 * CP14: the debug registers (DDI 0406C C11) of v7 and v7.1 Debug without an external debugger, ThumbEE and the trivial Jazelle.
 */
import { register, type RegisterOptions, type SystemRegister } from './register.js';

const debug = (
  name: string,
  encoding: string,
  access: string,
  title: string,
  options?: RegisterOptions,
): SystemRegister => register('C11.11', name, encoding, access, title, options);
const constant: RegisterOptions = { kind: 'constant' };
const model: RegisterOptions = { kind: 'constant', reset: 'model' };
const v7: RegisterOptions = { extension: 'v7' };
/** v7.1 Debug came with the Cortex-A15 and A7. */
const v71: RegisterOptions = { kind: 'constant', extension: 'virtualization' };

/** How many breakpoints DBGDIDR of every model announces, and how many watchpoints those of the Cortex-A15 and A7 do; the others have two. */
const BREAKPOINTS = 6;
const WATCHPOINTS = 4;
const FEWER_WATCHPOINTS = 2;

function numbered(count: number, name: string, opc2: number, title: string): SystemRegister[] {
  return Array.from({ length: count }, (_, n) =>
    debug(`${name}${n}`, `p14 0 c0 c${n} ${opc2}`, '-/RW', `${title} ${n}`, {
      extension: count === WATCHPOINTS && n >= FEWER_WATCHPOINTS ? 'virtualization' : undefined,
    }),
  );
}

export const debugRegisters: readonly SystemRegister[] = [
  debug('DBGDIDR', 'p14 0 c0 c0 0', 'RO/RO', 'Debug ID Register', { ...model, control: 'DBGDSCR' }),
  debug('DBGDSCRint', 'p14 0 c0 c1 0', 'RO/RO', 'Debug Status and Control Register, internal view', {
    kind: 'computed',
    shares: 'DBGDSCRext',
    control: 'DBGDSCR',
    extension: 'v7',
  }),
  debug('DBGDTRint', 'p14 0 c0 c5 0', 'RW/RW', 'Debug Data Transfer Register, internal view', {
    ...constant,
    control: 'DBGDSCR',
  }),
  debug('DBGWFAR', 'p14 0 c0 c6 0', '-/RW', 'Watchpoint Fault Address Register'),
  debug('DBGVCR', 'p14 0 c0 c7 0', '-/RW', 'Vector Catch Register'),
  debug('DBGDTRRXext', 'p14 0 c0 c0 2', '-/RW', 'Host to Target Data Transfer Register, external view', v7),
  debug('DBGDSCRext', 'p14 0 c0 c2 2', '-/RW', 'Debug Status and Control Register, external view', v7),
  debug('DBGDTRTXext', 'p14 0 c0 c3 2', '-/RW', 'Target to Host Data Transfer Register, external view', v7),
  debug('DBGOSECCR', 'p14 0 c0 c6 2', '-/RW', 'OS Lock Exception Catch Control Register', v7),
  ...numbered(BREAKPOINTS, 'DBGBVR', 4, 'Breakpoint Value Register'),
  ...numbered(BREAKPOINTS, 'DBGBCR', 5, 'Breakpoint Control Register'),
  ...numbered(WATCHPOINTS, 'DBGWVR', 6, 'Watchpoint Value Register'),
  ...numbered(WATCHPOINTS, 'DBGWCR', 7, 'Watchpoint Control Register'),
  debug('DBGDRAR', 'p14 0 c1 c0 0', 'RO/RO', 'Debug ROM Address Register', { ...constant, ...v7, control: 'DBGDSCR' }),
  debug('DBGDRAR_64', 'p14 0 c1', 'RO/RO', 'Debug ROM Address Register, 64-bit access', {
    ...constant,
    extension: 'lpae',
    control: 'DBGDSCR',
  }),
  debug('DBGOSLAR', 'p14 0 c1 c0 4', '-/WO', 'OS Lock Access Register', { kind: 'operation', ...v7 }),
  // Bit 1 (OSLK) is the lock itself; it is set out of reset (C11.11.30).
  debug('DBGOSLSR', 'p14 0 c1 c1 4', '-/RO', 'OS Lock Status Register', { reset: 0xa, ...v7 }),
  debug('DBGOSDLR', 'p14 0 c1 c3 4', '-/RW', 'OS Double Lock Register', v7),
  debug('DBGPRCR', 'p14 0 c1 c4 4', '-/RW', 'Device Powerdown and Reset Control Register', v7),
  // Bit 0: powered up.
  debug('DBGPRSR', 'p14 0 c1 c5 4', '-/RO', 'Device Powerdown and Reset Status Register', {
    kind: 'constant',
    reset: 1,
    ...v7,
  }),
  debug('DBGDSAR', 'p14 0 c2 c0 0', 'RO/RO', 'Debug Self Address Offset Register', {
    ...constant,
    ...v7,
    control: 'DBGDSCR',
  }),
  debug('DBGDSAR_64', 'p14 0 c2', 'RO/RO', 'Debug Self Address Offset Register, 64-bit access', {
    ...constant,
    extension: 'lpae',
    control: 'DBGDSCR',
  }),
  debug('DBGDEVID2', 'p14 0 c7 c0 7', '-/RO', 'Debug Device ID Register 2', v71),
  debug('DBGDEVID1', 'p14 0 c7 c1 7', '-/RO', 'Debug Device ID Register 1', { ...v71, reset: 'model' }),
  debug('DBGDEVID', 'p14 0 c7 c2 7', '-/RO', 'Debug Device ID Register', { ...v71, reset: 'model' }),
  // Reads as the claim tags that exist (8 of them); writing sets tags.
  debug('DBGCLAIMSET', 'p14 0 c7 c8 6', '-/RW', 'Claim Tag Set register', {
    kind: 'computed',
    shares: 'DBGCLAIMCLR',
    ...v7,
  }),
  debug('DBGCLAIMCLR', 'p14 0 c7 c9 6', '-/RW', 'Claim Tag Clear register', v7),
  debug('DBGAUTHSTATUS', 'p14 0 c7 c14 6', '-/RO', 'Authentication Status register', { ...model, ...v7 }),

  register('B4.1.144', 'TEECR', 'p14 6 c0 c0 0', '-/RW', 'ThumbEE Configuration Register', { extension: 'thumbee' }),
  register('B4.1.145', 'TEEHBR', 'p14 6 c1 c0 0', 'RW/RW', 'ThumbEE Handler Base Register', {
    control: 'TEECR',
    extension: 'thumbee',
  }),
  // @impdef the trivial Jazelle implementation: its registers are accessible at PL1 only, read as zero, ignore writes (A2.10.2).
  register('A2.10.2', 'JIDR', 'p14 7 c0 c0 0', '-/RO', 'Jazelle ID Register', constant),
  register('A2.10.2', 'JOSCR', 'p14 7 c1 c0 0', '-/RW', 'Jazelle OS Control Register', constant),
  register('A2.10.2', 'JMCR', 'p14 7 c2 c0 0', '-/RW', 'Jazelle Main Configuration Register', constant),
];

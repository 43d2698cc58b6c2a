/** A32: PSR access, CPS, SETEND, SRS, RFE and exceptions by design (DDI 0406C A5.2.12, A5.7.1, B9.3). */
import {
  armReturnState,
  changeState,
  changeStateConflicts,
  endianness,
  imm16,
  imm24,
  imm4,
  immediateToFlags,
  immediateToStatus,
  nothing,
  registerToFlags,
  registerToStatus,
  statusToRegister,
} from '../args/system.js';
import { isPc, rowMaker, unpredictableIf } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const a32 = rowMaker('A32');

const status = Fact.systemRegister;
const sensitiveStatus = Fact.systemRegister | Fact.sensitive;
const absent = { extension: 'virtualization' } as const;
const ONES = '(1)(1)(1)(1)';
const ZEROS = '(0)(0)(0)(0)';
const noLane = unpredictableIf("mask == '0000'", (f) => f.mask === 0);

/** R = 0 is CPSR, R = 1 SPSR. Writes to the flag lanes of CPSR alone are the same at every privilege level. */
const statusRegisters: readonly Row[] = [
  a32(
    'MRS',
    'A1',
    `cond:4 00010 0 00 ${ONES} Rd:4 (0)(0) 0 (0) 0000 ${ZEROS}`,
    'B9.3.8',
    'MRS<c> <Rd>, CPSR',
    'MRS_CPSR',
    statusToRegister,
    { facts: sensitiveStatus, unpredictable: [isPc('Rd')] },
  ),
  a32(
    'MRS',
    'A1 SPSR',
    `cond:4 00010 1 00 ${ONES} Rd:4 (0)(0) 0 (0) 0000 ${ZEROS}`,
    'B9.3.8',
    'MRS<c> <Rd>, SPSR',
    'MRS_SPSR',
    statusToRegister,
    { facts: sensitiveStatus, unpredictable: [isPc('Rd')] },
  ),
  a32(
    'MSR (register)',
    'A1',
    `cond:4 00010 0 10 mask:4 ${ONES} (0)(0) 0 (0) 0000 Rn:4`,
    'B9.3.12',
    'MSR<c> CPSR_<fields>, <Rn>',
    'MSR_CPSR_reg',
    registerToStatus,
    { facts: sensitiveStatus, unpredictable: [isPc('Rn')] },
  ),
  a32(
    'MSR (register)',
    'A1 flags',
    `cond:4 00010 0 10 mask:2 00 ${ONES} (0)(0) 0 (0) 0000 Rn:4`,
    'B9.3.12',
    'MSR<c> APSR_<bits>, <Rn>',
    'MSR_CPSR_reg',
    registerToFlags,
    { facts: status, unpredictable: [noLane, isPc('Rn')], over: ['MSR (register) A1'] },
  ),
  a32(
    'MSR (register)',
    'A1 SPSR',
    `cond:4 00010 1 10 mask:4 ${ONES} (0)(0) 0 (0) 0000 Rn:4`,
    'B9.3.12',
    'MSR<c> SPSR_<fields>, <Rn>',
    'MSR_SPSR_reg',
    registerToStatus,
    { facts: sensitiveStatus, unpredictable: [noLane, isPc('Rn')] },
  ),
  a32(
    'MSR (immediate)',
    'A1',
    `cond:4 00110 0 10 mask:4 ${ONES} imm12:12`,
    'B9.3.11',
    'MSR<c> CPSR_<fields>, #<const>',
    'MSR_CPSR_imm',
    immediateToStatus,
    { facts: sensitiveStatus },
  ),
  a32(
    'MSR (immediate)',
    'A1 flags',
    `cond:4 00110 0 10 mask:2 00 ${ONES} imm12:12`,
    'B9.3.11',
    'MSR<c> APSR_<bits>, #<const>',
    'MSR_CPSR_imm',
    immediateToFlags,
    { facts: status, over: ['MSR (immediate) A1'] },
  ),
  a32(
    'MSR (immediate)',
    'A1 SPSR',
    `cond:4 00110 1 10 mask:4 ${ONES} imm12:12`,
    'B9.3.11',
    'MSR<c> SPSR_<fields>, #<const>',
    'MSR_SPSR_imm',
    immediateToStatus,
    { facts: sensitiveStatus, unpredictable: [noLane] },
  ),
  a32(
    'MRS (Banked register)',
    'A1',
    `cond:4 00010 R:1 00 M1:4 Rd:4 (0)(0) 1 M:1 0000 ${ZEROS}`,
    'B9.3.9',
    'MRS<c> <Rd>, <banked_reg>',
    null,
    nothing,
    { facts: sensitiveStatus | Fact.undefined, ...absent },
  ),
  a32(
    'MSR (Banked register)',
    'A1',
    `cond:4 00010 R:1 10 M1:4 ${ONES} (0)(0) 1 M:1 0000 Rn:4`,
    'B9.3.10',
    'MSR<c> <banked_reg>, <Rn>',
    null,
    nothing,
    { facts: sensitiveStatus | Fact.undefined, ...absent },
  ),
];

const modes: readonly Row[] = [
  a32(
    'CPS (ARM)',
    'A1',
    '1111 00010000 imod:2 M:1 0 (0)(0)(0)(0)(0)(0)(0) A:1 I:1 F:1 0 mode:5',
    'B9.3.2',
    'CPS<effect> <iflags>{, #<mode>}',
    'CPS',
    changeState,
    { facts: sensitiveStatus, unpredictable: changeStateConflicts },
  ),
  a32(
    'SETEND',
    'A1',
    '1111 00010000 (0)(0)(0) 1 (0)(0)(0)(0)(0)(0) E:1 (0) 0000 (0)(0)(0)(0)',
    'A8.8.167',
    'SETEND <endian_specifier>',
    'SETEND',
    endianness,
    { facts: status },
  ),
  a32(
    'SRS (ARM)',
    'A1',
    `1111 100 P:1 U:1 1 W:1 0 (1)(1)(0)(1) ${ZEROS} (0)(1)(0)(1) (0)(0)(0) mode:5`,
    'B9.3.16',
    'SRS{<amode>} SP{!}, #<mode>',
    'SRS',
    armReturnState,
    { facts: sensitiveStatus | Fact.store },
  ),
  a32(
    'RFE',
    'A1',
    `1111 100 P:1 U:1 0 W:1 1 Rn:4 ${ZEROS} (1)(0)(1)(0) ${ZEROS} ${ZEROS}`,
    'B9.3.13',
    'RFE{<amode>} <Rn>{!}',
    'RFE',
    armReturnState,
    {
      facts: sensitiveStatus | Fact.load | Fact.branch | Fact.indirect | Fact.interworking | Fact.exceptionReturn,
      unpredictable: [isPc('Rn')],
    },
  ),
  a32(
    'ERET',
    'A1',
    'cond:4 00010110 (0)(0)(0)(0)(0)(0)(0)(0)(0)(0)(0)(0) 0110 (1)(1)(1)(0)',
    'B9.3.3',
    'ERET<c>',
    null,
    nothing,
    {
      facts: Fact.sensitive | Fact.branch | Fact.indirect | Fact.interworking | Fact.exceptionReturn | Fact.undefined,
      ...absent,
    },
  ),
];

const alwaysExecuted = unpredictableIf("cond != '1110'", (f) => f.cond !== 14);

const exceptions: readonly Row[] = [
  a32('SVC (previously SWI)', 'A1', 'cond:4 1111 imm24:24', 'A8.8.228', 'SVC<c> #<imm24>', 'SVC', imm24, {
    facts: Fact.exceptionCall,
  }),
  a32('HVC', 'A1', 'cond:4 00010100 imm12:12 0111 imm4:4', 'B9.3.4', 'HVC #<imm16>', 'HVC', imm16, {
    facts: Fact.exceptionCall | Fact.privileged,
    extension: 'virtualization',
    unpredictable: [alwaysExecuted],
  }),
  a32(
    'SMC (previously SMI)',
    'A1',
    'cond:4 00010110 (0)(0)(0)(0)(0)(0)(0)(0)(0)(0)(0)(0) 0111 imm4:4',
    'B9.3.14',
    'SMC<c> #<imm4>',
    'SMC',
    imm4,
    { facts: Fact.exceptionCall | Fact.privileged, extension: 'security' },
  ),
  a32('BKPT', 'A1', 'cond:4 00010010 imm12:12 0111 imm4:4', 'A8.8.24', 'BKPT #<imm16>', 'BKPT', imm16, {
    facts: Fact.exceptionCall,
    unpredictable: [alwaysExecuted],
  }),
  a32('UDF', 'A1', '1110 01111111 imm12:12 1111 imm4:4', 'A8.8.247', 'UDF #<imm16>', null, imm16, {
    facts: Fact.exceptionCall | Fact.undefined,
  }),
];

export const rows: readonly Row[] = [...statusRegisters, ...modes, ...exceptions];

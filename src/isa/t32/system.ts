/** T32: PSR access, CPS, SRS, RFE, exceptions by design, ThumbEE's state changes (DDI 0406C A6.3.4, A9.3, B9.3). */
import {
  changeState,
  changeStateConflicts,
  imm16T32,
  imm4,
  nothing,
  registerToFlags,
  registerToStatus,
  returnStateDB,
  returnStateIA,
  statusToRegister,
} from '../args/system.js';
import { isPc, isSpOrPc, rowMaker, unpredictableIf } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t32 = rowMaker('T32');

const status = Fact.systemRegister;
const sensitiveStatus = Fact.systemRegister | Fact.sensitive;
const absent = { extension: 'virtualization' } as const;
const exceptionReturn =
  sensitiveStatus | Fact.load | Fact.branch | Fact.indirect | Fact.interworking | Fact.exceptionReturn;
const ONES = '(1)(1)(1)(1)';
const ZEROS = '(0)(0)(0)(0)';
const over = ['B T3'];
const noLane = unpredictableIf("mask == '0000'", (f) => f.mask === 0);

const statusRegisters: readonly Row[] = [
  t32(
    'MRS',
    'T1',
    `11110 0 1111 1 0 ${ONES} 10 (0) 0 Rd:4 (0)(0) 0 (0) ${ZEROS}`,
    'B9.3.8',
    'MRS<c> <Rd>, CPSR',
    'MRS_CPSR',
    statusToRegister,
    { facts: sensitiveStatus, unpredictable: [isSpOrPc('Rd')], over },
  ),
  t32(
    'MRS',
    'T1 SPSR',
    `11110 0 1111 1 1 ${ONES} 10 (0) 0 Rd:4 (0)(0) 0 (0) ${ZEROS}`,
    'B9.3.8',
    'MRS<c> <Rd>, SPSR',
    'MRS_SPSR',
    statusToRegister,
    { facts: sensitiveStatus, unpredictable: [isSpOrPc('Rd')], over },
  ),
  t32(
    'MSR (register)',
    'T1',
    `11110 0 1110 0 0 Rn:4 10 (0) 0 mask:4 (0)(0) 0 (0) ${ZEROS}`,
    'B9.3.12',
    'MSR<c> CPSR_<fields>, <Rn>',
    'MSR_CPSR_reg',
    registerToStatus,
    { facts: sensitiveStatus, unpredictable: [isSpOrPc('Rn')], over },
  ),
  t32(
    'MSR (register)',
    'T1 flags',
    `11110 0 1110 0 0 Rn:4 10 (0) 0 mask:2 00 (0)(0) 0 (0) ${ZEROS}`,
    'B9.3.12',
    'MSR<c> APSR_<bits>, <Rn>',
    'MSR_CPSR_reg',
    registerToFlags,
    { facts: status, unpredictable: [noLane, isSpOrPc('Rn')], over: [...over, 'MSR (register) T1'] },
  ),
  t32(
    'MSR (register)',
    'T1 SPSR',
    `11110 0 1110 0 1 Rn:4 10 (0) 0 mask:4 (0)(0) 0 (0) ${ZEROS}`,
    'B9.3.12',
    'MSR<c> SPSR_<fields>, <Rn>',
    'MSR_SPSR_reg',
    registerToStatus,
    { facts: sensitiveStatus, unpredictable: [noLane, isSpOrPc('Rn')], over },
  ),
  t32(
    'MRS (Banked register)',
    'T1',
    `11110 0 1111 1 R:1 M1:4 10 (0) 0 Rd:4 (0)(0) 1 M:1 ${ZEROS}`,
    'B9.3.9',
    'MRS<c> <Rd>, <banked_reg>',
    null,
    nothing,
    { facts: sensitiveStatus | Fact.undefined, ...absent, over },
  ),
  t32(
    'MSR (Banked register)',
    'T1',
    `11110 0 1110 0 R:1 Rn:4 10 (0) 0 M1:4 (0)(0) 1 M:1 ${ZEROS}`,
    'B9.3.10',
    'MSR<c> <banked_reg>, <Rn>',
    null,
    nothing,
    { facts: sensitiveStatus | Fact.undefined, ...absent, over },
  ),
];

const modes: readonly Row[] = [
  t32(
    'CPS (Thumb)',
    'T2',
    `11110 0 1110 1 0 ${ONES} 10 (0) 0 (0) imod:2 M:1 A:1 I:1 F:1 mode:5`,
    'B9.3.1',
    'CPS<effect>.W <iflags>{, #<mode>}',
    'CPS',
    changeState,
    { facts: sensitiveStatus, unpredictable: changeStateConflicts, over },
  ),
  t32(
    'SRS (Thumb)',
    'T1',
    `1110100 000 W:1 0 (1)(1)(0)(1) (1)(1)(0)(0) ${ZEROS} (0)(0)(0) mode:5`,
    'B9.3.15',
    'SRSDB<c> SP{!}, #<mode>',
    'SRS',
    returnStateDB,
    { facts: sensitiveStatus | Fact.store },
  ),
  t32(
    'SRS (Thumb)',
    'T2',
    `1110100 110 W:1 0 (1)(1)(0)(1) (1)(1)(0)(0) ${ZEROS} (0)(0)(0) mode:5`,
    'B9.3.15',
    'SRS{IA}<c> SP{!}, #<mode>',
    'SRS',
    returnStateIA,
    { facts: sensitiveStatus | Fact.store },
  ),
  t32(
    'RFE',
    'T1',
    `1110100 000 W:1 1 Rn:4 (1)(1)(0)(0) ${ZEROS} ${ZEROS} ${ZEROS}`,
    'B9.3.13',
    'RFEDB<c> <Rn>{!}',
    'RFE',
    returnStateDB,
    { facts: exceptionReturn, unpredictable: [isPc('Rn')] },
  ),
  t32(
    'RFE',
    'T2',
    `1110100 110 W:1 1 Rn:4 (1)(1)(0)(0) ${ZEROS} ${ZEROS} ${ZEROS}`,
    'B9.3.13',
    'RFE{IA}<c> <Rn>{!}',
    'RFE',
    returnStateIA,
    { facts: exceptionReturn, unpredictable: [isPc('Rn')] },
  ),
];

const exceptions: readonly Row[] = [
  t32('HVC', 'T1', '11110 1111110 imm4:4 1000 imm12:12', 'B9.3.4', 'HVC #<imm16>', 'HVC', imm16T32, {
    facts: Fact.exceptionCall | Fact.privileged,
    extension: 'virtualization',
    over,
  }),
  t32(
    'SMC (previously SMI)',
    'T1',
    `11110 1111111 imm4:4 1000 ${ZEROS} ${ZEROS} ${ZEROS}`,
    'B9.3.14',
    'SMC<c> #<imm4>',
    'SMC',
    imm4,
    { facts: Fact.exceptionCall | Fact.privileged, extension: 'security', over },
  ),
  t32('UDF', 'T2', '11110 1111111 imm4:4 1010 imm12:12', 'A8.8.247', 'UDF<c>.W #<imm16>', null, imm16T32, {
    facts: Fact.exceptionCall | Fact.undefined,
    over,
  }),
  t32(
    'ENTERX, LEAVEX',
    'T1',
    `11110 0 111011 ${ONES} 10 (0) 0 ${ONES} 000 J:1 ${ONES}`,
    'A9.3.1',
    'ENTERX, LEAVEX',
    null,
    nothing,
    { facts: Fact.sensitive | Fact.undefined, extension: 'thumbee', over },
  ),
];

export const rows: readonly Row[] = [...statusRegisters, ...modes, ...exceptions];

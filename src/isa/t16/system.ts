/** T16: CPS, SETEND and exceptions by design. */
import { changeNothing, changeStateT16, endianness, imm8 } from '../args/system.js';
import { rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

export const rows: readonly Row[] = [
  t16(
    'CPS (Thumb)',
    'T1',
    '10110110 011 im:1 (0) A:1 I:1 F:1',
    'B9.3.1',
    'CPS<effect> <iflags>',
    'CPS',
    changeStateT16,
    {
      facts: Fact.systemRegister | Fact.sensitive,
      unpredictable: [changeNothing],
    },
  ),
  t16('SETEND', 'T1', '10110110 010 (1) E:1 (0)(0)(0)', 'A8.8.167', 'SETEND <endian_specifier>', 'SETEND', endianness, {
    facts: Fact.systemRegister,
  }),
  t16('SVC (previously SWI)', 'T1', '11011111 imm8:8', 'A8.8.228', 'SVC<c> #<imm8>', 'SVC', imm8, {
    facts: Fact.exceptionCall,
    over: ['B T1'],
  }),
  t16('UDF', 'T1', '11011110 imm8:8', 'A8.8.247', 'UDF<c> #<imm8>', null, imm8, {
    facts: Fact.exceptionCall | Fact.undefined,
    over: ['B T1'],
  }),
  t16('BKPT', 'T1', '10111110 imm8:8', 'A8.8.24', 'BKPT #<imm8>', 'BKPT', imm8, { facts: Fact.exceptionCall }),
];

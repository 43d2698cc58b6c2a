/** T16: LDM, STM, PUSH and POP. */
import { t16Load, t16Pop, t16PopPc, t16Push, t16Store } from '../args/load-store-multiple.js';
import { rowMaker, unpredictableIf } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

const emptyList = unpredictableIf('BitCount(registers) < 1', (f) => f.register_list === 0 && (f.M ?? 0) === 0);
const baseNotLowest = unpredictableIf(
  "registers<n> == '1' && n != LowestSetBit(registers)",
  (f) => ((f.register_list >>> f.Rn) & 1) === 1 && (f.register_list & ((1 << f.Rn) - 1)) !== 0,
);

export const rows: readonly Row[] = [
  t16(
    'STM (STMIA, STMEA)',
    'T1',
    '11000 Rn:3 register_list:8',
    'A8.8.199',
    'STM{IA}<c> <Rn>!, <registers>',
    'STM',
    t16Store,
    {
      facts: Fact.store,
      unpredictable: [emptyList, baseNotLowest],
    },
  ),
  t16(
    'LDM/LDMIA/LDMFD (Thumb)',
    'T1',
    '11001 Rn:3 register_list:8',
    'A8.8.57',
    'LDM{IA}<c> <Rn>{!}, <registers>',
    'LDM',
    t16Load,
    {
      facts: Fact.load,
      unpredictable: [emptyList],
    },
  ),
  t16('PUSH', 'T1', '1011010 M:1 register_list:8', 'A8.8.133', 'PUSH<c> <registers>', 'STM', t16Push, {
    facts: Fact.store,
    unpredictable: [emptyList],
  }),
  t16('POP (Thumb)', 'T1', '10111100 register_list:8', 'A8.8.131', 'POP<c> <registers>', 'LDM', t16Pop, {
    facts: Fact.load,
    unpredictable: [emptyList],
  }),
  t16(
    'POP (Thumb)',
    'T1 pc',
    '10111101 register_list:8',
    'A8.8.131',
    'POP<c> <registers with PC>',
    'LDM_pc',
    t16PopPc,
    {
      facts: Fact.load | Fact.branch | Fact.indirect | Fact.interworking,
    },
  ),
];

/** T16: branches. `if InITBlock() && !LastInITBlock() then UNPREDICTABLE` depends on the moment and is not said by any field. */
import {
  compareAndBranch,
  firstHalf,
  secondHalf,
  secondHalfExchange,
  t16Branch,
  t16Conditional,
  thumbRegister,
} from '../args/branch.js';
import { isPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

const exchange = Fact.branch | Fact.indirect | Fact.interworking;

export const rows: readonly Row[] = [
  t16('B', 'T1', '1101 cond:4 imm8:8', 'A8.8.18', 'B<c> <label>', 'B', t16Conditional, { facts: Fact.branch }),
  t16('B', 'T2', '11100 imm11:11', 'A8.8.18', 'B<c> <label>', 'B', t16Branch, { facts: Fact.branch }),
  t16('CBNZ, CBZ', 'T1', '1011 op:1 0 i:1 1 imm5:5 Rn:3', 'A8.8.29', 'CB{N}Z <Rn>, <label>', 'CBZ', compareAndBranch, {
    facts: Fact.branch,
    extension: 'v6T2',
  }),
  t16('BX', 'T1', '01000111 0 Rm:4 (0)(0)(0)', 'A8.8.27', 'BX<c> <Rm>', 'BX', thumbRegister, { facts: exchange }),
  t16('BLX (register)', 'T1', '01000111 1 Rm:4 (0)(0)(0)', 'A8.8.26', 'BLX<c> <Rm>', 'BLX_reg', thumbRegister, {
    facts: exchange | Fact.link,
    unpredictable: [isPc('Rm')],
  }),

  // Before ARMv6T2 (DDI 0100I A7.1.17). A second half directly behind a first one is executed with it: the T32 rows "near".
  t16('BL (first half)', 'T1', '11110 imm11:11', 'A8.8.25', 'BL<c> <label>', 'BL_first', firstHalf, {
    facts: Fact.readsPc,
    extension: 'branch-halves',
  }),
  t16('BL (second half)', 'T1', '11111 imm11:11', 'A8.8.25', 'BL<c> <label>', 'BL_second', secondHalf, {
    facts: exchange | Fact.link,
    extension: 'branch-halves',
  }),
  t16('BLX (second half)', 'T1', '11101 imm10L:10 0', 'A8.8.25', 'BLX<c> <label>', 'BL_second', secondHalfExchange, {
    facts: exchange | Fact.link,
    extension: 'branch-halves',
  }),
];

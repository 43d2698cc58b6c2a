/** A32: branches by immediate (DDI 0406C A5.5) and by register (A5.2.12). */
import { armBranch, armBranchExchange, armRegister } from '../args/branch.js';
import { isPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const a32 = rowMaker('A32');

const ONES = '(1)(1)(1)(1)(1)(1)(1)(1)(1)(1)(1)(1)';
const exchange = Fact.branch | Fact.indirect | Fact.interworking;

export const rows: readonly Row[] = [
  a32('B', 'A1', 'cond:4 1010 imm24:24', 'A8.8.18', 'B<c> <label>', 'B', armBranch, { facts: Fact.branch }),
  a32('BL, BLX (immediate)', 'A1', 'cond:4 1011 imm24:24', 'A8.8.25', 'BL<c> <label>', 'BL', armBranch, {
    facts: Fact.branch | Fact.link,
  }),
  a32('BL, BLX (immediate)', 'A2', '1111 101 H:1 imm24:24', 'A8.8.25', 'BLX <label>', 'BLX_imm', armBranchExchange, {
    facts: Fact.branch | Fact.link | Fact.interworking,
  }),
  a32('BX', 'A1', `cond:4 00010010 ${ONES} 0001 Rm:4`, 'A8.8.27', 'BX<c> <Rm>', 'BX', armRegister, { facts: exchange }),
  a32('BXJ', 'A1', `cond:4 00010010 ${ONES} 0010 Rm:4`, 'A8.8.28', 'BXJ<c> <Rm>', 'BX', armRegister, {
    facts: exchange,
    unpredictable: [isPc('Rm')],
  }),
  a32('BLX (register)', 'A1', `cond:4 00010010 ${ONES} 0011 Rm:4`, 'A8.8.26', 'BLX<c> <Rm>', 'BLX_reg', armRegister, {
    facts: exchange | Fact.link,
    unpredictable: [isPc('Rm')],
  }),
];

/** T16: the multiply (DDI 0406C A6.2.2). */
import { t16Multiply } from '../args/multiply.js';
import { rowMaker } from '../define.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

export const rows: readonly Row[] = [
  t16('MUL', 'T1', '010000 1101 Rn:3 Rdm:3', 'A8.8.114', 'MUL{S}<c> <Rdm>, <Rn>, <Rdm>', 'MUL', t16Multiply),
];

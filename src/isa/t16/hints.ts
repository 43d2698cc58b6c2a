/** T16: If-Then, and hints (DDI 0406C A6.2.5). */
import { itBlock, itConflict, nothing } from '../args/hints.js';
import { rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

const hint = Fact.hint;
const it = ['IT T1'];
const over = [...it, 'Reserved hint T1'];

export const rows: readonly Row[] = [
  // Conditions what follows: its own flow of control.
  t16('IT', 'T1', '10111111 firstcond:4 mask:4', 'A8.8.54', 'IT{<x>{<y>{<z>}}} <firstcond>', 'IT', itBlock, {
    unpredictable: [itConflict],
    extension: 'v6T2',
  }),
  t16('NOP', 'T1', '10111111 0000 0000', 'A8.8.119', 'NOP<c>', 'NOP', nothing, {
    facts: hint,
    over,
    extension: 'v6T2',
  }),
  t16('YIELD', 'T1', '10111111 0001 0000', 'A8.8.426', 'YIELD<c>', 'NOP', nothing, {
    facts: hint,
    over,
    extension: 'v6T2',
  }),
  t16('WFE', 'T1', '10111111 0010 0000', 'A8.8.424', 'WFE<c>', 'WFE', nothing, {
    facts: hint,
    over,
    extension: 'v6T2',
  }),
  t16('WFI', 'T1', '10111111 0011 0000', 'A8.8.425', 'WFI<c>', 'WFI', nothing, {
    facts: hint | Fact.sensitive,
    over,
    extension: 'v6T2',
  }),
  t16('SEV', 'T1', '10111111 0100 0000', 'A8.8.168', 'SEV<c>', 'SEV', nothing, {
    facts: hint,
    over,
    extension: 'v6T2',
  }),
  t16('Reserved hint', 'T1', '10111111 opA:4 0000', 'A6.2.5', 'NOP<c> {#<opA>}', 'NOP', nothing, {
    facts: hint,
    over: it,
    extension: 'v6T2',
  }),
];

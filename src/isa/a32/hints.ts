/** A32: hints (DDI 0406C A5.2.11), barriers and memory hints (A5.7.1). */
import { nothing, registerPreload } from '../args/hints.js';
import { isPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const a32 = rowMaker('A32');

const ONES = '(1)(1)(1)(1)';
const ZEROS = '(0)(0)(0)(0)';
const HINT = `cond:4 00110 0 10 0000 ${ONES} ${ZEROS}`;
const hint = Fact.hint;
const msr = ['MSR (immediate) A1', 'MSR (immediate) A1 flags'];
const over = [...msr, 'Reserved hint A1'];

const namedHints: readonly Row[] = [
  a32('NOP', 'A1', `${HINT} 00000000`, 'A8.8.119', 'NOP<c>', 'NOP', nothing, { facts: hint, over }),
  a32('YIELD', 'A1', `${HINT} 00000001`, 'A8.8.426', 'YIELD<c>', 'NOP', nothing, { facts: hint, over }),
  a32('WFE', 'A1', `${HINT} 00000010`, 'A8.8.424', 'WFE<c>', 'WFE', nothing, { facts: hint, over }),
  a32('WFI', 'A1', `${HINT} 00000011`, 'A8.8.425', 'WFI<c>', 'WFI', nothing, { facts: hint | Fact.sensitive, over }),
  a32('SEV', 'A1', `${HINT} 00000100`, 'A8.8.168', 'SEV<c>', 'SEV', nothing, { facts: hint, over }),
  a32('DBG', 'A1', `${HINT} 1111 option:4`, 'A8.8.42', 'DBG<c> #<option>', 'NOP', nothing, { facts: hint, over }),
  a32('Reserved hint', 'A1', `${HINT} op2:8`, 'A5.2.11', 'NOP<c> {#<op2>}', 'NOP', nothing, { facts: hint, over: msr }),
];

function barrier(name: string, opcode: string, section: string): Row {
  return a32(
    name,
    'A1',
    `1111 01010111 ${ONES} ${ONES} ${ZEROS} ${opcode} option:4`,
    section,
    `${name} {<option>}`,
    'NOP',
    nothing,
    { facts: hint, extension: 'v7' },
  );
}

/** Preloads and the memory hints that are not allocated: nothing is done, and nothing can fault. */
const memoryHints: readonly Row[] = [
  a32(
    'PLD, PLDW (immediate)',
    'A1',
    `1111 0101 U:1 101 Rn:4 ${ONES} imm12:12`,
    'A8.8.126',
    'PLD [<Rn>{, #+/-<imm12>}]',
    'NOP',
    nothing,
    { facts: hint },
  ),
  a32(
    'PLD, PLDW (immediate)',
    'A1 W',
    `1111 0101 U:1 001 Rn:4 ${ONES} imm12:12`,
    'A8.8.126',
    'PLDW [<Rn>{, #+/-<imm12>}]',
    'NOP',
    nothing,
    { facts: hint, unpredictable: [isPc('Rn')], extension: 'multiprocessing' },
  ),
  a32('PLD (literal)', 'A1', `1111 0101 U:1 101 1111 ${ONES} imm12:12`, 'A8.8.127', 'PLD <label>', 'NOP', nothing, {
    facts: hint | Fact.readsPc,
    over: ['PLD, PLDW (immediate) A1'],
  }),
  a32(
    'PLD, PLDW (register)',
    'A1',
    `1111 0111 U:1 101 Rn:4 ${ONES} imm5:5 type:2 0 Rm:4`,
    'A8.8.128',
    'PLD [<Rn>, +/-<Rm>{, <shift>}]',
    'NOP',
    nothing,
    { facts: hint, unpredictable: [registerPreload] },
  ),
  a32(
    'PLD, PLDW (register)',
    'A1 W',
    `1111 0111 U:1 001 Rn:4 ${ONES} imm5:5 type:2 0 Rm:4`,
    'A8.8.128',
    'PLDW [<Rn>, +/-<Rm>{, <shift>}]',
    'NOP',
    nothing,
    { facts: hint, unpredictable: [registerPreload], extension: 'multiprocessing' },
  ),
  a32(
    'PLI (immediate, literal)',
    'A1',
    `1111 0100 U:1 101 Rn:4 ${ONES} imm12:12`,
    'A8.8.129',
    'PLI [<Rn>{, #+/-<imm12>}]',
    'NOP',
    nothing,
    { facts: hint, extension: 'v7' },
  ),
  a32(
    'PLI (register)',
    'A1',
    `1111 0110 U:1 101 Rn:4 ${ONES} imm5:5 type:2 0 Rm:4`,
    'A8.8.130',
    'PLI [<Rn>, +/-<Rm>{, <shift>}]',
    'NOP',
    nothing,
    { facts: hint, unpredictable: [registerPreload], extension: 'v7' },
  ),
  a32('Reserved memory hint', 'A1', '1111 0100 U:1 001 Rn:4 imm16:16', 'A5.7.1', 'NOP', 'NOP', nothing, {
    facts: hint,
    extension: 'multiprocessing',
  }),
  a32('Reserved memory hint', 'A2', '1111 0110 U:1 001 Rn:4 imm11:11 0 Rm:4', 'A5.7.1', 'NOP', 'NOP', nothing, {
    facts: hint,
    extension: 'multiprocessing',
  }),
];

export const rows: readonly Row[] = [
  ...namedHints,
  barrier('DSB', '0100', 'A8.8.44'),
  barrier('DMB', '0101', 'A8.8.43'),
  barrier('ISB', '0110', 'A8.8.53'),
  ...memoryHints,
];

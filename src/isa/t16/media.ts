/** T16: extension and byte reversal (DDI 0406C A6.2.5). */
import * as args from '../args/media.js';
import { rowMaker } from '../define.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

function extension(name: string, opcode: string, section: number): Row {
  return t16(
    name,
    'T1',
    `1011 0010 ${opcode} Rm:3 Rd:3`,
    `A8.8.${section}`,
    `${name}<c> <Rd>, <Rm>`,
    name,
    args.extend,
  );
}

function reversal(name: string, opcode: string, section: number): Row {
  return t16(
    name,
    'T1',
    `1011 1010 ${opcode} Rm:3 Rd:3`,
    `A8.8.${section}`,
    `${name}<c> <Rd>, <Rm>`,
    name,
    args.registers,
  );
}

export const rows: readonly Row[] = [
  extension('SXTH', '00', 235),
  extension('SXTB', '01', 233),
  extension('UXTH', '10', 276),
  extension('UXTB', '11', 274),
  reversal('REV', '00', 145),
  reversal('REV16', '01', 146),
  reversal('REVSH', '11', 147),
];

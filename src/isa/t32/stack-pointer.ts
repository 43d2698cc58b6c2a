/** T32: ADD and SUB with SP as the first operand (DDI 0406C A8.8.9, A8.8.10, A8.8.225, A8.8.226). */
import * as args from '../args/data-processing.js';
import { isPc, isSpOrPc, rowMaker, unpredictableIf } from '../define.js';
import type { Row } from '../row.js';

const t32 = rowMaker('T32');

const destinationPc = unpredictableIf("d == 15 && S == '0'", (f) => f.Rd === 15 && f.S === 0);

/** The manual's condition on ADD and SUB that write SP from SP and a shifted register. */
const spShift = unpredictableIf(
  'd == 13 && (shift_t != SRType_LSL || shift_n > 3)',
  (f) => f.Rd === 13 && (f.type !== 0 || f.imm3 !== 0),
);

export const stackPointer: readonly Row[] = [
  t32(
    'ADD (SP plus immediate)',
    'T3',
    '11110 i:1 0 1000 S:1 1101 0 imm3:3 Rd:4 imm8:8',
    'A8.8.9',
    'ADD{S}<c>.W <Rd>, SP, #<const>',
    'ADD_imm',
    args.thumbModifiedSp,
    {
      unpredictable: [destinationPc, args.badModified],
      over: ['ADD (immediate, Thumb) T3'],
    },
  ),
  t32(
    'ADD (SP plus immediate)',
    'T4',
    '11110 i:1 10000 0 1101 0 imm3:3 Rd:4 imm8:8',
    'A8.8.9',
    'ADDW<c> <Rd>, SP, #<imm12>',
    'ADD_imm',
    args.thumbPlain,
    {
      unpredictable: [isPc('Rd')],
      over: ['ADD (immediate, Thumb) T4'],
    },
  ),
  t32(
    'ADD (SP plus register, Thumb)',
    'T3',
    '11101 01 1000 S:1 1101 (0) imm3:3 Rd:4 imm2:2 type:2 Rm:4',
    'A8.8.10',
    'ADD{S}<c>.W <Rd>, SP, <Rm>{, <shift>}',
    'ADD_reg',
    args.thumbShiftedSp,
    {
      unpredictable: [spShift, destinationPc, isSpOrPc('Rm')],
      over: ['ADD (register, Thumb) T3'],
    },
  ),
  t32(
    'SUB (SP minus immediate)',
    'T2',
    '11110 i:1 0 1101 S:1 1101 0 imm3:3 Rd:4 imm8:8',
    'A8.8.225',
    'SUB{S}<c>.W <Rd>, SP, #<const>',
    'SUB_imm',
    args.thumbModifiedSp,
    {
      unpredictable: [destinationPc, args.badModified],
      over: ['SUB (immediate, Thumb) T3'],
    },
  ),
  t32(
    'SUB (SP minus immediate)',
    'T3',
    '11110 i:1 10101 0 1101 0 imm3:3 Rd:4 imm8:8',
    'A8.8.225',
    'SUBW<c> <Rd>, SP, #<imm12>',
    'SUB_imm',
    args.thumbPlain,
    {
      unpredictable: [isPc('Rd')],
      over: ['SUB (immediate, Thumb) T4'],
    },
  ),
  t32(
    'SUB (SP minus register)',
    'T1',
    '11101 01 1101 S:1 1101 (0) imm3:3 Rd:4 imm2:2 type:2 Rm:4',
    'A8.8.226',
    'SUB{S}<c> <Rd>, SP, <Rm>{, <shift>}',
    'SUB_reg',
    args.thumbShiftedSp,
    {
      unpredictable: [spShift, destinationPc, isSpOrPc('Rm')],
      over: ['SUB (register) T2'],
    },
  ),
];

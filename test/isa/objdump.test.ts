/** The groups that only compute, row by row against objdump. */
import type { Row } from '../../src/isa/row.js';
import * as a32DataProcessing from '../../src/isa/a32/data-processing.js';
import * as a32Media from '../../src/isa/a32/media.js';
import * as a32Multiply from '../../src/isa/a32/multiply.js';
import * as t16DataProcessing from '../../src/isa/t16/data-processing.js';
import * as t16Media from '../../src/isa/t16/media.js';
import * as t16Multiply from '../../src/isa/t16/multiply.js';
import * as t32DataProcessing from '../../src/isa/t32/data-processing.js';
import * as t32Media from '../../src/isa/t32/media.js';
import * as t32Multiply from '../../src/isa/t32/multiply.js';
import { rowsAgainstObjdump } from '../support/rows-against-objdump.js';
import type { TextException } from '../support/rows-against-objdump.js';

const groups: Readonly<Record<string, readonly Row[]>> = {
  'A32 data-processing': a32DataProcessing.rows,
  'A32 multiply': a32Multiply.rows,
  'A32 media': a32Media.rows,
  'T16 data-processing': t16DataProcessing.rows,
  'T16 multiply': t16Multiply.rows,
  'T16 media': t16Media.rows,
  'T32 data-processing': t32DataProcessing.rows,
  'T32 multiply': t32Multiply.rows,
  'T32 media': t32Media.rows,
};

/** Where objdump's text is not the row's syntax. */
const EXCEPTIONS: Readonly<Record<string, TextException>> = {
  'A32 MOV (shifted register) A1 pc': {
    spelled: /^(lsl|lsr|asr|ror|rrx)/,
    unpredictable: true,
    why: 'a shift that branches is deprecated, not UNPREDICTABLE',
  },
  'A32 SUBS PC, LR and related instructions A1': {
    spelled: /^(and|eor|sub|rsb|add|adc|sbc|rsc|orr|mov|bic|mvn)s/,
    why: 'one row for twelve operations',
  },
  'A32 SUBS PC, LR and related instructions A2': {
    spelled: /^(and|eor|sub|rsb|add|adc|sbc|rsc|orr|mov|bic|mvn|lsl|lsr|asr|ror|rrx)s/,
    unpredictable: true,
    why: 'one row for twelve operations; MOVS with a shift is a shift',
  },
  'A32 ADR A1': { spelled: /^add/, why: 'objdump prefers the addition' },
  'A32 ADR A2': { spelled: /^sub/, why: 'objdump prefers the subtraction' },
  'T32 LSL (immediate) T2': { spelled: /^movs?\.w$/, why: 'objdump spells shifts as moves here' },
  'T32 LSR (immediate) T2': { spelled: /^movs?\.w$/, why: 'objdump spells shifts as moves here' },
  'T32 ASR (immediate) T2': { spelled: /^movs?\.w$/, why: 'objdump spells shifts as moves here' },
  'T32 ROR (immediate) T1': { spelled: /^movs?\.w$/, why: 'objdump spells shifts as moves here' },
  'T32 RRX T1': { spelled: /^movs?\.w$/, why: 'objdump spells shifts as moves here' },
  'T32 ADR T3': { spelled: /^addw/, why: 'objdump prefers the addition' },
  'T32 ADR T2': { spelled: /^subw/, why: 'objdump prefers the subtraction' },
  'T32 ERET T1': { spelled: /^subs/, why: 'the same as SUBS PC, LR, #0' },
  'T16 ADR T1': { spelled: /^add/, why: 'objdump prefers the addition' },
  'T16 RSB (immediate) T1': { spelled: /^negs/, why: 'the name before UAL' },
  'T16 MOV (register, Thumb) T1': { spelled: /^(mov|nop)$/, why: 'mov r8, r8 was the NOP before there was one' },
};

rowsAgainstObjdump(groups, EXCEPTIONS);

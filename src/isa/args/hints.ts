/** Argument sets of hints and IT. What a hint names has no operand in its operation. */
import { unpredictableIf } from '../define.js';
import { bitCount } from '../../util/bits.js';
import type { ArgumentSet, FieldCondition } from '../row.js';

export const nothing: ArgumentSet = () => ({});

/** IT: ITSTATE<7:0> = firstcond:mask. */
export const itBlock: ArgumentSet = (f) => ({ itstate: (f.firstcond << 4) | f.mask });

export const itConflict: FieldCondition = unpredictableIf(
  "firstcond == '1111' || (firstcond == '1110' && BitCount(mask) != 1)",
  (f) => f.firstcond === 15 || (f.firstcond === 14 && bitCount(f.mask) !== 1),
);
export const registerPreload: FieldCondition = unpredictableIf('m == 15', (f) => f.Rm === 15);
export const registerPreloadT32: FieldCondition = unpredictableIf('m IN {13,15}', (f) => f.Rm === 13 || f.Rm === 15);

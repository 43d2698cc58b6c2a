/**
 * Trap words: what the patcher plants. Same length and same condition behaviour as the original: A32 `SVC<c>`, T16 `SVC`, T32 `UDF.W`
 * (both obey the IT block). The immediate identifies nothing (a site is found by its address and state); it only makes a planted word
 * recognisable in a listing.
 */
import type { CompiledRow, Isa } from '../isa/row.js';

const UNCONDITIONAL = 0xf;
const ALWAYS = 0xe;

/** A32 SVC<c> #0x564d4d ("VMM"). */
const A32_SVC = 0x0f56_4d4d;
/** T16 SVC #0x4d. */
const T16_SVC = 0xdf4d;
/** T32 UDF.W #0x564d: 1111 0111 1111 imm4, 1010 imm12. */
const T32_UDF = 0xf7f5_a64d | 0;

/** The word to plant over `original` (a T32 word has its first halfword in the high half), as an i32. */
export function trapWord(isa: Isa, original: number): number {
  switch (isa) {
    case 'A32': {
      const condition = original >>> 28;
      return ((condition === UNCONDITIONAL ? ALWAYS : condition) << 28) | A32_SVC;
    }
    case 'T16':
      return T16_SVC;
    case 'T32':
      return T32_UDF;
  }
}

/** True if nothing is planted over a sensitive word: Thumb BKPT ignores the IT block, which no trap word does, and traps by itself. */
export function trapsByItself(isa: Isa, row: CompiledRow | undefined): boolean {
  return isa === 'T16' && row?.operation === 'BKPT';
}

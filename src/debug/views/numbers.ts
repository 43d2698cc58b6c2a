/** Words and addresses as views of translations write them, where one word is not enough. */
import { hex32 } from '../../util/bits.js';

/** Two words as one number. */
export function hex64(low: number, high: number): string {
  return `${hex32(high)}${hex32(low).slice(2)}`;
}

/** A physical address: of 32 bits, or of 40 where it needs them. */
export function hexPhysical(pa: number): string {
  return pa < 2 ** 32 ? hex32(pa) : `0x${pa.toString(16).padStart(10, '0')}`;
}

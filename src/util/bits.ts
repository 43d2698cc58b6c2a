/**
 * Bit arithmetic on 32-bit words held in JavaScript numbers. Knows nothing of ARM.
 * "i32" is a signed 32-bit number (the result of `| 0`), "u32" an unsigned one (the result of `>>> 0`).
 */

/** Bits `hi` down to `lo` of `word`, as an unsigned number. `0 <= lo <= hi <= 31`. */
export function bits(word: number, hi: number, lo: number): number {
  return (word >>> lo) & (hi - lo === 31 ? -1 : (1 << (hi - lo + 1)) - 1);
}

/** Bit `n` of `word`: 0 or 1. */
export function bit(word: number, n: number): number {
  return (word >>> n) & 1;
}

/** The low `width` bits of `value`, sign-extended to an i32. `1 <= width <= 32`. */
export function signExtend(value: number, width: number): number {
  return (value << (32 - width)) >> (32 - width);
}

/** `word` rotated right by `n` (taken modulo 32), as an i32. */
export function rotateRight(word: number, n: number): number {
  const r = n & 31;
  return r === 0 ? word | 0 : (word >>> r) | (word << (32 - r)) | 0;
}

/** How many bits of the u32 `word` are set. */
export function bitCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** A mask of the `width` low bits, as an i32. `0 <= width <= 32`. */
export function lowMask(width: number): number {
  return width >= 32 ? -1 : (1 << width) - 1;
}

/** `word` as eight lower-case hexadecimal digits with the prefix `0x`. */
export function hex32(word: number): string {
  return '0x' + (word >>> 0).toString(16).padStart(8, '0');
}

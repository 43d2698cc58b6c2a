/** Words of a row with each of its fields taken through its values: all where they are few, the ends and single bits where they are many. */
import { decode } from '../../src/isa/decode.js';
import type { RandomSource } from '../../src/isa/random.js';
import type { CompiledRow } from '../../src/isa/row.js';

/** A row with at most so many free bits is enumerated completely. */
const COMPLETE_BITS = 10;
/** A field with at most so many bits is enumerated completely, other fields at random. */
const FIELD_BITS = 5;

function valuesOf(width: number): number[] {
  if (width <= FIELD_BITS) return Array.from({ length: 1 << width }, (_, value) => value);
  const ones = width === 32 ? -1 : (1 << width) - 1;
  const values = new Set([0, 1, ones, ones - 1, ones >>> 1]);
  for (let bit = 0; bit < width; bit++) values.add(1 << bit).add(ones & ~(1 << bit));
  return [...values];
}

/**
 * Words that decode to `row`: first those with a field at each of its values, should-be bits as they should be, then `more` random ones with
 * should-be bits at random. UNPREDICTABLE ones are among them.
 */
export function rowWords(row: CompiledRow, random: RandomSource, more: number, features?: number): number[] {
  const bits = row.width === 16 ? 0xffff : -1;
  const free = ~(row.mask | row.shouldMask) & bits;
  const fixed = row.value | row.shouldValue;
  const words = new Set<number>();
  const add = (word: number): void => {
    if (decode(row.isa, word, features) === row) words.add(word);
  };
  let freeBits = 0;
  for (let left = free; left !== 0; left &= left - 1) freeBits++;
  if (freeBits <= COMPLETE_BITS)
    for (let value = free; ; value = (value - 1) & free) {
      add(fixed | value);
      if (value === 0) break;
    }
  else
    for (const { lo, width } of row.fields) {
      const ones = (width === 32 ? -1 : (1 << width) - 1) << lo;
      for (const value of valuesOf(width)) add(fixed | (random() & free & ~ones) | ((value << lo) & ones));
    }
  for (let i = 0; i < more; i++) add((row.value | (random() & ~row.mask)) & bits);
  return [...words];
}

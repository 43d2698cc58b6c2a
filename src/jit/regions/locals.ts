/** The fixed locals of a region's function. */
import type { Value } from '../../ops/builder.js';

/** Parameter 0 is the depth of nested calls. */
export const Local = {
  depth: 0,
  /** R0 to R14 follow each other. */
  R: 1,
  N: 16,
  Z: 17,
  C: 18,
  V: 19,
  /** Attempts left above Scratch.FLOOR. */
  count: 20,
  /** What the function returns. */
  result: 21,
  /** For a br_table: the block to go to. */
  block: 22,
  /** Not 0 where the flags are those of a - b, and have not been computed. */
  deferred: 23,
  a: 24,
  b: 25,
  temporaries: 26,
} as const;

/** R0 to R14. */
export const REGISTERS = 15;
/** No node. */
export const NONE = -1 as Value;

export function isRegister(local: number): boolean {
  return local >= Local.R && local < Local.R + REGISTERS;
}

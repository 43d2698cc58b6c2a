/**
 * Loops of one block that end with a comparison, on whose flags nothing in them depends: what the flags were computed from is in registers still
 * when the loop goes round, so that whatever leaves it can compute them. Emits nothing.
 */
import { type Block, type Flow, flagsLiveBehind, lastOf } from './flow.js';
import { ALWAYS, type Instruction, PC } from './instructions.js';
import { Flag } from './traits.js';

/** The flags are those of `a - b`, of registers as they are behind the comparison. */
export interface Comparison {
  /** The register with `a`, or where `isDifference` with a - b, as SUBS leaves it. */
  readonly a: number;
  readonly isDifference: boolean;
  /** The register with `b`, or -1: then it is `constant`. */
  readonly b: number;
  readonly constant: number;
}

function comparisonOf({ predecoded, cond, traits }: Instruction): Comparison | undefined {
  const { operation, operands } = predecoded;
  const [, name] = /^(CMP|SUB)_(?:imm|reg)$/.exec(operation?.name ?? '') ?? [];
  if (cond !== ALWAYS || traits.flagsWritten !== Flag.all || name === undefined) return undefined;
  const { n, m, shift_n: shift = 0, imm32: constant = 0 } = operands;
  // CMP writes no register, whatever its encoding calls its first.
  const d = name === 'SUB' ? operands.d : undefined;
  if (n === PC || m === PC || d === PC || shift !== 0) return undefined;
  const isDifference = d !== undefined && d === n;
  if (d !== undefined && d === m) return undefined;
  return { a: n, isDifference, b: m ?? -1, constant };
}

/** By what flags may be deferred at the heads of loops of one block. */
export function findComparisons({ blocks }: Flow): ReadonlyMap<Block, Comparison> {
  const found = new Map<Block, Comparison>();
  for (const block of blocks) {
    const comparison = block.loop ? loopComparison(block) : undefined;
    if (comparison !== undefined) found.set(block, comparison);
  }
  return found;
}

function loopComparison(block: Block): Comparison | undefined {
  if (!block.flagsDeferred || (block.target !== block && block.next !== block)) return undefined;
  let written = 0;
  for (let i = block.instructions.length - 1; i >= 0; i--) {
    const instruction = block.instructions[i];
    if (instruction.traits.flagsWritten !== 0) {
      const comparison = comparisonOf(instruction);
      return comparison !== undefined && (written & registersOf(comparison)) === 0 ? comparison : undefined;
    }
    // Where flags are asked for they are no longer what they were computed from.
    if (instruction.cond !== ALWAYS && instruction !== lastOf(block)) return undefined;
    written |= instruction.writes;
  }
  return undefined;
}

function registersOf({ a, b }: Comparison): number {
  return (1 << a) | (b < 0 ? 0 : 1 << b);
}

/** The first instruction of a block, by index, behind which no flag is wanted until all are set; -1 if there is none. */
export function lastNeed(block: Block): number {
  return flagsLiveBehind(block).findIndex((live) => live === 0);
}

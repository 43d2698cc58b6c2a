/**
 * Random words of a row, for tests that compare engines with each other and with oracles. Knows rows only; chance comes from the caller, so
 * that a seed is a run.
 */
import { decode, extractFields, unpredictableReasons } from './decode.js';
import { Fact } from './row.js';
import type { CompiledRow } from './row.js';

/** A source of random u32s. */
export type RandomSource = () => number;

/** A small generator with 32 bits of state (xorshift and a multiply): equal seeds, equal sequences. */
export function seededRandom(seed: number): RandomSource {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
}

export interface RandomWordOptions {
  /** Allow words that are UNPREDICTABLE, should-be bits included. Default: no. */
  readonly unpredictable?: boolean;
  /** Register numbers that may not be used, as a bit mask. R15 as the base that a row implies (a literal, ADR) stays. Default: none. */
  readonly excludedRegisters?: number;
  /** Values of fields by name. A field that the row has not is ignored. */
  readonly fields?: Readonly<Record<string, number>>;
}

/** Tries before giving up; rows with narrow conditions need many. */
const TRIES = 2000;

/** Fields that hold a general register's number: R and what it is for. */
const REGISTER_FIELD = /^R(d|n|m|s|a|t|t2|dLo|dHi|dn|dm)$/;

function excluded(options: RandomWordOptions, register: number): boolean {
  return (((options.excludedRegisters ?? 0) >>> register) & 1) === 1;
}

/**
 * A random word that decodes to `row`, or undefined if none was found (the options leave too few). T16 words stand in the low half.
 * Fields of one name in several runs are drawn run by run, equal in all runs where the diagram shows a register twice.
 */
export function randomWord(
  row: CompiledRow,
  random: RandomSource,
  options: RandomWordOptions = {},
): number | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const word = draw(row, random, options);
    if (word === undefined || decode(row.isa, word) !== row) continue;
    if (!options.unpredictable && unpredictableReasons(row, word).length > 0) continue;
    return word;
  }
  return undefined;
}

function draw(row: CompiledRow, random: RandomSource, options: RandomWordOptions): number | undefined {
  let word = random() & ~row.mask;
  if (!options.unpredictable) word = (word & ~row.shouldMask) | row.shouldValue;
  const registers = new Map<string, number>();
  for (const { name, lo, width } of row.fields) {
    const ones = (width === 32 ? -1 : (1 << width) - 1) << lo;
    const fixed = options.fields?.[name];
    if (fixed !== undefined) word = (word & ~ones) | ((fixed << lo) & ones);
    else if (width === 4 && REGISTER_FIELD.test(name)) {
      const before = registers.get(name);
      if (before !== undefined) word = (word & ~ones) | (before << lo);
      else {
        for (let again = 0; again < 64 && excluded(options, (word >>> lo) & 15); again++)
          word = (word & ~ones) | ((random() & 15) << lo);
        if (excluded(options, (word >>> lo) & 15)) return undefined;
        registers.set(name, (word >>> lo) & 15);
      }
    } else if (name === 'register_list') word &= ~(((options.excludedRegisters ?? 0) << lo) & ones);
  }
  word |= row.value;
  if (row.width === 16) word &= 0xffff;
  return usesExcluded(row, word, options) ? undefined : word;
}

/** Operands that are registers wherever they occur. */
const REGISTER_OPERANDS = ['d', 'n', 'm', 's', 'a', 't', 't2', 'dLo', 'dHi'];

/** Catches registers that are not in a 4-bit field: T16's low and split ones, and SP where the encoding implies it. */
function usesExcluded(row: CompiledRow, word: number, options: RandomWordOptions): boolean {
  if (!options.excludedRegisters || row.operation === null) return false;
  const operands = row.args(extractFields(row, word));
  return REGISTER_OPERANDS.some((name) => {
    const register = operands[name] as number | undefined;
    const implied = register === 15 && (row.facts & Fact.readsPc) !== 0;
    return register !== undefined && !implied && excluded(options, register);
  });
}

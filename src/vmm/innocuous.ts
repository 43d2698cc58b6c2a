/**
 * Which words the scanner need not look up: those that are known to be innocuous, and to have control go on behind them, by a few of their bits. Each pattern
 * of these bits is judged once, by the table's rows that words with it can have. What they leave open is no matter of this file: it is looked up.
 */
import { decodeCandidates } from '../isa/decode.js';
import { Fact, type CompiledRow, type Isa } from '../isa/row.js';
import { siteClass } from './classes.js';

/** By instruction set: bits that are always part of a pattern, and fields of which the pattern says whether they are all ones. */
const PATTERNS: Readonly<Record<Isa, { readonly bits: number; readonly fields: readonly number[] }>> = {
  A32: { bits: 0x0ff0_00f0, fields: [0xf000_0000 | 0, 0xf_0000, 0xf000] },
  T16: { bits: 0xffc0, fields: [0x87] },
  T32: { bits: 0xfff0_00f0 | 0, fields: [0xf_0000, 0xf000, 0xf00] },
};

const UNKNOWN = 0;
const INNOCUOUS = 1;
const OPEN = 2;

export class InnocuousWords {
  readonly #a32 = new Uint8Array(1 << 15);
  readonly #t16 = new Uint8Array(1 << 11);
  readonly #t32 = new Uint8Array(1 << 16);

  /** @param features of the guest's processor, as a mask of isa/features.ts */
  constructor(readonly features: number) {}

  /** True only if the word needs no look at its row. */
  a32(word: number): boolean {
    let pattern = ((word >>> 16) & 0xff0) | ((word >>> 4) & 15);
    if (word >>> 28 === 15) pattern |= 0x1000;
    if ((word & 0xf_0000) === 0xf_0000) pattern |= 0x2000;
    if ((word & 0xf000) === 0xf000) pattern |= 0x4000;
    const known = this.#a32[pattern];
    return (known === UNKNOWN ? this.#judge(this.#a32, pattern, 'A32', word) : known) === INNOCUOUS;
  }

  t16(word: number): boolean {
    const pattern = (word >>> 6) | ((word & 0x87) === 0x87 ? 0x400 : 0);
    const known = this.#t16[pattern];
    return (known === UNKNOWN ? this.#judge(this.#t16, pattern, 'T16', word) : known) === INNOCUOUS;
  }

  t32(word: number): boolean {
    let pattern = ((word >>> 16) & 0x1ff0) | ((word >>> 4) & 15);
    if ((word & 0xf_0000) === 0xf_0000) pattern |= 0x2000;
    if ((word & 0xf000) === 0xf000) pattern |= 0x4000;
    if ((word & 0xf00) === 0xf00) pattern |= 0x8000;
    const known = this.#t32[pattern];
    return (known === UNKNOWN ? this.#judge(this.#t32, pattern, 'T32', word) : known) === INNOCUOUS;
  }

  #judge(verdicts: Uint8Array, pattern: number, isa: Isa, word: number): number {
    return (verdicts[pattern] = allInnocuous(isa, word, this.features) ? INNOCUOUS : OPEN);
  }
}

/** Whether every word of the pattern of `word` has a row, and none has one that must be looked at. */
function allInnocuous(isa: Isa, word: number, features: number): boolean {
  const { bits, fields } = PATTERNS[isa];
  const ones = fields.filter((field) => (word & field) === field);
  const others = fields.filter((field) => (word & field) !== field);
  const known = ones.reduce((mask, field) => mask | field, bits);
  let matched = false;
  for (const row of decodeCandidates(isa, word)) {
    const { mask, value, needs, guard } = row;
    if ((needs & ~features) !== 0 || ((word ^ value) & mask & known) !== 0) continue;
    if (others.some((field) => (mask & field) === field && (value & field) === field)) continue;
    if (mustBeLookedAt(row)) return false;
    matched ||= guard === undefined && (mask & ~known) === 0;
  }
  return matched;
}

/** Rows of callback sites, of what ends a block, and of what loads a literal, whose place the word says. */
function mustBeLookedAt(row: CompiledRow): boolean {
  const literal = Fact.load | Fact.readsPc;
  return siteClass(row) !== undefined || (row.facts & Fact.branch) !== 0 || (row.facts & literal) === literal;
}

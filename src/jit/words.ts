/**
 * What words come to in slots, whatever their address: the kind of operation, the operands, the condition. Owns the kinds, and a direct-mapped cache
 * of words. Knows no slot.
 *
 * PERF: of the words of large code four in five have been met before (bigcode: 151,558 words, 29,394 different ones). A typed array finds them
 * again in a cache line; objects by word in a Map took a third of decoding, and as much again to collect. A word that is new has a shape that is not
 * (word-shapes.ts) nine times in ten.
 */
import type { ShortForm } from '../arm/engine-port.js';
import { decode } from '../isa/decode.js';
import type { Isa } from '../isa/row.js';
import type { PlainOperation } from '../ops/operation.js';
import { type Predecoded, predecodeAnew, predecodeAs } from '../ops/predecode.js';
import { variantNeeds } from './emit-cold.js';
import type { ShortFormTable } from './short-forms.js';
import type { VariantNeeds } from './variant.js';
import { type Differences, WordShapes } from './word-shapes.js';

/** What slots of one operation with its statics have in common, in one instruction set state. */
export interface Kind {
  readonly operation: PlainOperation;
  readonly statics: readonly number[];
  readonly needs: VariantNeeds;
  /** The body's handler by what else distinguishes variants (decoder.ts); 0 where not asked for yet. */
  readonly bodies: Int16Array;
}

/** Combinations of what else distinguishes variants. */
export const CHOICES = 32;

/** As in slots: a byte for each register operand, its offset in the state block; and the immediates. */
export const Entry = { word: 0, tag: 1, registers: 2, immediates: 3 } as const;
const ENTRY_WORDS = 8;
const ENTRIES = 1 << 15;

/**
 * Parts of the tag: bits 3:0 the condition, 4 whether a general register operand is R15, 6:5 the instruction set, the rest 1 + the kind, or 0 for what is no
 * plain operation. 0: none.
 */
const READS_R15 = 1 << 4;
const ISA_SHIFT = 5;
const KIND_SHIFT = 7;
const COND = 15;
/** In place of the condition, which it has not. */
const NOT_PLAIN = 15;
const CODES: Readonly<Record<Isa, number>> = { A32: 0, T16: 1, T32: 2 };

/** Whether a general register operand is R15. */
function usesR15({ generalRegs }: PlainOperation, { regs }: Predecoded): boolean {
  const at = regs.indexOf(15);
  return at >= 0 && at < generalRegs;
}

export class Words {
  /** The entries; behind them, that of {@link ofPatch}. */
  readonly i32 = new Int32Array(ENTRY_WORDS * (ENTRIES + 1));
  readonly #kinds: Kind[] = [];
  readonly #shapes = new WordShapes();
  /** The numbers of kinds in ARM and in Thumb state, by key (ops/predecode.ts). */
  readonly #numbers = [new Map<string, number>(), new Map<string, number>()];

  /** @param features of the processor, as a mask of isa/features.ts */
  constructor(
    private readonly features: number,
    private readonly shortForms: ShortFormTable,
  ) {}

  /** The index of a word's entry in {@link i32}; -1 if its operation is not a plain one. */
  find(isa: Isa, word: number): number {
    const at = ((Math.imul(word, 0x9e37_79b1) >>> 17) & (ENTRIES - 1)) * ENTRY_WORDS;
    const tag = this.i32[at + Entry.tag];
    const known = this.i32[at] === word && tag !== 0 && ((tag >>> ISA_SHIFT) & 3) === CODES[isa];
    if (known) return tag >>> KIND_SHIFT === 0 ? -1 : at;
    return this.#learn(isa, word, at) ? at : -1;
  }

  /** The index of an entry of a word's short form by a patch: until the next one is asked for. */
  ofPatch(isa: Isa, word: number, form: ShortForm): number {
    const at = ENTRY_WORDS * ENTRIES;
    this.#enter(isa, word, this.shortForms.ofPatch(predecodeAnew(isa, word, this.features), form), at);
    return at;
  }

  kind(at: number): Kind {
    return this.#kinds[(this.i32[at + Entry.tag] >>> KIND_SHIFT) - 1];
  }

  /** 0 to 14. */
  cond(at: number): number {
    return this.i32[at + Entry.tag] & COND;
  }

  readsR15(at: number): boolean {
    return (this.i32[at + Entry.tag] & READS_R15) !== 0;
  }

  #learn(isa: Isa, word: number, at: number): boolean {
    const row = decode(isa, word, this.features);
    const differences = row && this.#shapes.of(row, word);
    const known = differences !== undefined && !differences.namesR15(word);
    if (known && this.#enterLike(differences, word, at)) return true;
    const predecoded = predecodeAs(row, isa, word, this.features);
    if (!this.#enter(isa, word, this.shortForms.of(predecoded), at)) {
      // PERF: an exception return beside data that is stored to is decoded time and again (`task-yield` of vmm.bench, bare: 14 µs, and 6 with this).
      this.i32[at + Entry.word] = word;
      this.i32[at + Entry.tag] = NOT_PLAIN | (CODES[isa] << ISA_SHIFT);
      return false;
    }
    if (known) this.#learnShape(differences, word, at);
    return true;
  }

  /** Enters a word whose shape is known; returns whether it is. */
  #enterLike(differences: Differences, word: number, at: number): boolean {
    const shape = differences.find(word);
    const registers = shape === undefined ? -1 : differences.registers(word, shape);
    if (shape === undefined || registers < 0) return false;
    const { i32 } = this;
    i32[at + Entry.word] = word;
    i32[at + Entry.tag] = shape.tag | (differences.conditional ? word >>> 28 : 0);
    i32[at + Entry.registers] = registers;
    i32[at + Entry.immediates] = differences.first(word, shape);
    i32[at + Entry.immediates + 1] = shape.immediates[1];
    return true;
  }

  #learnShape(differences: Differences, word: number, at: number): void {
    const { i32 } = this;
    const tag = i32[at + Entry.tag] & (differences.conditional ? ~COND : -1);
    const immediates = [i32[at + Entry.immediates], i32[at + Entry.immediates + 1]] as const;
    differences.learn(word, tag, i32[at + Entry.registers], immediates);
  }

  #enter(isa: Isa, word: number, predecoded: Predecoded, at: number): boolean {
    const { operation, regs, imms, cond } = predecoded;
    if (operation?.kind !== 'plain') return false;
    const { i32 } = this;
    let registers = 0;
    for (let i = 0; i < regs.length; i++) registers |= regs[i] << (8 * i + 2);
    i32[at + Entry.word] = word;
    i32[at + Entry.tag] =
      cond |
      (usesR15(operation, predecoded) ? READS_R15 : 0) |
      (CODES[isa] << ISA_SHIFT) |
      ((this.#number(isa === 'A32' ? 0 : 1, operation, predecoded) + 1) << KIND_SHIFT);
    i32[at + Entry.registers] = registers;
    i32[at + Entry.immediates] = imms[0] ?? 0;
    i32[at + Entry.immediates + 1] = imms[1] ?? 0;
    return true;
  }

  /** PERF: by state and key, so that decoding an instruction of a known kind builds no variant and no name. */
  #number(thumb: number, operation: PlainOperation, { key, statics }: Predecoded): number {
    let number = this.#numbers[thumb].get(key);
    if (number === undefined) {
      const needs = variantNeeds(operation, statics);
      number = this.#kinds.push({ operation, statics, needs, bodies: new Int16Array(CHOICES) }) - 1;
      this.#numbers[thumb].set(key, number);
    }
    return number;
  }
}

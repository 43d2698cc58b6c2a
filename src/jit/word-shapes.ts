/**
 * Words that differ in nothing but the numbers of registers, an immediate that stands in the word as it is, and the condition have one shape: their slots
 * hold the same but for those. Owns shapes and what takes the differences from a word. Knows no slot and no kind: what a shape stands for is given by who
 * learns it.
 *
 * PERF: of 4,989 different words that U-Boot executes 4,225 have a shape that was met before, of bigcode's 29,397 26,831. Decoding one by itself costs 2 to
 * 8 µs, most of it for objects of fields and operands, which a shape needs once.
 */
import * as branch from '../isa/args/branch.js';
import * as dataProcessing from '../isa/args/data-processing.js';
import * as loadStore from '../isa/args/load-store.js';
import { extractFields } from '../isa/decode.js';
import { type ArgumentSet, type CompiledRow, Fact, type FieldSlice, type Operands } from '../isa/row.js';
import { operationByName } from '../ops/index.js';
import type { PlainOperation } from '../ops/operation.js';

/** What the words of one shape have in common. */
export interface Shape {
  /** Of the word that it was learned from, less the condition where that stands in the word. */
  readonly tag: number;
  /** As in slots: what is to be added to the fields' values: the operands that no field names, and parts that stand elsewhere in the word. */
  readonly registers: number;
  readonly immediates: readonly [number, number];
}

/** An immediate that does not go with the shape. */
interface Immediate {
  /** The bits of the word that only it depends on. */
  readonly mask: number;
  readonly of: (word: number) => number;
}

const upOrDown = (up: boolean, offset: number): number => (up ? offset : -offset | 0);
const thumbImm12 = (word: number): number => ((word >>> 15) & 0x800) | ((word >>> 4) & 0x700) | (word & 0xff);
const imm4and12 = (word: number): number => ((word >>> 4) & 0xf000) | (word & 0xfff);
const imm4andThumb12 = (word: number): number => ((word >>> 4) & 0xf000) | thumbImm12(word);
const t32Offset = (word: number): number => {
  const S = (word << 5) >> 31;
  const I = ~(((word << 9) & (1 << 22)) | ((word << 10) & (1 << 21))) ^ S;
  return (S << 24) | ((I & 0x60_0000) << 1) | ((word & 0x3ff_0000) >>> 4) | ((word & 0x7ff) << 1);
};
const THUMB_IMM12 = 0x0400_70ff;

/** Immediates of the argument sets that most words have, whose operation has no other: they are the same bits in all rows with such a set. */
const IMMEDIATES: ReadonlyMap<ArgumentSet, Immediate> = new Map<ArgumentSet, Immediate>([
  [branch.armBranch, { mask: 0xff_ffff, of: (word) => (word << 8) >> 6 }],
  [branch.t16Conditional, { mask: 0xff, of: (word) => (word << 24) >> 23 }],
  [branch.t16Branch, { mask: 0x7ff, of: (word) => (word << 21) >> 20 }],
  [branch.t32Branch, { mask: 0x07ff_2fff, of: t32Offset }],
  [branch.t32NearBranch, { mask: 0x07ff_2fff, of: t32Offset }],
  [dataProcessing.armWide, { mask: 0xf_0fff, of: imm4and12 }],
  [dataProcessing.armTop, { mask: 0xf_0fff, of: (word) => imm4and12(word) << 16 }],
  [dataProcessing.thumbWide, { mask: 0xf_0000 | THUMB_IMM12, of: imm4andThumb12 }],
  [dataProcessing.thumbTop, { mask: 0xf_0000 | THUMB_IMM12, of: (word) => imm4andThumb12(word) << 16 }],
  [dataProcessing.thumbPlain, { mask: THUMB_IMM12, of: thumbImm12 }],
  [loadStore.armImm12, { mask: 0xfff, of: (word) => upOrDown((word & (1 << 23)) !== 0, word & 0xfff) }],
  [loadStore.literal, { mask: 0xfff, of: (word) => upOrDown((word & (1 << 23)) !== 0, word & 0xfff) }],
  [loadStore.literalT16, { mask: 0xff, of: (word) => (word & 0xff) << 2 }],
  [loadStore.t32Imm12, { mask: 0xfff, of: (word) => word & 0xfff }],
  [loadStore.t32Imm8, { mask: 0xff, of: (word) => upOrDown((word & (1 << 9)) !== 0, word & 0xff) }],
]);

/** A field that names a general register and nothing else. */
const REGISTER_FIELD = /^R(d|n|m|s|a|t|t2|dLo|dHi|dn|dm)$/;
/** A field of several registers: what it says may depend on the others. */
const LIST_FIELD = /list|^registers$/;
/** SP: the last number, and that with which encodings may do something else, is the one that fields are tried with. */
const TRIED = 13;
const CONDITION = 0xf000_0000 | 0;

/** What does not go with the shape in the words of a row, and where it goes. */
class Differences {
  readonly #shapes = new Map<number, Shape>();

  /**
   * @param mask the bits that a shape leaves open
   * @param fields where the registers' fields lie; @param masks how wide they are
   * @param sources of each register operand: the field that it comes from, or -1
   */
  constructor(
    private readonly mask: number,
    private readonly fields: readonly number[],
    private readonly masks: readonly number[],
    private readonly sources: readonly number[],
    readonly conditional: boolean,
    private readonly immediate: Immediate | undefined,
  ) {}

  find(word: number): Shape | undefined {
    return this.#shapes.get(word & ~this.mask);
  }

  /** Keeps the shape of a word that was decoded, unless R15 is in it by one of its fields. `registers` are those of its slot. */
  learn(word: number, tag: number, registers: number, immediates: readonly [number, number]): void {
    const shape = { tag, registers: registers - this.#named(word), immediates };
    if (this.registers(word, shape) >= 0) this.#shapes.set(word & ~this.mask, shape);
  }

  /** Whether one of the fields is 15: what that means depends on the instruction. */
  namesR15(word: number): boolean {
    for (let i = 0; i < this.fields.length; i++) if (((word >>> this.fields[i]) & this.masks[i]) === 15) return true;
    return false;
  }

  /** The register operands of a word of a shape, as in slots; -1 if one of them is R15 that is not in all words of the shape. */
  registers(word: number, shape: Shape): number {
    const registers = shape.registers + this.#named(word);
    for (let i = 0; i < this.sources.length; i++)
      if (this.sources[i] >= 0 && ((registers >>> (8 * i)) & 0xff) === 15 << 2) return -1;
    return registers;
  }

  /** The fields' values, where the operands that come from them lie in slots. */
  #named(word: number): number {
    let registers = 0;
    for (let i = 0; i < this.sources.length; i++) {
      const source = this.sources[i];
      if (source >= 0) registers |= ((word >>> this.fields[source]) & this.masks[source]) << (8 * i + 2);
    }
    return registers;
  }

  /** The first immediate operand of a word of a shape. */
  first(word: number, shape: Shape): number {
    return this.immediate === undefined ? shape.immediates[0] : this.immediate.of(word);
  }
}

export type { Differences };

/** The bits of a field that is in one piece, where it stands. */
function bitsOf({ lo, width }: FieldSlice): number {
  return ((1 << width) - 1) << lo;
}

/** Whether two sets of operands agree in everything but the registers of `operation`. */
function agreeBut({ regs }: PlainOperation, a: Operands, b: Operands): boolean {
  for (const name of Object.keys(a)) if (a[name] !== b[name] && !regs.includes(name)) return false;
  return true;
}

/** Finds out how the register operands of a row follow from a word's fields, by trying one field after the other. Of registers: none of the fields is 15. */
function differencesOf(row: CompiledRow, word: number): Differences | undefined {
  const operation = operationByName.get(row.operation ?? '');
  if (operation?.kind !== 'plain' || operation.regs.length !== operation.generalRegs) return undefined;
  if ((row.facts & Fact.sensitive) !== 0) return undefined;
  if (row.fields.some(({ name }) => LIST_FIELD.test(name))) return undefined;
  const own = extractFields(row, word);
  const operands = row.args(own);
  let mask = row.conditional ? CONDITION : 0;
  const fields: number[] = [];
  const masks: number[] = [];
  const sources = operation.regs.map(() => -1);
  for (const slice of row.fields) {
    const { name, lo, width } = slice;
    if (!REGISTER_FIELD.test(name) || row.fields.some((other) => other !== slice && other.name === name)) continue;
    const most = (1 << width) - 1;
    const tried = own[name] === (TRIED & most) ? 0 : TRIED & most;
    const others = row.args({ ...own, [name]: tried });
    if (!agreeBut(operation, operands, others)) continue;
    operation.regs.forEach((register, i) => {
      if (operands[register] !== others[register]) sources[i] = fields.length;
    });
    mask |= bitsOf(slice);
    fields.push(lo);
    masks.push(most);
  }
  const immediate = operation.imms.length === 1 ? IMMEDIATES.get(row.args) : undefined;
  return new Differences(mask | (immediate?.mask ?? 0), fields, masks, sources, row.conditional, immediate);
}

/** The differences of all rows, by their ids, found out when a word of the row is met. */
export class WordShapes {
  readonly #rows: (Differences | null | undefined)[] = [];

  /** Undefined where words of the row are decoded each by itself. */
  of(row: CompiledRow, word: number): Differences | undefined {
    const known = this.#rows[row.id];
    if (known !== undefined) return known ?? undefined;
    const found = differencesOf(row, word);
    this.#rows[row.id] = found ?? null;
    return found;
  }
}

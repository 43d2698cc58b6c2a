/**
 * The instruction table walked as sets of words instead of word by word. A cube is all words with some bits fixed; it is split until
 * every question that rows put to its words has one answer for all of them: a row's bits match all or none, a guard or an UNPREDICTABLE
 * condition reads fixed fields only. So every word is accounted for exactly once, without the decoder's index having any part in it.
 */
import { rowLabel } from '../../src/isa/compile.js';
import { inPrecedence } from '../../src/isa/decode.js';
import { featureMask } from '../../src/isa/features.js';
import type { CompiledRow, FieldCondition, Fields, Isa } from '../../src/isa/row.js';

/** The words with `(word & mask) === value`. */
export interface Cube {
  readonly mask: number;
  readonly value: number;
}

/** All words of an instruction set; of A32 those whose condition is not 1111 are four cubes. A T16 word is below 2^16. */
export const SPACES: Readonly<Record<Isa, Readonly<Record<string, readonly Cube[]>>>> = {
  A32: {
    'conditions 0000 to 1101': [
      { mask: 0x8000_0000 | 0, value: 0 },
      { mask: 0xc000_0000 | 0, value: 0x8000_0000 | 0 },
      { mask: 0xf000_0000 | 0, value: 0xc000_0000 | 0 },
      { mask: 0xf000_0000 | 0, value: 0xd000_0000 | 0 },
    ],
    'condition 1110': [{ mask: 0xf000_0000 | 0, value: 0xe000_0000 | 0 }],
    'condition 1111': [{ mask: 0xf000_0000 | 0, value: 0xf000_0000 | 0 }],
  },
  T16: {
    'first halfwords below 11101': [
      { mask: 0xffff_8000 | 0, value: 0 },
      { mask: 0xffff_c000 | 0, value: 0x8000 },
      { mask: 0xffff_e000 | 0, value: 0xc000 },
      { mask: 0xffff_f800 | 0, value: 0xe000 },
    ],
  },
  T32: {
    'first halfwords from 11101': [
      { mask: 0xf800_0000 | 0, value: 0xe800_0000 | 0 },
      { mask: 0xf000_0000 | 0, value: 0xf000_0000 | 0 },
    ],
  },
};

/** Of T16 before ARMv6T2: the halves of BL and BLX. */
export const HALVES = 'halfwords from 11101, alone';
const HALVES_SPACE: Readonly<Record<string, readonly Cube[]>> = {
  [HALVES]: [
    { mask: 0xffff_f800 | 0, value: 0xe800 },
    { mask: 0xffff_f000 | 0, value: 0xf000 },
  ],
};

/** The spaces of a processor with these features. */
export function spacesOf(isa: Isa, features: number): Readonly<Record<string, readonly Cube[]>> {
  const parted = isa === 'T16' && (features & BRANCH_HALVES) !== 0;
  return parted ? { ...SPACES.T16, ...HALVES_SPACE } : SPACES[isa];
}
const BRANCH_HALVES = featureMask(['branch-halves']);

/** How many bits are set. */
export function popCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** How many words a cube has. */
export function sizeOf({ mask }: Cube): number {
  return 2 ** (32 - popCount(mask));
}

/** A word of the cube, its free bits taken from `bits`. */
export function wordOf({ mask, value }: Cube, bits: number): number {
  return (bits & ~mask) | value;
}

/** A set of words about which rows have nothing more to ask. */
export interface Leaf extends Cube {
  /** The row that its words have, or undefined where none matches. */
  readonly row: CompiledRow | undefined;
  /** Other rows that match these words as well, guards included. */
  readonly others: readonly CompiledRow[];
  /** Whether the words are UNPREDICTABLE; undefined if that was not asked. */
  readonly unpredictable: boolean | undefined;
}

/** The fields of a row as a condition reads them: of a cube, with a note of the first field that the cube does not fix. */
class LazyFields {
  readonly fields: Fields;
  #mask = 0;
  #value = 0;
  /** Free bits of the first field that was read and is not fixed; 0 if there was none. */
  wanted = 0;
  /** Names that were read, ever. */
  readonly read = new Set<string>();

  constructor(row: CompiledRow) {
    const fields = {};
    for (const name of new Set(row.fields.map((slice) => slice.name))) {
      const slices = row.fields.filter((slice) => slice.name === name);
      let bits = 0;
      for (const { lo, width } of slices) bits |= (width === 32 ? -1 : (1 << width) - 1) << lo;
      Object.defineProperty(fields, name, {
        enumerable: true,
        get: (): number => {
          this.read.add(name);
          const free = bits & ~this.#mask;
          if (free !== 0) {
            if (this.wanted === 0) this.wanted = free;
            return 0;
          }
          let field = 0;
          for (const { lo, width } of slices)
            field = ((field << width) | ((this.#value >>> lo) & (width === 32 ? -1 : (1 << width) - 1))) >>> 0;
          return field;
        },
      });
    }
    this.fields = fields;
  }

  ask(condition: FieldCondition, mask: number, value: number): boolean {
    this.#mask = mask;
    this.#value = value;
    this.wanted = 0;
    return condition.when(this.fields);
  }
}

/** Walks the rows of one instruction set. */
export class Walk {
  /** In order of precedence. */
  readonly rows: readonly CompiledRow[];
  readonly #lazy = new Map<CompiledRow, LazyFields>();
  /** Questions asked about cubes: how much work it was. */
  questions = 0;

  /** @param rows of one instruction set */
  constructor(
    rows: readonly CompiledRow[],
    readonly askUnpredictable: boolean,
  ) {
    this.rows = inPrecedence(rows);
    for (const row of rows) this.#lazy.set(row, new LazyFields(row));
  }

  /** Calls `each` for disjoint cubes that together are `cube`. */
  leaves(cube: Cube, each: (leaf: Leaf) => void): void {
    this.#bits(cube.mask, cube.value, this.rows, each);
  }

  /** Fields that a row's conditions have read so far. */
  fieldsRead(row: CompiledRow): ReadonlySet<string> {
    return this.#lazy.get(row)!.read;
  }

  /** Splits on bits until each row that shares a word with the cube has all of it. */
  #bits(mask: number, value: number, before: readonly CompiledRow[], each: (leaf: Leaf) => void): void {
    this.questions++;
    const rows: CompiledRow[] = [];
    let demanded = 0;
    for (const row of before) {
      let rowMask = row.mask;
      if ((mask & rowMask & (value ^ row.value)) !== 0) continue;
      if (row.conditional) {
        if ((mask & value) >>> 28 === 15) continue;
        // a cube that holds 1111 beside others is split
        if ((value | ~mask) >>> 28 === 15) rowMask |= 0xf000_0000;
      }
      rows.push(row);
      if (demanded === 0) demanded = rowMask & ~mask;
    }
    if (demanded !== 0) {
      const bit = 1 << (31 - Math.clz32(demanded));
      this.#bits(mask | bit, value, rows, each);
      this.#bits(mask | bit, value | bit, rows, each);
      return;
    }
    this.#guards(mask, value, rows, 0, [], each);
  }

  /** Settles the guards of `rows` from `index` on; those in `matched` have passed. */
  #guards(
    mask: number,
    value: number,
    rows: readonly CompiledRow[],
    index: number,
    matched: readonly CompiledRow[],
    each: (leaf: Leaf) => void,
  ): void {
    for (let i = index; i < rows.length; i++) {
      const row = rows[i];
      if (row.guard !== undefined) {
        this.questions++;
        const lazy = this.#lazy.get(row)!;
        const passed = lazy.ask(row.guard, mask, value);
        if (lazy.wanted !== 0) {
          const wanted = lazy.wanted;
          for (let bits = wanted; ; bits = (bits - 1) & wanted) {
            this.#guards(mask | wanted, value | bits, rows, i, matched, each);
            if (bits === 0) break;
          }
          return;
        }
        if (!passed) continue;
      }
      matched = [...matched, row];
    }
    const row = matched[0] as CompiledRow | undefined;
    const others = matched.slice(1);
    if (row === undefined || !this.askUnpredictable)
      each({ mask, value, row, others, unpredictable: row === undefined ? false : undefined });
    else this.#should(mask, value, row, others, each);
  }

  /** Splits off the words with a should-be bit of the other value. */
  #should(
    mask: number,
    value: number,
    row: CompiledRow,
    others: readonly CompiledRow[],
    each: (leaf: Leaf) => void,
  ): void {
    // a less specific row may have fixed some of them
    if ((mask & row.shouldMask & (value ^ row.shouldValue)) !== 0) {
      each({ mask, value, row, others, unpredictable: true });
      return;
    }
    for (let left = row.shouldMask & ~mask; left !== 0; left &= left - 1) {
      const bit = left & -left;
      mask |= bit;
      each({ mask, value: value | (bit & ~row.shouldValue), row, others, unpredictable: true });
      value |= bit & row.shouldValue;
    }
    this.#conditions(mask, value, row, others, 0, each);
  }

  #conditions(
    mask: number,
    value: number,
    row: CompiledRow,
    others: readonly CompiledRow[],
    index: number,
    each: (leaf: Leaf) => void,
  ): void {
    const conditions = row.unpredictable ?? [];
    const lazy = this.#lazy.get(row)!;
    for (let i = index; i < conditions.length; i++) {
      this.questions++;
      const holds = lazy.ask(conditions[i], mask, value);
      if (lazy.wanted !== 0) {
        const wanted = lazy.wanted;
        for (let bits = wanted; ; bits = (bits - 1) & wanted) {
          this.#conditions(mask | wanted, value | bits, row, others, i, each);
          if (bits === 0) break;
        }
        return;
      }
      if (holds) {
        each({ mask, value, row, others, unpredictable: true });
        return;
      }
    }
    each({ mask, value, row, others, unpredictable: false });
  }
}

/** Which rows a row is declared to precede, by way of others too, within one instruction set. */
export function precedes(rows: readonly CompiledRow[]): (first: CompiledRow, second: CompiledRow) => boolean {
  const byLabel = new Map(rows.map((row) => [rowLabel(row), row]));
  const known = new Map<CompiledRow, Set<CompiledRow>>();
  const below = (row: CompiledRow): Set<CompiledRow> => {
    const done = known.get(row);
    if (done) return done;
    const all = new Set<CompiledRow>();
    known.set(row, all);
    for (const label of row.over ?? []) {
      const other = byLabel.get(label);
      if (other === undefined) continue;
      all.add(other);
      for (const further of below(other)) all.add(further);
    }
    return all;
  };
  return (first, second) => below(first).has(second);
}

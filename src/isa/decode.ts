/**
 * From words to rows. Owns the decode index: buckets of candidate rows by the bits that tell opcodes apart, each in order of precedence
 * (a row precedes those that it is declared `over`). Knows no operation and no engine.
 */
import { assert } from '../util/assert.js';
import { rowLabel } from './compile.js';
import { EVERY_FEATURE, featureMask } from './features.js';
import type { CompiledRow, Fields, Isa } from './row.js';
import { table } from './table.js';

/** Bits of a key: of A32 bits 27:20 and 7:4, of T32 28:20 and 7:4, of T16 15:6. One more tells an A32 word whose condition is 1111. */
const KEY_BITS: Readonly<Record<Isa, number>> = { A32: 12, T32: 13, T16: 10 };

/** The bits of a word, or of a mask, that are the key, without the flag of A32. PERF: no loop, since it runs cold for every row. */
function gather(isa: Isa, bits: number): number {
  if (isa === 'T16') return (bits >>> 6) & 0x3ff;
  return ((bits >>> 16) & (isa === 'A32' ? 0xff0 : 0x1ff0)) | ((bits >>> 4) & 15);
}

/** Candidate rows of one instruction set by key. */
export interface DecodeIndex {
  readonly isa: Isa;
  /** In the order of the table. */
  readonly rows: readonly CompiledRow[];
  /** Key bits that a row fixes, and their values, by its place in `rows`. */
  readonly keyMasks: Int32Array;
  readonly keyValues: Int32Array;
  /** Filled as keys are met: see {@link candidates}. */
  readonly buckets: (readonly CompiledRow[] | undefined)[];
}

/**
 * The rows of one isa so that each precedes those that it is declared over; otherwise in table order.
 * A declaration that names a row that is not there is for the lint to report. @throws AssertionError if the declarations form a cycle.
 */
export function inPrecedence(rows: readonly CompiledRow[]): CompiledRow[] {
  const byLabel = new Map(rows.map((row) => [rowLabel(row), row]));
  const before = new Map<CompiledRow, CompiledRow[]>();
  for (const row of rows)
    for (const label of row.over ?? []) {
      const other = byLabel.get(label);
      if (other === undefined) continue;
      const list = before.get(other);
      if (list) list.push(row);
      else before.set(other, [row]);
    }
  const ordered: CompiledRow[] = [];
  const state = new Map<CompiledRow, 'open' | 'done'>();
  const visit = (row: CompiledRow): void => {
    if (state.get(row) === 'done') return;
    assert(state.get(row) !== 'open', `${row.isa} ${rowLabel(row)}: precedence is circular`);
    state.set(row, 'open');
    for (const earlier of before.get(row) ?? []) visit(earlier);
    state.set(row, 'done');
    ordered.push(row);
  };
  for (const row of rows) visit(row);
  return ordered;
}

/**
 * Builds the index of the rows of `isa` among `rows`.
 * PERF: buckets are filled when a word first asks for them: all of them at once would take longer than all else at start-up.
 */
export function buildIndex(isa: Isa, rows: readonly CompiledRow[]): DecodeIndex {
  const keyBits = KEY_BITS[isa];
  const own = rows.filter((r) => r.isa === isa);
  const keyMasks = new Int32Array(own.length);
  const keyValues = new Int32Array(own.length);
  own.forEach((row, i) => {
    const unconditional = isa === 'A32' && !row.conditional && row.mask >>> 28 === 15 && row.value >>> 28 === 15;
    const flag = row.conditional || unconditional ? 1 : 0;
    keyMasks[i] = (flag << keyBits) | gather(isa, row.mask);
    keyValues[i] = ((unconditional ? 1 : 0) << keyBits) | gather(isa, row.value);
  });
  return {
    isa,
    rows: own,
    keyMasks,
    keyValues,
    buckets: new Array<undefined>(1 << (isa === 'A32' ? keyBits + 1 : keyBits)),
  };
}

/**
 * The rows among which a word with this key has its own, in order of precedence (which is declared between any two that share words).
 * PERF: asked for some hundred keys while a guest starts, mostly cold: no call for each row, and most have one row, or none that precedes others.
 */
export function candidates(index: DecodeIndex, key: number): readonly CompiledRow[] {
  const known = index.buckets[key];
  if (known !== undefined) return known;
  const { rows, keyMasks, keyValues } = index;
  const found: CompiledRow[] = [];
  let precedes = false;
  for (let i = 0; i < rows.length; i++) {
    if (((key ^ keyValues[i]) & keyMasks[i]) !== 0) continue;
    found.push(rows[i]);
    precedes ||= rows[i].over !== undefined;
  }
  return (index.buckets[key] = precedes && found.length > 1 ? inPrecedence(found) : found);
}

/** Looks a word up in an index, among the rows that a processor with these features has. */
export function lookup(index: DecodeIndex, word: number, features = EVERY_FEATURE): CompiledRow | undefined {
  let key: number;
  switch (index.isa) {
    case 'A32':
      key = ((word >>> 16) & 0xff0) | ((word >>> 4) & 15);
      if (word >>> 28 === 15) key |= 0x1000;
      break;
    case 'T32':
      key = ((word >>> 16) & 0x1ff0) | ((word >>> 4) & 15);
      break;
    case 'T16':
      key = (word >>> 6) & 0x3ff;
  }
  const bucket = index.buckets[key] ?? candidates(index, key);
  for (let i = 0; i < bucket.length; i++) {
    const row = bucket[i];
    if (
      (word & row.mask) === row.value &&
      (row.needs & ~features) === 0 &&
      (row.guard === undefined || row.guard.when(extractFields(row, word)))
    )
      return row;
  }
  return undefined;
}

const indexes: Partial<Record<Isa, DecodeIndex>> = {};

/** The rows among which every word has its own that agrees with `word` in the bits of a key, in order of precedence. */
export function decodeCandidates(isa: Isa, word: number): readonly CompiledRow[] {
  const flag = isa === 'A32' && word >>> 28 === 15 ? 1 << KEY_BITS.A32 : 0;
  return candidates((indexes[isa] ??= buildIndex(isa, table)), flag | gather(isa, word));
}

/**
 * The row of a word, or undefined if nothing is allocated there (Undefined). A T16 word stands in the low half of `word`; a T32 word has
 * its first halfword in the high half. Should-be bits and UNPREDICTABLE conditions do not prevent a match.
 * @param features of the processor, as a mask of features.ts; by default all that the table holds
 */
export function decode(isa: Isa, word: number, features = EVERY_FEATURE): CompiledRow | undefined {
  return lookup((indexes[isa] ??= buildIndex(isa, table)), word, features);
}

/** The fields of a word that matched `row`, unsigned, under the diagram's names. */
export function extractFields(row: CompiledRow, word: number): Fields {
  const fields: Record<string, number> = {};
  const slices = row.fields;
  for (let i = 0; i < slices.length; i++) {
    const { name, lo, width } = slices[i];
    const run = width === 32 ? word >>> 0 : (word >>> lo) & ((1 << width) - 1);
    const high = fields[name];
    fields[name] = high === undefined ? run : ((high << width) | run) >>> 0;
  }
  return fields;
}

const HALVES = featureMask(['branch-halves']);
const V6T2 = featureMask(['v6T2']);

/** Bytes of the Thumb instruction that starts with this halfword (A6.1), on a processor with ARMv6T2. */
export function thumbLength(firstHalfword: number): 2 | 4 {
  return (firstHalfword & 0xf800) >>> 0 >= 0xe800 ? 4 : 2;
}

/**
 * The same on a processor of these features. Where the halves of BL and BLX are instructions, a first half and a second one behind it in the same page
 * are executed as one, which nothing can tell but the debugger; all others by themselves.
 * @param second the halfword behind the first, or -1 if the page ends between them
 */
export function thumbLengthOf(features: number, first: number, second: number): 2 | 4 {
  if ((features & (HALVES | V6T2)) !== HALVES || thumbLength(first) === 2) return thumbLength(first);
  const isSecond = second >= 0 && (second >>> 11 === 0b11111 || (second & 0xf801) === 0xe800);
  return first >>> 11 === 0b11110 && isSecond ? 4 : 2;
}

/** What the manual gives as the reasons why this word of `row` is UNPREDICTABLE; empty if it is not. */
export function unpredictableReasons(row: CompiledRow, word: number): readonly string[] {
  const reasons: string[] = [];
  if ((word & row.shouldMask) !== row.shouldValue) reasons.push('a should-be bit has the other value');
  if (row.unpredictable) {
    const fields = extractFields(row, word);
    for (const condition of row.unpredictable) if (condition.when(fields)) reasons.push(condition.says);
  }
  return reasons;
}

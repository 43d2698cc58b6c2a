/**
 * Decode and text against GNU objdump and capstone: words of every row, fields enumerated, must have the row's mnemonic, and both texts must
 * say the same; words of no row must be unknown to both. Differences are explained in a table, or they are found.
 */
import { instructionText } from '../../src/debug/disassembler.js';
import { rowLabel } from '../../src/isa/compile.js';
import { unpredictableReasons } from '../../src/isa/decode.js';
import { seededRandom } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { disassemble, isUndefinedText, mnemonicPattern } from '../support/objdump.js';
import { EXPLAINED, type Explained } from '../support/unallocated.js';
import { SPACES, Walk, wordOf, type Leaf } from './cubes.js';
import { TEXT_DIFFERENCES, type TextDifference } from './decode-differences.js';
import { rowWords } from './enumerate.js';
import { normalised } from './texts.js';

/** Bytes from one word to the next as objdump sees them: branch targets follow from it. */
const STRIDE = 16;
/** Words that objdump gets at once. */
const CHUNK = 100_000;

export interface DecodeCounts {
  rows: number;
  words: number;
  /** Of those, words of which both say the same as they stand. */
  same: number;
  readonly met: Map<string, number>;
  readonly problems: string[];
}

export function noCounts(): DecodeCounts {
  return { rows: 0, words: 0, same: 0, met: new Map(), problems: [] };
}

const hex = (word: number): string => `0x${(word >>> 0).toString(16)}`;
const meet = (counts: DecodeCounts, what: string): void => {
  counts.met.set(what, (counts.met.get(what) ?? 0) + 1);
};

/**
 * What is wrong with one legal word, or undefined.
 * @param differences those of the row
 */
export function judgeText(
  row: CompiledRow,
  word: number,
  objdump: string,
  capstone: string,
  differences: readonly TextDifference[],
  counts: DecodeCounts,
): string | undefined {
  const unknown = isUndefinedText(objdump);
  const marked = objdump.includes('UNPREDICTABLE');
  const mnemonic = !unknown && !mnemonicPattern(row.syntax).test(objdump.split(' ')[0]);
  const explains = (test: (difference: TextDifference) => boolean | undefined): boolean => {
    const found = differences.find(test);
    if (found) meet(counts, found.what);
    return found !== undefined;
  };
  const first = objdump.split(' ')[0];
  const label = `${row.isa} ${rowLabel(row)} ${hex(word)}`;
  if (unknown && !explains((d) => d.unknown)) return `${label}: objdump does not know it`;
  if (marked && !explains((d) => d.marked)) return `${label}: objdump calls it UNPREDICTABLE: ${objdump}`;
  if (mnemonic && !explains((d) => d.mnemonic?.test(first))) return `${label}: objdump says ${objdump}`;
  let ours = normalised(capstone);
  let theirs = normalised(objdump);
  if (ours === theirs) {
    counts.same++;
    return undefined;
  }
  if (explains((d) => d.apart)) return undefined;
  for (const difference of differences) {
    const [before, beforeTheirs] = [ours, theirs];
    ours = difference.capstone?.(ours) ?? ours;
    theirs = difference.objdump?.(theirs) ?? theirs;
    if ((ours !== before || theirs !== beforeTheirs) && !mnemonic) meet(counts, difference.what);
    if (ours === theirs) return undefined;
  }
  return `${label}: objdump says ${objdump}, capstone ${capstone}`;
}

/** Legal words of every row of an instruction set that does something. The disassembler must be loaded. */
export function rowsAgainstBoth(isa: Isa, more: number, seed: number): DecodeCounts {
  const counts = noCounts();
  const random = seededRandom(seed);
  const wanted: { row: CompiledRow; word: number }[] = [];
  for (const row of table) {
    // The disassemblers know half a branch in no form (test/cpu/branch-halves.test.ts judges those).
    if (row.isa !== isa || row.operation === null || row.extension === 'branch-halves') continue;
    const words = rowWords(row, random, more).filter((word) => unpredictableReasons(row, word).length === 0);
    if (words.length === 0) counts.problems.push(`${isa} ${rowLabel(row)}: no legal word found`);
    counts.rows++;
    for (const word of words) wanted.push({ row, word });
  }
  counts.words = wanted.length;
  const differencesOf = new Map<CompiledRow, readonly TextDifference[]>();
  const said = new Set<CompiledRow>();
  for (let at = 0; at < wanted.length; at += CHUNK) {
    const chunk = wanted.slice(at, at + CHUNK);
    const texts = disassemble(
      isa,
      chunk.map(({ word }) => word),
    );
    chunk.forEach(({ row, word }, i) => {
      let differences = differencesOf.get(row);
      if (differences === undefined) {
        differences = TEXT_DIFFERENCES.filter(({ rows }) => rows.test(`${isa} ${rowLabel(row)}`));
        differencesOf.set(row, differences);
      }
      const problem = judgeText(row, word, texts[i], instructionText(isa, word, STRIDE * i), differences, counts);
      // one of a row will do
      if (problem === undefined || said.has(row)) return;
      said.add(row);
      counts.problems.push(problem);
    });
  }
  return counts;
}

/** Sets of words in no row: of T16 all their words, of the others so many, each from a set of its own as far as there are as many. */
export function unallocatedWords(isa: Isa, count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const walk = new Walk(
    table.filter((row) => row.isa === isa),
    false,
  );
  const leaves: Leaf[] = [];
  for (const cubes of Object.values(SPACES[isa]))
    for (const cube of cubes) walk.leaves(cube, (leaf) => void (leaf.row === undefined && leaves.push(leaf)));
  const words = new Set<number>();
  if (isa === 'T16')
    for (const leaf of leaves)
      for (let bits = ~leaf.mask & 0xffff; ; bits = (bits - 1) & ~leaf.mask) {
        words.add(wordOf(leaf, bits));
        if (bits === 0) break;
      }
  else {
    // all sets if they fit, and the rest of the words from them alike
    const step = Math.max(1, leaves.length / count);
    for (let at = 0; at < leaves.length; at += step) words.add(wordOf(leaves[Math.floor(at)], random()));
    for (let i = words.size; i < count; i++) words.add(wordOf(leaves[random() % leaves.length], random()));
  }
  return [...words];
}

/** That neither disassembler knows what is in no row, but for what is explained. */
export function unallocatedAgainstBoth(isa: Isa, count: number, seed: number): DecodeCounts {
  const counts = noCounts();
  const mine: readonly Explained[] = EXPLAINED.filter((explained) => explained.isa.includes(isa));
  const examples = mine.flatMap(({ example }) => (example === undefined ? [] : [example | 0]));
  const words = [...unallocatedWords(isa, count, seed), ...examples];
  counts.words = words.length;
  const said = new Set<string>();
  const judge = (by: string, word: number, text: string): boolean => {
    if (isUndefinedText(text)) return true;
    const mnemonic = text.split(' ')[0];
    const found = mine.find((explained) => explained.text.test(mnemonic) && (explained.when?.(word) ?? true));
    if (found) meet(counts, found.what);
    else if (!said.has(by + mnemonic)) {
      said.add(by + mnemonic);
      counts.problems.push(`${isa} ${hex(word)} is in no row; ${by} says ${text}`);
    }
    return false;
  };
  for (let at = 0; at < words.length; at += CHUNK) {
    const chunk = words.slice(at, at + CHUNK);
    const texts = disassemble(isa, chunk);
    chunk.forEach((word, i) => {
      const objdump = judge('objdump', word, texts[i]);
      const capstone = judge('capstone', word, instructionText(isa, word, 0));
      if (objdump && capstone) counts.same++;
    });
  }
  return counts;
}

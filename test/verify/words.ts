/**
 * Every word of every instruction set: which row it has, that it has one only, and that the decoder finds it. The walk goes by sets of words
 * and by the rows' bits alone; the decoder's index is proven to hold the same rows, and is asked about millions of single words besides.
 */
import { rowLabel } from '../../src/isa/compile.js';
import { buildIndex, candidates, decode, extractFields, unpredictableReasons } from '../../src/isa/decode.js';
import { EVERY_FEATURE, featureMask } from '../../src/isa/features.js';
import { seededRandom } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import { Fact } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { predecode, UNPREDICTABLE } from '../../src/ops/predecode.js';
import { HALVES, precedes, sizeOf, SPACES, spacesOf, Walk, wordOf, type Cube } from './cubes.js';

export const ISAS: readonly Isa[] = ['A32', 'T32', 'T16'];

/** How many words each space has, from the architecture and not from its cubes. */
export const SPACE_WORDS: Readonly<Record<string, number>> = {
  'conditions 0000 to 1101': 14 * 2 ** 28,
  'condition 1110': 2 ** 28,
  'condition 1111': 2 ** 28,
  'first halfwords below 11101': 0xe800,
  'first halfwords from 11101': 3 * 2 ** 27,
  [HALVES]: 0x1800,
};

/** What became of the words of one space. */
export interface SpaceCounts {
  readonly isa: Isa;
  readonly space: string;
  readonly words: number;
  /** Sets of words that they were told apart into. */
  readonly sets: number;
  readonly rows: number;
  /** In no row: Undefined. */
  readonly unallocated: number;
  /** In a row that says that they are Undefined. */
  readonly undefined: number;
  readonly legal: number;
  readonly unpredictable: number;
  /** Of those that are UNPREDICTABLE: sensitive ones, which are Undefined by policy. */
  readonly refused: number;
  readonly problems: readonly string[];
}

const D32 = featureMask(['d32']);
const hex = (word: number): string => `0x${(word >>> 0).toString(16)}`;

/** The rows of one instruction set that a processor with these features has. */
export function rowsOf(isa: Isa, features = EVERY_FEATURE): CompiledRow[] {
  return table.filter((row) => row.isa === isa && (row.needs & ~features) === 0);
}

/**
 * Walks one space: each word is in exactly one leaf, each leaf has one row that is declared to precede all others which match.
 * @param askUnpredictable also tells UNPREDICTABLE words from legal ones: a hundred times the work
 * @param decodes words of each leaf to look up in the decoder, at random; 0 for none
 */
export function walkSpace(
  isa: Isa,
  space: string,
  features = EVERY_FEATURE,
  askUnpredictable = true,
  seed = 1,
  decodes = 0,
): SpaceCounts {
  const rows = rowsOf(isa, features);
  const walk = new Walk(rows, askUnpredictable);
  const before = precedes(rows);
  const random = seededRandom(seed);
  const met = new Set<CompiledRow>();
  const problems: string[] = [];
  let words = 0;
  let sets = 0;
  let unallocated = 0;
  let undefinedWords = 0;
  let legal = 0;
  let unpredictable = 0;
  let refused = 0;
  for (const cube of spacesOf(isa, features)[space])
    walk.leaves(cube, (leaf) => {
      const size = sizeOf(leaf);
      words += size;
      sets++;
      const { row } = leaf;
      if (row === undefined) unallocated += size;
      else {
        met.add(row);
        if (row.operation === null) undefinedWords += size;
        else if (leaf.unpredictable === true) {
          unpredictable += size;
          if ((row.facts & Fact.sensitive) !== 0) refused += size;
        } else legal += size;
        for (const other of leaf.others)
          if (!before(row, other))
            problems.push(`${isa} ${hex(leaf.value)}: both ${rowLabel(row)} and ${rowLabel(other)}, undeclared`);
      }
      for (let i = 0; i < decodes; i++) {
        const word = wordOf(leaf, random());
        const found = decode(isa, word, features);
        if (found !== row)
          problems.push(
            `${isa} ${hex(word)} decodes to ${found ? rowLabel(found) : 'nothing'}, not ${row ? rowLabel(row) : 'nothing'}`,
          );
        else if (row !== undefined && leaf.unpredictable !== undefined) {
          if (unpredictableReasons(row, word).length > 0 !== leaf.unpredictable)
            problems.push(`${isa} ${hex(word)}: UNPREDICTABLE or not is not what the walk says`);
        }
      }
    });
  if (words !== SPACE_WORDS[space]) problems.push(`${isa} ${space}: ${words} words walked, not ${SPACE_WORDS[space]}`);
  return {
    isa,
    space,
    words,
    sets,
    rows: met.size,
    unallocated,
    undefined: undefinedWords,
    legal,
    unpredictable,
    refused,
    problems,
  };
}

/** Rows of a processor that no word has. */
export function unreached(isa: Isa, features = EVERY_FEATURE): string[] {
  const rows = rowsOf(isa, features);
  const left = new Set(rows);
  const walk = new Walk(rows, false);
  for (const cubes of Object.values(spacesOf(isa, features)))
    for (const cube of cubes)
      walk.leaves(cube, ({ row }) => {
        if (row !== undefined) left.delete(row);
      });
  return [...left].map((row) => `${isa} ${rowLabel(row)}: no word has it`);
}

/** What the masks say of A32's conditions. */
export interface ConditionProof {
  /** Rows with a `cond` field: they take 0000 to 1110 alike. */
  readonly conditional: number;
  /** Rows with 1111 fixed. */
  readonly unconditional: number;
  /** Rows with another condition fixed. */
  readonly fixed: readonly string[];
  /** Rows with a `cond` field of which a guard or an UNPREDICTABLE condition reads it. */
  readonly reading: readonly string[];
  readonly problems: readonly string[];
}

/** That a row's bits either leave the condition out entirely, or fix all of it. */
export function proveConditions(): ConditionProof {
  const rows = rowsOf('A32');
  const walk = new Walk(rows, true);
  for (const cube of SPACES.A32['condition 1110']) walk.leaves(cube, () => {});
  const problems: string[] = [];
  let conditional = 0;
  let unconditional = 0;
  const fixed: string[] = [];
  const reading: string[] = [];
  for (const row of rows) {
    const mask = row.mask >>> 28;
    const should = row.shouldMask >>> 28;
    if (row.conditional && mask === 0 && should === 0) {
      conditional++;
      const conditions = [row.guard, ...(row.unpredictable ?? [])];
      const source = conditions.map((condition) => condition?.when.toString() ?? '').join();
      if (walk.fieldsRead(row).has('cond') || /\bcond\b/.test(source)) reading.push(rowLabel(row));
    } else if (!row.conditional && mask === 15 && row.value >>> 28 === 15) unconditional++;
    else if (!row.conditional && mask === 15)
      fixed.push(`${rowLabel(row)} (${(row.value >>> 28).toString(2).padStart(4, '0')})`);
    else problems.push(`A32 ${rowLabel(row)}: its bits say something else of the condition`);
  }
  return { conditional, unconditional, fixed, reading, problems };
}

/** That guards and UNPREDICTABLE conditions read no name that is in no diagram. (One that is in others may be absent here: shared sets.) */
export function proveFields(): string[] {
  const known = new Set<string | symbol>(table.flatMap((row) => row.fields.map(({ name }) => name)));
  const problems = new Set<string>();
  for (const row of table)
    for (const condition of [...(row.guard ? [row.guard] : []), ...(row.unpredictable ?? [])])
      for (const bits of [0, -1, 0x5555_5555, 0x3333_3333, 0x1234_5678]) {
        const fields = extractFields(row, (bits & ~row.mask) | row.value);
        condition.when(
          new Proxy(fields, {
            get(target, name) {
              if (!known.has(name))
                problems.add(`${row.isa} ${rowLabel(row)}: "${condition.says}" reads ${String(name)}`);
              return Reflect.get(target, name) as number;
            },
          }),
        );
      }
  return [...problems];
}

/** Runs of key bits, as the decoder's `lookup` gathers them: written down here a second time, so that a change to one is noticed. */
const KEYS: Readonly<Record<Isa, (word: number) => number>> = {
  A32: (word) => (((word >>> 20) & 0xff) << 4) | ((word >>> 4) & 15) | (word >>> 28 === 15 ? 1 << 12 : 0),
  T32: (word) => (((word >>> 20) & 0x1ff) << 4) | ((word >>> 4) & 15),
  T16: (word) => (word >>> 6) & 0x3ff,
};

/** The words of a bucket as cubes. */
function bucketCubes(isa: Isa, key: number): Cube[] {
  if (isa === 'T16') return [{ mask: 0xffff_ffc0 | 0, value: key << 6 }];
  const bits = (((key >>> 4) << 20) | ((key & 15) << 4)) & 0x1ff0_00f0;
  if (isa === 'T32') return [{ mask: 0xfff0_00f0 | 0, value: 0xe000_0000 | bits }];
  const low = bits & 0x0ff0_00f0;
  if (key >>> 12 !== 0) return [{ mask: 0xfff0_00f0 | 0, value: 0xf000_0000 | low }];
  return [0x8, 0xc, 0xe, 0xf].map((cond, i) => ({
    mask: (cond << 28) | 0x0ff0_00f0,
    value: ([0x0, 0x8, 0xc, 0xe][i] << 28) | low,
  }));
}

/** That each bucket of the decoder's index holds the rows that share a word with it, in precedence, and no bucket lacks one. */
export function proveIndex(isa: Isa): { buckets: number; problems: string[] } {
  const rows = rowsOf(isa);
  const index = buildIndex(isa, table);
  const before = precedes(rows);
  const problems: string[] = [];
  for (let key = 0; key < index.buckets.length; key++) {
    const bucket = candidates(index, key);
    const cubes = bucketCubes(isa, key);
    for (const cube of cubes)
      if (KEYS[isa](wordOf(cube, 0)) !== key || KEYS[isa](wordOf(cube, -1)) !== key)
        problems.push(`${isa} bucket ${key}: its words have another key`);
    const wanted = rows.filter((row) =>
      cubes.some(
        ({ mask, value }) =>
          (mask & row.mask & (value ^ row.value)) === 0 && !(row.conditional && (mask & value) >>> 28 === 15),
      ),
    );
    // a row in a bucket that has none of its words is never found there: only order and presence matter
    const held = bucket.filter((row) => wanted.includes(row));
    if (held.length !== wanted.length)
      problems.push(`${isa} bucket ${key} lacks rows: ${held.map(rowLabel).join(', ')}`);
    held.forEach((row, i) => {
      for (const later of held.slice(i + 1))
        if (before(later, row))
          problems.push(`${isa} bucket ${key} has ${rowLabel(row)} before ${rowLabel(later)}, which is over it`);
    });
  }
  return { buckets: index.buckets.length, problems };
}

/** A word of an instruction set, all alike. */
export function anyWord(isa: Isa, random: number): number {
  if (isa === 'A32') return random | 0;
  if (isa === 'T16') return random % 0xe800;
  // 11101, 11110 and 11111
  return (0xe800_0000 + (random % (3 * 2 ** 27))) | 0;
}

/** Looks random words up in the decoder (of T16 every word), and in the rows one by one, the most preceding first. */
export function sampleDecoder(isa: Isa, count: number, seed: number, features = EVERY_FEATURE): string[] {
  const random = seededRandom(seed);
  const { rows } = new Walk(rowsOf(isa, features), false);
  const problems: string[] = [];
  for (let i = 0; i < (isa === 'T16' ? 0xe800 : count); i++) {
    const word = isa === 'T16' ? i : anyWord(isa, random());
    const found = decode(isa, word, features);
    let wanted: CompiledRow | undefined;
    for (const row of rows)
      if (
        (word & row.mask) === row.value &&
        !(row.conditional && word >>> 28 === 15) &&
        (row.guard === undefined || row.guard.when(extractFields(row, word)))
      ) {
        wanted = row;
        break;
      }
    if (found !== wanted)
      problems.push(
        `${isa} ${hex(word)} decodes to ${found ? rowLabel(found) : 'nothing'}, not ${wanted ? rowLabel(wanted) : 'nothing'}`,
      );
  }
  return problems;
}

/** What predecoding makes of UNPREDICTABLE words. */
export interface ChoiceCounts {
  /** Rows that have UNPREDICTABLE words. */
  rows: number;
  words: number;
  /** Undefined, as a sensitive instruction. */
  sensitive: number;
  /** Undefined, because R15 would be written as if it were a general register. */
  r15: number;
  /** Undefined, because they name D16 to D31 and the processor has them not. */
  lacking: number;
  /** Executed as the fields say. */
  executed: number;
  problems: string[];
}

/** Takes UNPREDICTABLE words of each row, at most `perRow`, and looks at the choice that is made for each. */
export function choices(isa: Isa, perRow: number, seed: number, features = EVERY_FEATURE): ChoiceCounts {
  const counts: ChoiceCounts = { rows: 0, words: 0, sensitive: 0, r15: 0, lacking: 0, executed: 0, problems: [] };
  const random = seededRandom(seed);
  for (const row of rowsOf(isa, features)) {
    if (row.operation === null || (row.shouldMask === 0 && (row.unpredictable ?? []).length === 0)) continue;
    let met = 0;
    for (let tries = 0; tries < 20 * perRow && met < perRow; tries++) {
      const word = ((random() & ~row.mask) | row.value) & (isa === 'T16' ? 0xffff : -1);
      if (decode(isa, word, features) !== row || unpredictableReasons(row, word).length === 0) continue;
      met++;
      const { operation } = predecode(isa, word, features);
      const label = `${isa} ${rowLabel(row)} ${hex(word)}`;
      if ((row.facts & Fact.sensitive) !== 0) {
        counts.sensitive++;
        if (operation !== UNPREDICTABLE) counts.problems.push(`${label}: sensitive and UNPREDICTABLE, but executed`);
      } else if (operation === UNPREDICTABLE) counts.r15++;
      else if (operation?.name === row.operation) counts.executed++;
      else if (operation === null && (features & D32) === 0 && row.args(extractFields(row, word))['d32'] === 1)
        counts.lacking++;
      else counts.problems.push(`${label}: does something else than its row`);
    }
    if (met > 0) counts.rows++;
    counts.words += met;
  }
  return counts;
}

/**
 * "Decode this word": everything that the table, the scanner and the arbiter have to say about one word, as data with sentences. No guest need run.
 * Knows no client, and no way of showing it.
 */
import { modeName } from '../arm/modes.js';
import { decode, extractFields, unpredictableReasons } from '../isa/decode.js';
import { EVERY_FEATURE } from '../isa/features.js';
import type { CompiledRow, FieldSlice } from '../isa/row.js';
import { cpuModel } from '../machine/machine.js';
import { missingOn } from '../machine/missing-words.js';
import { classIndex, exitClasses, siteClass } from '../vmm/classes.js';
import { levels } from '../vmm/patcher.js';
import { endsBlock } from '../vmm/scanner.js';
import { trapsByItself, trapWord } from '../vmm/trap-word.js';
import { wordText } from './code.js';
import {
  arbitration,
  factSentences,
  scannerSentence,
  sensitivityOf,
  unpredictablePolicy,
  whySensitivity,
} from './decode-word-sentences.js';
import { instructionText } from './disassembler.js';
import type { DecodedWord, WordBits, WordRequest } from '../protocol/decoded.js';

/** Where a word stands, and its text there, if that is known. */
export interface WordInPlace {
  readonly address: number;
  readonly text: string;
}

/** @throws UserError 121 */
export function decodeWord({ isa, word, cpu }: WordRequest, place?: WordInPlace): DecodedWord {
  const features = cpu === undefined ? EVERY_FEATURE : cpuModel(cpu).features;
  const row = decode(isa, word | 0, features);
  const missing = cpu === undefined ? undefined : missingOn(cpu, isa, word);
  const byItself = trapsByItself(isa, row);
  const cls = byItself ? undefined : siteClass(row);
  const label = cls === undefined ? undefined : exitClasses[classIndex(cls)].label;
  const ends = endsBlock({ isa, word, row });
  const planted = cls !== undefined ? trapWord(isa, word) >>> 0 : undefined;
  const plantedText =
    planted === undefined ? undefined : `0x${wordText(isa, planted)} (${instructionText(isa, planted, 0)})`;
  return {
    isa,
    word: word >>> 0,
    ...(cpu !== undefined && { cpu }),
    digits: wordText(isa, word),
    ...(place && { address: place.address >>> 0 }),
    text: place?.text ?? instructionText(isa, word >>> 0, 0),
    ...(row && {
      manual: { heading: row.name, encoding: row.encoding, section: row.section, syntax: row.syntax },
    }),
    bits: bitsOf(row, isa === 'T16' ? 16 : 32, word),
    operands: row === undefined ? [] : operandsOf(row, word),
    facts: row === undefined ? [] : factSentences(row),
    sensitivity: sensitivityOf(row),
    why: whySensitivity(row, word | 0, missing),
    unpredictable: row === undefined ? [] : unpredictability(row, word | 0),
    scanner: {
      ...(cls !== undefined && { cls, label }),
      endsBlock: ends,
      says: scannerSentence(label, plantedText, byItself, ends),
    },
    arbiter: levels.map((level) => ({ level, says: arbitration(cls, level, row, word) })),
    ...(missing !== undefined && { missing }),
  };
}

// ---- bits and fields

const registers = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc'];
const conditions = 'EQ NE CS CC MI PL VS VC HI LS GE LT GT LE AL'.split(' ');

function binary(value: number, width: number): string {
  return (value >>> 0).toString(2).padStart(32, '0').slice(-width);
}

function bitsOf(row: CompiledRow | undefined, width: 16 | 32, word: number): WordBits[] {
  const all = binary(word, width);
  const digitsAt = (lo: number, count: number): string => all.slice(width - lo - count, width - lo);
  if (row === undefined) return [{ lo: 0, width, digits: all, kind: 'fixed' }];
  const values = extractFields(row, word | 0);
  const sliceAt = new Map<number, FieldSlice>(row.fields.map((slice) => [slice.lo + slice.width - 1, slice]));
  const kindAt = (bit: number): 'fixed' | 'should' => ((row.shouldMask >>> bit) & 1 ? 'should' : 'fixed');
  const runs: WordBits[] = [];
  for (let top = width - 1; top >= 0;) {
    const slice = sliceAt.get(top);
    if (slice !== undefined) {
      const { name, lo, width: count } = slice;
      const meaning = meaningOf(row, name, values[name]);
      runs.push({ lo, width: count, digits: digitsAt(lo, count), kind: 'field', name, meaning });
      top = lo - 1;
      continue;
    }
    const kind = kindAt(top);
    let lo = top;
    while (lo > 0 && !sliceAt.has(lo - 1) && kindAt(lo - 1) === kind) lo--;
    const count = top - lo + 1;
    const expected = kind === 'should' ? { expected: binary(row.shouldValue >>> lo, count) } : {};
    runs.push({ lo, width: count, digits: digitsAt(lo, count), kind, ...expected });
    top = lo - 1;
  }
  return runs;
}

function width(row: CompiledRow, name: string): number {
  return row.fields.reduce((sum, slice) => sum + (slice.name === name ? slice.width : 0), 0);
}

/** What a field's value says to a person. */
function meaningOf(row: CompiledRow, name: string, value: number): string {
  const bits = width(row, name);
  if (name === 'cond' || name === 'firstcond') return conditions[value] ?? String(value);
  if (/^R[a-z]/.test(name) && (bits === 3 || bits === 4)) return registers[value];
  if (name === 'register_list' || name === 'registers') return listOf(value);
  if (name === 'mode' && bits === 5) return modeName(value);
  if (name === 'coproc') return `p${bits === 1 ? 14 | value : value}`;
  return value > 9 ? `0x${value.toString(16)}` : String(value);
}

function listOf(value: number): string {
  return `{${registers.filter((_, n) => (value >>> n) & 1).join(', ')}}`;
}

function operandsOf(row: CompiledRow, word: number): { name: string; value: string }[] {
  const operands: Readonly<Record<string, number | undefined>> = row.args(extractFields(row, word | 0));
  return Object.entries(operands).flatMap(([name, value]) => {
    // a row split off for one operand, such as PC, lacks it
    if (value === undefined) return [];
    return [{ name, value: value > 15 || value < 0 ? `0x${(value >>> 0).toString(16)}` : String(value) }];
  });
}

// ---- UNPREDICTABLE

function unpredictability(row: CompiledRow, word: number): string[] {
  const reasons = unpredictableReasons(row, word);
  if (reasons.length === 0) return [];
  const bits = bitsOf(row, row.width, word)
    .filter(({ expected, digits }) => expected !== undefined && expected !== digits)
    .map(({ lo, width: count, digits, expected }) =>
      count === 1
        ? `Bit ${lo} should be ${expected} and is ${digits}.`
        : `Bits ${lo + count - 1}:${lo} should be ${expected} and are ${digits}.`,
    );
  // the first reason speaks of should-be bits in general
  const stated = bits.length === 0 ? reasons : reasons.slice(1);
  return [...bits, ...stated.map((says) => `The manual says: ${says}.`), unpredictablePolicy(row)];
}

/**
 * Parses the rows' bit patterns: text in, masks and field slices out. Owns the pattern language; knows neither which rows exist nor who
 * decodes with them.
 */
import { assert } from '../util/assert.js';
import { neededFeatures } from './features.js';
import type { ArgumentSet, CompiledRow, Extension, FieldCondition, FieldSlice, Isa, Row } from './row.js';

/** A row as `name encoding`, the form in which rows refer to each other. */
export function rowLabel(row: Pick<Row, 'name' | 'encoding'>): string {
  return `${row.name} ${row.encoding}`;
}

/** Bits of a word of `isa`. */
export function wordWidth(isa: Isa): 16 | 32 {
  return isa === 'T16' ? 16 : 32;
}

/** The bits of a pattern that do not vary. Masks are i32; a 16-bit pattern uses the low half. */
export interface PatternBits {
  /** Bits that the pattern describes; a good pattern has exactly as many as its word. */
  readonly width: number;
  readonly mask: number;
  readonly value: number;
  readonly shouldMask: number;
  readonly shouldValue: number;
}

const SPACE = 0x20;
const ZERO = 0x30;
const ONE = 0x31;
const COLON = 0x3a;
/** The first letter. Below it are digits and parentheses. */
const A = 0x41;

/**
 * The fixed and should-be bits of a pattern, most significant bit first. It takes the pattern to be in the language, which
 * {@link patternFields} checks.
 * PERF: it runs cold for every row at start-up, so it goes over the text once and allocates nothing on its way; fields, which only a word
 * asks for, are not named. One place reads a character, which keeps it small for an optimising compiler. See test/bench/table.bench.ts.
 */
export function patternBits(pattern: string): PatternBits {
  let width = 0;
  let digits = 0;
  let mask = 0;
  let value = 0;
  /** 0 between parentheses, otherwise 1. */
  let fixed = 1;
  /** Inside a field, what its number has come to; otherwise -1. */
  let field = -1;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charCodeAt(i);
    if (field >= 0) {
      if (char === SPACE) {
        width += field;
        digits <<= field;
        mask <<= field;
        value <<= field;
        field = -1;
      } else field = char === COLON || char >= A ? 0 : 10 * field + char - ZERO;
    } else if (char === ZERO || char === ONE) {
      width += 1;
      digits = (digits << 1) | 1;
      mask = (mask << 1) | fixed;
      value = (value << 1) | (char & 1);
    } else if (char >= A) field = 0;
    else if (char !== SPACE) fixed ^= 1;
  }
  if (field > 0) {
    width += field;
    digits <<= field;
    mask <<= field;
    value <<= field;
  }
  const shouldMask = digits & ~mask;
  return { width, mask, value: value & mask, shouldMask, shouldValue: value & shouldMask };
}

const TOKEN = / |[01]|\([01]\)|([A-Za-z][A-Za-z0-9_]*):([0-9]+)(?= |$)/y;

/**
 * The fields of a pattern of `width` bits, most significant first.
 * @throws AssertionError for text that is not in the language, or for a field wider than a word.
 */
export function patternFields(pattern: string, width: number): readonly FieldSlice[] {
  const fields: FieldSlice[] = [];
  let lo = width;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(pattern);
    assert(match, `pattern "${pattern}": cannot read "${pattern.slice(at)}"`);
    const [token, name, digits] = match;
    if (name === undefined) lo -= token === ' ' ? 0 : 1;
    else {
      const bits = Number(digits);
      assert(bits >= 1 && bits <= 32, `pattern "${pattern}": field ${name} has a bad width`);
      lo -= bits;
      fields.push({ name, lo, width: bits });
    }
  }
  return fields;
}

/** A row of the table. PERF: all are of one shape, written out, and their fields come when a word first asks for them. */
class TableRow implements CompiledRow {
  readonly isa: Isa;
  readonly name: string;
  readonly encoding: string;
  readonly pattern: string;
  readonly section: string;
  readonly facts: number;
  readonly operation: string | null;
  readonly args: ArgumentSet;
  readonly extension: Extension | undefined;
  readonly guard: FieldCondition | undefined;
  readonly unpredictable: readonly FieldCondition[] | undefined;
  readonly over: readonly string[] | undefined;
  readonly syntax: string;
  readonly id: number;
  readonly width: 16 | 32;
  readonly mask: number;
  readonly value: number;
  readonly shouldMask: number;
  readonly shouldValue: number;
  readonly conditional: boolean;
  readonly needs: number;
  private slices: readonly FieldSlice[] | undefined;

  constructor(row: Row, id: number, width: 16 | 32, bits: PatternBits) {
    this.isa = row.isa;
    this.name = row.name;
    this.encoding = row.encoding;
    this.pattern = row.pattern;
    this.section = row.section;
    this.facts = row.facts;
    this.operation = row.operation;
    this.args = row.args;
    this.extension = row.extension;
    this.guard = row.guard;
    this.unpredictable = row.unpredictable;
    this.over = row.over;
    this.syntax = row.syntax;
    this.id = id;
    this.width = width;
    this.mask = bits.mask;
    this.value = bits.value;
    this.shouldMask = bits.shouldMask;
    this.shouldValue = bits.shouldValue;
    this.conditional = row.isa === 'A32' && row.pattern.startsWith('cond:4');
    this.needs = neededFeatures(row.isa, row.extension);
    this.slices = undefined;
  }

  get fields(): readonly FieldSlice[] {
    return (this.slices ??= patternFields(this.pattern, this.width));
  }
}

/**
 * Compiles one row, whose pattern is taken to be in the language; `id` is its place in the table.
 * @throws AssertionError if the pattern has not the width of the isa's words.
 */
export function compileRow(row: Row, id: number): CompiledRow {
  const bits = patternBits(row.pattern);
  const width = wordWidth(row.isa);
  assert(bits.width === width, `${row.isa} ${rowLabel(row)}: pattern has ${bits.width} bits, not ${width}`);
  return new TableRow(row, id, width, bits);
}

/** Compiles a table; ids are the rows' positions. */
export function compileTable(rows: readonly Row[]): readonly CompiledRow[] {
  return rows.map(compileRow);
}

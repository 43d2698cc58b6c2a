/**
 * Parses the rows' bit patterns: text in, masks and field slices out. Owns the pattern language; knows neither which rows exist nor who
 * decodes with them.
 */
import { assert } from '../util/assert.js';
import { neededFeatures } from './features.js';
import type { CompiledRow, FieldSlice, Isa, Row } from './row.js';

/** A row as `name encoding`, the form in which rows refer to each other. */
export function rowLabel(row: Pick<Row, 'name' | 'encoding'>): string {
  return `${row.name} ${row.encoding}`;
}

/** Bits of a word of `isa`. */
export function wordWidth(isa: Isa): 16 | 32 {
  return isa === 'T16' ? 16 : 32;
}

/** What a pattern says. Masks are i32; a 16-bit pattern uses the low half. */
export interface ParsedPattern {
  /** Bits that the pattern describes; a good pattern has exactly as many as its word. */
  readonly width: number;
  readonly mask: number;
  readonly value: number;
  readonly shouldMask: number;
  readonly shouldValue: number;
  readonly fields: readonly FieldSlice[];
}

const TOKEN = /\(([01])\)|([01]+)|([A-Za-z][A-Za-z0-9_]*):([0-9]+)/y;

/** A piece of a pattern between spaces, by itself. */
const pieces = new Map<string, ParsedPattern>();
/** Whole ones: rows are compared by theirs while the table is made, and compiled afterwards. */
const patterns = new Map<string, ParsedPattern>();

function parsePiece(piece: string, pattern: string): ParsedPattern {
  let width = 0;
  let mask = 0;
  let value = 0;
  let shouldMask = 0;
  let shouldValue = 0;
  const fields: FieldSlice[] = [];
  // from its end, where it is known how far from bit 0 a token lies
  const tokens: RegExpExecArray[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < piece.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(piece);
    assert(match, `pattern "${pattern}": cannot read "${piece.slice(at)}"`);
    tokens.push(match);
  }
  for (const [, should, fixed, name, digits] of tokens.reverse()) {
    if (should !== undefined) {
      shouldMask |= 1 << width;
      shouldValue |= Number(should) << width;
      width += 1;
    } else if (fixed !== undefined) {
      mask |= (fixed.length === 32 ? -1 : (1 << fixed.length) - 1) << width;
      value |= parseInt(fixed, 2) << width;
      width += fixed.length;
    } else {
      const bits = Number(digits);
      assert(bits >= 1 && bits <= 32, `pattern "${pattern}": field ${name} has a bad width`);
      fields.unshift({ name, lo: width, width: bits });
      width += bits;
    }
  }
  return { width, mask, value, shouldMask, shouldValue, fields };
}

/**
 * Parses a pattern of fixed bits, should-be bits and fields, most significant bit first.
 * PERF: it runs cold for every row at start-up. The same few pieces occur everywhere, so each is read once; see test/bench/table.bench.ts.
 * @throws AssertionError for text that is not in the language, or for a field wider than a word.
 */
export function parsePattern(pattern: string): ParsedPattern {
  let known = patterns.get(pattern);
  if (known === undefined) patterns.set(pattern, (known = parse(pattern)));
  return known;
}

function parse(pattern: string): ParsedPattern {
  let width = 0;
  let mask = 0;
  let value = 0;
  let shouldMask = 0;
  let shouldValue = 0;
  const fields: FieldSlice[] = [];
  const texts = pattern.split(' ');
  for (let i = texts.length - 1; i >= 0; i--) {
    const text = texts[i];
    let piece = pieces.get(text);
    if (piece === undefined) pieces.set(text, (piece = parsePiece(text, pattern)));
    mask |= piece.mask << width;
    value |= piece.value << width;
    shouldMask |= piece.shouldMask << width;
    shouldValue |= piece.shouldValue << width;
    for (let k = piece.fields.length - 1; k >= 0; k--) {
      const field = piece.fields[k];
      fields.push({ name: field.name, lo: width + field.lo, width: field.width });
    }
    width += piece.width;
  }
  return { width, mask, value, shouldMask, shouldValue, fields: fields.reverse() };
}

/** Compiles one row; `id` is its place in the table. @throws AssertionError if the pattern has not the width of the isa's words. */
export function compileRow(row: Row, id: number): CompiledRow {
  const { width: bits, mask, value, shouldMask, shouldValue, fields } = parsePattern(row.pattern);
  const width = wordWidth(row.isa);
  assert(bits === width, `${row.isa} ${rowLabel(row)}: pattern has ${bits} bits, not ${width}`);
  const conditional = row.isa === 'A32' && fields.some((f) => f.name === 'cond' && f.lo === 28 && f.width === 4);
  const needs = neededFeatures(row.isa, row.extension);
  // PERF: all of one shape, and written out: copying rows of many shapes takes longer than reading their patterns
  return {
    isa: row.isa,
    name: row.name,
    encoding: row.encoding,
    pattern: row.pattern,
    section: row.section,
    facts: row.facts,
    operation: row.operation,
    args: row.args,
    extension: row.extension,
    guard: row.guard,
    unpredictable: row.unpredictable,
    over: row.over,
    syntax: row.syntax,
    id,
    width,
    mask,
    value,
    shouldMask,
    shouldValue,
    conditional,
    needs,
    fields,
  };
}

/** Compiles a table; ids are the rows' positions. */
export function compileTable(rows: readonly Row[]): readonly CompiledRow[] {
  return rows.map(compileRow);
}

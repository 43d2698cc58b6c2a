/**
 * Parses the rows' bit patterns: text in, masks and field slices out. Owns the pattern language; knows neither which rows exist nor who
 * decodes with them.
 */
import { assert, AssertionError } from '../util/assert.js';
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

const CODE = { zero: 48, one: 49, nine: 57, colon: 58, space: 32, open: 40, close: 41, underscore: 95 } as const;

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}
function isDigit(code: number): boolean {
  return code >= CODE.zero && code <= CODE.nine;
}

/** Patterns that were parsed: rows are compared by theirs while the table is made, and compiled afterwards. */
const parsed = new Map<string, ParsedPattern>();

/**
 * Parses a pattern of fixed bits, should-be bits and fields, most significant bit first.
 * @throws AssertionError for text that is not in the language, or for a field wider than a word.
 */
export function parsePattern(pattern: string): ParsedPattern {
  let known = parsed.get(pattern);
  if (known === undefined) parsed.set(pattern, (known = parse(pattern)));
  return known;
}

/** PERF: by character codes and not by regular expressions: it runs cold for every row at start-up, see test/bench/table.bench.ts. */
function parse(pattern: string): ParsedPattern {
  const { length } = pattern;
  /** Bits so far; the next one is counted from the top of a word of 32. */
  let width = 0;
  let mask = 0;
  let value = 0;
  let shouldMask = 0;
  let shouldValue = 0;
  const fields: FieldSlice[] = [];
  for (let at = 0; at < length;) {
    const code = pattern.charCodeAt(at);
    if (code === CODE.space) at++;
    else if (code === CODE.zero || code === CODE.one) {
      const bit = (1 << 31) >>> width++;
      mask |= bit;
      if (code === CODE.one) value |= bit;
      at++;
    } else if (code === CODE.open) {
      const should = pattern.charCodeAt(at + 1);
      const closed = pattern.charCodeAt(at + 2) === CODE.close;
      if (!closed || (should !== CODE.zero && should !== CODE.one)) unreadable(pattern, at);
      const bit = (1 << 31) >>> width++;
      shouldMask |= bit;
      if (should === CODE.one) shouldValue |= bit;
      at += 3;
    } else {
      const colon = pattern.indexOf(':', at);
      const name = pattern.slice(at, colon);
      let digits = colon + 1;
      let bits = 0;
      while (isDigit(pattern.charCodeAt(digits))) bits = 10 * bits + pattern.charCodeAt(digits++) - CODE.zero;
      if (colon < 0 || digits === colon + 1 || !isName(name)) unreadable(pattern, at);
      assert(bits >= 1 && bits <= 32, `pattern "${pattern}": field ${name} has a bad width`);
      width += bits;
      fields.push({ name, lo: -width, width: bits });
      at = digits;
    }
  }
  const unused = 32 - width;
  if (unused > 0) {
    mask >>>= unused;
    value >>>= unused;
    shouldMask >>>= unused;
    shouldValue >>>= unused;
  }
  return {
    width,
    mask,
    value,
    shouldMask,
    shouldValue,
    fields: fields.map((f) => ({ name: f.name, lo: width + f.lo, width: f.width })),
  };
}

function unreadable(pattern: string, at: number): never {
  throw new AssertionError(`pattern "${pattern}": cannot read "${pattern.slice(at)}"`);
}

function isName(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!isLetter(code) && (i === 0 || !isNamePart(code))) return false;
  }
  return text !== '';
}

function isNamePart(code: number): boolean {
  return isDigit(code) || code === CODE.underscore;
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

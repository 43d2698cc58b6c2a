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

const TOKEN = /\s+|\(([01])\)|([01]+)|([A-Za-z][A-Za-z0-9_]*):([0-9]+)/y;

/**
 * Parses a pattern of fixed bits, should-be bits and fields, most significant bit first.
 * @throws AssertionError for text that is not in the language, or for a field wider than a word.
 */
export function parsePattern(pattern: string): ParsedPattern {
  interface Part {
    readonly width: number;
    readonly kind: 'fixed' | 'should' | 'field';
    readonly bits: number;
    readonly name: string;
  }
  const parts: Part[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(pattern);
    assert(match, `pattern "${pattern}": cannot read "${pattern.slice(at)}"`);
    const [, should, fixed, name, width] = match;
    if (should !== undefined) parts.push({ width: 1, kind: 'should', bits: Number(should), name: '' });
    else if (fixed !== undefined)
      parts.push({ width: fixed.length, kind: 'fixed', bits: parseInt(fixed, 2), name: '' });
    else if (name !== undefined) {
      assert(Number(width) >= 1 && Number(width) <= 32, `pattern "${pattern}": field ${name} has a bad width`);
      parts.push({ width: Number(width), kind: 'field', bits: 0, name });
    }
  }
  let width = 0;
  for (const part of parts) width += part.width;
  let lo = width;
  let mask = 0;
  let value = 0;
  let shouldMask = 0;
  let shouldValue = 0;
  const fields: FieldSlice[] = [];
  for (const part of parts) {
    lo -= part.width;
    const ones = part.width === 32 ? -1 : ((1 << part.width) - 1) << lo;
    if (part.kind === 'fixed') {
      mask |= ones;
      value |= part.bits << lo;
    } else if (part.kind === 'should') {
      shouldMask |= ones;
      shouldValue |= part.bits << lo;
    } else fields.push({ name: part.name, lo, width: part.width });
  }
  return { width, mask, value, shouldMask, shouldValue, fields };
}

/** Compiles one row; `id` is its place in the table. @throws AssertionError if the pattern has not the width of the isa's words. */
export function compileRow(row: Row, id: number): CompiledRow {
  const parsed = parsePattern(row.pattern);
  const width = wordWidth(row.isa);
  assert(parsed.width === width, `${row.isa} ${rowLabel(row)}: pattern has ${parsed.width} bits, not ${width}`);
  const conditional = row.isa === 'A32' && parsed.fields.some((f) => f.name === 'cond' && f.lo === 28 && f.width === 4);
  const { mask, value, shouldMask, shouldValue, fields } = parsed;
  const needs = neededFeatures(row.isa, row.extension);
  return { ...row, id, width, mask, value, shouldMask, shouldValue, conditional, needs, fields };
}

/** Compiles a table; ids are the rows' positions. */
export function compileTable(rows: readonly Row[]): readonly CompiledRow[] {
  return rows.map(compileRow);
}

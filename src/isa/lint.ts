/**
 * What a table must satisfy before anything may be derived from it. Judges rows as text and data; the operations that rows name are handed
 * in, because `ops` lies above.
 */
import { compileRow, patternBits, patternFields, rowLabel, wordWidth } from './compile.js';
import { extractFields } from './decode.js';
import { allFacts, factNames } from './facts.js';
import { Fact } from './row.js';
import type { CompiledRow, Row } from './row.js';

/** What was violated. */
export type LintRule =
  /** The pattern is not in the pattern language. */
  | 'pattern'
  /** The pattern has not as many bits as its instruction set's words. */
  | 'width'
  /** No facts, unknown facts, or facts that contradict each other. */
  | 'facts'
  /** Two rows of one isa with the same name and encoding. */
  | 'name'
  /** `over`, `operation` or `section` names something that does not exist, or has not the form. */
  | 'reference'
  /** Two rows share words and neither is declared over the other; or both are. */
  | 'overlap'
  /** A row is declared over one that it shares no word with. */
  | 'stale'
  /** Rows that precede it take every word of this one. */
  | 'unreachable'
  /** The argument set does not give an operand that the operation needs, or gives no i32 for it. */
  | 'arguments'
  /** A should-be bit where bits select the instruction. */
  | 'should-be';

export interface LintProblem {
  readonly rule: LintRule;
  /** `isa name encoding` of the row. */
  readonly row: string;
  readonly message: string;
}

/** Operand names by operation name. */
export type OperationShapes = ReadonlyMap<string, readonly string[]>;

function fullLabel(row: Pick<Row, 'isa' | 'name' | 'encoding'>): string {
  return `${row.isa} ${rowLabel(row)}`;
}

const SECTION = /^DDI 0406C [ABD][0-9]+(\.[0-9]+)*$/;

/** Facts that only something that changes the flow of control can have. */
const OF_BRANCHES = Fact.link | Fact.indirect | Fact.interworking | Fact.exceptionReturn;

function factProblems(row: Row): string[] {
  const { facts } = row;
  if (facts === 0) return ['has no facts; say `plain` if it only computes'];
  const problems: string[] = [];
  if ((facts & ~allFacts) !== 0) problems.push('has fact bits that mean nothing');
  if (facts & Fact.plain && facts !== Fact.plain)
    problems.push(`is plain and also ${factNames(facts & ~Fact.plain).join(', ')}`);
  if (facts & OF_BRANCHES && !(facts & Fact.branch))
    problems.push(`is ${factNames(facts & OF_BRANCHES).join(', ')} but not a branch`);
  if ((row.operation === null) !== ((facts & Fact.undefined) !== 0))
    problems.push(
      row.operation === null ? 'has no operation but is not undefined' : 'is undefined but has an operation',
    );
  return problems;
}

/** Bits that tell instructions apart before all else: the condition in A32, the first five bits of a Thumb word. */
function selectingBits(row: Row): number {
  return row.isa === 'A32' ? 0xf0000000 | 0 : row.isa === 'T32' ? 0xf8000000 | 0 : 0xf800;
}

/** A set of words: those with `(word & mask) === value`. */
interface Cube {
  readonly mask: number;
  readonly value: number;
}

/** The words of a row, guard aside: a condition that is not 1111 is four cubes. */
function cubesOf(row: CompiledRow): Cube[] {
  if (!row.conditional) return [row];
  return [0x8, 0xc, 0xe, 0xf].map((mask, i) => ({
    mask: row.mask | (mask << 28),
    value: row.value | ([0x0, 0x8, 0xc, 0xe][i] << 28),
  }));
}

function meet(a: Cube, b: Cube): boolean {
  return (a.mask & b.mask & (a.value ^ b.value)) === 0;
}

function rowsMeet(a: CompiledRow, b: CompiledRow): boolean {
  const cubes = cubesOf(b);
  return cubesOf(a).some((x) => cubes.some((y) => meet(x, y)));
}

/** The words of `from` that are not in `taken`. */
function without(from: Cube, taken: Cube): Cube[] {
  if (!meet(from, taken)) return [from];
  const rest: Cube[] = [];
  let { mask, value } = from;
  for (let free = taken.mask & ~from.mask; free !== 0; free &= free - 1) {
    const one = free & -free;
    rest.push({ mask: mask | one, value: value | (~taken.value & one) });
    mask |= one;
    value |= taken.value & one;
  }
  return rest;
}

/** More pieces than this and a row is taken to be reachable. */
const PIECES = 4096;

function isCovered(row: CompiledRow, by: readonly CompiledRow[]): boolean {
  let left = cubesOf(row);
  for (const other of by) {
    for (const taken of cubesOf(other)) left = left.flatMap((cube) => without(cube, taken));
    if (left.length > PIECES) return false;
  }
  return left.length === 0;
}

/** Free bits of a few words with which argument sets are tried. */
const SAMPLES = [0, -1, 0x55555555, 0xaaaaaaaa | 0, 0x12345678, 0x0f1e2d3c, 0x71c3a596];

function argumentProblems(row: CompiledRow, needed: readonly string[]): string[] {
  const problems = new Set<string>();
  for (const sample of SAMPLES) {
    let word = (sample & ~row.mask) | row.value;
    if (row.width === 16) word &= 0xffff;
    const fields = extractFields(row, word);
    if (row.guard && !row.guard.when(fields)) continue;
    const operands = row.args(fields);
    for (const name of needed) {
      const value = operands[name] as number | undefined;
      if (value === undefined) problems.add(`gives no operand ${name}`);
      else if ((value | 0) !== value) problems.add(`gives ${value} for ${name}, which is no i32`);
    }
  }
  return [...problems];
}

/** All that is wrong with a table; empty for a good one. */
export function lintTable(rows: readonly Row[], operations: OperationShapes): LintProblem[] {
  const problems: LintProblem[] = [];
  const report = (rule: LintRule, row: Row, message: string): void => {
    problems.push({ rule, row: fullLabel(row), message });
  };
  const compiled: CompiledRow[] = [];
  const byLabel = new Map<string, Row>();

  for (const row of rows) {
    if (byLabel.has(fullLabel(row))) report('name', row, 'occurs twice');
    byLabel.set(fullLabel(row), row);
    for (const message of factProblems(row)) report('facts', row, message);
    if (!SECTION.test(row.section))
      report('reference', row, `section "${row.section}" is not of the form "DDI 0406C A8.8.1"`);
    if (row.operation !== null && !operations.has(row.operation))
      report('reference', row, `names no operation: ${row.operation}`);

    const parsed = patternBits(row.pattern);
    try {
      patternFields(row.pattern, parsed.width);
    } catch (error) {
      report('pattern', row, (error as Error).message);
      continue;
    }
    if (parsed.width !== wordWidth(row.isa)) {
      report('width', row, `pattern has ${parsed.width} bits, not ${wordWidth(row.isa)}`);
      continue;
    }
    if (parsed.shouldMask & selectingBits(row))
      report('should-be', row, 'has a should-be bit among those that select the instruction');
    const own = compileRow(row, compiled.length);
    compiled.push(own);
    const needed = row.operation === null ? undefined : operations.get(row.operation);
    if (needed) for (const message of argumentProblems(own, needed)) report('arguments', row, message);
  }

  for (const row of rows)
    for (const label of row.over ?? [])
      if (!byLabel.has(`${row.isa} ${label}`)) report('reference', row, `is over "${label}", which does not exist`);

  for (const row of compiled) {
    const preceding: CompiledRow[] = [];
    for (const other of compiled) {
      if (other === row || other.isa !== row.isa) continue;
      const over = row.over?.includes(rowLabel(other)) ?? false;
      const under = other.over?.includes(rowLabel(row)) ?? false;
      const overlaps = rowsMeet(row, other);
      if (over && !overlaps) report('stale', row, `is over "${rowLabel(other)}" but shares no word with it`);
      if (overlaps && over === under && row.id < other.id)
        report(
          'overlap',
          row,
          over ? `and "${rowLabel(other)}" are each over the other` : `shares words with "${rowLabel(other)}"`,
        );
      if (overlaps && over && (row.shouldMask & other.mask & (row.shouldValue ^ other.value)) !== 0)
        report('should-be', row, `takes words of "${rowLabel(other)}" because of a bit that it only should have`);
      if (overlaps && under && !other.guard) preceding.push(other);
    }
    if (preceding.length > 0 && isCovered(row, preceding))
      report(
        'unreachable',
        row,
        `is never decoded: ${preceding.map((other) => rowLabel(other)).join(', ')} precede it`,
      );
  }
  return problems;
}

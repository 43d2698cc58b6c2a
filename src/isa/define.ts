/** How row files say things briefly: a row maker per instruction set, and the manual's usual UNPREDICTABLE sentences. Pure notation. */
import { Fact } from './row.js';
import type { ArgumentSet, FieldCondition, Fields, Isa, Row } from './row.js';

/** What most rows leave at its default: facts `plain`, nothing declared. */
export type RowOptions = Partial<Pick<Row, 'facts' | 'extension' | 'guard' | 'unpredictable' | 'over'>>;

/** Makes a row of one instruction set; `section` is without the manual's number. */
export type RowMaker = (
  name: string,
  encoding: string,
  pattern: string,
  section: string,
  syntax: string,
  operation: string | null,
  args: ArgumentSet,
  options?: RowOptions,
) => Row;

const NO_OPTIONS: RowOptions = {};

/** PERF: the rows are all of one shape, which a spread of the options would not make them. */
export function rowMaker(isa: Isa): RowMaker {
  return (name, encoding, pattern, section, syntax, operation, args, options = NO_OPTIONS) => ({
    isa,
    name,
    encoding,
    pattern,
    section: `DDI 0406C ${section}`,
    facts: options.facts ?? Fact.plain,
    operation,
    args,
    extension: options.extension,
    guard: options.guard,
    unpredictable: options.unpredictable,
    over: options.over,
    syntax,
  });
}

/** Instructions whose ARM and Thumb encodings have sections of their own in the manual. */
const SEPARATE: readonly string[] = [
  'ADD (immediate)',
  'ADD (register)',
  'ADD (SP plus register)',
  'SUB (immediate)',
  'MOV (register)',
];

/** The manual's heading of an operation with one kind of operand. */
export function heading(state: 'ARM' | 'Thumb', operation: string, kind: string): string {
  const name = `${operation} (${kind})`;
  return SEPARATE.includes(name) ? `${operation} (${kind}, ${state})` : name;
}

/** The pseudocode's operand of a register field: `Rd` is d, `RdLo` is dLo. */
function operandOf(field: string): string {
  return field.slice(1);
}

/** A condition with the manual's sentence. */
export function unpredictableIf(condition: string, when: (f: Fields) => boolean): FieldCondition {
  return { says: `if ${condition} then UNPREDICTABLE`, when };
}

/** `if d == 15 || n == 15 then UNPREDICTABLE`. Fields are 4 bits wide. */
export function isPc(...fields: readonly string[]): FieldCondition {
  return unpredictableIf(fields.map((f) => `${operandOf(f)} == 15`).join(' || '), (f) =>
    fields.some((name) => f[name] === 15),
  );
}

/** `if d IN {13,15} || n IN {13,15} then UNPREDICTABLE`. Fields are 4 bits wide. */
export function isSpOrPc(...fields: readonly string[]): FieldCondition {
  return unpredictableIf(fields.map((f) => `${operandOf(f)} IN {13,15}`).join(' || '), (f) =>
    fields.some((name) => f[name] === 13 || f[name] === 15),
  );
}

/** `if n == 13 then UNPREDICTABLE`. */
export function isSp(...fields: readonly string[]): FieldCondition {
  return unpredictableIf(fields.map((f) => `${operandOf(f)} == 13`).join(' || '), (f) =>
    fields.some((name) => f[name] === 13),
  );
}

/** `if dHi == dLo then UNPREDICTABLE`. */
export const sameDestinations = unpredictableIf('dHi == dLo', (f) => f.RdHi === f.RdLo);

/** `if !Consistent(Rm) then UNPREDICTABLE`: a field that the diagram shows twice. */
export const inconsistentRm = unpredictableIf('!Consistent(Rm)', (f) => f.Rm >>> 4 !== (f.Rm & 15));

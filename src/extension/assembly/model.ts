/**
 * What an assembly file defines and uses: labels, constants, macros, register aliases, local numeric labels; what it exports and includes. From statements;
 * knows no editor and no other file.
 */
import { linesOf, type Lines, type Span, type Statement, type Word } from './lines.js';
import { isReserved } from './registers.js';

export type DefinitionKind = 'label' | 'constant' | 'macro' | 'alias' | 'common';

export interface Definition extends Word {
  readonly kind: DefinitionKind;
  /** In the body of a macro. */
  readonly inMacro: boolean;
}

/** A name where it is used, or declared; `calls`: as the first word of a statement, where only macros are meant. */
export interface Use extends Word {
  readonly calls: boolean;
}

/** A local label of digits, or `1b` and `1f`. */
export interface NumericUse extends Word {
  readonly number: number;
  readonly forwards: boolean;
}

export interface Assembly {
  readonly lines: Lines;
  readonly definitions: readonly Definition[];
  /** `1:` */
  readonly numbers: readonly (Word & { readonly number: number })[];
  readonly uses: readonly Use[];
  readonly numericUses: readonly NumericUse[];
  /** Names in `.global`, `.globl`, `.weak` and `.comm`. */
  readonly exported: ReadonlySet<string>;
  /** Labels that are functions by `.type`, `.thumb_func` or `.func`, or because they are called. */
  readonly functions: ReadonlySet<string>;
  /** Files that are included, as they are written. */
  readonly includes: readonly Word[];
}

/** Not what a macro's parameter is part of. */
const NAME = /(?<![\w.$\\%])[A-Za-z_.$][\w.$]*(?![\w.$\\])/g;
const NUMERIC = /(?<![\w.$\\])(\d+)([bf])(?![\w.$])/gi;
const SYMBOL = /^[A-Za-z_.$][\w.$]*$/;
const DEFINES = /^\.(?:equ|equiv|eqv|set)$/i;
const EXPORTS = /^\.(?:global|globl|weak|comm)$/i;
/** Directives whose operands are no symbols, or only from the second on. */
const NO_SYMBOLS =
  /^(?:\.(?:macro|section|pushsection|arch|arch_extension|cpu|fpu|object_arch|syntax|code|ident|file|loc|include|incbin|eabi_attribute|ascii|asciz|string|error|warning|irp|irpc|unreq|cfi_\w+|save|vsave|setfp|pad|movsp|option|purgem|exitm)|#.*|cps(?:ie|id)?|it[te]{0,3}|setend|d[ms]b|isb)$/i;
const CALLS = /^(?:bl|blx)(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?$/i;

/** `:lower16:` and its like. */
const RELOCATION = /:[a-z]\w*:/gi;

/** Names among operands. */
function namesIn({ text, line, start }: Word): Word[] {
  const plain = text.replace(RELOCATION, ({ length }) => ' '.repeat(length));
  return [...plain.matchAll(NAME)].map(({ 0: name, index }) => ({
    text: name,
    line,
    start: start + index,
    end: start + index + name.length,
  }));
}

class Reader {
  readonly definitions: Definition[] = [];
  readonly numbers: (Word & { number: number })[] = [];
  readonly uses: Use[] = [];
  readonly numericUses: NumericUse[] = [];
  readonly exported = new Set<string>();
  readonly functions = new Set<string>();
  readonly includes: Word[] = [];
  private depth = 0;
  private thumbFunction = false;

  constructor(private readonly raw: readonly string[]) {}

  read(statement: Statement): void {
    const { labels, head, operands, defines } = statement;
    for (const label of labels) this.label(label);
    if (!head) return;
    if (defines) this.define(head, defines);
    else if (/^#/.test(head.text)) this.preprocessor(statement.line);
    else if (head.text.startsWith('.')) this.directive(head.text.toLowerCase(), operands, statement.line);
    else if (!head.text.includes('\\')) {
      this.uses.push({ ...head, calls: true });
      if (CALLS.test(head.text)) {
        const [target] = namesIn(operands);
        if (target) this.functions.add(target.text);
      }
    }
    if (defines === 'alias' || NO_SYMBOLS.test(head.text)) return;
    const own = DEFINES.test(head.text) ? namesIn(operands).slice(1) : namesIn(operands);
    for (const name of own) {
      if (name.text !== '.' && !isReserved(name.text)) this.uses.push({ ...name, calls: false });
    }
    for (const { 0: text, 1: digits, 2: letter, index } of operands.text.matchAll(NUMERIC)) {
      const start = operands.start + index;
      const span = { text, line: operands.line, start, end: start + text.length };
      this.numericUses.push({ ...span, number: Number(digits), forwards: letter.toLowerCase() === 'f' });
    }
  }

  private label(word: Word): void {
    if (/^\d/.test(word.text)) this.numbers.push({ ...word, number: Number(word.text) });
    else if (SYMBOL.test(word.text)) {
      this.define(word, 'label');
      if (this.thumbFunction) this.functions.add(word.text);
    }
    this.thumbFunction = false;
  }

  private define(word: Word, kind: DefinitionKind): void {
    // the place that is being assembled
    if (word.text !== '.') this.definitions.push({ ...word, kind, inMacro: this.depth > 0 });
  }

  private directive(name: string, operands: Word, line: number): void {
    const names = namesIn(operands);
    const [first] = names;
    if (name === '.macro') {
      if (first) this.define(first, 'macro');
      this.depth++;
    } else if (name === '.endm') this.depth = Math.max(0, this.depth - 1);
    else if (name === '.thumb_func') this.thumbFunction = true;
    else if (name === '.include') this.include(line);
    else if (!first) return;
    else if (DEFINES.test(name)) this.define(first, 'constant');
    else if (name === '.type' && /[%@#]function|STT_FUNC/.test(operands.text)) this.functions.add(first.text);
    else if (name === '.func') this.functions.add(first.text);
    else if (name === '.comm' || name === '.lcomm') this.define(first, 'common');
    if (EXPORTS.test(name)) {
      for (const { text } of name === '.comm' ? names.slice(0, 1) : names) this.exported.add(text);
    }
  }

  private preprocessor(line: number): void {
    if (/^\s*#\s*include\b/.test(this.raw[line])) this.include(line);
  }

  private include(line: number): void {
    const found = /"([^"]+)"/.exec(this.raw[line]);
    if (!found) return;
    const start = found.index + 1;
    this.includes.push({ text: found[1], line, start, end: start + found[1].length });
  }
}

export function assemblyOf(text: string): Assembly {
  const lines = linesOf(text);
  const reader = new Reader(text.split(/\r?\n/));
  for (const statement of lines.statements) reader.read(statement);
  const { definitions, numbers, uses, numericUses, exported, functions, includes } = reader;
  return { lines, definitions, numbers, uses, numericUses, exported, functions, includes };
}

const holds = ({ line, start, end }: Span, at: { readonly line: number; readonly character: number }): boolean =>
  line === at.line && at.character >= start && at.character <= end;

/** What stands at a place: a name with where it stands, a local label of digits, or an included file. */
export type Pointed =
  | { readonly kind: 'name'; readonly word: Word; readonly calls: boolean }
  | { readonly kind: 'number'; readonly word: Word; readonly number: number; readonly forwards?: boolean }
  | { readonly kind: 'file'; readonly word: Word };

export function pointedAt(
  assembly: Assembly,
  at: { readonly line: number; readonly character: number },
): Pointed | undefined {
  const file = assembly.includes.find((word) => holds(word, at));
  if (file) return { kind: 'file', word: file };
  const number = assembly.numbers.find((word) => holds(word, at));
  if (number) return { kind: 'number', word: number, number: number.number };
  const numeric = assembly.numericUses.find((word) => holds(word, at));
  if (numeric) return { kind: 'number', word: numeric, number: numeric.number, forwards: numeric.forwards };
  const definition = assembly.definitions.find((word) => holds(word, at));
  if (definition) return { kind: 'name', word: definition, calls: definition.kind === 'macro' };
  const use = assembly.uses.find((word) => holds(word, at));
  return use && { kind: 'name', word: use, calls: use.calls };
}

/** The label that `1b` or `1f` stands for. */
export function numericTarget(assembly: Assembly, line: number, number: number, forwards: boolean): Word | undefined {
  const all = assembly.numbers.filter((each) => each.number === number);
  return forwards ? all.find((each) => each.line > line) : all.filter((each) => each.line <= line).pop();
}

/** Where a local label of digits is meant, in order. */
export function numericUsesOf(assembly: Assembly, label: Word & { readonly number: number }): Word[] {
  return assembly.numericUses.filter(
    ({ line, number, forwards }) =>
      number === label.number && numericTarget(assembly, line, number, forwards)?.line === label.line,
  );
}

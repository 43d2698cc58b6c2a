/**
 * Which values stand beside which lines while a guest is stopped: registers and symbols of the instruction that comes next and of those above it in its
 * function, each beside the nearest line that names it, and the memory that the next instruction reaches. Text only.
 */
import { linesOf, type Statement } from './lines.js';
import { memoryOperands } from './memory-operands.js';
import { isReserved, registerNamed } from './registers.js';

export interface InlineName {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** What is shown before the value. */
  readonly label: string;
  /** What the debugger evaluates. */
  readonly expression: string;
}

/** Functions are longer than what a screen shows. */
const MOST_LINES = 60;
const NAME = /(?<![\w.$\\%:])[A-Za-z_.$][\w.$]*(?![\w.$\\:])/g;
/** Where they lead to is no value. */
const BRANCH = /^(?:bl?|blx|bx|bxj|cbn?z|tb[bh])(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?(?:\.[nw])?$/i;
/** Operands that are no registers and no symbols. */
const WORDS = /^(?:cps(?:ie|id)?|it[te]{0,3}|setend|d[ms]b|isb)(?:\.[nw])?$/i;

function namesOf(statement: Statement, rename: (name: string) => string): InlineName[] {
  const { head, operands, line } = statement;
  if (!head || head.text.startsWith('.') || head.text.startsWith('#') || WORDS.test(head.text)) return [];
  return [...operands.text.matchAll(NAME)].flatMap(({ 0: name, index }) => {
    const start = operands.start + index;
    const register = registerNamed(rename(name));
    const place = { line, start, end: start + name.length };
    if (register !== undefined) return { ...place, label: name, expression: register };
    // local labels are in no symbol table
    if (isReserved(name) || name.startsWith('.') || BRANCH.test(head.text)) return [];
    return { ...place, label: name, expression: name };
  });
}

/**
 * @param lineAt lines of the text, without what is no assembly
 * @param stopped line of the instruction that comes next
 * @param begins whether a function begins at a label
 * @param rename what an alias stands for
 */
export function inlineNames(
  lineAt: (line: number) => string,
  stopped: number,
  begins: (label: string) => boolean,
  rename: (name: string) => string = (name) => name,
): InlineName[] {
  const first = Math.max(0, stopped - MOST_LINES);
  const texts = Array.from({ length: stopped - first + 1 }, (_, i) => lineAt(first + i));
  const { statements } = linesOf(texts.join('\n'));
  const found: InlineName[] = [];
  const seen = new Set<string>();
  const add = (names: readonly InlineName[]): void => {
    for (const name of names) {
      if (seen.has(name.expression)) continue;
      seen.add(name.expression);
      found.push({ ...name, line: name.line + first });
    }
  };
  for (const statement of [...statements].reverse()) {
    add(namesOf(statement, rename));
    const { head, operands, line } = statement;
    if (first + line === stopped && head) {
      for (const { start, end, expression } of memoryOperands(head.text, operands.text, rename)) {
        const label = operands.text.slice(start, end);
        add([{ line, start: operands.start + start, end: operands.start + end, label, expression }]);
      }
    }
    if (statement.labels.some(({ text }) => !/^(?:\d|\.L)/.test(text) && begins(text))) break;
  }
  return found;
}

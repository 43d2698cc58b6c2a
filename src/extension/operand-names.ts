/**
 * Which name of a line of assembly, or of a listing, may have a value: registers and symbols among the operands, and labels. Mnemonics, numbers, strings
 * and comments are none. Text only: knows no editor and no guest.
 */
import { codeOf, listedText } from './decode-lines.js';

/** Between two columns, from 0; the second is behind it. */
export interface FoundName {
  readonly start: number;
  readonly end: number;
}

const NAME = /(?<![\w.$])[A-Za-z_.$][\w.$]*/g;
const LABELS = /^\s*(?:[\w.$]+:\s*)+/;
const STRING = /"(?:\\.|[^"\\])*"?|'\\?./g;

/** The columns of a statement in which names stand for values: its labels, and what follows its mnemonic or directive. */
function isOperand(statement: string, column: number): boolean {
  const labels = LABELS.exec(statement)?.[0].length ?? 0;
  if (column < labels) return true;
  const mnemonic = /^\s*\S+/.exec(statement.slice(labels))?.[0].length ?? 0;
  return column >= labels + mnemonic || /^\s*[\w.$]+\s*=/.test(statement);
}

function nameIn(statement: string, character: number): FoundName | undefined {
  const plain = statement.replace(STRING, ({ length }) => ' '.repeat(length));
  for (const { 0: name, index } of plain.matchAll(NAME)) {
    const end = index + name.length;
    if (character >= index && character <= end) return isOperand(plain, index) ? { start: index, end } : undefined;
  }
  return undefined;
}

/** The name at a column of a line of assembly. */
export function nameInAssembly(text: string, character: number): FoundName | undefined {
  return nameIn(codeOf(text), character);
}

/** The name at a column of a line of a listing. */
export function nameInListing(text: string, character: number): FoundName | undefined {
  const listed = listedText(text);
  // a label has its line to itself
  if (!listed) return /^[^\s;].*:$/.test(text) ? nameIn(text, character) : undefined;
  const found = nameIn(text.slice(listed.start, listed.end), character - listed.start);
  return found && { start: listed.start + found.start, end: listed.start + found.end };
}

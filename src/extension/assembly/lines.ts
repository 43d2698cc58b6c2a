/**
 * GNU assembly as statements: comments and strings out of the way, labels and heads found, several statements of a line apart. Columns are those of the
 * text. What a statement means is for others; knows no editor.
 */

/** A piece of one line; lines and columns from 0, `end` is behind it. */
export interface Span {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface Word extends Span {
  readonly text: string;
}

export interface Statement {
  readonly line: number;
  readonly labels: readonly Word[];
  /** Mnemonic, directive, macro, or the name that `=` or `.req` defines; absent where there are labels alone. */
  readonly head?: Word;
  /** What stands behind the head: strings and comments are blanks in it. */
  readonly operands: Word;
  /** Of `name = value`, `name .req register` and `#define name`. */
  readonly defines?: 'constant' | 'alias';
}

export interface Lines {
  /** As long as each line; comments, and what stands between quotes, are blanks. */
  readonly code: readonly string[];
  /** Lines that hold comments and nothing else. */
  readonly comments: ReadonlySet<number>;
  readonly statements: readonly Statement[];
}

const PREPROCESSOR = /^\s*#\s*(define|include|if|ifdef|ifndef|elif|else|endif|undef|error|warning|pragma|line)\b/;
const LABEL = /^\s*((?:[A-Za-z_.$]|\\[A-Za-z_@(])[\w.$\\@()]*|\d+)\s*:(?!:)/;
const ASSIGNMENT = /^\s*([A-Za-z_.$][\w.$]*)\s*==?(?!=)/;
const ALIAS = /^\s*([A-Za-z_$][\w.$]*)\s+\.(?:req|dn|qn)\b/i;
/** Of the preprocessor. */
const DIRECTIVE = /^\s*(#\s*\w+)/;
const HEAD = /^\s*([^\s,:=[\]{}#"']+)/;

const blanks = (length: number): string => ' '.repeat(length);

/** A line without comments and strings; `open`: whether a comment from above goes on in it. */
function codeOfLine(text: string, open: boolean): { readonly code: string; readonly open: boolean } {
  let code = '';
  let at = 0;
  let inside = open;
  if (!inside && /^\s*#/.test(text) && !PREPROCESSOR.test(text)) return { code: blanks(text.length), open: false };
  while (at < text.length) {
    if (inside) {
      const end = text.indexOf('*/', at);
      if (end < 0) return { code: code + blanks(text.length - at), open: true };
      code += blanks(end + 2 - at);
      at = end + 2;
      inside = false;
      continue;
    }
    const found = /["']|\/\/|\/\*|@/.exec(text.slice(at));
    if (!found) return { code: code + text.slice(at), open: false };
    const start = at + found.index;
    code += text.slice(at, start);
    at = start;
    if (found[0] === '/*') inside = true;
    else if (found[0] === '"' || found[0] === "'") {
      const [string] = /^"(?:\\.|[^"\\])*"?|^'(?:\\.|[^\\])?'?/.exec(text.slice(at)) ?? [found[0]];
      code += string.length > 1 ? found[0] + blanks(string.length - 2) + found[0] : found[0];
      at += string.length;
    } else if (found[0] === '@' && text[at - 1] === '\\') {
      // a macro's counter
      code += '@';
      at++;
    } else return { code: code + blanks(text.length - at), open: false };
  }
  return { code, open: inside };
}

/** A statement of a line, between two columns. */
function statementAt(code: string, line: number, start: number, end: number): Statement | undefined {
  const labels: Word[] = [];
  let at = start;
  const word = (text: string, from: number): Word => ({ text, line, start: from, end: from + text.length });
  for (;;) {
    const found = LABEL.exec(code.slice(at, end));
    if (!found) break;
    labels.push(word(found[1], at + found[0].indexOf(found[1])));
    at += found[0].length;
  }
  const rest = code.slice(at, end);
  const define = /^\s*#\s*define\s+(\w+)/.exec(rest);
  const definition = define ?? ASSIGNMENT.exec(rest) ?? ALIAS.exec(rest);
  const head = definition ?? DIRECTIVE.exec(rest) ?? HEAD.exec(rest);
  if (!head) return labels.length === 0 ? undefined : { line, labels, operands: word('', end) };
  const headStart = at + head[0].lastIndexOf(head[1]);
  const behind = definition ? at + head[0].length : headStart + head[1].length;
  const operands = word(code.slice(behind, end), behind);
  const defines = !definition ? undefined : !define && ALIAS.test(rest) ? 'alias' : 'constant';
  return { line, labels, head: word(head[1], headStart), operands, ...(defines && { defines }) };
}

/** Takes a text apart. */
export function linesOf(text: string): Lines {
  const code: string[] = [];
  const comments = new Set<number>();
  const statements: Statement[] = [];
  let open = false;
  for (const [line, raw] of text.split(/\r?\n/).entries()) {
    const found = codeOfLine(raw, open);
    open = found.open;
    code.push(found.code);
    if (found.code.trim() === '') {
      if (raw.trim() !== '') comments.add(line);
      continue;
    }
    const preprocessor = PREPROCESSOR.test(found.code);
    for (let start = 0; start < found.code.length;) {
      const semicolon = preprocessor ? -1 : found.code.indexOf(';', start);
      const end = semicolon < 0 ? found.code.length : semicolon;
      const statement = statementAt(found.code, line, start, end);
      if (statement) statements.push(statement);
      start = end + 1;
    }
  }
  return { code, comments, statements };
}

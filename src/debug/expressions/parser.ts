/**
 * The expression language of the debug console, watches, conditions and log points: C's expressions over registers, symbols and memory, without
 * anything that changes them. `[r1+4]` is short for `*(u32*)(r1+4)`. Text to tree; knows no guest.
 */
import { expressionErrors } from '../errors.js';
import { tokenize, type Token } from './lexer.js';
import { literalType, make, typeNamed, u32, type Type, type Value } from './types.js';

type UnaryOperator = '+' | '-' | '~' | '!';
export type BinaryOperator =
  '||' | '&&' | '|' | '^' | '&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%';

/** `at`: offset in the text, from 0. */
export type Node =
  | { readonly kind: 'constant'; readonly at: number; readonly value: Value }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'unary'; readonly at: number; readonly operator: UnaryOperator; readonly operand: Node }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: 'choice'; readonly at: number; readonly condition: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'cast'; readonly at: number; readonly type: Type; readonly operand: Node }
  /** What lies at an address: of the type that the operand points to, u32 if it is a number. */
  | { readonly kind: 'load'; readonly at: number; readonly address: Node }
  | { readonly kind: 'address'; readonly at: number; readonly operand: Node };

/** How a result is to be shown: a letter as in gdb's `/x`, given behind a comma. */
export type Format = 'x' | 'd' | 'u' | 'b' | 'o' | 'c';

export interface Expression {
  readonly text: string;
  readonly root: Node;
  readonly format?: Format;
}

/** Operators from loosest to tightest, as C has them. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=', '++', '--']);
const FORMATS = new Set<string>(['x', 'd', 'u', 'b', 'o', 'c']);
const DEEPEST = 200;

/** @throws UserError 200–202, 209, 210 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text);
  const root = parser.expression();
  const format = parser.format();
  return format === undefined ? { text, root } : { text, root, format };
}

class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  expression(): Node {
    if (++this.depth > DEEPEST) throw expressionErrors.tooDeep(this.text);
    const condition = this.binary(0);
    let node = condition;
    const question = this.operator('?');
    if (question !== undefined) {
      const yes = this.expression();
      this.expect(':', question.at, 'condition (?)');
      const no = this.expression();
      node = { kind: 'choice', at: question.at, condition, yes, no };
    }
    this.depth--;
    return node;
  }

  /** What may follow the whole expression. */
  format(): Format | undefined {
    let format: Format | undefined;
    if (this.operator(',') !== undefined) {
      const token = this.peek();
      if (token.kind !== 'name' || !FORMATS.has(token.text)) this.unexpected('a format (x, d, u, b, o or c)');
      format = token.text as Format;
      this.next++;
    }
    if (this.peek().kind !== 'end') this.unexpected('an operator or the end');
    return format;
  }

  private binary(level: number): Node {
    if (level === LEVELS.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const token = LEVELS[level].map((o) => this.operator(o)).find((found) => found !== undefined);
      if (token === undefined) return left;
      const operator = token.text as BinaryOperator;
      left = { kind: 'binary', at: token.at, operator, left, right: this.binary(level + 1) };
    }
  }

  private unary(): Node {
    if (++this.depth > DEEPEST) throw expressionErrors.tooDeep(this.text);
    const node = this.unaryInside();
    this.depth--;
    return node;
  }

  private unaryInside(): Node {
    const token = this.peek();
    if (token.kind === 'operator') {
      switch (token.text) {
        case '+':
        case '-':
        case '~':
        case '!':
          this.next++;
          return { kind: 'unary', at: token.at, operator: token.text, operand: this.unary() };
        case '*':
          this.next++;
          return { kind: 'load', at: token.at, address: this.unary() };
        case '&':
          this.next++;
          return { kind: 'address', at: token.at, operand: this.unary() };
        case '(': {
          const type = this.castType();
          if (type !== undefined) return { kind: 'cast', at: token.at, type, operand: this.unary() };
        }
      }
    }
    return this.postfix();
  }

  private postfix(): Node {
    let node = this.primary();
    for (let open = this.operator('['); open !== undefined; open = this.operator('[')) {
      const right = this.expression();
      this.expect(']', open.at, 'bracket');
      node = { kind: 'load', at: open.at, address: { kind: 'binary', at: open.at, operator: '+', left: node, right } };
    }
    return node;
  }

  private primary(): Node {
    const token = this.peek();
    if (token.kind === 'number') {
      this.next++;
      const type = literalType(token.value, token.decimal);
      if (type === undefined) throw expressionErrors.badNumber(this.text, token.at + 1, token.text);
      return { kind: 'constant', at: token.at, value: make(type, token.value) };
    }
    if (token.kind === 'name') {
      this.next++;
      return { kind: 'name', at: token.at, name: token.text };
    }
    if (this.operator('(') !== undefined) {
      const inside = this.expression();
      this.expect(')', token.at, 'parenthesis');
      return inside;
    }
    if (this.operator('[') !== undefined) {
      const operand = this.expression();
      this.expect(']', token.at, 'bracket');
      const address: Node = { kind: 'cast', at: token.at, type: { kind: 'pointer', to: u32 }, operand };
      return { kind: 'load', at: token.at, address };
    }
    return this.unexpected('a number, a register, a symbol, ( or [');
  }

  /** Takes `(type)` or `(type*)` if that is what comes next. */
  private castType(): Type | undefined {
    let at = this.next + 1;
    let words = '';
    for (let token = this.tokens[at]; token.kind === 'name'; token = this.tokens[++at]) {
      words += (words === '' ? '' : ' ') + token.text;
    }
    let type: Type | undefined = typeNamed(words);
    if (type === undefined) return undefined;
    for (; this.tokens[at].text === '*'; at++) type = { kind: 'pointer', to: type };
    if (this.tokens[at].text !== ')') return undefined;
    this.next = at + 1;
    return type;
  }

  private peek(): Token {
    return this.tokens[this.next];
  }

  private operator(text: string): Token | undefined {
    const token = this.peek();
    if (token.kind !== 'operator' || token.text !== text) return undefined;
    this.next++;
    return token;
  }

  private expect(text: string, opened: number, what: string): void {
    if (this.operator(text) !== undefined) return;
    if (this.peek().kind === 'end') throw expressionErrors.unclosed(this.text, opened + 1, what);
    this.unexpected(`"${text}"`);
  }

  private unexpected(wanted: string): never {
    const token = this.peek();
    if (ASSIGNMENTS.has(token.text)) throw expressionErrors.assignment(this.text, token.at + 1);
    const found = token.kind === 'end' ? 'the end' : `"${token.text}"`;
    throw expressionErrors.unexpected(this.text, token.at + 1, found, wanted);
  }
}

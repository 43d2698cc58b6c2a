/** Cuts an expression into tokens. Knows no grammar. */
import { expressionErrors } from '../errors.js';

export type Token =
  | {
      readonly kind: 'number';
      readonly at: number;
      readonly text: string;
      readonly value: bigint;
      readonly decimal: boolean;
    }
  | { readonly kind: 'name'; readonly at: number; readonly text: string }
  | { readonly kind: 'operator'; readonly at: number; readonly text: string }
  | { readonly kind: 'end'; readonly at: number; readonly text: string };

const SPACE = /[ \t\r\n]+/y;
/** Registers and symbols; a dot joins a register and its field, and occurs in symbols. */
const NAME = /[A-Za-z_$.][\w$.]*/y;
const NUMBER = /[0-9][\w']*/y;
const CHARACTER = /'(\\x[0-9a-fA-F]{1,2}|\\.|[^\\'])'/y;
const OPERATOR = /<<=|>>=|&&|\|\||==|!=|<=|>=|<<|>>|\+\+|--|[-+*/%&|^]=|[-+*/%&|^~!<>=?:()[\],]/y;

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0, a: 7, b: 8, e: 27, f: 12, v: 11 };

/** @throws UserError 200, 202 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  for (;;) {
    take(SPACE);
    const start = at;
    if (at >= text.length) {
      tokens.push({ kind: 'end', at: start, text: '' });
      return tokens;
    }
    let found: string | undefined;
    if ((found = take(NAME)) !== undefined) tokens.push({ kind: 'name', at: start, text: found });
    else if ((found = take(NUMBER)) !== undefined) tokens.push(number(text, start, found));
    else if ((found = take(CHARACTER)) !== undefined) {
      tokens.push({
        kind: 'number',
        at: start,
        text: found,
        value: BigInt(character(found.slice(1, -1))),
        decimal: true,
      });
    } else if ((found = take(OPERATOR)) !== undefined) tokens.push({ kind: 'operator', at: start, text: found });
    else throw expressionErrors.unexpected(text, at + 1, `"${text[at]}"`, 'a number, a name or an operator');
  }
}

function number(text: string, at: number, found: string): Token {
  const digits = found.replaceAll(/['_]/g, '').replace(/[uUlL]+$/, '');
  // a leading zero is no sign of octal here: addresses are often padded
  const decimal = /^[0-9]+$/.test(digits);
  if (!decimal && !/^0[xX][0-9a-fA-F]+$/.test(digits) && !/^0[bB][01]+$/.test(digits)) {
    throw expressionErrors.badNumber(text, at + 1, found);
  }
  const value = BigInt(digits);
  if (value >= 1n << 64n) throw expressionErrors.badNumber(text, at + 1, found);
  return { kind: 'number', at, text: found, value, decimal };
}

function character(text: string): number {
  if (!text.startsWith('\\')) return text.codePointAt(0) as number;
  if (text[1] === 'x') return Number.parseInt(text.slice(2), 16);
  return ESCAPES[text[1]] ?? text.charCodeAt(1);
}

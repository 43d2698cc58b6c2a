/**
 * The TextMate grammar of GNU assembly for ARM, made from the instruction table: what the table's syntax column names is a mnemonic, and its facts
 * say which kind. `syntaxes/` holds the result; a test keeps the two equal.
 */
import { Fact, type Row } from '../../src/isa/row.js';

const CONDITIONS = 'eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al';

/** What the angle brackets of the syntax column stand for, as regular expressions; `op` stands for a family that others name. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  amode: 'ia|ib|da|db|ea|ed|fa|fd',
  // CPS #mode changes nothing but the mode
  effect: 'ie|id|',
  'BT|TB': 'bt|tb',
  n: '[1-4]',
  x: '[bt]',
  y: '[bt]',
};
const IT_PLACEHOLDER = '[te]';
/** Assemblers may leave IA away. */
const MULTIPLE = /^(V(?:LD|ST)M)IA$/;
/** `.W` and `.N`; `.I8`, `.F32.S32`. */
const SUFFIXES = '(?:\\.(?:[nw]|[iusfp]?(?:8|16|32|64)))*';

/** `SMLA<x><y><c>` as a pattern without its condition: `smla(?:[bt])(?:[bt])`; undefined for rows that stand for many mnemonics. */
export function mnemonicPattern(syntax: string): string | undefined {
  const head = syntax
    .split(/[\s,]/)[0]
    .replace(/<c>/g, '')
    // what follows the condition is no part of the mnemonic: a width or data types
    .replace(/\{?\..*$/, '')
    .replace(MULTIPLE, '$1{IA}');
  if (head.startsWith('<op>') || head.startsWith('V<op>')) return undefined;
  let pattern = '';
  for (let i = 0; i < head.length; i++) {
    const c = head[i];
    if (c === '{') pattern += '(?:';
    else if (c === '}') pattern += ')?';
    else if (c === '<') {
      const end = head.indexOf('>', i);
      const name = head.slice(i + 1, end);
      const stands = head.startsWith('IT') ? IT_PLACEHOLDER : PLACEHOLDERS[name];
      if (stands === undefined) throw new Error(`${syntax}: nothing is known of <${name}>`);
      pattern += `(?:${stands})`;
      i = end;
    } else pattern += c.toLowerCase();
  }
  return pattern;
}

type Kind = 'branch' | 'sensitive' | 'other';

function kindOf({ facts }: Row): Kind {
  if (facts & (Fact.sensitive | Fact.privileged | Fact.exceptionCall | Fact.exceptionReturn)) return 'sensitive';
  return facts & Fact.branch ? 'branch' : 'other';
}

const SCOPES: Readonly<Record<Kind, string>> = {
  branch: 'keyword.control.branch.arm-asm',
  sensitive: 'keyword.other.sensitive.arm-asm',
  other: 'support.function.mnemonic.arm-asm',
};
/** Where rows of one mnemonic differ: MOV is no branch because MOV pc is one. */
const PRECEDENCE: readonly Kind[] = ['other', 'branch', 'sensitive'];

/** Patterns by kind, each mnemonic once. */
export function mnemonics(rows: readonly Row[]): Record<Kind, string[]> {
  const kinds = new Map<string, Kind>();
  for (const row of rows) {
    // Assemblers write the halves of a branch together.
    if (row.extension === 'branch-halves') continue;
    const pattern = mnemonicPattern(row.syntax);
    if (pattern === undefined) continue;
    const before = kinds.get(pattern);
    const kind = kindOf(row);
    if (!before || PRECEDENCE.indexOf(kind) < PRECEDENCE.indexOf(before)) kinds.set(pattern, kind);
  }
  const of = (kind: Kind): string[] =>
    [...kinds]
      .filter(([, own]) => own === kind)
      .map(([pattern]) => pattern)
      .sort((a, b) => b.length - a.length || a.localeCompare(b));
  return { branch: of('branch'), sensitive: of('sensitive'), other: of('other') };
}

const instruction = (kind: Kind, patterns: readonly string[]) => ({
  name: SCOPES[kind],
  match: `(?i)(?<![\\w.$])(?:${patterns.join('|')})(?:${CONDITIONS})?${SUFFIXES}(?![\\w.$:])`,
});

export function grammar(rows: readonly Row[]): unknown {
  const { branch, sensitive, other } = mnemonics(rows);
  return {
    name: 'ARM assembly (GNU)',
    scopeName: 'source.arm-asm',
    comment: 'Made from the instruction table by test/support/grammar.ts; do not edit.',
    patterns: ['comment', 'string', 'label', 'directive', 'instruction'].map((name) => ({ include: `#${name}` })),
    repository: {
      comment: {
        patterns: [
          { name: 'comment.line.at-sign.arm-asm', match: '@.*$' },
          { name: 'comment.line.double-slash.arm-asm', match: '//.*$' },
          { name: 'comment.line.number-sign.arm-asm', match: '^\\s*#.*$' },
          { name: 'comment.block.arm-asm', begin: '/\\*', end: '\\*/' },
        ],
      },
      string: {
        patterns: [
          {
            name: 'string.quoted.double.arm-asm',
            begin: '"',
            end: '"',
            patterns: [{ name: 'constant.character.escape.arm-asm', match: '\\\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|.)' }],
          },
          { name: 'string.quoted.single.arm-asm', match: "'(?:\\\\.|[^\\\\'])'?" },
        ],
      },
      label: {
        patterns: [
          {
            match: '^\\s*([A-Za-z_.$][\\w.$]*|\\d+)(:)',
            captures: {
              1: { name: 'entity.name.function.arm-asm' },
              2: { name: 'punctuation.separator.arm-asm' },
            },
          },
        ],
      },
      directive: { patterns: [{ name: 'keyword.control.directive.arm-asm', match: '(?<![\\w$])\\.[A-Za-z_]\\w*' }] },
      instruction: {
        patterns: [
          { include: '#comment' },
          // LDM is what it is nearly always, although LDM^ is sensitive: the first match counts
          instruction('other', other),
          instruction('branch', branch),
          instruction('sensitive', sensitive),
          {
            name: 'variable.language.register.arm-asm',
            match:
              '(?i)(?<![\\w.$])(?:r(?:1[0-5]|[0-9])(?:_(?:usr|fiq))?|(?:sp|lr)(?:_(?:usr|fiq|irq|svc|abt|und|mon|hyp))?|pc|ip|fp|sl|sb|[cs]psr(?:_[a-z]+)?|spsr_(?:fiq|irq|svc|abt|und|mon|hyp)|apsr(?:_[a-z]+)?|elr_hyp|[acp](?:1[0-5]|[0-9])|v[1-8]|s(?:[12]?[0-9]|3[01])|d(?:[12]?[0-9]|3[01])|q(?:1[0-5]|[0-9])|fpscr|fpexc|fpsid)(?![\\w.$])',
          },
          { name: 'keyword.operator.shift.arm-asm', match: '(?i)(?<![\\w.$])(?:lsl|lsr|asr|ror|rrx)(?=\\s+[#r])' },
          { name: 'constant.numeric.hex.arm-asm', match: '[#=]?-?0[xX][0-9a-fA-F]+' },
          {
            name: 'constant.numeric.arm-asm',
            match: '(?<![\\w.$])[#=]?-?(?:0[bB][01]+|[0-9]+)(?:[bf](?!\\w))?(?![\\w.$])',
          },
          { name: 'variable.parameter.macro.arm-asm', match: '\\\\[A-Za-z_@]\\w*' },
        ],
      },
    },
  };
}

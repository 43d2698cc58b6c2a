/**
 * The TextMate grammar of GNU assembly for ARM, made from the instruction table: what the table's syntax column names is a mnemonic, and its facts
 * say which kind. `syntaxes/` holds the result, and beside it what editors show of each mnemonic; a test keeps both equal to what is made here.
 */
import { featureInWords } from '../../src/isa/features.js';
import { meaningOf } from '../../src/isa/meanings.js';
import { mnemonicsOf, type MnemonicKind } from '../../src/isa/mnemonics.js';
import type { Row } from '../../src/isa/row.js';

const CONDITIONS = 'eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al';
/** `.W` and `.N`; `.I8`, `.F32.S32`. */
const SUFFIXES = '(?:\\.(?:[nw]|[iusfp]?(?:8|16|32|64)))*';
const SYMBOL = '[A-Za-z_.$][\\w.$]*';
const SECTION = '[\\w.$-]+|"[^"]*"';
/** In a macro, its parameters may be part of any name. */
const MACRO_WORD = '(?:[A-Za-z_$]|\\\\[A-Za-z_@(])[\\w.$\\\\@()]*';

/** One pattern for many words that looks at each character once. */
export function anyOf(words: readonly string[]): string {
  const branches = new Map<string, string[]>();
  for (const word of words.filter((each) => each !== '').sort()) {
    const first = word[0];
    branches.set(first, [...(branches.get(first) ?? []), word.slice(1)]);
  }
  if (branches.size === 0) return '';
  const texts = [...branches].map(([first, rests]) => first + anyOf(rests));
  const may = words.includes('') ? '?' : '';
  return texts.length === 1 && may === '' ? texts[0] : `(?:${texts.join('|')})${may}`;
}

const SCOPES: Readonly<Record<MnemonicKind, string>> = {
  branch: 'keyword.control.branch.arm-asm',
  sensitive: 'keyword.other.sensitive.arm-asm',
  plain: 'support.function.mnemonic.arm-asm',
};

/** A statement runs to the end of its line, or to the next. */
const statement = (begin: string, captures: Readonly<Record<number, unknown>>, patterns: readonly unknown[]) => ({
  begin,
  end: '(?=;)|$',
  beginCaptures: captures,
  patterns,
});

const named = (name: string) => ({ name: `${name}.arm-asm` });
const included = (...names: readonly string[]) => names.map((name) => ({ include: `#${name}` }));

const REGISTERS =
  'r(?:1[0-5]|[0-9])(?:_(?:usr|fiq))?|(?:sp|lr)(?:_(?:usr|fiq|irq|svc|abt|und|mon|hyp))?|pc|ip|fp|sl|sb|[cs]psr(?:_[a-z]+)?|spsr_(?:fiq|irq|svc|abt|und|mon|hyp)|apsr(?:_[a-z]+)?|elr_hyp|a[1-4]|[cp](?:1[0-5]|[0-9])|v[1-8]|s(?:[12]?[0-9]|3[01])|[dq](?:[12]?[0-9]|3[01])(?:\\[\\d+\\])?|fpscr|fpexc|fpsid|fpinst2?|mvfr[01]';

export function grammar(rows: readonly Row[]): unknown {
  const mnemonics = mnemonicsOf(rows);
  const instruction = (kind: MnemonicKind) => {
    const words = mnemonics.filter((each) => each.kind === kind).flatMap((each) => each.words);
    const begin = `(?i)(?<![\\w.$\\\\])${anyOf(words)}(?:${CONDITIONS})?${SUFFIXES}(?![\\w.$:\\\\]|\\s*(?:[:=]|\\.req\\b))`;
    return statement(begin, { 0: { name: SCOPES[kind] } }, included('operands'));
  };
  return {
    name: 'ARM assembly (GNU)',
    scopeName: 'source.arm-asm',
    comment: 'Made from the instruction table by test/support/grammar.ts; do not edit.',
    patterns: included('preprocessor', 'comment', 'label', 'assignment', 'directive', 'instruction', 'call'),
    repository: {
      preprocessor: {
        patterns: [
          {
            ...named('meta.preprocessor'),
            begin: '^\\s*(#\\s*(?:define|elif|else|endif|error|if|ifdef|ifndef|include|line|pragma|undef|warning)\\b)',
            end: '(?<!\\\\)$',
            beginCaptures: { 1: named('keyword.control.directive') },
            patterns: [
              { match: '<[^>]*>', ...named('string.quoted.other.include') },
              ...included('comment-slashes', 'string', 'number'),
            ],
          },
        ],
      },
      comment: {
        patterns: [
          { ...named('comment.line.at-sign'), match: '@.*$' },
          { ...named('comment.line.number-sign'), match: '^\\s*#.*$' },
          ...included('comment-slashes'),
        ],
      },
      // what the C preprocessor takes for comments, too
      'comment-slashes': {
        patterns: [
          { ...named('comment.line.double-slash'), match: '//.*$' },
          { ...named('comment.block'), begin: '/\\*', end: '\\*/' },
        ],
      },
      string: {
        patterns: [
          {
            ...named('string.quoted.double'),
            begin: '"',
            end: '"|$',
            patterns: [{ ...named('constant.character.escape'), match: '\\\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|.)' }],
          },
          { ...named('string.quoted.single'), match: "'(?:\\\\.|[^\\\\'])'?" },
        ],
      },
      label: {
        patterns: [
          {
            match: `(?<![\\w.$\\\\])(?:(\\d+)|((?:${SYMBOL}|"[^"]*")|${MACRO_WORD}))\\s*(:)(?!:)`,
            captures: {
              1: named('constant.numeric.label'),
              2: named('entity.name.function'),
              3: named('punctuation.separator'),
            },
          },
        ],
      },
      assignment: {
        patterns: [
          statement(
            `(${SYMBOL})\\s*(==?)`,
            { 1: named('variable.other.constant'), 2: named('keyword.operator.assignment') },
            included('operands'),
          ),
          statement(
            `(?i)(${SYMBOL})\\s+(\\.(?:req|dn|qn))\\b`,
            { 1: named('variable.other.alias'), 2: named('keyword.control.directive') },
            included('operands'),
          ),
        ],
      },
      directive: {
        patterns: [
          statement(
            `(?i)(\\.macro)\\s+(${SYMBOL})`,
            { 1: named('keyword.control.directive'), 2: named('entity.name.function.macro') },
            [{ match: '\\b(?:req|vararg)\\b', ...named('storage.modifier') }, ...included('operands')],
          ),
          statement(
            `(?i)(\\.(?:equ|equiv|eqv|set))\\s+(${SYMBOL})`,
            { 1: named('keyword.control.directive'), 2: named('variable.other.constant') },
            included('operands'),
          ),
          statement(
            `(?i)(\\.(?:section|pushsection))\\s+(${SECTION})`,
            { 1: named('keyword.control.directive'), 2: named('entity.name.section') },
            included('operands'),
          ),
          statement(
            `(?i)(\\.(?:arch|arch_extension|cpu|fpu|object_arch|syntax|code|eabi_attribute))\\b\\s*([\\w.+-]+)?`,
            { 1: named('keyword.control.directive'), 2: named('constant.other.target') },
            included('operands'),
          ),
          statement(
            '(?i)(?<![\\w$.])\\.[A-Za-z_][\\w.]*',
            { 0: named('keyword.control.directive') },
            included('operands'),
          ),
        ],
      },
      instruction: { patterns: [instruction('plain'), instruction('branch'), instruction('sensitive')] },
      // any other first word of a statement: a macro's
      call: {
        patterns: [
          statement(
            MACRO_WORD,
            { 0: { ...named('entity.name.function.macro'), patterns: included('parameter') } },
            included('operands'),
          ),
        ],
      },
      operands: {
        patterns: [
          {
            match:
              '[%@#](?:function|object|progbits|nobits|note|tls_object|common|notype|(?:init|fini|preinit)_array)\\b',
            ...named('support.constant'),
          },
          ...included('comment', 'string', 'parameter'),
          { match: `(?i)(?<![\\w.$])(?:${REGISTERS})(?![\\w.$])`, ...named('variable.language.register') },
          { match: '(?i)(?<![\\w.$])(?:lsl|lsr|asr|ror|rrx)(?![\\w.$])', ...named('keyword.operator.shift') },
          ...included('number'),
          { match: '[-+*/%&|^~!<>=]+', ...named('keyword.operator') },
          { match: SYMBOL, ...named('variable.other') },
        ],
      },
      parameter: {
        patterns: [{ match: '\\\\(?:[A-Za-z_]\\w*|@|\\(\\)|[0-9])', ...named('variable.parameter.macro') }],
      },
      number: {
        patterns: [
          { match: '[#=]?-?(?<![\\w.$])0[xX][0-9a-fA-F]+(?![\\w.$])', ...named('constant.numeric.hex') },
          { match: '(?<![\\w.$])\\d+[bf](?![\\w.$])', ...named('constant.numeric.label') },
          {
            match:
              '[#=]?-?(?<![\\w.$])(?:0[bB][01]+|0?[eE][-+]?[0-9.]+|[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![\\w.$])',
            ...named('constant.numeric'),
          },
        ],
      },
    },
  };
}

/** What editors show of each mnemonic, as JSON with a line for each. */
export function instructionDocs(rows: readonly Row[]): string {
  const docs = mnemonicsOf(rows).map(({ name, words, kind, sensitive, syntaxes, sections, extensions }) => ({
    name,
    words,
    kind,
    ...(sensitive && { sensitive }),
    syntaxes,
    meaning: meaningOf(name),
    sections,
    ...(extensions && {
      needs: extensions.flatMap((extension) => (extension === 'base' ? [] : [featureInWords(extension)])),
    }),
  }));
  const lines = docs.map((doc) => JSON.stringify(doc));
  return `[\n${lines.join(',\n')}\n]\n`;
}

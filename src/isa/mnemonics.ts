/**
 * The words that an assembler takes for instructions, from the syntax column of the table: each mnemonic with its spellings, its syntaxes and what kind it
 * is. Grammar, hovers and completion derive from it. Conditions and what follows the mnemonic's dot are left to them; knows no editor.
 */
import { Fact, type Extension, type Row } from './row.js';

/** `sensitive`: in every form that it has. A mnemonic of which only some forms are, such as LDM, is of the kind of the others. */
export type MnemonicKind = 'plain' | 'branch' | 'sensitive';

export interface Mnemonic {
  /** Without S and without what varies: `ADD`, `SMLAxy`, `CBZ` for CBZ and CBNZ. */
  readonly name: string;
  readonly kind: MnemonicKind;
  /** True if any form of it is sensitive or privileged. */
  readonly sensitive: boolean;
  /** Lower case, without condition: `add`, `adds`. */
  readonly words: readonly string[];
  /** As the table has them, each once. */
  readonly syntaxes: readonly string[];
  /** Sections of the manual. */
  readonly sections: readonly string[];
  /** What a processor must have for any of its forms; absent if `base` has one. */
  readonly extensions?: readonly Extension[];
}

/** What stands between angle brackets in the head of a syntax. */
const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  amode: ['ia', 'ib', 'da', 'db', 'ea', 'ed', 'fa', 'fd'],
  // CPS #mode changes nothing but the mode
  effect: ['ie', 'id', ''],
  'BT|TB': ['bt', 'tb'],
  n: ['1', '2', '3', '4'],
  x: ['b', 't'],
  y: ['b', 't'],
};
const IT_PLACEHOLDER = ['t', 'e'];

/** Names that only assemblers know, and what they stand for. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  SVC: ['swi'],
  MOV: ['cpy'],
  RSB: ['neg', 'negs'],
  ADR: ['adrl'],
  LDM: ['ldmfd'],
  LDMDA: ['ldmfa'],
  LDMDB: ['ldmea'],
  LDMIB: ['ldmed'],
  STM: ['stmea'],
  STMDA: ['stmed'],
  STMDB: ['stmfd'],
  STMIB: ['stmfa'],
  VACGE: ['vacle'],
  VACGT: ['vaclt'],
};

/** The mnemonics of a syntax, without conditions and widths; none for a row that stands for a whole family. */
function heads(syntax: string): string[] {
  const list = syntax.split(', ');
  // `ENTERX, LEAVEX`; anything else has operands behind its first space
  const own = list.length > 1 && list.every((part) => /^[A-Z]+(<n>)?$/.test(part)) ? list : [syntax.split(/[\s,]/)[0]];
  return own
    .map((head) =>
      head
        .replace('<c>', '')
        // what follows the condition is no part of the mnemonic: a width or data types
        .replace(/\{?\..*$/, ''),
    )
    .filter((head) => !head.includes('<op>'));
}

/** `smlabb`, `smlabt`, … for `SMLA<x><y>`; `add`, `adds` for `ADD{S}`. @throws where a placeholder is unknown */
export function spellings(head: string): string[] {
  // assemblers may leave IA away
  const text = head.replace(/^(V(?:LD|ST)M)IA$/, '$1{IA}');
  const found = expand(text, text.startsWith('IT{'));
  return [...new Set(found.map((word) => word.toLowerCase()))];
}

function expand(text: string, isIt: boolean): string[] {
  const at = text.search(/[{<]/);
  if (at < 0) return [text];
  const end = closing(text, at);
  const inner = text.slice(at + 1, end);
  const choices = text[at] === '<' ? placeholder(inner, isIt) : optional(inner, isIt);
  const rest = expand(text.slice(end + 1), isIt);
  return choices.flatMap((choice) => rest.map((after) => text.slice(0, at) + choice + after));
}

/** `{B|H}` is one of the two, `{S}` may be left away. */
function optional(inner: string, isIt: boolean): string[] {
  return /^\w\|\w$/.test(inner) ? inner.split('|') : ['', ...expand(inner, isIt)];
}

function placeholder(name: string, isIt: boolean): readonly string[] {
  if (isIt) return IT_PLACEHOLDER;
  if (!Object.hasOwn(PLACEHOLDERS, name)) throw new Error(`nothing is known of <${name}>`);
  return PLACEHOLDERS[name];
}

function closing(text: string, open: number): number {
  const [opens, closes] = text[open] === '{' ? '{}' : '<>';
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === opens) depth++;
    else if (text[at] === closes && --depth === 0) return at;
  }
  throw new Error(`${text}: ${opens} is not closed`);
}

/** The name under which the spellings of a head are explained. */
function nameOf(head: string): string {
  return head
    .replace(/\{B\|H\}/, 'B')
    .replace(/\{.*\}/, '')
    .replace(/<([xy])>/g, '$1')
    .replace(/<.*>/, '')
    .replace(/IA$/, '')
    .replace(/^((?:RFE|SRS))(?:DB)$/, '$1')
    .replace(/^LEAVEX$/, 'ENTERX')
    .replace(/^(MOV|SUB)S$/, '$1');
}

function kindOf({ facts }: Row): MnemonicKind {
  if (facts & (Fact.sensitive | Fact.privileged | Fact.exceptionCall | Fact.exceptionReturn)) return 'sensitive';
  return facts & Fact.branch ? 'branch' : 'plain';
}

/** Where forms differ: MOV is no branch because MOV pc is one. */
const PRECEDENCE: readonly MnemonicKind[] = ['plain', 'branch', 'sensitive'];

interface Draft {
  kind: MnemonicKind;
  sensitive: boolean;
  words: Set<string>;
  syntaxes: Set<string>;
  /** Of rows that are recognised and Undefined. */
  undefined: Set<string>;
  sections: Set<string>;
  extensions: Set<Extension>;
}

/** The mnemonics of rows, by name. A word belongs to one mnemonic alone. */
export function mnemonicsOf(rows: readonly Row[]): Mnemonic[] {
  const drafts = new Map<string, Draft>();
  const owners = new Map<string, string>();
  // LDM{<amode>} for User mode registers has spellings that are mnemonics of their own
  const last = rows.filter(({ syntax }) => syntax.includes('<amode>'));
  for (const row of [...rows.filter(({ syntax }) => !syntax.includes('<amode>')), ...last]) {
    // assemblers write the halves of a branch together
    if (row.extension === 'branch-halves') continue;
    for (const head of heads(row.syntax)) {
      const isFamily = /^V(LD|ST)<n>$/.test(head);
      for (const each of isFamily ? spellings(head).map((word) => word.toUpperCase()) : [head]) add(row, each);
    }
  }
  function add(row: Row, head: string): void {
    const name = nameOf(head);
    const kind = kindOf(row);
    let draft = drafts.get(name);
    if (!draft) {
      const texts = () => new Set<string>();
      const none = { words: texts(), syntaxes: texts(), undefined: texts(), sections: texts() };
      draft = { kind, sensitive: false, ...none, extensions: new Set() };
      drafts.set(name, draft);
    }
    if (PRECEDENCE.indexOf(kind) < PRECEDENCE.indexOf(draft.kind)) draft.kind = kind;
    draft.sensitive ||= (row.facts & (Fact.sensitive | Fact.privileged)) !== 0;
    for (const word of [...spellings(head), ...(ALIASES[name] ?? [])]) {
      if (owners.has(word)) continue;
      owners.set(word, name);
      draft.words.add(word);
    }
    // wide forms have the operands of narrow ones
    (row.operation === null ? draft.undefined : draft.syntaxes).add(row.syntax.replace('.W', ''));
    draft.sections.add(row.section);
    draft.extensions.add(row.extension ?? 'base');
  }
  return [...drafts]
    .map(([name, { kind, sensitive, words, syntaxes, undefined: others, sections, extensions }]): Mnemonic => ({
      name,
      kind,
      sensitive,
      words: [...words],
      syntaxes: [...(syntaxes.size > 0 ? syntaxes : others)],
      sections: [...sections],
      ...(!extensions.has('base') && { extensions: [...extensions] }),
    }))
    .filter(({ words }) => words.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

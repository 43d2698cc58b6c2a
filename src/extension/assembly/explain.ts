/** What hovers say of mnemonics and directives. The words come from the instruction table's own resource; Markdown goes out. Knows no editor. */
import { DIRECTIVES } from './directives.js';

/** An entry of syntaxes/arm-asm.instructions.json. */
export interface InstructionDoc {
  readonly name: string;
  /** Spellings, in lower case, without condition. */
  readonly words: readonly string[];
  readonly kind: 'plain' | 'branch' | 'sensitive';
  readonly sensitive?: boolean;
  readonly syntaxes: readonly string[];
  readonly meaning: string;
  readonly sections: readonly string[];
  /** What a processor must have for any of its forms. */
  readonly needs?: readonly string[];
}

const CONDITIONS: Readonly<Record<string, string>> = {
  eq: 'equal (Z set)',
  ne: 'not equal (Z clear)',
  cs: 'carry set, unsigned higher or same (C set)',
  hs: 'unsigned higher or same (C set)',
  cc: 'carry clear, unsigned lower (C clear)',
  lo: 'unsigned lower (C clear)',
  mi: 'negative (N set)',
  pl: 'positive or zero (N clear)',
  vs: 'overflow (V set)',
  vc: 'no overflow (V clear)',
  hi: 'unsigned higher (C set and Z clear)',
  ls: 'unsigned lower or same (C clear or Z set)',
  ge: 'signed greater or equal (N equals V)',
  lt: 'signed less (N differs from V)',
  gt: 'signed greater (Z clear and N equals V)',
  le: 'signed less or equal (Z set or N differs from V)',
  al: 'always',
};
const TYPES: Readonly<Record<string, string>> = {
  i: 'integers',
  s: 'signed integers',
  u: 'unsigned integers',
  f: 'floating-point numbers',
  p: 'polynomials',
  '': 'elements',
};
/** Syntaxes shown; some vector instructions have a dozen. */
const MOST_SYNTAXES = 8;

export interface Spelling {
  readonly doc: InstructionDoc;
  /** Lower case. */
  readonly base: string;
  readonly condition?: string;
  /** `w`, `n`, `f32`, … */
  readonly suffixes: readonly string[];
}

/** Mnemonics by their spellings. */
export class InstructionDocs {
  private readonly byWord: ReadonlyMap<string, InstructionDoc>;

  constructor(readonly all: readonly InstructionDoc[]) {
    this.byWord = new Map(all.flatMap((doc) => doc.words.map((word) => [word, doc] as const)));
  }

  /** Takes `addseq.w` apart; undefined if it is no instruction. */
  find(text: string): Spelling | undefined {
    const [word, ...suffixes] = text.toLowerCase().split('.');
    if (suffixes.some((suffix) => !/^(?:[nw]|[iusfp]?(?:8|16|32|64))$/.test(suffix))) return undefined;
    const whole = this.byWord.get(word);
    if (whole) return { doc: whole, base: word, suffixes };
    const condition = word.slice(-2);
    const base = word.slice(0, -2);
    const doc = Object.hasOwn(CONDITIONS, condition) ? this.byWord.get(base) : undefined;
    return doc && { doc, base, condition, suffixes };
  }
}

function conditionsOfIt(base: string): string {
  const rest = [...base.slice(2)].map((letter) => (letter === 't' ? 'if it holds' : 'if it does not'));
  return `The first one executes if the condition holds${rest.map((each) => `, the next ${each}`).join('')}.`;
}

function suffixText(suffix: string): string {
  if (suffix === 'w') return '`.W` demands the 32-bit encoding.';
  if (suffix === 'n') return '`.N` demands the 16-bit encoding.';
  const [, letter, bits] = /^([iusfp]?)(\d+)$/.exec(suffix) ?? ['', '', ''];
  return `\`.${suffix.toUpperCase()}\`: ${TYPES[letter]} of ${bits} bits.`;
}

/** Markdown about a mnemonic. */
export function explainMnemonic(text: string, docs: InstructionDocs): string | undefined {
  const found = docs.find(text);
  if (!found) return undefined;
  const { doc, base, condition, suffixes } = found;
  const notes: string[] = [];
  if (condition !== undefined) {
    notes.push(`\`${condition.toUpperCase()}\`: executes only if the flags say ${CONDITIONS[condition]}.`);
  }
  if (/^it[te]{1,3}$/.test(base)) notes.push(conditionsOfIt(base));
  const plain = base.slice(0, -1);
  if (base.endsWith('s') && doc.words.includes(plain) && doc.name.toLowerCase() !== base) {
    notes.push('`S`: sets the flags by the result.');
  }
  notes.push(...suffixes.map(suffixText));
  const syntaxes = doc.syntaxes.slice(0, MOST_SYNTAXES);
  const more = doc.syntaxes.length - syntaxes.length;
  const shown = more > 0 ? [...syntaxes, `… and ${more} more`] : syntaxes;
  const tail = [
    ...(doc.sensitive
      ? [
          doc.kind === 'sensitive'
            ? 'Sensitive: in a guest’s privileged code it becomes a trap.'
            : 'Some forms are sensitive: in a guest’s privileged code they become traps.',
        ]
      : []),
    ...(doc.needs ? [`Needs ${doc.needs.join(', or ')}.`] : []),
    sectionsText(doc.sections),
  ];
  return [
    `**${base.toUpperCase()}** ${doc.meaning}`,
    ...(notes.length > 0 ? [notes.join(' ')] : []),
    `\`\`\`text\n${shown.join('\n')}\n\`\`\``,
    tail.join('  \n'),
  ].join('\n\n');
}

/** `DDI 0406C A8.8.5, A8.8.7`. */
function sectionsText(sections: readonly string[]): string {
  const manuals = new Map<string, string[]>();
  for (const section of sections) {
    const [, manual, place] = /^(.*) (\S+)$/.exec(section) ?? ['', '', section];
    manuals.set(manual, [...(manuals.get(manual) ?? []), place]);
  }
  return [...manuals].map(([manual, places]) => `${manual} ${places.join(', ')}`.trim()).join('; ');
}

/** Markdown about a directive. */
export function explainDirective(text: string): string | undefined {
  const name = text.toLowerCase();
  const found = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
  if (!found) return undefined;
  const [operands, meaning] = found;
  return `\`\`\`text\n${operands === '' ? name : `${name} ${operands}`}\n\`\`\`\n\n${meaning}`;
}

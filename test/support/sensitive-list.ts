/** The list of sensitive instructions that was made and checked outside this project, and which of its rows a word belongs to. */
import fs from 'node:fs';
import type { Isa } from '../../src/isa/row.js';

/** Silently wrong, UNPREDICTABLE, naturally Undefined, exception, control flow, hint, exclusive, noted. */
export type Class = 'S' | 'U' | 'P' | 'E' | 'C' | 'H' | 'X' | 'N';

export interface Listed {
  readonly isa: Isa;
  readonly name: string;
  readonly mask: string;
  readonly value: string;
  readonly guard: string;
  readonly cls: Class;
  readonly samples: readonly string[];
}

export const listed = JSON.parse(
  fs.readFileSync(new URL('../oracles/sensitive-instructions.json', import.meta.url), 'utf8'),
) as readonly Listed[];

/** The list's guards, as it words them. Those on coprocessor numbers look at bits 11:8. */
export const GUARDS: Readonly<Record<string, (word: number) => boolean>> = {
  '': () => true,
  'cond!=F': conditional,
  'cond!=F && ((insn>>23)&3)!=2': (word) => conditional(word) && ((word >>> 23) & 3) !== 2,
  'cond!=F && (insn>>16&3)!=0': (word) => conditional(word) && ((word >>> 16) & 3) !== 0,
  // the immediate and the register forms; with bits 7 and 4 set it is a load, a store or a multiply
  'cond!=F && I/reg-imm forms': (word) => conditional(word) && ((word & 0x02000000) !== 0 || (word & 0x10) === 0),
  'coproc 14/15 (cond==F: MCR2/MRC2)': (word) => conditional(word) && systemCoprocessor(word),
  'coproc 14/15': (word) => conditional(word) && systemCoprocessor(word),
  'cp<>10,11': (word) => conditional(word) && !extensionCoprocessor(word),
  'not MCRR/MRRC, cp<>10,11': (word) =>
    conditional(word) && ((word >>> 21) & 0x7f) !== 0x62 && (word & 0x01a00000) !== 0 && !extensionCoprocessor(word),
  'reg!=1': (word) => ((word >>> 16) & 15) !== 1,
  'low bits 1,2,4': (word) => conditional(word) && [1, 2, 4].includes(word & 7),
  '(insn&0xF)!=0': (word) => (word & 15) !== 0,
  'nibble 1,2,4': (word) => [1, 2, 4].includes((word >>> 4) & 15),
  '((insn>>8)&0xE)!=0xE': (word) => ((word >>> 8) & 14) !== 14,
  '(insn>>8&3)!=0': (word) => ((word >>> 8) & 3) !== 0,
  '(insn&0x700)!=0': (word) => (word & 0x700) !== 0,
  'cp14/15': systemCoprocessor,
  '((insn>>22)&0xE)!=0xE': (word) => ((word >>> 22) & 14) !== 14,
};

function conditional(word: number): boolean {
  return word >>> 28 !== 15;
}
function systemCoprocessor(word: number): boolean {
  return ((word >>> 9) & 7) === 7;
}
function extensionCoprocessor(word: number): boolean {
  return ((word >>> 9) & 7) === 5;
}

export function matches(row: Listed, word: number): boolean {
  return (word & Number(row.mask)) === (Number(row.value) | 0) && GUARDS[row.guard](word);
}

/** The first row of the list that has the word. */
export function firstListed(isa: Isa, word: number): Listed | undefined {
  return listed.find((row) => row.isa === isa && matches(row, word));
}

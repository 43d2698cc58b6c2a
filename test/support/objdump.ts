/** Asks GNU objdump what words are, and turns a row's syntax into what its mnemonic may look like. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Isa } from '../../src/isa/row.js';

/** Bytes from one word to the next in what objdump sees; the rest is NOPs, so that an IT block ends before the next word. */
const STRIDE = 16;

/** objdump's text for each word, tabs as blanks: `add r0, r1, r2`. */
export function disassemble(isa: Isa, words: readonly number[]): string[] {
  const image = Buffer.alloc(words.length * STRIDE);
  words.forEach((word, i) => {
    const at = i * STRIDE;
    if (isa === 'A32')
      for (let k = 0; k < STRIDE; k += 4) image.writeUInt32LE(k === 0 ? word >>> 0 : 0xe320f000, at + k);
    else {
      for (let k = 0; k < STRIDE; k += 2) image.writeUInt16LE(0xbf00, at + k);
      if (isa === 'T16') image.writeUInt16LE(word, at);
      else {
        image.writeUInt16LE(word >>> 16, at);
        image.writeUInt16LE(word & 0xffff, at + 2);
      }
    }
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'objdump-'));
  try {
    const file = path.join(folder, 'words.bin');
    fs.writeFileSync(file, image);
    const state = isa === 'A32' ? [] : ['-Mforce-thumb'];
    const text = execFileSync('arm-none-eabi-objdump', ['-D', '-z', '-b', 'binary', '-marm', '-EL', ...state, file], {
      encoding: 'utf8',
      maxBuffer: 1 << 29,
    });
    const lines: string[] = [];
    for (const line of text.split('\n')) {
      const match = /^\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)$/.exec(line);
      if (match && parseInt(match[1], 16) % STRIDE === 0)
        lines[parseInt(match[1], 16) / STRIDE] = match[2].replaceAll('\t', ' ');
    }
    return lines;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** True if objdump's text says that the word is not allocated. */
export function isUndefinedText(text: string): boolean {
  return /undefined/i.test(text) || /^\./.test(text);
}

const CONDITION = '(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?';

/** What stands for what in a mnemonic of a row's syntax. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/\{S\}/g, 's?'],
  [/\{X\}/g, 'x?'],
  [/\{R\}/g, 'r?'],
  [/<x>|<y>/g, '[bt]'],
  [/<BT\|TB>/g, '(bt|tb)'],
  [/\{IA\}/g, '(ia)?'],
  [/\{<amode>\}/g, '(ia|ib|da|db)?'],
  [/<effect>/g, '(ie|id)?'],
  [/\{N\}/g, 'n?'],
  [/\{W\}/g, 'w?'],
  [/\{B\|H\}/g, '[bh]'],
  [/\{\.<dt>\}/g, '(\\.[suipf]?(8|16|32|64))?'],
  [/\.<dt>/g, '\\.[suipf]?(8|16|32|64)'],
  [/<size>/g, '(8|16|32|64)'],
  [/<S32\|U32>/g, '(s32|u32)'],
  [/<c>(?=\.)/g, CONDITION],
  [/<c>|<q>/g, ''],
];
/** The mnemonics that a syntax like `ADD{S}<c>.W <Rd>, …` allows, as a whole first word. */
export function mnemonicPattern(syntax: string): RegExp {
  let mnemonic = syntax.split(' ')[0].replace(/\.W$/, '');
  for (const [placeholder, pattern] of PLACEHOLDERS) mnemonic = mnemonic.replace(placeholder, pattern);
  return new RegExp(`^${mnemonic.toLowerCase()}${CONDITION}(\\.[wn])?$`);
}

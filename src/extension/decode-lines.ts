/** Which word of a line of assembly, or of a listing, somebody points at. Text only: knows no editor and decodes nothing. */
import { parseWord } from '../protocol/decoded-input.js';
import type { WordIsa, WordRequest } from '../protocol/decoded.js';

/** A word that was found between two columns, from 0. */
export interface FoundWord {
  readonly start: number;
  /** Behind it. */
  readonly end: number;
  /** As far as the text tells. */
  readonly request: WordRequest;
  /** Where it stands, for an instruction of a listing. */
  readonly address?: number;
}

const NUMBER = /\b(?:0[xX][0-9a-fA-F]+|[0-9]+)\b/g;
const LABELS = /^\s*(?:[\w.$]+:\s*)*/;
/** Directives whose arguments are words, with the instruction set that their names tell. */
const DIRECTIVE = /^\.(word|long|int|4byte|inst|inst\.n|inst\.w|hword|short|2byte)\s/;
const HALFWORDS = ['inst.n', 'hword', 'short', '2byte'];
/** Definitions of numbers, which are addresses more often than code. */
const DEFINITION = /^\.(equ|equiv|set)\s|^[\w.$]+\s*=/;
const STATE = /^\s*\.(thumb|thumb_func|arm|code\s+(?:16|32)|force_thumb)\b/;

/** The state in which the assembler is at a line: what the last directive above it said. */
function isThumb(lineAt: (line: number) => string, line: number): boolean {
  for (let at = line; at >= 0; at--) {
    const found = STATE.exec(lineAt(at))?.[1];
    if (found !== undefined) return /thumb|16/.test(found);
  }
  return false;
}

/** The part of a line before its comment. */
export function codeOf(text: string): string {
  return text.replace(/\s*(@|\/\/|\/\*).*$/, '');
}

function requestOf(value: number, isa: WordIsa): WordRequest | undefined {
  const digits = value.toString(16).padStart(isa === 'T16' ? 4 : 8, '0');
  return parseWord(`0x${digits}`, isa !== 'A32', '').request;
}

/** The word under a column of a line of assembly: an argument of `.word`, `.inst` and their like, or any number of eight hexadecimal digits. */
export function wordInAssembly(
  lineAt: (line: number) => string,
  line: number,
  character: number,
): FoundWord | undefined {
  const text = lineAt(line);
  for (const { 0: number, index } of text.matchAll(NUMBER)) {
    const end = index + number.length;
    if (character < index || character > end) continue;
    const isa = isaOf(lineAt, line, index, number);
    const request = isa && Number(number) < 2 ** 32 ? requestOf(Number(number), isa) : undefined;
    return request && { start: index, end, request };
  }
  return undefined;
}

/** Undefined for a number that is no word. */
function isaOf(lineAt: (line: number) => string, line: number, index: number, number: string): WordIsa | undefined {
  const text = lineAt(line);
  const inCode = index < codeOf(text).length;
  const code = codeOf(text).replace(LABELS, '');
  const directive = inCode ? DIRECTIVE.exec(code)?.[1] : undefined;
  if (directive !== undefined) {
    if (HALFWORDS.includes(directive)) return Number(number) > 0xffff ? undefined : 'T16';
    if (directive === 'inst.w') return 'T32';
    if (directive === 'inst' && isThumb(lineAt, line)) return Number(number) > 0xffff ? 'T32' : 'T16';
    return 'A32';
  }
  if (!/^0[xX][0-9a-fA-F]{8}$/.test(number)) return undefined;
  if (inCode && (DEFINITION.test(code) || /=\s*$/.test(text.slice(0, index)))) return undefined;
  return isThumb(lineAt, line) && Number(number) >>> 16 >= 0xe800 ? 'T32' : 'A32';
}

/** True if a line of assembly holds an instruction, or a macro that may. */
export function hasInstruction(text: string): boolean {
  return /^[A-Za-z]/.test(codeOf(text).replace(LABELS, ''));
}

const LISTED = /^ {2}0x([0-9a-f]{8}) {2}((?:[0-9a-f]{2} ){1,3}[0-9a-f]{2}) +([0-9a-f]{8}|[0-9a-f]{4})(?= |$)/;
const PLANTED = /; planted ([0-9a-f]{8}|[0-9a-f]{4})\b/;

/** The columns of the assembler text in a listing's line, without its comment; undefined for a line without an instruction. */
export function listedText(text: string): { readonly start: number; readonly end: number } | undefined {
  const start = LISTED.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  const comment = text.indexOf(';', start);
  return { start, end: text.slice(0, comment < 0 ? undefined : comment).trimEnd().length };
}

/** A listing's line as a line of assembly with the columns it has there: an instruction, a label or nothing. */
export function assemblyOfListing(text: string): string {
  const listed = listedText(text);
  if (listed) return ' '.repeat(listed.start) + text.slice(listed.start, listed.end);
  return /^[^\s;].*:$/.test(text) ? text : '';
}

/** The instruction of a listing's line, if the column is in its bytes, its word or its text; or the planted word, if it is in that. */
export function wordInListing(text: string, character: number): FoundWord | undefined {
  const listed = LISTED.exec(text);
  const shown = listedText(text);
  if (!listed || !shown) return undefined;
  const [, address, bytes, word] = listed;
  const isa = listedIsa(bytes, word);
  const start = text.indexOf(bytes, 12);
  if (character >= start && character <= shown.end) {
    const request = { isa, word: Number.parseInt(word, 16) };
    return { start, end: shown.end, address: Number.parseInt(address, 16), request };
  }
  const planted = PLANTED.exec(text);
  if (!planted) return undefined;
  const end = planted.index + planted[0].length;
  const plantedStart = end - planted[1].length;
  if (character < plantedStart || character > end) return undefined;
  return { start: plantedStart, end, request: { isa, word: Number.parseInt(planted[1], 16) } };
}

/** A32 has its bytes turned round as a whole, T32 each half. */
function listedIsa(bytes: string, word: string): WordIsa {
  if (word.length === 4) return 'T16';
  return bytes.split(' ').reverse().join('') === word ? 'A32' : 'T32';
}

/** "Decode this word" of code that lies somewhere: at an address or on a source line, of a guest or of an image. Reads; decides nothing. */

import { decodeWord } from './decode-word.js';
import type { CodeSource, Disassembly } from './disassembly.js';
import type { DecodedWord } from '../protocol/decoded.js';
import type { InstructionInfo } from '../protocol/model.js';

/** One instruction, or those of a source line (from 1). */
export type CodePlace = { readonly address: number } | { readonly path: string; readonly line: number };

/** Instructions of one line that are explained at most. */
const MOST = 8;

/** Explains what stands at a place; nothing where that is no code. @param cpu name of a processor model, if one is known */
export function decodePlace(code: CodeSource, disassembly: Disassembly, place: CodePlace, cpu?: string): DecodedWord[] {
  const infos = 'address' in place ? disassembly.list(place.address, 0, 1) : ofLine(code, disassembly, place);
  return infos
    .filter(({ cls }) => cls !== 'data')
    .map((info) => {
      const { isa, address, text } = info;
      return decodeWord({ isa, word: wordOf(info), ...(cpu !== undefined && { cpu }) }, { address, text });
    });
}

function ofLine(
  { sources }: CodeSource,
  disassembly: Disassembly,
  { path, line }: { readonly path: string; readonly line: number },
): InstructionInfo[] {
  const found = sources.resolve(path, line, (address) => address);
  // a line without code resolves to the next one with some
  if (found?.line !== line) return [];
  const infos: InstructionInfo[] = [];
  for (const address of found.addresses) {
    const end = sources.rangeAt(address)?.end ?? address + 1;
    for (const info of disassembly.list(address, 0, MOST)) {
      if (info.address >= end || infos.length === MOST) break;
      if (!infos.some((other) => other.address === info.address)) infos.push(info);
    }
  }
  return infos;
}

/** Little-endian bytes as the table has words: a T32 one with its first halfword high. */
function wordOf({ isa, bytes }: InstructionInfo): number {
  const pairs = (bytes.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const half = (at: number): number => pairs[at] | (pairs[at + 1] << 8);
  if (isa === 'T16') return half(0);
  return (isa === 'T32' ? (half(0) << 16) | half(2) : (half(2) << 16) | half(0)) >>> 0;
}

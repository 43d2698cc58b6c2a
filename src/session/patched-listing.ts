/**
 * The code around an address twice, line by line alike: with the guest's own words, and with those that instruction fetch sees. For looking at side by
 * side; unlike a listing it holds no addresses for breakpoints.
 */
import type { Debugger } from '../debug/api.js';
import type { SiteComparison } from '../protocol/views/sites.js';
import type { InstructionInfo } from '../protocol/model.js';
import { hex32 } from '../util/bits.js';

/** Instructions before the wanted one, and in all. */
const BEFORE = 200;
const ALL = 600;

/** The word as the manual writes it, from bytes in memory order. */
function wordOf({ bytes, isa }: InstructionInfo): string {
  const pairs = bytes.match(/../g) ?? [];
  if (isa === 'A32') return pairs.reverse().join('');
  const halves: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) halves.push(pairs[i + 1] + pairs[i]);
  return halves.join('');
}

export function comparePatched(guest: Debugger, address: number): SiteComparison {
  const original: string[] = [];
  const patched: string[] = [];
  let line = 1;
  for (const info of guest.disassemble(address, -BEFORE, ALL)) {
    if (info.symbol !== undefined && !/\+\d+$/.test(info.symbol)) {
      original.push(`${info.symbol}:`);
      patched.push(`${info.symbol}:`);
    }
    const words = (word: string, text: string): string => `  ${hex32(info.address)}  ${word.padEnd(8)}  ${text}`;
    original.push(words(wordOf(info), info.text));
    patched.push(words(info.planted ?? wordOf(info), info.plantedText ?? info.text));
    if (info.address <= address) line = original.length;
  }
  return {
    title: `${hex32(address)}: as the guest has it, as it is fetched`,
    original: `${original.join('\n')}\n`,
    patched: `${patched.join('\n')}\n`,
    line,
  };
}

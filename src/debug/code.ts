/** One instruction out of bytes: its word, length and row. The one place where the debugger decodes. */
import { decode, thumbLengthOf } from '../isa/decode.js';
import { EVERY_FEATURE } from '../isa/features.js';
import type { PlacedInstruction } from '../isa/flow.js';
import type { Isa } from '../isa/row.js';

/** A placed instruction, its word a u32. */
export interface Instruction extends PlacedInstruction {
  /** Bytes. */
  readonly length: 2 | 4;
}

/** The instruction at `offset` of bytes that begin at some address, or undefined if they end before it does. `features`: of the processor, as a mask of isa/features.ts. */
export function decodeBytes(
  bytes: Uint8Array,
  offset: number,
  address: number,
  thumb: boolean,
  features = EVERY_FEATURE,
): Instruction | undefined {
  const half = (at: number) => bytes[at] | (bytes[at + 1] << 8);
  if (!thumb) {
    if (offset + 4 > bytes.length) return undefined;
    const word = (half(offset) | (half(offset + 2) << 16)) >>> 0;
    return { address, isa: 'A32', word, length: 4, row: decode('A32', word | 0, features) };
  }
  if (offset + 2 > bytes.length) return undefined;
  const first = half(offset);
  // A page that ends between two halfwords parts them only where either is an instruction.
  const second = (address & 0xfff) === 0xffe || offset + 4 > bytes.length ? -1 : half(offset + 2);
  if (thumbLengthOf(features, first, second) === 2)
    return { address, isa: 'T16', word: first, length: 2, row: decode('T16', first, features) };
  if (offset + 4 > bytes.length) return undefined;
  const word = ((first << 16) | half(offset + 2)) >>> 0;
  return { address, isa: 'T32', word, length: 4, row: decode('T32', word | 0, features) };
}

/**
 * The conditions that a Thumb IT instruction gives to those that follow it, or undefined if it is another instruction (A8.8.54).
 */
export function itConditions({ isa, word }: Instruction): number[] | undefined {
  if (isa !== 'T16' || (word & 0xff00) !== 0xbf00 || (word & 15) === 0) return undefined;
  const first = (word >>> 4) & 15;
  const mask = word & 15;
  const conditions = [first];
  for (let bit = 3; (mask & ((1 << bit) - 1)) !== 0; bit--) conditions.push((first & 14) | ((mask >>> bit) & 1));
  return conditions;
}

/** True if a fact of isa/row.ts holds of the instruction. */
export function hasFact({ row }: Instruction, fact: number): boolean {
  return row !== undefined && (row.facts & fact) !== 0;
}

/** Bytes in memory order as hexadecimal. */
export function bytesText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** An instruction word as the manual writes it: four digits for T16, eight otherwise. */
export function wordText(isa: Isa | '-', word: number): string {
  return (word >>> 0).toString(16).padStart(isa === 'T16' ? 4 : 8, '0');
}

/** What the panel "Memory" makes of bytes: rows of groups, words in either byte order, what a person types, what is searched for. Draws nothing, asks nobody. */
import type { MemoryBytes, MemoryPiece } from '../../protocol/views/memory.js';

export type Group = 1 | 2 | 4 | 8;
export type ByteOrder = 'little' | 'big';

/** How bytes are laid out. */
export interface Layout {
  /** Bytes in a row. */
  readonly columns: 8 | 16 | 32;
  /** Bytes in a group. */
  readonly group: Group;
  readonly order: ByteOrder;
}

/** Addresses: of a region, of what was found. */
export interface Extent {
  readonly first: number;
  readonly end: number;
}

/** Bytes are asked for, and remembered from stop to stop, in blocks of this size, aligned. */
export const BLOCK = 256;

/** The aligned blocks that cover `[address, address + length)`. */
export function blocksAround(address: number, length: number): { readonly address: number; readonly length: number } {
  const start = address - (address % BLOCK);
  return { address: start, length: Math.ceil((address + length - start) / BLOCK) * BLOCK };
}

/** Bytes that were read of a space, and what they are. */
export class Window {
  private constructor(
    readonly address: number,
    readonly bytes: Uint8Array,
    private readonly pieces: readonly MemoryPiece[],
    readonly symbols: ReadonlyMap<number, string>,
  ) {}

  static of({ address, bytes, pieces, symbols }: MemoryBytes): Window {
    return new Window(address, bytes, pieces, new Map(symbols.map((symbol) => [symbol.address, symbol.name])));
  }

  static readonly empty = new Window(0, new Uint8Array(0), [], new Map());

  /** Whether another shows the same. */
  equals(other: Window): boolean {
    return (
      this.address === other.address &&
      this.bytes.length === other.bytes.length &&
      this.bytes.every((byte, i) => byte === other.bytes[i]) &&
      JSON.stringify(this.pieces) === JSON.stringify(other.pieces)
    );
  }

  /** The piece that has an address. */
  pieceAt(address: number): MemoryPiece | undefined {
    return this.pieces.find((piece) => address >= piece.address && address < piece.address + piece.length);
  }

  /** A byte, or undefined where there is none. */
  at(address: number): number | undefined {
    const kind = this.pieceAt(address)?.kind;
    return kind === 'bytes' || kind === 'fixed' ? this.bytes[address - this.address] : undefined;
  }

  /** The value of `size` bytes in an order; undefined where one is missing. */
  value(address: number, size: number, order: ByteOrder): bigint | undefined {
    let value = 0n;
    for (let i = 0; i < size; i++) {
      const byte = this.at(order === 'little' ? address + size - 1 - i : address + i);
      if (byte === undefined) return undefined;
      value = (value << 8n) | BigInt(byte);
    }
    return value;
  }
}

/** Digits of a group as it is shown; dashes where there is no byte. */
export function groupText(window: Window, address: number, { group, order }: Layout): string {
  let text = '';
  for (let i = 0; i < group; i++) {
    const byte = window.at(order === 'little' ? address + group - 1 - i : address + i);
    text += byte === undefined ? '--' : byte.toString(16).padStart(2, '0');
  }
  return text;
}

/** The bytes of what was typed over a group: fewer digits are a smaller number. */
export function groupBytes(digits: string, { group, order }: Layout): Uint8Array {
  const full = digits.padStart(2 * group, '0');
  const bytes = Uint8Array.from({ length: group }, (_, i) => parseInt(full.slice(2 * i, 2 * i + 2), 16));
  return order === 'little' ? bytes.reverse() : bytes;
}

export function asciiOf(byte: number | undefined): string {
  if (byte === undefined) return ' ';
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

const KINDS: Readonly<Record<MemoryPiece['kind'], (name: string) => string>> = {
  bytes: (name) => name,
  fixed: (name) => name,
  device: (name) => `device ${name}: looking does not read it`,
  nothing: () => 'nothing is here',
  unmapped: (name) => `not mapped: ${name}`,
  denied: (name) => `no access: ${name}`,
};

/** What a piece is, in words. */
export function pieceText({ kind, name }: MemoryPiece): string {
  return KINDS[kind](name);
}

/** What can be searched for. */
export type PatternKind = 'bytes' | 'text' | 'word';

/** The bytes that a text stands for; a sentence where it stands for none. */
export function patternOf(kind: PatternKind, text: string, order: ByteOrder): Uint8Array | string {
  if (text.trim() === '') return 'Type what is to be found.';
  if (kind === 'text') return new TextEncoder().encode(text);
  if (kind === 'bytes') {
    const digits = text.replace(/0x/gi, '').replace(/[\s,]/g, '');
    if (!/^([0-9a-f]{2})+$/i.test(digits)) return 'Bytes are pairs of hexadecimal digits: de ad be ef.';
    return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  }
  const value = /^\s*-?(0x[0-9a-f]+|\d+)\s*$/i.test(text) ? Number(text.replace('-', '')) : NaN;
  if (!Number.isInteger(value) || value > 0xffff_ffff) return 'A word is a number of 32 bits: 0xe10f0000.';
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, (text.includes('-') ? -value : value) >>> 0, order === 'little');
  return bytes;
}

/** An address as it is written, in a space that ends at `end`. */
export function addressText(address: number, end: number): string {
  return `0x${address.toString(16).padStart(end > 2 ** 32 && address >= 2 ** 32 ? 10 : 8, '0')}`;
}

/**
 * The first row to show so that the cursor can be seen: the present one if it can.
 * @param top address of the first of `rows` rows now
 * @param roomAbove somebody went there, and wants to see what is before it
 */
export function topFor(
  cursor: number,
  { top, rows, columns }: { readonly top: number; readonly rows: number; readonly columns: number },
  roomAbove: boolean,
): number {
  const row = cursor - (cursor % columns);
  const last = top + (rows - 1) * columns;
  if (row >= top && row <= last) return top;
  const above = roomAbove ? Math.floor(rows / 4) : row > last ? rows - 1 : 0;
  return Math.max(0, row - above * columns);
}

/** What the symbol before an address makes of it: `main+8`. */
export function symbolAt(symbols: ReadonlyMap<number, string>, address: number): string | undefined {
  const last = [...symbols].filter(([at]) => at <= address).at(-1);
  if (last === undefined) return undefined;
  const [at, name] = last;
  return at === address ? name : `${name}+${address - at}`;
}

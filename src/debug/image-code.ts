/** The bytes and names of an image that is only looked at, as the disassembly wants them. No guest runs. */
import { EVERY_FEATURE } from '../isa/features.js';
import { readElf, type ElfFile } from '../machine/elf.js';

import type { CodeSource } from './disassembly.js';
import { codeRangesOf, type CodeRange } from './module.js';
import { SourceMap } from './source-map.js';
import { SymbolTable, type CodeState } from './symbols.js';
import type { ImageFile } from '../protocol/model.js';

const PT_LOAD = 1;
const ADDRESS_SPACE = 2 ** 32;

interface Piece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export class ImageCode implements CodeSource {
  /** An image says of no processor: all that the table knows. */
  readonly features = EVERY_FEATURE;
  readonly symbols: SymbolTable;
  readonly sources: SourceMap;

  private constructor(
    readonly elf: ElfFile | undefined,
    /** Disjoint in a sane image; where not, the first counts. */
    private readonly pieces: readonly Piece[],
    /** What is executable. */
    readonly ranges: readonly CodeRange[],
    /** Where execution begins. */
    readonly entry: { readonly address: number; readonly thumb: boolean },
  ) {
    const modules = elf === undefined ? [] : [{ elf, offset: 0 }];
    this.symbols = new SymbolTable(modules);
    this.sources = new SourceMap(modules, []);
  }

  /** @throws UserError 100–105 */
  static ofElf(file: ImageFile): ImageCode {
    const elf = readElf(file.name, file.bytes);
    const pieces = elf.segments
      .filter((s) => s.type === PT_LOAD && s.fileSize > 0)
      .map((s) => ({ address: s.vaddr, bytes: elf.bytes.subarray(s.offset, s.offset + s.fileSize) }));
    const entry = { address: (elf.entry & ~1) >>> 0, thumb: (elf.entry & 1) === 1 };
    return new ImageCode(elf, pieces, codeRangesOf(elf), entry);
  }

  /** Raw bytes that are loaded at `address` and entered there in ARM state. */
  static ofBytes(file: ImageFile, address: number): ImageCode {
    const bytes = file.bytes.subarray(0, ADDRESS_SPACE - address);
    const range = { name: file.name, start: address, end: address + bytes.length };
    return new ImageCode(undefined, [{ address, bytes }], [range], { address, thumb: false });
  }

  read(address: number, length: number): Uint8Array {
    const piece = this.pieces.find((p) => address >= p.address && address < p.address + p.bytes.length);
    if (piece === undefined || length <= 0) return new Uint8Array(0);
    const offset = address - piece.address;
    return piece.bytes.subarray(offset, offset + length);
  }

  stateAt(address: number): CodeState {
    const known = this.symbols.stateAt(address);
    if (known !== undefined) return known;
    if (!this.ranges.some((r) => address >= r.start && address < r.end)) return 'data';
    return this.entry.thumb ? 'thumb' : 'arm';
  }

  planted(): undefined {
    return undefined;
  }
}

/** An image as a person looks at it before it runs: headers, segments, sections, symbols, code. */
import { isElf } from '../machine/elf.js';
import { virtMap } from '../machine/virt-map.js';
import { imageErrors } from '../machine/errors.js';

import { decodePlace, type CodePlace } from './decode-place.js';

import { Disassembly } from './disassembly.js';
import { ImageCode } from './image-code.js';
import type { DecodedWord } from '../protocol/decoded.js';
import type { ImageFile, InstructionInfo, ImageInfo } from '../protocol/model.js';
import { hex32 } from '../util/bits.js';

export interface InspectedImage {
  readonly info: ImageInfo;
  /** As `Debugger.disassemble` and `Debugger.decodeAt`. */
  disassemble(address: number, instructionOffset: number, count: number): InstructionInfo[];
  decodeAt(place: CodePlace): DecodedWord[];
}

/** A raw image given as the program is loaded there. */
export const RAW_ADDRESS = virtMap.ram.base + 0x1_0000;

const SEGMENT_TYPES: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'LOAD',
  2: 'DYNAMIC',
  3: 'INTERP',
  4: 'NOTE',
  6: 'PHDR',
  7: 'TLS',
  0x6474_e551: 'GNU_STACK',
  0x7000_0001: 'ARM_EXIDX',
};
const SECTION_TYPES: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'PROGBITS',
  2: 'SYMTAB',
  3: 'STRTAB',
  4: 'RELA',
  5: 'HASH',
  6: 'DYNAMIC',
  7: 'NOTE',
  8: 'NOBITS',
  9: 'REL',
  11: 'DYNSYM',
  14: 'INIT_ARRAY',
  15: 'FINI_ARRAY',
  0x7000_0001: 'ARM_EXIDX',
  0x7000_0003: 'ARM_ATTRIBUTES',
};
const ELF_TYPES: Readonly<Record<number, string>> = {
  1: 'relocatable',
  2: 'executable',
  3: 'shared object',
  4: 'core',
};
const EF_ARM_ABI_FLOAT_HARD = 0x400;

/** Looks at an ELF file, or at raw bytes as if they were loaded at {@link RAW_ADDRESS}. @throws UserError 100–105 */
export function inspectImage(file: ImageFile): InspectedImage {
  if (file.bytes.length === 0) throw imageErrors.empty(file.name);
  const code = isElf(file.bytes) ? ImageCode.ofElf(file) : ImageCode.ofBytes(file, RAW_ADDRESS);
  const disassembly = new Disassembly(code);
  return {
    info: describe(file, code),
    disassemble: (address, instructionOffset, count) => disassembly.list(address, instructionOffset, count),
    decodeAt: (place) => decodePlace(code, disassembly, place),
  };
}

function describe(file: ImageFile, code: ImageCode): ImageInfo {
  const { elf, entry } = code;
  const ranges = code.ranges.map(({ name, start, end }) => ({
    name,
    address: start,
    length: end - start,
    thumb: code.stateAt(start) === 'thumb',
  }));
  if (elf === undefined) {
    const header = [
      { name: 'Kind', value: 'raw image' },
      { name: 'Size', value: `${file.bytes.length} bytes` },
      { name: 'Shown as loaded at', value: hex32(entry.address) },
    ];
    return { header, entry: entry.address, segments: [], sections: [], symbols: [], ranges };
  }
  const view = new DataView(elf.bytes.buffer, elf.bytes.byteOffset, elf.bytes.length);
  const flags = view.getUint32(36, true);
  const type = view.getUint16(16, true);
  return {
    header: [
      { name: 'Kind', value: `ELF32 ARM, little-endian, ${ELF_TYPES[type] ?? `type ${type}`}` },
      {
        name: 'Entry',
        value: `${hex32(entry.address)}${named(code, entry.address)}, ${entry.thumb ? 'Thumb' : 'ARM'}`,
      },
      { name: 'EABI version', value: String(flags >>> 24) },
      { name: 'Float ABI', value: (flags & EF_ARM_ABI_FLOAT_HARD) !== 0 ? 'hard' : 'soft' },
      { name: 'Debug information', value: debugInformation(code) },
      { name: 'Size', value: `${file.bytes.length} bytes` },
    ],
    entry: entry.address,
    segments: elf.segments.map((s) => ({
      type: SEGMENT_TYPES[s.type] ?? hex32(s.type),
      address: s.vaddr,
      physical: s.paddr,
      fileSize: s.fileSize,
      memorySize: s.memSize,
      flags: `${(s.flags & 4) !== 0 ? 'r' : '-'}${(s.flags & 2) !== 0 ? 'w' : '-'}${(s.flags & 1) !== 0 ? 'x' : '-'}`,
    })),
    sections: elf.sections
      .filter((s) => s.type !== 0)
      .map((s) => ({
        name: s.name,
        type: SECTION_TYPES[s.type] ?? hex32(s.type),
        address: s.address,
        size: s.size,
        flags: `${(s.flags & 2) !== 0 ? 'a' : '-'}${(s.flags & 1) !== 0 ? 'w' : '-'}${(s.flags & 4) !== 0 ? 'x' : '-'}`,
      })),
    symbols: elf.symbols
      .filter((s) => s.kind !== 'mapping')
      .map((s) => ({
        name: s.name,
        address: s.address,
        size: s.size,
        kind: s.absolute ? 'absolute' : s.kind,
        binding: s.global ? 'global' : 'local',
        thumb: s.thumb,
      })),
    ranges,
  };
}

function named(code: ImageCode, address: number): string {
  const name = code.symbols.describe(address);
  return name === undefined ? '' : ` <${name}>`;
}

function debugInformation(code: ImageCode): string {
  const files = code.sources.files.length;
  const symbols = code.symbols.all.length;
  if (files > 0) return `source lines of ${files} file${files === 1 ? '' : 's'}`;
  return symbols > 0 ? 'symbols, no source lines' : 'none';
}

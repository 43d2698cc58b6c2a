/** An ELF file whose symbols and lines apply to the guest, with how far its code was moved from where it was linked. */
import { sectionBytes, type ElfFile } from '../machine/elf.js';
import type { DwarfSections } from './dwarf/forms.js';

export interface Module {
  readonly elf: ElfFile;
  /** Added to every address of the file, modulo 2^32. */
  readonly offset: number;
}

/** Guest virtual addresses from `start` up to, not including, `end` (a number up to 2^32). */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

export interface CodeRange extends AddressRange {
  readonly name: string;
}

const SHT_NOBITS = 8;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;
const PT_LOAD = 1;
const PF_X = 1;

/** Ranges of an ELF file that hold code, as linked, by address: its executable sections, or its executable segments where sections were stripped. */
export function codeRangesOf(elf: ElfFile): CodeRange[] {
  const sections = elf.sections
    .filter(
      (s) => s.size > 0 && s.type !== SHT_NOBITS && (s.flags & SHF_EXECINSTR) !== 0 && (s.flags & SHF_ALLOC) !== 0,
    )
    .map((s) => ({ name: s.name, start: s.address, end: Math.min(s.address + s.size, 2 ** 32) }));
  const ranges =
    sections.length > 0
      ? sections
      : elf.segments
          .filter((s) => s.type === PT_LOAD && (s.flags & PF_X) !== 0 && s.fileSize > 0)
          .map((s) => ({ name: 'code', start: s.vaddr, end: Math.min(s.vaddr + s.fileSize, 2 ** 32) }));
  return ranges.sort((a, b) => a.start - b.start);
}

/** Ranges of an ELF file that occupy memory, as linked. */
export function loadedRangesOf(elf: ElfFile): AddressRange[] {
  const sections = elf.sections
    .filter((s) => s.size > 0 && (s.flags & SHF_ALLOC) !== 0)
    .map((s) => ({ start: s.address, end: Math.min(s.address + s.size, 2 ** 32) }));
  return sections.length > 0
    ? sections
    : elf.segments
        .filter((s) => s.type === PT_LOAD && s.memSize > 0)
        .map((s) => ({ start: s.vaddr, end: Math.min(s.vaddr + s.memSize, 2 ** 32) }));
}

/** The debug sections of a file; what is there but cannot be read is named in `notes`. */
export function dwarfSections(elf: ElfFile, notes: string[]): DwarfSections {
  const section = (name: string) => {
    const found = elf.sections.find((s) => s.name === name);
    if (found === undefined || (found.flags & SHF_COMPRESSED) === 0) return sectionBytes(elf, name);
    notes.push(`${name} is compressed; link with --compress-debug-sections=none to see source lines`);
    return undefined;
  };
  return {
    line: section('.debug_line'),
    info: section('.debug_info'),
    abbrev: section('.debug_abbrev'),
    str: section('.debug_str'),
    lineStr: section('.debug_line_str'),
    strOffsets: section('.debug_str_offsets'),
    frame: section('.debug_frame'),
  };
}

/**
 * Reads ELF32 little-endian ARM files (Tool Interface Standard ELF 1.2; ARM IHI 0044 for what is ARM's). Gives headers, segments, sections and
 * symbols as data; loads nothing. Every read is checked against the file's length: a bad file raises a UserError, never anything else.
 */
import { imageErrors } from './errors.js';

const EM_ARM = 40;
const ELFCLASS64 = 2;
const ELFDATA2MSB = 2;
const PT_LOAD = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHT_NOBITS = 8;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_FILE = 4;
const STT_SECTION = 3;
const SHN_ABS = 0xfff1;

const machineNames: Readonly<Record<number, string>> = {
  2: 'SPARC',
  3: 'Intel 80386',
  8: 'MIPS',
  20: 'PowerPC',
  62: 'x86-64',
  83: 'AVR',
  183: 'AArch64',
  243: 'RISC-V',
};

export interface ElfSegment {
  /** PT_ value; only PT_LOAD (1) is loaded. */
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly paddr: number;
  readonly fileSize: number;
  readonly memSize: number;
  /** PF_X 1, PF_W 2, PF_R 4. */
  readonly flags: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  /** SHF_WRITE 1, SHF_ALLOC 2, SHF_EXECINSTR 4. */
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** sh_link: for a symbol table the index of its string table. */
  readonly link: number;
}

export interface ElfSymbol {
  readonly name: string;
  /** Address with the Thumb bit removed. */
  readonly address: number;
  readonly size: number;
  readonly kind: 'function' | 'object' | 'label' | 'mapping';
  readonly thumb: boolean;
  readonly global: boolean;
  /** A number that lies in no section (SHN_ABS): `.equ` of an assembly file. */
  readonly absolute: boolean;
}

export interface ElfFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Entry address; bit 0 selects Thumb. */
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

/** True if the bytes begin with the ELF magic. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Contents of a section, or undefined if the file has none of that name (or it occupies no file space). */
export function sectionBytes(elf: ElfFile, name: string): Uint8Array | undefined {
  const s = elf.sections.find((section) => section.name === name && section.type !== SHT_NOBITS);
  return s && elf.bytes.subarray(s.offset, s.offset + s.size);
}

/** Reads a file. `name` is for messages. @throws UserError 100–105 */
export function readElf(name: string, bytes: Uint8Array): ElfFile {
  if (bytes.length === 0) throw imageErrors.empty(name);
  if (!isElf(bytes)) throw imageErrors.badElf(name, 'it has no ELF magic');
  if (bytes.length < 52) throw imageErrors.truncatedElf(name, 'file header');
  if (bytes[4] === ELFCLASS64) throw imageErrors.elf64(name);
  if (bytes[5] === ELFDATA2MSB) throw imageErrors.bigEndianElf(name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const machine = view.getUint16(18, true);
  if (machine !== EM_ARM) throw imageErrors.foreignMachine(name, machineNames[machine] ?? `ELF machine ${machine}`);

  const within = (offset: number, length: number, what: string) => {
    if (offset + length > bytes.length) throw imageErrors.truncatedElf(name, what);
  };
  const sections = readSections(view, name, within);
  return {
    name,
    bytes,
    entry: view.getUint32(24, true),
    segments: readSegments(view, name, within),
    sections,
    symbols: readSymbols(view, name, sections),
  };
}

type Within = (offset: number, length: number, what: string) => void;

function readSegments(view: DataView, name: string, within: Within): ElfSegment[] {
  const offset = view.getUint32(28, true);
  const size = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (count > 0 && size < 32) throw imageErrors.badElf(name, `program headers of ${size} bytes`);
  within(offset, count * size, 'program header table');
  const segments: ElfSegment[] = [];
  for (let i = 0; i < count; i++) {
    const at = offset + i * size;
    const word = (n: number) => view.getUint32(at + 4 * n, true);
    const segment = {
      type: word(0),
      offset: word(1),
      vaddr: word(2),
      paddr: word(3),
      fileSize: word(4),
      memSize: word(5),
      flags: word(6),
    };
    if (segment.type === PT_LOAD) {
      within(segment.offset, segment.fileSize, `segment ${i}`);
      if (segment.memSize < segment.fileSize)
        throw imageErrors.badElf(name, `segment ${i} is larger in the file than in memory`);
    }
    segments.push(segment);
  }
  return segments;
}

function readSections(view: DataView, name: string, within: Within): ElfSection[] {
  const offset = view.getUint32(32, true);
  const size = view.getUint16(46, true);
  const count = view.getUint16(48, true);
  const namesIndex = view.getUint16(50, true);
  if (offset === 0 || count === 0) return [];
  if (size < 40) throw imageErrors.badElf(name, `section headers of ${size} bytes`);
  within(offset, count * size, 'section header table');
  const raw = Array.from({ length: count }, (_, i) => {
    const word = (n: number) => view.getUint32(offset + i * size + 4 * n, true);
    const section = {
      name: word(0),
      type: word(1),
      flags: word(2),
      address: word(3),
      offset: word(4),
      size: word(5),
      link: word(6),
    };
    if (section.type !== SHT_NOBITS && section.type !== 0) within(section.offset, section.size, `section ${i}`);
    return section;
  });
  const names = namesIndex > 0 && namesIndex < count ? new StringTable(view, name, raw[namesIndex]) : undefined;
  return raw.map((s) => ({ ...s, name: names === undefined ? '' : names.at(s.name) }));
}

/** The symbols that mean something to a person or a disassembler; mapping symbols ($a, $t, $d) are kept as such. */
function readSymbols(view: DataView, file: string, sections: readonly ElfSection[]): ElfSymbol[] {
  const table = sections.find((s) => s.type === SHT_SYMTAB);
  if (table === undefined || table.link === 0 || table.link >= sections.length) return [];
  const strings = new StringTable(view, file, sections[table.link]);
  const symbols: ElfSymbol[] = [];
  for (let at = table.offset; at + 16 <= table.offset + table.size; at += 16) {
    const info = view.getUint8(at + 12);
    const type = info & 15;
    const section = view.getUint16(at + 14, true);
    if (section === 0 || type === STT_FILE || type === STT_SECTION) continue;
    const name = strings.at(view.getUint32(at, true));
    if (name === '') continue;
    const value = view.getUint32(at + 4, true);
    const thumb = (type === STT_FUNC && (value & 1) === 1) || name === '$t' || name.startsWith('$t.');
    symbols.push({
      name,
      address: type === STT_FUNC ? (value & ~1) >>> 0 : value,
      size: view.getUint32(at + 8, true),
      kind: /^\$[atd](\.|$)/.test(name)
        ? 'mapping'
        : type === STT_FUNC
          ? 'function'
          : type === STT_OBJECT
            ? 'object'
            : 'label',
      thumb,
      global: info >> 4 !== 0,
      absolute: section === SHN_ABS,
    });
  }
  return symbols;
}

/** How many times its own size the strings that are read from a table may be long together: linkers let some share their ends. */
const SHARING = 4;

/** The strings of a section; of a damaged one there are none, and no end of long ones is read. */
class StringTable {
  #left: number;

  constructor(
    private readonly view: DataView,
    private readonly file: string,
    private readonly section: { readonly type: number; readonly offset: number; readonly size: number },
  ) {
    if (section.type !== SHT_STRTAB) throw imageErrors.badElf(file, 'its names are in no string table');
    this.#left = SHARING * section.size;
  }

  /** The string at an offset into the section, without its zero byte. @throws UserError 105 */
  at(offset: number): string {
    const { view, section } = this;
    let text = '';
    for (let i = offset; i < section.size; i++) {
      const byte = view.getUint8(section.offset + i);
      if (byte === 0) break;
      text += String.fromCharCode(byte);
    }
    this.#left -= text.length;
    if (this.#left < 0) throw imageErrors.badElf(this.file, 'its names overlap');
    return text;
  }
}

/**
 * Runs the line number programs of .debug_line, versions 2 to 5 (DWARF 5, 6.2; DWARF 4, 6.2), into sequences of rows: address, file, line. Joins
 * paths with the directories that the header and .debug_info give. Knows nothing of symbols or of where code was moved to.
 */
import { joinPath } from '../paths.js';
import { Cursor, DwarfError } from './cursor.js';
import { readForm, stringOf, type DwarfSections, type FormContext } from './forms.js';
import { readUnits, type CompilationUnit } from './info.js';

const DW_LNCT_path = 1;
const DW_LNCT_directory_index = 2;

const DW_LNS_copy = 1;
const DW_LNS_advance_pc = 2;
const DW_LNS_advance_line = 3;
const DW_LNS_set_file = 4;
const DW_LNS_set_column = 5;
const DW_LNS_negate_stmt = 6;
const DW_LNS_set_basic_block = 7;
const DW_LNS_const_add_pc = 8;
const DW_LNS_fixed_advance_pc = 9;
const DW_LNS_set_prologue_end = 10;
const DW_LNS_set_epilogue_begin = 11;
const DW_LNS_set_isa = 12;
const DW_LNE_end_sequence = 1;
const DW_LNE_set_address = 2;
const DW_LNE_define_file = 3;
const DW_LNE_set_discriminator = 4;

/** A run of rows with ascending addresses. Rows are parallel arrays; row i covers addresses up to that of row i + 1, the last up to `end`. */
export interface LineSequence {
  readonly addresses: Uint32Array;
  /** Indices into {@link LineTables.files}. */
  readonly files: Uint32Array;
  /** From 1; 0 for code of no line. */
  readonly lines: Uint32Array;
  /** 1 where a statement begins. */
  readonly statements: Uint8Array;
  /** Address behind the last instruction, u32 (0 for the end of the address space). */
  readonly end: number;
}

export interface LineTables {
  /** Paths as the debug information has them: relative ones are relative to where the compiler was told the file lay. */
  readonly files: readonly string[];
  readonly sequences: readonly LineSequence[];
}

/** Collects what the programs of all units yield. */
class Builder {
  readonly files: string[] = [];
  readonly sequences: LineSequence[] = [];
  private readonly fileIndices = new Map<string, number>();
  private addresses: number[] = [];
  private rowFiles: number[] = [];
  private lines: number[] = [];
  private statements: number[] = [];

  file(path: string): number {
    let index = this.fileIndices.get(path);
    if (index === undefined) {
      index = this.files.push(path) - 1;
      this.fileIndices.set(path, index);
    }
    return index;
  }

  row(address: number, file: number, line: number, statement: boolean): void {
    this.addresses.push(address >>> 0);
    this.rowFiles.push(file);
    this.lines.push(Math.max(0, line));
    this.statements.push(statement ? 1 : 0);
  }

  endSequence(address: number): void {
    const n = this.addresses.length;
    if (n > 0) {
      const order = ascending(this.addresses) ? undefined : sortedOrder(this.addresses);
      const pick = (from: number[]) => (order === undefined ? from : order.map((i) => from[i]));
      this.sequences.push({
        addresses: Uint32Array.from(pick(this.addresses)),
        files: Uint32Array.from(pick(this.rowFiles)),
        lines: Uint32Array.from(pick(this.lines)),
        statements: Uint8Array.from(pick(this.statements)),
        end: address >>> 0,
      });
    }
    this.dropRows();
  }

  /** Forgets rows that no end of sequence followed. */
  dropRows(): void {
    this.addresses = [];
    this.rowFiles = [];
    this.lines = [];
    this.statements = [];
  }
}

function ascending(values: readonly number[]): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] < values[i - 1]) return false;
  return true;
}

function sortedOrder(values: readonly number[]): number[] {
  return values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
}

/** Reads all line tables of a file. What is damaged is left out and named in `notes`; nothing is thrown. */
export function readLineTables(sections: DwarfSections, notes: string[]): LineTables {
  const builder = new Builder();
  const { line } = sections;
  if (line === undefined) return builder;
  const units = new Map(readUnits(sections, notes).map((unit) => [unit.lines, unit]));
  for (let offset = 0; offset < line.length;) {
    const start = offset;
    try {
      const c = new Cursor(line, start);
      const { end, wide } = c.unitLength();
      offset = end;
      c.end = end;
      runUnit(c, wide, units.get(start), sections, builder);
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
      notes.push(`.debug_line, table at ${start}: ${error.message}`);
      if (offset === start) break; // no length: nothing behind it can be found
    }
    builder.dropRows();
  }
  return builder;
}

interface Header {
  readonly minimumInstructionLength: number;
  readonly defaultIsStmt: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly opcodeLengths: readonly number[];
  /** Index into the builder's files by the file register's value less `firstFile`. */
  readonly files: number[];
  readonly firstFile: number;
  /** For files that the program itself defines. */
  readonly directories: readonly string[];
}

function runUnit(
  c: Cursor,
  wide: boolean,
  unit: CompilationUnit | undefined,
  sections: DwarfSections,
  builder: Builder,
): void {
  const version = c.u16();
  if (version < 2 || version > 5) throw new DwarfError(`version ${version}`);
  let addressSize = 4;
  if (version >= 5) {
    addressSize = c.u8();
    if (addressSize !== 4 && addressSize !== 8) throw new DwarfError(`addresses of ${addressSize} bytes`);
    c.u8(); // segment selector size
  }
  const headerLength = c.sectionOffset(wide);
  if (headerLength > c.left) throw new DwarfError('a header longer than its table');
  const program = c.offset + headerLength;
  const minimumInstructionLength = c.u8();
  if (version >= 4) c.u8(); // maximum operations per instruction: 1 but for VLIW machines
  const defaultIsStmt = c.u8() !== 0;
  const lineBase = c.i8();
  const lineRange = c.u8();
  const opcodeBase = c.u8();
  if (lineRange === 0) throw new DwarfError('a line range of 0');
  const opcodeLengths = [0];
  for (let i = 1; i < opcodeBase; i++) opcodeLengths.push(c.u8());
  const context: FormContext = { version, wide, addressSize };
  const { directories, files } =
    version >= 5 ? readTables5(c, unit, context, sections) : readTables(c, unit?.directory ?? '');
  c.skip(program - c.offset);
  runProgram(
    c,
    {
      minimumInstructionLength,
      defaultIsStmt,
      lineBase,
      lineRange,
      opcodeBase,
      opcodeLengths,
      files: files.map((path) => builder.file(path)),
      firstFile: version >= 5 ? 0 : 1,
      directories,
    },
    builder,
  );
}

interface PathTables {
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

/** Versions 2 to 4: directory 0 is the unit's, file numbers start at 1. */
function readTables(c: Cursor, unitDirectory: string): PathTables {
  const directories = [unitDirectory];
  for (let name = c.string(); name !== ''; name = c.string()) directories.push(joinPath(unitDirectory, name));
  const files: string[] = [];
  for (let name = c.string(); name !== ''; name = c.string()) files.push(readFile(c, name, directories));
  return { directories, files };
}

/** The rest of a file entry behind its name. */
function readFile(c: Cursor, name: string, directories: readonly string[]): string {
  const directory = c.uleb();
  c.uleb(); // time of modification
  c.uleb(); // length
  return joinPath(directories[directory] ?? '', name);
}

/** Version 5: both tables say themselves what their entries hold; directory 0 is the unit's, file numbers start at 0. */
function readTables5(
  c: Cursor,
  unit: CompilationUnit | undefined,
  context: FormContext,
  sections: DwarfSections,
): PathTables {
  const directories: string[] = [];
  for (const { path } of readEntries(c, context, sections)) {
    directories.push(joinPath(directories[0] ?? unit?.directory ?? '', path));
  }
  const files: string[] = [];
  for (const { path, directory } of readEntries(c, context, sections)) {
    files.push(joinPath(directories[directory] ?? '', path));
  }
  return { directories, files };
}

function readEntries(
  c: Cursor,
  context: FormContext,
  sections: DwarfSections,
): { readonly path: string; readonly directory: number }[] {
  const format: { readonly content: number; readonly form: number }[] = [];
  for (let n = c.u8(); n > 0; n--) format.push({ content: c.uleb(), form: c.uleb() });
  const count = c.uleb();
  const entries: { path: string; directory: number }[] = [];
  if (count > 0 && (format.length === 0 || count > c.left))
    throw new DwarfError('a table with more entries than bytes');
  for (let i = 0; i < count; i++) {
    let path = '';
    let directory = 0;
    for (const { content, form } of format) {
      const value = readForm(c, form, context, sections);
      if (content === DW_LNCT_path) path = stringOf(value, undefined, context, sections) ?? '';
      else if (content === DW_LNCT_directory_index && typeof value === 'number') directory = value;
    }
    entries.push({ path, directory });
  }
  return entries;
}

/** The state machine of 6.2.2 with the opcodes of 6.2.5. */
function runProgram(c: Cursor, header: Header, builder: Builder): void {
  const { minimumInstructionLength, lineBase, lineRange, opcodeBase, opcodeLengths, files, firstFile } = header;
  let address = 0;
  let file = 1;
  let line = 1;
  let isStmt = header.defaultIsStmt;
  const append = () => builder.row(address, files[file - firstFile] ?? builder.file(''), line, isStmt);
  while (c.left > 0) {
    const opcode = c.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      address += Math.floor(adjusted / lineRange) * minimumInstructionLength;
      line += lineBase + (adjusted % lineRange);
      append();
      continue;
    }
    switch (opcode) {
      case 0: {
        const length = c.uleb();
        const next = c.offset + length;
        if (length === 0 || length > c.left)
          throw new DwarfError(`offset ${c.offset}: an extended opcode of ${length} bytes`);
        switch (c.u8()) {
          case DW_LNE_end_sequence:
            builder.endSequence(address);
            address = 0;
            file = 1;
            line = 1;
            isStmt = header.defaultIsStmt;
            break;
          case DW_LNE_set_address:
            address = length === 9 ? c.u64() : c.u32();
            break;
          case DW_LNE_define_file:
            files.push(builder.file(readFile(c, c.string(), header.directories)));
            break;
          case DW_LNE_set_discriminator:
            break;
        }
        c.skip(next - c.offset);
        break;
      }
      case DW_LNS_copy:
        append();
        break;
      case DW_LNS_advance_pc:
        address += c.uleb() * minimumInstructionLength;
        break;
      case DW_LNS_advance_line:
        line += c.sleb();
        break;
      case DW_LNS_set_file:
        file = c.uleb();
        break;
      case DW_LNS_negate_stmt:
        isStmt = !isStmt;
        break;
      case DW_LNS_const_add_pc:
        address += Math.floor((255 - opcodeBase) / lineRange) * minimumInstructionLength;
        break;
      case DW_LNS_fixed_advance_pc:
        address += c.u16();
        break;
      case DW_LNS_set_basic_block:
      case DW_LNS_set_prologue_end:
      case DW_LNS_set_epilogue_begin:
        break;
      case DW_LNS_set_column:
      case DW_LNS_set_isa:
        c.uleb();
        break;
      default:
        for (let n = opcodeLengths[opcode]; n > 0; n--) c.uleb();
    }
  }
}

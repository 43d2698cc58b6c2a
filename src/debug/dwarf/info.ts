/**
 * Reads of .debug_info what line tables need: for each compilation unit its name, its directory, its language and where its line table is (DWARF
 * 5, 3.1 and 7.5). Only the first entry of a unit is looked at.
 */
import { Cursor, DwarfError } from './cursor.js';
import { readForm, stringOf, type DwarfSections, type FormContext, type FormValue } from './forms.js';

const DW_TAG_compile_unit = 0x11;
const DW_TAG_partial_unit = 0x3c;
const DW_TAG_skeleton_unit = 0x4a;
const DW_AT_name = 0x03;
const DW_AT_stmt_list = 0x10;
const DW_AT_comp_dir = 0x1b;
const DW_AT_str_offsets_base = 0x72;
const DW_UT_compile = 0x01;
const DW_UT_partial = 0x03;
const DW_UT_skeleton = 0x04;

export interface CompilationUnit {
  readonly name?: string;
  readonly directory?: string;
  /** Offset of its line table in .debug_line. */
  readonly lines: number;
}

/** Reads all units; what is damaged is left out and named in `notes`. */
export function readUnits(sections: DwarfSections, notes: string[]): CompilationUnit[] {
  const units: CompilationUnit[] = [];
  const { info, abbrev } = sections;
  if (info === undefined || abbrev === undefined) return units;
  for (let offset = 0; offset < info.length;) {
    const start = offset;
    try {
      const c = new Cursor(info, start);
      const { end, wide } = c.unitLength();
      offset = end;
      c.end = end;
      const unit = readUnit(c, wide, abbrev, sections);
      if (unit !== undefined) units.push(unit);
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
      notes.push(`.debug_info, unit at ${start}: ${error.message}`);
      if (offset === start) break; // no length: nothing behind it can be found
    }
  }
  return units;
}

function readUnit(c: Cursor, wide: boolean, abbrev: Uint8Array, sections: DwarfSections): CompilationUnit | undefined {
  const version = c.u16();
  if (version < 2 || version > 5) throw new DwarfError(`version ${version}`);
  let abbreviations: number;
  let addressSize: number;
  if (version >= 5) {
    const type = c.u8();
    addressSize = c.u8();
    abbreviations = c.sectionOffset(wide);
    if (type === DW_UT_skeleton) c.skip(8);
    else if (type !== DW_UT_compile && type !== DW_UT_partial) return undefined;
  } else {
    abbreviations = c.sectionOffset(wide);
    addressSize = c.u8();
  }
  if (addressSize !== 4 && addressSize !== 8) throw new DwarfError(`addresses of ${addressSize} bytes`);
  const context: FormContext = { version, wide, addressSize };
  const code = c.uleb();
  if (code === 0) return undefined;
  const a = new Cursor(abbrev, abbreviations);
  const tag = findAbbreviation(a, code);
  if (tag !== DW_TAG_compile_unit && tag !== DW_TAG_partial_unit && tag !== DW_TAG_skeleton_unit) return undefined;
  const values = new Map<number, FormValue>();
  for (;;) {
    const attribute = a.uleb();
    const form = a.uleb();
    const implicit = form === 0x21 ? a.sleb() : 0;
    if (attribute === 0 && form === 0) break;
    values.set(attribute, readForm(c, form, context, sections, implicit));
  }
  const lines = values.get(DW_AT_stmt_list);
  if (typeof lines !== 'number') return undefined;
  const base = values.get(DW_AT_str_offsets_base);
  const text = (attribute: number) =>
    stringOf(values.get(attribute), typeof base === 'number' ? base : undefined, context, sections);
  return { name: text(DW_AT_name), directory: text(DW_AT_comp_dir), lines };
}

/** Leaves the cursor at the attributes of abbreviation `code`; returns its tag. */
function findAbbreviation(a: Cursor, code: number): number {
  for (;;) {
    const found = a.uleb();
    if (found === 0) throw new DwarfError(`no abbreviation ${code}`);
    const tag = a.uleb();
    a.u8(); // has children
    if (found === code) return tag;
    for (;;) {
      const attribute = a.uleb();
      const form = a.uleb();
      if (form === 0x21) a.sleb();
      if (attribute === 0 && form === 0) break;
    }
  }
}

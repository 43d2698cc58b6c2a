/**
 * Attribute values by form (DWARF 5, 7.5.6): read, or stepped over, wherever a form occurs: in .debug_info entries and in the version 5 tables
 * of .debug_line. Knows the sections that strings and addresses lie in, no attribute.
 */
import { Cursor, DwarfError } from './cursor.js';

/** The debug sections of one file, as far as they are there. */
export interface DwarfSections {
  readonly line?: Uint8Array;
  readonly info?: Uint8Array;
  readonly abbrev?: Uint8Array;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
  readonly strOffsets?: Uint8Array;
  readonly frame?: Uint8Array;
}

/** DW_FORM_ codes. */
export const Form = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  ref_addr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  ref_udata: 0x15,
  indirect: 0x16,
  sec_offset: 0x17,
  exprloc: 0x18,
  flag_present: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  ref_sup4: 0x1c,
  strp_sup: 0x1d,
  data16: 0x1e,
  line_strp: 0x1f,
  ref_sig8: 0x20,
  implicit_const: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  ref_sup8: 0x24,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
  addrx1: 0x29,
  addrx2: 0x2a,
  addrx3: 0x2b,
  addrx4: 0x2c,
} as const;

/** What of a unit's header decides how its forms are read. */
export interface FormContext {
  readonly version: number;
  /** 64-bit DWARF format. */
  readonly wide: boolean;
  readonly addressSize: number;
}

/**
 * A value: a number, a string, or an index into the string offsets table that only the unit's DW_AT_str_offsets_base resolves; `undefined` for
 * values that no reader here wants (blocks, 64-bit signatures, addresses by index).
 */
export type FormValue = number | string | { readonly strx: number } | undefined;

function stringIn(section: Uint8Array | undefined, offset: number): string {
  if (section === undefined) throw new DwarfError('a string lies in a section that is not there');
  return new Cursor(section, offset).string();
}

/** Reads or steps over the value at the cursor. `implicit` is the value of an implicit_const. @throws DwarfError */
export function readForm(
  c: Cursor,
  form: number,
  context: FormContext,
  sections: DwarfSections,
  implicit = 0,
): FormValue {
  switch (form) {
    case Form.addr:
      return context.addressSize === 4 ? c.u32() : c.u64();
    case Form.data1:
    case Form.ref1:
    case Form.flag:
      return c.u8();
    case Form.data2:
    case Form.ref2:
      return c.u16();
    case Form.data4:
    case Form.ref4:
    case Form.ref_sup4:
      return c.u32();
    case Form.data8:
    case Form.ref8:
    case Form.ref_sig8:
    case Form.ref_sup8:
      c.skip(8);
      return undefined;
    case Form.data16:
      c.skip(16);
      return undefined;
    case Form.sdata:
      return c.sleb();
    case Form.udata:
    case Form.ref_udata:
      return c.uleb();
    case Form.string:
      return c.string();
    case Form.strp:
      return stringIn(sections.str, c.sectionOffset(context.wide));
    case Form.line_strp:
      return stringIn(sections.lineStr, c.sectionOffset(context.wide));
    case Form.sec_offset:
      return c.sectionOffset(context.wide);
    case Form.strp_sup:
      c.sectionOffset(context.wide);
      return undefined;
    case Form.ref_addr:
      // version 2 made it the size of an address
      if (context.version <= 2) c.skip(context.addressSize);
      else c.sectionOffset(context.wide);
      return undefined;
    case Form.strx:
      return { strx: c.uleb() };
    case Form.strx1:
      return { strx: c.u8() };
    case Form.strx2:
      return { strx: c.u16() };
    case Form.strx3:
      return { strx: c.u24() };
    case Form.strx4:
      return { strx: c.u32() };
    case Form.addrx:
    case Form.loclistx:
    case Form.rnglistx:
      c.uleb();
      return undefined;
    case Form.addrx1:
      c.skip(1);
      return undefined;
    case Form.addrx2:
      c.skip(2);
      return undefined;
    case Form.addrx3:
      c.skip(3);
      return undefined;
    case Form.addrx4:
      c.skip(4);
      return undefined;
    case Form.block1:
      c.skip(c.u8());
      return undefined;
    case Form.block2:
      c.skip(c.u16());
      return undefined;
    case Form.block4:
      c.skip(c.u32());
      return undefined;
    case Form.block:
    case Form.exprloc:
      c.skip(c.uleb());
      return undefined;
    case Form.flag_present:
      return 1;
    case Form.implicit_const:
      return implicit;
    case Form.indirect: {
      const actual = c.uleb();
      if (actual === Form.indirect || actual === Form.implicit_const)
        throw new DwarfError('an indirect form without end');
      return readForm(c, actual, context, sections);
    }
    default:
      throw new DwarfError(`offset ${c.offset}: unknown form 0x${form.toString(16)}`);
  }
}

/** Resolves a value that should be a string; `base` is the unit's DW_AT_str_offsets_base. @throws DwarfError */
export function stringOf(
  value: FormValue,
  base: number | undefined,
  context: FormContext,
  sections: DwarfSections,
): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return undefined;
  if (sections.strOffsets === undefined) throw new DwarfError('a string lies in a section that is not there');
  // without a base the table follows the header of the section's only contribution
  const start = base ?? (context.wide ? 16 : 8);
  const at = new Cursor(sections.strOffsets, start + value.strx * (context.wide ? 8 : 4));
  return stringIn(sections.str, at.sectionOffset(context.wide));
}

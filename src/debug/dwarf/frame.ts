/**
 * Call frame information of .debug_frame (DWARF 5, 6.4; IHI 0040 for ARM's registers): where the caller's registers are, at each address of a function.
 * Addresses are as linked. Rules that need expressions are not followed.
 */
import { Cursor, DwarfError } from './cursor.js';

const DW_CFA_advance_loc = 0x40;
const DW_CFA_offset = 0x80;
const DW_CFA_restore = 0xc0;
const DW_CFA_nop = 0x00;
const DW_CFA_set_loc = 0x01;
const DW_CFA_advance_loc1 = 0x02;
const DW_CFA_advance_loc2 = 0x03;
const DW_CFA_advance_loc4 = 0x04;
const DW_CFA_offset_extended = 0x05;
const DW_CFA_restore_extended = 0x06;
const DW_CFA_undefined = 0x07;
const DW_CFA_same_value = 0x08;
const DW_CFA_register = 0x09;
const DW_CFA_remember_state = 0x0a;
const DW_CFA_restore_state = 0x0b;
const DW_CFA_def_cfa = 0x0c;
const DW_CFA_def_cfa_register = 0x0d;
const DW_CFA_def_cfa_offset = 0x0e;
const DW_CFA_def_cfa_expression = 0x0f;
const DW_CFA_expression = 0x10;
const DW_CFA_offset_extended_sf = 0x11;
const DW_CFA_def_cfa_sf = 0x12;
const DW_CFA_def_cfa_offset_sf = 0x13;
const DW_CFA_val_offset = 0x14;
const DW_CFA_val_offset_sf = 0x15;
const DW_CFA_val_expression = 0x16;
const DW_CFA_GNU_args_size = 0x2e;
const DW_CFA_GNU_negative_offset_extended = 0x2f;

/** CIE_id in .debug_frame. */
const CIE_ID = 0xffff_ffff;
const MOST_REMEMBERED = 64;

/** Where a register of the caller is. `offset` counts from the CFA. */
export type RegisterRule =
  | { readonly kind: 'same' }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'memory'; readonly offset: number }
  | { readonly kind: 'value'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'unknown' };

/** The caller's registers at one address. */
export interface FrameRules {
  /** The canonical frame address, SP before the call: a register plus an offset. */
  readonly cfa: { readonly register: number; readonly offset: number };
  /** Of registers that are not the same. */
  readonly registers: ReadonlyMap<number, RegisterRule>;
  /** Register that holds the return address: 14. */
  readonly returnRegister: number;
}

interface CommonInformation {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  readonly returnRegister: number;
  readonly addressSize: number;
  readonly program: { readonly start: number; readonly end: number };
}

interface FrameDescription {
  readonly start: number;
  readonly end: number;
  readonly cie: CommonInformation;
  readonly program: { readonly start: number; readonly end: number };
}

export class FrameTable {
  /** By start address. */
  private readonly entries: FrameDescription[] = [];

  /** What is damaged is left out and named in `notes`; nothing is thrown. */
  constructor(
    private readonly section: Uint8Array,
    notes: string[],
  ) {
    const commons = new Map<number, CommonInformation | undefined>();
    for (let offset = 0; offset < section.length;) {
      const start = offset;
      try {
        const c = new Cursor(section, start);
        const { end, wide } = c.unitLength();
        offset = end;
        c.end = end;
        if (c.left === 0) continue;
        const id = c.sectionOffset(wide);
        if (id === CIE_ID) continue; // read when a description names it
        if (!commons.has(id)) commons.set(id, readCommon(section, id));
        const cie = commons.get(id);
        if (cie === undefined) continue;
        const first = cie.addressSize === 4 ? c.u32() : c.u64();
        const length = cie.addressSize === 4 ? c.u32() : c.u64();
        if (length > 0)
          this.entries.push({ start: first, end: first + length, cie, program: { start: c.offset, end } });
      } catch (error) {
        if (!(error instanceof DwarfError)) throw error;
        notes.push(`.debug_frame, entry at ${start}: ${error.message}`);
        if (offset === start) break; // no length: nothing behind it can be found
      }
    }
    this.entries.sort((a, b) => a.start - b.start);
  }

  /** Rules for the instruction at `address`, or undefined where there are none that can be followed. */
  rulesAt(address: number): FrameRules | undefined {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    // functions that the linker threw away overlap at 0, and are found by nobody
    const entry = low > 0 ? this.entries[low - 1] : undefined;
    if (entry === undefined || address >= entry.end) return undefined;
    try {
      return new FrameProgram(this.section, entry).run(address);
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
      return undefined;
    }
  }
}

function readCommon(section: Uint8Array, offset: number): CommonInformation | undefined {
  const c = new Cursor(section, offset);
  const { end, wide } = c.unitLength();
  c.end = end;
  if (c.sectionOffset(wide) !== CIE_ID) throw new DwarfError(`no common information at ${offset}`);
  const version = c.u8();
  const augmentation = c.string();
  let addressSize = 4;
  if (version >= 4) {
    addressSize = c.u8();
    c.u8(); // segment selector size
  }
  if (addressSize !== 4 && addressSize !== 8) throw new DwarfError(`addresses of ${addressSize} bytes`);
  const codeAlignment = c.uleb();
  const dataAlignment = c.sleb();
  const returnRegister = version === 1 ? c.u8() : c.uleb();
  // what an augmentation adds here is not known
  if (augmentation !== '') return undefined;
  return { codeAlignment, dataAlignment, returnRegister, addressSize, program: { start: c.offset, end } };
}

interface State {
  cfa: { register: number; offset: number } | undefined;
  registers: Map<number, RegisterRule>;
}

/** Runs the instructions of a frame description (6.4.2). */
class FrameProgram {
  private state: State = { cfa: undefined, registers: new Map() };
  private initial = new Map<number, RegisterRule>();
  private readonly remembered: State[] = [];
  private location: number;

  constructor(
    private readonly section: Uint8Array,
    private readonly entry: FrameDescription,
  ) {
    this.location = entry.start;
  }

  run(address: number): FrameRules | undefined {
    const { cie, program } = this.entry;
    this.execute(cie.program, Infinity);
    this.initial = new Map(this.state.registers);
    this.execute(program, address);
    const { cfa, registers } = this.state;
    return cfa && { cfa, registers, returnRegister: cie.returnRegister };
  }

  private execute(range: { readonly start: number; readonly end: number }, address: number): void {
    const c = new Cursor(this.section, range.start, range.end);
    const { codeAlignment, dataAlignment, addressSize } = this.entry.cie;
    const set = (register: number, rule: RegisterRule) => this.state.registers.set(register, rule);
    const memory = (offset: number): RegisterRule => ({ kind: 'memory', offset: offset * dataAlignment });
    while (c.left > 0) {
      const byte = c.u8();
      const low = byte & 0x3f;
      let advance = 0;
      switch (byte & 0xc0) {
        case DW_CFA_advance_loc:
          advance = low * codeAlignment;
          break;
        case DW_CFA_offset:
          set(low, memory(c.uleb()));
          break;
        case DW_CFA_restore:
          this.restore(low);
          break;
        default:
          switch (byte) {
            case DW_CFA_nop:
              break;
            case DW_CFA_set_loc:
              advance = (addressSize === 4 ? c.u32() : c.u64()) - this.location;
              break;
            case DW_CFA_advance_loc1:
              advance = c.u8() * codeAlignment;
              break;
            case DW_CFA_advance_loc2:
              advance = c.u16() * codeAlignment;
              break;
            case DW_CFA_advance_loc4:
              advance = c.u32() * codeAlignment;
              break;
            case DW_CFA_offset_extended:
              set(c.uleb(), memory(c.uleb()));
              break;
            case DW_CFA_offset_extended_sf:
              set(c.uleb(), memory(c.sleb()));
              break;
            case DW_CFA_GNU_negative_offset_extended:
              set(c.uleb(), memory(-c.uleb()));
              break;
            case DW_CFA_val_offset:
              set(c.uleb(), { kind: 'value', offset: c.uleb() * dataAlignment });
              break;
            case DW_CFA_val_offset_sf:
              set(c.uleb(), { kind: 'value', offset: c.sleb() * dataAlignment });
              break;
            case DW_CFA_restore_extended:
              this.restore(c.uleb());
              break;
            case DW_CFA_undefined:
              set(c.uleb(), { kind: 'undefined' });
              break;
            case DW_CFA_same_value:
              set(c.uleb(), { kind: 'same' });
              break;
            case DW_CFA_register:
              set(c.uleb(), { kind: 'register', register: c.uleb() });
              break;
            case DW_CFA_remember_state:
              if (this.remembered.length === MOST_REMEMBERED) throw new DwarfError('too many remembered states');
              this.remembered.push({ cfa: this.state.cfa, registers: new Map(this.state.registers) });
              break;
            case DW_CFA_restore_state: {
              const saved = this.remembered.pop();
              if (saved === undefined) throw new DwarfError('no remembered state');
              this.state = saved;
              break;
            }
            case DW_CFA_def_cfa:
              this.state.cfa = { register: c.uleb(), offset: c.uleb() };
              break;
            case DW_CFA_def_cfa_sf:
              this.state.cfa = { register: c.uleb(), offset: c.sleb() * dataAlignment };
              break;
            case DW_CFA_def_cfa_register:
              this.state.cfa = { register: c.uleb(), offset: this.state.cfa?.offset ?? 0 };
              break;
            case DW_CFA_def_cfa_offset:
              this.state.cfa = { register: this.state.cfa?.register ?? 13, offset: c.uleb() };
              break;
            case DW_CFA_def_cfa_offset_sf:
              this.state.cfa = { register: this.state.cfa?.register ?? 13, offset: c.sleb() * dataAlignment };
              break;
            case DW_CFA_def_cfa_expression:
              c.skip(c.uleb());
              this.state.cfa = undefined;
              break;
            case DW_CFA_expression:
            case DW_CFA_val_expression:
              set(c.uleb(), { kind: 'unknown' });
              c.skip(c.uleb());
              break;
            case DW_CFA_GNU_args_size:
              c.uleb();
              break;
            default:
              throw new DwarfError(`unknown frame instruction 0x${byte.toString(16)}`);
          }
      }
      this.location += advance;
      if (this.location > address) return;
    }
  }

  private restore(register: number): void {
    const rule = this.initial.get(register);
    if (rule === undefined) this.state.registers.delete(register);
    else this.state.registers.set(register, rule);
  }
}

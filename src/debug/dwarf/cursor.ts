/**
 * Reads the primitive encodings of DWARF (version 5, 7.4 and 7.6) from a section, little-endian, never beyond an end that it is given. What is
 * malformed raises `DwarfError`, which the readers beside this file turn into a note: it never leaves this folder.
 */

/** Debug information that cannot be what a compiler wrote. Internal to the DWARF readers. */
export class DwarfError extends Error {
  override readonly name = 'DwarfError';
}

const decoder = new TextDecoder();

export class Cursor {
  private readonly view: DataView;

  /** @param end offset behind the last byte that may be read */
  constructor(
    readonly bytes: Uint8Array,
    public offset = 0,
    public end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (end > bytes.length || offset > end || offset < 0)
      throw new DwarfError(`offset ${offset} lies outside its section`);
  }

  /** Bytes left. */
  get left(): number {
    return this.end - this.offset;
  }

  /** Moves on by `length` bytes; returns where it was. */
  skip(length: number): number {
    const at = this.offset;
    if (!(length >= 0 && length <= this.end - at)) throw new DwarfError(`offset ${at}: cut short`);
    this.offset = at + length;
    return at;
  }

  u8(): number {
    return this.bytes[this.skip(1)];
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  u24(): number {
    return this.u16() | (this.u8() << 16);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  /** A 64-bit number that must be exact as a JavaScript number. */
  u64(): number {
    const low = this.u32();
    const high = this.u32();
    if (high >= 1 << 21) throw new DwarfError(`offset ${this.offset - 8}: a number that is too large`);
    return high * 2 ** 32 + low;
  }

  /** ULEB128. Bits from 53 up must be zero. */
  uleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) break;
      scale *= 128;
      if (scale > 2 ** 70) throw new DwarfError(`offset ${this.offset}: a number without end`);
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new DwarfError(`offset ${this.offset}: a number that is too large`);
    return value;
  }

  /** SLEB128 of at most 53 bits. */
  sleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if ((byte & 0x80) === 0) {
        if ((byte & 0x40) !== 0) value -= scale;
        break;
      }
      if (scale > 2 ** 70) throw new DwarfError(`offset ${this.offset}: a number without end`);
    }
    if (!Number.isSafeInteger(value)) throw new DwarfError(`offset ${this.offset}: a number that is too large`);
    return value;
  }

  /** A string that ends with a zero byte, as UTF-8. */
  string(): string {
    const start = this.offset;
    const zero = this.bytes.indexOf(0, start);
    if (zero < 0 || zero >= this.end) throw new DwarfError(`offset ${start}: a string without end`);
    this.offset = zero + 1;
    return decoder.decode(this.bytes.subarray(start, zero));
  }

  /** An offset into a section: 4 bytes, or 8 in the 64-bit format. */
  sectionOffset(wide: boolean): number {
    return wide ? this.u64() : this.u32();
  }

  /** The initial length of a unit (7.4): where the unit ends, and whether it has the 64-bit format. */
  unitLength(): { readonly end: number; readonly wide: boolean } {
    let length = this.u32();
    const wide = length === 0xffff_ffff;
    if (wide) length = this.u64();
    else if (length >= 0xffff_fff0) throw new DwarfError(`offset ${this.offset - 4}: a reserved unit length`);
    if (length > this.end - this.offset) throw new DwarfError(`offset ${this.offset}: a unit longer than its section`);
    return { end: this.offset + length, wide };
  }
}

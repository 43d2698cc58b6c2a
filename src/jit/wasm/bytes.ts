/** A growing byte buffer with WebAssembly's variable-length integers. Knows nothing of modules. */

/** Bytes that a 32-bit integer takes at most. */
const MOST_LEB32 = 5;

export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity bytes to reserve at first. */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Unsigned LEB128 of a u32. */
  u32(value: number): void {
    if (this.#length + MOST_LEB32 > this.#bytes.length) this.#reserve(MOST_LEB32);
    this.#u32(value);
  }

  /** Signed LEB128 of an i32. */
  s32(value: number): void {
    if (this.#length + MOST_LEB32 > this.#bytes.length) this.#reserve(MOST_LEB32);
    this.#s32(value);
  }

  /** A byte, and a u32 behind it. PERF: most instructions are of this form, or of the next; there is one look at the capacity for each. */
  byteU32(first: number, value: number): void {
    if (this.#length + 1 + MOST_LEB32 > this.#bytes.length) this.#reserve(1 + MOST_LEB32);
    this.#bytes[this.#length++] = first;
    this.#u32(value);
  }

  /** A byte, and an i32 behind it. */
  byteS32(first: number, value: number): void {
    if (this.#length + 1 + MOST_LEB32 > this.#bytes.length) this.#reserve(1 + MOST_LEB32);
    this.#bytes[this.#length++] = first;
    this.#s32(value);
  }

  #u32(value: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value >>> 0;
    while (rest > 0x7f) {
      bytes[at++] = rest | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  #s32(value: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value | 0;
    // What is left fits six bits and their sign.
    while ((rest + 0x40) >>> 0 > 0x7f) {
      bytes[at++] = rest | 0x80;
      rest >>= 7;
    }
    bytes[at++] = rest & 0x7f;
    this.#length = at;
  }

  /** Signed LEB128 of an i64. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  /** A name: its length and its characters, which must be ASCII. */
  name(text: string): void {
    this.u32(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  append(other: ByteWriter): void {
    this.bytes(other.#bytes.subarray(0, other.#length));
  }

  bytes(source: ArrayLike<number>): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** Replaces the byte at `index`, which must have been written. */
  patch(index: number, value: number): void {
    this.#bytes[index] = value;
  }

  /** The bytes written. To be called last: they are not copied. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/**
 * Fields of registers as data: where they lie, what they are called, what their values mean; and how to cut a value into them. Knows no register, and
 * nothing of who reads or writes one.
 *
 * A field is written as the manual's diagrams are read: `'<bits> <NAME> <title>'`, with the meanings of its values behind a colon and a space: `'3:2 RGN outer
 * cacheability: none|write-back, write-allocate|write-through|write-back'`, or, where not every value has one, `'5:0 FS status: 1=alignment|5=translation'`.
 * A field in several pieces gives them from the top down: `'10,3:0 FS fault status'`.
 */
import { assert } from './assert.js';

/** Bits `hi` down to `lo`. */
interface Slice {
  readonly hi: number;
  readonly lo: number;
}

export interface BitField {
  /** The manual's name. */
  readonly name: string;
  /** Width in bits. */
  readonly bits: number;
  /** Most significant first. */
  readonly slices: readonly Slice[];
  /** What the field is. */
  readonly title: string;
  /** What its values mean, of those that have a meaning of their own. */
  readonly values?: ReadonlyMap<number, string> | undefined;
  /** The same where a table would be long or the meaning is a calculation. */
  readonly says?: ((value: number) => string | undefined) | undefined;
}

const FIELD = /^([\d:,]+) (\S+) (.+?)(?:: (.+))?$/;

function slicesOf(at: string, name: string): Slice[] {
  return at.split(',').map((part) => {
    const [hi, lo = hi] = part.split(':').map(Number);
    assert(hi >= lo && lo >= 0 && hi < 64, `register field ${name} at ${at}`);
    return { hi, lo };
  });
}

function valuesOf(text: string, name: string): Map<number, string> {
  const values = new Map<number, string>();
  text.split('|').forEach((part, i) => {
    const sparse = /^(0x[\da-f]+|0b[01]+|\d+)=(.*)$/.exec(part);
    const value = sparse === null ? i : Number(sparse[1]);
    const meaning = sparse === null ? part : sparse[2];
    assert(!values.has(value), `register field ${name}: two meanings of ${value}`);
    if (meaning !== '') values.set(value, meaning);
  });
  return values;
}

/**
 * A field as it is written. PERF: it is read when somebody asks, for there are thousands, and a run that nobody watches needs none: reading all of
 * them was a fifth of the time to the first guest instruction (`engine.bench`, start).
 */
class WrittenField implements BitField {
  #parts: Omit<BitField, 'says'> | undefined;

  constructor(
    private readonly text: string,
    readonly says: BitField['says'],
  ) {}

  get name(): string {
    return this.#read().name;
  }
  get bits(): number {
    return this.#read().bits;
  }
  get slices(): readonly Slice[] {
    return this.#read().slices;
  }
  get title(): string {
    return this.#read().title;
  }
  get values(): ReadonlyMap<number, string> | undefined {
    return this.#read().values;
  }

  #read(): Omit<BitField, 'says'> {
    return (this.#parts ??= fieldOf(this.text));
  }
}

function fieldOf(text: string): Omit<BitField, 'says'> {
  const parts = FIELD.exec(text);
  assert(parts !== null, `a register field is written '<bits> <name> <title>', not '${text}'`);
  const [, at, name, title, meanings] = parts;
  const slices = slicesOf(at, name);
  const bits = slices.reduce((n, { hi, lo }) => n + hi - lo + 1, 0);
  return { name, bits, slices, title, values: meanings === undefined ? undefined : valuesOf(meanings, name) };
}

/** One field from its notation, which is checked when something of it is asked for. */
export function bitField(text: string, says?: BitField['says']): BitField {
  return new WrittenField(text, says);
}

/** Fields from their notations. */
export function bitFields(...texts: readonly string[]): readonly BitField[] {
  return texts.map((text) => bitField(text));
}

/** One bit of the same meaning for each of `count` things, from bit `first` on: `<prefix><n>`, `<title> <n>`. The highest comes first. */
export function bitForEach(count: number, prefix: string, title: string, first = 0, from = 0): readonly BitField[] {
  return Array.from({ length: count }, (_, i) => {
    const n = count - 1 - i;
    return bitField(`${first + n} ${prefix}${from + n} ${title} ${from + n}`);
  });
}

/** Where a field lies, as it is written: `31:28`, `10,3:0`. */
export function placeOf({ slices }: BitField): string {
  return slices.map(({ hi, lo }) => (hi === lo ? String(hi) : `${hi}:${lo}`)).join(',');
}

/** A field's value in a register's. */
export function extract(register: bigint, { slices }: BitField): bigint {
  let value = 0n;
  for (const { hi, lo } of slices) {
    const width = BigInt(hi - lo + 1);
    value = (value << width) | BigInt.asUintN(hi - lo + 1, register >> BigInt(lo));
  }
  return value;
}

/** A register's value with a field set. */
export function insert(register: bigint, { slices }: BitField, value: bigint): bigint {
  let result = register;
  let rest = value;
  for (const { hi, lo } of [...slices].reverse()) {
    const width = hi - lo + 1;
    const mask = ((1n << BigInt(width)) - 1n) << BigInt(lo);
    result = (result & ~mask) | ((rest << BigInt(lo)) & mask);
    rest >>= BigInt(width);
  }
  return result;
}

/** What a value of a field means, if there is more to say than the number. */
export function meaningOf({ values, says }: BitField, value: number): string | undefined {
  return values?.get(value) ?? says?.(value);
}

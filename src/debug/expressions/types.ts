/**
 * Types and values of the expression language: C's integers of 8 to 64 bits and pointers, with C's conversions for a machine whose int, long and
 * pointers have 32 bits. A value is kept as the bigint that its type makes of it.
 */

export interface IntegerType {
  readonly kind: 'integer';
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly to: Type;
}

export type Type = IntegerType | PointerType;

export interface Value {
  readonly type: Type;
  readonly value: bigint;
}

const integer = (bits: IntegerType['bits'], signed: boolean): IntegerType => ({ kind: 'integer', bits, signed });

export const u8 = integer(8, false);
export const u16 = integer(16, false);
export const u32 = integer(32, false);
export const u64 = integer(64, false);
export const i32 = integer(32, true);
export const i64 = integer(64, true);

/** Types by the words that name them, words of one type in any order C allows. */
const typeNames = new Map<string, IntegerType>();
for (const bits of [8, 16, 32, 64] as const) {
  for (const name of [`i${bits}`, `s${bits}`, `int${bits}_t`]) typeNames.set(name, integer(bits, true));
  for (const name of [`u${bits}`, `uint${bits}_t`]) typeNames.set(name, integer(bits, false));
}
// char is unsigned, as the procedure call standard for ARM has it
for (const [name, type] of [
  ['char', u8],
  ['unsigned char', u8],
  ['signed char', integer(8, true)],
  ['short', integer(16, true)],
  ['int', i32],
  ['long', i32],
  ['long long', i64],
  ['size_t', u32],
  ['uintptr_t', u32],
] as const) {
  typeNames.set(name, type);
}
for (const [name, type] of [
  ['short', integer(16, true)],
  ['int', i32],
  ['long', i32],
  ['long long', i64],
] as const) {
  for (const tail of name === 'int' ? [''] : ['', ' int']) {
    typeNames.set(`signed ${name}${tail}`, type);
    typeNames.set(`unsigned ${name}${tail}`, integer(type.bits, false));
    if (tail !== '') typeNames.set(`${name}${tail}`, type);
  }
}
typeNames.set('signed', i32);
typeNames.set('unsigned', u32);

/** The type that these words name, or undefined. */
export function typeNamed(words: string): IntegerType | undefined {
  return typeNames.get(words);
}

/** How a type is written. */
export function typeName(type: Type): string {
  return type.kind === 'pointer' ? `${typeName(type.to)}*` : `${type.signed ? 'i' : 'u'}${type.bits}`;
}

export function bitsOf(type: Type): number {
  return type.kind === 'pointer' ? 32 : type.bits;
}

/** Bytes. */
export function sizeOf(type: Type): number {
  return bitsOf(type) / 8;
}

/** `value` as `type` has it: cut to its width. */
export function make(type: Type, value: bigint): Value {
  const signed = type.kind === 'integer' && type.signed;
  return { type, value: signed ? BigInt.asIntN(bitsOf(type), value) : BigInt.asUintN(bitsOf(type), value) };
}

/** The type that C's usual arithmetic conversions give to two operands. Pointers count as u32. */
export function commonType(a: Type, b: Type): IntegerType {
  const x = promote(a);
  const y = promote(b);
  if (x.bits !== y.bits) return x.bits > y.bits ? x : y;
  return x.signed ? y : x;
}

/** C's integer promotion. */
export function promote(type: Type): IntegerType {
  if (type.kind === 'pointer') return u32;
  return type.bits < 32 ? i32 : type;
}

/** The first of int, (for hexadecimal) unsigned, long long, unsigned long long that holds a literal (C99 6.4.4.1). */
export function literalType(value: bigint, decimal: boolean): IntegerType | undefined {
  if (value < 1n << 31n) return i32;
  if (!decimal && value < 1n << 32n) return u32;
  if (value < 1n << 63n) return i64;
  return value < 1n << 64n ? u64 : undefined;
}

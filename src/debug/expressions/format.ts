/** Values as text, by type or as a format letter says. */
import type { Format } from './parser.js';
import { bitsOf, type Value } from './types.js';

/** `value` in hexadecimal with all digits of `bits` bits. */
export function hexadecimal(value: bigint, bits: number): string {
  return `0x${BigInt.asUintN(bits, value)
    .toString(16)
    .padStart(Math.ceil(bits / 4), '0')}`;
}

/** A printable character in quotes, or undefined. */
function character(value: bigint): string | undefined {
  return value >= 32n && value < 127n ? `'${String.fromCharCode(Number(value))}'` : undefined;
}

/**
 * A value for a person: unsigned ones in hexadecimal and, where that differs, decimal; signed ones the other way round; bytes also as characters.
 * @param describe symbol and offset of an address, if any
 */
export function formatValue(
  { type, value }: Value,
  format: Format | undefined,
  describe: (address: number) => string | undefined,
): string {
  const bits = bitsOf(type);
  switch (format) {
    case 'x':
      return hexadecimal(value, bits);
    case 'd':
      return BigInt.asIntN(bits, value).toString();
    case 'u':
      return BigInt.asUintN(bits, value).toString();
    case 'b':
      return `0b${BigInt.asUintN(bits, value).toString(2).padStart(bits, '0')}`;
    case 'o':
      return `0o${BigInt.asUintN(bits, value).toString(8)}`;
    case 'c':
      return character(BigInt.asUintN(8, value)) ?? `'\\x${BigInt.asUintN(8, value).toString(16).padStart(2, '0')}'`;
    case undefined:
  }
  const hex = hexadecimal(value, bits);
  const small = value >= 0n && value <= 9n;
  if (type.kind === 'integer' && type.signed) return small ? value.toString() : `${value} = ${hex}`;
  const name = bits === 32 && value > 0xffn ? describe(Number(value)) : undefined;
  if (name !== undefined) return `${hex} <${name}>`;
  if (small || type.kind === 'pointer') return hex;
  const letter = bits === 8 ? character(value) : undefined;
  return letter === undefined ? `${hex} = ${value}` : `${hex} = ${value} = ${letter}`;
}

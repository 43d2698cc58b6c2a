/**
 * One register, of the processor or of a device, as lists show it: where it is read and set, and how it is told to people. Reading one changes nothing.
 */
import type { Device } from '../../mem/device.js';
import type { DeviceRegister } from '../../mem/device-registers.js';
import { assert } from '../../util/assert.js';
import { extract, insert, meaningOf, placeOf, type BitField } from '../../util/bit-fields.js';
import { hexadecimal } from '../expressions/format.js';
import type { FieldInfo, RegisterInfo } from '../../protocol/views/registers.js';

/** Which fields somebody wants to hear of: all, none, or those that say something: of several bits, set, or with a word for what they are not. */
export type WantedFields = 'all' | 'none' | 'telling';

/** A register in a list. */
export interface ListedRegister {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly bits: number;
  readonly access: 'RO' | 'WO' | 'RW';
  readonly reads?: string;
  readonly writes?: string;
  readonly part?: string;
  /** Undefined where there is nothing to read. */
  read(): bigint | undefined;
  /** Absent where it cannot be set. */
  readonly write?: (value: bigint) => void;
  fields(value: bigint): readonly BitField[];
  /** What a value is beside its fields: a symbol, a number. */
  note?(value: bigint): string | undefined;
}

/** `1`, `0x13`: a field's value by itself. */
function digits({ bits }: BitField, value: bigint): string {
  return bits <= 3 ? value.toString() : `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
}

function fieldInfo(field: BitField, value: bigint, before: bigint | undefined): FieldInfo {
  const own = extract(value, field);
  const was = before === undefined ? own : extract(before, field);
  const meaning = meaningOf(field, Number(own));
  return {
    name: field.name,
    at: placeOf(field),
    bits: field.bits,
    title: field.title,
    value: digits(field, own),
    ...(meaning !== undefined && { meaning }),
    ...(field.values && { values: [...field.values].map(([v, text]) => ({ value: v, meaning: text })) }),
    ...(was !== own && { before: digits(field, was) }),
  };
}

/** Registers of more fields than this are rows of bits, of which those that are clear say nothing. */
const MANY_FIELDS = 16;

function isTelling(field: BitField, value: bigint, all: number): boolean {
  return field.bits > 1 || extract(value, field) !== 0n || (field.values !== undefined && all < MANY_FIELDS);
}

/** @param before its value at the last stop, if that is known */
export function infoOf(register: ListedRegister, wanted: WantedFields, before?: bigint): RegisterInfo {
  const { id, name, title, bits, access, reads, writes, part } = register;
  const value = register.read();
  const note = value === undefined ? undefined : register.note?.(value);
  const was = before !== undefined && before !== value ? before : undefined;
  // of what can only be written the fields are told with zeros, for whoever writes it
  const held = value ?? 0n;
  const fields = register.fields(held);
  const told =
    wanted === 'all' ? fields : fields.filter((f) => wanted === 'telling' && isTelling(f, held, fields.length));
  return {
    id,
    name,
    title,
    bits,
    access,
    ...(value !== undefined && { value: hexadecimal(value, bits) }),
    ...(note !== undefined && { note }),
    ...(was !== undefined && { before: hexadecimal(was, bits) }),
    writable: register.write !== undefined,
    ...(reads !== undefined && { reads }),
    ...(writes !== undefined && { writes }),
    ...(part !== undefined && { part }),
    fieldCount: fields.length,
    fields: told.map((field) => fieldInfo(field, held, was)),
  };
}

/** A register's value with a field set, to be written. Of one that acts on ones, the field alone: what is read from it are not orders. */
export function withField(register: ListedRegister, field: BitField, value: bigint): bigint {
  const present = register.writes === undefined ? (register.read() ?? 0n) : 0n;
  return insert(present, field, value);
}

/** A register of a device. It is written as a guest writes it, and read without any effect. */
export function listedDeviceRegister(device: Device, register: DeviceRegister): ListedRegister {
  const { name, title, bits, access, reads, writes, group, offset, fields } = register;
  return {
    id: `${device.name}:${name}`,
    name,
    title,
    bits,
    access,
    ...(reads !== undefined && { reads }),
    ...(writes !== undefined && { writes }),
    ...(group !== undefined && { part: group }),
    read: () => (access === 'WO' ? undefined : BigInt(device.peek?.(offset) ?? 0)),
    ...(access !== 'RO' && {
      write: (value: bigint) => {
        device.write(offset, bits === 16 ? 2 : 4, Number(BigInt.asUintN(bits, value)));
      },
    }),
    fields: () => fields,
  };
}

/** @param name one of those that the device describes */
export function deviceRegisterNamed(device: Device, name: string): ListedRegister {
  const register = device.registers?.find((candidate) => candidate.name === name);
  assert(register !== undefined, `${device.name} has no register ${name}`);
  return listedDeviceRegister(device, register);
}

/**
 * What a device says of its registers to people: names, places, rights, fields. Descriptions are data; values come from the device by `Device.peek`,
 * which changes nothing. Knows no particular device.
 */
import { bitFields, type BitField } from '../util/bit-fields.js';
import { assert } from '../util/assert.js';

export interface DeviceRegister {
  /** The manual's name; unique within the device. */
  readonly name: string;
  /** Of its first byte in the device's window. */
  readonly offset: number;
  readonly access: 'RO' | 'WO' | 'RW';
  readonly title: string;
  readonly bits: 8 | 16 | 32;
  readonly fields: readonly BitField[];
  /** What reading does beside giving a value; a `peek` does not do it. */
  readonly reads?: string;
  /** What writing does, where it does not simply replace what was there. */
  readonly writes?: string;
  /** The part of the device that it belongs to, of devices with many registers. */
  readonly group?: string;
}

export type RegisterNotes = Partial<Pick<DeviceRegister, 'bits' | 'reads' | 'writes' | 'group'>>;

const REGISTER = /^(0x[\da-f]+) (\S+) (RO|WO|RW) (.+)$/;

/**
 * A register from its notation `'<offset> <NAME> <access> <title>'`.
 * @param fields as they are, or in the notation of util/bit-fields.ts
 */
export function deviceRegister(
  text: string,
  fields: readonly BitField[] | readonly string[] = [],
  { bits = 32, ...notes }: RegisterNotes = {},
): DeviceRegister {
  const parts = REGISTER.exec(text);
  assert(parts !== null, `a register is written '<offset> <NAME> <access> <title>', not '${text}'`);
  const [, offset, name, access, title] = parts;
  const isText = (all: readonly BitField[] | readonly string[]): all is readonly string[] => typeof all[0] === 'string';
  return {
    name,
    offset: Number(offset),
    access: access as DeviceRegister['access'],
    title,
    bits,
    fields: isText(fields) ? bitFields(...fields) : fields,
    ...notes,
  };
}

/** `0x1c`, as the notation takes it. */
export function at(offset: number): string {
  return `0x${offset.toString(16)}`;
}

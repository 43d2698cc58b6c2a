/** The text of a WebAssembly function, an instruction a line, for expectations: of those instructions alone that Trapline emits without vectors. */
import { Op } from '../../src/jit/wasm/opcodes.js';

const NAMES = new Map<number, string>(Object.entries(Op).map(([name, opcode]) => [opcode, name.replace('_', '.')]));
const CODE_SECTION = 10;

class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    return this.bytes[this.at++];
  }
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
  }
}

function operands(reader: Reader, opcode: number): string[] {
  const hex = (value: number): string => (value < 10 ? String(value) : `0x${value.toString(16)}`);
  switch (opcode) {
    case Op.block:
    case Op.loop:
    case Op.if:
      reader.byte();
      return [];
    case Op.br:
    case Op.br_if:
    case Op.call:
    case Op.local_get:
    case Op.local_set:
    case Op.local_tee:
      return [String(reader.unsigned())];
    case Op.br_table: {
      const count = reader.unsigned() + 1;
      return Array.from({ length: count }, () => String(reader.unsigned()));
    }
    case Op.i32_const:
    case Op.i64_const: {
      const value = reader.signed();
      return [value >= -9n && value < 10n ? String(value) : `0x${BigInt.asUintN(64, value).toString(16)}`];
    }
    default:
      if (opcode < Op.i32_load || opcode > Op.i32_store16) return [];
      reader.unsigned();
      return [hex(reader.unsigned())];
  }
}

function functionText(reader: Reader, end: number): string {
  for (let runs = reader.unsigned(); runs > 0; runs--) {
    reader.unsigned();
    reader.byte();
  }
  const lines: string[] = [];
  let depth = 0;
  while (reader.at < end) {
    const opcode = reader.byte();
    if (opcode === Op.end || opcode === Op.else) depth--;
    lines.push(
      '  '.repeat(Math.max(0, depth)) +
        [NAMES.get(opcode) ?? `0x${opcode.toString(16)}`, ...operands(reader, opcode)].join(' '),
    );
    if (opcode === Op.block || opcode === Op.loop || opcode === Op.if || opcode === Op.else) depth++;
  }
  return lines.slice(0, -1).join('\n');
}

/** The functions of a module's binary, in order. */
export function wasmText(module: Uint8Array): string[] {
  const reader = new Reader(module);
  reader.at = 8;
  while (reader.at < module.length) {
    const section = reader.byte();
    const size = reader.unsigned();
    const end = reader.at + size;
    if (section === CODE_SECTION) {
      return Array.from({ length: reader.unsigned() }, () => {
        const length = reader.unsigned();
        return functionText(reader, reader.at + length);
      });
    }
    reader.at = end;
  }
  return [];
}

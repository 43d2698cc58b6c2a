/**
 * Advanced SIMD with a shift amount, on two registers, with an immediate, and its loads and stores, row by row against objdump: mnemonics,
 * types, registers, immediates, addressing.
 */
import assert from 'node:assert/strict';
import { rowLabel } from '../../src/isa/compile.js';
import { extractFields } from '../../src/isa/decode.js';
import type { CompiledRow, Isa, Operands, Row } from '../../src/isa/row.js';
import * as elementLoadStore from '../../src/isa/vector/element-load-store.js';
import { Writeback } from '../../src/isa/vector/element-load-store.js';
import * as immediate from '../../src/isa/vector/simd-immediate.js';
import * as miscellaneous from '../../src/isa/vector/simd-miscellaneous.js';
import * as shift from '../../src/isa/vector/simd-shift.js';
import { disassembledWords, rowsAgainstObjdump } from '../support/rows-against-objdump.js';
import { need } from '../support/tools.js';

const FILES = {
  'a shift amount': shift.rows,
  'two registers': miscellaneous.rows,
  'a modified immediate': immediate.rows,
  'elements and structures': elementLoadStore.rows,
};
const groups: Record<string, readonly Row[]> = {};
for (const isa of ['A32', 'T32'] as const satisfies readonly Isa[])
  for (const [name, rows] of Object.entries(FILES)) groups[`${isa} ${name}`] = rows.filter((row) => row.isa === isa);

/** A left shift has no sign: its U is 0. */
const SIGNED = { spelled: /^vshl\.s(8|16|32|64)$/, why: 'objdump writes S for I' };
rowsAgainstObjdump(groups, { 'A32 VSHL (immediate) A1': SIGNED, 'T32 VSHL (immediate) T1': SIGNED });

/** The text of a list of D registers. A sequence of neighbours is a range. */
function listText(registers: readonly number[], lane: string): string {
  const ranged = !/\d/.test(lane) && registers.length > 1 && registers.every((d, i) => d === registers[0] + i);
  if (ranged) return `{d${registers[0]}${lane}-d${registers[registers.length - 1]}${lane}}`;
  return `{${registers.map((d) => `d${d}${lane}`).join(',')}}`;
}

/** Registers of a load or store: those of one element, then those of the next. */
function registersOf(o: Operands, elements: number, regs: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < elements; i++) for (let r = 0; r < regs; r++) all.push(o.d + i * o.inc + r);
  return all.sort((a, b) => a - b);
}

const core = (n: number): string =>
  ['sp', 'lr', 'pc'][n - 13] ?? (n === 12 ? 'ip' : n === 11 ? 'fp' : n === 10 ? 'sl' : `r${n}`);

function loadStoreText(row: CompiledRow, o: Operands): string {
  const elements = Number(/VLD(\d)|VST(\d)/.exec(row.name)!.slice(1).find(Boolean));
  const lane = row.name.includes('all lanes') ? '[]' : row.name.includes('one lane') ? `[${o.index}]` : '';
  const regs = o.regs ?? 1;
  const registers = elements === 1 ? Array.from({ length: regs }, (_, i) => o.d + i) : registersOf(o, elements, regs);
  const align = o.alignment > 1 ? ` :${8 * o.alignment}` : '';
  const after = o.wback === Writeback.transferred ? '!' : o.wback === Writeback.register ? `, ${core(o.m)}` : '';
  return `${listText(registers, lane)}, [${core(o.n)}${align}]${after}`;
}

/** The operands that a row's syntax asks for. */
function operandText(row: CompiledRow, o: Operands): string {
  if (row.syntax.includes('[<Rn>')) return loadStoreText(row, o);
  const isQ = o.Q === 1;
  const amount = o.shift_amount ?? o.position;
  return row.syntax
    .slice(row.syntax.indexOf(' ') + 1)
    .replace(/<Q(.)\|D.>/g, (_, name: string) => (isQ ? `q${o[name] / 2}` : `d${o[name]}`))
    .replace(/<Q(.)>/g, (_, name: string) => `q${o[name] / 2}`)
    .replace(/<D(.)\[x\]>/g, (_, name: string) => `d${o[name]}[${o.index}]`)
    .replace(/<D(.)>/g, (_, name: string) => `d${o[name]}`)
    .replace(
      '<list>',
      listText(
        Array.from({ length: o.length }, (_, i) => o.n + i),
        '',
      ),
    )
    .replace('<imm>', String(amount));
}

/** The type behind the mnemonic; undefined where the row has none. */
function typeOf(row: CompiledRow, o: Operands): string | undefined {
  const type = row.syntax.split(' ')[0].split('.')[1];
  if (type === undefined || /^(8|I64)$/.test(type)) return type?.toLowerCase();
  const wide = /^V(Q?R?SHRU?N|Q?MOVU?N)$/.test(row.operation!);
  const bits = (8 << o.size) * (wide ? 2 : 1);
  if (row.name === 'VSHL (immediate)') return `s${bits}`;
  if (type !== '<dt>') return type.toLowerCase().replace('<size>', String(bits));
  return `${o.U === 1 ? 'u' : 's'}${bits}`;
}

/** What a modified immediate's text means: 64 bits, low word first. */
function immediateOf(text: string, type: string): readonly [number, number] {
  const hexadecimal = /; (0x[0-9a-f]+)|@ (0x[0-9a-f]+)/.exec(text);
  const number = hexadecimal ? BigInt(hexadecimal[1] ?? hexadecimal[2]) : 0n;
  if (type === 'f32') {
    const bits = new Int32Array(Float32Array.of(Number(/#(\S+)/.exec(text)![1])).buffer)[0];
    return [bits, bits];
  }
  const decimal = hexadecimal ? number : BigInt(/#(\S+)/.exec(text)![1]);
  const width = Number(/\d+/.exec(type)![0]);
  let all = 0n;
  for (let at = 0; at < 64; at += width) all |= BigInt.asUintN(width, decimal) << BigInt(at);
  return [Number(BigInt.asIntN(32, all)), Number(BigInt.asIntN(32, all >> 32n))];
}

describe('operands against objdump', () => {
  before(function () {
    need(this, 'arm-none-eabi-objdump');
  });

  for (const [group, rows] of Object.entries(groups))
    it(`${group}: registers, elements, types, immediates`, () => {
      for (const { row, word, text } of disassembledWords(rows, 60, 20264)) {
        const fields = extractFields(row, word);
        const o = row.args(fields);
        const [first, ...rest] = text.split(' ');
        const type = first.split('.').slice(1).join('.');
        const context = `${rowLabel(row)} ${text}`;
        if (row.syntax.includes('#<imm>') && 'low' in o) {
          assert.equal(rest[0], `${o.Q ? `q${o.d / 2}` : `d${o.d}`},`, context);
          const [low, high] = immediateOf(text, type);
          assert.deepEqual([o.low, o.high], [low, high], context);
          continue;
        }
        assert.equal(rest.join(' ').replace(/\s*[@;].*/, ''), operandText(row, o), context);
        if (row.syntax.includes('[<Rn>')) assert.equal(type, String(8 << o.size), context);
        else assert.equal(type, typeOf(row, o) ?? '', context);
      }
    });
});

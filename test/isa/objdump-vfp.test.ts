/** Floating point, row by row against objdump: mnemonics, and every operand of most rows. */
import assert from 'node:assert/strict';
import { rowLabel } from '../../src/isa/compile.js';
import { extractFields } from '../../src/isa/decode.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { CompiledRow, Isa, Operands, Row } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import * as loadStore from '../../src/isa/vector/extension-load-store.js';
import * as floatingPoint from '../../src/isa/vector/floating-point.js';
import * as transfers from '../../src/isa/vector/transfers.js';
import { disassemble } from '../support/objdump.js';
import { rowsAgainstObjdump, type TextException } from '../support/rows-against-objdump.js';
import { need } from '../support/tools.js';

const FILES = {
  'floating point': floatingPoint.rows,
  'extension register loads and stores': loadStore.rows,
  transfers: transfers.rows,
};
const groups: Record<string, readonly Row[]> = {};
for (const isa of ['A32', 'T32'] as const satisfies readonly Isa[])
  for (const [name, rows] of Object.entries(FILES)) groups[`${isa} ${name}`] = rows.filter((row) => row.isa === isa);

/** What objdump spells in its own way, by the row's name. */
const SPELLED: readonly (readonly [name: RegExp, TextException])[] = [
  [/^VMOV \(scalar to ARM core register\) .1 32$/, { spelled: /^vmov(..)?\.32$/, why: '' }],
  [
    /^VLDM|^VSTM|^FLDMX/,
    {
      spelled: /^(v(ld|st)m(ia|db)|vpop|vpush|f(ld|st)m(ia|db)x)(..)?$/,
      why: 'objdump calls transfers with SP that pop or push VPOP and VPUSH',
    },
  ],
];
const exceptions: Record<string, TextException> = {};
for (const row of Object.values(groups).flat())
  for (const [name, exception] of SPELLED)
    if (name.test(rowLabel(row))) exceptions[`${row.isa} ${rowLabel(row)}`] = exception;

rowsAgainstObjdump(groups, exceptions);

const core = (n: number): string =>
  ['sp', 'lr', 'pc'][n - 13] ?? (n === 12 ? 'ip' : n === 11 ? 'fp' : n === 10 ? 'sl' : `r${n}`);

function listText(letter: string, first: number, count: number): string {
  return count === 1 ? `{${letter}${first}}` : `{${letter}${first}-${letter}${first + count - 1}}`;
}

/** The operands that a row's syntax asks for. */
function operandText(row: CompiledRow, o: Operands): string {
  const doubles = row.syntax.includes('of D>') ? 2 : 1;
  return row.syntax
    .slice(row.syntax.indexOf(' ') + 1)
    .replace(/<D(.)\[x\]>/g, (_, name: string) => `d${o[name]}[${o.index}]`)
    .replace(/<([SD])dm>/g, (_, letter: string) => `${letter.toLowerCase()}${o.d}`)
    .replace('<Sm1>', `s${o.m + 1}`)
    .replace(/<Q(.)>/g, (_, name: string) => (o.Q ? `q${o[name] / 2}` : `d${o[name]}`))
    .replace(/<([SD])(.)>/g, (_, letter: string, name: string) => `${letter.toLowerCase()}${o[name]}`)
    .replace(/<Rt2>/, core(o.t2))
    .replace(/<R(.)>/g, (_, name: string) => core(o[name]))
    .replace('{!}', o.wback ? '!' : '')
    .replace('#<fbits>', `#${o.frac_bits}`)
    .replace('{, #+/-<imm>}', o.imm32 === 0 ? '' : `, #${o.imm32}`)
    .replace(/<list of ([SD])>/, (_, letter: string) => listText(letter.toLowerCase(), o.d, o.words / doubles))
    .replace(', FPSCR', ', fpscr')
    .replace('FPSCR,', 'fpscr,');
}

describe('operands of floating point against objdump', () => {
  before(function () {
    need(this, 'arm-none-eabi-objdump');
  });

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: registers, lists, immediates`, () => {
      const labels = new Set(
        Object.values(FILES)
          .flat()
          .filter((row) => row.isa === isa)
          .map(rowLabel),
      );
      const random = seededRandom(41);
      const rows = table.filter((row) => row.isa === isa && labels.has(rowLabel(row)));
      // Immediates have tests of their own; FLDMX has a register less in objdump's list; the rest is text of system registers and labels.
      const told = rows.filter(
        (row) => !/#<imm>$|spec_reg|<label>|APSR/.test(row.syntax) && !row.name.startsWith('FLDMX'),
      );
      assert.ok(told.length > 100, `${told.length} rows`);
      const words = told.flatMap((row) => Array.from({ length: 40 }, () => ({ row, word: randomWord(row, random)! })));
      const texts = disassemble(
        isa,
        words.map(({ word }) => word),
      );
      const wrong = new Map<string, string>();
      words.forEach(({ row, word }, i) => {
        const operands = row.args(extractFields(row, word));
        // At SP the name changes, and the base is not shown.
        if (operands.words !== undefined && operands.n === 13 && !row.syntax.startsWith('VP')) return;
        const text = texts[i].replace(/^\S+ */, '').replace(/ *[@;].*$/, '');
        const expected = operandText(row, operands);
        if (text === expected) return;
        // A zero that is subtracted or, in T32, added.
        if (text.replace(/, #-?0\]/, ']') === expected) return;
        wrong.set(rowLabel(row), `${isa} ${rowLabel(row)} ${(word >>> 0).toString(16)}: "${text}", not "${expected}"`);
      });
      assert.deepEqual([...wrong.values()], []);
    });

  it('VFPExpandImm: all immediates', () => {
    const words: number[] = [];
    for (let imm8 = 0; imm8 < 256; imm8++)
      for (const base of [0xeeb00a00, 0xeeb00b00]) words.push(base | ((imm8 >>> 4) << 16) | (imm8 & 15));
    const texts = disassemble('A32', words);
    const bits = new DataView(new ArrayBuffer(8));
    words.forEach((_, i) => {
      const imm8 = i >>> 1;
      const wide = (i & 1) === 1;
      bits.setInt32(0, floatingPoint.VFPExpandImm(imm8, wide ? 64 : 32));
      const value = wide ? bits.getFloat64(0) : bits.getFloat32(0);
      const stated = /@ 0x([0-9a-f]+)\s+(\S+)$|#(\d+)\s.*?(-?[\d.]+)$/.exec(texts[i]);
      assert.ok(stated, texts[i]);
      assert.equal(value, Number(stated[2] ?? stated[4]), texts[i]);
    });
  });
});

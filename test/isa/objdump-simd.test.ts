/** Advanced SIMD on three registers, row by row against objdump: mnemonics, types and registers. */
import assert from 'node:assert/strict';
import { rowLabel } from '../../src/isa/compile.js';
import { extractFields } from '../../src/isa/decode.js';
import type { Isa, Row } from '../../src/isa/row.js';
import * as longScalar from '../../src/isa/vector/long-scalar.js';
import * as threeSame from '../../src/isa/vector/three-same.js';
import { disassembledWords, rowsAgainstObjdump } from '../support/rows-against-objdump.js';
import { need } from '../support/tools.js';

const of = (isa: Isa, rows: readonly Row[]): readonly Row[] => rows.filter((row) => row.isa === isa);
const groups = {
  'A32 three registers of the same length': of('A32', threeSame.rows),
  'A32 different lengths, and by scalar': of('A32', longScalar.rows),
  'T32 three registers of the same length': of('T32', threeSame.rows),
  'T32 different lengths, and by scalar': of('T32', longScalar.rows),
};

/** A move is an OR of a register with itself. */
const asOr = { spelled: /^(vorr|vmov)$/, why: 'objdump prefers the OR for some registers' };

rowsAgainstObjdump(groups, { 'A32 VMOV (register) A1': asOr, 'T32 VMOV (register) T1': asOr });

/** The type of an instruction: the letter that it always has, or S or U by a bit. */
function typeOf(name: string, U: number | undefined): string {
  if (U !== undefined) return U ? 'u' : 's';
  if (/^VQ/.test(name)) return 's';
  if (name === 'VTST') return '';
  return name.endsWith('(polynomial)') ? 'p' : 'i';
}

/** The operands that a row's syntax asks for, from the row's own argument set. */
function operandText({ syntax }: Row, o: Readonly<Record<string, number>>): string {
  const isQ = o.Q === 1;
  return syntax
    .slice(syntax.indexOf(' ') + 1)
    .replace(/<Q(.)\|D.>/g, (_, name: string) => (isQ ? `q${o[name] / 2}` : `d${o[name]}`))
    .replace(/<Q(.)>/g, (_, name: string) => `q${o[name] / 2}`)
    .replace(/<D(.)\[x\]>/g, (_, name: string) => `d${o[name]}[${o.index}]`)
    .replace(/<D(.)>/g, (_, name: string) => `d${o[name]}`);
}

describe('operands against objdump', () => {
  before(function () {
    need(this, 'arm-none-eabi-objdump');
  });

  for (const [group, rows] of Object.entries(groups))
    it(`${group}: registers, elements and types`, () => {
      for (const { row, word, text } of disassembledWords(rows, 40, 20262)) {
        const fields = extractFields(row, word);
        const o = row.args(fields);
        const [first, ...rest] = text.replace(/\s*@.*/, '').split(' ');
        const asked = operandText(row, o);
        const expected =
          row.name === 'VMOV (register)' && first === 'vorr' ? `${asked}, ${asked.split(' ')[1]}` : asked;
        assert.equal(rest.join(' '), expected, `${rowLabel(row)} ${text}`);
        if (row.syntax.includes('{.<dt>}') || row.syntax.includes('.P8')) continue;
        const bits = (8 << o.size) * (row.name.endsWith('HN') ? 2 : 1);
        assert.equal(first.split('.')[1], `${typeOf(row.name, fields.U)}${bits}`, `${rowLabel(row)} ${text}`);
      }
    });
});

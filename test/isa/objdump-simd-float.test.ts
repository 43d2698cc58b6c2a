/** Advanced SIMD's floating-point rows against objdump: mnemonics, types, registers, fraction bits. */
import assert from 'node:assert/strict';
import { rowLabel } from '../../src/isa/compile.js';
import { extractFields } from '../../src/isa/decode.js';
import type { Isa, Row } from '../../src/isa/row.js';
import { rows } from '../../src/isa/vector/simd-floating-point.js';
import { disassembledWords, rowsAgainstObjdump } from '../support/rows-against-objdump.js';
import { need } from '../support/tools.js';

const of = (isa: Isa): readonly Row[] => rows.filter((row) => row.isa === isa);

rowsAgainstObjdump({ 'A32 floating point': of('A32'), 'T32 floating point': of('T32') }, {});

/** The text that a row's syntax and argument set make of a word. */
function textOf({ syntax, args }: Row, fields: Readonly<Record<string, number>>): string {
  const o = args(fields);
  return syntax
    .replace('<c>', '')
    .replace('VCVT', 'vcvt')
    .replace(/^[A-Z.0-9]+|\.[<>|FSU0-9.]+/g, (letters) => letters.toLowerCase())
    .replace('<s32|u32>', o.unsigned ? 'u32' : 's32')
    .replace(/<Q(.)\|D.>/g, (_, name: string) => (o.Q ? `q${o[name] / 2}` : `d${o[name]}`))
    .replace(/<Q(.)>/g, (_, name: string) => `q${o[name] / 2}`)
    .replace(/<D(.)\[x\]>/g, (_, name: string) => `d${o[name]}[${o.index}]`)
    .replace(/<D(.)>/g, (_, name: string) => `d${o[name]}`)
    .replace('<fbits>', `${o.fraction_bits}`);
}

describe('floating-point operands against objdump', () => {
  before(function () {
    need(this, 'arm-none-eabi-objdump');
  });

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: the whole text of a word is that of its row`, () => {
      for (const { row, word, text } of disassembledWords(of(isa), 60, 20264)) {
        assert.equal(text.replace(/\s*@.*/, ''), textOf(row, extractFields(row, word)), rowLabel(row));
      }
    });
});

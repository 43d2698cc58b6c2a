/** A seeded share of `npm run verify:decode`; a test for each difference that is explained. */
import assert from 'node:assert/strict';
import { instructionText, loadDisassembler } from '../../src/debug/disassembler.js';
import { rowLabel } from '../../src/isa/compile.js';
import { decode } from '../../src/isa/decode.js';
import type { Isa } from '../../src/isa/row.js';
import { disassemble } from '../support/objdump.js';
import { need } from '../support/tools.js';
import { EXPLAINED } from '../support/unallocated.js';
import {
  judgeText,
  noCounts,
  rowsAgainstBoth,
  unallocatedAgainstBoth,
  unallocatedWords,
  type DecodeCounts,
} from './decode.js';
import { TEXT_DIFFERENCES } from './decode-differences.js';
import { normalised } from './texts.js';
import { ISAS } from './words.js';

describe('one spelling of instruction text', () => {
  const alike: readonly (readonly [string, string])[] = [
    ['ldrhi r0, [r1, #-4] @ 0xfffc', 'ldrhi r0, [r1, #-0x4]'],
    ['stmiacc r7!, {r1, sl, lr}', 'stmlo r7!, {r1, sl, lr}'],
    ['vldmia r0, {d8-d10}', 'vldmia r0, {d8, d9, d10}'],
    ['mcr 15, 4, ip, cr10, cr1, {3}', 'mcr p15, #4, ip, c10, c1, #3'],
    ['vmov.f32 s2, #219 @ 0xbed80000 -0.4218750', 'vmov.f32 s2, #-4.218750e-01'],
    ['nop.w {239} @ 0xef', 'hint.w #0xef'],
    ['add.w r0, fp, #1', 'add r0, fp, #1'],
  ];
  for (const [a, b] of alike)
    it(`"${a}" is "${b}"`, () => {
      assert.equal(normalised(a), normalised(b));
    });

  it('keeps apart what is different', () => {
    for (const [a, b] of [
      ['add r0, r1, #1', 'add r0, r1, #2'],
      ['add r0, r1, #1', 'adds r0, r1, #1'],
      ['ldr r0, [r1, #4]', 'ldr r0, [r1, #-4]'],
      ['ldr r0, [r1, #4]!', 'ldr r0, [r1, #4]'],
      ['stm r0, {r1, r2}', 'stm r0, {r1, r3}'],
      ['vadd.i8 d0, d1, d2', 'vadd.i16 d0, d1, d2'],
      ['moveq r0, r1', 'movne r0, r1'],
    ])
      assert.notEqual(normalised(a), normalised(b));
  });
});

describe('rows against objdump and capstone', () => {
  before(async function () {
    need(this, 'arm-none-eabi-objdump');
    await loadDisassembler();
  });

  for (const isa of ISAS)
    it(`${isa}: both say what the row says`, function () {
      this.timeout(120_000);
      const counts = rowsAgainstBoth(isa, 10, 7);
      assert.deepEqual(counts.problems, []);
      assert.ok(counts.same > 0.9 * counts.words && counts.words > 5000);
    });
});

describe('differences between disassemblers and the table', () => {
  before(async function () {
    need(this, 'arm-none-eabi-objdump');
    await loadDisassembler();
  });

  for (const difference of TEXT_DIFFERENCES)
    it(difference.what, () => {
      const { isa, word } = difference.example;
      const row = decode(isa, word | 0);
      assert.ok(row !== undefined && difference.rows.test(`${isa} ${rowLabel(row)}`), row && rowLabel(row));
      const [objdump] = disassemble(isa, [word | 0]);
      const capstone = instructionText(isa, word | 0, 0);
      assert.deepEqual(
        { objdump, capstone },
        { objdump: difference.example.objdump, capstone: difference.example.capstone },
      );
      assert.equal(judgeText(row, word, objdump, capstone, [difference], noCounts()), undefined);
      assert.notEqual(judgeText(row, word, objdump, capstone, [], noCounts()), undefined);
    });
});

describe('words of no row against objdump and capstone', () => {
  const counts = new Map<Isa, DecodeCounts>();

  before(async function () {
    this.timeout(120_000);
    need(this, 'arm-none-eabi-objdump');
    await loadDisassembler();
    for (const isa of ISAS) counts.set(isa, unallocatedAgainstBoth(isa, 20_000, 8));
  });

  for (const isa of ISAS)
    it(`${isa}: neither knows any, but for what is explained`, () => {
      assert.deepEqual(counts.get(isa)!.problems, []);
      const words = unallocatedWords(isa, 1000, 9);
      assert.ok(words.length > 500 && words.every((word) => decode(isa, word) === undefined));
    });

  for (const { what, isa } of EXPLAINED)
    it(what, () => {
      assert.ok(isa.some((each) => (counts.get(each)!.met.get(what) ?? 0) > 0));
    });
});

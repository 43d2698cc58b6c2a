import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.js';
import { EVERY_FEATURE } from '../../src/isa/features.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { CompiledRow } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { predecode } from '../../src/ops/predecode.js';
import { ShortFormTable } from '../../src/jit/short-forms.js';
import { WordShapes } from '../../src/jit/word-shapes.js';
import { Entry, Words } from '../../src/jit/words.js';

const WORDS_OF_A_ROW = 40;
const CONDITION = 0xf000_0000 | 0;

/** What a slot gets of a word, as predecoding it by itself says; undefined if its operation is not a plain one. */
function expected(row: CompiledRow, word: number): unknown {
  const { operation, regs, imms, statics, cond } = predecode(row.isa, word);
  if (operation?.kind !== 'plain') return undefined;
  const registers = regs.reduce((all, register, i) => all | (register << (8 * i + 2)), 0);
  const readsR15 = regs.slice(0, operation.generalRegs).includes(15);
  return { name: operation.name, statics, cond, readsR15, registers, imms: [(imms[0] ?? 0) | 0, (imms[1] ?? 0) | 0] };
}

function found(words: Words, row: CompiledRow, word: number): unknown {
  const at = words.find(row.isa, word);
  if (at < 0) return undefined;
  const { operation, statics } = words.kind(at);
  const [registers, ...imms] = [Entry.registers, Entry.immediates, Entry.immediates + 1].map((i) => words.i32[at + i]);
  return { name: operation.name, statics, cond: words.cond(at), readsR15: words.readsR15(at), registers, imms };
}

/** The word with other bits in some of its fields, if it is still one of the row's; conditions are those that there are. */
function neighbours(row: CompiledRow, word: number, random: () => number): number[] {
  const others: number[] = [];
  for (const { lo, width } of row.fields) {
    const bits = width === 32 ? -1 : ((1 << width) - 1) << lo;
    const other = (word & ~bits) | (random() & bits);
    if ((other & CONDITION) !== CONDITION || !row.conditional) others.push(other);
  }
  return others.filter((other) => decode(row.isa, other) === row);
}

describe('words of one shape', () => {
  it('have slots as if each were decoded by itself, in every row, whatever the registers, immediates and conditions', () => {
    const random = seededRandom(0x5a9e);
    const words = new Words(EVERY_FEATURE, new ShortFormTable({ shortForm: () => undefined }));
    for (const row of table) {
      for (let i = 0; i < WORDS_OF_A_ROW; i++) {
        const word = randomWord(row, random, { unpredictable: true });
        if (word === undefined) break;
        for (const one of [word | 0, ...neighbours(row, word, random)])
          assert.deepEqual(
            found(words, row, one),
            expected(row, one),
            `${row.isa} ${row.name} ${row.encoding} ${(one >>> 0).toString(16)}`,
          );
      }
    }
  }).timeout(60_000);

  it('are found by one shape, but for what R15 makes of them', () => {
    const word = 0xe5912004 | 0; // ldr r2, [r1, #4]
    const row = decode('A32', word) as CompiledRow;
    const differences = new WordShapes().of(row, word);
    assert.ok(differences);
    differences.learn(word, 0, (1 << 10) | (2 << 2), [4, 0]);
    const shape = differences.find(0x059d_a123); // ldreq r10, [sp, #0x123]
    assert.ok(shape);
    assert.equal(differences.first(0x059d_a123, shape), 0x123);
    assert.equal(differences.registers(0x059d_a123, shape), (13 << 10) | (10 << 2));
    assert.ok(differences.namesR15(0xe59f_2004 | 0));
    assert.ok(!differences.namesR15(word));
    assert.equal(differences.find(0xe411_2004 | 0), undefined); // ldr r2, [r1], #-4
  });
});

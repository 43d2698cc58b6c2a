/** What the scanner passes without a look at its row is what it would find innocuous by looking. */
import assert from 'node:assert/strict';
import { decode, thumbLength } from '../../src/isa/decode.js';
import { EVERY_FEATURE, featureMask } from '../../src/isa/features.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { Fact, type Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { siteClass } from '../../src/vmm/classes.js';
import { InnocuousWords } from '../../src/vmm/innocuous.js';
import { endsBlock } from '../../src/vmm/scanner.js';

const LITERAL = Fact.load | Fact.readsPc;

function passes(words: InnocuousWords, isa: Isa, word: number): boolean {
  return isa === 'A32' ? words.a32(word) : isa === 'T16' ? words.t16(word) : words.t32(word);
}

describe('words that need no look at their rows', () => {
  const all = new InnocuousWords(EVERY_FEATURE);
  const few = new InnocuousWords(featureMask(['branch-halves']));

  it('are innocuous, end no block and load no literal, on every processor', () => {
    const random = seededRandom(1);
    const check = (isa: Isa, word: number | undefined): void => {
      if (word === undefined) return;
      for (const words of [all, few]) {
        if (!passes(words, isa, word)) continue;
        const row = decode(isa, word, words.features);
        const text = `${isa} ${(word >>> 0).toString(16)} ${row?.name}`;
        assert.ok(row !== undefined && siteClass(row) === undefined && !endsBlock({ isa, word, row }), text);
        assert.notEqual(row.facts & LITERAL, LITERAL, text);
      }
    };
    for (let i = 0; i < 300; i++) for (const row of table) check(row.isa, randomWord(row, random));
    for (let i = 0; i < 200_000; i++) {
      const word = random() | 0;
      check('A32', word);
      check('T32', word | (0xe800_0000 | 0));
    }
    for (let half = 0; half < 0x1_0000; half++) if (thumbLength(half) === 2) check('T16', half);
  });

  it('are the commonest ones', () => {
    // ADD, MOV, LDR, STRB, BFI; not MOV PC, MRS, B, LDR (literal).
    const arm = [0xe0810002, 0xe3a00001, 0xe5910004, 0xe5c10000, 0xe7df0011];
    assert.deepEqual(
      arm.map((word) => all.a32(word | 0)),
      [true, true, true, true, true],
    );
    const looked = [0xe1a0f00e, 0xe10f0000, 0xea000000, 0xe59f0004];
    assert.deepEqual(
      looked.map((word) => all.a32(word | 0)),
      [false, false, false, false],
    );
    assert.deepEqual(
      [0x1840, 0x2001, 0x6848, 0x4770, 0xdf00, 0x4687].map((word) => all.t16(word)),
      [true, true, true, false, false, false],
    );
    assert.deepEqual(
      [0xeb010002, 0xf8d10004, 0xf3ef8000].map((word) => all.t32(word | 0)),
      [true, true, false],
    );
  });
});

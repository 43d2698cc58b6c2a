/** The other direction of the objdump tests: words in no row, which objdump takes for something. T16 completely, the others by chance. */
import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.js';
import { seededRandom } from '../../src/isa/random.js';
import { disassemble, isUndefinedText } from '../support/objdump.js';
import { need } from '../support/tools.js';
import { EXPLAINED } from '../support/unallocated.js';

const WORDS = 60_000;

describe('words in no row', () => {
  before(function () {
    need(this, 'arm-none-eabi-objdump');
  });

  for (const isa of ['A32', 'T16', 'T32'] as const)
    it(`${isa}: nothing that objdump knows is missing from the table`, () => {
      const random = seededRandom(10);
      const words: number[] = [];
      if (isa === 'T16') for (let word = 0; word < 0xe800; word++) words.push(word);
      else
        while (words.length < WORDS) {
          const word = isa === 'A32' ? random() | 0 : 0xe8000000 | (random() & 0x1fffffff);
          words.push(word);
        }
      const unknown = words.filter((word) => decode(isa, word) === undefined);
      assert.ok(unknown.length > 100);
      const texts = disassemble(isa, unknown);
      const missing = new Map<string, string>();
      unknown.forEach((word, i) => {
        const mnemonic = texts[i].split(' ')[0];
        if (isUndefinedText(texts[i])) return;
        if (EXPLAINED.some((e) => e.isa.includes(isa) && e.text.test(mnemonic) && (e.when?.(word) ?? true))) return;
        missing.set(mnemonic, `${(word >>> 0).toString(16)} is "${texts[i]}"`);
      });
      assert.deepEqual([...missing.values()], []);
    });
});

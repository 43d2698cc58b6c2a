/** The other direction of the objdump tests: words in no row, which objdump takes for something. T16 completely, the others by chance. */
import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.js';
import { seededRandom } from '../../src/isa/random.js';
import type { Isa } from '../../src/isa/row.js';
import { disassemble, isUndefinedText } from '../support/objdump.js';
import { need } from '../support/tools.js';

interface Explained {
  readonly isa: readonly Isa[];
  readonly text: RegExp;
  /** Further restricts the words. */
  readonly when?: (word: number) => boolean;
  readonly why: string;
}

const THUMB: readonly Isa[] = ['T16', 'T32'];

const EXPLAINED: readonly Explained[] = [
  { isa: ['A32', 'T16'], text: /^hlt/, why: 'ARMv8' },
  { isa: ['T16'], text: /^setpan/, why: 'ARMv8.1' },
  { isa: ['A32', 'T32'], text: /^(crc32|lda|stl)/, why: 'ARMv8' },
  {
    isa: THUMB,
    text: /^(bf|bfx|bfl|bflx|bfcsel|wls|wlstp|dls|dlstp|le|letp|lctp|cs\w+|cinc|cinv|cneg|cset|csetm)(\.\w+)?$/,
    why: 'ARMv8.1-M',
  },
  {
    isa: ['A32'],
    text: /^(tst|teq|cmp|cmn)/,
    when: (word) => ((word >>> 20) & 1) === 0,
    why: 'with S = 0 these are the miscellaneous instructions; objdump does not look at S',
  },
  {
    isa: ['A32'],
    text: /^(tst|teq|cmp|cmn)/,
    when: (word) => (word & 0x90) === 0x90,
    why: 'bits 7 and 4 set: multiplies and extra loads and stores',
  },
  { isa: ['A32'], text: /^msr/, why: 'banked registers with R = 1 that do not exist' },
  {
    isa: ['A32'],
    text: /^(pld|pldw|pli)$/,
    when: (word) => (word & 0x0200_0010) === 0x0200_0010,
    why: 'the register form has bit 4 clear',
  },
  { isa: ['T32'], text: /^(ldr|str)\?\?/, why: 'a size that does not exist' },
  {
    isa: ['T32'],
    text: /^str/,
    when: (word) => ((word >>> 16) & 15) === 15,
    why: 'a store relative to the PC is UNDEFINED',
  },
  {
    isa: ['T32'],
    text: /^(ldr|str|pld|pli)/,
    when: (word) => (word & 0x0e80_0800) === 0x0800_0000 && (word & 0x7c0) !== 0,
    why: 'the register form has bits 10:6 clear',
  },
];

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

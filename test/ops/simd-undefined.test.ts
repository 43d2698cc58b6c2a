/** Which words of Advanced SIMD's data processing are UNDEFINED: what the table says and what QEMU makes of them. */
import assert from 'node:assert/strict';
import { decode, unpredictableReasons } from '../../src/isa/decode.js';
import { seededRandom } from '../../src/isa/random.js';
import type { Isa } from '../../src/isa/row.js';
import { predecode } from '../../src/ops/predecode.js';
import { disassemble } from '../support/objdump.js';
import { undefinedOnQemu } from '../support/qemu-undefined.js';
import { need } from '../support/tools.js';

const WORDS = 6000;

/** A table of VTBL beyond D31 and the like: QEMU calls some of those UNDEFINED. */
function isUnpredictable(isa: Isa, word: number): boolean {
  const row = decode(isa, word);
  return row !== undefined && unpredictableReasons(row, word).length > 0;
}

describe('UNDEFINED words of Advanced SIMD data processing', function () {
  this.timeout(120_000);
  before(function () {
    need(this, 'qemu-system-arm', 'arm-none-eabi-objdump');
  });

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: those of QEMU`, () => {
      const random = seededRandom(20264);
      const words = Array.from({ length: WORDS }, () => {
        const U = random() & 1;
        const rest = random() & 0xff_ffff;
        return (isa === 'A32' ? 0xf200_0000 | (U << 24) | rest : 0xef00_0000 | (U << 28) | rest) | 0;
      });
      const theirs = undefinedOnQemu(
        'cortex-a15',
        isa === 'T32',
        words.map((word) => ({ word, length: 4 })),
      );
      const ours = words.map((word) => predecode(isa, word).operation === null);
      const wrong = words.flatMap((word, i) => (ours[i] === theirs[i] || isUnpredictable(isa, word) ? [] : [i]));
      if (wrong.length > 0) {
        const texts = disassemble(
          isa,
          wrong.map((i) => words[i]),
        );
        assert.fail(wrong.map((i, k) => `${texts[k]}: UNDEFINED ${ours[i] ? 'here' : 'in QEMU'} only`).join('\n'));
      }
      const count = ours.filter(Boolean).length;
      assert.ok(count > WORDS / 8 && count < WORDS, `${count} UNDEFINED words`);
    });
});

/**
 * Every instruction of the two lists that were made outside this project, in each mode, with its condition true and false: what a guest sees of it
 * bare and hypervised is the same.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Mode, Psr, type ModeName } from '../../src/arm/modes.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { CODE, DATA, GuestPack } from '../support/guest-pack.js';
import { need } from '../support/tools.js';
import type { Way } from '../support/guest.js';

interface Listed {
  readonly isa: 'A32' | 'T16' | 'T32';
  readonly samples: readonly string[];
}

const listed = JSON.parse(
  fs.readFileSync(new URL('../oracles/sensitive-instructions.json', import.meta.url), 'utf8'),
) as readonly Listed[];

const WAYS: readonly Way[] = [
  { engine: 'interpreter' },
  { engine: 'interpreter', level: 2 },
  { engine: 'interpreter', level: 1 },
  { engine: 'reference', level: 0 },
];
const MODES: readonly ModeName[] = ['usr', 'svc', 'sys', 'irq', 'fiq', 'abt', 'und'];
const CODE_BYTES = 0x100;
/** Instructions behind the one that is looked at: what it has done shows there. */
const AFTER = 4;

/** What the assembler is not told to know. */
const WORDS: Readonly<Record<string, number>> = { 'vmrs r1,fpexc': 0xeef81a10, 'vmsr fpexc,r1': 0xeee81a10 };

/** Places that hold addresses and numbers, so that whatever is loaded can be gone on with. */
const data = new Uint8Array(0x1000);
new Uint32Array(data.buffer).forEach(
  (_, i, words) => (words[i] = i % 3 === 2 ? 0x6000_0110 | (i & 0xf) : CODE + 4 * (i % 32)),
);
const registers = Array.from({ length: 15 }, (_, n) =>
  n === 2 ? 0x1d3 : n === 14 ? CODE + 0x40 : DATA + 0x400 + 0x20 * n,
);

/** The sample, then as much as is needed to see that it went on at the right place. */
function textOf(sample: string, thumb: boolean): string {
  const word = WORDS[sample];
  const self = word === undefined ? sample : thumb ? `.hword ${word >>> 16}, ${word & 0xffff}` : `.word ${word}`;
  const rest = Array.from({ length: 12 }, (_, i) => `add${thumb ? 's' : ''} r${i % 8}, #${i + 1}`);
  if (sample.startsWith('it ')) rest[0] = 'addeq r0, #1';
  return [`.balign ${CODE_BYTES}`, self, ...rest].join('\n');
}

for (const thumb of [false, true]) {
  describe(`listed ${thumb ? 'Thumb' : 'A32'} instructions, bare and hypervised`, function () {
    this.timeout(120_000);
    const samples = listed.filter(({ isa }) => (isa === 'A32') !== thumb).flatMap(({ samples }) => samples);
    let pack: GuestPack | undefined;
    let codes: Uint8Array;

    before(function () {
      need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
      codes = assemble(samples.map((sample) => textOf(sample, thumb)).join('\n'), { thumb, origin: CODE });
      pack = new GuestPack(WAYS, CODE_BYTES);
    });
    after(() => {
      pack = undefined;
    });

    samples.forEach((sample, i) => {
      it(sample, () => {
        const code = codes.subarray(CODE_BYTES * i, CODE_BYTES * (i + 1));
        for (const mode of MODES) {
          // A condition can be given only in a word: all other samples run with Z set and clear for their flags' sake.
          for (const flags of [Psr.Z | Psr.C, Psr.N]) {
            const title = `${sample} in ${mode}, flags 0x${(flags >>> 28).toString(16)}`;
            pack!.begin({ code, data, registers, psr: Mode[mode] | flags | Psr.A | Psr.F | (thumb ? Psr.T : 0) });
            for (let n = 0; n <= AFTER; n++) if (pack!.run(1, title).kind !== 'limit') break;
            pack!.compareEffects(title);
          }
        }
      });
    });

    it('are all there', () => assert.ok(samples.length > 50));
  });
}

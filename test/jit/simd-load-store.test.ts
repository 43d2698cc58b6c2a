/**
 * Element and structure loads and stores through the reference and tier 0: each in a loop that makes it hot, over addresses that are aligned and
 * not, lie across pages, at the end of RAM and beyond it. Aborts return behind the instruction. TRAPLINE_SEED sets the seed.
 */
import assert from 'node:assert/strict';
import { Cp15, SCTLR_A } from '../../src/arm/cp15.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import type { CompiledRow } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { rows } from '../../src/isa/vector/element-load-store.js';
import { reverseWord } from '../../src/mem/walk.js';
import { hex32 } from '../../src/util/bits.js';
import { Pair } from './pair.js';
import { MARGIN, RAM } from './rig.js';

const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const RAM_BYTES = 1 << 17;
const VECTORS = RAM + 0x1000;
const CODE = RAM + 0x2000;
const ADDRESSES = RAM + 0x4000;
const DATA = RAM + 0x8000;
const END = RAM + RAM_BYTES;
/** Turns of a loop: enough that its handlers are made. */
const TURNS = 300;
const WORDS_PER_ROW = 3;

/** subs pc, lr, #4 */
const BEHIND = 0xe25e_f004;
/** The loop: `ldr r0, [r8], #4`, the instruction, `subs r9, r9, #1`, `bne`, `b .` */
const arm = (word: number): number[] => [0xe498_0004, word, 0xe259_9001, 0x1aff_fffb, 0xeaff_fffe];
const thumb = (word: number): number[] => [
  ...[0xf858, 0x0b04, word >>> 16, word & 0xffff],
  ...[0xf1b9, 0x0901, 0xd1f8, 0xe7fe],
];

function address(random: RandomSource): number {
  const within = DATA + (random() % (END - DATA - 64));
  switch (random() % 8) {
    case 0:
      return within;
    case 1:
      return (within & -4096) + 4096 - (random() % 40);
    case 2:
      return END - (random() % 40);
    case 3:
      return random() | 0;
    default:
      return within & -32;
  }
}

describe('element and structure loads and stores in tier 0', function () {
  this.timeout(120_000);
  const labels = new Set(rows.map(rowLabel));

  function run(isa: 'A32' | 'T32', bits: number, strict: boolean): void {
    const pair = new Pair(RAM_BYTES);
    const random = seededRandom(SEED);
    const loop = (row: CompiledRow, word: number): void => {
      const addresses = Array.from({ length: TURNS }, () => address(random));
      const memory = Array.from({ length: 64 }, () => random());
      pair.both((rig) => {
        const { state, processor } = rig;
        rig.words(VECTORS + 16, BEHIND);
        if (isa === 'A32') rig.words(CODE, ...arm(word));
        else rig.halfwords(CODE, ...thumb(word));
        rig.words(ADDRESSES, ...addresses.map((word) => (bits & Psr.E ? reverseWord(word) : word)));
        state[Cp15.VBAR] = VECTORS;
        state[Cp15.CPACR] = 0x00f0_0000;
        state[Cp15.SCTLR] = (state[Cp15.SCTLR] & ~SCTLR_A) | (strict ? SCTLR_A : 0);
        state[Word.FPEXC] = FPEXC_EN;
        processor.setCpsr(Mode.svc | Psr.A | Psr.I | Psr.F | bits | (isa === 'T32' ? Psr.T : 0));
        for (let i = 0; i < 64; i++) state[Word.V + i] = memory[i];
        state[1] = 24;
        state[8] = ADDRESSES;
        state[9] = TURNS;
        state[Word.PC] = CODE;
        processor.commit();
      });
      const context = (): string => `${isa} ${rowLabel(row)} ${hex32(word)}, seed ${SEED}`;
      // An abort that changes the byte order of data ends a run.
      for (let runs = 0; runs < 4 * TURNS && pair.expected.state[9] !== 0; runs++) pair.run(2 * MARGIN, context);
      assert.equal(pair.expected.state[9], 0, `${context()}: PC ${hex32(pair.expected.pc)}`);
    };
    for (const row of table.filter((other) => other.isa === isa && labels.has(rowLabel(other))))
      for (let i = 0; i < WORDS_PER_ROW; i++) {
        const word = randomWord(row, random, { fields: { Rn: 0, Rm: [15, 13, 1][i % 3] } });
        assert.notEqual(word, undefined, rowLabel(row));
        loop(row, word!);
      }
  }

  for (const isa of ['A32', 'T32'] as const) {
    it(`${isa}: as the reference has it, faults included`, () => run(isa, 0, false));
    it(`${isa}: with SCTLR.A`, () => run(isa, 0, true));
    it(`${isa}: big-endian data`, () => run(isa, Psr.E, false));
  }
});

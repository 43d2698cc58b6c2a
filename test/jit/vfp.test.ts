/**
 * Loops of random floating-point instructions, their loads, stores and transfers, with some integer ones between them, through the reference and
 * tier 0: long enough for the fast loop of floating point to be made, in both instruction sets, under every FPSCR.
 * TRAPLINE_PROGRAMS sets how many (default 16), TRAPLINE_SEED the first seed.
 */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { FPEXC_EN, FPSCR_IXC, fpFast } from '../../src/arm/fpscr.js';
import { Mode } from '../../src/arm/modes.js';
import { VECTOR_WORDS, Word } from '../../src/arm/state.js';
import { extractFields } from '../../src/isa/decode.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { hotHandlers } from '../../src/jit/hot.js';
import { operationByName } from '../../src/ops/index.js';
import { hex32 } from '../../src/util/bits.js';
import { boundary, boundaryCount, randomOperand } from '../arm/float-operands.js';
import { Pair } from './pair.js';
import { RAM } from './rig.js';

const PROGRAMS = Number(process.env.TRAPLINE_PROGRAMS ?? 16);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);

const CODE = RAM + 0x1000;
const DATA = RAM + 0x8000;
/** Instructions of a loop, and how often it runs. */
const LENGTH = 60;
const ROUNDS = 60;
/** Core registers that point to data, the one that counts, and those that are targets of moves. */
const BASES = [4, 5, 6, 7];
const COUNTER = 8;
const TARGETS = [0, 1, 2, 3];

type State = 'A32' | 'T32';

function rowsOf(isa: Isa): readonly CompiledRow[] {
  return table.filter((row) => {
    if (row.isa !== isa || row.operation === null || (row.facts & (Fact.privileged | Fact.readsPc)) !== 0) return false;
    const vectors = operationByName.get(row.operation);
    return vectors?.kind === 'plain' && /^vfp|^half/.test(row.extension ?? '') && !row.name.startsWith('VMSR');
  });
}

/** Rows whose handlers the fast loop has come more often. */
const hot = new Set(hotHandlers().flatMap((list) => list.map(({ variant }) => variant.operation.name)));

function pick<T>(random: RandomSource, list: readonly T[]): T {
  return list[random() % list.length];
}

/** A word of the row: bases and targets of its own kind, no other writeback than one that is undone by chance; always executed, mostly. */
function instruction(row: CompiledRow, isa: State, random: RandomSource): number {
  for (;;) {
    const cond = random() % 8 === 0 ? random() % 14 : 14;
    const fields: Record<string, number> = { Rn: pick(random, BASES) };
    fields.Rt = pick(random, TARGETS);
    fields.Rt2 = (fields.Rt + 1 + (random() % 3)) & 3;
    if (isa === 'A32') fields.cond = cond;
    // VPUSH and VPOP find SP in the middle of the data.
    const own = Object.fromEntries(Object.entries(fields).filter(([name]) => row.fields.some((f) => f.name === name)));
    const word = randomWord(row, random, { fields: own });
    if (word !== undefined && extractFields(row, word)['Rt'] !== 15) return word;
  }
}

const INTEGER: Readonly<Record<State, readonly number[]>> = {
  // add r0, r1, r2 · eor r1, r0, r3, ror #3 · addeq r3, r3, r0 · rsc r2, r1, r0 · ldr r0, [r4] · str r1, [r5, #8]
  A32: [0xe0810002, 0xe02011e3, 0x00833000, 0xe0e12000, 0xe5940000, 0xe5851008],
  // add.w r0, r1, r2 · eor.w r1, r0, r3, ror #3 · adc.w r3, r3, r0 · ldr.w r0, [r4] · str.w r1, [r5, #8]
  T32: [0xeb010002, 0xea8001f3, 0xeb430300, 0xf8d40000, 0xf8c51008],
};
/** The same that sets the bases anew, so that writeback does not run away: r4 to r7, SP from r9. */
const ANEW: Readonly<Record<State, readonly number[]>> = {
  A32: [0xe2894000, 0xe2895e20, 0xe2896e41, 0xe2897e62, 0xe289dfa0],
  T32: [0xf1090400, 0xf5097500, 0xf5096682, 0xf50967c4, 0xea4f0d09],
};

function number(random: RandomSource): readonly [number, number] {
  const kind = random() % 8;
  if (kind === 0) return boundary('double', random() % boundaryCount('double'));
  if (kind === 1) return [boundary('single', random() % boundaryCount('single'))[0], random()];
  if (kind < 5) return randomOperand('double', random, 0);
  return [randomOperand('single', random, 0)[0], randomOperand('single', random, 0)[0]];
}

function fill(pair: Pair, random: RandomSource): void {
  const values = new Int32Array(VECTOR_WORDS - 2);
  for (let i = 0; i < values.length; i += 2) values.set(number(random), i);
  const data = new Int32Array(0x400);
  for (let i = 0; i < data.length; i += 2) data.set(number(random), i);
  const fpscr = random() % 2 === 0 ? FPSCR_IXC : random() & 0xffc0_009f;
  const bigEndian = random() % 8 === 0;
  pair.both((rig) => {
    rig.state.set(values, Word.V);
    rig.state[Word.FPSCR] = fpscr;
    rig.state[Word.FP_FAST] = fpFast(fpscr);
    data.forEach((word, i) => rig.bus.write(DATA + 4 * i, 4, word));
    for (const n of TARGETS) rig.state[n] = data[n];
    rig.state[9] = DATA + 0x400;
    rig.state[COUNTER] = ROUNDS;
    rig.processor.setCpsr(Mode.svc | (bigEndian ? 1 << 9 : 0));
  });
}

describe('random loops of floating point', function () {
  this.timeout(300_000);

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: tier 0 is the reference`, () => {
      const rows = rowsOf(isa);
      const hotRows = rows.filter((row) => hot.has(row.operation!));
      assert.ok(rows.length > 90 && hotRows.length > 50, `${rows.length} rows, ${hotRows.length} of them hot`);
      const pair = new Pair();
      pair.both((rig) => {
        rig.state[Word.FPEXC] = FPEXC_EN;
        rig.state[Cp15.CPACR] = 0xf << 20;
      });
      for (let program = 0; program < PROGRAMS; program++) {
        const seed = SEED + program;
        const random = seededRandom(seed);
        const body = Array.from({ length: LENGTH - 5 }, () => {
          const kind = random() % 6;
          if (kind === 0) return pick(random, INTEGER[isa]);
          return instruction(pick(random, kind < 4 ? hotRows : rows), isa, random);
        });
        const words = [...ANEW[isa], ...body];
        fill(pair, random);
        pair.both((rig) => rig.loop(CODE, isa, words));
        const context = (): string => `${isa} program of seed ${seed}, at ${hex32(pair.expected.pc)}`;
        for (let left = ROUNDS * (words.length + 2); left > 0;) {
          const budget = 1 + (random() % 1500);
          pair.run(budget, context);
          left -= budget;
        }
        assert.equal(pair.expected.state[COUNTER], 0, `${context()}: the loop has not ended`);
      }
    });
});

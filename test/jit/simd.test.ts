/**
 * Loops of random Advanced SIMD instructions with some integer ones between them, through the reference and tier 0: long enough for the
 * extension loops to be made, and in both instruction sets. TRAPLINE_PROGRAMS sets how many (default 12), TRAPLINE_SEED the first seed.
 */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { FPEXC_EN, FPSCR_IXC, fpFast } from '../../src/arm/fpscr.js';
import { VECTOR_WORDS, Word } from '../../src/arm/state.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { rows as floatingPoint } from '../../src/isa/vector/simd-floating-point.js';
import { operationByName } from '../../src/ops/index.js';
import { hex32 } from '../../src/util/bits.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { Pair } from './pair.js';
import { RAM } from './rig.js';

const PROGRAMS = Number(process.env.TRAPLINE_PROGRAMS ?? 12);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);

const CODE = RAM + 0x1000;
/** Instructions of a loop, and how often it runs. */
const LENGTH = 64;
const ROUNDS = 60;

/** Rows that compute on extension registers and touch nothing else. */
function vectorRows(isa: Isa): readonly CompiledRow[] {
  return table.filter((row) => {
    if (row.isa !== isa || row.operation === null || !/^advanced/.test(row.extension ?? '')) return false;
    const operation = operationByName.get(row.operation);
    return operation?.kind === 'plain' && operation.generalRegs === 0;
  });
}

/** Integer instructions: on R0 to R3, some of them in both loops and some not. */
const INTEGER: Readonly<Record<'A32' | 'T32', readonly number[]>> = {
  // add r0, r1, r2 · eor r1, r0, r3, ror #3 · sub r2, r2, #1 · addeq r3, r3, r0 · rsc r2, r1, r0 · smlabb r3, r0, r1, r2
  A32: [0xe0810002, 0xe02011e3, 0xe2422001, 0x00833000, 0xe0e12000, 0xe1032180],
  // add.w r0, r1, r2 · eor.w r1, r0, r3, ror #3 · sub.w r2, r2, #1 · adc.w r3, r3, r0 · smlabb r3, r0, r1, r2
  T32: [0xeb010002, 0xea8001f3, 0xf1a20201, 0xeb430300, 0xfb102301],
};

/** @param floats for code on singles: ordinary ones, and FPSCR as it is once a result was inexact */
function fill(pair: Pair, random: RandomSource, floats = false): void {
  const fpscr = floats ? FPSCR_IXC : 0;
  const values = Int32Array.from({ length: VECTOR_WORDS - 2 }, () => {
    const word = random();
    if (floats && word % 16 !== 0) return ((124 + (random() % 6)) << 23) | (word & 0x807f_ffff);
    return random() % 3 === 0 ? [0, -1, 0x7fff8000, 1 << 31, 0x7f80ff01][word % 5] : word;
  });
  const registers = Int32Array.from({ length: 13 }, () => random());
  pair.both((rig) => {
    rig.state.set(values, Word.V);
    rig.state[Word.FPSCR] = fpscr;
    rig.state[Word.FP_FAST] = fpFast(fpscr);
    rig.state.set(registers, Word.R);
    rig.state[8] = ROUNDS;
  });
}

describe('random loops of Advanced SIMD', function () {
  this.timeout(300_000);

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: tier 0 is the reference`, () => {
      const rows = vectorRows(isa);
      assert.ok(rows.length > 60, `${rows.length} rows`);
      const labels = new Set(floatingPoint.map(rowLabel));
      const floatRows = rows.filter((row) => labels.has(rowLabel(row)));
      assert.ok(floatRows.length > 30, `${floatRows.length} rows of floating point`);
      const pair = new Pair();
      pair.both((rig) => {
        rig.state[Word.FPEXC] = FPEXC_EN;
        rig.state[Cp15.CPACR] = 0xf << 20;
      });
      const length = isa === 'A32' ? LENGTH : LENGTH - 4;
      for (let program = 0; program < PROGRAMS; program++) {
        const seed = SEED + program;
        const random = seededRandom(seed);
        const floats = program % 3 === 2;
        const choice = floats ? floatRows : rows;
        const words = Array.from({ length }, () => {
          if (random() % 5 === 0) return INTEGER[isa][random() % INTEGER[isa].length];
          const word = randomWord(choice[random() % choice.length], random);
          assert.notEqual(word, undefined);
          return word!;
        });
        fill(pair, random, floats);
        pair.both((rig) => rig.loop(CODE, isa, words));
        const context = (): string => `${isa} program of seed ${seed}, at ${hex32(pair.expected.pc)}`;
        for (let left = ROUNDS * (length + 2); left > 0;) {
          const budget = 1 + (random() % 1500);
          pair.run(budget, context);
          left -= budget;
        }
        assert.equal(pair.expected.state[8], 0, `${context()}: the loop has not ended`);
      }
    });

  it('that take away access and are given it back by their Undefined handler: tier 0 is the reference', function () {
    need(this, ...ASSEMBLER);
    const guest = assemble(
      `
      .fpu neon
      b start
      b undefined
    start:
      mov r1, #0x40000000
      mov r2, #0
      mov r8, #400
    again:
      vadd.i16 q0, q0, q1
      vmla.i32 q2, q0, q1
      add r3, r3, #1
      vld1.8 {d10}, [r5]
      tst r8, #3
      vmsreq fpexc, r2        @ no access
      veor q3, q3, q0         @ skipped where it is UNDEFINED
      vmull.u8 q4, d0, d6
      add r4, r4, r3
      rsc r6, r4, r3          @ not in the loop of vectors
      vqadd.s8 q4, q4, q1
      subs r8, r8, #1
      bne again
      b .
    undefined:
      vmsr fpexc, r1
      add r7, r7, #1
      movs pc, lr`,
      { origin: CODE },
    );
    const pair = new Pair();
    const random = seededRandom(SEED);
    fill(pair, random);
    pair.both((rig) => {
      rig.state[Cp15.CPACR] = 0xf << 20;
      rig.state[Word.FPEXC] = FPEXC_EN;
      rig.state[Cp15.VBAR] = CODE;
      rig.state[5] = RAM;
      rig.state[7] = 0;
      rig.ram.set(guest, CODE - RAM);
      rig.jump(CODE);
    });
    for (let left = 400 * 18; left > 0;) {
      const budget = 1 + (random() % 700);
      pair.run(budget, () => `at ${hex32(pair.expected.pc)}`);
      left -= budget;
    }
    const { state } = pair.expected;
    assert.deepEqual([state[8], state[7]], [0, 100]);
  });
});

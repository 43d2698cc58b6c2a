/**
 * Operations against qemu-arm: random legal words of every row that only computes, each from random states, evaluated by the reference's
 * builder and executed under QEMU. Branches and memory accesses are tested with the processor.
 */
import assert from 'node:assert/strict';
import { Word } from '../../src/arm/state.js';
import { Core } from '../../src/cpu/core.js';
import { Evaluator } from '../../src/cpu/evaluator.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { RandomSource } from '../../src/isa/random.js';
import { Fact } from '../../src/isa/row.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { effectsOf } from '../../src/ops/effects.js';
import { operationByName } from '../../src/ops/index.js';
import { predecode } from '../../src/ops/predecode.js';
import { disassemble } from '../support/objdump.js';
import { runUnderQemu } from './qemu-vectors.js';
import type { Outcome, Vector } from './qemu-vectors.js';
import { need } from '../support/tools.js';

/** Vectors per row: `TRAPLINE_VECTORS` asks for more than a test run usually wants. */
const WORDS_PER_ROW = Number(process.env.TRAPLINE_VECTORS ?? 0) || 60;
const STATES_PER_WORD = 10;
const SEED = Number(process.env.TRAPLINE_SEED ?? 4711);

/** Values at which arithmetic turns. */
const CORNERS = [
  0,
  1,
  -1,
  0x7fffffff,
  -0x80000000,
  0x8000,
  0x7fff,
  0xffff,
  0x10000,
  -0x10000,
  0x80,
  0xff,
  0x100,
  31,
  32,
  33,
  0x80008000 | 0,
  0x7fff8000,
  0x7f80ff01,
  0xc0000000 | 0,
];

function randomValue(random: RandomSource): number {
  const choice = random();
  switch (choice & 3) {
    case 0:
      return CORNERS[(choice >>> 8) % CORNERS.length];
    case 1:
      return random() & 0x1ff;
    default:
      return random() | 0;
  }
}

/** Rows on extension registers: these vectors have none. */
const onExtensionRegisters = (row: CompiledRow): boolean => /^(vfp|half|advanced)/.test(row.extension ?? '');

/** Rows that touch nothing but registers and flags. R15 is no destination there; SP is not written, being the harness's. */
function computes(row: CompiledRow): boolean {
  // Half a branch is something else on the processor that qemu-arm shows by default.
  if (row.extension === 'branch-halves') return false;
  if (row.operation === null || operationByName.get(row.operation)?.kind !== 'plain') return false;
  return (row.facts === Fact.plain || row.facts === Fact.readsPc) && !onExtensionRegisters(row);
}
const PC = 1 << 15;

/** A word of the row that does not write SP, or undefined. */
function drawWord(row: CompiledRow, random: RandomSource): number | undefined {
  for (let tries = 0; tries < 100; tries++) {
    const word = randomWord(row, random, { excludedRegisters: PC, fields: { cond: 14 } });
    if (word === undefined) return undefined;
    const { operation, regs, statics } = predecode(row.isa, word);
    if (operation?.kind !== 'plain') return undefined;
    const { writes } = effectsOf(operation, statics);
    if (!regs.some((register, k) => register === 13 && (writes >>> k) & 1)) return word;
  }
  return undefined;
}

/** Rows that write SP and nothing else. */
const WRITE_SP = ['ADD (SP plus register, Thumb) T2', 'ADD (SP plus immediate) T2', 'SUB (SP minus immediate) T1'];

/** IT with one instruction in its block, for a condition that holds in half of all states: it executes if Z is set. */
const IT_EQ = 0xbf08;

function vectorsOf(row: CompiledRow, random: RandomSource): Vector[] {
  const vectors: Vector[] = [];
  for (let i = 0; i < WORDS_PER_ROW; i++) {
    const word = drawWord(row, random);
    if (word === undefined) return [];
    const it = row.isa !== 'A32' && (random() & 3) === 0 ? IT_EQ : undefined;
    for (let k = 0; k < STATES_PER_WORD; k++)
      vectors.push({
        isa: row.isa,
        word,
        it,
        registers: Array.from({ length: 13 }, () => randomValue(random)),
        lr: randomValue(random),
        // N Z C V Q and GE; in an IT block Z is set, so that it executes
        apsr: (random() & 0xf80f0000) | (it === undefined ? 0 : 0x40000000),
      });
  }
  return vectors;
}

const state = new Int32Array(512);
const core = new Core(state, () => {});
const noMemory = { load: () => assert.fail('a load'), store: () => assert.fail('a store') };
const evaluator = new Evaluator(core, noMemory, () => assert.fail('Undefined'));

/** The same vector here. Of its surroundings it has what QEMU's outcome says. */
function evaluate(vector: Vector, { address, sp }: Outcome): Outcome {
  const instruction = predecode(vector.isa, vector.word);
  assert.equal(instruction.operation?.kind, 'plain');
  state.set([...vector.registers, sp, vector.lr]);
  state[Word.R15_READ] = address + (vector.isa === 'A32' ? 8 : 4);
  state[Word.NF] = vector.apsr;
  state[Word.ZF] = vector.apsr & 0x40000000 ? 0 : 1;
  state[Word.CF] = (vector.apsr >>> 29) & 1;
  state[Word.VF] = vector.apsr << 3;
  state[Word.QF] = (vector.apsr >>> 27) & 1;
  state[Word.GE] = (vector.apsr >>> 16) & 15;
  state[Word.T] = vector.isa === 'A32' ? 0 : 1;
  state[Word.ITSTATE] = (vector.it ?? 0) & 0xff;
  if (instruction.operation?.kind === 'plain') instruction.operation.body(evaluator, instruction.operands);
  assert.equal(state[13], sp, 'SP changed');
  const flags =
    (state[Word.NF] & 0x80000000) |
    (state[Word.ZF] === 0 ? 0x40000000 : 0) |
    (state[Word.CF] << 29) |
    ((state[Word.VF] >>> 31) << 28) |
    (state[Word.QF] << 27) |
    (state[Word.GE] << 16);
  return { address, sp, registers: [...state.subarray(0, 13)], lr: state[14], apsr: flags };
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/** The first difference in words, or nothing. QEMU's CPSR also has mode and other bits: only the flags count. */
function difference(ours: Outcome, theirs: Outcome): string | undefined {
  for (let r = 0; r < 13; r++)
    if (ours.registers[r] !== theirs.registers[r])
      return `r${r} is ${hex(ours.registers[r])}, QEMU has ${hex(theirs.registers[r])}`;
  if (ours.lr !== theirs.lr) return `lr is ${hex(ours.lr)}, QEMU has ${hex(theirs.lr)}`;
  const [a, b] = [ours.apsr & 0xf80f0000, theirs.apsr & 0xf80f0000];
  return a === b ? undefined : `APSR is ${hex(a)}, QEMU has ${hex(b)}`;
}

describe('operations against qemu-arm', function () {
  this.timeout(600_000);
  before(function () {
    need(this, 'qemu-arm', 'arm-none-eabi-objdump');
  });

  for (const isa of ['A32', 'T16', 'T32'] as const satisfies readonly Isa[])
    it(`${isa}: every row that only computes`, () => {
      const random = seededRandom(SEED);
      const rows = table.filter((row) => row.isa === isa && computes(row));
      const covered = new Set<string>();
      const wrong = new Map<string, string>();
      // one run for some rows at a time bounds the image
      for (let first = 0; first < rows.length; first += 40) {
        const batch = rows.slice(first, first + 40).map((row) => ({ row, vectors: vectorsOf(row, random) }));
        const outcomes = runUnderQemu(batch.flatMap(({ vectors }) => vectors));
        let at = 0;
        for (const { row, vectors } of batch)
          for (const vector of vectors) {
            covered.add(rowLabel(row));
            const theirs = outcomes[at++];
            const what = difference(evaluate(vector, theirs), theirs);
            if (what === undefined || wrong.has(rowLabel(row))) continue;
            const before = [...vector.registers, theirs.sp, vector.lr]
              .map((value, r) => `r${r} ${hex(value)}`)
              .join(' ');
            const text = disassemble(isa, [vector.word])[0];
            const where = vector.it === undefined ? '' : ' in an IT block';
            wrong.set(
              rowLabel(row),
              `${rowLabel(row)}: ${hex(vector.word)} ${text}${where}: ${what}; from ${before} APSR ${hex(vector.apsr)} (seed ${SEED})`,
            );
          }
      }
      assert.deepEqual([...wrong.values()], []);
      const missed = rows.map(rowLabel).filter((label) => !covered.has(label));
      assert.deepEqual(
        missed.filter((label) => !WRITE_SP.includes(label)),
        [],
      );
    });
});

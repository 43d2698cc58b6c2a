/** What qemu-arm in user mode cannot judge: data-processing instructions that write the PC, and those that return from exceptions. */
import assert from 'node:assert/strict';
import { Mode } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { SystemPort } from '../../src/arm/system-port.js';
import { Core } from '../../src/cpu/core.js';
import { Evaluator } from '../../src/cpu/evaluator.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { table } from '../../src/isa/table.js';
import { operations } from '../../src/ops/index.js';
import { predecode } from '../../src/ops/predecode.js';
import type { Predecoded } from '../../src/ops/predecode.js';

const state = new Int32Array(512);
const core = new Core(state, () => {});
const evaluator = new Evaluator(core, { load: () => assert.fail('a load'), store: () => assert.fail('a store') }, () =>
  assert.fail('Undefined'),
);

/** Random registers and carry; R15 reads as some address in ARM state. */
function randomize(random: () => number): void {
  for (let r = 0; r < 15; r++) state[r] = random();
  state[Word.R15_READ] = 0x8008;
  state[Word.CF] = random() & 1;
  state[Word.T] = 0;
  state[Word.ITSTATE] = 0;
  core.next = 0;
}

function run(instruction: Predecoded): void {
  if (instruction.operation?.kind !== 'plain') assert.fail(`${instruction.key} is not plain`);
  instruction.operation.body(evaluator, instruction.operands);
}

/** What the same operation gives with the destination R0 instead of PC. */
function resultInR0(word: number): number {
  const saved = state.slice();
  const instruction = predecode('A32', word & ~0xf000 & ~(1 << 20));
  assert.doesNotMatch(instruction.key, /_pc/);
  run(instruction);
  const result = state[0];
  state.set(saved);
  return result;
}

describe('data-processing to PC', () => {
  const rows = table.filter(
    (row) =>
      row.isa === 'A32' &&
      / pc$/.test(row.encoding) &&
      /_(imm|reg)_pc$/.test(row.operation ?? '') &&
      row.operation !== 'LDR_imm_pc' &&
      row.operation !== 'LDR_reg_pc',
  );

  it('has a row for every operation in ARM state', () => {
    const names = operations
      .map(({ name }) => name)
      .filter((name) => /^[A-Z]{3}_(imm|reg)_pc$/.test(name) && !name.startsWith('LDR'));
    assert.equal(names.length, 24);
    assert.deepEqual(
      names.filter((name) => !rows.some((row) => row.operation === name)),
      [],
    );
  });

  it('in ARM state branches to the result, interworking', () => {
    const random = seededRandom(5);
    for (const row of rows)
      for (let i = 0; i < 50; i++) {
        const word = randomWord(row, random, { fields: { cond: 14 } });
        assert.ok(word !== undefined, row.name);
        randomize(random);
        const target = resultInR0(word);
        run(predecode('A32', word));
        const thumb = target & 1;
        assert.equal(core.next, (target & (thumb ? ~1 : ~3)) >>> 0, `${row.name}: ${(word >>> 0).toString(16)}`);
        assert.equal(state[Word.T], thumb);
      }
  });

  it('in Thumb state branches without interworking', () => {
    for (const [word, target] of [
      [0x4687, 0x9000], // mov pc, r0
      [0x4487, 0x9000 + 0x8008], // add pc, r0
    ]) {
      randomize(() => 0);
      state[0] = 0x9001;
      state[Word.T] = 1;
      run(predecode('T16', word));
      assert.deepEqual([core.next, state[Word.T]], [target, 1]);
    }
  });
});

/** A processor that writes down what is done to it. */
function recorder(mode: number): { port: SystemPort; log: string[] } {
  const log: string[] = [];
  const port: Partial<SystemPort> = {
    mode: () => mode,
    readR: (n) => state[n],
    readCpsr: () => (state[Word.CF] << 29) | mode,
    readSpsr: (of) => 0x1000 + of,
    CPSRWriteByInstr: (value, mask, isReturn) => log.push(`CPSR ${value.toString(16)} ${mask} ${isReturn}`),
    BranchWritePC: (target) => log.push(`PC ${(target >>> 0).toString(16)}`),
    unpredictable: () => {
      log.push('unpredictable');
      throw new Error('abandoned');
    },
    undefinedInstruction: () => {
      log.push('undefined');
      throw new Error('abandoned');
    },
  };
  return { port: port as SystemPort, log };
}

function runSystem(instruction: Predecoded, mode: number): string[] {
  const { port, log } = recorder(mode);
  if (instruction.operation?.kind !== 'system') assert.fail(`${instruction.key} is not a system operation`);
  try {
    instruction.operation.body(port, instruction.operands);
  } catch (error) {
    assert.equal((error as Error).message, 'abandoned');
  }
  return log;
}

describe('SUBS PC, LR and related instructions', () => {
  const rows = table.filter((row) => row.operation === 'SUBS_PC_LR_imm' || row.operation === 'SUBS_PC_LR_reg');

  it('write CPSR from SPSR, then branch to the result', () => {
    const random = seededRandom(6);
    const opcodes = new Set<number>();
    for (const row of rows.filter(({ isa }) => isa === 'A32'))
      for (let i = 0; i < 400; i++) {
        const word = randomWord(row, random, { fields: { cond: 14 } });
        assert.ok(word !== undefined);
        opcodes.add((word >>> 21) & 15);
        randomize(random);
        const result = (resultInR0(word) >>> 0).toString(16);
        assert.deepEqual(
          runSystem(predecode('A32', word), Mode.svc),
          ['CPSR 1013 15 true', `PC ${result}`],
          (word >>> 0).toString(16),
        );
      }
    assert.equal(opcodes.size, 12);
  });

  it('in Thumb subtract from LR', () => {
    state[14] = 0x8005;
    assert.deepEqual(runSystem(predecode('T32', 0xf3de8f04), Mode.irq), ['CPSR 1012 15 true', 'PC 8001']);
    assert.deepEqual(runSystem(predecode('T32', 0xf3de8f00), Mode.und), ['CPSR 101b 15 true', 'PC 8005']);
  });

  it('are UNPREDICTABLE in modes without an SPSR, Undefined in Hyp mode', () => {
    const movs = predecode('A32', 0xe1b0f00e);
    assert.deepEqual(
      [Mode.usr, Mode.sys, Mode.hyp].map((mode) => runSystem(movs, mode)),
      [['unpredictable'], ['unpredictable'], ['undefined']],
    );
  });
});

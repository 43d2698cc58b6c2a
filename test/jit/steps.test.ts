/** Bodies as lists of steps (regions/steps.ts) emit what the bodies themselves do, for random words of all rows. */
import assert from 'node:assert/strict';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { table } from '../../src/isa/table.js';
import { RegionBuilder } from '../../src/jit/regions/builder.js';
import { Expressions } from '../../src/jit/regions/expressions.js';
import { Frame } from '../../src/jit/regions/frame.js';
import { StateLocals } from '../../src/jit/regions/state-locals.js';
import { By, Instruction } from '../../src/jit/regions/instructions.js';
import { Flag, type Traits, traitsOf } from '../../src/jit/regions/traits.js';
import { CodeWriter } from '../../src/jit/wasm/code.js';
import { Op } from '../../src/jit/wasm/opcodes.js';
import { predecode, type Predecoded } from '../../src/ops/predecode.js';

const PC = 0x4001_0000;
const BANK = 0x180_0000;
const LEFT = 0x7f;

/** What an instruction's code comes to, and how it branches. */
function emitted(predecoded: Predecoded, traits: Traits, itstate: number): readonly unknown[] {
  const code = new CodeWriter(1);
  const x = new Expressions();
  const thumb = predecoded.isa === 'A32' ? 0 : 1;
  const all = { reads: 0x7fff, flags: Flag.all, flagsWritten: Flag.all };
  const frame = new Frame(code, x, new StateLocals(code, all, thumb));
  const builder = new RegionBuilder(code, x, frame, thumb, BANK, () => {
    code.op(Op.drop);
    code.const(LEFT);
    code.op(Op.drop);
  });
  builder.run(
    new Instruction(PC, predecoded.length, 0, itstate, 0, predecoded, By.region, 14, traits, 0, 0, false, false),
  );
  const { branch, branchTo, branchCondition } = builder;
  for (const value of [branchTo, branchCondition]) if (value >= 0) x.push(code, value);
  builder.commit();
  frame.flags.settle();
  return [branch, branchTo >= 0, branchCondition >= 0, ...code.finish().finish()];
}

describe('steps of operations', function () {
  this.timeout(60_000);

  it('emit what the bodies emit', () => {
    const random = seededRandom(2026);
    const recorded = new Set<string>();
    for (const row of table)
      for (let i = 0; i < 12; i++) {
        const word = randomWord(row, random);
        if (word === undefined) continue;
        const predecoded = predecode(row.isa, word);
        const { operation } = predecoded;
        if (operation?.kind !== 'plain') continue;
        for (const inIT of row.isa === 'A32' ? [false] : [false, true]) {
          const traits = traitsOf(predecoded.key, operation, predecoded.statics, inIT);
          if (traits.foreign || traits.steps === undefined) continue;
          recorded.add(operation.name);
          const itstate = inIT ? 0x08 : 0;
          assert.deepEqual(
            emitted(predecoded, traits, itstate),
            emitted(predecoded, { ...traits, steps: undefined }, itstate),
            `${row.isa} ${row.name} ${row.encoding} ${(word >>> 0).toString(16)}`,
          );
        }
      }
    for (const name of ['ADD_reg', 'CMP_imm', 'LDR_imm', 'STRD_imm', 'UMULL', 'MOV_rsr', 'BX', 'B'])
      assert.ok(recorded.has(name), `${name} has steps`);
    assert.ok(recorded.size > 100, `${recorded.size} operations have steps`);
  });
});

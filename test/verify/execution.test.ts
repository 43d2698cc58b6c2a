/**
 * A seeded share of `npm run verify:execution`, and that it would notice. TRAPLINE_VECTORS sets the vectors for each instruction set on each
 * model (default 60,000), TRAPLINE_SEED the seed.
 */
import assert from 'node:assert/strict';
import { Word } from '../../src/arm/state.js';
import { cortexA15 } from '../../src/cpu/models.js';
import { Fact } from '../../src/isa/row.js';
import { ASSEMBLER } from '../support/assemble.js';
import { Contestants } from '../support/sequence-rig.js';
import { fuzz } from '../support/sequence-fuzz.js';
import { need } from '../support/tools.js';
import { comparableRows } from '../support/vectors.js';
import { execute, executionTasks } from './execution.js';

const VECTORS = Number(process.env.TRAPLINE_VECTORS ?? 60_000);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);

describe('random sequences against qemu-arm', () => {
  before(function () {
    need(this, 'qemu-arm', ...ASSEMBLER);
  });

  for (const task of executionTasks(SEED, 0)) {
    it(`${task.isa} on ${task.model}: all state and memory agree`, function () {
      this.timeout(0);
      const result = execute({ ...task, seed: SEED, vectors: VECTORS });
      assert.deepEqual(result.unexplained, [], result.unexplained.join('\n'));
      assert.ok(result.vectors >= VECTORS);
    });
  }

  it('a wrong result is noticed and shrunk to one instruction with its operands', function () {
    this.timeout(0);
    const contestants = new Contestants(cortexA15);
    const { rig } = contestants.reference;
    const execute = rig.processor.executeFetched.bind(rig.processor);
    // EOR of two registers whose result has bit 7 set goes wrong.
    rig.processor.executeFetched = (word, length) => {
      const before = rig.state[Word.PC];
      execute(word, length);
      const d = (word >>> 12) & 15;
      const isEor = (word & 0x0fe0_0010) >>> 0 === 0x0020_0000 && rig.state[Word.PC] === before + 4;
      if (isEor && d < 15 && (rig.state[d] & 0x80) !== 0) rig.state[d] ^= 1;
    };
    const rows = comparableRows(
      'A32',
      ({ name, facts }) => /^(EOR|ADD|SUB|ORR|MOV) \((immediate|register)/.test(name) && (facts & Fact.branch) === 0,
    );
    assert.throws(
      () => fuzz({ isa: 'A32', seed: SEED, vectors: 100_000, rows }, contestants),
      (error: Error) => {
        const listing = error.message.split('\n').filter((line) => /^ {2}[0-9a-f]{8}: /.test(line));
        assert.equal(listing.length, 1, error.message);
        assert.match(listing[0], /eor/);
        assert.match(error.message, /A32 on cortex-a15, seed \d+/);
        assert.match(error.message, /qemu-arm/);
        assert.match(error.message, /tier 0/);
        return true;
      },
    );
  });
});

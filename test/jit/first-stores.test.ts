/** What the first stores of an epoch of dirty pages do to tier 1: each leaves its region once, and nothing is made anew for that. */
import assert from 'node:assert/strict';
import { RAM, Rig } from './rig.js';

const CODE = RAM + 0x1000;
const DATA = RAM + 0x10_0000;
const PAGES = 1000;

describe('first stores to pages', () => {
  it('leave regions as they are, and are all noted', () => {
    const rig = new Rig(8 << 20, undefined, { threshold: 300 });
    const { state, memory, interpreter } = rig;
    // str r0, [r1], r2 in a loop of PAGES turns
    rig.loop(CODE, 'A32', [0xe681_0002]);
    const made: number[] = [];
    for (let epoch = 0; epoch < 6; epoch++) {
      memory.dirty.beginEpoch();
      // The second time round each store finds its page dirty.
      for (const turns of [PAGES, PAGES]) {
        rig.jump(CODE);
        state[0] = epoch;
        state[1] = DATA;
        state[2] = 0x1000;
        state[8] = turns;
        interpreter.run(3 * turns, false);
      }
      assert.equal(memory.dirty.count, PAGES);
      made.push(interpreter.tier1!.statistics.regions);
    }
    assert.deepEqual(made, [0, 1, 1, 1, 1, 1], 'regions made');
  });
});

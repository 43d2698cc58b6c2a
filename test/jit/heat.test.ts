/** When a slot is hot, while nothing has been translated and later. */
import assert from 'node:assert/strict';
import { Heat } from '../../src/jit/regions/heat.js';
import { SLOT_POOL } from '../../src/mem/layout.js';
import { RAM, Rig } from './rig.js';

const CODE = RAM + 0x1000;

describe('jit/regions/heat', () => {
  it('wants more arrivals while nothing has been translated, and the threshold alone once the generator is warm', () => {
    const { memory } = new Rig();
    const heat = new Heat(memory.u16, { threshold: 300, timesAtFirst: 4 });
    const timesWith = (translated: number): number => {
      heat.restart(SLOT_POOL);
      for (let times = 1; ; times++) if (heat.isHot(SLOT_POOL, translated)) return times;
    };
    assert.deepEqual([0, 750, 1499, 1500, 100_000].map(timesWith), [4, 2, 1, 1, 1]);
    // what has been cleared begins anew
    assert.equal(heat.isHot(SLOT_POOL, 0), false);
    assert.deepEqual([heat.isTarget(SLOT_POOL), heat.isWarm(SLOT_POOL)], [true, true]);
    heat.restart(SLOT_POOL);
    assert.deepEqual([heat.isTarget(SLOT_POOL), heat.isWarm(SLOT_POOL)], [false, false]);
    assert.equal(timesWith(0), 4);
  });

  it('is what decides when tier 0 goes on in a region', () => {
    /** Until tier 1 has made a region of a loop of 2,000 turns in each. */
    const slicesWith = (timesAtFirst: number | undefined): number => {
      const rig = new Rig(1 << 20, undefined, { threshold: 3000, timesAtFirst });
      const { interpreter, state } = rig;
      rig.loop(CODE, 'A32', [0xe280_0001]); // add r0, r0, #1
      for (let slices = 1; slices < 100; slices++) {
        rig.jump(CODE);
        state[8] = 2000;
        interpreter.run(3 * 2000, false);
        if (interpreter.tier1!.statistics.regions > 0) return slices;
      }
      assert.fail('no region is made');
    };
    const [alone, atFirst] = [slicesWith(undefined), slicesWith(4)];
    assert.ok(atFirst > 2 * alone, `${alone} slices, ${atFirst} at first`);
  });
});

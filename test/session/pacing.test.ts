import assert from 'node:assert/strict';
import { Pacer, SLICE_MS, SliceLength } from '../../src/session/pacing.js';

const MS = 1e6;

describe('slice length', () => {
  /** Feeds slices of a guest that executes `speed` instructions per ms. */
  function settle(slice: SliceLength, speed: number, slices: number): number {
    let longest = 0;
    for (let i = 0; i < slices; i++) {
      const ms = slice.instructions / speed;
      longest = Math.max(longest, ms);
      slice.learn(slice.instructions, ms);
    }
    return longest;
  }

  it('settles below the limit of host time, for slow and fast engines alike', () => {
    for (const speed of [500, 20_000, 350_000, 3_000_000]) {
      const slice = new SliceLength();
      settle(slice, speed, 30);
      const ms = slice.instructions / speed;
      assert.ok(ms <= SLICE_MS && ms > SLICE_MS / 4, `${speed}/ms: slices of ${ms} ms`);
    }
  });

  it('never exceeds the limit while the guest keeps its speed', () => {
    assert.ok(settle(new SliceLength(), 20_000, 30) <= SLICE_MS);
  });

  it('shrinks after one slow slice', () => {
    const slice = new SliceLength();
    settle(slice, 300_000, 30);
    slice.learn(slice.instructions, 60);
    const before = slice.instructions;
    assert.ok(before / (before / 60) >= SLICE_MS);
    slice.learn(before, before / 50_000);
    assert.ok(slice.instructions / 50_000 <= SLICE_MS, `${slice.instructions} instructions`);
  });

  it('does not grow on slices that ended early', () => {
    const slice = new SliceLength();
    const before = slice.instructions;
    for (let i = 0; i < 10; i++) slice.learn(3, 0);
    assert.equal(slice.instructions, before);
  });
});

describe('pacer', () => {
  it('knows the virtual time that host time has reached', () => {
    const pacer = new Pacer();
    pacer.anchor(5 * MS, 100);
    assert.equal(pacer.reached(100), 5 * MS);
    assert.equal(pacer.reached(103), 8 * MS);
  });

  it('lets a guest that fell far behind go on from there instead of racing', () => {
    const pacer = new Pacer();
    pacer.anchor(0, 0);
    pacer.forgive(40 * MS, 60);
    assert.equal(pacer.reached(60), 60 * MS, 'a short lag is caught up');
    pacer.forgive(0, 10_000);
    const room = pacer.reached(10_000);
    assert.ok(room > 0 && room <= 50 * MS, `${room} ns`);
    assert.equal(pacer.reached(10_001), room + 1 * MS);
  });

  it('says how long until a virtual time is due', () => {
    const pacer = new Pacer();
    pacer.anchor(2 * MS, 50);
    assert.equal(pacer.delay(12 * MS, 50), 10);
    assert.equal(pacer.delay(12 * MS, 57), 3);
    assert.equal(pacer.delay(12 * MS, 70), 0);
  });
});

import assert from 'node:assert/strict';
import { seededRandom } from '../../src/isa/random.js';
import { VirtualClock } from '../../src/machine/virtual-clock.js';

/** A clock and the part of a run loop that it needs: instructions that go by, one at a time. */
class Timeline {
  inFlight = 0;
  earlier = 0;
  readonly fired: string[] = [];
  readonly clock: VirtualClock;

  constructor(ns = 1) {
    this.clock = new VirtualClock(
      ns,
      () => this.inFlight,
      () => this.earlier++,
    );
  }

  at(time: number, name: string, also: () => void = () => {}) {
    return this.clock.schedule(time, () => {
      this.fired.push(`${name}@${this.clock.instructions()}`);
      also();
    });
  }

  /** Runs as the machine does: never past the next event. */
  run(instructions: number): this {
    let left = instructions;
    this.clock.fireDue();
    while (left > 0) {
      const budget = Math.min(left, Math.max(1, this.clock.instructionsToNext()));
      this.clock.advance(budget);
      left -= budget;
      this.clock.fireDue();
    }
    return this;
  }
}

/** Rates in ns per instruction that are no sums of a few powers of two, and some that are. */
const RATES = [0.001, 0.1, 0.3, 0.7, 1, 1.1, 3.3, 13.7, 16, 1e3 / 7, 1e6 / 3, 1e9];

describe('virtual time', () => {
  it('fires in order of time, and of scheduling where times are equal', () => {
    const t = new Timeline();
    t.at(30, 'd');
    t.at(10, 'a');
    t.at(20, 'b');
    t.at(20, 'c');
    t.at(0, 'now');
    t.run(100);
    assert.deepEqual(t.fired, ['now@0', 'a@10', 'b@20', 'c@20', 'd@30']);
  });

  it('keeps many events in order, whatever the order of scheduling and cancelling', () => {
    const random = seededRandom(1);
    const t = new Timeline();
    const expected: { at: number; order: number; name: string }[] = [];
    for (let order = 0; order < 3000; order++) {
      const at = random() % 500;
      const event = t.at(at, `${order}`);
      if (random() % 3 === 0) event.cancel();
      else expected.push({ at, order, name: `${order}@${at}` });
    }
    expected.sort((a, b) => a.at - b.at || a.order - b.order);
    t.run(600);
    assert.deepEqual(
      t.fired,
      expected.map(({ name }) => name),
    );
  });

  it('does not fire what was cancelled, and lets what has fired be cancelled', () => {
    const t = new Timeline();
    const first = t.at(5, 'first');
    const second = t.at(7, 'second');
    const third = t.at(9, 'third');
    second.cancel();
    second.cancel();
    t.run(8);
    first.cancel();
    t.run(1);
    third.cancel();
    assert.deepEqual(t.fired, ['first@5', 'third@9']);
    assert.equal(t.clock.nextAt(), Infinity);
    assert.equal(t.clock.instructionsToNext(), Infinity);
  });

  it('holds no more than it must when a guest sets a far timer over and over', () => {
    const t = new Timeline();
    const near = t.at(1000, 'near');
    for (let i = 0; i < 100_000; i++) t.at(1e12 + i, 'far').cancel();
    const { heap } = t.clock as unknown as { readonly heap: readonly unknown[] };
    assert.ok(heap.length < 200, `${heap.length} entries for one event`);
    t.run(1001);
    assert.deepEqual(t.fired, ['near@1000']);
    near.cancel();
  });

  it('lets an event schedule others, also for the same time', () => {
    const t = new Timeline();
    t.at(5, 'a', () => {
      t.at(5, 'b');
      t.at(6, 'c');
    });
    t.run(10);
    assert.deepEqual(t.fired, ['a@5', 'b@5', 'c@6']);
  });

  it('is exact while an engine runs, and says when a new event is earlier than all others', () => {
    const t = new Timeline(10);
    t.at(1000, 'first');
    assert.equal(t.earlier, 1);
    t.inFlight = 7;
    assert.equal(t.clock.now(), 70);
    assert.equal(t.clock.instructions(), 7);
    t.at(2000, 'later');
    assert.equal(t.earlier, 1);
    t.at(999, 'sooner');
    assert.equal(t.earlier, 2);
  });

  it('counts instructions without the time slept', () => {
    const t = new Timeline(16);
    t.run(10);
    t.clock.sleepTo(1600);
    assert.equal(t.clock.now(), 1600);
    assert.equal(t.clock.instructions(), 10);
    t.clock.sleepTo(16);
    assert.equal(t.clock.now(), 1600, 'time never goes back');
    t.clock.sleepTo(Infinity);
    assert.equal(t.clock.now(), 1600, 'nothing to sleep for');
    t.run(1);
    assert.equal(t.clock.now(), 1616);
    assert.equal(t.clock.instructions(), 11);
  });

  it('counts instructions exactly after a sleep of more ticks than a number can tell apart', () => {
    const t = new Timeline(0.001);
    t.run(3);
    t.clock.sleepTo(Number.MAX_SAFE_INTEGER);
    t.run(5);
    assert.equal(t.clock.instructions(), 8);
  });

  it('restores time, and forgets events', () => {
    const t = new Timeline(2);
    t.run(10);
    t.clock.sleepTo(100);
    const saved = structuredClone(t.clock.save());
    t.at(300, 'gone');
    t.run(20);
    t.clock.restore(saved);
    assert.equal(t.clock.now(), 100);
    assert.equal(t.clock.instructions(), 10);
    assert.equal(t.clock.nextAt(), Infinity);
    t.clock.reset();
    assert.equal(t.clock.now(), 0);
  });

  for (const ns of RATES) {
    it(`fires at the first boundary where time has come, at ${ns} ns per instruction`, () => {
      const random = seededRandom(2);
      for (let i = 0; i < 20_000; i++) {
        const tick = random() % (i % 2 === 0 ? 100 : 2 ** 31);
        const at = i % 3 === 0 ? tick * ns : (tick + random() / 2 ** 32) * ns;
        const t = new Timeline(ns);
        t.clock.schedule(at, () => {});
        const budget = t.clock.instructionsToNext();
        const wrong = `due at ${at} ns, ${budget} instructions`;
        assert.ok(budget * ns >= at, wrong);
        assert.ok(budget === 0 || (budget - 1) * ns < at, wrong);
        t.clock.sleepTo(at);
        assert.equal(t.clock.now(), budget * ns, wrong);
        assert.equal(t.clock.instructionsToNext(), 0, `a sleep must reach its event: ${wrong}`);
      }
    });
  }

  it('fires at the same boundaries however a run is sliced', () => {
    for (const ns of RATES) {
      const runs = [1, 3, 7, 1000].map((slice) => {
        const random = seededRandom(3);
        const t = new Timeline(ns);
        const again = (): void => {
          t.at(t.clock.now() + ((random() % 5000) / 100) * ns, 'x', again);
        };
        again();
        for (let i = 0; i < 1000; i += slice) t.run(Math.min(slice, 1000 - i));
        return t.fired;
      });
      assert.ok(runs[0].length > 20);
      for (const other of runs) assert.deepEqual(other, runs[0], `${ns} ns`);
    }
  });
});

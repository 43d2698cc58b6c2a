import assert from 'node:assert/strict';
import { GuestTime, IntervalLog } from '../../src/vmm/guest-time.js';
import { GUEST_KERNEL, GUEST_USER } from '../../src/vmm/shadow.js';

describe('intervals', () => {
  it('say how much of the time before any moment they cover', () => {
    const log = new IntervalLog();
    log.begin(10);
    log.end(20);
    log.begin(30);
    log.end(35);
    log.begin(35);
    log.end(40);
    log.begin(100);
    for (const [at, covered] of [
      [0, 0],
      [10, 0],
      [15, 5],
      [20, 10],
      [29, 10],
      [31, 11],
      [40, 20],
      [99, 20],
      [107, 27],
    ]) {
      assert.equal(log.before(at), covered, String(at));
    }
    assert.deepEqual(log.between(0, 200, 10), [10, 20, 30, 40, 100, 200]);
    assert.deepEqual(log.between(15, 32, 10), [15, 20, 30, 32]);
    assert.deepEqual(log.between(0, 200, 1), [10, 20]);
    assert.deepEqual(log.between(21, 29, 10), []);
  });

  it('are a bounded number, more where a long history is wanted, and stay right for what is kept', () => {
    const log = new IntervalLog();
    const add = (from: number, count: number) => {
      for (let i = from; i < from + count; i++) {
        log.begin(10 * i);
        log.end(10 * i + 4);
      }
    };
    add(0, 5000);
    assert.equal(log.since, (5000 - 4096) * 10);
    assert.equal(log.before(50_000), 20_000);
    assert.equal(log.before(9_040 + 12), 904 * 4 + 4 + 2);
    const { bytes } = log;
    log.keepLong(true);
    assert.equal(log.since, 9040, 'what is lost stays lost');
    assert.equal(log.before(50_000), 20_000);
    add(5000, 300_000);
    assert.ok(log.bytes > bytes && log.bytes < 10e6);
    assert.equal(log.since, (305_000 - 262_144) * 10);
    assert.equal(log.before(3_000_002), 1_200_002);
    log.keepLong(false);
    assert.deepEqual([log.bytes, log.since, log.before(3_050_000)], [bytes, (305_000 - 4096) * 10, 1_220_000]);
    log.restart();
    assert.deepEqual([log.before(1e9), log.since], [0, 0]);
  });
});

describe("the guest's time", () => {
  it('is of user code, or slept, or the rest', () => {
    const time = new GuestTime();
    time.enter(GUEST_USER, 100);
    time.sleep(150, 170);
    time.enter(GUEST_KERNEL, 200);
    time.sleep(250, 300);
    time.sleep(300, 310);
    assert.deepEqual(time.user.between(0, 1000, 10), [100, 150, 170, 200]);
    assert.deepEqual(time.asleep.between(0, 1000, 10), [150, 170, 250, 310]);
    time.restart();
    assert.equal(time.user.before(1000), 0);
  });
});

import assert from 'node:assert/strict';
import { GenericTimer } from '../../src/devices/generic-timer.js';
import { TimerKind } from '../../src/mem/timer.js';
import { FakeClock, FakeLine } from './fakes.js';

const ENABLE = 1;
const IMASK = 2;
const ISTATUS = 4;
const TICK = 16;

function setUp() {
  const clock = new FakeClock();
  const physical = new FakeLine();
  const virtual = new FakeLine();
  const make = () => new GenericTimer({ clock, physical, virtual });
  return { clock, lines: [physical, virtual], timer: make(), make };
}

describe('generic timer', () => {
  it('counts at 62.5 MHz, physical and virtual alike', () => {
    const { clock, timer } = setUp();
    assert.equal(timer.frequency, 62_500_000);
    clock.advance(1e9 + 15);
    assert.equal(timer.counter(), 62_500_000);
    clock.advance(1);
    assert.equal(timer.counter(), 62_500_001);
  });

  for (const kind of [TimerKind.physical, TimerKind.virtual]) {
    it(`raises its line at the very count of the compare value (timer ${kind})`, () => {
      const { clock, lines, timer } = setUp();
      timer.writeCompare(kind, 100, 0);
      timer.writeControl(kind, ENABLE);
      clock.advance(100 * TICK - 1);
      assert.equal(lines[kind].level, false);
      assert.equal(timer.readControl(kind), ENABLE);
      clock.advance(1);
      assert.equal(lines[kind].level, true);
      assert.equal(lines[1 - kind].level, false);
      assert.equal(timer.readControl(kind), ENABLE | ISTATUS);
      timer.writeControl(kind, ENABLE | IMASK);
      assert.equal(lines[kind].level, false);
      assert.equal(timer.readControl(kind), ENABLE | IMASK | ISTATUS);
      timer.writeControl(kind, 0);
      assert.equal(timer.readControl(kind), 0);
    });
  }

  it('drops the line when the compare value moves on', () => {
    const { clock, lines, timer } = setUp();
    timer.writeControl(1, ENABLE);
    assert.equal(lines[1].level, true, 'compare value 0 is reached at once');
    timer.writeTimerValue(1, 10);
    assert.equal(lines[1].level, false);
    clock.advance(10 * TICK);
    assert.equal(lines[1].level, true);
    assert.equal(clock.waiting, 0);
  });

  it('has TVAL as the signed distance to CVAL', () => {
    const { clock, timer } = setUp();
    clock.advance(1000 * TICK);
    timer.writeTimerValue(0, 50);
    assert.deepEqual(timer.readCompare(0), { low: 1050, high: 0 });
    assert.equal(timer.readTimerValue(0), 50);
    clock.advance(60 * TICK);
    assert.equal(timer.readTimerValue(0), -10);
    timer.writeTimerValue(0, -1);
    assert.deepEqual(timer.readCompare(0), { low: 1059, high: 0 });
    timer.writeTimerValue(0, -2000);
    assert.deepEqual(timer.readCompare(0), { low: 2 ** 32 - 940, high: 2 ** 32 - 1 }, '64-bit wrap');
    clock.advance(2 ** 33 * TICK);
    timer.writeTimerValue(0, 0x7fffffff);
    assert.deepEqual(timer.readCompare(0), { low: 0x7fffffff + 1060, high: 2 });
    assert.equal(timer.readTimerValue(0), 0x7fffffff);
  });

  it('compares without sign, and never reaches what lies beyond all counts', () => {
    const { clock, lines, timer } = setUp();
    timer.writeCompare(0, 0, 0xffffffff);
    timer.writeControl(0, ENABLE);
    clock.advance(1e15);
    assert.equal(lines[0].level, false);
    assert.equal(clock.waiting, 0);
    timer.writeCompare(0, 5, 3);
    assert.equal(lines[0].level, true, '1e15 ns are 62.5e12 counts');
  });

  it('schedules nothing while masked or disabled', () => {
    const { clock, timer } = setUp();
    timer.writeTimerValue(0, 100);
    timer.writeControl(0, IMASK | ENABLE);
    timer.writeControl(1, 0);
    assert.equal(clock.waiting, 0);
    timer.writeControl(0, ENABLE);
    assert.equal(clock.waiting, 1);
    timer.reset();
    assert.equal(clock.waiting, 0);
  });

  it('refuses a frequency whose period is no whole number of nanoseconds', () => {
    const line = new FakeLine();
    const wiring = { clock: new FakeClock(), physical: line, virtual: line };
    assert.throws(() => new GenericTimer(wiring, 24_000_000), /24000000 Hz/);
  });

  it('continues after restore as it went on after save', () => {
    const { clock, lines, timer, make } = setUp();
    clock.advance(1234);
    timer.writeTimerValue(0, 40);
    timer.writeControl(0, ENABLE);
    timer.writeTimerValue(1, 20);
    timer.writeControl(1, ENABLE);
    clock.advance(30 * TICK);
    const saved = structuredClone(timer.save());
    const at = clock.now();
    const goOn = (device: GenericTimer): unknown[] => {
      const trace: unknown[] = [];
      for (let i = 0; i < 20; i++) {
        trace.push(
          lines.map((line) => line.level),
          device.readControl(0),
          device.readTimerValue(0),
          device.readCompare(1),
        );
        clock.advance(TICK);
      }
      return trace;
    };
    const expected = goOn(timer);
    assert.deepEqual(
      [expected[0], expected[76]],
      [
        [false, true],
        [true, true],
      ],
    );
    timer.reset();
    clock.rewind(at);
    const other = make();
    other.restore(saved);
    assert.deepEqual(goOn(other), expected);
  });
});

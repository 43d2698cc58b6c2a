import assert from 'node:assert/strict';
import { Pl031 } from '../../src/devices/pl031.js';
import { FakeClock, FakeLine, FakeLog, readAll } from './fakes.js';

const DR = 0x00;
const MR = 0x04;
const LR = 0x08;
const CR = 0x0c;
const IMSC = 0x10;
const RIS = 0x14;
const MIS = 0x18;
const ICR = 0x1c;
const REGISTERS = [DR, MR, LR, CR, IMSC, RIS, MIS];
const SECOND = 1e9;
const EPOCH = 1_600_000_000;

function setUp() {
  const clock = new FakeClock();
  const interrupt = new FakeLine();
  const log = new FakeLog();
  const make = () => new Pl031('pl031', { clock, interrupt, log }, EPOCH);
  return { clock, interrupt, log, rtc: make(), make };
}

describe('pl031', () => {
  it('counts virtual seconds from the epoch of the run', () => {
    const { rtc, clock } = setUp();
    assert.equal(rtc.read(DR, 4), EPOCH);
    clock.advance(2.999 * SECOND);
    assert.equal(rtc.read(DR, 4), EPOCH + 2);
    clock.advance(0.001 * SECOND);
    assert.equal(rtc.read(DR, 4), EPOCH + 3);
    assert.equal(rtc.read(CR, 4), 1);
  });

  it('identifies itself', () => {
    const { rtc } = setUp();
    const id = [0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc];
    assert.deepEqual(readAll(rtc, id), [0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
  });

  it('is set by RTCLR, and wraps', () => {
    const { rtc, clock } = setUp();
    clock.advance(5 * SECOND);
    rtc.write(LR, 4, 0xfffffffe);
    assert.equal(rtc.read(LR, 4), 0xfffffffe);
    clock.advance(3 * SECOND);
    assert.equal(rtc.read(DR, 4), 1);
  });

  it('interrupts at the very second of the match', () => {
    const { rtc, clock, interrupt } = setUp();
    clock.advance(0.5 * SECOND);
    rtc.write(IMSC, 4, 1);
    rtc.write(MR, 4, EPOCH + 2);
    clock.advance(1.499 * SECOND);
    assert.equal(interrupt.level, false);
    clock.advance(0.001 * SECOND);
    assert.equal(interrupt.level, true);
    assert.deepEqual(readAll(rtc, [DR, RIS, MIS]), [EPOCH + 2, 1, 1]);
    rtc.write(ICR, 4, 1);
    assert.equal(interrupt.level, false);
    clock.advance(10 * SECOND);
    assert.equal(rtc.read(RIS, 4), 0);
  });

  it('matches at once when the counter or the match is set to the other', () => {
    const { rtc } = setUp();
    rtc.write(MR, 4, EPOCH);
    assert.equal(rtc.read(RIS, 4), 1);
    assert.equal(rtc.read(MIS, 4), 0);
    rtc.write(ICR, 4, 1);
    rtc.write(MR, 4, 77);
    assert.equal(rtc.read(RIS, 4), 0);
    rtc.write(LR, 4, 77);
    assert.equal(rtc.read(RIS, 4), 1);
  });

  it('moves the match when the counter is set', () => {
    const { rtc, clock, interrupt } = setUp();
    rtc.write(IMSC, 4, 1);
    rtc.write(MR, 4, EPOCH + 100);
    rtc.write(LR, 4, EPOCH + 98);
    clock.advance(1.9 * SECOND);
    assert.equal(interrupt.level, false);
    clock.advance(0.1 * SECOND);
    assert.equal(interrupt.level, true);
    assert.equal(clock.waiting, 0);
  });

  it('continues after restore as it went on after save', () => {
    const { rtc, clock, interrupt, make } = setUp();
    clock.advance(0.25 * SECOND);
    rtc.write(LR, 4, 1000);
    rtc.write(MR, 4, 1003);
    rtc.write(IMSC, 4, 1);
    const saved = structuredClone(rtc.save());
    const at = clock.now();
    const goOn = (device: Pl031): unknown[] => {
      const trace: unknown[] = [];
      for (let i = 0; i < 8; i++) {
        trace.push(readAll(device, REGISTERS), interrupt.level);
        clock.advance(0.5 * SECOND);
      }
      return trace;
    };
    const expected = goOn(rtc);
    assert.ok(expected.includes(true));
    clock.rewind(at);
    const other = make();
    other.restore(saved);
    assert.deepEqual(goOn(other), expected);
  });

  it('resets to power-on', () => {
    const { rtc, clock, interrupt, make } = setUp();
    rtc.write(LR, 4, 7);
    rtc.write(IMSC, 4, 1);
    rtc.write(MR, 4, 7);
    assert.equal(interrupt.level, true);
    rtc.write(MR, 4, 9);
    rtc.reset();
    assert.equal(interrupt.level, false);
    assert.equal(clock.waiting, 0);
    assert.deepEqual(rtc.save(), make().save());
  });
});

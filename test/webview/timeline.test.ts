/** What the timeline computes without a screen: the axis, what lies between two times, lanes. */
import assert from 'node:assert/strict';
import type { TimeSlice } from '../../src/protocol/views/timeline.js';
import { heightOf, laneAt, lanesOf } from '../../src/webview/timeline/lanes.js';
import { lengthOf, toPixel, whole, type Bounds } from '../../src/webview/common/stretch.js';
import { ticks, timeText } from '../../src/webview/timeline/scale.js';
import { Slices } from '../../src/webview/timeline/slices.js';

const BOUNDS: Bounds = { end: 1_000_000, least: 100 };

describe('the axis of the timeline', () => {
  it('has marks at round times that are far enough apart and differ in their texts', () => {
    for (const stretch of [
      whole(BOUNDS),
      { start: 123_456, end: 123_789 },
      { start: 5e9, end: 5e9 + 64 },
      { start: 0, end: 4e11 },
    ]) {
      const found = ticks(stretch, 1400);
      assert.ok(found.length >= 3 && found.length <= 14, `${found.length}`);
      assert.equal(new Set(found.map(({ text }) => text)).size, found.length, found.map(({ text }) => text).join());
      for (const { time } of found) assert.ok(time >= stretch.start && time < stretch.end);
      const pixels = found.map(({ time }) => toPixel(stretch, 1400, time));
      for (let i = 1; i < pixels.length; i++) assert.ok(pixels[i] - pixels[i - 1] > 100);
    }
    assert.deepEqual(
      ticks({ start: 0, end: 1000 }, 500).map(({ text }) => text),
      ['0 ns', '500 ns'],
    );
  });

  it('is said in fitting units', () => {
    assert.equal(timeText(0), '0 ns');
    assert.equal(timeText(64, 64), '64 ns');
    assert.equal(timeText(1500, 100), '1.5 µs');
    assert.equal(timeText(20_607_912_320, 64), '20.60791232 s');
    assert.equal(timeText(20_607_912_384, 64), '20.60791238 s');
  });
});

/** A trap of class `a` each 10 ns, one of `b` each 100 ns; user code in every other 50 ns. */
function sliceOf(start: number, end: number, parts: number, withMarks = false): TimeSlice {
  const step = (end - start) / parts;
  const edges = Array.from({ length: parts + 1 }, (_, i) => start + i * step);
  const before = (every: number) => Uint32Array.from(edges, (at) => Math.ceil(at / every) - Math.ceil(start / every));
  const userBefore = (at: number) => Math.floor(at / 100) * 50 + Math.min(50, at % 100);
  return {
    start,
    end,
    parts,
    counts: [
      { cls: 'device', before: before(10) },
      { cls: 'interrupt', before: before(100) },
    ],
    user: Float64Array.from(edges, (at) => (userBefore(at) - userBefore(start)) / step),
    asleep: new Float64Array(parts + 1),
    ...(withMarks && {
      marks: {
        sequences: new Float64Array(1),
        times: new Float64Array(1),
        classes: new Uint8Array(1),
        verdicts: new Uint8Array(1),
      },
    }),
  };
}

describe('slices of the run', () => {
  it('say what lies between two times: exactly at their points, in proportion between them', () => {
    const slices = new Slices();
    slices.take(sliceOf(0, 10_000, 100), sliceOf(2000, 3000, 1000, true), false);
    assert.equal(slices.traps('device', 0, 10_000), 1000);
    assert.equal(slices.traps('device', 2000, 2050), 5);
    assert.equal(slices.traps('interrupt', 2000, 2301), 4);
    assert.equal(slices.traps('device', 5000, 5050), 5, 'half of a part');
    assert.equal(slices.traps('wait', 0, 10_000), 0);
    assert.ok(Math.abs(slices.share('user', 2000, 2050) - 1) < 1e-9);
    assert.ok(Math.abs(slices.share('user', 2050, 2100)) < 1e-9);
    assert.ok(Math.abs(slices.share('user', 5000, 5050) - 0.5) < 1e-9, 'the overview is too coarse for more');
    assert.equal(slices.share('user', 9_999, 30_000) < 0.01, true, 'what is not known is not user code');
    assert.ok(slices.marks(2000, 2500));
    assert.equal(slices.marks(1999, 2500), undefined);
    assert.equal(slices.hasSleep, false);
  });

  it('fill pixels with the same numbers, wherever the fine slice ends', () => {
    const slices = new Slices();
    slices.take(sliceOf(0, 10_000, 1000), sliceOf(2000, 3000, 1000), false);
    for (const stretch of [
      { start: 0, end: 10_000 },
      { start: 2100, end: 2900 },
      { start: 1500, end: 2500 },
      { start: 2800, end: 11_000 },
    ]) {
      const sums = new Float64Array(700);
      slices.addTraps('device', stretch, sums);
      const step = lengthOf(stretch) / sums.length;
      for (const x of [0, 1, 350, 699]) {
        const exact = slices.traps('device', stretch.start + x * step, stretch.start + (x + 1) * step);
        assert.ok(Math.abs(sums[x] - exact) < 1e-6, `${stretch.start} ${x}: ${sums[x]} ${exact}`);
      }
      const total = sums.reduce((sum, value) => sum + value, 0);
      assert.ok(
        Math.abs(total - slices.traps('device', stretch.start, Math.min(10_000, stretch.end))) < 1.1,
        String(total),
      );
    }
  });

  it('of a whole run need no overview; another run is another story', () => {
    const slices = new Slices();
    slices.take(undefined, sliceOf(0, 1000, 10), true);
    assert.equal(slices.traps('device', 0, 1000), 100);
    slices.take(sliceOf(0, 2000, 10), sliceOf(0, 100, 10), false);
    assert.equal(slices.traps('device', 0, 2000), 200);
    slices.clear();
    assert.equal(slices.traps('device', 0, 2000), 0);
  });
});

describe('lanes', () => {
  it('are there for what happened, in a fixed order, one below the other', () => {
    const lanes = lanesOf(['interrupt', 'device', 'status-register'], true);
    assert.deepEqual(
      lanes.map(({ id }) => id),
      ['user', 'kernel', 'asleep', 'monitor', 'status-register', 'device', 'interrupts'],
    );
    for (let i = 1; i < lanes.length; i++) assert.ok(lanes[i].top >= lanes[i - 1].top + lanes[i - 1].height);
    for (const lane of lanes) assert.equal(laneAt(lanes, lane.top + 1), lane);
    assert.equal(laneAt(lanes, 0), undefined);
    assert.ok(heightOf(lanes) > (lanes.at(-1)?.top ?? 0));
    assert.deepEqual(
      lanesOf([], false).map(({ id }) => id),
      ['user', 'kernel', 'monitor', 'interrupts'],
    );
  });
});

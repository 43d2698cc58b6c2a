/** Stretches of time: what zooming and panning make of them, and their round numbers. */
import assert from 'node:assert/strict';
import {
  lengthOf,
  panned,
  placed,
  roundTimes,
  showing,
  toPixel,
  toTime,
  whole,
  zoomed,
  type Bounds,
} from '../../src/webview/common/stretch.js';

const BOUNDS: Bounds = { end: 1_000_000, least: 100 };

describe('webview/common/stretch', () => {
  it('keeps the time under the pointer where it is when it zooms', () => {
    let stretch = whole(BOUNDS);
    const at = 314_159;
    for (let i = 0; i < 12; i++) {
      const pixel = toPixel(stretch, 1400, at);
      stretch = zoomed(stretch, 0.6, at, BOUNDS);
      assert.ok(Math.abs(toPixel(stretch, 1400, at) - pixel) < 0.001);
    }
    assert.ok(lengthOf(stretch) < 3000);
    assert.ok(Math.abs(toTime(stretch, 1400, toPixel(stretch, 1400, at)) - at) < 1e-6);
  });

  it('never leaves the run, nor gets shorter or longer than makes sense', () => {
    assert.deepEqual(zoomed({ start: 10, end: 20 }, 1e-9, 15, { end: 1000, least: 4 }), { start: 13, end: 17 });
    assert.deepEqual(zoomed({ start: 400, end: 900 }, 10, 500, { end: 1000, least: 4 }), { start: 0, end: 1000 });
    assert.deepEqual(panned({ start: 10, end: 20 }, -100, { end: 50, least: 1 }), { start: 0, end: 10 });
    assert.deepEqual(panned({ start: 10, end: 20 }, Infinity, { end: 50, least: 1 }), { start: 40, end: 50 });
    assert.deepEqual(placed(Infinity, 10, { end: 50, least: 1 }), { start: 40, end: 50 });
    assert.deepEqual(whole({ end: 0, least: 16 }), { start: 0, end: 16 }, 'before anything has run');
  });

  it('moves to show a time, and only if it must', () => {
    const stretch = { start: 1000, end: 2000 };
    assert.equal(showing(stretch, 1500, BOUNDS), stretch);
    assert.deepEqual(showing(stretch, 50_000, BOUNDS), { start: 49_500, end: 50_500 });
    assert.deepEqual(showing(stretch, 1999, BOUNDS), { start: 1499, end: 2499 });
  });

  it('has round numbers 1, 2 or 5 times a power of ten apart', () => {
    assert.deepEqual(roundTimes({ start: 0, end: 10 }, 3), { step: 5, times: [0, 5] });
    assert.deepEqual(roundTimes({ start: 1, end: 41 }, 10), { step: 10, times: [10, 20, 30, 40] });
    assert.deepEqual(roundTimes({ start: 95, end: 1010 }, 183), { step: 200, times: [200, 400, 600, 800, 1000] });
    assert.deepEqual(roundTimes({ start: 0, end: 1000 }, 600), { step: 1000, times: [0] });
  });
});

/** What pointers and wheels ask for: clicks and drags, panning and zooming. */
import assert from 'node:assert/strict';
import { Drag } from '../../src/webview/common/drag.js';
import { turnOf } from '../../src/webview/common/wheel.js';

describe('webview/common/drag', () => {
  const captured: number[] = [];
  const at = (clientX: number, clientY: number): PointerEvent =>
    ({
      clientX,
      clientY,
      pointerId: 7,
      currentTarget: { setPointerCapture: (id: number) => captured.push(id) },
    }) as never;

  it('is a click while the pointer has not come far', () => {
    const drag = new Drag<string>();
    drag.press(at(10, 10), 'here');
    assert.deepEqual(captured, [7]);
    assert.equal(drag.move(at(12, 12)), undefined);
    assert.equal(drag.isFar, false);
    assert.equal(drag.from, 'here');
    assert.equal(drag.release(), true);
    assert.equal(drag.from, undefined);
  });

  it('is a drag from then on, also when the pointer comes back', () => {
    const drag = new Drag<string>();
    drag.press(at(10, 10), 'here');
    assert.deepEqual(drag.move(at(6, 10)), { from: 'here', dx: -4, dy: 0 });
    assert.deepEqual(drag.move(at(11, 10)), { from: 'here', dx: 1, dy: 0 });
    assert.equal(drag.isFar, true);
    assert.equal(drag.release(), false);
  });

  it('hears nothing of a pointer that was not pressed', () => {
    const drag = new Drag<string>();
    assert.equal(drag.move(at(100, 100)), undefined);
    assert.equal(drag.release(), false);
  });
});

describe('webview/common/wheel', () => {
  const wheel = { deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false };

  it('zooms, closer when it is turned away', () => {
    assert.deepEqual(turnOf({ ...wheel, deltaY: 100 }, Math.log(2) / 100), { kind: 'zoom', factor: 2 });
    assert.deepEqual(turnOf({ ...wheel, deltaY: -100 }, Math.log(2) / 100), { kind: 'zoom', factor: 0.5 });
  });

  it('pans sideways, or with Shift', () => {
    assert.deepEqual(turnOf({ ...wheel, deltaX: -40, deltaY: 10 }, 1), { kind: 'pan', pixels: -40 });
    assert.deepEqual(turnOf({ ...wheel, deltaY: 10, shiftKey: true }, 1), { kind: 'pan', pixels: 10 });
  });

  it('may count lines', () => {
    assert.deepEqual(turnOf({ ...wheel, deltaY: 3, deltaMode: 1, shiftKey: true }, 1), { kind: 'pan', pixels: 90 });
  });
});

/** The recorder by itself: bounded, silent once nobody asks, exact about waits. */
import assert from 'node:assert/strict';
import { Exception } from '../../src/arm/exceptions.js';
import { InterruptRecorder } from '../../src/debug/views/interrupt-recorder.js';
import { INTERRUPT_EVENTS } from '../../src/protocol/views/interrupts.js';
import type { InterruptController, InterruptEvent } from '../../src/machine/board.js';

function rig() {
  const pending = new Set<number>();
  const controller: InterruptController = {
    part: 'none',
    lines: 8,
    label: String,
    line: (line) => ({
      level: false,
      held: false,
      enabled: true,
      pending: pending.has(line),
      active: false,
      trigger: 'level',
      signal: 'IRQ',
      raised: 0,
      acknowledged: 0,
    }),
    signalled: (as) => (as === 'FIQ' ? -1 : 3),
    hold: () => {},
    observer: undefined,
  };
  const clock = { now: 0 };
  const recorder = new InterruptRecorder(controller, () => clock.now);
  const hear = (event: InterruptEvent, line: number): void => {
    controller.observer?.(event, line);
  };
  return { pending, controller, clock, recorder, hear };
}

const told = (recorder: InterruptRecorder, after = 0, maximum = 1e6) => {
  const { kinds, lines, at } = recorder.events(after, maximum);
  return kinds.map((kind, i) => `${INTERRUPT_EVENTS[kind]} ${lines[i]} ${at[i]}`);
};

describe('the recorder of interrupts', () => {
  it('hears nothing before somebody looks, and nothing once nobody has for long', () => {
    const { controller, clock, recorder, hear } = rig();
    assert.equal(controller.observer, undefined);
    recorder.exceptionTaken(Exception.IRQ);
    assert.deepEqual(told(recorder), []);
    recorder.watch();
    hear('raise', 3);
    recorder.exceptionTaken(Exception.IRQ);
    recorder.exceptionTaken(Exception.SupervisorCall);
    assert.deepEqual(told(recorder), ['raise 3 0', 'inject 3 0']);
    clock.now = 2e9;
    hear('raise', 3);
    assert.equal(controller.observer, undefined, 'it listens no longer');
    assert.equal(told(recorder).length, 2);
    recorder.watch();
    assert.equal(recorder.since, 2e9);
    assert.notEqual(controller.observer, undefined);
  });

  it('measures from raised to acknowledged; a line that fell before has not waited', () => {
    const { pending, clock, recorder, hear } = rig();
    recorder.watch();
    const happen = (event: 'raise' | 'lower' | 'acknowledge' | 'end', at: number) => {
      clock.now = at;
      hear(event, 3);
    };
    happen('raise', 100);
    happen('acknowledge', 110);
    happen('end', 120);
    happen('raise', 200);
    happen('lower', 210);
    happen('raise', 300);
    happen('acknowledge', 330);
    // of an edge the pending state stays
    pending.add(3);
    happen('raise', 400);
    happen('lower', 401);
    happen('acknowledge', 450);
    assert.deepEqual(recorder.latencyOf(3), { count: 3, last: 50, least: 10, mean: 30, most: 50 });
    assert.equal(recorder.latencyOf(4), undefined);
  });

  it('keeps the newest events, and tells those behind a number', () => {
    const { clock, recorder, hear } = rig();
    recorder.watch();
    for (let i = 1; i <= 20_000; i++) {
      clock.now = i;
      hear('raise', i % 8);
    }
    const { first, at } = recorder.events(0, 1e6);
    assert.equal(at.length, 1 << 14);
    assert.equal(first, 20_000 - (1 << 14) + 1);
    assert.equal(at.at(-1), 20_000);
    assert.deepEqual(told(recorder, 19_998), ['raise 7 19999', 'raise 0 20000']);
    assert.deepEqual(told(recorder, 20_000), []);
    assert.deepEqual(told(recorder, 0, 1), ['raise 0 20000']);
  });

  it('begins anew where the guest was set back', () => {
    const { clock, recorder, hear } = rig();
    clock.now = 500;
    recorder.watch();
    hear('raise', 1);
    clock.now = 10;
    recorder.watch();
    assert.equal(recorder.since, 10);
  });
});

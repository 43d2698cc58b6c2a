/** What is said of interrupts, against what guests did: the ticks that they counted, and runs without anybody looking. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Debugger } from '../../src/debug/api.js';
import { INTERRUPT_EVENTS, type InterruptsInfo, type InterruptEvents } from '../../src/protocol/views/interrupts.js';
import { UserError } from '../../src/util/errors.js';
import { root } from './builds.js';
import { file, launch, launchSample, MODES, type Mode } from './guests.js';
import type { LaunchOptions } from '../../src/protocol/model.js';

const TIMER = { virt: 27, raspi1: 3 } as const;
type BoardName = keyof typeof TIMER;
/** Ticks come every 625,000 instructions. */
const RUN = 8_000_000;

function launchRtos(board: BoardName, mode: Mode, options: Partial<LaunchOptions> = {}): Debugger {
  const { guest } = launch({
    board,
    mode,
    level: 1,
    engine: 'interpreter',
    semihosting: true,
    memory: board === 'virt' ? 32 << 20 : 512 << 20,
    program: file(path.join(root, `samples/rtos/rtos-${board}.elf`)),
    ...options,
  });
  guest.continue();
  return guest;
}

function run(guest: Debugger, instructions: number): void {
  for (let left = instructions; left > 0; left -= 20_000) {
    const result = guest.run(Math.min(left, 20_000), Infinity);
    if (result.kind !== 'running') throw new Error(JSON.stringify(result));
  }
}

const look = (guest: Debugger, all = false): InterruptsInfo =>
  guest.views.interrupts({ all, after: 0, maximum: 100_000 });

function lineOf(guest: Debugger, line: number) {
  const found = look(guest, true).lines.find((info) => info.line === line);
  assert.ok(found);
  return found;
}

function eventsOf({ kinds, lines, at }: InterruptEvents, line: number) {
  return kinds.flatMap((kind, i) => (lines[i] === line ? [{ kind: INTERRUPT_EVENTS[kind], at: at[i] }] : []));
}

/** What the guest's kernel has counted: `now` of samples/rtos/kernel/clock.c. */
const ticks = (guest: Debugger) => Number(/\d+|0x[\da-f]+/.exec(guest.evaluate('*(u32*)&now,d').value)?.[0]);

for (const board of ['virt', 'raspi1'] as const) {
  for (const mode of MODES) {
    describe(`interrupts of rtos on ${board}, ${mode}`, () => {
      it('are acknowledged as often as the guest has counted ticks, in order, with the time that took', () => {
        const guest = launchRtos(board, mode);
        look(guest);
        run(guest, RUN);
        const line = lineOf(guest, TIMER[board]);
        const counted = ticks(guest);
        assert.ok(counted > 10, `${counted} ticks`);
        assert.equal(line.acknowledged, counted);
        assert.equal(line.raised, counted);
        assert.equal(line.enabled, true);
        assert.equal(line.name, board === 'virt' ? 'virtual timer' : 'system timer, compare 3');

        const info = look(guest);
        const events = eventsOf(info.events, TIMER[board]);
        assert.equal(events.filter(({ kind }) => kind === 'acknowledge').length, counted);
        let taken = 0;
        const waits: number[] = [];
        let raised = NaN;
        let last = -1;
        for (const { kind, at } of events) {
          assert.ok(at >= last && at <= info.now, 'events come in order');
          last = at;
          if (kind === 'raise') raised = at;
          else if (kind === 'inject') taken++;
          else if (kind === 'acknowledge') waits.push(at - raised);
        }
        assert.deepEqual(line.latency, {
          count: waits.length,
          last: waits.at(-1),
          least: Math.min(...waits),
          mean: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
          most: Math.max(...waits),
        });
        // the kernel also looks by itself, without an exception, while it has nothing to do
        assert.ok(taken > 5 && taken <= counted, `${taken} taken`);
        if (mode === 'hypervised') {
          assert.equal(guest.statistics().injectedInterrupts, taken);
          assert.deepEqual(info.monitor, { taken, injected: taken });
          assert.deepEqual(
            info.processors.map(({ name }) => name),
            ['virtual', 'physical'],
          );
        } else {
          assert.equal(info.monitor, undefined);
          assert.deepEqual(
            info.processors.map(({ name }) => name),
            ['processor'],
          );
        }
      });

      it('are the same whether somebody looks or not', () => {
        const [watched, alone] = [launchRtos(board, mode), launchRtos(board, mode)];
        for (let i = 0; i < 10; i++) {
          look(watched, true);
          run(watched, RUN / 10);
        }
        run(alone, RUN);
        assert.equal(watched.pc(), alone.pc());
        assert.equal(watched.statistics().virtualTime, alone.statistics().virtualTime);
        assert.deepEqual(watched.variables('core'), alone.variables('core'));
        // counts are kept without anybody looking, events are not
        assert.equal(lineOf(alone, TIMER[board]).acknowledged, lineOf(watched, TIMER[board]).acknowledged);
        assert.equal(eventsOf(look(alone).events, TIMER[board]).length, 0);
      });
    });
  }

  it(`a line of ${board} raised by hand interrupts bare and hypervised at the same instruction`, () => {
    const outcomes = MODES.map((mode) => {
      const guest = launchRtos(board, mode);
      look(guest);
      run(guest, 2_000_000);
      const before = ticks(guest);
      guest.views.driveInterrupt({ line: TIMER[board], to: 'high' });
      assert.equal(lineOf(guest, TIMER[board]).held, true);
      assert.equal(lineOf(guest, TIMER[board]).pending, true);
      run(guest, 400);
      guest.views.driveInterrupt({ line: TIMER[board], to: 'low' });
      assert.equal(lineOf(guest, TIMER[board]).held, false);
      run(guest, 600_000);
      const { events } = look(guest);
      return { ticks: ticks(guest) - before, pc: guest.pc(), events, core: guest.variables('core') };
    });
    assert.deepEqual(outcomes[1], outcomes[0]);
    // on raspi1 the kernel looks at its timer, not at the line, and finds no match
    if (board === 'virt') assert.ok(outcomes[0].ticks > 1, 'more ticks than the timer made');
  });
}

describe('interrupt lines by hand', () => {
  it('of a guest that has none enabled are pending, and change nothing else', () => {
    const { guest } = launchSample('hello', { engine: 'interpreter' });
    guest.stepInstruction('in');
    guest.run(10, Infinity);
    assert.deepEqual(look(guest).lines, []);
    guest.views.driveInterrupt({ line: 33, to: 'high' });
    const [line] = look(guest).lines;
    assert.equal(line.name, 'pl011');
    assert.equal(line.node, '/pl011@9000000');
    assert.equal(line.label, 'SPI 1');
    assert.deepEqual(
      [line.level, line.held, line.pending, line.enabled, line.active],
      [true, true, true, false, false],
    );
    assert.deepEqual(eventsOf(look(guest).events, 33), [{ kind: 'raise', at: 1 }]);
    guest.views.driveInterrupt({ line: 33, to: 'low' });
    assert.equal(lineOf(guest, 33).pending, false);
    guest.continue();
    let end = guest.run(10_000, Infinity);
    while (end.kind === 'running') end = guest.run(10_000, Infinity);
    assert.equal(end.kind, 'exited');
  });

  it('that are software generated become pending, and no longer', () => {
    const { guest } = launchSample('hello');
    guest.views.driveInterrupt({ line: 5, to: 'pulse' });
    assert.deepEqual([lineOf(guest, 5).label, lineOf(guest, 5).pending], ['SGI 5', true]);
    guest.views.driveInterrupt({ line: 5, to: 'low' });
    assert.equal(lineOf(guest, 5).pending, false);
  });

  it('that do not exist are refused', () => {
    const { guest } = launchSample('hello');
    for (const line of [-1, 288, 1.5, NaN]) {
      assert.throws(
        () => {
          guest.views.driveInterrupt({ line, to: 'high' });
        },
        (error) => error instanceof UserError && error.number === 252,
      );
    }
  });

  it('are let go of by a reset', () => {
    const { guest } = launchSample('hello');
    guest.views.driveInterrupt({ line: 33, to: 'high' });
    guest.reset();
    assert.equal(lineOf(guest, 33).level, false);
  });
});

for (const mode of MODES) {
  it(`privilege's one interrupt is seen, ${mode}`, () => {
    const { guest } = launchSample('privilege', { mode, engine: 'interpreter' });
    look(guest);
    guest.continue();
    let end = guest.run(10_000, Infinity);
    while (end.kind === 'running') end = guest.run(10_000, Infinity);
    assert.equal(end.kind, 'exited');
    const used = look(guest).lines.filter(({ acknowledged }) => acknowledged > 0);
    assert.ok(used.length > 0);
    for (const { line, acknowledged } of used) {
      const events = eventsOf(look(guest).events, line);
      for (const kind of ['raise', 'inject', 'acknowledge', 'end']) {
        assert.equal(events.filter((event) => event.kind === kind).length, acknowledged, kind);
      }
    }
  });
}

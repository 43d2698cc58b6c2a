import assert from 'node:assert/strict';
import { exitClasses } from '../../src/vmm/classes.js';
import { UserError } from '../../src/util/errors.js';
import { launchSample, MODES, runToFunction, settle, stopOf, where } from './guests.js';

describe('traps', () => {
  it('are all there, numbered without gaps, and paged from both ends', () => {
    const { guest } = launchSample('hello', { mode: 'hypervised' });
    guest.continue();
    settle(guest);
    const all = guest.traps(0, Number.MAX_SAFE_INTEGER);
    assert.ok(all.length > 30);
    assert.deepEqual(
      all.map(({ sequence }) => sequence),
      all.map((_, i) => i + 1),
    );
    assert.deepEqual(guest.traps(10, 5), all.slice(-5), 'the newest');
    assert.deepEqual(guest.traps(all.length - 2, 5), all.slice(-2));
    assert.deepEqual(guest.traps(0, 4, 9), all.slice(4, 8), 'backwards');
    assert.deepEqual(guest.traps(all.length, 5), []);
    for (const { cls, count, dropped, unrecorded } of guest.statistics().exits) {
      assert.equal(all.filter((trap) => trap.cls === cls).length, count, cls);
      assert.deepEqual([dropped, unrecorded], [0, 0]);
      assert.deepEqual(
        guest.traps(0, Number.MAX_SAFE_INTEGER, undefined, cls),
        all.filter((trap) => trap.cls === cls),
      );
    }
    guest.clearTraps();
    assert.deepEqual(guest.traps(0, 100), []);
  });

  it('say what happened', () => {
    const { guest } = launchSample('privilege', { mode: 'hypervised' });
    runToFunction(guest, 'user_main');
    const all = guest.traps(0, Number.MAX_SAFE_INTEGER);
    const cps = all.find(({ text }) => text.startsWith('cps'));
    assert.ok(cps);
    assert.equal(cps.cls, 'status-register');
    assert.equal(cps.isa, 'A32');
    const vbar = all.find(({ text }) => /^mcr p15, #0, r0, c12/.test(text));
    assert.equal(vbar?.cls, 'coprocessor');
    const toUser = all.find(({ cls }) => cls === 'exception-return');
    assert.deepEqual([toUser?.modeBefore, toUser?.modeAfter], ['svc', 'usr']);
    assert.deepEqual(
      toUser?.changed.find(({ name }) => name === 'pc'),
      { name: 'pc', value: 0x4010_0000 },
    );
    const device = all.find(({ cls }) => cls === 'device');
    assert.match(device?.text ?? '', /; 0x0[89]\w{6}$/, 'with its address');
  });

  it('say of a shadow entry which access wanted it', () => {
    const { guest } = launchSample('privilege', { mode: 'hypervised' });
    guest.continue();
    settle(guest);
    const fills = guest.traps(0, Number.MAX_SAFE_INTEGER, undefined, 'shadow-fill');
    const [fetch] = fills;
    assert.deepEqual([fetch.cause, fetch.isa, fetch.pc], ['PABT', '-', 0x4001_0000]);
    assert.equal(fetch.text, 'shadow table entry made  ; 0x40010000');
    const load = fills.find(({ cause }) => cause === 'DABT');
    assert.deepEqual([load?.isa, load?.text], ['A32', 'ldrb r2, [r0], #1  ; 0x40100044']);
    for (const { verdict, changed, modeBefore, modeAfter } of fills) {
      assert.deepEqual([verdict, changed, modeBefore], ['allow', [], modeAfter]);
    }
  });

  it('of shadow entries stop the guest before the instruction that wanted one, which then goes on', () => {
    const { guest } = launchSample('hello', { mode: 'hypervised' });
    guest.setTrapFilters(['shadow-fill']);
    const pc = guest.pc();
    guest.continue();
    assert.match(stopOf(guest).text, /^Trap: Shadow fill at \w+: shadow table entry made {2}; 0x40010000 \(allow\)$/);
    assert.deepEqual([guest.pc(), guest.statistics().instructions], [pc, 0], 'nothing was executed');
    let stops = 1;
    for (;;) {
      guest.continue();
      const end = settle(guest);
      if (end.kind !== 'stopped') {
        assert.equal(end.kind, 'exited');
        break;
      }
      assert.match(end.reason.text, /^Trap: Shadow fill at /);
      stops++;
    }
    const count = guest.statistics().exits.find(({ cls }) => cls === 'shadow-fill')?.count;
    assert.equal(stops, count);
  });

  it('are all given to a client that wants every one, however many come at once', () => {
    const { guest } = launchSample('privilege', { mode: 'hypervised', level: 0 });
    const until = 400_000;
    let seen = 0;
    let calls = 0;
    guest.keepTraps(0);
    guest.continue();
    while (guest.statistics().instructions < until) {
      calls++;
      if (guest.run(until - guest.statistics().instructions, Infinity).kind !== 'running') break;
      for (const { sequence } of guest.traps(seen, Number.MAX_SAFE_INTEGER)) assert.equal(sequence, ++seen);
      guest.keepTraps(seen);
    }
    const { exits } = guest.statistics();
    assert.ok(Math.max(...exits.map(({ count }) => count)) > 8192, JSON.stringify(exits));
    assert.ok(calls > 1);
    assert.ok(exits.some(({ dropped }) => dropped > 0));
  });

  it('that are arbitrated inline are counted, and it is said how many left no record', () => {
    const { guest } = launchSample('privilege', { mode: 'hypervised', level: 2 });
    guest.continue();
    settle(guest);
    const exits = new Map(guest.statistics().exits.map((exit) => [exit.cls, exit]));
    for (const [cls, { count, dropped, unrecorded }] of exits) {
      assert.equal(guest.traps(0, Number.MAX_SAFE_INTEGER, undefined, cls).length, count - dropped - unrecorded, cls);
    }
    for (const cls of ['status-register', 'exception-return', 'coprocessor', 'device']) {
      assert.ok(exits.get(cls)!.unrecorded > 0, cls);
    }
    for (const cls of ['exception-call', 'shadow-fill', 'user-exception', 'interrupt']) {
      const { count, unrecorded } = exits.get(cls)!;
      assert.equal(unrecorded, 0, cls);
      if (cls !== 'exception-call') assert.ok(count > 0, cls);
    }
  });

  it('there are none without a VMM', () => {
    const { guest } = launchSample('hello', { mode: 'bare' });
    guest.continue();
    settle(guest);
    assert.deepEqual(guest.traps(0, 10), []);
    assert.deepEqual(guest.statistics().exits, []);
  });

  it('stop the guest by class, after they were dealt with', () => {
    const { guest } = launchSample('hello', { mode: 'hypervised' });
    guest.setTrapFilters(['status-register']);
    guest.continue();
    const stop = stopOf(guest);
    assert.equal(stop.reason, 'exception');
    assert.match(stop.text, /^Trap: Status register at next\+16: mrs r6, cpsr \(emulate\)$/);
    assert.equal(where(guest), 'next+20', 'the instruction is done');
    assert.equal(guest.evaluate('r6 & 0x1f').value.startsWith('0x00000013'), true, 'and showed the guest its own mode');
    guest.setTrapFilters([]);
    guest.continue();
    assert.equal(settle(guest).kind, 'exited');
    assert.throws(
      () => {
        guest.setTrapFilters(['nonsense']);
      },
      (error) => error instanceof UserError && error.number === 242,
    );
  });

  for (const cls of ['status-register', 'coprocessor', 'exception-return', 'device', 'indirect-branch']) {
    it(`stop the guest at every level, of the class ${cls}`, () => {
      const stops: (readonly [string, string, number])[][] = [];
      for (const level of [0, 1, 2]) {
        const { guest } = launchSample('privilege', { mode: 'hypervised', level });
        runToFunction(guest, 'mmu_on');
        guest.setTrapFilters([cls]);
        const seen: (readonly [string, string, number])[] = [];
        for (let i = 0; i < 5; i++) {
          guest.continue();
          const end = settle(guest);
          if (end.kind !== 'stopped') break;
          const { pc, count } = guest.traps(0, 1)[0];
          seen.push([end.reason.text, pc.toString(16), count]);
        }
        stops.push(seen);
      }
      const [[[text]]] = stops;
      assert.match(text, /^Trap: /);
      assert.deepEqual(stops[1], stops[0]);
      assert.deepEqual(stops[2], stops[0]);
    });
  }

  for (const mode of MODES) {
    it(`of the guest's own exceptions stop it, too, ${mode}`, () => {
      const { guest } = launchSample('privilege', { mode });
      const ids = guest.trapClasses().map(({ id }) => id);
      for (const { id } of exitClasses) assert.ok(ids.includes(id));
      guest.setTrapFilters(['exception-data-abort', 'exception-irq']);
      guest.continue();
      const stop = stopOf(guest);
      assert.equal(stop.reason, 'exception');
      assert.equal(stop.text, 'Data Abort taken at user_main+14');
      assert.equal(where(guest), 'vectors+16');
      guest.continue();
      assert.match(stopOf(guest).text, /^IRQ taken at /);
      assert.match(where(guest), /^vectors\+24|^on_irq$/);
      guest.setTrapFilters([]);
      guest.continue();
      assert.equal(settle(guest).kind, 'exited');
    });
  }
});

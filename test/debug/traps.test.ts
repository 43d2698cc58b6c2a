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
    // entries of shadow tables are made when the VMM likes: they are counted, and leave no record
    for (const { cls, count } of guest.statistics().exits) {
      if (cls !== 'shadow-fill') assert.equal(all.filter((trap) => trap.cls === cls).length, count, cls);
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

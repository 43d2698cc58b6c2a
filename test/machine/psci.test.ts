import assert from 'node:assert/strict';
import { Word } from '../../src/arm/state.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, ORIGIN, TestGuest, wayName, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

const WAYS: readonly Way[] = [{ engine: 'interpreter' }, { engine: 'interpreter', level: 1 }];
const NOT_SUPPORTED = -1;
const INVALID_PARAMETERS = -2;
const ALREADY_ON = -4;

for (const way of WAYS) {
  describe(`PSCI, ${wayName(way)}`, () => {
    before(function () {
      need(this, ...ASSEMBLER);
    });

    let shared: TestGuest | undefined;

    /** A guest that is about to make one call. */
    function call(fn: number, r1 = 0, r2 = 0, r3 = 0, g = fresh()): TestGuest {
      const { state } = g.guest.cpu;
      [fn, r1, r2, r3].forEach((value, n) => (state[n] = value));
      state[Word.PC] = ORIGIN;
      g.guest.commit();
      return g;
    }

    function fresh(): TestGuest {
      return new TestGuest(way, { images: assembled('hvc #0\n b .'), memory: MIB });
    }

    function answer(fn: number, ...[r1 = 0, r2 = 0, r3 = 0]: [number?, number?, number?]): number {
      shared ??= fresh();
      const g = call(fn, r1, r2, r3, shared);
      assert.deepEqual(g.run(1), { kind: 'limit' });
      assert.equal(g.pc, ORIGIN + 4, 'the call returns behind itself');
      assert.deepEqual([g.r(1), g.r(2), g.r(3)], [r1, r2, r3]);
      return g.r(0) | 0;
    }

    it('has version 1.1', () => {
      assert.equal(answer(0x8400_0000), 0x0001_0001);
    });

    it('knows one processor, which is on', () => {
      assert.equal(answer(0x8400_0003, 0, ORIGIN), ALREADY_ON);
      assert.equal(answer(0x8400_0003, 1, ORIGIN), INVALID_PARAMETERS);
      assert.equal(answer(0x8400_0004, 0), 0);
      assert.equal(answer(0x8400_0004, 0x8000_0000), 0, 'the bits of MPIDR that are no affinity do not count');
      assert.equal(answer(0x8400_0004, 0x100), INVALID_PARAMETERS);
    });

    it('has nothing to migrate', () => {
      assert.equal(answer(0x8400_0005), NOT_SUPPORTED);
      assert.equal(answer(0x8400_0006), 2);
    });

    it('says which functions there are', () => {
      for (const fn of [0, 1, 2, 3, 4, 6, 8, 9, 10]) assert.equal(answer(0x8400_000a, 0x8400_0000 + fn), 0, `${fn}`);
      for (const fn of [5, 7, 11, 0x4000_0000])
        assert.equal(answer(0x8400_000a, 0x8400_0000 + fn), NOT_SUPPORTED, `${fn}`);
    });

    it('answers all other functions with NOT_SUPPORTED', () => {
      for (const fn of [0, 1, 0x8400_0007, 0x8400_000b, 0xc400_0003, 0xffff_ffff])
        assert.equal(answer(fn), NOT_SUPPORTED);
    });

    it('powers off, resets, and switches the core off', () => {
      assert.deepEqual(call(0x8400_0008).run(), { kind: 'exit', code: 0, how: 'power-off' });
      assert.deepEqual(call(0x8400_0009).run(), { kind: 'reset' });
      const off = call(0x8400_0002).run();
      assert.ok(off.kind === 'dead' && /CPU_OFF/.test(off.why));
    });

    it('suspends until an interrupt', () => {
      const g = call(0x8400_0001);
      assert.equal(g.run().kind, 'dead', 'none can come');
      const woken = call(0x8400_0001);
      const { bus, board } = woken.guest;
      bus.write(0x0800_0000, 4, 1);
      bus.write(0x0800_0100, 4, 1 << 27);
      bus.write(0x0801_0004, 4, 0xff);
      bus.write(0x0801_0000, 4, 1);
      board.timer!.writeTimerValue(1, 1000);
      board.timer!.writeControl(1, 1);
      assert.deepEqual(woken.run(2), { kind: 'limit' });
      assert.deepEqual([woken.r(0), woken.pc], [0, ORIGIN + 4]);
      assert.ok(woken.guest.machine.clock.now() >= 16_000);
    });

    it('is called by HVC in kernel mode alone, and SMC is undefined', () => {
      const source = (body: string): string => `
          ldr r0, =vectors
          mcr p15, 0, r0, c12, c0, 0
          ldr r0, =0x84000000
          ${body}
          b .
          .ltorg
          .balign 32
        vectors:
          b .
          mov r4, #1
          b .`;
      for (const body of ['smc #0', 'cps #0x10\n hvc #0']) {
        const g = new TestGuest(way, { images: assembled(source(body)), memory: MIB });
        g.run(10);
        assert.deepEqual([g.r(0), g.r(4)], [0x8400_0000, 1], body);
      }
    });
  });
}

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './builds.js';
import {
  line,
  launchSample,
  MODES,
  nextLine,
  runToFunction,
  settle,
  stepOver,
  stopOf,
  where,
  type Launched,
} from './guests.js';

/** Lines of samples/privilege/privilege.s by their text, so that comments there may move. */
const source = fs.readFileSync(path.join(root, 'samples/privilege/privilege.s'), 'utf8').split('\n');
function lineOf(text: RegExp): number {
  const at = source.findIndex((s) => text.test(s));
  assert.ok(at >= 0, `no line of the sample matches ${text}`);
  return at + 1;
}

for (const mode of MODES) {
  for (const engine of ['reference', 'interpreter'] as const) {
    describe(`stepping, ${mode}, ${engine}`, () => {
      let launched: Launched;
      const privilege = () => {
        launched = launchSample('privilege', { mode, engine });
        return launched.guest;
      };

      it('executes one instruction a step', () => {
        const { guest } = launchSample('hello', { mode, engine });
        const pcs: number[] = [];
        for (let i = 0; i < 7; i++) {
          pcs.push(guest.pc());
          assert.equal(guest.statistics().instructions, i);
          guest.stepInstruction('in');
          assert.deepEqual(stopOf(guest).reason, 'step');
        }
        assert.deepEqual(
          pcs.map((pc) => pc - pcs[0]),
          [0, 4, 8, 12, 16, 20, 24],
        );
      });

      it('goes on to the end of the guest', () => {
        const { guest, printed } = launchSample('hello', { mode, engine });
        guest.continue();
        assert.deepEqual(settle(guest), { kind: 'exited', code: 0, text: 'The guest powered off.' });
        assert.equal(printed(), 'Hello from a guest on ARM.\r\n');
        guest.continue();
        assert.equal(settle(guest).kind, 'exited', 'an ended guest stays ended');
      });

      it('steps into, over and out of functions', () => {
        const guest = privilege();
        const call = lineOf(/bl\s+mmu_on/);
        const after = lineOf(/bl\s+timer_on/);
        guest.setSourceBreakpoints('privilege.s', [{ line: call }]);
        guest.continue();
        assert.equal(stopOf(guest).reason, 'breakpoint');
        assert.equal(line(guest), call);

        guest.stepInstruction('in');
        stopOf(guest);
        assert.equal(where(guest), 'mmu_on');
        guest.stepInstruction('in');
        stopOf(guest);
        guest.stepInstruction('out');
        stopOf(guest);
        assert.equal(line(guest), after);

        assert.equal(nextLine(guest), after + 1, 'over a call');
        const print = lineOf(/bl\s+print/);
        while (line(guest) !== print) nextLine(guest);
        guest.stepLine('in');
        stopOf(guest);
        assert.equal(where(guest), 'print');
        guest.stepLine('out');
        stopOf(guest);
        assert.equal(guest.stack(1)[0].pc, 4 + guest.disassemble(guest.pc(), -1, 1)[0].address);
        assert.equal(line(guest), lineOf(/ldr\s+r0, =USER_STACK/));
        assert.match(launched.printed(), /^kernel: MMU on/);
      });

      it('follows an exception return to user code, and its calls back', () => {
        const guest = privilege();
        runToFunction(guest, 'user_main');
        assert.equal(guest.statistics().cpuMode, 'usr');
        const first = lineOf(/^ +ldr +r0, =greeting/);
        assert.equal(line(guest), first);
        assert.equal(nextLine(guest), first + 1);
        assert.equal(nextLine(guest), first + 2);
        guest.stepInstruction('in');
        stopOf(guest);
        assert.equal(where(guest), 'vectors+8', 'into the kernel');
        assert.equal(guest.statistics().cpuMode, 'svc');
        guest.stepInstruction('in');
        stopOf(guest);
        assert.equal(where(guest), 'on_svc');
        guest.stepInstruction('out');
        stopOf(guest);
        assert.equal(guest.statistics().cpuMode, 'usr');
        assert.equal(line(guest), lineOf(/nothing is mapped here/));
        assert.match(launched.printed(), /user: hello/);
      });

      it('runs through system calls and through faults of user code', () => {
        const guest = privilege();
        runToFunction(guest, 'user_main');
        const fault = lineOf(/^ +str +r5, \[r4\]/);
        for (let n = 0; line(guest) !== fault && n < 10; n++) stepOver(guest);
        assert.equal(line(guest), fault);
        assert.equal(stepOver(guest).reason, 'step');
        assert.equal(line(guest), fault + 1, 'the kernel mapped the page, and the store succeeded');
        assert.match(launched.printed(), /data abort, mapping the page/);
        assert.equal(guest.evaluate('*(u32*)0x50000000,x').value, '0x0000cafe');
      });

      it('stops in the handler when a step into user code faults', () => {
        const guest = privilege();
        runToFunction(guest, 'user_main');
        const fault = lineOf(/^ +str +r5, \[r4\]/);
        for (let n = 0; line(guest) !== fault && n < 10; n++) stepOver(guest);
        guest.stepInstruction('in');
        stopOf(guest);
        assert.equal(where(guest), 'vectors+16');
        assert.equal(guest.statistics().cpuMode, 'abt');
      });

      it('never ends in an interrupt that came between', () => {
        const guest = privilege();
        runToFunction(guest, 'wait');
        // ticks are 62,500 instructions apart: be near the next one, and step across it
        guest.continue();
        for (let n = 0; n < 30; n++) assert.equal(guest.run(2000, Infinity).kind, 'running');
        runToFunction(guest, 'wait');
        const ticks = () => Number(guest.evaluate('*(u32*)ticks,d').value);
        const before = ticks();
        const lines = new Set<number | undefined>();
        for (let steps = 0; ticks() === before; steps++) {
          assert.ok(steps < 3000, 'a tick comes while stepping');
          assert.equal(stepOver(guest).reason, 'step');
          assert.equal(guest.statistics().cpuMode, 'usr', `in ${where(guest)}`);
          lines.add(line(guest));
        }
        assert.ok(lines.size >= 3);
      });

      it('can be paused, also in the middle of a step', () => {
        const guest = privilege();
        runToFunction(guest, 'user_main');
        guest.continue();
        assert.deepEqual(guest.run(100, Infinity), { kind: 'running' });
        guest.pause();
        const stop = stopOf(guest);
        assert.equal(stop.reason, 'pause');
        assert.match(stop.text, /^Paused at /);
      });

      it('counts instructions the same however the run is sliced and stepped', () => {
        const a = launchSample('privilege', { mode, engine });
        a.guest.continue();
        const end = settle(a.guest);
        assert.equal(end.kind, 'exited');
        const b = launchSample('privilege', { mode, engine });
        b.guest.setFunctionBreakpoints([{ name: 'wait', condition: 'r0 == 1', hitCondition: '% 500' }]);
        for (let i = 0; i < 30; i++) stepOver(b.guest);
        for (let i = 0; i < 30; i++) {
          b.guest.stepInstruction('in');
          stopOf(b.guest);
        }
        b.guest.continue();
        for (let n = 0; ; n++) {
          const result = b.guest.run(777, Infinity);
          if (result.kind === 'exited') break;
          if (result.kind === 'stopped') b.guest.continue();
          assert.ok(n < 2000);
        }
        assert.equal(b.guest.statistics().instructions, a.guest.statistics().instructions);
        assert.equal(b.printed(), a.printed());
      });

      it('starts again after a reset, with its breakpoints', () => {
        const guest = privilege();
        guest.setFunctionBreakpoints([{ name: 'user_main' }]);
        guest.continue();
        assert.equal(stopOf(guest).reason, 'function breakpoint');
        guest.reset();
        assert.equal(where(guest), '_start');
        assert.equal(guest.statistics().instructions, 0);
        guest.continue();
        assert.equal(stopOf(guest).reason, 'function breakpoint');
        assert.equal(where(guest), 'user_main');
      });
    });
  }
}

import assert from 'node:assert/strict';
import { need } from '../support/tools.js';
import { compile } from './builds.js';
import { file, launch, launchSample, MODES, runToFunction, settle, stopOf, where } from './guests.js';

/** A bare program in assembly at the usual place, in ARM state. */
function assemble(text: string): string {
  return compile(
    { 'guest.s': `.syntax unified\n.arch armv7ve\n.arm\n.global _start\n_start:\n${text}` },
    '-march=armv7ve',
    '-Wl,-Ttext=0x40010000',
  );
}

for (const mode of MODES) {
  describe(`run control, ${mode}`, () => {
    it('does not take an interrupt at a breakpoint for a second arrival', () => {
      const { guest } = launchSample('privilege', { mode });
      runToFunction(guest, 'wait');
      const [set] = guest.setFunctionBreakpoints([{ name: 'wait' }]);
      guest.continue();
      stopOf(guest);
      const ticks = () => Number(guest.evaluate('*(u32*)ticks,d').value);
      const before = ticks();
      const loop = guest.statistics().instructions;
      guest.continue();
      assert.deepEqual(stopOf(guest).breakpoints, [set.id]);
      const once = guest.statistics().instructions - loop;
      // the timer is due at once: its interrupt comes before the instruction at the breakpoint
      guest.setVariable('CNTV_TVAL', '0');
      const start = guest.statistics().instructions;
      guest.continue();
      assert.deepEqual(stopOf(guest).breakpoints, [set.id]);
      assert.equal(ticks(), before + 1, 'the handler ran');
      assert.ok(guest.statistics().instructions - start > once, 'and so did the loop');
    });

    it('steps over an instruction that an interrupt comes before', () => {
      const { guest } = launchSample('privilege', { mode });
      runToFunction(guest, 'wait');
      const pc = guest.pc();
      guest.setVariable('CNTV_TVAL', '0');
      guest.stepInstruction('over');
      assert.equal(stopOf(guest).reason, 'step');
      assert.equal(guest.pc(), pc + 2);
      assert.equal(guest.evaluate('*(u32*)ticks').value, '0x00000001');
      guest.setVariable('CNTV_TVAL', '0');
      guest.stepInstruction('in');
      stopOf(guest);
      assert.match(where(guest), /^on_irq|^vectors/);
    });

    it('keeps breakpoints in handlers while it steps over what they interrupt', () => {
      const { guest } = launchSample('privilege', { mode });
      runToFunction(guest, 'wait');
      const [set] = guest.setFunctionBreakpoints([{ name: 'on_irq' }]);
      guest.setVariable('CNTV_TVAL', '0');
      guest.stepInstruction('over');
      assert.deepEqual(stopOf(guest).breakpoints, [set.id]);
      assert.equal(where(guest), 'on_irq');
    });

    it('lets the guest reset itself', function () {
      need(this, 'arm-none-eabi-gcc');
      const program = assemble('mov r5, #1\nldr r0, =0x84000009\nhvc #0\nb .\n');
      const { guest, output } = launch({ mode, program: file(program) });
      guest.setInstructionBreakpoints([{ address: 0x4001_0004, hitCondition: '>= 1' }]);
      guest.continue();
      assert.equal(stopOf(guest).reason, 'instruction breakpoint');
      guest.continue();
      assert.equal(stopOf(guest).reason, 'instruction breakpoint', 'again, in the next life');
      assert.deepEqual(output, ['The guest reset the board.']);
      assert.equal(guest.statistics().instructions, 1);
      guest.stepInstruction('over');
      stopOf(guest);
      guest.stepInstruction('over');
      assert.deepEqual(stopOf(guest), { reason: 'step', text: 'The guest reset the board', breakpoints: [] });
      assert.equal(guest.pc(), 0x4001_0000);
    });

    it('gives a slice back although the guest does nothing but reset itself', function () {
      need(this, 'arm-none-eabi-gcc');
      const { guest } = launch({ mode, program: file(assemble('ldr r0, =0x84000009\nhvc #0\nb .\n')) });
      guest.continue();
      for (let i = 0; i < 3; i++) assert.deepEqual(guest.run(10_000, Infinity), { kind: 'running' });
    });

    it('stops at UNPREDICTABLE forms if asked to', function () {
      need(this, 'arm-none-eabi-gcc');
      // MSR CPSR_c with a reserved mode number is left alone; an SPSR access in System mode is UNPREDICTABLE
      const program = assemble('ldr sp, =0x40100000\ncps #0x1f\nmrs r0, spsr\nb .\n');
      const { guest } = launch({ mode, program: file(program), unpredictable: 'stop' });
      guest.continue();
      const stop = stopOf(guest);
      assert.equal(stop.reason, 'exception');
      assert.match(stop.text, /^UNPREDICTABLE instruction at _start\+8/);
    });

    it('sleeps as far as host time has come, and only then', function () {
      need(this, 'arm-none-eabi-gcc');
      // one interrupt from the virtual timer, masked by CPSR: it ends WFI and is not taken
      const program = assemble(`
        ldr r0, =0x08000000
        mov r1, #1
        str r1, [r0]
        mov r1, #(1 << 27)
        str r1, [r0, #0x100]
        ldr r0, =0x08010000
        mov r1, #0xff
        str r1, [r0, #4]
        mov r1, #1
        str r1, [r0]
        ldr r0, =1000000
        mcr p15, 0, r0, c14, c3, 0
        mov r0, #1
        mcr p15, 0, r0, c14, c3, 1
        wfi
        mov r7, #7
        b .
      `);
      const { guest } = launch({ mode, program: file(program) });
      guest.setInstructionBreakpoints([{ address: Number(guest.evaluate('_start + 15 * 4,d').value) }]);
      guest.continue();
      const first = guest.run(1000, 1000);
      assert.equal(first.kind, 'idle');
      assert.ok(first.until > 15_900_000 && first.until < 16_100_000, String(first.until));
      assert.equal(guest.run(1000, 5_000_000).kind, 'idle');
      assert.ok(Math.abs(guest.statistics().virtualTime - 5_000_000) <= 16);
      const input = Uint8Array.of(65);
      guest.input(input);
      assert.equal(guest.run(1000, 6_000_000).kind, 'idle', 'nobody listens');
      const woken = guest.run(1000, 17_000_000);
      assert.equal(woken.kind, 'stopped');
      assert.equal(woken.reason.reason, 'instruction breakpoint');
      assert.equal(guest.statistics().instructions, 15);
    });

    it('steps line by line through C, in and over', function () {
      need(this, 'arm-none-eabi-gcc');
      const source = `volatile int total;
static int add(int a)
{
  total += a;
  return total;
}
int main(void)
{
  for (int i = 0; i < 3; i++) add(i);
  add(5);
  return total;
}
`;
      const start =
        '.syntax unified\n.arch armv7ve\n.section .text.start, "ax"\n.arm\n.global _start\n_start: ldr sp, =0x40400000\n blx main\n ldr r0, =0x84000008\n hvc #0\n';
      for (const thumb of ['-marm', '-mthumb']) {
        const program = compile(
          { 'start.s': start, 'main.c': source },
          '-march=armv7ve',
          '-O0',
          thumb,
          '-Wl,-Ttext=0x40010000',
        );
        const { guest } = launch({ mode, program: file(program) });
        const lines = (kind: 'in' | 'over', count: number) =>
          Array.from({ length: count }, () => {
            guest.stepLine(kind);
            stopOf(guest);
            return guest.stack(1)[0].line;
          });
        guest.setSourceBreakpoints('main.c', [{ line: 9 }]);
        guest.continue();
        stopOf(guest);
        assert.deepEqual(lines('over', 3), [10, 11, 12], `${thumb}: the whole loop is one line`);
        guest.reset();
        guest.continue();
        stopOf(guest);
        guest.setSourceBreakpoints('main.c', []);
        assert.deepEqual(lines('in', 4), [3, 4, 5, 6], `${thumb}: into the function`);
        assert.deepEqual(lines('in', 1), [9], 'and back to the middle of the line that called it');
        guest.stepLine('in');
        stopOf(guest);
        guest.stepLine('out');
        stopOf(guest);
        assert.equal(guest.stack(1)[0].line, 9);
        assert.equal(guest.evaluate('*(i32*)total').value, '1');
        assert.deepEqual(lines('over', 2), [10, 11]);
        guest.continue();
        assert.equal(settle(guest).kind, 'exited');
      }
    });
  });
}

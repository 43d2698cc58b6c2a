import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Debugger } from '../../src/debug/api.js';
import { need } from '../support/tools.js';
import { scratch } from './builds.js';
import { compileGuest, file, launch, launchSample, MODES, runToFunction, settle, stopOf, where } from './guests.js';

const CHAIN_C = `
volatile int sink;
typedef int (*function)(int);

int __attribute__((noipa)) leaf(int x)
{
  sink = x;
  return x + sink;
}

int __attribute__((noipa)) middle(int a, int b, int c, int d, int e, int f)
{
  int sum = leaf(a + b) + leaf(c + d);
  return sum + leaf(e * f);
}

int __attribute__((noipa)) recurse(int n)
{
  int big[40];
  for (int i = 0; i < 40; i += 13)
    big[i] = n + i;
  if (n <= 0)
    return middle(big[0], 1, 2, 3, 4, 5);
  if (n == 9)
    return 0;
  sink = n;
  return recurse(n - 1) + big[13];
}

static int __attribute__((noipa)) indirect(function f, int n)
{
  return f(n) * 3 + f(9);
}

int main(void)
{
  return indirect(recurse, 3);
}
`;

/** The program without .debug_frame, and also without symbols. */
function stripped(program: string): { noFrames: string; noSymbols: string } {
  const folder = scratch();
  const noFrames = path.join(folder, 'no-frames.elf');
  const noSymbols = path.join(folder, 'no-symbols.elf');
  execFileSync('arm-none-eabi-objcopy', ['--remove-section', '.debug_frame', program, noFrames]);
  execFileSync('arm-none-eabi-objcopy', ['--strip-all', program, noSymbols]);
  return { noFrames, noSymbols };
}

const pcs = (guest: Debugger) => guest.stack(20).map(({ pc }) => pc.toString(16));

describe('call stack', () => {
  for (const options of [
    ['-O0'],
    ['-O0', '-mthumb'],
    ['-O2', '-fno-optimize-sibling-calls'],
    ['-Os', '-mthumb', '-fno-optimize-sibling-calls'],
    ['-O1', '-mapcs-frame'],
    ['-O1', '-mthumb', '-fno-omit-frame-pointer'],
  ]) {
    it(`of C by ${options.join(' ')} has every caller`, function () {
      need(this, 'arm-none-eabi-gcc');
      const program = compileGuest({ 'chain.c': CHAIN_C }, ...options);
      const { noFrames, noSymbols } = stripped(program);
      const a = launch({ program: file(program) }).guest;
      runToFunction(a, 'leaf');
      const expected = ['leaf', 'middle', 'recurse', 'recurse', 'recurse', 'recurse', 'indirect', 'main', '_start'];
      const frames = a.stack(20);
      assert.deepEqual(
        frames.map(({ name }) => name.split('+')[0]),
        expected,
      );
      assert.ok(
        frames.slice(0, 7).every(({ certain }) => certain),
        'by the compiler',
      );
      assert.equal(frames[0].path?.endsWith('chain.c'), true);
      assert.equal(frames[7].line, CHAIN_C.split('\n').findIndex((text) => text.includes('indirect(recurse, 3)')) + 1);

      for (const other of [noFrames, noSymbols]) {
        const b = launch({ program: file(other) }).guest;
        b.runTo(a.pc());
        stopOf(b);
        assert.deepEqual(pcs(b), pcs(a), path.basename(other));
        assert.ok(
          b
            .stack(20)
            .slice(1)
            .every(({ certain }) => !certain),
        );
      }
    });

    it(`of C by ${options.join(' ')} is the same without frame information, at every instruction`, function () {
      need(this, 'arm-none-eabi-gcc');
      this.timeout(60_000);
      const program = compileGuest({ 'chain.c': CHAIN_C }, ...options);
      const a = launch({ program: file(program) }).guest;
      const b = launch({ program: file(stripped(program).noFrames) }).guest;
      runToFunction(a, 'main');
      runToFunction(b, 'main');
      let steps = 0;
      for (; steps < 3000; steps++) {
        a.stepInstruction('in');
        b.stepInstruction('in');
        if (settle(a).kind === 'exited') break;
        stopOf(b);
        assert.equal(a.pc(), b.pc());
        if (where(a).startsWith('_start')) continue;
        const text = a
          .disassemble(a.pc(), -2, 5)
          .map((i) => `${i.address === a.pc() ? '>' : ' '}${i.address.toString(16)} ${i.text}`);
        assert.deepEqual(pcs(b), pcs(a), `after ${steps} steps:\n${text.join('\n')}`);
      }
      assert.ok(steps > 90 && steps < 3000, `${steps} steps`);
    });
  }

  for (const mode of MODES) {
    it(`goes from handlers to what they interrupted, ${mode}`, () => {
      const { guest } = launchSample('privilege', { mode });
      const names = () => guest.stack(10).map(({ name }) => name.split('+')[0]);

      runToFunction(guest, 'on_svc');
      assert.deepEqual(names(), ['on_svc', 'user_main']);
      runToFunction(guest, 'print');
      assert.deepEqual(names(), ['print', 'on_svc', 'user_main']);
      assert.equal(guest.stack(10)[1].certain, false);

      runToFunction(guest, 'on_data_abort');
      assert.deepEqual(names(), ['on_data_abort', 'user_main']);
      const fault = guest.stack(10)[1];
      assert.match(guest.disassemble(fault.pc, 0, 1)[0].text, /^str r5, \[r4\]/, 'the instruction that faulted');
      guest.stepInstruction('in');
      stopOf(guest);
      assert.equal(guest.stack(10)[1].pc, fault.pc, 'also when LR is corrected');
      guest.stepInstruction('in');
      stopOf(guest);
      assert.equal(guest.stack(10)[1].pc, fault.pc, 'and saved');
      runToFunction(guest, 'print');
      assert.deepEqual(names(), ['print', 'on_data_abort', 'user_main']);

      runToFunction(guest, 'on_irq');
      const interrupted = guest.stack(10)[1];
      assert.ok(['wait', 'user_main', 'vectors', 'on_svc', 'sys_ticks'].includes(names()[1]), names()[1]);
      guest.stepInstruction('out');
      stopOf(guest);
      assert.equal(guest.pc(), interrupted.pc);
    });
  }

  it('says when nobody called', () => {
    const { guest } = launchSample('hello');
    assert.equal(guest.stack(10).length, 1);
    assert.throws(() => guest.stepInstruction('out'), /What called the code at _start cannot be found/);
  });
});

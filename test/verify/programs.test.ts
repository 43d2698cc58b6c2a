/** A share of `npm run verify:programs`: whole Linux programs for ARM against `qemu-arm`, and that the test's own Linux says what it lacks. */
import assert from 'node:assert/strict';
import { arm1176 } from '../../src/cpu/models.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { runLinux } from '../support/linux-user.js';
import { ARMV7, BUSYBOX, busybox, busyboxRuns, compareProgram, COMPILATIONS, numbersRun } from '../support/programs.js';
import { need, needForeign } from '../support/tools.js';

/** A static executable of one segment at 64 KiB. */
function executable(source: string): Uint8Array {
  const ORIGIN = 0x1_0000;
  const code = assemble(source, { origin: ORIGIN + 84 });
  const image = new Uint8Array(84 + code.length);
  const view = new DataView(image.buffer);
  [0x464c_457f, 0x0001_0101].forEach((word, i) => view.setUint32(4 * i, word, true));
  view.setUint32(24, ORIGIN + 84, true);
  view.setUint32(28, 52, true);
  view.setUint16(44, 1, true);
  [1, 0, ORIGIN, ORIGIN, image.length, image.length, 7, 0x1000].forEach((word, i) =>
    view.setUint32(52 + 4 * i, word, true),
  );
  image.set(code, 84);
  return image;
}

describe('whole programs against qemu-arm', function () {
  this.timeout(120_000);
  before(function () {
    need(this, 'qemu-arm', 'arm-none-eabi-gcc', ...ASSEMBLER);
  });

  it('busybox: what it prints of inputs is the same, on each model of ARMv7 in turn', function () {
    needForeign(this, BUSYBOX);
    const runs = busyboxRuns(busybox(), 1);
    const differences = runs.flatMap(
      (run, i) => compareProgram(run, 'interpreter', ARMV7[i % ARMV7.length]).difference ?? [],
    );
    assert.deepEqual(differences, []);
    assert.ok(runs.length > 30);
  });

  for (const compilation of COMPILATIONS) {
    it(`numbers of every kind, ${compilation.options.join(' ')}`, () => {
      for (const model of compilation.models) {
        const compared = compareProgram(numbersRun(compilation), 'interpreter', model);
        assert.equal(compared.difference, undefined);
        assert.ok(compared.bytes > 2000);
      }
    });
  }

  it('a program for a processor that has more than this one ends by SIGILL on both sides', () => {
    const compared = compareProgram(numbersRun(COMPILATIONS[0]), 'interpreter', arm1176);
    assert.match(compared.difference ?? '', /ours status SIGILL.*qemu-arm status SIGILL/s);
  });

  it('the reference runs programs as tier 0 does, instruction counts included', () => {
    const run = numbersRun(COMPILATIONS[0]);
    const [a, b] = (['interpreter', 'reference'] as const).map((engine) => compareProgram(run, engine));
    assert.equal(b.difference, undefined);
    assert.equal(a.instructions, b.instructions);
  });

  it('a call that is not served, an Undefined instruction and an endless loop are said', () => {
    const missing = runLinux({
      image: executable('mov r7, #300\n svc 0\n mov r7, #1\n rsb r0, r0, #0\n svc 0'),
      argv: ['x'],
    });
    assert.deepEqual([missing.status, missing.missing], [38, [300]]);
    assert.match(String(runLinux({ image: executable('udf #3'), argv: ['x'] }).status), /^SIGILL at 10054/);
    assert.match(
      String(runLinux({ image: executable('mvn r0, #0\n ldr r0, [r0, #-3]'), argv: ['x'] }).status),
      /^SIGSEGV/,
    );
    assert.equal(runLinux({ image: executable('b .'), argv: ['x'] }, { limit: 1000 }).status, 'too many instructions');
  });
});

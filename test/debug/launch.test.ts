import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { UserError } from '../../src/util/errors.js';
import { need } from '../support/tools.js';
import { compile, elfAt, root, scratch } from './builds.js';
import { compileGuest, file, launch, launchSample, MODES, settle, stopOf, where } from './guests.js';
import type { LaunchOptions } from '../../src/protocol/model.js';

const hello = () => file(path.join(root, 'samples/hello/hello.elf'));

function refuses(number: number, words: RegExp, options: Partial<LaunchOptions>): void {
  for (const mode of MODES) {
    assert.throws(
      () => launch({ mode, ...options }),
      (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.equal(error.number, number, error.message);
        assert.match(error.message, words);
        return true;
      },
    );
  }
}

describe('launch', () => {
  it('refuses what cannot be, in a sentence', () => {
    const program = hello();
    const { bytes } = program;
    const changed = (offset: number, value: number) => {
      const copy = bytes.slice();
      copy[offset] = value;
      return { name: 'bad.elf', bytes: copy };
    };
    refuses(100, /bad\.elf is empty/, { program: { name: 'bad.elf', bytes: new Uint8Array(0) } });
    refuses(101, /cut short/, { program: { name: 'bad.elf', bytes: bytes.subarray(0, 200) } });
    refuses(102, /64-bit/, { program: changed(4, 2) });
    refuses(103, /big-endian/, { program: changed(5, 2) });
    refuses(104, /x86-64/, { program: changed(18, 62) });
    refuses(100, /./, { program, symbols: [{ file: { name: 'bad.elf', bytes: new Uint8Array(0) }, offset: 0 }] });
    refuses(105, /no ELF magic/, { program, symbols: [{ file: { name: 'x', bytes: Uint8Array.of(1) }, offset: 0 }] });
    refuses(107, /does not fit/, {
      program,
      loads: [{ file: { name: 'x', bytes: Uint8Array.of(1) }, address: 0x1000 }],
    });
    refuses(108, /overlap/, {
      program,
      loads: [{ file: { name: 'x', bytes: Uint8Array.of(1) }, address: 0x4001_0000 }],
    });
    refuses(120, /no board "pdp11"/, { program, board: 'pdp11' });
    refuses(121, /no CPU model/, { program, cpu: 'z80' });
    refuses(122, /bytes of memory/, { program, memory: 12345 });
    refuses(124, /ns per instruction/, { program, nsPerInstruction: 0 });
    assert.throws(() => launch({ mode: 'hypervised', level: 7, program }), /optimisation level 7/);
  });

  it('takes the processor of the board, and says which boards have which', () => {
    const program = { name: 'kernel.img', bytes: Uint8Array.of(0xfe, 0xff, 0xff, 0xea) };
    for (const mode of MODES) {
      const { guest, output } = launch({ mode, board: 'raspi1', program });
      assert.equal(guest.statistics().cpu, 'arm1176');
      assert.equal(guest.pc(), 0x8000);
      assert.deepEqual(output, []);
      assert.equal(guest.writeMemory(0x8000, Uint8Array.of(1)), 1);
      assert.deepEqual([...guest.readMemory(0x8000, 4)], [1, 0xff, 0xff, 0xea]);
      assert.deepEqual(guest.takeFlashChanges(), []);
    }
    refuses(125, /raspi1 board has no cortex-a15; .* arm1176\.$/, { program, board: 'raspi1', cpu: 'cortex-a15' });
    refuses(126, /raspi1 board has no flash for kernel\.img/, { bios: program, board: 'raspi1' });
  });

  it('applies symbols of other files, moved', function () {
    need(this, 'arm-none-eabi-objcopy');
    const folder = scratch();
    const binary = path.join(folder, 'hello.bin');
    execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', path.join(root, 'samples/hello/hello.elf'), binary]);
    const moved = 0x20_0000;
    const { guest, printed } = launch({
      program: { name: 'jump.bin', bytes: Uint8Array.of(0xfe, 0xff, 0x07, 0xea) },
      loads: [
        { file: { name: 'hello.bin', bytes: new Uint8Array(fs.readFileSync(binary)) }, address: 0x4001_0000 + moved },
      ],
      symbols: [{ file: hello(), offset: moved }],
    });
    // b to itself plus 2 MiB
    const [set] = guest.setSourceBreakpoints('hello.s', [{ line: 1 }]);
    assert.equal(set.address, 0x4021_0000);
    guest.continue();
    assert.deepEqual(stopOf(guest).breakpoints, [set.id]);
    assert.equal(where(guest), '_start');
    assert.deepEqual(guest.symbols('next', 5), [{ name: 'next', address: 0x4021_0010, size: 0 }]);
    guest.continue();
    assert.equal(settle(guest).kind, 'exited');
    assert.equal(printed(), 'Hello from a guest on ARM.\r\n');
  });

  it('says what of the debug information is damaged, and goes on without', function () {
    need(this, 'arm-none-eabi-gcc');
    const program = compileGuest({ 'main.c': 'int main(void) { return 0; }' }, '-gdwarf-4');
    const elf = elfAt(program);
    const line = elf.sections.find(({ name }) => name === '.debug_line');
    assert.ok(line);
    const bytes = elf.bytes.slice();
    bytes[line.offset + 4] = 99;
    const { guest, output } = launch({ program: { name: 'main.elf', bytes } });
    assert.ok(
      output.some((text) => /main\.elf: \.debug_line.*version 99/.test(text)),
      output.join('\n'),
    );
    guest.continue();
    assert.equal(settle(guest).kind, 'exited');
  });

  it('reports a guest that cannot go on as dead, again and again, and lets it be looked at', function () {
    need(this, 'arm-none-eabi-gcc');
    const program = compile(
      { 'dead.s': '.syntax unified\n.arm\n.global _start\n_start: cpsid aif\nwfi\nb .\n' },
      '-march=armv7ve',
      '-Wl,-Ttext=0x40010000',
    );
    for (const mode of MODES) {
      const { guest } = launch({ mode, program: file(program) });
      for (let n = 0; n < 2; n++) {
        guest.continue();
        const result = settle(guest);
        assert.equal(result.kind, 'stopped');
        assert.equal(result.dead, true);
        assert.match(result.reason.text, /^The guest waits for an interrupt/);
      }
      assert.equal(guest.evaluate('pc,x').value, '0x40010008');
      guest.reset();
      guest.stepInstruction('in');
      assert.equal(stopOf(guest).reason, 'step');
    }
  });

  it('takes input', () => {
    const { guest } = launchSample('hello');
    guest.input(Uint8Array.of(65, 66));
    guest.continue();
    assert.equal(settle(guest).kind, 'exited');
  });
});

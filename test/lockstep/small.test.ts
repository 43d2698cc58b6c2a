/** Lockstep with QEMU over small programs, for what U-Boot does late or never: counters, interrupts, user mode, Thumb, faults. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GuestImages } from '../../src/machine/images.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { Follower, lockstep } from '../support/qemu-lockstep.js';
import { need } from '../support/tools.js';

const CASES: readonly { readonly engine: 'interpreter' | 'reference'; readonly stride: number }[] = [
  { engine: 'interpreter', stride: 1 },
  { engine: 'interpreter', stride: 331 },
  { engine: 'reference', stride: 1 },
];

describe('lockstep with QEMU over small programs', function () {
  this.timeout(120_000);
  let folder: string;

  before(function () {
    need(this, 'qemu-system-arm', 'arm-none-eabi-objdump', ...ASSEMBLER);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-lockstep-'));
  });
  after(() => {
    if (folder) fs.rmSync(folder, { recursive: true });
  });

  for (const [name, instructions] of [
    ['hello', 100],
    ['privilege', 190_000],
  ] as const) {
    it(`the sample ${name}, to its end`, async () => {
      const file = fileURLToPath(new URL(`../../samples/${name}/${name}.elf`, import.meta.url));
      const images: GuestImages = { program: { name, bytes: new Uint8Array(fs.readFileSync(file)) }, loads: [] };
      const followers = CASES.map(({ engine, stride }) => new Follower(images, engine, stride));
      // QEMU's loader leaves r2 alone where it starts no Linux.
      for (const { guest } of followers) guest.guest.cpu.state[2] = 0;
      const compared = await lockstep(['-kernel', file], followers, 10_000_000);
      assert.ok(compared > instructions, `${name} ended after ${compared} instructions`);
      const { guest } = followers[0];
      assert.deepEqual(guest.end(), { kind: 'exit', code: 0, how: 'power-off' });
      assert.equal(guest.instructions, compared + 1, 'QEMU switches off at the next instruction');
    });
  }

  it('the counters, read five thousand times while other instructions pass', async () => {
    const program = `
      mov r8, #0
      mov r9, #5
    1: mrrc p15, 0, r0, r1, c14   @ CNTPCT
      add r8, r8, r9
      mrrc p15, 1, r2, r3, c14    @ CNTVCT
      tst r8, #4
      beq 2f
      mul r4, r8, r9
    2: mrc p15, 0, r5, c14, c2, 0 @ CNTP_TVAL
      b 1b`;
    const bios = path.join(folder, 'counters.bin');
    fs.writeFileSync(bios, assemble(program));
    const images: GuestImages = { bios: { name: bios, bytes: new Uint8Array(fs.readFileSync(bios)) }, loads: [] };
    const followers = CASES.map(({ engine, stride }) => new Follower(images, engine, stride));
    await lockstep(['-bios', bios], followers, 20_000);
    for (const { name, stride, counterReads, differingReads } of followers) {
      if (stride === 1) assert.ok(counterReads > 5000, `${name}: ${counterReads} counter reads`);
      assert.equal(differingReads, 0, name);
    }
  });
});

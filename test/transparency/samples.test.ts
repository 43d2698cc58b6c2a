/**
 * Bare against hypervised, both engines, over the two samples: the same registers (banked and CP15 included), instruction count and virtual time
 * at each exception of the guest, at each byte on the UART and every so many instructions, and the same memories and devices at the end.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { GuestImages } from '../../src/machine/images.js';
import { assembled, ORIGIN, wayName, WAYS, type TestGuest } from '../support/guest.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { assertSameHistory, recordHistory, type GuestHistory, type Subject } from '../support/guest-history.js';

function sample(name: string): GuestImages {
  const path = new URL(`../../samples/${name}/${name}.elf`, import.meta.url);
  return { program: { name: `${name}.elf`, bytes: new Uint8Array(fs.readFileSync(path)) }, loads: [] };
}

const SAMPLES = [
  { name: 'hello', sampleEvery: 1, events: 28, last: 'Hello from a guest on ARM.\r\n' },
  { name: 'privilege', sampleEvery: 997, events: 1000, last: 'kernel: bye\r\n' },
];

const [bareInterpreter, ...others] = WAYS;

for (const { name, sampleEvery, events, last } of SAMPLES) {
  describe(`bare and hypervised, the sample ${name}`, function () {
    this.timeout(60_000);
    const subject: Subject = {
      options: { images: sample(name), sampleEvery },
      script: (guest) => assert.deepEqual(guest.end(), { kind: 'exit', code: 0, how: 'power-off' }),
    };
    let baseline: GuestHistory;

    before(() => {
      baseline = recordHistory(bareInterpreter, subject);
    });

    it('runs to its end', () => {
      assert.ok(baseline.guest.console.endsWith(last), baseline.guest.console);
      assert.ok(baseline.entries.length >= events, `${baseline.entries.length} events`);
    });

    for (const way of others) {
      it(`${wayName(way)} is the same as ${wayName(bareInterpreter)}`, () => {
        assertSameHistory(baseline, recordHistory(way, subject), subject);
      });
    }

    for (const level of [1, 0] as const) {
      it(`level ${level}: both engines leave the same trap records`, () => {
        const [ours, theirs] = (['interpreter', 'reference'] as const).map((engine) => {
          const { guest } = recordHistory({ engine, level }, subject);
          return guest.hypervisor!.records.select(0, Infinity, Infinity);
        });
        assert.ok(ours.length > 1, 'there are records');
        ours.forEach((record, i) => assert.deepEqual(record, theirs[i]));
        assert.equal(ours.length, theirs.length);
      });
    }
  });
}

describe('two histories that differ', () => {
  /** Changes a register of the hypervised guest behind the VMM's back, at an instruction between two events. */
  function spoilt(spoil: (guest: TestGuest) => void): Subject {
    return {
      options: { images: sample('privilege') },
      script: (guest) => {
        guest.expect(/entering user mode\r\n/, 1_000_000);
        guest.run(700);
        if (guest.hypervisor !== undefined) spoil(guest);
        guest.end();
      },
    };
  }

  function compare(subject: Subject): void {
    const [a, b] = [bareInterpreter, { engine: 'interpreter', level: 1 } as const].map((way) =>
      recordHistory(way, subject),
    );
    assertSameHistory(a, b, subject);
  }

  it('are told apart at the instruction, with the register', function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
    const subject: Subject = {
      options: {
        images: assembled(`
          mov r4, #0
        1: add r4, r4, #1
          cmp r4, #500
          ldreq r9, word
          cmp r4, #1000
          bne 1b
          svc #0
          b .
        word: .word 0`),
      },
      script: (guest) => {
        if (guest.hypervisor !== undefined) guest.guest.bus.write(ORIGIN + 0x20, 4, 0x1234);
        guest.run(6000);
      },
    };
    assert.throws(
      () => compare(subject),
      /^AssertionError.*: bare, interpreter and level 1, interpreter part at event 0 of \d+: at exception 2 after 5002 instructions .*: R9 is 0x0 against 0x1234\nInstruction 2498 at 0x4001000c, 0x59f900c ldreq r9, .*: R9 is 0x0 against 0x1234$/,
    );
  });

  it('are told apart by the time alone', () => {
    const subject = spoilt((guest) => guest.guest.machine.clock.advance(1));
    assert.throws(() => compare(subject), /part at event \d+ of \d+: exception \d .* against exception \d/);
  });

  it('are told apart by memory that nothing has read back', () => {
    const subject = spoilt((guest) => guest.guest.bus.write(0x4080_0000, 1, 1));
    assert.throws(() => compare(subject), /memory at the end/);
  });
});

/**
 * Bare against hypervised, both engines, over the two samples: the same registers (banked and CP15 included), instruction count and virtual time
 * at each exception of the guest, at each byte on the UART and every so many instructions, and the same memories and devices at the end.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { GuestImages } from '../../src/machine/images.js';
import { wayName, WAYS } from '../support/guest.js';
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
  });
}

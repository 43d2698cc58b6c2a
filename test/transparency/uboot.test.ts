/**
 * Bare against hypervised over U-Boot, to its prompt and a few commands: the same registers (banked and CP15 included), instruction count and virtual
 * time at each exception of the guest, each byte on the UART and every so many instructions; the same memories and devices at the end.
 */
import assert from 'node:assert/strict';
import { wayName, type Way } from '../support/guest.js';
import { assertSameHistory, recordHistory, type GuestHistory, type Subject } from '../support/guest-history.js';
import { BOARD_RAM } from '../support/qemu-lockstep.js';
import { need, UBOOT } from '../support/tools.js';
import { ubootImages } from '../support/uboot.js';

/** `TRAPLINE_LONG=1` lets the reference do it, too: some minutes. */
const LONG = process.env.TRAPLINE_LONG !== undefined;
const PATIENCE = 60_000_000;
const BARE: Way = { engine: 'interpreter' };

const toPrompt: Subject = {
  options: { images: ubootImages(), memory: BOARD_RAM, sampleEvery: 50_021 },
  script: (guest) => {
    guest.expect(/Hit any key to stop autoboot/, PATIENCE);
    guest.run(123_456);
    guest.send(' ');
    const prompt = /\n=> $/;
    guest.expect(prompt, PATIENCE);
    // Typed while U-Boot waits, and typed ahead.
    for (const command of [
      'bdinfo\r',
      'version\rbdinfo\r',
      'md.l 47f38000\r',
      'mw.l 40400000 e1a00000 100; crc32 40400000 400\r',
    ]) {
      guest.send(command);
      for (const _ of command.matchAll(/\r/g)) guest.expect(prompt, PATIENCE);
    }
    guest.send('poweroff\r');
    assert.deepEqual(guest.end(PATIENCE), { kind: 'exit', code: 0, how: 'power-off' });
  },
};

/** As far as the reference comes within the time of a test: clears RAM, sets up long-format tables, moves itself. */
const start: Subject = {
  options: { images: ubootImages(), memory: BOARD_RAM, sampleEvery: 10_007 },
  script: (guest) => assert.equal(guest.run(2_000_000).kind, 'limit'),
};

describe('bare and hypervised, U-Boot', function () {
  this.timeout(900_000);
  let baseline: GuestHistory;

  before(function () {
    need(this, UBOOT);
  });

  describe('to its prompt and off', () => {
    before(() => {
      baseline = recordHistory(BARE, toPrompt);
    });

    it('comes to its prompt and obeys', () => {
      assert.match(baseline.guest.console, /crc32 for 40400000 \.\.\. 404003ff ==> [0-9a-f]{8}/);
      assert.ok(baseline.entries.length > 1500, `${baseline.entries.length} events`);
    });

    const ways: readonly Way[] = [
      { engine: 'interpreter', level: 2 },
      { engine: 'interpreter', level: 1 },
      { engine: 'interpreter', level: 0 },
      ...(LONG
        ? ([{ engine: 'reference' }, { engine: 'reference', level: 1 }, { engine: 'reference', level: 0 }] as const)
        : []),
    ];
    for (const way of ways) {
      it(`${wayName(way)} is the same as ${wayName(BARE)}`, () => {
        assertSameHistory(baseline, recordHistory(way, toPrompt), toPrompt);
      });
    }
  });

  describe('its first two million instructions', () => {
    before(() => {
      baseline = recordHistory(BARE, start);
    });

    for (const way of [{ engine: 'reference' }, { engine: 'reference', level: 1 }] as const) {
      it(`${wayName(way)} is the same as ${wayName(BARE)}`, () => {
        assertSameHistory(baseline, recordHistory(way, start), start);
      });
    }
  });
});

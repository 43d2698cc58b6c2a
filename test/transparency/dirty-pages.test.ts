/** The dirty pages of U-Boot on its way to the prompt, epoch by epoch, held against all of the guest's memory: bare and hypervised, with and without tier 1. */
import assert from 'node:assert/strict';
import { EpochCheck } from '../support/epoch-check.js';
import { MIB, TestGuest, wayName, type Way } from '../support/guest.js';
import { need, UBOOT } from '../support/tools.js';
import { ubootImages } from '../support/uboot.js';

const EPOCH = 2_500_000;
const EPOCHS = 7;
const PATIENCE = 60_000_000;
/** The prompt, and what U-Boot is told there. */
const PROMPT = /\n=> $/;
const COMMAND =
  'mw.l 40400000 e1a00000 4000; protect off 4000000 403ffff; erase 4000000 403ffff; cp.b 40000000 4000000 100\r';

const WAYS: readonly Way[] = [
  { engine: 'interpreter' },
  { engine: 'jit' },
  { engine: 'jit', level: 2 },
  { engine: 'interpreter', level: 1 },
];

describe('dirty pages of U-Boot', function () {
  this.timeout(300_000);
  before(function () {
    need(this, UBOOT);
  });

  for (const way of WAYS)
    it(wayName(way), () => {
      const guest = new TestGuest(way, { images: ubootImages(), memory: 64 * MIB });
      const { memory } = guest.guest.machine;
      const epochs = new EpochCheck(
        memory,
        memory.guests.filter(({ name }) => name !== 'shadow tables'),
      );
      const changed = Array.from({ length: EPOCHS }, (_, n) => {
        epochs.begin();
        guest.run(EPOCH);
        return epochs.check(`epoch ${n}`);
      });
      // It relocates itself, fills tables, and is idle at its prompt.
      assert.ok(Math.max(...changed) > 100 && Math.min(...changed) < 20, changed.join());
      assert.match(guest.console, /U-Boot/);
      guest.expect(/Hit any key to stop autoboot/, PATIENCE);
      guest.send(' ');
      guest.expect(PROMPT, PATIENCE);
      epochs.begin();
      guest.send(COMMAND);
      guest.expect(PROMPT, PATIENCE);
      assert.ok(epochs.check('what was told it') >= 16, guest.console);
    });
});

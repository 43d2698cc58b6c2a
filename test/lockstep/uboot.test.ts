/**
 * Lockstep with QEMU over Debian's U-Boot, bare. Both sides get the same device tree and RAM size. `TRAPLINE_LOCKSTEP=N` compares N instructions;
 * the counters are first read after 18.8 million, and its prompt is there after 28.3 million.
 */
import assert from 'node:assert/strict';
import type { ImageFile } from '../../src/machine/images.js';
import { MIB } from '../support/guest.js';
import { Follower, lockstep } from '../support/qemu-lockstep.js';
import { need, UBOOT } from '../support/tools.js';
import { QEMU_UBOOT, qemuDeviceTree, ubootImagesOfQemu } from '../support/uboot.js';

/** Instructions compared, and how many of them one by one with the slow reference. */
const INSTRUCTIONS = Number(process.env.TRAPLINE_LOCKSTEP ?? 1_000_000);
const BY_REFERENCE = Math.max(250_000, Number(process.env.TRAPLINE_LOCKSTEP ?? 0));
/** Milliseconds for a million instructions, on a slow and loaded machine. */
const PATIENCE = 120_000;

describe('lockstep with QEMU over U-Boot', () => {
  let dtb: ImageFile;

  before(function () {
    need(this, 'qemu-system-arm', 'arm-none-eabi-objdump', UBOOT);
    dtb = qemuDeviceTree();
  });

  it(`the first ${INSTRUCTIONS / 1e6} million instructions: no difference`, async function () {
    this.timeout(PATIENCE * Math.ceil(INSTRUCTIONS / MIB));
    // The interpreter's fast loops run only when there is some way to go: the strides are for them.
    const followers = [
      new Follower(ubootImagesOfQemu(dtb), 'reference', 1, BY_REFERENCE),
      new Follower(ubootImagesOfQemu(dtb), 'interpreter', 1),
      new Follower(ubootImagesOfQemu(dtb), 'interpreter', 997),
    ];
    assert.equal(await lockstep(QEMU_UBOOT, followers, INSTRUCTIONS), INSTRUCTIONS, 'QEMU ended early');
    for (const { name, differingReads } of followers)
      assert.equal(differingReads, 0, `${name}: counter reads that differ`);
  });

  it('a difference is told with its instruction, the text of that, and the first register', async function () {
    this.timeout(PATIENCE);
    const follower = new Follower(ubootImagesOfQemu(dtb), 'interpreter', 1);
    const spoil = (index: number): void => {
      if (index === 50) follower.guest.guest.cpu.state[11] ^= 1;
    };
    await assert.rejects(
      lockstep(QEMU_UBOOT, [follower], 100, spoil),
      /bare, interpreter, every 1: instruction 49 at 0x[0-9a-f]+, 0x[0-9a-f]+ \w+.*:\nR11 is 0x1, QEMU has 0x0\nbefore it: R0=/,
    );
  });
});

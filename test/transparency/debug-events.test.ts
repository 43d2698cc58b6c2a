/** Debug events of a guest that programs its own breakpoints and watchpoints: the same bare and hypervised, with every engine. */
import assert from 'node:assert/strict';
import { debugSource, randomSettings } from '../support/debug-program.js';
import { ORIGIN } from '../support/guest.js';
import { sameEverywhere, SCRATCH } from '../support/guest-program.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';

const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const SETTINGS = Number(process.env.TRAPLINE_SETTINGS ?? 60);
const EXIT = 'mov r0, #0x18\n ldr r1, =0x20026\n svc 0x123456\n .ltorg';

/** Maps every MiB to itself, for everybody, and turns the MMU on. */
const MMU_ON = `
    ldr r0, =${SCRATCH}
    mcr p15, 0, r0, c2, c0, 0
    mov r1, #1
    mcr p15, 0, r1, c3, c0, 0
    ldr r1, =0xc02
  1: str r1, [r0], #4
    adds r1, r1, #0x100000
    bcc 1b
    mrc p15, 0, r0, c1, c0, 0
    orr r0, r0, #1
    mcr p15, 0, r0, c1, c0, 0
    isb`;

/** BT of breakpoints 4 and 5 that QEMU does not have: a context alone, address mismatch, linked or not. */
const MORE_TYPES = [2, 4, 5, 3];

describe('debug events of a guest', () => {
  for (const [title, first, cpu] of [
    ['MMU off', '', 'cortex-a15'],
    ['MMU on', MMU_ON, 'cortex-a7'],
    ['without v7.1 Debug', '', 'cortex-a8'],
  ] as const) {
    it(`are those of a bare machine: ${title}`, function () {
      need(this, ...ASSEMBLER);
      this.timeout(120_000);
      const settings = randomSettings(SETTINGS, SEED, ORIGIN).map((setting, i) =>
        i % 3 !== 0
          ? setting
          : { ...setting, DBGBCR5: (setting.DBGBCR5 & ~0xf0_0006) | 4 | (MORE_TYPES[(i / 3) % 4] << 20), DBGVCR: 4 },
      );
      let events = 0;
      sameEverywhere(debugSource(settings, { first, origin: ORIGIN, end: EXIT }), {
        cpu,
        semihosting: true,
        limit: 400_000,
        sampleEvery: 7,
        check: (guest) => (events = guest.exceptions.length),
      });
      assert.ok(events > 2 * SETTINGS, `${events} exceptions`);
    });
  }
});

/**
 * A seeded share of `npm run verify:guests`, held to a minute of a quiet core, and that it would notice. TRAPLINE_SEED sets the first seed,
 * TRAPLINE_GUESTS how many guests each board and processor gets, whatever that takes.
 */
import assert from 'node:assert/strict';
import { Disposition, Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { Hypervisor } from '../../src/vmm/hypervisor.js';
import { Grant } from '../../src/vmm/shadow.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { GuestStage, INSTRUCTIONS, makeGuest, PLATFORMS, SEEDS_APART } from './guest-stage.js';
import { explain, GuestPark, noCounts, runGuest } from './guests.js';

const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const GUESTS = process.env.TRAPLINE_GUESTS;
/** Guests of a board and processor, and ms within which more than the fewest are begun. */
const [FEWEST, MOST] = GUESTS === undefined ? [16, 80] : [Number(GUESTS), Number(GUESTS)];
const BUDGET = 40_000 / PLATFORMS.length;

describe('random guests with random tables and interrupts, bare and hypervised', function () {
  this.timeout(0);
  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
  });

  for (const [i, platform] of PLATFORMS.entries())
    it(`${platform.model.name} on ${platform.board}: no difference at any exception, at any level`, () => {
      const park = new GuestPark(platform);
      const counts = noCounts();
      const start = performance.now();
      for (let seed = SEED + SEEDS_APART * i; counts.guests < MOST; seed++) {
        if (counts.guests >= FEWEST && performance.now() - start > BUDGET) break;
        park.run(seed, counts);
        assert.equal(counts.problems.join('\n'), '');
      }
      // Guests worth their time.
      const { guests, instructions, exceptions, interrupts, aborts, operations, left } = counts;
      assert.ok(instructions > 0.7 * INSTRUCTIONS * guests, `${instructions} instructions`);
      assert.ok(exceptions > 20 * guests && interrupts > 1 * guests && aborts > 5 * guests, JSON.stringify(counts));
      assert.ok(operations > 10 * guests && left <= 1 + guests / 20, JSON.stringify(counts));
    });

  describe('would notice', () => {
    /** Guests that a defect may hide in before it is found. */
    const HIDING = 40;

    function finds(damage: (hypervisor: Hypervisor) => void, level: 0 | 1 | 2, pattern: RegExp): void {
      const [platform] = PLATFORMS;
      const bare = new GuestStage(platform, { engine: 'interpreter' });
      const other = new GuestStage(platform, { engine: 'interpreter', level });
      damage(other.test.hypervisor!);
      for (let seed = SEED; seed < SEED + HIDING; seed++) {
        const guest = makeGuest(seed, platform);
        const { wrong } = runGuest(guest, [bare, other]);
        if (wrong === undefined) continue;
        const said = explain(guest, bare, wrong, 12);
        if (said === undefined) continue;
        assert.match(said, pattern);
        return;
      }
      assert.fail(`not within ${HIDING} guests`);
    }

    it('a flag that one trap in fifty changes', () => {
      finds(
        ({ machine: { processor } }) => {
          const arbiter = processor.trapHandler!;
          let traps = 0;
          processor.trapHandler = {
            take: (e) => {
              const taken = arbiter.take(e);
              if (taken === Disposition.Resume && ++traps % 50 === 0) processor.state[Word.VF] ^= -1;
              return taken;
            },
          };
        },
        0,
        /level 0, interpreter against bare, interpreter, after \d+ instructions/,
      );
    });

    it('a translation that is kept when its address is invalidated', () => {
      finds(
        ({ cpu: { mmu } }) => {
          const memory = mmu.listener!;
          mmu.listener = {
            allForgotten: () => memory.allForgotten(),
            addressForgotten: () => {},
            asidForgotten: (asid) => memory.asidForgotten(asid),
            spaceChanged: () => memory.spaceChanged(),
          };
        },
        1,
        /level 1/,
      );
    });

    it('pages that may be written though the guest’s tables say otherwise', () => {
      finds(
        ({ shadow }) => {
          const fill = shadow.fill.bind(shadow);
          shadow.fill = (context, gva, entry) => {
            fill(context, gva, { ...entry, grants: entry.grants | Grant.write });
          };
        },
        2,
        /level 2/,
      );
    });

    it('an interrupt after which the flags are others', () => {
      finds(
        ({ machine: { processor }, cpu }) => {
          const arbiter = processor.trapHandler!;
          processor.trapHandler = {
            take: (e) => {
              const taken = arbiter.take(e);
              if (e.kind === Exception.IRQ) cpu.writeSpsr(Mode.irq, cpu.readSpsr(Mode.irq) ^ Psr.V);
              return taken;
            },
          };
        },
        2,
        /level 2/,
      );
    });
  });
});

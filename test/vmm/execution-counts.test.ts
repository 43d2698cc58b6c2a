/** Counting what somebody looks at: exact, invisible to the guest, and gone without a trace afterwards. And where branches were seen to go. */
import assert from 'node:assert/strict';
import { PatchKind } from '../../src/arm/engine.js';
import { exitClasses } from '../../src/vmm/classes.js';
import type { CountedPlace } from '../../src/vmm/execution-counts.js';
import type { Hypervisor } from '../../src/vmm/hypervisor.js';
import { OBSERVED_TARGETS, ObservedTargets } from '../../src/vmm/observed-targets.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, ORIGIN, POWER_OFF, TestGuest, wayName, WAYS } from '../support/guest.js';
import { need } from '../support/tools.js';
import { CODE, PatchRig } from './patch-rig.js';

const LOOPS = 57;
/** Byte offsets: 0 mov, 4 the loop's first, 8 a conditional, 12 mrs, 16 subs, 20 bne, 24 the end. Twice over, so that all is scanned before it is counted. */
const PROGRAM = `
        mov     r6, #2
again:  mov     r4, #${LOOPS}
loop:   add     r5, r5, #1
        tst     r4, #1
        addne   r7, r7, #1
        mrs     r0, cpsr
        subs    r4, r4, #1
        bne     loop
        subs    r6, r6, #1
        bne     again
        ${POWER_OFF}`;
const AT = { again: 4, loop: 8, odd: 16, mrs: 20, branch: 28, end: 40 } as const;
/** Instructions up to the second `again`. */
const FIRST_ROUND = 1 + 1 + LOOPS * 6 + 2;

function placeAt(hypervisor: Hypervisor, offset: number): CountedPlace {
  const pa = hypervisor.codePlace(ORIGIN + offset);
  return { pa, thumb: 0, length: 4, word: hypervisor.patcher.read(pa, 4) | 0 };
}

describe('counting executions', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const way of WAYS.filter(({ level }) => level !== undefined)) {
    it(`is exact, and changes nothing for the guest: ${wayName(way)}`, () => {
      const plain = new TestGuest(way, { images: assembled(PROGRAM) });
      plain.end();
      const guest = new TestGuest(way, { images: assembled(PROGRAM) });
      const hypervisor = guest.hypervisor!;
      guest.run(FIRST_ROUND);
      const { machine, patcher } = hypervisor;
      const planted = machine.overlay.size;
      const places = [AT.again, AT.loop, AT.odd, AT.branch, AT.mrs, AT.end].map((at) => placeAt(hypervisor, at));
      patcher.counts.watch(places);
      assert.equal(patcher.counts.size, 4, 'a site has a count of its own, and what was never reached is not analysed');
      assert.equal(machine.overlay.size, planted + 4);
      guest.run(LOOPS * 6 + 2);
      machine.engine.flushCounters();
      const counts = places.map(({ pa, thumb }) => patcher.counts.at(pa, thumb));
      // of a conditional instruction those that passed
      assert.deepEqual(counts, [1, LOOPS, Math.ceil(LOOPS / 2), LOOPS - 1, undefined, undefined]);
      patcher.counts.watch(places.slice(1, 2));
      machine.engine.flushCounters();
      assert.equal(patcher.counts.at(places[1].pa, 0), LOOPS, 'what stays goes on');
      patcher.counts.clear();
      assert.equal(machine.overlay.size, planted);
      guest.end();
      assert.equal(guest.instructions, plain.instructions);
      for (let n = 0; n < 15; n++) assert.equal(guest.r(n), plain.r(n), `r${n}`);
      assert.equal(guest.console, plain.console);
    });
  }

  it('ends where the code changes, with nothing left behind', () => {
    const rig = new PatchRig(1).place('nop\n add r0, r0, #1\n bx lr');
    rig.admit(CODE);
    const { counts } = rig.patcher;
    counts.watch([0, 4].map((offset) => ({ pa: CODE + offset, thumb: 0, length: 4, word: 0 })));
    assert.deepEqual(rig.patches(), [0, 4, 8]);
    assert.equal(rig.overlay.lookup(CODE + 4, 0, 0)?.kind, PatchKind.counted);
    rig.patcher.codeChanged(CODE + 4, 4);
    assert.deepEqual(rig.patches(), []);
    assert.equal(counts.at(CODE, 0), undefined);
    rig.admit(CODE);
    assert.deepEqual(rig.patches(), [8]);
    rig.patcher.setLevel(0);
    assert.deepEqual(rig.patches(), []);
  });
});

describe('targets that were seen', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('are kept apart up to a limit, and counted beyond it', () => {
    const targets = new ObservedTargets();
    for (let i = 0; i < OBSERVED_TARGETS; i++) assert.equal(targets.note(0x1000 * i, i & 1), true);
    assert.equal(targets.note(0, 0), false, 'known');
    assert.equal(targets.note(0, 1), false, 'the other state is another target, for which there is no room');
    assert.equal(targets.note(-4, 0), false);
    assert.equal(targets.others, 2);
    const all = targets.all();
    assert.equal(all.length, OBSERVED_TARGETS);
    assert.deepEqual(all[0], { gva: 0, thumb: 0, count: 2 });
    assert.deepEqual(all[3], { gva: 0x3000, thumb: 1, count: 1 });
  });

  const TABLE_CALL = `
        mov     r4, #9
next:   ands    r0, r4, #1
        ldrne   r1, =odd
        ldreq   r1, =even
        blx     r1
        subs    r4, r4, #1
        bne     next
        ${POWER_OFF}
odd:    bx      lr
even:   bx      lr`;
  for (const level of [0, 1] as const) {
    it(`are those of branches that trap: level ${level}`, () => {
      const guest = new TestGuest({ engine: 'interpreter', level }, { images: assembled(TABLE_CALL) });
      guest.end();
      const { map } = guest.hypervisor!.patcher;
      const branches = [...map.allSites()].filter(({ cls }) => exitClasses[cls].id === 'indirect-branch');
      assert.equal(branches.length, 3);
      const [call] = branches;
      const seen = call.targets?.all().map(({ count }) => count);
      assert.deepEqual(seen, level === 0 ? [5, 4] : undefined);
      const returns = branches.slice(1).map(({ targets }) => targets?.all().map(({ gva }) => gva));
      const behind = call.gva + 4;
      assert.deepEqual(returns, level === 0 ? [[behind], [behind]] : [undefined, undefined]);
      assert.equal(map.targetsSeen, level === 0 ? 4 : 0);
    });
  }
});

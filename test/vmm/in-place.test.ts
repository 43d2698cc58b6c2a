/**
 * Traps planted in the guest's memory, as the thesis has them: the guest runs as well as ever as long as it does not look. A guest that reads its own
 * code finds traps in it: there the transparency test is expected to fail, and this is where it does.
 */
import assert from 'node:assert/strict';
import { InPlacePlant } from '../../src/vmm/planting.js';
import { trapWord } from '../../src/vmm/trap-word.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF, TestGuest, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';
import { differences, visibleState } from './compare.js';
import { CODE, PatchRig } from './patch-rig.js';

const MRS = 0xe10f0000;
const IN_PLACE: readonly Way[] = (['interpreter', 'reference'] as const).flatMap((engine) =>
  ([0, 1, 2] as const).map((level): Way => ({ engine, level, patches: 'in-place' })),
);

/** The end of a guest in each way, and what differs from the bare run. */
function ends(source: string): { guest: TestGuest; differs: readonly string[] }[] {
  const make = (way: Way): TestGuest => {
    const guest = new TestGuest(way, { images: assembled(source), memory: 4 * MIB });
    assert.equal(guest.end().kind, 'exit');
    return guest;
  };
  const bare = visibleState(make({ engine: 'interpreter' }));
  return IN_PLACE.map((way) => {
    const guest = make(way);
    return { guest, differs: differences(bare, visibleState(guest)) };
  });
}

describe('patches in place', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('stand in memory, and give back what the guest had', () => {
    const rig = new PatchRig(0, InPlacePlant).place('nop\n mrs r0, cpsr\n b .');
    rig.admit(CODE);
    assert.equal(rig.overlay.size, 0);
    assert.equal(rig.bus.read(CODE + 4, 4) >>> 0, trapWord('A32', MRS | 0) >>> 0);
    rig.patcher.dropAll();
    assert.equal(rig.bus.read(CODE + 4, 4) >>> 0, MRS);
  });

  it('of Thumb state too, the first halfword of a 32-bit instruction first', () => {
    const rig = new PatchRig(0, InPlacePlant).place('cpsid i\n mrs r0, cpsr\n b .', true);
    rig.admit(CODE, 1);
    const halfwords = (): number[] => [0, 2, 4].map((at) => rig.bus.read(CODE + at, 2));
    const udf = trapWord('T32', 0xf3ef8000 | 0) >>> 0;
    assert.deepEqual(halfwords(), [trapWord('T16', 0xb672), udf >>> 16, udf & 0xffff]);
    rig.patcher.dropAll();
    assert.deepEqual(halfwords(), [0xb672, 0xf3ef, 0x8000]);
  });

  it('leave alone what the guest wrote over them, and analyse that', () => {
    const rig = new PatchRig(0, InPlacePlant).place('mrs r0, cpsr\n mrs r1, cpsr\n b .');
    rig.admit(CODE);
    rig.bus.write(CODE, 4, 0xe320f000 | 0);
    assert.deepEqual(
      [CODE, CODE + 4].map((pa) => rig.bus.read(pa, 4) >>> 0),
      [0xe320f000, 0xe10f1000],
    );
    rig.admit(CODE);
    assert.deepEqual(
      [...rig.patcher.map.allSites()].map(({ patch }) => [patch.pa - CODE, patch.original >>> 0]),
      [[4, 0xe10f1000]],
    );
  });

  it('change nothing for a guest that does not read its code', () => {
    const source = `
        ldr sp, =0x40080000
        mrs r0, cpsr
        cpsid i
        mov r4, #3
      1: bl 2f
        subs r4, r4, #1
        bne 1b
        adr r5, 3f + 1
        blx r5
        b 4f
      2: push {r6, lr}
        mrs r6, cpsr
        pop {r6, pc}
        .thumb
      3: mrs r7, cpsr
        cmp r4, #0
        ite eq
        mrseq r2, cpsr
        mrsne r3, cpsr
        bx lr
        .arm
      4: ${POWER_OFF}`;
    for (const { guest, differs } of ends(source)) {
      assert.deepEqual(
        differs.filter((line) => !line.startsWith('ram:')),
        [],
      );
      const { patcher, bus } = guest.hypervisor!;
      assert.ok(patcher.map.liveSites > 4);
      patcher.dropAll();
      assert.ok(bus.read(0x4001_0004, 4) >>> 0 === MRS);
    }
  });

  it('are seen by a guest that reads its own code: transparency fails, as it must', () => {
    const source = `
      1: mrs r0, cpsr
        ldr r1, 1b
        ${POWER_OFF}`;
    for (const { guest, differs } of ends(source)) {
      assert.ok(differs.length > 0);
      assert.equal(guest.r(1), trapWord('A32', MRS | 0) >>> 0);
    }
  });

  it('are copied by a guest that copies its own code, which then runs into traps that are nowhere known', () => {
    const source = `
        ldr r2, =0x40080000
      1: mrs r0, cpsr
        ldr r1, 1b
        str r1, [r2]
        ldr r1, =0xe12fff1e
        str r1, [r2, #4]
        mov r0, #0
        blx r2
        ${POWER_OFF}`;
    const guest = new TestGuest(
      { engine: 'interpreter', level: 1, patches: 'in-place' },
      { images: assembled(source), memory: 4 * MIB },
    );
    // The copied trap is a Supervisor Call of the guest's own now: it goes to its vector, where nothing is.
    guest.run(200);
    assert.deepEqual(guest.exceptions.slice(0, 1), [2]);
  });
});

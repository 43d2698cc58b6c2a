/** The map of analysed memory, and the bounds of what is kept of it. */
import assert from 'node:assert/strict';
import { memoryUses, type MemoryUse } from '../../src/vmm/analysed-memory.js';
import { GUEST_USER } from '../../src/vmm/shadow.js';
import { AnalysisMap, LIMITS } from '../../src/vmm/sites.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF, TestGuest } from '../support/guest.js';
import { need } from '../support/tools.js';
import { CODE, PatchRig } from './patch-rig.js';

const PAGE = 4096;

/** Uses of the first `words` words at `CODE`. */
function uses({ patcher }: PatchRig, words: number): MemoryUse[] {
  const page = patcher.memory.page(CODE);
  return Array.from({ length: words }, (_, i) => memoryUses[Math.max(page[2 * i], page[2 * i + 1])]);
}

describe('the map of analysed memory', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('tells sites, innocuous code, literals, user code and the rest apart', () => {
    const rig = new PatchRig().place('ldr r0, 1f\n mrs r1, cpsr\n b .\n nop\n1: .word 7\n nop');
    rig.admit(CODE);
    rig.admit(CODE + 12, 0, GUEST_USER);
    assert.deepEqual(uses(rig, 6), ['innocuous', 'site', 'innocuous', 'user', 'data', 'unanalysed']);
    assert.deepEqual(rig.patcher.memory.totals(), {
      unanalysed: PAGE - 20,
      user: 4,
      data: 4,
      innocuous: 8,
      site: 4,
    });
  });

  it("takes what both kernel and user execute for the kernel's, and keeps the states apart", () => {
    const rig = new PatchRig().place('nop\n nop\n bx lr', true);
    rig.admit(CODE, 1, GUEST_USER);
    rig.admit(CODE, 1);
    assert.deepEqual(
      [...rig.patcher.memory.page(CODE).subarray(0, 4)].map((use) => memoryUses[use]),
      ['innocuous', 'innocuous', 'site', 'unanalysed'],
    );
  });

  it('forgets what is written, and what nothing else said of it stays', () => {
    const rig = new PatchRig().place('ldr r0, 1f\n b .\n1: .word 7\n nop');
    rig.admit(CODE);
    rig.admit(CODE + 12, 0, GUEST_USER);
    rig.bus.write(CODE + 8, 4, 8);
    assert.deepEqual(uses(rig, 4), ['innocuous', 'innocuous', 'unanalysed', 'user']);
    rig.bus.write(CODE + 4, 1, 0);
    assert.deepEqual(uses(rig, 4), ['unanalysed', 'unanalysed', 'unanalysed', 'user']);
    rig.patcher.dropAll();
    assert.deepEqual(uses(rig, 4), ['unanalysed', 'unanalysed', 'unanalysed', 'unanalysed']);
  });

  it('is bounded for user code as well', () => {
    const rig = new PatchRig();
    const { memory } = rig.patcher;
    for (let page = 0; page < 5000; page++) memory.noteUser(CODE + page * PAGE, 4);
    assert.equal(memory.bytes, 4096 * (PAGE / 2));
    assert.equal(memory.page(CODE)[0], memoryUses.indexOf('unanalysed'));
    assert.equal(memory.page(CODE + 4999 * PAGE)[0], memoryUses.indexOf('user'));
  });
});

describe('what is kept of analysed code', () => {
  it('is evicted page by page, the page analysed first before others and the present one last', () => {
    const map = new AnalysisMap();
    for (let page = 0; page < LIMITS.pages; page++) {
      assert.deepEqual(map.toEvict(page * PAGE, 0), []);
      map.addInstruction(map.newBlock(0, page * PAGE, 0), 4);
    }
    // There is room for another block of a page that is there.
    assert.deepEqual(map.toEvict(0, 0), []);
    const first = map.blockAt(0, 0);
    assert.deepEqual(map.toEvict(LIMITS.pages * PAGE, 0), [first]);
  });

  it('has no more blocks than there may be, whatever one page has of them', () => {
    const map = new AnalysisMap();
    const pages = Math.ceil(LIMITS.blocks / 1024);
    let blocks = 0;
    for (let page = 0; page < pages; page++) {
      for (let at = 0; at < 1024 && blocks < LIMITS.blocks; at++, blocks++)
        map.addInstruction(map.newBlock(0, page * PAGE + 4 * at, 0), 4);
    }
    const evicted = map.toEvict((pages - 1) * PAGE, 0);
    assert.equal(evicted.length, 1024);
    assert.ok(evicted.every(({ pa }) => pa < PAGE));
  });

  it('lets a guest run that has more code than is kept', function () {
    need(this, ...ASSEMBLER);
    this.timeout(60_000);
    // BX LR in each page of 40 MiB in turn, which is more pages than are kept, and back; then the same again.
    const source = `
        mov r8, #2
      1: ldr r4, =0x40100000
        ldr r5, =0x42900000
      2: ldr r0, =0xe12fff1e
        str r0, [r4]
        blx r4
        add r4, r4, #0x1000
        cmp r4, r5
        blo 2b
        subs r8, r8, #1
        bne 1b
        ${POWER_OFF}`;
    for (const level of [0, 1, 2] as const) {
      const guest = new TestGuest({ engine: 'interpreter', level }, { images: assembled(source), memory: 64 * MIB });
      assert.equal(guest.end(1_000_000).kind, 'exit');
      const { patcher } = guest.hypervisor!;
      assert.equal(patcher.map.livePages, LIMITS.pages);
      assert.ok(patcher.evictedBlocks > 10_000, `${patcher.evictedBlocks}`);
    }
  });
});

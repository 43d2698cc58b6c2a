import assert from 'node:assert/strict';
import fs from 'node:fs';
import { PatchKind } from '../../src/arm/engine.js';
import { seededRandom } from '../../src/isa/random.js';
import { exitClasses } from '../../src/vmm/classes.js';
import { levels, type Level } from '../../src/vmm/patcher.js';
import { GUEST_KERNEL, GUEST_USER } from '../../src/vmm/shadow.js';
import { trapWord } from '../../src/vmm/trap-word.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF, TestGuest, type EngineName } from '../support/guest.js';
import { need } from '../support/tools.js';
import { differences, visibleState } from './compare.js';
import { CODE, gva, PatchRig } from './patch-rig.js';

describe('the patcher', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('plants a trap over what it must, of the block that is admitted alone', () => {
    const rig = new PatchRig().place('nop\n mrs r0, cpsr\n cpsid i\n b 1f\n svc #0\n1: msr cpsr_c, r0\n bx lr');
    rig.admit(CODE);
    assert.deepEqual(rig.patches(), [4, 8]);
    const { arbitrate, executed, shortForm, ...patch } = rig.overlay.lookup(CODE + 4, 0, GUEST_KERNEL)!;
    assert.deepEqual([typeof arbitrate, typeof executed, shortForm], ['function', 'function', undefined]);
    assert.deepEqual(patch, {
      pa: CODE + 4,
      thumb: 0,
      context: GUEST_KERNEL,
      length: 4,
      original: 0xe10f0000 | 0,
      planted: trapWord('A32', 0xe10f0000 | 0),
      kind: PatchKind.trap,
      count: 0,
    });
    const site = rig.patcher.map.siteAt(CODE + 4, 0)!;
    assert.deepEqual([site.gva, site.isa, site.row?.name, site.hits], [gva(CODE + 4), 'A32', 'MRS', 0]);
    rig.admit(CODE + 20);
    assert.deepEqual(rig.patches(), [4, 8, 20, 24]);
  });

  it('leaves user code alone', () => {
    const rig = new PatchRig().place('mrs r0, cpsr\n b .');
    rig.admit(CODE, 0, GUEST_USER);
    assert.deepEqual(rig.patches(), []);
    assert.equal(rig.patcher.map.liveBlocks, 0);
  });

  it('scans what it knows only once, and up to what it knows', () => {
    const rig = new PatchRig().place('nop\n nop\n mrs r0, cpsr\n nop\n bx lr');
    rig.admit(CODE + 8);
    rig.admit(CODE + 8);
    rig.admit(CODE + 12);
    assert.deepEqual([rig.patcher.map.blocksAnalysed, rig.patcher.map.liveInstructions], [1, 3]);
    rig.admit(CODE);
    assert.deepEqual([rig.patcher.map.blocksAnalysed, rig.patcher.map.liveInstructions], [2, 5]);
    assert.deepEqual(rig.patches(), [8, 16]);
  });

  it('keeps ARM and Thumb apart on the same bytes', () => {
    const rig = new PatchRig().place('.word 0x4770b672\n bx lr');
    rig.admit(CODE, 1);
    assert.deepEqual(rig.patches(), [0, 2], 'CPSID, BX');
    rig.admit(CODE, 0);
    assert.deepEqual(rig.patches(), [0, 0, 2], 'a word that the table does not know, which ends the block');
  });

  it('traps indirect branches at level 0 and counts them at level 1', () => {
    const kinds = (level: Level): number[] => {
      const rig = new PatchRig(level).place('mrs r0, cpsr\n ldr pc, [r1]');
      rig.admit(CODE);
      return [0, 4].map((offset) => rig.overlay.lookup(CODE + offset, 0, GUEST_KERNEL)!.kind);
    };
    assert.deepEqual(kinds(0), [PatchKind.trap, PatchKind.trap]);
    assert.deepEqual(kinds(1), [PatchKind.trap, PatchKind.counted]);
  });

  it('traps direct branches as well where that is asked for', () => {
    const planted = (allBranches: boolean): number[] => {
      const rig = new PatchRig(1, undefined, allBranches).place('add r0, r0, #1\n beq .+8\n bl .-4\n bx lr');
      for (const at of [0, 8, 12]) rig.admit(CODE + at);
      return [...rig.overlay.all()].filter(({ kind }) => kind === PatchKind.trap).map(({ pa }) => pa - CODE);
    };
    assert.deepEqual(planted(true), [4, 8, 12]);
    assert.deepEqual(planted(false), [], 'at level 1 none does otherwise');
  });

  it('traps at every level at sites of the classes that somebody watches', () => {
    const rig = new PatchRig(2).place('mrs r0, cpsr\n mcr p15, 0, r0, c7, c5, 0\n bx lr');
    const kinds = (): (number | undefined)[] => {
      rig.admit(CODE);
      return [0, 4, 8].map((offset) => rig.overlay.lookup(CODE + offset, 0, GUEST_KERNEL)?.kind);
    };
    assert.deepEqual(kinds(), [PatchKind.inlined, PatchKind.inlined, PatchKind.counted]);
    rig.patcher.watch(new Set(['coprocessor', 'device']));
    assert.equal(rig.overlay.size, 0, 'what was analysed is dropped');
    assert.deepEqual(kinds(), [PatchKind.inlined, PatchKind.trap, PatchKind.counted]);
    rig.patcher.watch(new Set(['coprocessor', 'wait']));
    assert.equal(rig.overlay.size, 3, 'but only where that is news');
    rig.patcher.watch(new Set(['indirect-branch']));
    assert.deepEqual(kinds(), [PatchKind.inlined, PatchKind.inlined, PatchKind.trap]);
  });

  it('leaves Thumb BKPT as it is: it ignores IT blocks, and traps by itself', () => {
    const rig = new PatchRig().place('nop\n bkpt #1', true);
    rig.admit(CODE, 1);
    assert.deepEqual(rig.patches(), []);
    assert.equal(rig.patcher.map.liveInstructions, 2);
  });

  it('drops a block whose code is written, with its patches, and no other', () => {
    const rig = new PatchRig().place('mrs r0, cpsr\n bx lr\n mrs r1, cpsr\n bx lr');
    rig.admit(CODE);
    rig.admit(CODE + 8);
    assert.deepEqual(rig.patches(), [0, 4, 8, 12]);
    rig.bus.write(CODE + 7, 1, 0xe1);
    assert.deepEqual(rig.patches(), [8, 12]);
    assert.equal(rig.patcher.map.blockAt(CODE, 0), undefined);
    rig.bus.write(CODE + 0x10, 4, 0);
    assert.deepEqual(rig.patches(), [8, 12], 'behind it');
    rig.admit(CODE);
    assert.deepEqual(rig.patches(), [0, 4, 8, 12]);
  });

  it('ends blocks at page ends, and analyses an instruction on two pages each time', () => {
    const rig = new PatchRig();
    rig.place('.space 0xffc\n nop\n .inst.w 0xf3ef8000\n bx lr', true);
    const at = CODE + 0xffe;
    rig.admit(CODE + 0xffc, 1);
    assert.deepEqual(rig.patches(), [0xffe]);
    assert.equal(rig.patcher.map.blockAt(CODE + 0x1002, 1), undefined);
    const analysed = rig.patcher.map.blocksAnalysed;
    rig.admit(at, 1);
    rig.admit(at, 1);
    assert.equal(rig.patcher.map.blocksAnalysed, analysed + 2);
    assert.deepEqual(rig.patches(), [0xffe]);
    // the page that follows is another one now: a direct branch
    rig.bus.write(CODE + 0x5000, 4, 0x4770f800);
    rig.nextPage = () => CODE + 0x5000;
    rig.admit(at, 1);
    assert.deepEqual(rig.patches(), []);
    rig.nextPage = () => CODE + 0x1000;
    rig.admit(at, 1);
    assert.deepEqual(rig.patches(), [0xffe]);
  });

  it('undoes everything, in whatever order it was done', () => {
    const random = seededRandom(1);
    const rig = new PatchRig();
    const code = new Uint8Array(0x3000).map(() => random());
    rig.bus.writeBlock(CODE, code);
    for (let page = 0; page < 3; page++) rig.bus.markCode(CODE + page * 0x1000);
    for (let i = 0; i < 5000; i++) {
      const thumb = random() & 1;
      const pa = CODE + ((random() % 0x2ff0) & (thumb === 1 ? ~1 : ~3));
      const what = random() % 8;
      if (what === 0) rig.patcher.codeChanged(pa, 1 + (random() % 64));
      else if (what === 1 && i % 100 === 0) rig.patcher.setLevel((random() & 1) as Level);
      else rig.admit(pa, thumb);
      if (i % 500 !== 0) continue;
      const sites = [...rig.patcher.map.allSites()];
      assert.equal(sites.length, rig.overlay.size, 'a patch for each site');
      for (const { patch } of sites) assert.equal(rig.overlay.lookup(patch.pa, patch.thumb, GUEST_KERNEL), patch);
    }
    assert.ok(rig.overlay.size > 100);
    rig.patcher.dropAll();
    assert.equal(rig.overlay.size, 0);
    const { liveBlocks, liveSites, liveInstructions } = rig.patcher.map;
    assert.deepEqual([liveBlocks, liveSites, liveInstructions], [0, 0, 0]);
    for (let at = 0; at < 0x3000; at += 2) {
      for (const thumb of [0, 1]) assert.equal(rig.overlay.lookup(CODE + at, thumb, GUEST_KERNEL), undefined);
    }
    const now = new Uint8Array(0x3000);
    rig.bus.readBlock(CODE, now);
    assert.deepEqual(now, code, 'memory was never touched');
  });
});

const privilege = {
  program: {
    name: 'privilege.elf',
    bytes: new Uint8Array(fs.readFileSync(new URL('../../samples/privilege/privilege.elf', import.meta.url))),
  },
  loads: [],
};

function sample(engine: EngineName, level: Level): TestGuest {
  return new TestGuest({ engine, level }, { images: privilege, memory: 8 * MIB, nsPerInstruction: 160 });
}

describe('patches of a guest that runs', () => {
  it('are all taken back, after which the fetch view equals memory', () => {
    for (const engine of ['interpreter', 'reference'] as const) {
      const g = sample(engine, 0).hypervisor!;
      g.run({ limit: 60_000, skipBreakpointOnce: false, sleepUntil: Infinity });
      const patches = [...g.machine.overlay.all()];
      assert.ok(patches.length > 20, `${patches.length} patches`);
      g.patcher.dropAll();
      assert.equal(g.machine.overlay.size, 0);
      for (const { pa, thumb, length, original } of patches) {
        const low = g.machine.bus.read(pa, 2);
        const high = length === 4 ? g.machine.bus.read(pa + 2, 2) : 0;
        const word = length === 2 ? low : thumb === 1 ? (low << 16) | high : (high << 16) | low;
        assert.equal(word, original);
      }
    }
  });

  it('may all go while the guest runs, at any moment, and the level and what is watched with them', () => {
    const settled = sample('interpreter', 0);
    const stop = settled.end();
    const expected = visibleState(settled);
    for (const engine of ['interpreter', 'reference'] as const) {
      const test = sample(engine, 1);
      const random = seededRandom(7);
      for (;;) {
        const now = test.run(1 + (random() % 700));
        if (now.kind !== 'limit') {
          assert.deepEqual(now, stop);
          break;
        }
        const what = random() % 4;
        if (what < 2) test.hypervisor!.patcher.dropAll();
        else if (what === 2)
          test.hypervisor!.watch(new Set(exitClasses.map(({ id }) => id).filter(() => random() & 1)));
        else test.hypervisor!.setLevel(levels[random() % levels.length]);
      }
      assert.deepEqual(differences(expected, visibleState(test)), []);
    }
  });

  it('count as many indirect branches at level 1 as trap at level 0', () => {
    const counts = (test: TestGuest): [number, number][] => {
      const g = test.hypervisor!;
      g.machine.engine.flushCounters();
      return [...g.patcher.map.allSites()]
        .map((site): [number, number] => [site.gva, site.hits + site.patch.count])
        .sort(([a], [b]) => a - b);
    };
    const branches = `
        ldr sp, =0x40080000
        mov r5, #5
      1: ldr r6, =2f
        cmp r5, #3
        bxlo r6
        bxhs r6
      2: adr r6, 3f
        push {r6}
        ldr r7, =4f + 1
        blx r7
        pop {pc}
      3: subs r5, r5, #1
        bne 1b
        ${POWER_OFF}
        .thumb
      4: cmp r5, #2
        it eq
        bxeq lr
        mov r8, lr
        bx r8`;
    for (const make of [
      (engine: EngineName, level: Level) => sample(engine, level),
      (engine: EngineName, level: Level) =>
        new TestGuest({ engine, level }, { images: assembled(branches), memory: 2 * MIB }),
    ]) {
      const [expected, ...others] = ([0, 1] as const).flatMap((level) =>
        (['interpreter', 'reference'] as const).map((engine) => {
          const test = make(engine, level);
          assert.equal(test.end().kind, 'exit');
          return counts(test);
        }),
      );
      assert.ok(expected.length > 5 && expected.some(([, count]) => count > 2));
      for (const other of others) assert.deepEqual(other, expected);
    }
  });

  it('over all branches change nothing that the guest sees', () => {
    const run = (allBranches: boolean): TestGuest => {
      const file = new URL('../../samples/tiny/tiny.elf', import.meta.url).pathname;
      const program = { name: file, bytes: new Uint8Array(fs.readFileSync(file)) };
      const images = { program, loads: [] };
      const test = new TestGuest({ engine: 'interpreter', level: 0 }, { images, semihosting: true, allBranches });
      test.end();
      return test;
    };
    const [all, indirect] = [run(true), run(false)];
    assert.deepEqual(
      [all.instructions, all.console, all.pc, all.cpsr],
      [indirect.instructions, indirect.console, indirect.pc, indirect.cpsr],
    );
    assert.ok(all.hypervisor!.metrics.total() > indirect.hypervisor!.metrics.total());
  });

  it('count what an engine has counted when slots go', () => {
    const test = new TestGuest(
      { engine: 'interpreter', level: 1 },
      { images: assembled('1: adr r0, 1b\n add r4, r4, #1\n bx r0'), memory: 2 * MIB },
    );
    test.run(300);
    const g = test.hypervisor!;
    const [site] = [...g.patcher.map.allSites()];
    g.machine.engine.invalidateAllCode();
    assert.equal(site.patch.count, 100);
    test.run(30);
    g.machine.engine.flushCounters();
    g.machine.engine.flushCounters();
    assert.equal(site.patch.count, 110);
  });
});

import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { PatchKind, Stop } from '../../src/arm/engine.js';
import { Disposition, Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { SLOT_POOL_BYTES, SLOT_UNIT } from '../../src/mem/layout.js';
import type { Patch } from '../../src/mem/ports.js';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { TIER1 } from '../support/tier1.js';
import { need } from '../support/tools.js';
import { Pair } from './pair.js';
import { MARGIN, RAM, Rig } from './rig.js';

const CODE = RAM + 0x1_0000;
const DATA = RAM + 0x2_0000;
const VECTORS = RAM + 0x8000;

/** Places a program in both machines and points them at its start, in Supervisor mode. */
function load(pair: Pair, source: string, thumb = false, at = CODE): void {
  const bytes = assemble(source, { thumb, origin: at });
  pair.both((rig) => {
    rig.bus.writeBlock(at, bytes);
    begin(rig, at, thumb);
  });
}

function begin(rig: Rig, at: number, thumb = false): void {
  rig.state.fill(0, 0, 15);
  rig.processor.setCpsr(Mode.svc | Psr.I | Psr.F | Psr.A | (thumb ? Psr.T : 0));
  rig.state[Word.PC] = at;
  rig.state[Cp15.VBAR] = VECTORS;
}

/** Runs both machines for `attempts` in all, through every stop, comparing at each. */
function runAll(pair: Pair, attempts: number): void {
  for (let left = attempts; left > 0;) {
    const stop = pair.run(left, () => 'run');
    left = pair.expected.state[Word.COUNT];
    assert.ok(stop === Stop.Budget || stop === Stop.Attention, `stopped for ${stop}`);
  }
}

const LOOP = `
        mov     r0, #0
        ldr     r1, =${DATA}
1:      add     r0, r0, #1
        tst     r0, #1
        addne   r2, r2, r0
        strne   r2, [r1], #4
        bleq    2f
        ands    r3, r0, #7
        svceq   #1
        b       1b
2:      push    {r4, lr}
        ldr     r4, [r1, #-4]
        eors    r5, r5, r4, ror #3
        popmi   {r4, pc}
        add     r6, r6, r5, lsr #1
        pop     {r4, pc}
        .ltorg
`;
const THUMB_LOOP = `
        movs    r0, #0
        ldr     r1, =${DATA}
1:      adds    r0, #1
        tst     r0, #1
        itte    ne
        addne   r2, r0
        strne   r2, [r1], #4
        subeq   r2, #3
        cbz     r2, 3f
        cmp     r0, r2
        ittet   lt
        movlt   r3, r0
        svclt   #1
        lslge   r3, r0, #1
        bllt    2f
3:      ubfx    r6, r3, #1, #5
        b       1b
        .balign 4
2:      push    {r4, lr}
        ldr     r4, [r1, #-4]
        eors.w  r5, r5, r4, ror #3
        it      mi
        popmi   {r4, pc}
        add.w   r6, r6, r5, lsr #1
        pop     {r4, pc}
        .ltorg
`;

/** Tier 0 alone, and with tier 1 on top that translates what has been branched to once. */
const TIERS: readonly (readonly [name: string, tier1: TierOptions | undefined])[] = [
  ['tier 0', TIER1],
  ['tiers 0 and 1', { threshold: 1 }],
];

for (const [tiers, tier1] of TIERS)
  describe(tiers, function () {
    this.timeout(60_000);
    before(function () {
      need(this, ...ASSEMBLER);
    });

    function pairWithVectors(): Pair {
      const pair = new Pair(0x10_0000, tier1);
      // Undefined and SVC return behind, aborts too.
      const movs_pc_lr = 0xe1b0_f00e;
      pair.both((rig) => {
        rig.words(VECTORS, movs_pc_lr, movs_pc_lr, movs_pc_lr, 0xe25e_f004, 0xe25e_f004, 0, 0xe25e_f004, 0xe25e_f004);
        rig.state[13] = DATA + 0x1000;
      });
      return pair;
    }

    for (const [name, source, thumb] of [
      ['ARM', LOOP, false],
      ['Thumb with IT blocks', THUMB_LOOP, true],
    ] as const) {
      it(`uses up every budget exactly: ${name}`, () => {
        const pair = pairWithVectors();
        load(pair, source, thumb);
        const state = pair.expected.state.slice();
        const nothing = new Uint8Array(0x2000);
        for (let budget = 1; budget < 120; budget++) {
          for (const more of [0, MARGIN]) {
            pair.both((rig) => {
              rig.state.set(state);
              rig.state[13] = DATA + 0x1000;
              rig.bus.writeBlock(DATA, nothing);
              rig.processor.commit();
            });
            runAll(pair, budget + more);
          }
        }
      });

      it(`gives the same by single steps: ${name}`, () => {
        const pair = pairWithVectors();
        load(pair, source, thumb);
        pair.both((rig) => (rig.state[13] = DATA + 0x1000));
        for (let i = 0; i < 300; i++) pair.run(1, () => `step ${i}`);
      });
    }

    it('stays exact over many slices', () => {
      const pair = pairWithVectors();
      load(pair, LOOP.replace('svceq   #1', 'nop').replace('[r1], #4', '[r1]'));
      pair.both((rig) => (rig.state[13] = DATA + 0x1000));
      runAll(pair, 650_001);
    });

    describe('code that changes itself', () => {
      it('executes what was just stored, within a straight run', () => {
        const pair = pairWithVectors();
        load(
          pair,
          `
        ldr     r0, =0xe2822064         @ add r2, r2, #100
        adr     r1, 2f
        mov     r3, #0
1:      add     r3, r3, #1
        cmp     r3, #5
        streq   r0, [r1]
2:      add     r2, r2, #1
        cmp     r3, #9
        blt     1b
3:      b       3b
        .ltorg`,
        );
        runAll(pair, MARGIN + 200);
        assert.equal(pair.actual.state[2], 4 + 5 * 100);
      });

      it('executes the store itself to its end when it overwrites itself', () => {
        const pair = pairWithVectors();
        load(
          pair,
          `
        adr     r1, 1f
        ldr     r0, [r1, #4]
        ldr     r2, =0x1234
1:      str     r0, [r1], #8
        nop
2:      b       2b
        .ltorg`,
        );
        runAll(pair, MARGIN + 20);
        assert.equal(pair.actual.state[1], CODE + 12 + 8);
      });

      it('sees a changed second half of a wide instruction, and of one in an IT block', () => {
        const pair = pairWithVectors();
        load(
          pair,
          `
        ldr     r0, =0x0205             @ second halfword: add.w r2, r2, #5
        adr     r1, 2f
        adr     r7, 3f
        movs    r3, #0
1:      adds    r3, #1
        cmp     r3, #6
        it      eq
        strheq  r0, [r1, #2]
        .balign 4
2:      add     r2, r2, #0x1
        cmp     r3, #8
        ite     ge
        .balign 2
3:      addge   r4, #1
        addlt   r5, #1
        cmp     r3, #10
        it      eq
        strheq  r0, [r7]
        cmp     r3, #12
        blt     1b
4:      b       4b
        .ltorg`,
          true,
        );
        for (let i = 0; i < 60; i++) pair.run(7, () => `piece ${i}`);
        pair.both((rig) => begin(rig, CODE, true));
        pair.run(MARGIN + 90, () => 'whole');
      });

      it('follows writes from outside: DMA and the debugger', () => {
        const pair = pairWithVectors();
        load(pair, '1: add r2, r2, #1\n b 1b');
        runAll(pair, MARGIN + 100);
        pair.both((rig) => rig.bus.writeBlock(CODE, assemble('add r2, r2, #16')));
        runAll(pair, MARGIN + 100);
      });
    });

    describe('breakpoints', () => {
      it('stop before the instruction, pass it once on request, and go without a trace', () => {
        const pair = pairWithVectors();
        load(pair, '1: add r0, r0, #1\n add r1, r1, #1\n b 1b');
        runAll(pair, MARGIN + 30);
        pair.both((rig) => rig.breakpoints.add(CODE + 4));
        assert.equal(
          pair.run(MARGIN + 1000, () => 'to the breakpoint'),
          Stop.Breakpoint,
        );
        assert.equal(pair.actual.pc, CODE + 4);
        assert.equal(
          pair.run(100, () => 'still there'),
          Stop.Breakpoint,
        );
        assert.equal(pair.actual.state[Word.COUNT], 100);
        assert.equal(
          pair.run(100, () => 'on', true),
          Stop.Breakpoint,
        );
        assert.equal(pair.actual.state[Word.COUNT], 97);
        pair.both((rig) => rig.breakpoints.delete(CODE + 4));
        assert.equal(
          pair.run(MARGIN + 500, () => 'without'),
          Stop.Budget,
        );
      });

      it('may stand at what changes the mode: passing it is no reason to stop', () => {
        const pair = pairWithVectors();
        load(pair, '1: cps #0x1f\n cps #0x13\n b 1b');
        pair.both((rig) => rig.breakpoints.add(CODE));
        for (const skip of [false, true, true])
          assert.equal(
            pair.run(100, () => 'to the next time round', skip),
            Stop.Breakpoint,
          );
        assert.equal(pair.actual.state[Word.COUNT], 97);
      });

      it('hold at one virtual address of a page that has two', () => {
        const pair = pairWithVectors();
        const alias = 0x5000_0000;
        pair.both((rig) => {
          const section = RAM | 0xc0e;
          rig.words(RAM + 4 * (RAM >>> 20), section);
          rig.words(RAM + 4 * (alias >>> 20), section);
          rig.state[Cp15.TTBR0] = RAM;
          rig.state[Cp15.DACR] = 1;
          rig.state[Cp15.SCTLR] |= 1;
          rig.processor.commit();
          rig.breakpoints.add(alias + (CODE - RAM) + 4);
        });
        load(pair, '1: add r0, r0, #1\n add r1, r1, #1\n eor pc, pc, #0x10000000\n nop\n b 1b');
        assert.equal(
          pair.run(MARGIN + 100, () => 'through the first name'),
          Stop.Breakpoint,
        );
        assert.equal(pair.actual.pc, alias + (CODE - RAM) + 4);
      });

      it('stop inside an IT block and on its first instruction', () => {
        const pair = pairWithVectors();
        load(pair, '1: adds r0, #1\n tst r0, #1\n ite ne\n addne r1, #1\n addeq r2, #1\n b 1b', true);
        pair.both((rig) => rig.breakpoints.add(CODE + 10));
        for (let i = 0; i < 4; i++) {
          assert.equal(
            pair.run(MARGIN + 100, () => `stop ${i}`, i > 0),
            Stop.Breakpoint,
          );
          assert.equal(pair.actual.state[Word.ITSTATE] & 15, 8);
        }
      });
    });

    it('forgets what a TLB maintenance operation forgets', () => {
      const pair = pairWithVectors();
      const page = 0x5000_0000;
      const first = RAM + 0x4_0000;
      pair.both((rig) => {
        rig.words(RAM + 4 * (RAM >>> 20), RAM | 0xc0e);
        rig.words(RAM + 4 * (page >>> 20), (RAM + 0x4000) | 1);
        rig.words(RAM + 0x4000, first | 0x3e);
        rig.state[Cp15.TTBR0] = RAM;
        rig.state[Cp15.DACR] = 1;
        rig.state[Cp15.SCTLR] |= 1;
        rig.bus.writeBlock(first, assemble('add r0, r0, #1\n bx lr'));
        rig.bus.writeBlock(first + 0x1000, assemble('add r0, r0, #16\n bx lr'));
        rig.processor.commit();
      });
      load(
        pair,
        `
        ldr     r4, =${page}
        ldr     r5, =${RAM + 0x4000}
        ldr     r6, =${(first + 0x1000) | 0x3e}
        blx     r4
        str     r6, [r5]
        blx     r4                      @ still the old page
        mcr     p15, 0, r4, c8, c7, 1   @ TLBIMVA
        blx     r4
1:      b       1b
        .ltorg`,
      );
      runAll(pair, MARGIN + 40);
      assert.equal(pair.actual.state[0], 1 + 1 + 16);
    });

    it('gives back the attempt of a fault that a trap handler repairs, and resumes where it says', () => {
      const pair = pairWithVectors();
      const page = 0x5000_0000;
      pair.both((rig) => {
        rig.words(RAM + 4 * (RAM >>> 20), RAM | 0xc0e);
        rig.words(RAM + 4 * (page >>> 20), (RAM + 0x4000) | 1);
        rig.state[Cp15.TTBR0] = RAM;
        rig.state[Cp15.DACR] = 1;
        rig.state[Cp15.SCTLR] |= 1;
        rig.processor.commit();
        rig.processor.trapHandler = {
          take: ({ kind, address, lr }) => {
            if (kind === Exception.SupervisorCall) {
              rig.state[2] += 7;
              rig.state[Word.PC] = lr;
              return Disposition.Resume;
            }
            assert.ok(kind === Exception.DataAbort || kind === Exception.PrefetchAbort, `exception ${kind}`);
            const at = address & -4096;
            rig.words(RAM + 0x4000 + 4 * ((at - page) >>> 12), (DATA + ((at - page) & 0xf000)) | 0x3e);
            rig.mmu.flushMva(at);
            return Disposition.Retry;
          },
        };
      });
      load(
        pair,
        `
        ldr     r1, =${page}
1:      str     r0, [r1], #1024
        stmia   r1, {r0-r3}
        ldr     r4, [r1, #-4]
        svc     #0
        add     r0, r0, #1
        cmp     r0, #50
        bne     1b
        mov     r0, #0
        ldr     r1, =${page}
        ldr     r5, =${page + 0x1f000}
        blx     r5                      @ not mapped yet either
        b       1b
        .ltorg`,
      );
      pair.both((rig) => rig.words(DATA + 0xf000, 0xe12f_ff1e));
      for (const budget of [3, 1, 40, 5, MARGIN + 700, MARGIN + 1]) runAll(pair, budget);
      assert.ok(pair.actual.state[2] > 7 * 100);
    });

    it('starts over when the pool of slots is full', () => {
      const pages = Math.floor(SLOT_POOL_BYTES / SLOT_UNIT) + 40;
      const pair = new Pair((pages + 32) * 4096, tier1);
      pair.both((rig) => {
        // Each page: add r0, r0, #1; b to the next page. The last goes back to the first.
        for (let page = 0; page < pages; page++) {
          const ahead = page + 1 < pages ? 0x1000 : -(pages - 1) * 0x1000;
          rig.words(CODE + page * 4096, 0xe280_0001, 0xea00_0000 | (((ahead - 12) >> 2) & 0xff_ffff));
        }
        begin(rig, CODE);
      });
      for (let i = 0; i < 3; i++) runAll(pair, 2 * pages + 100);
      assert.ok(pair.actual.state[0] > 2 * pages);
    });

    describe('patches', () => {
      function patch(kind: Patch['kind'], pa: number, original: number, planted: number): Patch {
        return { pa, thumb: 0, context: 0, length: 4, original, planted, kind, count: 0 };
      }

      it('execute the planted word, which loads do not see, until it is removed', () => {
        const pair = pairWithVectors();
        load(pair, '1: add r0, r0, #1\n ldr r1, [r2]\n b 1b');
        pair.both((rig) => (rig.state[2] = CODE));
        // Until the out-of-line handlers are compiled: before, the reference executes single instructions.
        for (let i = 0; i < 700; i++) pair.run(1, () => 'step');
        runAll(pair, MARGIN + 30);
        const before = pair.actual.state[0];
        const planted = 0xe280_0010 | 0;
        pair.both((rig) => rig.overlay.install(patch(PatchKind.trap, CODE, 0xe280_0001 | 0, planted)));
        // The reference takes a planted word for a trap word of a VMM; here it is an addition, so only tier 0 is asked.
        pair.actual.interpreter.run(30, false);
        assert.equal(pair.actual.state[0], before + 160);
        assert.equal(pair.actual.state[1], 0xe280_0001 | 0);
        pair.both((rig) => rig.overlay.remove(CODE, 0, 0));
        pair.actual.interpreter.run(30, false);
        assert.equal(pair.actual.state[0], before + 170);
      });

      it('of kind counted count executions whose condition holds, as the reference does', () => {
        const pair = pairWithVectors();
        load(pair, `1: add r0, r0, #1\n tst r0, #1\n moveq pc, r4\n mov pc, r4`);
        const patches = [pair.expected, pair.actual].map((rig) => {
          rig.state[4] = CODE;
          const own = [8, 12].map((at) => patch(PatchKind.counted, CODE + at, rig.bus.read(CODE + at, 4) | 0, 0));
          for (const one of own) rig.overlay.install(one);
          return own;
        });
        runAll(pair, MARGIN + 700);
        pair.actual.interpreter.flushCounters();
        const [expected, actual] = patches.map((own) => own.map((one) => one.count));
        assert.ok(expected[0] > 300);
        assert.deepEqual(actual, expected);
        // What was counted outlives the slots.
        runAll(pair, MARGIN + 700);
        pair.actual.interpreter.invalidateAllCode();
        assert.deepEqual(...(patches.map((own) => own.map((one) => one.count)) as [number[], number[]]));
      });

      it('are added up before their counters can overflow, whoever asks', () => {
        const pair = pairWithVectors();
        const { actual } = pair;
        load(pair, `1: add r0, r0, #1\n mov pc, r4`);
        actual.state[4] = CODE;
        const branch = patch(PatchKind.counted, CODE + 4, actual.bus.read(CODE + 4, 4) | 0, 0);
        actual.overlay.install(branch);
        const slices = Math.ceil(2 ** 30 / 200_000);
        for (let i = 0; i < slices - 1; i++) actual.interpreter.run(1, false);
        // What the reference executes, while there is no handler yet, it counts at once.
        const atOnce = branch.count;
        for (let i = 0; i < 2; i++) actual.interpreter.run(1, false);
        assert.ok(branch.count > atOnce + 1000, `${atOnce}, then ${branch.count}`);
      });
    });

    describe('patches of kind inlined', () => {
      /** Installs patches at these places, which add 256 to r5 and go on behind the instruction, as the reference's own would. */
      function inline(pair: Pair, thumb: number, places: readonly (readonly [number, number])[]): void {
        pair.both((rig) => {
          for (const [at, length] of places) {
            const pa = CODE + at;
            const original = length === 4 ? rig.bus.read(pa, 4) | 0 : rig.bus.read(pa, 2);
            const arbitrate = (): void => {
              const { state } = rig;
              assert.equal(state[Word.PC], pa);
              state[5] += 0x100;
              state[Word.PC] += length;
              const itstate = state[Word.ITSTATE];
              state[Word.ITSTATE] = (itstate & 7) === 0 ? 0 : (itstate & 0xe0) | ((itstate << 1) & 0x1f);
            };
            const kind = PatchKind.inlined;
            rig.overlay.install({ pa, thumb, context: 0, length, original, planted: 0, kind, count: 0, arbitrate });
          }
        });
      }

      it('execute where the condition of the instruction holds', () => {
        const pair = pairWithVectors();
        load(pair, '1: add r0, r0, #1\n tst r0, #3\n mrseq r1, cpsr\n mrsne r2, cpsr\n mrs r3, cpsr\n b 1b');
        const places = [8, 12, 16].map((at) => [at, 4] as const);
        inline(pair, 0, places);
        runAll(pair, MARGIN + 900);
        // Two in each turn of the loop, the last of which may be under way.
        assert.ok(Math.abs((pair.actual.state[5] >> 8) - 2 * pair.actual.state[0]) <= 2);
        assert.deepEqual(
          [1, 2, 3].map((n) => pair.actual.state[n]),
          [0, 0, 0],
          'the originals did not execute',
        );
        pair.both((rig) => {
          for (const [at] of places) rig.overlay.remove(CODE + at, 0, 0);
        });
        runAll(pair, 24);
        assert.notEqual(pair.actual.state[3], 0, 'and do when the patches are gone');
      });

      it('execute in IT blocks where the condition of the block holds', () => {
        const pair = pairWithVectors();
        const code = `
1:      adds    r0, r0, #1
        tst     r0, #3
        itete   eq
        addeq   r1, r1, #1
        mrsne   r2, cpsr
        mrseq   r4, cpsr
        addne   r3, r3, #1
        cpsie   i
        b       1b`;
        load(pair, `.syntax unified\n.arch armv7-a\n${code}`, true);
        inline(pair, 1, [
          [0xa, 4],
          [0xe, 4],
          [0x14, 2],
        ]);
        runAll(pair, MARGIN + 900);
        assert.ok(pair.actual.state[1] > 50 && pair.actual.state[3] > 150);
        assert.deepEqual([pair.actual.state[2], pair.actual.state[4]], [0, 0]);
        assert.ok(Math.abs((pair.actual.state[5] >> 8) - 2 * pair.actual.state[0]) <= 2);
      });

      it('may change what the engine goes by, and that at once', () => {
        const pair = pairWithVectors();
        load(pair, '1: mrs r0, cpsr\n mrs r1, cpsr\n b 1b');
        pair.both((rig) => {
          const common = {
            thumb: 0,
            context: 0,
            length: 4,
            original: 0,
            planted: 0,
            kind: PatchKind.inlined,
            count: 0,
          };
          const arbitrate = (): void => {
            rig.state[Word.PC] = CODE + 4;
            rig.processor.setCpsr(rig.state[6]++ % 2 === 0 ? Mode.usr : Mode.svc);
          };
          rig.overlay.install({ ...common, pa: CODE, arbitrate });
        });
        runAll(pair, MARGIN);
        const modes = new Set<number>();
        for (let i = 0; i < 4; i++) {
          runAll(pair, 3);
          modes.add(pair.actual.state[1] & Psr.M);
        }
        assert.deepEqual(modes, new Set([Mode.usr, Mode.svc]));
      });
    });

    describe('leaves', () => {
      it('right behind the store that raised an interrupt line', () => {
        const pair = pairWithVectors();
        pair.both((rig) =>
          rig.bus.mapDevice(0x1000_0000, {
            name: 'bell',
            size: 0x1000,
            read: () => 0,
            write: () => (rig.processor.irqLine = true),
            reset: () => {},
            save: () => null,
            restore: () => {},
          }),
        );
        load(
          pair,
          `
        cpsie   i
        mov     r1, #0x10000000
        mov     r2, #900
1:      add     r0, r0, #1
        subs    r2, r2, #1
        bne     1b
        str     r2, [r1], #4
        add     r0, r0, #1
2:      b       2b`,
        );
        let left = MARGIN + 3000;
        for (;;) {
          const stop = pair.run(left, () => 'ring');
          left = pair.expected.state[Word.COUNT];
          if (pair.expected.processor.irqLine) {
            assert.equal(stop, Stop.Attention);
            break;
          }
          assert.ok(left > 0);
        }
        assert.equal(pair.actual.pc, CODE + 7 * 4);
      });

      it('at WFI, asleep until something wakes it', () => {
        const pair = pairWithVectors();
        load(pair, '1: add r0, r0, #1\n wfi\n b 1b');
        assert.equal(
          pair.run(MARGIN + 100, () => 'to sleep'),
          Stop.WaitForInterrupt,
        );
        assert.equal(
          pair.run(MARGIN + 100, () => 'asleep'),
          Stop.WaitForInterrupt,
        );
        assert.equal(pair.actual.state[Word.COUNT], MARGIN + 100);
        pair.both((rig) => (rig.processor.irqLine = true));
        pair.both((rig) => (rig.processor.irqLine = false));
        pair.both((rig) => rig.processor.wake());
        assert.equal(
          pair.run(MARGIN + 100, () => 'again'),
          Stop.WaitForInterrupt,
        );
        assert.equal(pair.actual.state[0], 2);
      });

      it('when asked to stop, before anything is executed', () => {
        const pair = pairWithVectors();
        load(pair, '1: b 1b');
        pair.both((rig) => rig.processor.requestStop());
        assert.equal(
          pair.run(50, () => 'host'),
          Stop.Host,
        );
        assert.equal(pair.actual.state[Word.COUNT], 50);
        assert.equal(
          pair.run(50, () => 'on'),
          Stop.Budget,
        );
      });
    });

    it('executes instructions that lie on two pages, and takes the abort of the second', () => {
      const pair = pairWithVectors();
      const at = RAM + 0xf_fff8;
      // The last instruction's second half lies behind the end of RAM.
      load(pair, 'adds r0, #1\n add.w r1, r1, #1\n add.w r2, r2, #1', true, at - 0x1000);
      runAll(pair, 3);
      pair.both((rig) => {
        const bytes = assemble('1: adds r0, #1\n add.w r1, r1, #1\n add.w r2, r2, #1', { thumb: true });
        rig.bus.writeBlock(at, bytes.subarray(0, 8));
        begin(rig, at, true);
      });
      runAll(pair, 3);
      assert.equal(pair.actual.state[Word.PSR] & 0x1f, Mode.abt);
      assert.equal(pair.actual.state[Cp15.IFAR] >>> 0, RAM + 0x10_0000);
      runAll(pair, MARGIN + 100);
    });
  });

describe('jit/engine: a page with code of both privileges', () => {
  it('is found again at each change between them without translating a fetch', () => {
    const rig = new Rig();
    const code = RAM + 0x1000;
    // VBAR is the page's: for SVC add r0, r0, #1 · movs pc, lr; then svc #0 · b back.
    rig.words(code + 0x08, 0xe2800001, 0xe1b0f00e);
    rig.words(code + 0x20, 0xef000000, 0xeafffffd);
    rig.state[Cp15.VBAR] = code;
    rig.processor.setCpsr(Mode.usr);
    rig.jump(code + 0x20);
    const { processor } = rig;
    let translated = 0;
    const translateFetch = processor.translateFetch.bind(processor);
    processor.translateFetch = (va) => {
      translated++;
      return translateFetch(va);
    };
    rig.interpreter.run(MARGIN + 300, false);
    assert.ok(rig.state[0] > 500, `${rig.state[0]} calls`);
    assert.ok(translated <= 4, `${translated} times`);
  });
});

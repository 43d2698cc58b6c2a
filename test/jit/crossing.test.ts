/** Thumb instructions whose two halfwords lie on two pages: kept in slots like others, as long as both pages and both translations are what they were. */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { TIER1 } from '../support/tier1.js';
import { need } from '../support/tools.js';
import { Pair } from './pair.js';
import { MARGIN, RAM, type Rig } from './rig.js';

/** The code's two pages, where they are mapped, and the second one's two places in memory. */
const CODE = 0x5000_0000;
const SECOND = CODE + 0x1000;
const FIRST_PLACE = RAM + 0x4_0000;
const PLACES = [RAM + 0x6_0000, RAM + 0x7_0000];
const DATA = RAM + 0x2_0000;
const VECTORS = RAM + 0x8000;
/** Of the second-level table that maps them. */
const TABLE = RAM + 0x4000;
const smallPage = (pa: number): number => pa | 0x3e;

/** More than the reference executes of an instruction before its handler is compiled. */
const TURNS = 1000;

/** What goes round in r8 turns, calling `crossed`, whose fourth instruction crosses. @param after the call @param before what crosses: two bytes */
const around = (crossing: string, after = '', before = 'nop'): string => `
        .org 0x100
1:      bl      crossed
        ${after}
        subs.w  r8, r8, #1
        bne     1b
2:      b       2b
        .balign 4
literal: .word  0x12345678
        .org 0xff8
crossed: adds   r0, #1
        movs    r2, #0
        ${before}
        ${crossing}
        adds    r3, #1
        bx      lr`;

function loaded(tier1: TierOptions | undefined, source: string, covers = false): Pair {
  const pair = new Pair(0x10_0000, tier1, covers);
  const bytes = assemble(source, { thumb: true, origin: CODE });
  const movs_pc_lr = 0xe1b0_f00e;
  pair.both((rig) => {
    rig.words(RAM + 4 * (RAM >>> 20), RAM | 0xc0e);
    rig.words(RAM + 4 * (CODE >>> 20), TABLE | 1);
    rig.words(TABLE, smallPage(FIRST_PLACE), smallPage(PLACES[0]));
    rig.words(VECTORS, movs_pc_lr, movs_pc_lr, movs_pc_lr, 0xe25e_f004, 0xe25e_f004, 0, 0xe25e_f004, 0xe25e_f004);
    rig.bus.writeBlock(FIRST_PLACE, bytes.subarray(0, 0x1000));
    for (const place of PLACES) rig.bus.writeBlock(place, bytes.subarray(0x1000));
    rig.processor.setCpsr(Mode.svc | Psr.I | Psr.F | Psr.A | Psr.T);
    rig.state[Cp15.TTBR0] = RAM;
    rig.state[Cp15.DACR] = 1;
    rig.state[Cp15.SCTLR] |= 1;
    rig.state[Cp15.VBAR] = VECTORS;
    rig.state[1] = DATA;
    rig.state[8] = TURNS;
    rig.state[13] = DATA + 0x1000;
    rig.jump((CODE + 0x100) | 1);
  });
  return pair;
}

/** How often the reference executes what crosses, from now on. */
function referenceCalls({ processor, state }: Rig): () => number {
  let calls = 0;
  const execute = processor.executeReference.bind(processor);
  processor.executeReference = () => {
    if (state[Word.PC] >>> 0 === SECOND - 2) calls++;
    execute();
  };
  return () => calls;
}

for (const [tiers, tier1] of [
  ['tier 0', TIER1],
  ['tiers 0 and 1', { threshold: 1 }],
] as const)
  describe(`instructions on two pages, ${tiers}`, function () {
    this.timeout(60_000);
    before(function () {
      need(this, ...ASSEMBLER);
    });

    for (const crossing of [
      'add.w r4, r4, #0x55',
      'ldr.w r5, [r1, #4]',
      'ldr.w r5, literal',
      'ldr.w r5, [r2, #0xf00]',
      'str.w r0, [r1], #4',
      'bl crossed+12',
      'b.w crossed+10',
      'beq.w crossed+10',
      'tbb [pc, r2]\n .byte 1, 1',
      'pop.w {r4, r5}',
      'mrs r5, apsr',
    ])
      for (const covers of [false, true])
        it(`go on as the reference does: ${crossing.split('\n')[0]}${covers ? ', counted' : ''}`, () => {
          const pair = loaded(tier1, around(crossing), covers);
          for (const budget of [1, 2, 3, 4, 5, 6, 7, MARGIN, 8, 9, 5 * MARGIN]) pair.run(budget, () => crossing);
          assert.equal(pair.coverageDifference(), undefined);
          assert.ok(pair.actual.state[0] > 0);
        });

    it('go on in an IT block', () => {
      const pair = loaded(tier1, around('addeq.w r4, r4, #1', '', 'it eq'));
      for (const budget of [5, MARGIN, 5 * MARGIN]) pair.run(budget, () => 'in an IT block');
    });

    it('are decoded once, and not by the reference each time', () => {
      const pair = loaded(tier1, around('add.w r4, r4, #0x55'));
      pair.both(({ state }) => void (state[8] = 3 * TURNS));
      // The first ones are the reference's until their handler is worth compiling.
      pair.run(6 * MARGIN, () => 'at first');
      const calls = referenceCalls(pair.actual);
      pair.run(3 * MARGIN, () => 'then');
      assert.notEqual(pair.actual.state[8], 0);
      assert.equal(calls(), 0);
    });

    it('follow what is stored to the second page', () => {
      // The halfword 0455 says r4 and the constant: it is counted up.
      const pair = loaded(tier1, around('add.w r4, r4, #0x55', 'strb.w r0, [r6]'));
      pair.both(({ state }) => void (state[6] = SECOND));
      for (const budget of [50, MARGIN, 6 * MARGIN]) pair.run(budget, () => 'stored to');
      assert.equal(pair.actual.state[8], 0);
      assert.notEqual(pair.actual.state[4], TURNS * 0x55);
    });

    it('follow where the second page is mapped, and when the first one is another', () => {
      const remap = `
        eor.w   r9, r9, r10
        str.w   r9, [r11]
        mcr     p15, 0, r12, c8, c7, 1 @ TLBIMVA`;
      const pair = loaded(tier1, around('add.w r4, r4, #0x55', remap));
      pair.both((rig) => {
        rig.bus.write(PLACES[1], 2, 0x0401);
        rig.state[9] = smallPage(PLACES[0]);
        rig.state[10] = smallPage(PLACES[0]) ^ smallPage(PLACES[1]);
        rig.state[11] = TABLE + 4;
        rig.state[12] = SECOND;
      });
      for (const budget of [30, MARGIN, 6 * MARGIN]) pair.run(budget, () => 'mapped anew');
      assert.equal(pair.actual.state[8], 0);
      assert.equal(pair.actual.state[4], (TURNS / 2) * (0x55 + 1));
    });

    it('abort where the second page is gone, and go on when it is back', () => {
      const pair = loaded(tier1, around('add.w r4, r4, #0x55'));
      pair.run(3 * MARGIN, () => 'there');
      const map = (entry: number): void =>
        pair.both((rig) => {
          rig.words(TABLE + 4, entry);
          rig.mmu.flushAll(0);
          rig.processor.commit();
        });
      const again = (): void => pair.both((rig) => void rig.jump((CODE + 0x100) | 1));
      map(0);
      again();
      for (let i = 0; i < 12; i++) pair.run(1 + i, () => 'gone');
      assert.equal(pair.actual.state[Cp15.IFAR] >>> 0, SECOND);
      map(smallPage(PLACES[0]));
      pair.both(({ processor }) => void processor.setCpsr(Mode.svc | Psr.I | Psr.F | Psr.A | Psr.T));
      again();
      pair.run(4 * MARGIN, () => 'back');
      assert.equal(pair.actual.state[Word.T], 1);
    });
  });

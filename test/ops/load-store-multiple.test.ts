/** Load and store multiple on the reference: the four modes, lists with base and PC, user registers, exception return, faults half-way. */
import assert from 'node:assert/strict';
import { Exception, FaultType } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { CODE, CpuRig, DATA, RAM } from '../support/cpu-rig.js';
import { RAM_SIZE } from '../mem/rig.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';

const END = RAM + RAM_SIZE;

/** Words at DATA - 64 to DATA + 64, each its own address less DATA plus 0x1000. */
function rig(source: string, thumb = false): CpuRig {
  const made = new CpuRig().asm(source, { thumb });
  for (let at = -64; at <= 64; at += 4) made.poke(DATA + at, 0x1000 + at);
  return made;
}

describe('load and store multiple', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  /** Mode, first address relative to the base, base after writeback. */
  const MODES: readonly (readonly [string, number, number])[] = [
    ['ia', 0, 12],
    ['ib', 4, 12],
    ['da', -8, -12],
    ['db', -12, -12],
  ];
  for (const [mode, start, end] of MODES)
    it(`${mode}: addresses and writeback`, () => {
      for (const wback of ['', '!']) {
        const load = rig(`ldm${mode} r0${wback}, {r1, r3, r14}`).setR(0, DATA);
        load.step();
        assert.deepEqual([load.r(1), load.r(3), load.r(14)], [0x1000 + start, 0x1004 + start, 0x1008 + start]);
        assert.equal(load.r(0), wback ? DATA + end : DATA);
        const store = rig(`stm${mode} r0${wback}, {r1, r3, r14}`);
        store.setR(0, DATA).setR(1, 11).setR(3, 33).setR(14, 44).step();
        assert.deepEqual(
          [-4, 0, 4, 8, 12].map((at) => store.peek(DATA + start + at)),
          [0xffc + start, 11, 33, 44, 0x100c + start],
        );
        assert.equal(store.r(0), wback ? DATA + end : DATA);
      }
    });

  for (const [mode, start] of MODES)
    it(`${mode}: a base in the list is loaded like any other, wherever it stands`, () => {
      for (const base of [1, 3, 14]) {
        const cpu = rig(`ldm${mode} r${base}, {r1, r3, r14}`).setR(base, DATA);
        cpu.step();
        assert.deepEqual([cpu.r(1), cpu.r(3), cpu.r(14)], [0x1000 + start, 0x1004 + start, 0x1008 + start], `r${base}`);
      }
    });

  it('with the pc: interworks, after base and writeback', () => {
    for (const [mode, start, end] of MODES) {
      // four words: the list of three has become one longer
      const last = (start < 0 ? start - 4 : start) + 12;
      const first = last - 12;
      const cpu = rig(`ldm${mode} r4!, {r1, r3, r14, pc}`).setR(4, DATA);
      cpu.poke(DATA + last, 0x40300001);
      cpu.step();
      assert.deepEqual([cpu.r(1), cpu.r(3), cpu.r(14)], [0x1000 + first, 0x1004 + first, 0x1008 + first], mode);
      assert.deepEqual([cpu.pc, cpu.cpu.thumb()], [0x40300000, true], mode);
      assert.equal(cpu.r(4), DATA + (end < 0 ? -16 : 16), mode);
    }
    // the APCS frame's return
    const frame = rig('ldmdb r11, {r4, r11, sp, pc}').setR(11, DATA);
    frame.poke(DATA - 4, 0x40300008);
    frame.step();
    assert.deepEqual([frame.r(4), frame.r(11), frame.r(13)], [0xff0, 0xff4, 0xff8]);
    assert.deepEqual([frame.pc, frame.cpu.thumb()], [0x40300008, false]);
  });

  it('stores the old base where it is the lowest, and the pc as address + 8', () => {
    const cpu = rig('stmia r1!, {r1, r2, pc}').setR(1, DATA).setR(2, 2);
    cpu.step();
    assert.deepEqual([cpu.peek(DATA), cpu.peek(DATA + 4), cpu.peek(DATA + 8)], [DATA, 2, CODE + 8]);
    assert.equal(cpu.r(1), DATA + 12);
  });

  it('push and pop in all encodings', () => {
    for (const thumb of [false, true]) {
      const push = rig('push {r4-r6, lr}', thumb).setR(13, DATA).setR(4, 4).setR(5, 5).setR(6, 6).setR(14, 14);
      push.step();
      assert.deepEqual(
        [0, 4, 8, 12].map((at) => push.peek(DATA - 16 + at)),
        [4, 5, 6, 14],
      );
      assert.equal(push.r(13), DATA - 16);
      const pop = rig('pop {r4-r6, pc}', thumb).setR(13, DATA);
      pop.poke(DATA + 12, CODE + 0x101);
      pop.step();
      assert.deepEqual([pop.r(4), pop.r(5), pop.r(6), pop.r(13)], [0x1000, 0x1004, 0x1008, DATA + 16]);
      assert.deepEqual([pop.pc, pop.cpu.thumb()], [CODE + 0x100, true]);
    }
    const wide = rig('pop.w {r1, r9, lr}', true).setR(13, DATA);
    wide.step();
    assert.deepEqual([wide.r(1), wide.r(9), wide.r(14), wide.r(13)], [0x1000, 0x1004, 0x1008, DATA + 12]);
    const one = rig('push {r9}').setR(13, DATA).setR(9, 9);
    one.step();
    assert.deepEqual([one.peek(DATA - 4), one.r(13)], [9, DATA - 4]);
  });

  it('T16 writes the base back unless it loads it', () => {
    const without = rig('ldmia r2!, {r0, r1}', true).setR(2, DATA);
    without.step();
    assert.deepEqual([without.r(0), without.r(1), without.r(2)], [0x1000, 0x1004, DATA + 8]);
    const within = rig('ldmia r2, {r0, r2, r3}', true).setR(2, DATA);
    within.step();
    assert.deepEqual([within.r(0), within.r(2), within.r(3)], [0x1000, 0x1004, 0x1008]);
    const store = rig('stmia r2!, {r2, r3}', true).setR(2, DATA).setR(3, 3);
    store.step();
    assert.deepEqual([store.peek(DATA), store.peek(DATA + 4), store.r(2)], [DATA, 3, DATA + 8]);
  });

  it('keeps the base when a word is not there, base in the list or not', () => {
    for (const source of [
      'ldmia r1!, {r2-r5}',
      'ldmia r1, {r1-r4}',
      'ldmia r3, {r1-r4}',
      'ldmia r2!, {r3-r5, pc}',
      'stmia r1!, {r1-r4}',
    ]) {
      const cpu = rig(source);
      for (let r = 1; r < 4; r++) cpu.setR(r, END - 8);
      const seen = cpu.watch();
      cpu.step();
      const base = Number(/r(\d)/.exec(source)![1]);
      assert.equal(cpu.r(base), END - 8, source);
      assert.deepEqual(
        [seen.length, seen[0]?.kind, seen[0]?.address, seen[0]?.fault],
        [1, Exception.DataAbort, END, FaultType.External],
        source,
      );
    }
  });

  it('faults on misalignment', () => {
    for (const [source, thumb] of [
      ['ldmia r0, {r1, r2}', false],
      ['stmdb r0!, {r1, r2}', false],
      ['ldmia r0!, {r1, r2}', true],
    ] as const) {
      const cpu = rig(source, thumb).setR(0, DATA + 2);
      const seen = cpu.watch();
      cpu.step();
      assert.equal(seen[0]?.fault, FaultType.Alignment, source);
      assert.equal(cpu.r(0), DATA + 2, source);
    }
    const push = rig('push {r1, r2}', true).setR(13, DATA + 1);
    const seen = push.watch();
    push.step();
    assert.equal(seen[0]?.fault, FaultType.Alignment);
  });

  describe('with ^', () => {
    it('reaches the user bank, base from the current one', () => {
      const store = rig('stmia sp, {r8, sp, lr}^').psr(Mode.fiq);
      store.setR(8, 0xf8).setR(13, DATA).setR(14, 0xf14);
      store.cpu.writeBanked(8, Mode.usr, 8);
      store.cpu.writeBanked(13, Mode.usr, 13);
      store.cpu.writeBanked(14, Mode.usr, 14);
      store.step();
      assert.deepEqual(
        [0, 4, 8].map((at) => store.peek(DATA + at)),
        [8, 13, 14],
      );
      assert.equal(store.r(13), DATA);

      for (const [mode, start] of [
        ['ia', 0],
        ['ib', 4],
        ['da', -8],
        ['db', -12],
      ] as const) {
        const load = rig(`ldm${mode} r0, {r8, sp, lr}^`)
          .psr(Mode.fiq)
          .setR(0, DATA)
          .setR(8, 0xf8)
          .setR(13, 0xf13)
          .setR(14, 0xf14);
        load.step();
        assert.deepEqual(
          [8, 13, 14].map((n) => load.cpu.readBanked(n, Mode.usr)),
          [0x1000 + start, 0x1004 + start, 0x1008 + start],
        );
        assert.deepEqual([load.r(8), load.r(13), load.r(14)], [0xf8, 0xf13, 0xf14]);
      }
    });

    it('returns from an exception: registers, then CPSR, then the pc in the state that CPSR says', () => {
      for (const thumb of [false, true]) {
        const cpu = rig('ldmia sp!, {r0, r14, pc}^').psr(Mode.irq, Psr.I).setR(13, DATA);
        cpu.cpu.writeSpsr(Mode.irq, Mode.usr | Psr.N | (thumb ? Psr.T : 0));
        cpu.cpu.writeBanked(14, Mode.usr, 0x55);
        cpu.poke(DATA + 8, 0x40300006);
        cpu.step();
        assert.equal(cpu.cpsr, (Mode.usr | Psr.N | (thumb ? Psr.T : 0)) >>> 0);
        assert.equal(cpu.pc, thumb ? 0x40300006 : 0x40300004);
        assert.equal(cpu.r(0), 0x1000);
        // R14 of the mode that returned
        assert.deepEqual(
          [cpu.r(14), cpu.cpu.readBanked(14, Mode.irq), cpu.cpu.readBanked(13, Mode.irq)],
          [0x55, 0x1004, DATA + 12],
        );
      }
    });

    it('is Undefined where the mode has no bank of its own', () => {
      for (const source of ['ldmia r0, {r1}^', 'stmia r0, {r1}^', 'ldmia r0, {pc}^'])
        for (const mode of [Mode.usr, Mode.sys]) {
          const cpu = rig(source).psr(mode).setR(0, DATA).setR(1, 1);
          const seen = cpu.watch();
          cpu.step();
          assert.equal(seen[0]?.kind, Exception.Undefined, source);
          assert.equal(cpu.r(1), 1);
          assert.equal(cpu.peek(DATA), 0x1000);
        }
    });

    it('changes nothing when it faults', () => {
      const cpu = rig('ldmia r0!, {r1, r2, pc}^')
        .psr(Mode.svc)
        .setR(0, END - 8)
        .setR(1, 1)
        .setR(2, 2);
      const seen = cpu.watch();
      cpu.step();
      assert.equal(seen[0]?.address, END);
      assert.deepEqual([cpu.r(0), cpu.r(1), cpu.r(2)], [END - 8, 1, 2]);
    });
  });
});

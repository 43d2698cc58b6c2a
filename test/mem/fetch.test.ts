import assert from 'node:assert/strict';
import { PatchKind } from '../../src/arm/engine.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import type { Patch } from '../../src/mem/ports.js';
import { ProbeDevice, RAM, Rig } from './rig.js';

const LOW = 0x1000;
const HIGH = 0x2000;
const LOW_PA = RAM + 0x10_0000;
const HIGH_PA = RAM + 0x20_0000;

describe('mem/fetch', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
    rig.short();
    rig.small(LOW, LOW_PA);
    rig.small(HIGH, HIGH_PA);
  });
  const seen = (va: number) => {
    const f = rig.unit.fetch(va);
    if (f.fault !== 0) return { fault: f.fault, level: f.level, domain: f.domain, at: f.faultAddress };
    return { pa: f.pa - RAM, word: f.word >>> 0, length: f.length, crosses: f.crossesPage };
  };
  const patch = (pa: number, thumb: number, planted: number, length: number, more: Partial<Patch> = {}): Patch => ({
    pa,
    thumb,
    context: 0,
    length,
    original: 0,
    planted,
    kind: PatchKind.trap,
    count: 0,
    ...more,
  });

  it('reads A32 words, T16 halfwords and T32 pairs, little-endian whatever CPSR.E says', () => {
    rig.poke(LOW_PA + 8, 0xe3a0_0001, 0xf000_4770);
    rig.poke(LOW_PA + 16, 0xbd10_f8d0);
    assert.deepEqual(seen(LOW + 8), { pa: 0x10_0008, word: 0xe3a0_0001, length: 4, crosses: false });
    rig.mode(Mode.svc, Psr.E);
    assert.deepEqual(seen(LOW + 8), { pa: 0x10_0008, word: 0xe3a0_0001, length: 4, crosses: false });
    rig.mode(Mode.svc, Psr.T);
    assert.deepEqual(seen(LOW + 12), { pa: 0x10_000c, word: 0x4770, length: 2, crosses: false });
    assert.deepEqual(seen(LOW + 14), { pa: 0x10_000e, word: 0xf000_f8d0, length: 4, crosses: false });
    assert.deepEqual(seen(LOW + 18), { pa: 0x10_0012, word: 0xbd10, length: 2, crosses: false });
  });

  it('tells lengths by the first halfword', () => {
    rig.thumb(true);
    for (const [halfword, length] of [
      [0xe000, 2],
      [0xe7ff, 2],
      [0xe800, 4],
      [0xf000, 4],
      [0xffff, 4],
      [0x0000, 2],
    ]) {
      rig.poke(LOW_PA, halfword);
      assert.equal(rig.unit.fetch(LOW).length, length, halfword.toString(16));
    }
  });

  it('joins a T32 instruction across a page end, from wherever the second page lies', () => {
    rig.thumb(true);
    rig.bus.write(LOW_PA + 0xffe, 2, 0xf7ff);
    rig.bus.write(HIGH_PA, 2, 0xfffe);
    assert.deepEqual(seen(LOW + 0xffe), { pa: 0x10_0ffe, word: 0xf7ff_fffe, length: 4, crosses: true });
    assert.deepEqual([rig.bus.isCode(LOW_PA), rig.bus.isCode(HIGH_PA)], [true, true]);
    rig.bus.write(LOW_PA + 0xffe, 2, 0x4770);
    assert.deepEqual(seen(LOW + 0xffe), { pa: 0x10_0ffe, word: 0x4770, length: 2, crosses: false });
  });

  it('takes aborts: translation, permission, domain, and nothing to fetch from', () => {
    rig.thumb(true);
    assert.deepEqual(seen(0x8000), { fault: FaultType.Translation, level: 2, domain: 0, at: 0x8000 });
    rig.small(LOW, LOW_PA, 0x33);
    assert.deepEqual(seen(LOW), { fault: FaultType.Permission, level: 2, domain: 0, at: LOW });
    rig.bus.write(HIGH_PA + 0xffe, 2, 0xf7ff);
    assert.deepEqual(
      seen(HIGH + 0xffe),
      { fault: FaultType.Translation, level: 2, domain: 0, at: 0x3000 },
      'second halfword',
    );
    rig.bus.mapDevice(0x0900_0000, new ProbeDevice());
    rig.small(0x3000, 0x0900_0000);
    assert.deepEqual(seen(HIGH + 0xffe), { fault: FaultType.External, level: 0, domain: 0, at: 0x3000 });
    rig.small(0x4000, 0x9000_0000);
    assert.deepEqual(seen(0x4002), { fault: FaultType.External, level: 0, domain: 0, at: 0x4002 });
    assert.equal(rig.unit.translate(0x4002).fault, FaultType.External);
    assert.deepEqual([rig.unit.translate(HIGH + 2).fault, rig.unit.translate(HIGH + 2).pa], [0, HIGH_PA + 2]);
    rig.set('DACR', 0);
    rig.mmu.select();
    assert.deepEqual(seen(HIGH), { fault: FaultType.Domain, level: 2, domain: 0, at: HIGH });
    rig.set('SCTLR', 0);
    rig.mmu.flushAll();
    assert.deepEqual(seen(0x9000_0000), { fault: FaultType.External, level: 0, domain: 0, at: 0x9000_0000 });
  });

  it('marks the page, so that stores are noticed and never direct', () => {
    rig.data.store(LOW + 0x80, 4, 1, 0);
    assert.notEqual(rig.inline(1, LOW, true), undefined);
    rig.unit.fetch(LOW);
    assert.equal(rig.inline(1, LOW, true), undefined);
    const writes: number[] = [];
    rig.bus.onCodeWrite = (pa) => writes.push(pa);
    rig.data.store(LOW + 0x80, 4, 1, 0);
    assert.deepEqual(writes, [LOW_PA + 0x80]);
  });

  it('executes planted words at their own address, state and context only', () => {
    rig.poke(LOW_PA, 0xe10f_0000, 0xf3ef_8000);
    rig.overlay.install(patch(LOW_PA, 0, 0xef00_0000, 4));
    const trap = patch(LOW_PA + 6, 1, 0xf7f0_a000, 4);
    rig.overlay.install(trap);
    assert.equal(seen(LOW).word, 0xef00_0000);
    assert.equal(rig.data.load(LOW, 4, 0) >>> 0, 0xe10f_0000, 'loads see the guest’s own bytes');
    assert.equal(seen(LOW + 4).word, 0xf3ef_8000);
    rig.bus.write(LOW_PA + 6, 2, 0xf3ef);
    rig.bus.write(LOW_PA + 8, 2, 0x8000);
    rig.thumb(true);
    assert.equal(seen(LOW).word, 0x0000);
    assert.deepEqual(seen(LOW + 6), { pa: 0x10_0006, word: 0xf7f0_a000, length: 4, crosses: false });
    assert.equal(rig.unit.fetch(LOW + 6).patch, trap);
    assert.equal(seen(LOW + 8).word, 0x8000, 'a fetch that starts inside sees memory');
    rig.mode(Mode.usr, Psr.T);
    rig.mmu.useContexts(true);
    rig.mmu.switchContext(1);
    assert.equal(seen(LOW + 6).word, 0xf3ef_8000);
    rig.mmu.switchContext(0);
    assert.equal(seen(LOW + 6).word, 0xf7f0_a000);
    rig.overlay.remove(LOW_PA + 6, 1, 0);
    assert.equal(seen(LOW + 6).word, 0xf3ef_8000);
    assert.equal(rig.unit.fetch(LOW + 6).patch, undefined);
  });

  it('hands out a counted patch with memory’s own word', () => {
    rig.poke(LOW_PA, 0xe12f_ff1e);
    const counted = patch(LOW_PA, 0, 0xef00_0000, 4, { kind: PatchKind.counted });
    rig.overlay.install(counted);
    const fetched = rig.unit.fetch(LOW);
    assert.deepEqual([fetched.word >>> 0, fetched.patch], [0xe12f_ff1e, counted]);
  });

  it('asks the admission before it looks at memory or overlay, and not for what cannot be fetched', () => {
    const asked: unknown[] = [];
    rig.unit.admission = {
      admit(va, pa, thumb, context) {
        asked.push([va, pa - RAM, thumb, context]);
        rig.overlay.install(patch(pa, thumb, 0xdf00, 2));
      },
      admittedTo: (pa) => pa,
    };
    rig.unit.fetch(0x8000);
    assert.deepEqual(asked, []);
    rig.thumb(true);
    assert.equal(rig.unit.fetch(LOW + 2).word, 0xdf00);
    rig.bus.write(LOW_PA + 0xffe, 2, 0xf7ff);
    rig.unit.fetch(LOW + 0xffe);
    assert.deepEqual(asked, [
      [LOW + 2, 0x10_0002, 1, 0],
      [LOW + 0xffe, 0x10_0ffe, 1, 0],
    ]);
  });

  it('hands out what is being executed as it was fetched, without asking the admission again', () => {
    const executing = (va: number) => {
      const f = rig.unit.executing(va);
      return f.fault === 0 ? [f.word >>> 0, f.length, f.crossesPage, f.patch] : [f.fault, f.level];
    };
    rig.poke(LOW_PA, 0xe12f_ff1e, 0xf7ff_4770, 0xfffe);
    rig.bus.write(LOW_PA + 0xffe, 2, 0xf7ff);
    rig.bus.write(HIGH_PA, 2, 0xfffe);
    let asked = 0;
    rig.unit.admission = { admit: () => asked++, admittedTo: (pa) => pa };
    // what was asked for before leaves no trace
    rig.thumb(true);
    assert.equal(rig.unit.fetch(LOW + 0xffe).crossesPage, true);
    asked = 0;
    rig.thumb(false);
    assert.deepEqual(executing(LOW), [0xe12f_ff1e, 4, false, undefined]);
    rig.thumb(true);
    assert.deepEqual(executing(LOW + 4), [0x4770, 2, false, undefined]);
    assert.deepEqual(executing(LOW + 6), [0xf7ff_fffe, 4, false, undefined]);
    assert.equal(asked, 0);
    assert.deepEqual(executing(LOW + 0xffe), [0xf7ff_fffe, 4, true, undefined], 'across the page’s end');
    assert.deepEqual(executing(0x8000), [FaultType.Translation, 2]);
  });
});

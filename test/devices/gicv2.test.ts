import assert from 'node:assert/strict';
import { Gicv2CpuInterface } from '../../src/devices/gicv2-cpu-interface.js';
import { Gicv2Distributor } from '../../src/devices/gicv2-distributor.js';
import { Gicv2m } from '../../src/devices/gicv2m.js';
import { FakeLine, FakeLog, readAll } from './fakes.js';

// Distributor
const CTLR = 0x000;
const TYPER = 0x004;
const IGROUPR = 0x080;
const ISENABLER = 0x100;
const ICENABLER = 0x180;
const ISPENDR = 0x200;
const ICPENDR = 0x280;
const ISACTIVER = 0x300;
const ICACTIVER = 0x380;
const IPRIORITYR = 0x400;
const ITARGETSR = 0x800;
const ICFGR = 0xc00;
const NSACR = 0xe00;
const SGIR = 0xf00;
const CPENDSGIR = 0xf10;
const SPENDSGIR = 0xf20;
// CPU interface
const PMR = 0x04;
const BPR = 0x08;
const IAR = 0x0c;
const EOIR = 0x10;
const RPR = 0x14;
const HPPIR = 0x18;
const ABPR = 0x1c;
const AIAR = 0x20;
const AEOIR = 0x24;
const AHPPIR = 0x28;
const APR0 = 0xd0;
const NSAPR0 = 0xe0;
const DIR = 0x1000;

const GRP0 = 1;
const GRP1 = 2;
const ACKCTL = 4;
const FIQEN = 8;
const CBPR = 0x10;
const EOIMODE = 0x200;

function setUp() {
  const irq = new FakeLine();
  const fiq = new FakeLine();
  const log = new FakeLog();
  const make = () => {
    const gicd = new Gicv2Distributor('gicd', 288, log);
    return { gicd, gicc: new Gicv2CpuInterface('gicc', gicd, irq, fiq, log) };
  };
  const { gicd, gicc } = make();
  const d = (offset: number, value: number) => gicd.write(offset, 4, value);
  const c = (offset: number, value: number) => gicc.write(offset, 4, value);
  /** Enables interrupt `id` with a priority, of a group. */
  const enable = (id: number, priority: number, group = 0) => {
    gicd.write(IPRIORITYR + id, 1, priority);
    d(ISENABLER + (id >> 5) * 4, 1 << (id & 31));
    const at = IGROUPR + (id >> 5) * 4;
    d(at, group ? gicd.read(at, 4) | (1 << (id & 31)) : gicd.read(at, 4) & ~(1 << (id & 31)));
  };
  /** Both groups on everywhere, nothing masked. */
  const on = (control = GRP0 | GRP1) => {
    d(CTLR, GRP0 | GRP1);
    c(PMR, 0xff);
    c(0, control);
  };
  return { irq, fiq, log, gicd, gicc, d, c, enable, on, make };
}

describe('gicv2 distributor', () => {
  it('comes up as the manual says', () => {
    const { gicd } = setUp();
    const offsets = [CTLR, TYPER, 0x08, IGROUPR, ISENABLER, ISENABLER + 4, ISPENDR, ISACTIVER, ICFGR, ICFGR + 4];
    assert.deepEqual(readAll(gicd, offsets), [0, 8, 0x43b, 0, 0xffff, 0, 0, 0, 0xaaaaaaaa, 0]);
  });

  it('identifies itself as a GICv2', () => {
    const { gicd } = setUp();
    assert.equal((gicd.read(0xfe8, 4) >> 4) & 0xf, 2);
    assert.deepEqual(readAll(gicd, [0xff0, 0xff4, 0xff8, 0xffc]), [0x0d, 0xf0, 0x05, 0xb1]);
  });

  it('sets and clears enables, pendings and actives by writing ones', () => {
    const { gicd, d } = setUp();
    for (const [set, clear] of [
      [ISENABLER, ICENABLER],
      [ISPENDR, ICPENDR],
      [ISACTIVER, ICACTIVER],
    ]) {
      d(set + 8, 0xf0f0);
      d(set + 8, 0x000f);
      assert.equal(gicd.read(set + 8, 4), 0xf0ff);
      assert.equal(gicd.read(clear + 8, 4), 0xf0ff);
      d(clear + 8, 0x00f0);
      assert.equal(gicd.read(set + 8, 4), 0xf00f);
      assert.equal(gicd.read(set + 9, 1), 0xf0);
      gicd.write(set + 10, 1, 0x81);
      assert.equal(gicd.read(set + 8, 4), 0x81f00f);
    }
  });

  it('keeps SGIs enabled, edge-triggered, and pending only by their own registers', () => {
    const { gicd, d } = setUp();
    d(ICENABLER, 0xffffffff);
    d(ISPENDR, 0xffffffff);
    d(ICFGR, 0);
    assert.deepEqual(readAll(gicd, [ISENABLER, ISPENDR, ICFGR]), [0xffff, 0xffff0000, 0xaaaaaaaa]);
    d(ICPENDR, 0xffffffff);
    assert.equal(gicd.read(ISPENDR, 4), 0);
    d(SPENDSGIR + 4, 0x00008001);
    assert.equal(gicd.read(CPENDSGIR + 4, 4), 0x8001);
    assert.equal(gicd.read(ISPENDR, 4), 0x30);
    d(CPENDSGIR + 4, 0x00008000);
    assert.equal(gicd.read(ISPENDR, 4), 0x10);
  });

  it('has byte-wide priorities, targets of a uniprocessor, no NSACR', () => {
    const { gicd, d } = setUp();
    d(IPRIORITYR + 0x20, 0x11223344);
    gicd.write(IPRIORITYR + 0x21, 1, 0xfe);
    assert.equal(gicd.read(IPRIORITYR + 0x20, 4), 0x1122fe44);
    assert.equal(gicd.read(IPRIORITYR + 0x22, 2), 0x1122);
    d(ITARGETSR + 0x20, 0x01010101);
    d(NSACR, 0xffffffff);
    assert.deepEqual(readAll(gicd, [ITARGETSR + 0x20, NSACR]), [0, 0]);
  });

  it('has nothing behind the last interrupt', () => {
    const { gicd, d, log } = setUp();
    for (const offset of [IGROUPR + 36, ISENABLER + 36, ISPENDR + 36, ISACTIVER + 36, IPRIORITYR + 288, ICFGR + 72]) {
      d(offset, 0xffffffff);
      assert.equal(gicd.read(offset, 4), 0, offset.toString(16));
      assert.notEqual(gicd.read(ISENABLER, 4), 0);
    }
    assert.equal(log.messages.length, 0);
    gicd.read(0x40, 4);
    d(0xf40, 1);
    assert.equal(log.messages.length, 2);
  });

  it('latches an edge and follows a level', () => {
    const { gicd, d } = setUp();
    const line = gicd.input(40);
    line.set(true);
    assert.equal(gicd.read(ISPENDR + 4, 4), 0x100);
    d(ICPENDR + 4, 0x100);
    assert.equal(gicd.read(ISPENDR + 4, 4), 0x100, 'the level is still there');
    line.set(false);
    assert.equal(gicd.read(ISPENDR + 4, 4), 0);
    d(ICFGR + 8, 0x00020000);
    line.set(true);
    line.set(false);
    assert.equal(gicd.read(ISPENDR + 4, 4), 0x100);
    d(ICPENDR + 4, 0x100);
    assert.equal(gicd.read(ISPENDR + 4, 4), 0);
    assert.equal(gicd.isEdgeTriggered(40), true);
    assert.equal(gicd.isEdgeTriggered(41), false);
  });
});

describe('gicv2 cpu interface', () => {
  it('comes up as the manual says', () => {
    const { gicc } = setUp();
    assert.deepEqual(
      readAll(gicc, [0, PMR, BPR, IAR, RPR, HPPIR, ABPR, AIAR, AHPPIR, APR0, NSAPR0, 0xfc]),
      [0, 0, 0, 1023, 0xff, 1023, 1, 1023, 1023, 0, 0, 0x2043b],
    );
  });

  it('keeps reserved bits zero and binary points in range', () => {
    const { gicc, c } = setUp();
    for (const offset of [0, PMR, BPR, ABPR]) c(offset, 0xffffffff);
    assert.deepEqual(readAll(gicc, [0, PMR, BPR, ABPR]), [0x21f, 0xff, 7, 7]);
    c(ABPR, 0);
    assert.equal(gicc.read(ABPR, 4), 1);
  });

  it('signals, acknowledges and completes a level-sensitive interrupt', () => {
    const { irq, gicd, gicc, c, enable, on } = setUp();
    const line = gicd.input(33);
    enable(33, 0xa0);
    on();
    line.set(true);
    assert.equal(irq.level, true);
    assert.equal(gicc.read(HPPIR, 4), 33);
    assert.equal(gicc.read(IAR, 4), 33);
    assert.equal(irq.level, false);
    assert.deepEqual([gicd.isActive(33), gicd.isPending(33), gicc.read(RPR, 4)], [true, true, 0xa0]);
    assert.equal(gicc.read(IAR, 4), 1023);
    c(EOIR, 33);
    assert.equal(irq.level, true, 'the device has not been served');
    gicc.read(IAR, 4);
    line.set(false);
    c(EOIR, 33);
    assert.equal(irq.level, false);
    assert.equal(gicc.read(RPR, 4), 0xff);
    assert.deepEqual([gicd.raised[33], gicd.acknowledged[33]], [1, 2]);
  });

  it('takes an edge again that comes while it is active', () => {
    const { irq, gicd, gicc, d, c, enable, on } = setUp();
    const line = gicd.input(32);
    d(ICFGR + 8, 2);
    enable(32, 0x80);
    on();
    line.set(true);
    assert.equal(gicc.read(IAR, 4), 32);
    line.set(false);
    line.set(true);
    assert.equal(irq.level, false);
    c(EOIR, 32);
    assert.equal(irq.level, true);
  });

  it('wants enables in distributor and interface, and a priority above the mask', () => {
    const { irq, gicd, gicc, d, c, enable, on } = setUp();
    enable(27, 0x40);
    on();
    gicd.input(27).set(true);
    assert.equal(irq.level, true);
    c(PMR, 0x40);
    assert.equal(irq.level, false);
    assert.equal(gicc.read(IAR, 4), 1023);
    c(PMR, 0x41);
    assert.equal(irq.level, true);
    d(ICENABLER, 1 << 27);
    assert.equal(irq.level, false);
    d(ISENABLER, 1 << 27);
    d(CTLR, GRP1);
    assert.equal(irq.level, false);
    d(CTLR, GRP0);
    c(0, GRP1);
    assert.equal(irq.level, false);
    assert.equal(gicc.read(IAR, 4), 1023);
    c(0, GRP0);
    assert.equal(irq.level, true);
  });

  it('takes the highest priority first, the lowest number among equals', () => {
    const { gicd, gicc, enable, on } = setUp();
    for (const [id, priority] of [
      [100, 0x50],
      [200, 0x40],
      [60, 0x50],
      [250, 0x40],
    ]) {
      enable(id, priority);
      gicd.input(id).set(true);
    }
    on();
    const taken = [];
    for (let i = 0; i < 4; i++) {
      const id = gicc.read(IAR, 4);
      taken.push(id);
      gicd.input(id).set(false);
      gicc.write(EOIR, 4, id);
    }
    assert.deepEqual(taken, [200, 250, 60, 100]);
  });

  it('preempts by group priority, and drops back level by level', () => {
    const { irq, gicd, gicc, c, enable, on } = setUp();
    enable(50, 0x80);
    enable(51, 0x70);
    enable(52, 0x78);
    on();
    c(BPR, 3); // group priority in bits 7:4
    gicd.input(50).set(true);
    assert.equal(gicc.read(IAR, 4), 50);
    gicd.input(52).set(true);
    assert.equal(gicc.read(IAR, 4), 52);
    assert.equal(gicc.read(RPR, 4), 0x70);
    assert.deepEqual(readAll(gicc, [APR0, APR0 + 4]), [0, 0x01000000], 'group priority 0x70 is bit 0x38');
    gicd.input(51).set(true);
    assert.equal(irq.level, false, 'same group priority does not preempt');
    assert.equal(gicc.read(IAR, 4), 1023);
    gicd.input(52).set(false);
    c(EOIR, 52);
    assert.equal(gicc.read(RPR, 4), 0x80);
    assert.equal(irq.level, true);
    assert.equal(gicc.read(IAR, 4), 51);
    c(EOIR, 51);
    c(EOIR, 50);
    assert.equal(gicc.read(RPR, 4), 0xff);
  });

  it('never preempts with no group priority bits', () => {
    const { irq, gicd, gicc, c, enable, on } = setUp();
    enable(50, 0x80);
    enable(51, 0x00);
    on();
    c(BPR, 7);
    gicd.input(50).set(true);
    gicc.read(IAR, 4);
    gicd.input(51).set(true);
    assert.equal(irq.level, false);
  });

  it('splits priority drop from deactivation with EOImode', () => {
    const { irq, gicd, gicc, c, enable, on, log } = setUp();
    enable(33, 0xa0);
    on(GRP0 | EOIMODE);
    gicd.input(33).set(true);
    gicc.read(IAR, 4);
    c(EOIR, 33);
    assert.equal(gicc.read(RPR, 4), 0xff);
    assert.equal(gicd.isActive(33), true);
    assert.equal(irq.level, false, 'active and pending');
    c(DIR, 33);
    assert.equal(gicd.isActive(33), false);
    assert.equal(irq.level, true);
    c(0, GRP0);
    gicc.read(IAR, 4);
    c(DIR, 33);
    assert.equal(gicd.isActive(33), true);
    assert.equal(log.messages.length, 1);
  });

  it('gives group 0 as FIQ when told so, and group 1 as IRQ', () => {
    const { irq, fiq, gicd, gicc, enable, on } = setUp();
    enable(40, 0x40, 0);
    enable(41, 0x20, 1);
    on(GRP0 | GRP1 | FIQEN);
    gicd.input(40).set(true);
    assert.deepEqual([irq.level, fiq.level], [false, true]);
    gicd.input(41).set(true);
    assert.deepEqual([irq.level, fiq.level], [true, false], 'the higher priority decides');
    assert.equal(gicc.read(IAR, 4), 1022, 'group 1 without AckCtl');
    assert.equal(gicc.read(HPPIR, 4), 1022);
    assert.equal(gicc.read(AHPPIR, 4), 41);
    assert.equal(gicc.read(AIAR, 4), 41);
    gicd.input(41).set(false);
    gicc.write(EOIR, 4, 1022);
    gicc.write(AEOIR, 4, 40);
    assert.equal(gicd.isActive(41), true, 'AEOIR of a group 0 interrupt is none of its business');
    gicc.write(AEOIR, 4, 41);
    assert.equal(gicd.isActive(41), false);
    assert.equal(gicc.read(AIAR, 4), 1023);
    assert.equal(gicc.read(IAR, 4), 40);
  });

  it('acknowledges both groups through IAR with AckCtl', () => {
    const { gicd, gicc, enable, on } = setUp();
    enable(41, 0x20, 1);
    on(GRP0 | GRP1 | ACKCTL);
    gicd.input(41).set(true);
    assert.equal(gicc.read(IAR, 4), 41);
    assert.notEqual(gicc.read(NSAPR0, 4), 0);
    assert.equal(gicc.read(APR0, 4), 0);
  });

  it('uses the aliased binary point for group 1 unless CBPR', () => {
    const { gicd, gicc, c, enable, on } = setUp();
    enable(41, 0x7f, 1);
    on(GRP0 | GRP1 | ACKCTL);
    c(BPR, 5);
    c(ABPR, 4);
    gicd.input(41).set(true);
    gicc.read(IAR, 4);
    assert.equal(gicc.read(RPR, 4), 0x70);
    gicd.input(41).set(false);
    c(EOIR, 41);
    c(0, GRP0 | GRP1 | ACKCTL | CBPR);
    gicd.input(41).set(true);
    gicc.read(IAR, 4);
    assert.equal(gicc.read(RPR, 4), 0x40);
  });

  it('sends SGIs to itself, with the sender in IAR', () => {
    const { irq, gicd, gicc, d, c, on } = setUp();
    on();
    d(SGIR, 0x0001_0003);
    assert.equal(irq.level, true);
    assert.equal(gicc.read(IAR, 4), 3);
    assert.equal(gicd.read(SPENDSGIR, 4), 0);
    c(EOIR, 3);
    d(SGIR, 0x0002_0004);
    d(SGIR, 0x0100_0004);
    assert.equal(irq.level, false, 'lists and filters without this processor');
    d(SGIR, 0x0200_0005);
    d(SPENDSGIR + 4, 0x0000_0c00);
    assert.deepEqual([gicc.read(IAR, 4), c(EOIR, 5)], [5, undefined]);
    assert.equal(gicc.read(HPPIR, 4), 5 | (2 << 10));
    assert.deepEqual([gicc.read(IAR, 4), c(EOIR, 5 | (2 << 10))], [5 | (2 << 10), undefined]);
    assert.deepEqual([gicc.read(IAR, 4), c(EOIR, 5 | (3 << 10))], [5 | (3 << 10), undefined]);
    assert.equal(irq.level, false);
  });

  it('ignores completion of nothing', () => {
    const { gicc, c, on, gicd, enable } = setUp();
    on();
    c(EOIR, 1023);
    c(EOIR, 5);
    assert.equal(gicc.read(RPR, 4), 0xff);
    enable(33, 0x80);
    gicd.input(33).set(true);
    gicc.read(IAR, 4);
    c(EOIR, 1023);
    c(EOIR, 600);
    assert.equal(gicc.read(RPR, 4), 0x80);
  });

  it('lets software set active priorities', () => {
    const { irq, gicd, gicc, c, enable, on } = setUp();
    enable(33, 0x80);
    on();
    c(APR0, 1);
    gicd.input(33).set(true);
    assert.equal(gicc.read(RPR, 4), 0);
    assert.equal(irq.level, false);
    c(APR0, 0);
    assert.equal(irq.level, true);
  });

  it('continues after restore as it went on after save', () => {
    const first = setUp();
    const { gicd, gicc, irq, fiq, d, c, enable, on } = first;
    for (let id = 16; id < 288; id++) enable(id, (id * 37) & 0xff, id & 1);
    d(ICFGR + 8, 0x88888888);
    on(GRP0 | GRP1 | ACKCTL | FIQEN);
    c(BPR, 2);
    c(ABPR, 3);
    for (let id = 20; id < 288; id += 7) gicd.input(id).set(true);
    d(SPENDSGIR, 0x00010200);
    const taken = gicc.read(IAR, 4);
    gicd.input(34).set(false);
    const saved = structuredClone([gicd.save(), gicc.save()]);
    const goOn = (gic: { gicd: Gicv2Distributor; gicc: Gicv2CpuInterface }): unknown[] => {
      const trace: unknown[] = [gic.gicc.read(RPR, 4)];
      gic.gicc.write(EOIR, 4, taken);
      for (let i = 0; i < 60; i++) {
        const iar = gic.gicc.read(IAR, 4);
        trace.push(iar, irq.level, fiq.level, gic.gicc.read(RPR, 4));
        if ((iar & 0x3ff) >= 16 && (iar & 0x3ff) < 288) gic.gicd.input(iar & 0x3ff).set(false);
        gic.gicc.write(EOIR, 4, iar);
        gic.gicd.input(16 + ((i * 11) % 272)).set(true);
      }
      trace.push(readAll(gic.gicd, [ISPENDR, ISPENDR + 4, ISACTIVER + 4, ICFGR + 8, SPENDSGIR]));
      trace.push([...gic.gicd.raised], [...gic.gicd.acknowledged]);
      return trace;
    };
    const expected = goOn(first);
    const second = first.make();
    second.gicd.restore(saved[0]);
    second.gicc.restore(saved[1]);
    assert.deepEqual(goOn(second), expected);
    assert.ok(new Set(expected.slice(0, 200)).size > 20);
  });

  it('resets to power-on, but for the levels of its inputs', () => {
    const { gicd, gicc, irq, enable, on, make } = setUp();
    enable(33, 0x80);
    on();
    gicd.input(33).set(true);
    gicc.read(IAR, 4);
    gicd.reset();
    gicc.reset();
    assert.equal(irq.level, false);
    assert.equal(gicd.read(ISPENDR + 4, 4), 2);
    gicd.input(33).set(false);
    const fresh = make();
    gicd.raised.fill(0);
    assert.deepEqual(gicd.save(), fresh.gicd.save());
    assert.deepEqual(gicc.save(), fresh.gicc.save());
  });
});

describe('gicv2m', () => {
  it('describes its SPIs and pulses the one that a message names', () => {
    const log = new FakeLog();
    const lines = Array.from({ length: 64 }, () => new FakeLine());
    const frame = new Gicv2m('v2m', 80, lines, log);
    assert.deepEqual(readAll(frame, [0x008, 0xfcc]), [(80 << 16) | 64, 0x05100000]);
    frame.write(0x40, 4, 83);
    assert.deepEqual([lines[3].rises, lines[3].level, lines[2].rises], [1, false, 0]);
    frame.write(0x40, 4, 79);
    frame.write(0x40, 4, 144);
    frame.write(0x44, 4, 83);
    assert.equal(log.messages.length, 3);
    frame.reset();
    frame.restore(structuredClone(frame.save()));
    assert.equal(
      lines.reduce((sum, line) => sum + line.rises, 0),
      1,
    );
  });
});

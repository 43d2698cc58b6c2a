/** The blocks of a BCM2835 by their manual, where QEMU says nothing: time, edges, the mailbox's limits, what a snapshot keeps. */
import assert from 'node:assert/strict';
import { Bcm2835ArmTimer } from '../../src/devices/bcm2835-arm-timer.js';
import { Bcm2835Aux } from '../../src/devices/bcm2835-aux.js';
import { Bcm2835Clocks } from '../../src/devices/bcm2835-clocks.js';
import { Bcm2835Gpio, PinFunction } from '../../src/devices/bcm2835-gpio.js';
import { Bcm2835Interrupts } from '../../src/devices/bcm2835-interrupts.js';
import { Bcm2835Mailbox } from '../../src/devices/bcm2835-mailbox.js';
import { Bcm2835Power } from '../../src/devices/bcm2835-power.js';
import { Bcm2835Property } from '../../src/devices/bcm2835-property.js';
import { Bcm2835Bridges, Bcm2835Rng, Bcm2835Thermal, UnmodelledBlock } from '../../src/devices/bcm2835-small.js';
import { Bcm2835SystemTimer } from '../../src/devices/bcm2835-system-timer.js';
import { Bcm2835I2c, Bcm2835SdHost } from '../../src/devices/bcm2835-vacant.js';
import type { Device } from '../../src/mem/device.js';
import { FakeClock, FakeLine, FakeLog, FakeMemory } from './fakes.js';

const US = 1000;
const PASSWORD = 0x5a00_0000;

function word(device: Device, offset: number): number {
  return device.read(offset, 4) >>> 0;
}

describe("the BCM2835's interrupt controller", () => {
  const BASIC = 0x00;
  const PENDING_1 = 0x04;
  const PENDING_2 = 0x08;
  const FIQ = 0x0c;

  function controller() {
    const irq = new FakeLine();
    const fiq = new FakeLine();
    return { irq, fiq, ic: new Bcm2835Interrupts(irq, fiq, new FakeLog()) };
  }

  it('shows lines with a bit of their own there, and all others by bits 8 and 9 (7.5)', () => {
    const own = [7, 9, 10, 18, 19, 53, 54, 55, 56, 57, 62];
    for (let line = 0; line < 64; line++) {
      const { ic, irq } = controller();
      ic.write(line < 32 ? 0x10 : 0x14, 4, (1 << (line & 31)) >>> 0);
      assert.equal(irq.level, false);
      ic.gpu(line).set(true);
      assert.equal(irq.level, true, `line ${line}`);
      const shortcut = own.indexOf(line);
      assert.equal(word(ic, BASIC), shortcut >= 0 ? 1 << (10 + shortcut) : line < 32 ? 1 << 8 : 1 << 9, `line ${line}`);
      assert.equal(word(ic, line < 32 ? PENDING_1 : PENDING_2), (1 << (line & 31)) >>> 0);
    }
  });

  it('makes any one line the FIQ, enabled as IRQ or not', () => {
    const { ic, irq, fiq } = controller();
    ic.gpu(57).set(true);
    ic.arm(0).set(true);
    ic.write(FIQ, 4, 0x80 | 57);
    assert.deepEqual([irq.level, fiq.level, ic.isEnabled(57)], [false, true, true]);
    ic.write(FIQ, 4, 57);
    assert.deepEqual([irq.level, fiq.level, ic.isEnabled(57)], [false, false, false]);
    ic.write(FIQ, 4, 0x80 | 64);
    assert.equal(fiq.level, true);
    for (const source of [65, 72, 100, 127]) {
      ic.write(FIQ, 4, 0x80 | source);
      assert.equal(fiq.level, false, `source ${source}`);
    }
    const saved = structuredClone(ic.save());
    ic.reset();
    assert.equal(word(ic, FIQ), 0);
    ic.restore(saved);
    assert.equal(word(ic, FIQ), 0x80 | 127);
  });
});

describe("the BCM2835's system timer", () => {
  function timer() {
    const clock = new FakeClock();
    const lines = Array.from({ length: 4 }, () => new FakeLine());
    return { clock, lines, timer: new Bcm2835SystemTimer(clock, lines, new FakeLog()) };
  }

  it('counts microseconds in two words', () => {
    const { clock, timer: t } = timer();
    clock.advance(1999);
    assert.deepEqual([word(t, 4), word(t, 8)], [1, 0]);
    clock.advance((2 ** 32 + 5) * US);
    assert.deepEqual([word(t, 4), word(t, 8)], [6, 1]);
  });

  it('interrupts when the low word equals a compare register, until it is told', () => {
    const { clock, timer: t, lines } = timer();
    t.write(0x10, 4, 100);
    clock.advance(100 * US - 1);
    assert.equal(lines[1].level, false);
    clock.advance(1);
    assert.deepEqual(
      lines.map(({ level }) => level),
      [false, true, false, false],
    );
    assert.equal(word(t, 0), 2);
    t.write(0, 4, 0xd);
    assert.equal(lines[1].level, true);
    t.write(0, 4, 2);
    assert.deepEqual([lines[1].level, word(t, 0)], [false, 0]);
    // The register stands: the counter comes round again.
    clock.advance((2 ** 32 - 1) * US);
    assert.equal(lines[1].level, false);
    clock.advance(US);
    assert.equal(lines[1].level, true);
  });

  it('waits for nothing while a match is not acknowledged: a sleeping guest is not woken for nothing', () => {
    const { clock, timer: t } = timer();
    assert.equal(clock.waiting, 0);
    t.write(0xc, 4, 5);
    assert.equal(clock.waiting, 1);
    clock.advance(10 * US);
    assert.equal(clock.waiting, 0);
  });

  it('goes on after a restore as it went on from the save', () => {
    const { clock, timer: t, lines } = timer();
    t.write(0xc, 4, 50);
    t.write(0x14, 4, 10);
    clock.advance(20 * US);
    const saved = structuredClone(t.save());
    const after = () => {
      clock.advance(29 * US);
      const before = lines[0].level;
      clock.advance(US);
      return [before, lines[0].level, lines[2].level, word(t, 0)];
    };
    const first = after();
    assert.deepEqual(first, [false, true, true, 5]);
    clock.rewind(20 * US);
    t.reset();
    t.restore(saved);
    assert.deepEqual(after(), first);
  });
});

describe("the BCM2835's ARM timer", () => {
  const [LOAD, VALUE, CONTROL, CLEAR, RAW, MASKED, RELOAD, PREDIVIDER, FREE] = [0, 4, 8, 12, 16, 20, 24, 28, 32];
  const ON = (1 << 7) | (1 << 5) | (1 << 1);

  function timer() {
    const clock = new FakeClock();
    const line = new FakeLine();
    return { clock, line, timer: new Bcm2835ArmTimer(clock, line, 250_000_000, new FakeLog()) };
  }

  it('has the reset values of 14.2', () => {
    const { timer: t } = timer();
    assert.deepEqual(
      [LOAD, VALUE, CONTROL, RAW, MASKED, RELOAD, PREDIVIDER, FREE].map((o) => word(t, o)),
      [0, 0, 0x3e_0020, 0, 0, 0, 0x7d, 0],
    );
  });

  for (const [name, control, divisor] of [
    ['the predivider alone', ON, 1],
    ['a prescaler of 16', ON | (1 << 2), 16],
    ['a prescaler of 256', ON | (2 << 2), 256],
  ] as const) {
    it(`interrupts every LOAD counts, with ${name}`, () => {
      const { clock, timer: t, line } = timer();
      t.write(PREDIVIDER, 4, 249); // 1 MHz
      t.write(LOAD, 4, 1000);
      t.write(CONTROL, 4, control);
      const period = 1000 * divisor * US;
      for (let i = 0; i < 3; i++) {
        assert.equal(word(t, VALUE), 1000);
        clock.advance(period / 4);
        assert.equal(word(t, VALUE), 750);
        clock.advance((3 * period) / 4 - 1);
        assert.deepEqual([line.level, word(t, VALUE)], [false, 1]);
        clock.advance(1);
        assert.deepEqual([line.level, word(t, RAW), word(t, MASKED)], [true, 1, 1]);
        t.write(CLEAR, 4, 1);
        assert.equal(line.level, false);
      }
    });
  }

  it('takes a RELOAD at the next reload, and a LOAD at once', () => {
    const { clock, timer: t, line } = timer();
    t.write(PREDIVIDER, 4, 249);
    t.write(LOAD, 4, 100);
    t.write(CONTROL, 4, ON);
    clock.advance(10 * US);
    t.write(RELOAD, 4, 30);
    assert.equal(word(t, VALUE), 90);
    clock.advance(90 * US);
    assert.deepEqual([line.level, word(t, VALUE)], [true, 30]);
    t.write(CLEAR, 4, 0);
    clock.advance(29 * US);
    assert.equal(line.level, false);
    t.write(LOAD, 4, 7);
    assert.equal(word(t, VALUE), 7);
    clock.advance(7 * US);
    assert.equal(line.level, true);
  });

  it('stands still while it is off, and keeps its raw interrupt from the line while that is masked', () => {
    const { clock, timer: t, line } = timer();
    t.write(PREDIVIDER, 4, 249);
    t.write(LOAD, 4, 50);
    t.write(CONTROL, 4, ON & ~(1 << 5));
    clock.advance(20 * US);
    t.write(CONTROL, 4, 0);
    clock.advance(1000 * US);
    assert.equal(word(t, VALUE), 30);
    t.write(CONTROL, 4, ON & ~(1 << 5));
    clock.advance(30 * US);
    assert.deepEqual([line.level, word(t, RAW), word(t, MASKED)], [false, 1, 0]);
    t.write(CONTROL, 4, ON);
    assert.deepEqual([line.level, word(t, MASKED)], [true, 1]);
    assert.equal(clock.waiting, 0);
  });

  it('has 16 bits unless it is told to have more', () => {
    const { timer: t } = timer();
    t.write(CONTROL, 4, ON & ~2);
    t.write(LOAD, 4, 0x5_0007);
    assert.equal(word(t, VALUE), 7);
  });

  it('counts free-running clocks, when that is on', () => {
    const { clock, timer: t } = timer();
    clock.advance(1000);
    assert.equal(word(t, FREE), 0);
    t.write(CONTROL, 4, (1 << 9) | (9 << 16)); // every 40 ns
    clock.advance(400);
    assert.equal(word(t, FREE), 10);
    t.write(CONTROL, 4, (1 << 9) | (24 << 16)); // every 100 ns
    clock.advance(400);
    assert.equal(word(t, FREE), 14);
    t.write(CONTROL, 4, 0);
    clock.advance(400);
    assert.equal(word(t, FREE), 14);
  });

  it('goes on after a restore as it went on from the save', () => {
    const { clock, timer: t, line } = timer();
    t.write(PREDIVIDER, 4, 249);
    t.write(LOAD, 4, 100);
    t.write(CONTROL, 4, ON | (1 << 9));
    clock.advance(37 * US);
    const saved = structuredClone(t.save());
    const after = () => {
      const seen: number[] = [];
      for (let i = 0; i < 10; i++) {
        clock.advance(17 * US);
        seen.push(word(t, VALUE), word(t, FREE), Number(line.level));
        if (i === 7) t.write(CLEAR, 4, 0);
      }
      return seen;
    };
    const first = after();
    assert.ok(first.includes(1));
    clock.rewind(37 * US);
    t.reset();
    t.restore(saved);
    assert.deepEqual(after(), first);
  });
});

describe("the BCM2835's GPIO", () => {
  function gpio() {
    const lines = Array.from({ length: 4 }, () => new FakeLine());
    return { lines, gpio: new Bcm2835Gpio(lines, new FakeLog()) };
  }
  const levels = (lines: readonly FakeLine[]) => lines.map(({ level }) => Number(level)).join('');

  it('reads pulls where nothing drives a pin, and takes others by clock', () => {
    const { gpio: g } = gpio();
    assert.equal(word(g, 0x34), 0x0000_01ff);
    assert.equal(word(g, 0x38), 0x3f_c01c);
    g.write(0x94, 4, 2);
    g.write(0x98, 4, 1 << 20);
    assert.equal(word(g, 0x34), 0x0010_01ff);
    g.write(0x94, 4, 0);
    g.write(0x98, 4, 1 << 3);
    assert.equal(word(g, 0x34), 0x0010_01f7);
    g.drive(20, false);
    assert.equal(word(g, 0x34), 0x0000_01f7);
    g.drive(20, undefined);
    assert.equal(word(g, 0x34), 0x0010_01f7);
  });

  it('keeps the latch of a pin that is no output yet', () => {
    const { gpio: g } = gpio();
    g.write(0x1c, 4, 1 << 16);
    assert.equal(word(g, 0x34) & (1 << 16), 0);
    g.write(0x04, 4, PinFunction.output << 18);
    assert.equal(g.functionOf(16), PinFunction.output);
    assert.equal(word(g, 0x34) & (1 << 16), 1 << 16);
  });

  for (const [name, enable, steps] of [
    ['rising edges', 0x4c, '0101'],
    ['falling edges', 0x58, '0011'],
    ['asynchronous rising edges', 0x7c, '0101'],
    ['asynchronous falling edges', 0x88, '0011'],
  ] as const) {
    it(`detects ${name}`, () => {
      const { gpio: g, lines } = gpio();
      g.drive(17, false);
      g.write(0x40, 4, 0xffff_ffff);
      g.write(enable, 4, 1 << 17);
      const seen = [false, true, false, true].map((level) => {
        g.drive(17, level);
        const detected = (word(g, 0x40) >>> 17) & 1;
        assert.equal(levels(lines), detected ? '1001' : '0000');
        g.write(0x40, 4, 1 << 17);
        return detected;
      });
      // Nothing, up, down, up
      assert.equal(seen.join(''), steps === '0101' ? '0101' : '0010');
    });
  }

  it('detects levels for as long as they last', () => {
    const { gpio: g, lines } = gpio();
    g.drive(50, true);
    g.write(0x64 + 4, 4, 1 << 18);
    assert.equal(levels(lines), '0011');
    g.write(0x44, 4, 1 << 18);
    assert.equal(levels(lines), '0011');
    g.drive(50, false);
    g.write(0x44, 4, 1 << 18);
    assert.equal(levels(lines), '0000');
    g.drive(30, true);
    g.write(0x70, 4, 1 << 30);
    assert.equal(levels(lines), '0000');
    g.drive(30, false);
    assert.equal(levels(lines), '0101');
  });

  it('is as at power-on after a reset, and as it was after a restore', () => {
    const { gpio: g, lines } = gpio();
    const fresh = JSON.stringify(g.save());
    g.write(0x64, 4, 1);
    g.write(0x04, 4, 0x249);
    assert.equal(levels(lines), '1001');
    const saved = structuredClone(g.save());
    g.reset();
    assert.equal(levels(lines), '0000');
    assert.equal(JSON.stringify(g.save()), fresh);
    g.restore(saved);
    assert.equal(levels(lines), '1001');
    assert.equal(word(g, 0x04), 0x249);
  });
});

describe("the BCM2835's mini UART", () => {
  function aux() {
    const line = new FakeLine();
    const sent: number[] = [];
    return { line, sent, aux: new Bcm2835Aux(line, { write: (byte) => sent.push(byte) }, new FakeLog()) };
  }

  it('sends what is written, unless that is the divisor', () => {
    const { aux: a, sent } = aux();
    a.write(0x40, 4, 0x41);
    a.write(0x4c, 4, 0x80);
    a.write(0x40, 4, 0x12);
    a.write(0x44, 4, 0x34);
    a.write(0x4c, 4, 3);
    assert.deepEqual(sent, [0x41]);
    assert.equal(word(a, 0x68), 0x3412);
  });

  it('holds eight bytes, refuses more, and says when there is room', () => {
    const { aux: a, line } = aux();
    let room = 0;
    a.onRoom = () => room++;
    a.write(0x44, 4, 1);
    for (let i = 0; i < 8; i++) assert.equal(a.receive(0x30 + i), true);
    assert.equal(a.receive(0x38), false);
    assert.deepEqual([line.level, word(a, 0x00), word(a, 0x48), word(a, 0x54)], [true, 1, 0xc4, 0x61]);
    assert.equal((word(a, 0x64) >>> 16) & 0xf, 8);
    assert.equal(word(a, 0x40), 0x30);
    assert.equal(room, 1);
    for (let i = 1; i < 8; i++) assert.equal(word(a, 0x40), 0x30 + i);
    assert.deepEqual([line.level, word(a, 0x48) & 1, room], [false, 1, 1]);
  });

  it('tells of a lost byte once', () => {
    const { aux: a } = aux();
    for (let i = 0; i < 9; i++) a.receiveUnchecked(i);
    assert.equal(word(a, 0x54), 0x63);
    assert.equal(word(a, 0x54), 0x61);
  });
});

describe("the BCM2835's mailbox and property interface", () => {
  const AT = FakeMemory.base + 0x1000;
  const facts = {
    boardRevision: 0x90_0021,
    serial: 0x1234_5678,
    armMemory: 448 << 20,
    gpuMemory: 64 << 20,
    dmaChannels: 0x7f34,
    commandLine: () => 'one two',
  };

  function firmware() {
    const memory = new FakeMemory();
    const log = new FakeLog();
    const line = new FakeLine();
    const property = new Bcm2835Property(memory, facts, log);
    const channels = new Map([[8, (at: number) => (property.call(at), at)]]);
    const view = new DataView(memory.bytes.buffer);
    const ask = (...words: number[]): number[] => {
      words.forEach((value, i) => view.setUint32(0x1000 + 4 * i, value, true));
      property.call(AT);
      return words.map((_, i) => view.getUint32(0x1000 + 4 * i, true));
    };
    return { ask, log, line, mailbox: new Bcm2835Mailbox(line, channels, log), view, property };
  }

  it('answers tags in place, one after the other', () => {
    const { ask } = firmware();
    assert.deepEqual(
      ask(68, 0, 0x1_0002, 4, 0, 0, 0x1_0005, 8, 0, 0, 0, 0x1_0003, 6, 0, 0, 0, 0).slice(0, 15),
      [
        68,
        0x8000_0000,
        0x1_0002,
        4,
        0x8000_0004,
        0x90_0021,
        0x1_0005,
        8,
        0x8000_0008,
        0,
        448 << 20,
        0x1_0003,
        6,
      ].concat([0x8000_0006, 0x34eb_27b8]),
    );
  });

  it('leaves a tag that it does not know a question, and answers those behind it', () => {
    const { ask, log } = firmware();
    const framebuffer = [0x4_0001, 8, 0, 16, 0];
    const words = ask(48, 0, ...framebuffer, 0x1_0002, 4, 0, 0, 0);
    assert.deepEqual(words.slice(1, 7), [0x8000_0000, ...framebuffer]);
    assert.deepEqual(words.slice(9, 11), [0x8000_0004, 0x90_0021]);
    assert.match(log.messages[0], /tag 0x40001/);
  });

  it('cuts an answer to the room that it has, and says how long it is', () => {
    const { ask } = firmware();
    assert.deepEqual(ask(28, 0, 0x5_0001, 4, 0, 0, 0).slice(4, 7), [0x8000_0007, 0x2065_6e6f, 0]);
  });

  it('keeps states of power and clocks, and rates where any will do', () => {
    const { ask } = firmware();
    const tag = (id: number, ...value: number[]) => ask(32, 0, id, 8, 0, ...value, 0).slice(5, 7);
    assert.deepEqual(tag(0x2_8001, 3, 0), [3, 0]);
    assert.deepEqual(tag(0x2_0001, 3, 9), [3, 0]);
    assert.deepEqual(tag(0x2_0001, 99, 0), [99, 2]);
    assert.deepEqual(tag(0x3_8001, 2, 2), [2, 0]);
    assert.deepEqual(tag(0x3_0001, 11, 0), [11, 2]);
    assert.deepEqual(tag(0x3_0002, 3, 0), [3, 700_000_000]);
    assert.deepEqual(tag(0x3_8002, 3, 100), [3, 700_000_000]);
    assert.deepEqual(tag(0x3_8002, 9, 25_000_000), [9, 25_000_000]);
    assert.deepEqual(tag(0x3_0002, 9, 0), [9, 25_000_000]);
    assert.deepEqual(tag(0x3_8030, 7, 1), [7, 1]);
    assert.deepEqual(tag(0x3_8030, 0x8000_0000, 1), [0x8000_0000, 0]);
  });

  it('refuses buffers that are none', () => {
    const { ask, log, property, view } = firmware();
    assert.equal(ask(4, 0)[1], 0x8000_0001);
    assert.equal(ask(24, 1)[1], 0x8000_0001);
    assert.equal(ask(0xffff_fff0, 0)[1], 0x8000_0001);
    // A tag that reaches beyond its buffer, and one as long as the address space
    assert.equal(ask(24, 0, 0x1_0002, 8, 0, 0)[1], 0x8000_0001);
    assert.equal(ask(24, 0, 0x1_0002, 0xffff_fffc, 0, 0)[1], 0x8000_0001);
    property.call(0x10);
    assert.match(log.messages.at(-1)!, /where no RAM is/);
    assert.equal(view.getUint32(0x1000, true), 24);
  });

  it('delivers by mailbox: a full one loses answers, an empty one reads as no channel', () => {
    const { mailbox: m, line, log } = firmware();
    m.write(0x9c, 4, 1);
    assert.equal(line.level, false);
    for (let i = 0; i < 8; i++) m.write(0xa0, 4, (AT + 16 * i) | 8);
    assert.deepEqual([line.level, word(m, 0x98), log.messages.length > 0], [true, 0x8000_0008, true]);
    m.write(0xa0, 4, AT | 8);
    assert.match(log.messages.at(-1)!, /lost/);
    m.write(0xa0, 4, AT | 5);
    assert.match(log.messages.at(-1)!, /nobody answers/);
    const saved = structuredClone(m.save());
    for (let i = 0; i < 8; i++) assert.equal(word(m, 0x80), ((AT + 16 * i) | 8) >>> 0);
    assert.deepEqual([line.level, word(m, 0x80), word(m, 0x98)], [false, 0xf, 0x4000_0000]);
    m.restore(saved);
    assert.deepEqual([line.level, word(m, 0x90)], [true, (AT | 8) >>> 0]);
    m.write(0x9c, 4, 8);
    assert.deepEqual([line.level, word(m, 0x98)], [false, 0x4000_0000]);
  });
});

describe("the BCM2835's power manager", () => {
  function power() {
    const clock = new FakeClock();
    const done: string[] = [];
    const switches = { powerOff: () => done.push('off'), systemReset: () => done.push('reset') };
    return { clock, done, power: new Bcm2835Power(clock, switches, new FakeLog()) };
  }

  it('resets when the watchdog has run out, and not before', () => {
    const { clock, done, power: p } = power();
    p.write(0x24, 4, PASSWORD | 65_536);
    assert.equal(clock.waiting, 0);
    p.write(0x1c, 4, PASSWORD | 0x20);
    clock.advance(0.5e9);
    assert.equal(word(p, 0x24), 32_768);
    clock.advance(0.5e9 - 1);
    assert.deepEqual(done, []);
    clock.advance(1);
    assert.deepEqual(done, ['reset']);
  });

  it('is held off by a new count, and stopped by the reset configuration', () => {
    const { clock, done, power: p } = power();
    p.write(0x24, 4, PASSWORD | 10);
    p.write(0x1c, 4, PASSWORD | 0x20);
    for (let i = 0; i < 5; i++) {
      clock.advance(100 * US);
      p.write(0x24, 4, PASSWORD | 10);
    }
    p.write(0x1c, 4, 0x102);
    p.write(0x1c, 4, PASSWORD | 0x102);
    clock.advance(1e9);
    assert.deepEqual(done, []);
  });

  it('switches off when the boot partition is the one to halt at', () => {
    const { clock, done, power: p } = power();
    p.write(0x20, 4, PASSWORD | 0x555);
    p.write(0x24, 4, PASSWORD | 10);
    p.write(0x1c, 4, PASSWORD | 0x20);
    clock.advance(1e9);
    assert.deepEqual(done, ['off']);
  });

  it('goes on after a restore, and answers power switches', () => {
    const { clock, done, power: p } = power();
    p.write(0x10c, 4, PASSWORD | 1);
    assert.equal(word(p, 0x10c), 3);
    p.write(0x24, 4, PASSWORD | 65_536);
    p.write(0x1c, 4, PASSWORD | 0x20);
    clock.advance(1000);
    const saved = structuredClone(p.save());
    clock.advance(1e9);
    clock.rewind(1000);
    p.restore(saved);
    clock.advance(1e9 - 1001);
    assert.deepEqual(done, ['reset']);
    clock.advance(1);
    assert.deepEqual(done, ['reset', 'reset']);
  });
});

describe('small blocks of the BCM2835', () => {
  it('gives the same random numbers in every run', () => {
    const rng = new Bcm2835Rng(new FakeLog());
    const take = () => Array.from({ length: 8 }, () => word(rng, 8));
    assert.deepEqual(take(), Array<number>(8).fill(0));
    rng.write(0, 4, 1);
    const first = take();
    assert.equal(new Set(first).size, 8);
    const saved = rng.save();
    const second = take();
    rng.restore(saved);
    assert.deepEqual(take(), second);
    rng.reset();
    rng.write(0, 4, 1);
    assert.deepEqual(take(), first);
    assert.equal(word(rng, 4) >>> 24, 1);
  });

  it('is 25 degrees warm, by the formula of its drivers', () => {
    const reading = word(new Bcm2835Thermal(new FakeLog()), 4);
    assert.equal(reading & 0x400, 0x400);
    assert.ok(Math.abs(407_000 - 538 * (reading & 0x3ff) - 25_000) < 538);
  });

  it('stops and starts bridges at once, with the password', () => {
    const bridges = new Bcm2835Bridges(new FakeLog());
    assert.equal(word(bridges, 0x20), 0x6272_6467);
    assert.equal(word(bridges, 8), 3);
    bridges.write(8, 4, 0);
    assert.equal(word(bridges, 8), 3);
    bridges.write(8, 4, PASSWORD);
    assert.equal(word(bridges, 8), 0);
  });

  it('locks PLLs that are on, and calls clocks busy that run', () => {
    const clocks = new Bcm2835Clocks(new FakeLog());
    assert.equal(word(clocks, 0x114), 0x1f00);
    clocks.write(0x1120, 4, PASSWORD | 0x1_0000);
    assert.equal(word(clocks, 0x114), 0x1b00);
    clocks.write(0xf0, 4, PASSWORD | 0x206);
    assert.equal(word(clocks, 0xf0), 0x206);
    clocks.write(0xf0, 4, PASSWORD | 0x216);
    assert.equal(word(clocks, 0xf0), 0x296);
  });

  it('has no card: commands that want a response time out', () => {
    const host = new Bcm2835SdHost(new FakeLog());
    host.write(0, 4, 0x8400);
    assert.deepEqual([word(host, 0), word(host, 0x20)], [0x400, 0]);
    host.write(0, 4, 0x8008);
    assert.deepEqual([word(host, 0), word(host, 0x20)], [0x4008, 0x40]);
    host.write(0x20, 4, 0x7f8);
    assert.equal(word(host, 0x20), 0);
  });

  it('has nobody on the I2C bus: a transfer ends with an error', () => {
    const line = new FakeLine();
    const i2c = new Bcm2835I2c('i2c', line, new FakeLog());
    assert.equal(word(i2c, 0x14), 0x5dc);
    i2c.write(0, 4, 0x8180);
    assert.deepEqual([line.level, word(i2c, 4) & 0x102], [true, 0x102]);
    i2c.write(4, 4, 0x302);
    assert.deepEqual([line.level, word(i2c, 4) & 0x102], [false, 0]);
  });

  it('says what is not modelled', () => {
    const log = new FakeLog();
    const block = new UnmodelledBlock('bcm2835-usb', 0x100, log);
    assert.equal(block.read(4), 0);
    block.write(8, 4, 1);
    assert.deepEqual(
      log.messages.map((message) => message.slice(0, 24)),
      ['bcm2835-usb: read of off', 'bcm2835-usb: write of 0x'],
    );
  });
});

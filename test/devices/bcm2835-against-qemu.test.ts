/**
 * The same accesses to the blocks of a BCM2835 here and on QEMU's `raspi1ap`, where no time passes. What is left out of a sequence is left
 * out for a reason that stands beside it.
 */
import assert from 'node:assert/strict';
import { armMemory, raspi1Map } from '../../src/machine/raspi1-map.js';
import { Raspi1Board } from '../../src/machine/raspi1-board.js';
import { PhysicalBus } from '../../src/mem/bus.js';
import type { AccessSize } from '../../src/mem/device.js';
import { MachineMemory } from '../../src/mem/memory.js';
import { FakeClock, FakeLine, FakeLog } from './fakes.js';
import { QEMU_RASPI1, QemuBoard, Random, type BusAccess } from './qemu.js';
import { need } from '../support/tools.js';

/** An access, or virtual time that passes here, ns: what QEMU does at once takes its time on this board. */
type Step = BusAccess | { readonly step: number };

/** RAM of QEMU's board. Here there is as much. */
const RAM = 512 << 20;
const { systemTimer, dma, interrupts, mailbox, power, clocks, gpio, uart, aux } = raspi1Map;

const r = (address: number, size: AccessSize = 4, mask = -1): BusAccess => ({ address, size, mask });
const w = (address: number, value: number, size: AccessSize = 4): BusAccess => ({ address, size, value: value >>> 0 });
const words = (from: number, bytes: number): BusAccess[] =>
  Array.from({ length: bytes / 4 }, (_, i) => r(from + 4 * i));

class OurBoard {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly irq = new FakeLine();
  readonly fiq = new FakeLine();
  readonly bus: PhysicalBus;
  readonly board: Raspi1Board;

  constructor() {
    const memory = new MachineMemory([RAM]);
    this.bus = new PhysicalBus(memory);
    this.board = new Raspi1Board({
      bus: this.bus,
      buffer: memory.buffer,
      written: (host, length) => memory.dirty.markRange(host, length),
      memories: [{ memory: memory.allocate('ram', RAM), base: 0, kind: 'ram' }],
      clock: this.clock,
      irq: this.irq,
      fiq: this.fiq,
      console: { write: () => {} },
      log: this.log,
      power: { powerOff: () => {}, systemReset: () => {}, coreOff: () => {} },
      epoch: 0,
    });
  }

  run(steps: readonly Step[]): number[] {
    return steps.map((step) => {
      if ('step' in step) {
        this.clock.advance(step.step);
        return 0;
      }
      const { address, size, value } = step;
      if (value === undefined) return this.bus.read(address, size) >>> 0;
      this.bus.write(address, size, value);
      return 0;
    });
  }
}

describe('the blocks of a BCM2835 against QEMU', function () {
  this.timeout(60_000);
  let qemu: QemuBoard;

  before(function () {
    need(this, 'qemu-system-arm');
  });
  beforeEach(() => {
    qemu = new QemuBoard(QEMU_RASPI1, '-serial', 'null');
  });
  afterEach(() => qemu?.stop());

  /** Runs the steps on both; a difference is shown with the steps that led to it. */
  async function compare(steps: readonly Step[]): Promise<void> {
    const answers = await qemu.run(steps.filter((step): step is BusAccess => !('step' in step)));
    const theirs = steps.map((step) => ('step' in step ? 0 : answers.shift()!));
    const ours = new OurBoard().run(steps);
    const hex = (n: number) => '0x' + (n >>> 0).toString(16);
    const maskOf = (step: Step) => ('step' in step ? 0 : (step.mask ?? -1));
    const at = ours.findIndex((value, i) => ((value ^ theirs[i]) & maskOf(steps[i])) !== 0);
    if (at < 0) return;
    const first = Math.max(0, at - 30);
    const history = steps.slice(first, at + 1).map((step, i) => {
      if ('step' in step) return `${step.step} ns pass`;
      const result = step.value === undefined ? ` gave ${hex(ours[first + i])}` : ` := ${hex(step.value)}`;
      return `${hex(step.address)}/${step.size}${result}`;
    });
    assert.fail(`step ${at}: ${hex(ours[at])} here, ${hex(theirs[at])} on QEMU, after\n${history.join('\n')}`);
  }

  it('has the same registers after reset', async () => {
    await compare([
      ...words(systemTimer.base, 0x1c),
      ...words(interrupts.base, 0x28),
      // Not DEBUG (0x20): QEMU has no version, number or kind there.
      ...Array.from({ length: 15 }, (_, n) => words(dma.base + 0x100 * n, 0x20)).flat(),
      ...[r(dma.base + 0xfe0), r(dma.base + 0xff0, 4, 0x7fff)],
      ...words(mailbox.base + 0x80, 0x20),
      ...[0x1c, 0x20, 0x24].map((o) => r(power.base + o)),
      ...words(gpio.base, 0x18),
      ...words(uart.base, 0x50),
      // Not AUX_ENABLES, which QEMU has at 1; not IIR's bit 1, which it sets while nothing is pending.
      ...[r(aux.base), r(aux.base + 0x44), r(aux.base + 0x48, 4, ~2), r(aux.base + 0x54), r(aux.base + 0x60)],
      // Of PLLB, the ARM's, QEMU has nothing.
      ...words(clocks.base, 0x2000).filter(({ address }) => ![0x11e0, 0x12e0, 0x13e0].includes(address - clocks.base)),
    ]);
  });

  for (const seed of [1, 2, 3]) {
    it(`routes interrupts alike (seed ${seed})`, async () => {
      const random = new Random(seed * 0x2545f491);
      const steps: Step[] = [
        // Lines to play with: UART transmit (57), mini UART transmit (29), mailbox data (ARM 1), and DMA channel 3 (19), which has a bit of its own
        ...[1, 0, 0, 0, 0, 0, 0, 0].map((word, k) => w(0x11_0000 + 4 * k, word)),
        ...[w(uart.base + 0x30, 0x301), w(uart.base, 0x41), w(aux.base + 4, 1), w(mailbox.base + 0x9c, 1)],
      ];
      const mask = () => random.next() & random.next();
      for (let i = 0; i < 600; i++) {
        const moves: (() => Step[])[] = [
          () => [w(uart.base + 0x38, random.pick([0, 0x20]))],
          () => [w(aux.base + 0x44, random.pick([0, 2]))],
          () => [w(dma.base + 0x304, 0x11_0000), w(dma.base + 0x300, 1), { step: 10_000 }],
          () => [w(dma.base + 0x300, 4)],
          // At most one message waits: QEMU's mailboxes are deeper.
          () => [w(mailbox.base + 0xa0, 0x100008), r(interrupts.base, 4, ~0x300), r(mailbox.base + 0x80)],
          () => [w(mailbox.base + 0x9c, random.below(2))],
          () => [w(interrupts.base + random.pick([0x10, 0x14, 0x1c, 0x20]), mask() | mask())],
          () => [w(interrupts.base + random.pick([0x18, 0x24]), random.next() & 0xff)],
          () => [w(interrupts.base + 0xc, (random.below(2) << 7) | random.below(72)), r(interrupts.base + 0xc)],
        ];
        // QEMU sets bits 8 and 9 of basic pending for lines with a bit of their own, too: 7.5 of the manual says that they do not.
        steps.push(...random.pick(moves)(), r(interrupts.base, 4, ~0x300), ...words(interrupts.base + 4, 0x24));
      }
      await compare(steps);
    });

    it(`copies by DMA alike (seed ${seed})`, async () => {
      const random = new Random(seed * 0x51ed270b);
      const steps: Step[] = [];
      const SOURCE = 0x10_0000;
      const TARGET = 0x10_4000;
      const BLOCKS = 0x10_8000;
      for (let i = 0; i < 256; i++) steps.push(w(SOURCE + 4 * i, random.next()));
      for (let round = 0; round < 40; round++) {
        // Channels 1 to 6 have 2D mode; whole words only: QEMU copies words and stops only at a length of exactly 0.
        const channel = 1 + random.below(6);
        const at = dma.base + 0x100 * channel;
        const chain = 1 + random.below(4);
        const side = (from: number) => (from + 4 * random.below(64)) | random.pick([0, 0x4000_0000, 0xc000_0000]);
        for (let n = 0; n < chain; n++) {
          const block = BLOCKS + 32 * n;
          const twoD = random.below(3) === 0;
          const rows = random.below(5);
          const bytes = 4 * (1 + random.below(24));
          const flags = [1, 1 << 4, 1 << 8, 1 << 11].reduce((ti, bit) => ti | (random.below(3) > 0 ? bit : 0), 0);
          const stride = (4 * (random.below(16) - 4)) & 0xffff;
          const block8 = [
            ...[flags | (twoD ? 2 : 0), side(SOURCE), side(TARGET), twoD ? (rows << 16) | bytes : bytes],
            ...[(((4 * random.below(16)) << 16) | stride) >>> 0, n + 1 < chain ? block + 32 : 0, 0, 0],
          ];
          block8.forEach((word, k) => steps.push(w(block + 4 * k, word)));
        }
        steps.push(w(at + 4, BLOCKS), w(at, 1), { step: 1_000_000 });
        // CS: ACTIVE, END, INT. Not the registers of the finished transfer: QEMU leaves lengths and addresses otherwise than the manual has them.
        steps.push(
          r(at, 4, 7),
          r(at + 4),
          r(at + 0x1c),
          r(dma.base + 0xfe0),
          w(at, 6),
          r(at, 4, 7),
          r(dma.base + 0xfe0),
        );
        for (let i = 0; i < 160; i++) steps.push(r(TARGET + 4 * i));
      }
      await compare(steps);
    });
  }

  it('keeps functions of pins and drives outputs alike', async () => {
    const random = new Random(0xb0a4d);
    // All outputs: QEMU has no pulls, and reads inputs as 0.
    const steps: Step[] = Array.from({ length: 6 }, (_, n) => w(gpio.base + 4 * n, n === 5 ? 0x249 : 0x0924_9249));
    for (let i = 0; i < 300; i++) {
      const bank = random.below(2);
      const pins = bank === 1 ? random.next() & 0x3f_ffff : random.next();
      steps.push(w(gpio.base + random.pick([0x1c, 0x28]) + 4 * bank, pins & random.next()));
      steps.push(r(gpio.base + 0x34), r(gpio.base + 0x38));
    }
    for (let i = 0; i < 200; i++) {
      const n = random.below(6);
      steps.push(w(gpio.base + 4 * n, random.next() & (n === 5 ? 0xfff : 0x3fff_ffff)), r(gpio.base + 4 * n));
    }
    await compare(steps);
  });

  it('takes the password of power manager and clock manager alike', async () => {
    const random = new Random(77);
    const steps: Step[] = [];
    for (let i = 0; i < 300; i++) {
      const password = random.pick([0x5a00_0000, 0x5a00_0000, 0x5b00_0000, 0]);
      // Neither the watchdog's start (WRCFG) nor its count: QEMU resets as soon as it is configured.
      const powerAt = power.base + random.pick([0x20]);
      steps.push(w(powerAt, password | (random.next() & 0xff_ffff)), r(powerAt, 4, 0xff_ffff));
      // Divisors: QEMU works out frequencies, and keeps the rest as written.
      const clockAt = clocks.base + random.pick([0x0c, 0xf4, 0x7c, 0x84, 0x1c4]);
      steps.push(w(clockAt, password | (random.next() & 0xff_ffff)), r(clockAt));
    }
    await compare(steps);
  });

  /** A property buffer at 0x20_0000 with one tag and `value` words, asked; what it holds afterwards, from its code on. */
  const ask = (tag: number, room: number, value: readonly number[], compared = -1): Step[] => {
    const at = 0x20_0000;
    const values = Math.ceil(room / 4);
    const size = 4 * (6 + values);
    const buffer = [size, 0, tag, room, 0, ...Array.from({ length: values }, (_, i) => value[i] ?? 0), 0];
    return [
      ...buffer.map((word, i) => w(at + 4 * i, word)),
      ...[w(mailbox.base + 0xa0, at | 8), r(mailbox.base + 0x98, 4, 0x4000_0000), r(mailbox.base + 0x80)],
      ...[r(at + 4), r(at + 8), r(at + 12), r(at + 16)],
      ...Array.from({ length: values }, (_, i) => r(at + 20 + 4 * i, 4, compared)),
    ];
  };

  // Not tags that neither knows: QEMU marks them as answered.
  it('answers property tags alike', async () => {
    assert.equal(armMemory(RAM), 448 << 20);
    await compare([
      ...ask(0x1_0001, 4, []), // board model
      ...ask(0x1_0002, 4, []), // board revision
      ...ask(0x1_0003, 6, [], 0), // MAC address: the form only
      ...ask(0x1_0004, 8, [], 0), // serial number: QEMU has none
      ...ask(0x1_0005, 8, []), // ARM memory
      ...ask(0x1_0006, 8, []), // GPU memory
      ...ask(0x1, 4, [], 0), // firmware revision: another date
      ...[1, 2, 3, 4].flatMap((id) => ask(0x3_0002, 8, [id], 0)), // clock rates: those of another firmware
      ...[1, 4].flatMap((id) => ask(0x3_0001, 8, [id])), // clock state
      ...ask(0x3_0006, 8, [0]), // temperature
      ...ask(0x3_000a, 8, [0], 0),
      ...ask(0x6_0001, 4, [], 0), // DMA channels
    ]);
  });
});

/** The same accesses here and on QEMU's board. What is left out of a sequence is left out for a reason that stands beside it. */
import assert from 'node:assert/strict';
import { CfiFlash } from '../../src/devices/cfi-flash.js';
import { FwCfg } from '../../src/devices/fw-cfg.js';
import { Gicv2CpuInterface } from '../../src/devices/gicv2-cpu-interface.js';
import { Gicv2Distributor } from '../../src/devices/gicv2-distributor.js';
import { Gicv2m } from '../../src/devices/gicv2m.js';
import { PciEcam, PciWindow } from '../../src/devices/pci-ecam.js';
import { Pl011 } from '../../src/devices/pl011.js';
import { Pl031 } from '../../src/devices/pl031.js';
import { Pl061 } from '../../src/devices/pl061.js';
import { VirtioMmio } from '../../src/devices/virtio-mmio.js';
import type { AccessSize, Device } from '../../src/mem/device.js';
import { FakeClock, FakeLine, FakeLog, FakeMemory } from './fakes.js';
import { QEMU_VIRT, QemuBoard, Random, type BusAccess } from './qemu.js';
import { need } from '../support/tools.js';

const FLASH1 = 0x0400_0000;
const GICD = 0x0800_0000;
const GICC = 0x0801_0000;
const V2M = 0x0802_0000;
const UART = 0x0900_0000;
const RTC = 0x0901_0000;
const FW_CFG = 0x0902_0000;
const GPIO = 0x0903_0000;
const VIRTIO = 0x0a00_0000;
const PCI_MEMORY = 0x1000_0000;
const PCI_IO = 0x3eff_0000;
const ECAM = 0x3f00_0000;
const EPOCH = Date.UTC(2021, 0, 1) / 1000;
const FLASH_BYTES = 0x400_0000;

/** Our devices at their addresses on the board. */
function ourBoard(): { base: number; device: Device }[] {
  const clock = new FakeClock();
  const log = new FakeLog();
  const sink = { write: () => {} };
  const memory = new FakeMemory();
  const gicd = new Gicv2Distributor('gicd', 288, log);
  const gicc = new Gicv2CpuInterface('gicc', gicd, new FakeLine(), new FakeLine(), log);
  const spis = Array.from({ length: 64 }, (_, i) => gicd.input(80 + i));
  return [
    { base: FLASH1, device: new CfiFlash('flash1', new ArrayBuffer(FLASH_BYTES), 0, FLASH_BYTES, log) },
    { base: GICD, device: gicd },
    { base: GICC, device: gicc },
    { base: V2M, device: new Gicv2m('v2m', 80, spis, log) },
    {
      base: UART,
      device: new Pl011(
        'pl011',
        { clock, interrupt: gicd.input(33), sink, log },
        { uartClock: 24e6, interruptOnFirstByte: true },
      ),
    },
    { base: RTC, device: new Pl031('pl031', { clock, interrupt: gicd.input(34), log }, EPOCH) },
    { base: FW_CFG, device: new FwCfg('fw-cfg', memory, log) },
    { base: FakeMemory.base, device: ramWindow(memory) },
    { base: GPIO, device: new Pl061('pl061', gicd.input(39), log) },
    { base: VIRTIO, device: new VirtioMmio('virtio', log) },
    { base: PCI_MEMORY, device: new PciWindow('pci-memory', 0x2eff_0000) },
    { base: PCI_IO, device: new PciWindow('pci-io', 0x1_0000) },
    { base: ECAM, device: new PciEcam('pcie', 0x100_0000) },
  ];
}

/** RAM as a window, for the accesses of a test; DMA sees the same bytes. */
function ramWindow(memory: FakeMemory): Device {
  const view = new DataView(memory.bytes.buffer);
  return {
    name: 'ram',
    size: memory.bytes.length,
    read: (offset) => view.getUint32(offset, true),
    write: (offset, _size, value) => view.setUint32(offset, value, true),
    reset: () => {},
    save: () => null,
    restore: () => {},
  };
}

function runOurs(accesses: readonly BusAccess[]): number[] {
  const board = ourBoard();
  return accesses.map(({ address, size, value }) => {
    const { base, device } = board.find((d) => address >= d.base && address < d.base + d.device.size)!;
    if (value === undefined) return device.read(address - base, size);
    device.write(address - base, size, value);
    return 0;
  });
}

describe('devices against QEMU', function () {
  this.timeout(60_000);
  let qemu: QemuBoard;

  before(function () {
    need(this, 'qemu-system-arm');
  });
  beforeEach(() => {
    qemu = new QemuBoard(QEMU_VIRT, '-rtc', 'base=2021-01-01T00:00:00,clock=vm');
  });
  afterEach(() => qemu?.stop());

  /** Runs the accesses on both; a difference is shown with the accesses that led to it. */
  async function compare(accesses: readonly BusAccess[]): Promise<void> {
    const theirs = await qemu.run(accesses);
    const ours = runOurs(accesses);
    const hex = (n: number) => '0x' + n.toString(16);
    const at = ours.findIndex((value, i) => ((value ^ theirs[i]) & (accesses[i].mask ?? -1)) !== 0);
    if (at < 0) return;
    const history = accesses.slice(Math.max(0, at - 30), at + 1).map(({ address, size, value }, i, list) => {
      const result = value === undefined ? ` gave ${hex(ours[at - list.length + 1 + i])}` : ` := ${hex(value)}`;
      return `${hex(address)}/${size}${result}`;
    });
    assert.fail(`access ${at}: ${hex(ours[at])} here, ${hex(theirs[at])} on QEMU, after\n${history.join('\n')}`);
  }

  const r = (address: number, size: AccessSize = 4, mask = -1): BusAccess => ({ address, size, mask });
  const w = (address: number, value: number, size: AccessSize = 4): BusAccess => ({ address, size, value });
  const words = (from: number, bytes: number): BusAccess[] =>
    Array.from({ length: bytes / 4 }, (_, i) => r(from + 4 * i));

  it('has the same registers after reset', async () => {
    await compare([
      ...words(GICD, 0x1000),
      ...words(GICC, 0x20), // QEMU has no aliased registers
      ...words(GICC + 0x30, 0x1fd0),
      ...words(V2M, 0x1000),
      ...words(UART, 0x1000),
      ...words(RTC, 0x1000),
      ...words(GPIO, 0x1000),
      ...words(VIRTIO, 0x200),
      ...words(FW_CFG + 0x10, 8),
      ...words(ECAM, 0x100),
      ...[0x100, 0xffc, 0x1000, 0x8000, 0x10_0000].map((offset) => r(ECAM + offset)),
      ...([1, 2, 4] as const).flatMap((size) => [r(PCI_MEMORY, size), r(PCI_IO, size)]),
    ]);
  });

  it('keeps the same bits of what is written', async () => {
    const random = new Random(0x1234567);
    const registers = [
      // UART: not the integration test registers (0x80 on)
      ...[0x20, 0x24, 0x28, 0x34, 0x38, 0x48].map((o) => UART + o),
      ...[0x400, 0x404, 0x408, 0x40c, 0x410, 0x420].map((o) => GPIO + o),
      ...[0x10].map((o) => RTC + o),
      ...Array.from({ length: 16 }, (_, i) => ECAM + 4 * i),
      ...[0x00, 0x80, 0x84, 0x98, 0x104, 0x384, 0x404, 0x41c, 0x51c, 0x520, 0x804, 0xc00, 0xc08, 0xc44].map(
        (o) => GICD + o,
      ),
      ...[0x00, 0x04, 0x08, 0x1c, 0xd0, 0xd8, 0xe4].map((o) => GICC + o),
    ];
    const mask: Record<number, number> = { [UART + 0x20]: 0xff, [UART + 0x24]: 0xffff, [UART + 0x28]: 0x3f };
    Object.assign(mask, { [UART + 0x34]: 0x3f, [UART + 0x38]: 0x7ff, [UART + 0x48]: 0, [RTC + 0x10]: 1 });
    const accesses: BusAccess[] = [];
    for (let i = 0; i < 2000; i++) {
      const register = random.pick(registers);
      // QEMU keeps reserved bits of the UART and the RTC: only defined ones are written.
      accesses.push(w(register, random.next() & (mask[register] ?? 0xffffffff)), r(register));
    }
    await compare(accesses);
  });

  it('drives GPIO data and masks alike', async () => {
    const random = new Random(0xbeef);
    const accesses = [w(GPIO + 0x400, 0x5a, 1)];
    for (let i = 0; i < 500; i++) {
      // No level-sensitive pins, and no pin that changes direction: QEMU latches the one, and sees an edge in the other.
      const register = random.pick([0x408, 0x40c, 0x410, 4 * random.below(256), 4 * random.below(256)]);
      accesses.push(w(GPIO + register, random.next() & 0xff, 1), r(GPIO + 4 * random.below(256), 1), r(GPIO + 0x414));
    }
    await compare(accesses);
  });

  it('interrupts from the UART and the clock alike', async () => {
    await compare([
      ...[w(UART + 0x30, 0x301), w(UART + 0x38, 0x30), w(UART, 0x41), r(UART + 0x3c), r(UART + 0x40), r(UART + 0x18)],
      ...[r(GICD + 0x204), w(UART + 0x44, 0x20), r(UART + 0x3c), r(UART + 0x40)],
      ...[
        w(RTC + 4, EPOCH),
        r(RTC + 0x14),
        r(RTC + 0x18),
        w(RTC + 0x10, 1),
        r(RTC + 0x18),
        w(RTC + 0x1c, 1),
        r(RTC + 0x14),
      ],
      ...[
        w(RTC + 8, 1000),
        r(RTC),
        r(RTC + 8),
        r(RTC + 4),
        w(RTC + 4, 999),
        r(RTC + 0x14),
        w(RTC + 4, 1000),
        r(RTC + 0x14),
      ],
    ]);
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`arbitrates interrupts alike (seed ${seed})`, async () => {
      const random = new Random(seed * 0x9e3779b9);
      const accesses: BusAccess[] = [w(GICD, 3), w(GICC, 7), w(GICC + 4, 0xf8)];
      // Group 1 on odd numbers; both groups stay on, and AckCtl set: QEMU lets a disabled group hide an enabled one of lower priority.
      for (let i = 0; i < 9; i++) accesses.push(w(GICD + 0x80 + 4 * i, 0xaaaaaaaa));
      for (let i = 0; i < 72; i++) accesses.push(w(GICD + 0x400 + 4 * i, random.next()));
      for (let i = 0; i < 18; i++) accesses.push(w(GICD + 0xc00 + 4 * i, random.next()));
      const binaryPoints = (point: number) => [w(GICC + 8, point), w(GICC + 0x1c, point + 1)];
      const word = () => 4 * random.below(9);
      const steps: (() => BusAccess[])[] = [
        () => [w(GICD + 0x100 + word(), random.next())],
        () => [w(GICD + 0x180 + word(), random.next() & random.next() & random.next())],
        () => [w(GICD + 0x200 + word(), random.next() & random.next())],
        () => [w(GICD + 0x280 + word(), random.next() & random.next())],
        () => [w(GICD + 0x300 + word(), random.next() & random.next() & random.next())],
        () => [w(GICD + 0x380 + word(), random.next() & random.next())],
        () => [w(GICD + 0xf00, (random.below(3) << 24) | (random.below(4) << 16) | random.below(16))],
        // By bytes, never 0: QEMU takes a zero byte for pending from nobody, and stops with an assertion when that is acknowledged.
        () => [w(GICD + 0xf20 + random.below(16), 1 + random.below(255), 1)],
        () => [w(GICD + 0xf10 + 4 * random.below(4), random.next() & random.next())],
        () => [w(GICD + 0x400 + random.below(288), random.next() & 0xff, 1)],
        () => [w(GICD + 0xc00 + 4 * random.below(18), random.next())],
        () => [w(GICC + 4, 0x80 | (random.next() & 0x7f))],
        () => [w(GICC + 0x10, random.below(300))],
        () => [w(GICC, 7 | (random.below(2) << 9) | (random.below(2) << 3) | (random.below(2) << 4))],
        () => [w(GICC + 0x1000, random.below(288))],
        () => [r(GICC + 0x0c), r(GICC + 0x14), r(GICC + 0x0c), r(GICC + 0x14)],
        // QEMU leaves the sender of an SGI out of HPPIR.
        () => [r(GICC + 0x0c), r(GICC + 0x18, 4, 0x3ff), r(GICC + 0x14)],
        () => Array.from({ length: 8 }, (_, i) => r(GICC + (i < 4 ? 0xd0 : 0xe0) + 4 * (i & 3))),
        () => [0x100, 0x200, 0x300].map((o) => r(GICD + o + word())),
        () => [r(GICD + 0xf10 + 4 * random.below(4)), r(GICD + 0xc00 + 4 * random.below(18))],
        () => [...Array.from({ length: 6 }, () => w(GICC + 0x10, random.below(288))), r(GICC + 0x14)],
        // Everything done. Only now do the binary points change, and to the same for both groups: QEMU applies them to the pending
        // interrupt only, not to the running priority that it compares with.
        () => [
          ...Array.from({ length: 8 }, (_, i) => w(GICC + (i < 4 ? 0xd0 : 0xe0) + 4 * (i & 3), 0)),
          ...Array.from({ length: 9 }, (_, i) => w(GICD + 0x380 + 4 * i, 0xffffffff)),
          r(GICC + 0x14),
          ...binaryPoints(random.below(6)),
        ],
      ];
      for (let i = 0; i < 2500; i++) accesses.push(...random.pick(steps)());
      await compare(accesses);
    });
  }

  it('answers flash commands alike', async () => {
    const random = new Random(77);
    const both = (command: number) => command | (command << 16);
    const f = (offset: number, value: number) => w(FLASH1 + offset, value);
    const accesses: BusAccess[] = [];
    accesses.push(f(0, both(0x98)), ...words(FLASH1, 0x180), f(0, both(0xff)));
    accesses.push(f(0, both(0x90)), ...words(FLASH1, 0x40), f(0, both(0xff)));
    // QEMU's cells are zeros at first.
    for (let i = 0; i < 3; i++)
      accesses.push(f(i * 0x4_0000, both(0x20)), f(i * 0x4_0000, both(0xd0)), f(0, both(0xff)));
    for (let i = 0; i < 300; i++) {
      const offset = 4 * random.below(64) + 0x4_0000 * random.below(3);
      // Erased before it is programmed: QEMU's cells take ones back.
      const erase = [f(offset, both(0x20)), f(offset, both(0xd0)), r(FLASH1 + offset), f(offset, both(0xff))];
      const program = [
        f(offset, both(0x40)),
        r(FLASH1 + offset),
        f(offset, random.next()),
        r(FLASH1),
        f(0, both(0xff)),
      ];
      const start = offset & ~0xff;
      const buffered = [f(start, both(0xe8)), r(FLASH1 + start), f(start, both(7))];
      for (let k = 0; k < 8; k++) buffered.push(f(start + 4 * k, random.next()));
      buffered.push(f(start, both(0xd0)), r(FLASH1 + start), f(start, both(0xff)));
      const lock = [
        f(offset, both(0x60)),
        f(offset, both(0x01)),
        f(offset, both(0x60)),
        f(offset, both(0xd0)),
        r(FLASH1),
        f(0, both(0xff)),
      ];
      const status = [f(0, both(0x70)), r(FLASH1 + offset), r(FLASH1, 2), r(FLASH1, 1), f(0, both(0xff))];
      accesses.push(...random.pick([[...erase, ...program], [...erase, ...buffered], lock, status]));
      accesses.push(r(FLASH1 + offset), r(FLASH1 + offset + 2, 2), r(FLASH1 + offset + 1, 1));
    }
    await compare(accesses);
  });

  it('gives the same fixed items of fw_cfg', async () => {
    const item = (key: number, bytes: number) => [
      w(FW_CFG + 8, ((key & 0xff) << 8) | (key >> 8), 2),
      ...Array.from({ length: bytes }, () => r(FW_CFG, 1)),
    ];
    await compare([
      ...item(0, 6),
      ...item(1, 6),
      ...item(0, 0),
      r(FW_CFG),
      r(FW_CFG),
      r(FW_CFG, 2),
      ...item(0x7777, 3),
    ]);
  });

  it('runs the same fw_cfg DMA descriptors', async () => {
    const swap = (value: number) => Buffer.from(new Uint32Array([value]).buffer).readUInt32BE();
    const ram = FakeMemory.base;
    const dma = (control: number, length: number, address: number, descriptor = ram + 0x100) => [
      ...[control, length, 0, address].map((word, i) => w(ram + 0x100 + 4 * i, swap(word))),
      ...[w(FW_CFG + 0x10, 0), w(FW_CFG + 0x14, swap(descriptor)), r(ram + 0x100), r(ram + 0x200), r(ram + 0x204)],
    ];
    await compare([
      ...[w(ram + 0x200, 0x11111111), w(ram + 0x204, 0x22222222)],
      ...dma((1 << 16) | 8 | 2, 3, ram + 0x200),
      ...dma(8 | 4, 1, 0),
      ...dma(2, 6, ram + 0x201),
      ...dma((0x3333 << 16) | 8 | 2, 4, ram + 0x200),
      ...dma(8, 0, 0),
      ...dma(8 | 16, 4, ram + 0x200),
      ...dma(8 | 2, 4, 0x0b00_0000),
      ...dma(0, 4, ram + 0x200),
      // The position after a failed transfer is nobody's business: select before reading on.
      ...dma(8, 0, 0),
      ...[r(FW_CFG, 1), r(FW_CFG, 1)],
    ]);
  });
});

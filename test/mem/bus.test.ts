import assert from 'node:assert/strict';
import { MemoryMapError } from '../../src/mem/errors.js';
import type { DirectDevice } from '../../src/mem/ports.js';
import { ProbeDevice, RAM, RAM_SIZE, Rig } from './rig.js';

const problem = (wanted: string, text: RegExp) => (error: unknown) =>
  error instanceof MemoryMapError && error.problem === wanted && text.test(error.message);

/** A flash in read-array mode while `open`. */
class Flash extends ProbeDevice implements DirectDevice {
  open = true;
  onDirectChange: (offset: number, length: number) => void = () => {};
  constructor(
    readonly offset: number,
    size: number,
  ) {
    super(size);
  }
  directPage(offset: number): number {
    return this.open ? this.offset + offset : -1;
  }
}

describe('mem/bus', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
  });

  it('reads and writes RAM at each size, little-endian', () => {
    const { bus } = rig;
    bus.write(RAM + 8, 4, 0x8123_4567);
    assert.equal(bus.read(RAM + 8, 4), 0x8123_4567 | 0);
    assert.equal(bus.read(RAM + 8, 2), 0x4567);
    assert.equal(bus.read(RAM + 11, 1), 0x81);
    bus.write(RAM + 10, 2, 0x1_beef);
    bus.write(RAM + 8, 1, 0x1aa);
    assert.equal(bus.read(RAM + 8, 4) >>> 0, 0xbeef_45aa);
    assert.equal(bus.failed, false);
  });

  it('reports what nothing answers, at the edges of RAM too, and recovers', () => {
    const { bus } = rig;
    for (const pa of [0, RAM - 4, RAM + RAM_SIZE, 0xffff_fffc, 0x1_0000_0000, 2 ** 40 - 4]) {
      assert.equal(bus.read(pa, 4), 0);
      assert.equal(bus.failed, true, pa.toString(16));
      bus.write(pa, 1, 1);
      assert.equal(bus.failed, true, pa.toString(16));
      assert.equal(bus.directPage(pa, false), -1);
    }
    bus.read(RAM + RAM_SIZE - 4, 4);
    assert.equal(bus.failed, false);
  });

  it('finds small devices that share a page, and nothing between and behind them', () => {
    const { bus } = rig;
    const devices = [0, 1, 2].map(() => new ProbeDevice(0x200));
    devices.forEach((device, i) => bus.mapDevice(0x0a00_0000 + 0x200 * i, device));
    const late = new ProbeDevice(0x18);
    bus.mapDevice(0x0a00_0c00, late);
    devices[1].answer = -1;
    assert.equal(bus.read(0x0a00_0204, 2), 0xffff);
    assert.equal(bus.read(0x0a00_0204, 4), -1);
    bus.write(0x0a00_05fc, 4, -2);
    bus.write(0x0a00_0c01, 1, 0x1ff);
    assert.deepEqual(
      [...devices, late].map(({ log }) => log),
      [[], ['R2@4', 'R4@4'], ['W4@1fc=fffffffe'], ['W1@1=ff']],
    );
    for (const pa of [0x0a00_0600, 0x0a00_0c18, 0x0a00_0c16 + 1]) {
      bus.read(pa, pa === 0x0a00_0c17 ? 2 : 1);
      assert.equal(bus.failed, true, pa.toString(16));
    }
  });

  it('serves a window that ends inside a page, and one that covers many', () => {
    const { bus } = rig;
    const device = new ProbeDevice(0x2_0010);
    bus.mapDevice(0x0900_0000, device);
    bus.read(0x0900_0000, 4);
    bus.read(0x0901_fffc, 4);
    bus.read(0x0902_000c, 4);
    assert.deepEqual(device.log, ['R4@0', 'R4@1fffc', 'R4@2000c']);
    bus.read(0x0902_0010, 4);
    assert.equal(bus.failed, true);
  });

  it('maps above 4 GiB', () => {
    const { bus } = rig;
    bus.mapRam(0x40_0000_0000, 0x1000, rig.ram.offset);
    const device = new ProbeDevice(0x10);
    bus.mapDevice(0x50_0000_0008, device);
    bus.write(RAM + 0x10, 4, 77);
    assert.equal(bus.read(0x40_0000_0010, 4), 77);
    bus.write(0x40_0000_0010, 1, 78);
    assert.equal(bus.read(RAM + 0x10, 4), 78);
    assert.equal(bus.directPage(0x40_0000_0ffc, true), rig.ram.offset);
    bus.write(0x50_0000_0010, 4, 1);
    assert.deepEqual(device.log, ['W4@8=1']);
    bus.write(0x50_0000_0000, 4, 1);
    assert.equal(bus.failed, true);
  });

  it('tells overlap, bad length and unmapped apart', () => {
    const { bus } = rig;
    const overlap = problem('overlap', /overlaps RAM, which has 0x40000000 to 0x40ffffff/);
    assert.throws(() => bus.mapDevice(RAM + RAM_SIZE - 1, new ProbeDevice(2)), overlap);
    assert.throws(() => bus.mapRam(RAM - 0x1000, 0x2000, rig.ram.offset), overlap);
    for (const [pa, length, offset] of [
      [0, 0, 0],
      [0, 0x800, 0],
      [0x800, 0x1000, 0],
      [0, 0x1000, 4],
      [0, Number.NaN, 0],
      [0, 0x1000, rig.memory.length],
      [2 ** 40 - 0x1000, 0x2000, rig.ram.offset],
    ]) {
      assert.throws(() => bus.mapRam(pa, length, offset), problem('length', /RAM at/), `${pa} ${length} ${offset}`);
    }
    assert.throws(
      () => bus.mapDevice(0, new ProbeDevice(0)),
      problem('length', /probe at 0x0 must have a positive length/),
    );
    assert.throws(() => bus.unmap(RAM + 0x1000), problem('unmapped', /starts at 0x40001000/));
    assert.equal(bus.ranges().length, 1);
  });

  it('unmaps what it mapped, and only that', () => {
    const { bus } = rig;
    const [a, b] = [new ProbeDevice(0x200), new ProbeDevice(0x1400)];
    bus.mapDevice(0x1000, a);
    bus.mapDevice(0x1200, b);
    const changes: number[][] = [];
    bus.onMapChange = (pa, length) => changes.push([pa, length]);
    bus.unmap(0x1000);
    bus.read(0x1000, 4);
    assert.equal(bus.failed, true);
    bus.read(0x1200, 4);
    bus.read(0x2500, 4);
    assert.deepEqual(b.log, ['R4@0', 'R4@1300']);
    bus.unmap(0x1200);
    bus.read(0x2500, 4);
    assert.equal(bus.failed, true);
    assert.deepEqual(changes, [
      [0x1000, 0x200],
      [0x1200, 0x1400],
    ]);
    assert.deepEqual(
      bus.ranges().map(({ kind, name, pa }) => [kind, name, pa]),
      [['ram', 'RAM', RAM]],
    );
  });

  it('copies blocks over page ends, all or nothing, and never from or to devices', () => {
    const { bus } = rig;
    const device = new ProbeDevice();
    bus.mapDevice(RAM + RAM_SIZE, device);
    const source = Uint8Array.from({ length: 0x2800 }, (_, i) => i * 7);
    assert.equal(bus.writeBlock(RAM + 0xf00, source), true);
    const target = new Uint8Array(source.length);
    assert.equal(bus.readBlock(RAM + 0xf00, target), true);
    assert.deepEqual(target, source);
    assert.equal(bus.readBlock(RAM + RAM_SIZE - 0x10, target), false);
    assert.deepEqual(target, source);
    assert.equal(bus.writeBlock(RAM + RAM_SIZE - 0x10, source), false);
    assert.equal(bus.read(RAM + RAM_SIZE - 0x10, 4), 0);
    assert.deepEqual(device.log, []);
  });

  it('refuses blocks beyond the 40 bits of physical addresses, where numbers are not exact', () => {
    const { bus } = rig;
    for (const pa of [2 ** 40 - 4, 2 ** 40, 2 ** 63 + RAM, 2 ** 64 - 4096]) {
      assert.equal(bus.readBlock(pa, new Uint8Array(4)), false, pa.toString(16));
      assert.equal(bus.writeBlock(pa, new Uint8Array(4)), false, pa.toString(16));
    }
  });

  describe('code pages', () => {
    let writes: number[][];
    beforeEach(() => {
      writes = [];
      rig.bus.onCodeWrite = (pa, length) => writes.push([pa - RAM, length]);
    });

    it('reports single and block writes to a marked page, and lets none go directly', () => {
      const { bus } = rig;
      assert.equal(bus.directPage(RAM + 0x1000, true), rig.host(RAM + 0x1000));
      bus.markCode(RAM + 0x1abc);
      assert.equal(bus.isCode(RAM + 0x1000), true);
      assert.equal(bus.directPage(RAM + 0x1000, true), -1);
      assert.equal(bus.directPage(RAM + 0x1000, false), rig.host(RAM + 0x1000));
      bus.write(RAM + 0xffc, 4, 1);
      bus.write(RAM + 0x1000, 4, 1);
      bus.write(RAM + 0x1fff, 1, 1);
      bus.writeBlock(RAM + 0xff0, new Uint8Array(0x2000));
      assert.deepEqual(writes, [
        [0x1000, 4],
        [0x1fff, 1],
        [0x1000, 0x1000],
      ]);
      bus.unmarkCode(RAM + 0x1000);
      bus.write(RAM + 0x1000, 4, 1);
      assert.equal(writes.length, 3);
      assert.equal(bus.directPage(RAM + 0x1000, true), rig.host(RAM + 0x1000));
    });

    it('reports a write at each address where that memory is mapped', () => {
      const { bus } = rig;
      bus.mapRam(0x8000_0000, RAM_SIZE, rig.ram.offset);
      bus.markCode(RAM + 0x2000);
      bus.write(0x8000_2004, 4, 1);
      assert.deepEqual(writes, [
        [0x2004, 4],
        [0x4000_2004, 4],
      ]);
    });

    it('forgets all marks when told', () => {
      rig.bus.markCode(RAM);
      rig.bus.clearCodeMarks();
      rig.bus.write(RAM, 4, 1);
      assert.deepEqual(writes, []);
    });
  });

  describe('a direct device', () => {
    it('lets loads through while it says so, stores never, and code go when it changes', () => {
      const { bus } = rig;
      const flash = new Flash(rig.ram.offset, 0x3000);
      bus.mapDevice(0, flash);
      assert.equal(bus.directPage(0x1234, false), rig.ram.offset + 0x1000);
      assert.equal(bus.directPage(0x1234, true), -1);
      rig.poke(RAM + 0x2000, 0xabcd);
      const word = new Uint8Array(2);
      assert.equal(bus.readBlock(0x2000, word), true);
      assert.deepEqual([...word], [0xcd, 0xab]);
      assert.equal(bus.writeBlock(0x2000, word), false);
      bus.read(0x10, 4);
      bus.write(0x10, 1, 0x90);
      assert.deepEqual(flash.log, ['R4@10', 'W1@10=90']);

      const events: string[] = [];
      bus.onCodeWrite = (pa, length) => events.push(`code ${pa.toString(16)}+${length.toString(16)}`);
      bus.onMapChange = (pa, length) => events.push(`map ${pa.toString(16)}+${length.toString(16)}`);
      bus.markCode(0x1010);
      assert.equal(bus.isCode(0x1fff), true);
      assert.equal(bus.isCode(0x2000), false);
      flash.open = false;
      flash.onDirectChange(0, 0x3000);
      assert.deepEqual(events, ['code 1000+1000', 'map 0+3000']);
      assert.equal(bus.directPage(0x1234, false), -1);
      assert.equal(bus.readBlock(0x2000, word), false);
    });
  });
});

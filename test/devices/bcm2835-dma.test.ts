/** The BCM2835's DMA controller by its manual: what takes time, what stops it, and what it does where QEMU's does otherwise. */
import assert from 'node:assert/strict';
import { Bcm2835Dma } from '../../src/devices/bcm2835-dma.js';
import { DmaPort, type MasterBus } from '../../src/devices/dma-port.js';
import type { AccessSize } from '../../src/mem/device.js';
import { FakeClock, FakeLine, FakeLog } from './fakes.js';

const [CS, CONBLK_AD, TI, SOURCE_AD, DEST_AD, TXFR_LEN, , NEXTCONBK, DEBUG] = [0, 4, 8, 12, 16, 20, 24, 28, 32];
const ACTIVE = 1;
const END = 2;
const INT = 4;
const INC = (1 << 4) | (1 << 8);
const INTEN = 1;

/** RAM of 1 MiB at 0, and a register at 0x2000_0010 that remembers what it was given. */
class Bus implements MasterBus {
  readonly bytes = new Uint8Array(1 << 20);
  readonly written: number[] = [];
  failed = false;
  onWrite: (pa: number, value: number) => void = () => {};

  readBlock(pa: number, target: Uint8Array): boolean {
    if (pa + target.length > this.bytes.length) return false;
    target.set(this.bytes.subarray(pa, pa + target.length));
    return true;
  }

  writeBlock(pa: number, source: Uint8Array): boolean {
    if (pa + source.length > this.bytes.length) return false;
    this.bytes.set(source, pa);
    return true;
  }

  read(pa: number, _size: AccessSize): number {
    this.failed = pa !== 0x2000_0010;
    return this.failed ? 0 : 0x1234_0000 + this.written.length;
  }

  write(pa: number, _size: AccessSize, value: number): void {
    this.failed = pa !== 0x2000_0010;
    if (!this.failed) this.written.push(value);
    this.onWrite(pa, value);
  }
}

class Rig {
  readonly bus = new Bus();
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly lines = Array.from({ length: 15 }, () => new FakeLine());
  readonly dma = new Bcm2835Dma(this.clock, new DmaPort(this.bus), this.lines, this.log);
  readonly view = new DataView(this.bus.bytes.buffer);

  /** Writes a control block: TI, source, target, length, stride, next. */
  block(at: number, ...words: number[]): void {
    for (let i = 0; i < 8; i++) this.view.setUint32(at + 4 * i, words[i] ?? 0, true);
  }

  start(channel: number, at: number): void {
    this.write(channel, CONBLK_AD, at);
    this.write(channel, CS, ACTIVE);
  }

  write(channel: number, register: number, value: number): void {
    this.dma.write(0x100 * channel + register, 4, value);
  }

  read(channel: number, register: number): number {
    return this.dma.read(0x100 * channel + register, 4) >>> 0;
  }

  bytes(from: number, length: number): number[] {
    return [...this.bus.bytes.subarray(from, from + length)];
  }
}

describe("the BCM2835's DMA controller", () => {
  it('moves a gigabyte a second, piece by piece, and interrupts at the end', () => {
    const rig = new Rig();
    rig.bus.bytes.fill(0xaa, 0x1000, 0x5000);
    rig.block(0x100, INTEN | INC, 0x1000, 0xc000_8000, 0x4000);
    rig.start(2, 0x100);
    rig.clock.advance(500);
    assert.deepEqual([rig.read(2, SOURCE_AD), rig.read(2, TXFR_LEN), rig.read(2, TI)], [0x1000, 0x4000, 0x111]);
    rig.clock.advance(0x2000);
    assert.deepEqual(
      [rig.read(2, SOURCE_AD), rig.read(2, DEST_AD), rig.read(2, TXFR_LEN)],
      [0x3000, 0xc000_a000, 0x2000],
    );
    assert.deepEqual([rig.bus.bytes[0x9fff], rig.bus.bytes[0xa000]], [0xaa, 0]);
    assert.equal(rig.read(2, CS) & (ACTIVE | END | INT), ACTIVE);
    rig.clock.advance(0x2000);
    assert.deepEqual([rig.bus.bytes[0xbfff], rig.bus.bytes[0xc000]], [0xaa, 0]);
    assert.deepEqual([rig.read(2, CS) & 7, rig.read(2, CONBLK_AD), rig.lines[2].level], [END | INT, 0, true]);
    assert.equal(rig.dma.read(0xfe0, 4), 1 << 2);
    rig.write(2, CS, INT);
    assert.deepEqual([rig.read(2, CS) & 7, rig.lines[2].level, rig.clock.waiting], [END, false, 0]);
  });

  it('reads what it has written: an overlapping target repeats the source', () => {
    const rig = new Rig();
    rig.view.setUint32(0x1000, 0x04030201, true);
    rig.block(0x100, INC, 0x1000, 0x1004, 32);
    rig.start(0, 0x100);
    rig.clock.advance(10_000);
    assert.deepEqual(
      rig.bytes(0x1000, 36),
      Array.from({ length: 36 }, (_, i) => (i % 4) + 1),
    );
  });

  it('moves odd lengths to the byte', () => {
    const rig = new Rig();
    rig.bus.bytes.fill(7, 0x1000, 0x1100);
    rig.block(0x100, INC, 0x1001, 0x2003, 7, 0, 0x140);
    rig.block(0x140, 1 << 4, 0x1000, 0x3001, 6);
    rig.start(1, 0x100);
    rig.clock.advance(10_000);
    assert.deepEqual(rig.bytes(0x2002, 9), [0, 7, 7, 7, 7, 7, 7, 7, 0]);
    assert.deepEqual(rig.bytes(0x3000, 8), [0, 7, 7, 7, 7, 7, 7, 0]);
  });

  it('fills with zeros, with one word, and reads for nothing', () => {
    const rig = new Rig();
    rig.bus.bytes.fill(9, 0x1000, 0x4000);
    rig.view.setUint32(0x1000, 0x11223344, true);
    rig.block(0x100, (1 << 4) | (1 << 11), 0x1000, 0x2000, 8, 0, 0x140);
    rig.block(0x140, 1 << 4, 0x1000, 0x3000, 8, 0, 0x180);
    rig.block(0x180, (1 << 8) | (1 << 7), 0x1000, 0x3800, 8);
    rig.start(1, 0x100);
    rig.clock.advance(10_000);
    assert.deepEqual(rig.bytes(0x2000, 9), [0, 0, 0, 0, 0, 0, 0, 0, 9]);
    assert.deepEqual(rig.bytes(0x3000, 9), [0x44, 0x33, 0x22, 0x11, 0x44, 0x33, 0x22, 0x11, 9]);
    assert.deepEqual(rig.bytes(0x3800, 2), [9, 9]);
  });

  it('reaches registers by their bus address', () => {
    const rig = new Rig();
    for (let i = 0; i < 3; i++) rig.view.setUint32(0x1000 + 4 * i, 0x100 + i, true);
    rig.block(0x100, 1 << 8, 0x1000, 0x7e00_0010, 12, 0, 0x140);
    rig.block(0x140, 1 << 4, 0x7e00_0010, 0x2000, 4, 0, 0x180);
    rig.block(0x180, 1 << 4, 0x7e00_0014, 0x2004, 4);
    rig.start(1, 0x100);
    rig.clock.advance(10_000);
    assert.deepEqual(rig.bus.written, [0x100, 0x101, 0x102]);
    assert.equal(rig.view.getUint32(0x2000, true), 0x1234_0003);
    // Nothing is there: the error is noted until it is taken back.
    assert.deepEqual([rig.read(1, DEBUG) & 7, rig.read(1, CS) & 0x100], [4, 0x100]);
    rig.write(1, DEBUG, 4);
    assert.deepEqual([rig.read(1, DEBUG) & 7, rig.read(1, CS) & 0x100], [0, 0]);
  });

  it('waits for a peripheral that paces it, and says so', () => {
    const rig = new Rig();
    rig.block(0x100, INC | (1 << 6) | (5 << 16), 0x1000, 0x2000, 16);
    rig.start(4, 0x100);
    rig.clock.advance(1e9);
    assert.equal(rig.read(4, CS) & (ACTIVE | END | (1 << 5)), ACTIVE | (1 << 5));
    assert.match(rig.log.messages[0], /channel 4 waits for peripheral 5/);
    assert.equal(rig.clock.waiting, 0);
  });

  it('pauses, goes on, leaves a control block out, and starts over', () => {
    const rig = new Rig();
    rig.bus.bytes.fill(1, 0x1000, 0x4000);
    rig.block(0x100, INC, 0x1000, 0x8000, 0x3000, 0, 0x140);
    rig.block(0x140, INC, 0x1000, 0x2_0000, 4);
    rig.start(0, 0x100);
    rig.clock.advance(500 + 0x1000);
    rig.write(0, CS, 0);
    rig.clock.advance(1e6);
    assert.deepEqual([rig.read(0, TXFR_LEN), rig.read(0, CS) & (ACTIVE | (1 << 4))], [0x2000, 1 << 4]);
    rig.write(0, CS, ACTIVE);
    rig.clock.advance(0x1000);
    assert.equal(rig.read(0, TXFR_LEN), 0x1000);
    rig.write(0, CS, 2 ** 30 + ACTIVE);
    rig.clock.advance(1e6);
    assert.deepEqual([rig.bus.bytes[0xa000], rig.bus.bytes[0x2_0000], rig.read(0, CS) & 3], [0, 1, END]);
    rig.write(0, CS, 2 ** 31);
    assert.deepEqual(
      [CS, CONBLK_AD, TI, SOURCE_AD, NEXTCONBK].map((o) => rig.read(0, o)),
      [0, 0, 0, 0, 0],
    );
  });

  it('stands still while the channel is switched off', () => {
    const rig = new Rig();
    rig.bus.bytes.fill(1, 0x1000, 0x4000);
    rig.block(0x100, INC, 0x1000, 0x8000, 0x3000);
    rig.dma.write(0xff0, 4, 0x7ffe);
    rig.start(0, 0x100);
    rig.clock.advance(1e6);
    assert.equal(rig.bus.bytes[0x8000], 0);
    rig.dma.write(0xff0, 4, 1);
    rig.clock.advance(1e6);
    assert.deepEqual([rig.bus.bytes[0x8000], rig.read(0, CS) & 3], [1, END]);
  });

  it('has no 2D mode on the lite channels, and takes 16 bits of length there', () => {
    const rig = new Rig();
    rig.bus.bytes.fill(1, 0x1000, 0x2000);
    rig.block(0x100, INC | 2, 0x1000, 0x8000, (3 << 16) | 8, 0x100_0100);
    rig.start(7, 0x100);
    rig.clock.advance(1e6);
    assert.deepEqual([rig.bus.bytes[0x8007], rig.bus.bytes[0x8008], rig.bus.bytes[0x8108]], [1, 0, 0]);
    assert.deepEqual([rig.read(7, DEBUG) >>> 28, rig.read(6, DEBUG) >>> 28], [1, 0]);
    rig.start(6, 0x100);
    rig.clock.advance(1e6);
    // Rows after the first lie a stride behind the end of the one before.
    assert.equal(rig.bus.bytes[0x8108], 1);
  });

  it('may write its own registers: a channel that resets itself is reset', () => {
    const rig = new Rig();
    rig.bus.onWrite = (pa, value) => {
      if (pa === 0x2000_7300) rig.write(3, CS, value);
    };
    rig.view.setUint32(0x1000, 2 ** 31, true);
    rig.block(0x100, INTEN | (1 << 8), 0x1000, 0x7e00_7300, 4);
    rig.start(3, 0x100);
    rig.clock.advance(10_000);
    assert.deepEqual(
      [CS, CONBLK_AD, TI, SOURCE_AD, TXFR_LEN].map((o) => rig.read(3, o)),
      [0, 0, 0, 0, 0],
    );
    assert.deepEqual([rig.lines[3].level, rig.clock.waiting], [false, 0]);
  });

  it('gives a chain that never ends time between its blocks', () => {
    const rig = new Rig();
    rig.block(0x100, INTEN, 0, 0, 0, 0, 0x100);
    rig.start(3, 0x100);
    rig.clock.advance(100_000);
    assert.deepEqual([rig.lines[3].level, rig.clock.waiting, rig.read(3, CS) & ACTIVE], [true, 1, ACTIVE]);
    rig.dma.reset();
    assert.deepEqual([rig.lines[3].level, rig.clock.waiting], [false, 0]);
  });

  it('goes on after a restore as it went on from the save', () => {
    const rig = new Rig();
    rig.bus.bytes.fill(5, 0x1000, 0x6000);
    rig.block(0x100, INTEN | INC | 2, 0x1000, 0x8000, (1 << 16) | 0x1800, 0x10_0010, 0x140);
    rig.block(0x140, INC, 0x1000, 0x2_0000, 4);
    rig.start(5, 0x100);
    rig.clock.advance(500 + 0x1000);
    const saved = structuredClone(rig.dma.save());
    const now = rig.clock.now();
    const after = () => {
      const seen: unknown[] = [];
      for (let i = 0; i < 8; i++) {
        rig.clock.advance(0x800);
        seen.push(rig.read(5, CS), rig.read(5, SOURCE_AD), rig.read(5, TXFR_LEN), rig.lines[5].level);
      }
      return seen;
    };
    const first = after();
    assert.equal(first.at(-1), true);
    rig.clock.rewind(now);
    rig.dma.reset();
    rig.dma.restore(saved);
    assert.deepEqual(after(), first);
  });
});

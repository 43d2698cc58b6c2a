import assert from 'node:assert/strict';
import { FwCfg, FwCfgKey } from '../../src/devices/fw-cfg.js';
import { FakeLog, FakeMemory } from './fakes.js';

const DATA = 0x00;
const SELECTOR = 0x08;
const DMA = 0x10;
const DESCRIPTOR = 0x100;

function setUp() {
  const memory = new FakeMemory();
  const log = new FakeLog();
  const device = new FwCfg('fw-cfg', memory, log);
  const select = (key: number) => device.write(SELECTOR, 2, ((key & 0xff) << 8) | (key >> 8));
  const bytes = (n: number) => Buffer.from(Array.from({ length: n }, () => device.read(DATA, 1)));
  const swap = (value: number) => Buffer.from(new Uint32Array([value]).buffer).readUInt32BE();
  /** Runs a DMA descriptor; gives its control field afterwards. */
  const dma = (control: number, length: number, address: number, at = FakeMemory.base + DESCRIPTOR) => {
    const view = new DataView(memory.bytes.buffer);
    view.setUint32(DESCRIPTOR, control);
    view.setUint32(DESCRIPTOR + 4, length);
    view.setUint32(DESCRIPTOR + 8, 0);
    view.setUint32(DESCRIPTOR + 12, address);
    device.write(DMA, 4, 0);
    device.write(DMA + 4, 4, swap(at));
    return view.getUint32(DESCRIPTOR);
  };
  return { memory, log, device, select, bytes, dma };
}

const READ = 2;
const SKIP = 4;
const SELECT = 8;
const WRITE = 16;

describe('fw-cfg', () => {
  it('has a signature, features, and the DMA signature', () => {
    const { device, select, bytes } = setUp();
    assert.equal(bytes(4).toString(), 'QEMU', 'item 0 is selected at first');
    select(FwCfgKey.id);
    assert.equal(bytes(4).readUInt32LE(), 3);
    assert.equal(device.read(DMA, 4), 0x554d4551);
    assert.equal(device.read(DMA + 4, 4), 0x47464320);
  });

  it('gives an item in memory order at every width, and zeros behind it', () => {
    const { device, select, bytes } = setUp();
    device.add(0x15, Buffer.from('abcdefg'));
    select(0x15);
    assert.equal(device.read(DATA, 1), 0x61);
    assert.equal(device.read(DATA, 2), 0x6362);
    assert.equal(device.read(DATA + 4, 4), 0x67666564);
    assert.deepEqual([...bytes(3)], [0, 0, 0]);
    select(0x15);
    assert.equal(device.read(DATA, 4), 0x64636261);
    assert.equal(device.read(DATA, 4), 0x00676665);
    select(0x3456);
    assert.equal(device.read(DATA, 4), 0);
  });

  it('lists files by name in the directory', () => {
    const { device, select, bytes } = setUp();
    device.addFile('opt/b', Buffer.from('second'));
    device.addFile('etc/a', Buffer.from('first'));
    select(FwCfgKey.fileDirectory);
    const directory = bytes(4 + 2 * 64);
    assert.equal(directory.readUInt32BE(0), 2);
    assert.deepEqual(
      [4, 68].map((at) => [
        directory.readUInt32BE(at),
        directory.readUInt16BE(at + 4),
        directory.toString('latin1', at + 8, at + 64).replace(/\0+$/, ''),
      ]),
      [
        [5, 0x20, 'etc/a'],
        [6, 0x21, 'opt/b'],
      ],
    );
    select(0x21);
    assert.equal(bytes(6).toString(), 'second');
  });

  it('keeps numbers little-endian', () => {
    const { device, select, bytes } = setUp();
    device.addNumber(FwCfgKey.kernelSize, 0x12345678, 4);
    device.addNumber(FwCfgKey.cpuCount, 1, 2);
    select(FwCfgKey.kernelSize);
    assert.equal(bytes(5).toString('hex'), '7856341200');
    select(FwCfgKey.cpuCount);
    assert.equal(bytes(2).toString('hex'), '0100');
  });

  it('copies by DMA, with select, skip and zeros behind the end', () => {
    const { device, memory, dma } = setUp();
    device.add(0x11, Buffer.from('0123456789'));
    memory.bytes.fill(0xee, 0x200, 0x220);
    assert.equal(dma((0x11 << 16) | SELECT | READ, 4, FakeMemory.base + 0x200), 0);
    assert.equal(dma(SKIP, 2, 0), 0);
    assert.equal(dma(READ, 8, FakeMemory.base + 0x204), 0);
    assert.equal(Buffer.from(memory.bytes.subarray(0x200, 0x20d)).toString('latin1'), '01236789\0\0\0\0\xee');
    assert.equal(dma((0x11 << 16) | SELECT, 0, 0), 0);
    assert.equal(device.read(DATA, 1), 0x30);
  });

  it('copies items longer than one step', () => {
    const { device, memory, dma } = setUp();
    const long = Uint8Array.from({ length: 0x2_1234 }, (_, i) => (i * 7) >> 3);
    device.add(0x12, long);
    assert.equal(dma((0x12 << 16) | SELECT | READ, long.length, FakeMemory.base + 0x1000), 0);
    assert.deepEqual(memory.bytes.subarray(0x1000, 0x1000 + long.length), long);
  });

  it('ends with the error bit where memory is missing or an item would be written', () => {
    const { dma, log, memory } = setUp();
    assert.equal(dma(SELECT | READ, 4, 0x1000), 1);
    assert.equal(dma(READ, 0xffffffff, FakeMemory.base), 1);
    assert.equal(dma(SELECT | WRITE, 4, FakeMemory.base), 1);
    dma(READ, 4, FakeMemory.base, 0x2000);
    assert.equal(new DataView(memory.bytes.buffer).getUint32(DESCRIPTOR), READ, 'no descriptor, nothing to mark');
    assert.equal(log.messages.length, 4);
  });

  it('reports what it does not understand', () => {
    const { device, log } = setUp();
    device.write(DATA, 4, 1);
    device.write(SELECTOR, 1, 1);
    device.read(SELECTOR, 2);
    assert.equal(log.messages.length, 3);
  });

  it('continues after restore as it went on after save', () => {
    const { device, select, bytes } = setUp();
    device.add(0x15, Buffer.from('abcdefg'));
    select(0x15);
    bytes(3);
    device.write(DMA, 4, 0x01000000);
    const saved = structuredClone(device.save());
    assert.equal(bytes(2).toString(), 'de');
    device.reset();
    assert.equal(bytes(4).toString(), 'QEMU');
    device.restore(saved);
    assert.equal(bytes(3).toString(), 'def');
    assert.deepEqual({ ...(saved as object) }, { key: 0x15, position: 3, dmaHigh: 1 });
  });
});

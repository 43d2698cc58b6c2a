import assert from 'node:assert/strict';
import { PciEcam, PciWindow } from '../../src/devices/pci-ecam.js';
import { VirtioMmio } from '../../src/devices/virtio-mmio.js';
import { FakeLog, readAll } from './fakes.js';

describe('virtio-mmio', () => {
  it('is a legacy transport without a device', () => {
    const log = new FakeLog();
    const slot = new VirtioMmio('virtio-mmio@a000000', log);
    assert.deepEqual(
      readAll(slot, [0x00, 0x04, 0x08, 0x0c, 0x10, 0x44, 0xfc, 0x100]),
      [0x74726976, 1, 0, 0x554d4551, 0, 0, 0, 0],
    );
    assert.equal(slot.read(0x02, 1), 0x72);
    slot.write(0x70, 4, 1);
    assert.equal(log.messages.length, 1);
    slot.reset();
    slot.restore(structuredClone(slot.save()));
    assert.equal(slot.read(0x70, 4), 0);
  });
});

describe('pci-ecam', () => {
  it('shows the host bridge and nothing else', () => {
    const host = new PciEcam('pcie', 0x100_0000);
    assert.deepEqual(
      readAll(host, [0x00, 0x04, 0x08, 0x0c, 0x10, 0x2c, 0x3c]),
      [0x00081b36, 0, 0x06000000, 0, 0, 0x11001af4, 0],
    );
    assert.equal(host.read(0x02, 2), 0x0008);
    assert.equal(host.read(0x0b, 1), 0x06);
    for (const empty of [0x100, 0x1000, 0x8000, 0x10_0000, 0xff_fffc]) assert.equal(host.read(empty, 4), 0xffffffff);
    assert.equal(host.read(0x8001, 1), 0xff);
  });

  it('has the writable bits of a type 0 header', () => {
    const host = new PciEcam('pcie', 0x100_0000);
    for (let offset = 0; offset < 0x40; offset += 4) host.write(offset, 4, 0xffffffff);
    const header = readAll(host, [0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x30, 0x2c, 0x3c]);
    assert.deepEqual(header, [0x00081b36, 0x507, 0x06000000, 0xff, 0, 0, 0, 0x11001af4, 0xff]);
    host.write(0x05, 1, 0);
    assert.equal(host.read(0x04, 4), 0x007);
    host.write(0x04, 2, 0x0400);
    assert.equal(host.read(0x04, 4), 0x400);
    host.write(0x8004, 4, 7);
    assert.equal(host.read(0x04, 4), 0x400);
  });

  it('restores and resets', () => {
    const host = new PciEcam('pcie', 0x100_0000);
    host.write(0x04, 2, 0x0107);
    host.write(0x3c, 1, 0x2a);
    host.write(0x0c, 1, 0x10);
    const saved = structuredClone(host.save());
    host.reset();
    assert.deepEqual(readAll(host, [0x04, 0x0c, 0x3c]), [0, 0, 0]);
    host.restore(saved);
    assert.deepEqual(readAll(host, [0x04, 0x0c, 0x3c]), [0x107, 0x10, 0x2a]);
  });

  it('has windows that nothing answers in', () => {
    const window = new PciWindow('pci-io', 0x1_0000);
    window.write();
    assert.deepEqual([window.read(0, 1), window.read(0, 2), window.read(0, 4)], [0xff, 0xffff, 0xffffffff]);
  });
});

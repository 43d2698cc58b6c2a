import assert from 'node:assert/strict';
import { Mode } from '../../src/arm/modes.js';
import { CfiFlash, FLASH_SECTOR } from '../../src/devices/cfi-flash.js';
import { PhysicalBus } from '../../src/mem/bus.js';
import { DataAccess } from '../../src/mem/data-access.js';
import { MachineMemory } from '../../src/mem/memory.js';
import { Mmu } from '../../src/mem/mmu.js';
import { RAM, Rig } from './rig.js';

const LOW = 0x1000;
const HIGH = 0x2000;
const LOW_PA = RAM + 0x10_0000;
const HIGH_PA = RAM + 0x20_0000;

describe('mem/dirty-pages', () => {
  let rig: Rig;
  /** Physical addresses of the dirty pages, ascending. */
  const dirty = () => rig.memory.dirty.pages.map((host) => host - rig.ram.offset + RAM).sort((a, b) => a - b);

  beforeEach(() => {
    rig = new Rig();
    rig.short();
    rig.small(LOW, LOW_PA);
    rig.small(HIGH, HIGH_PA);
    rig.memory.dirty.beginEpoch();
  });

  it('no page is dirty when an epoch begins, and looking at memory makes none so', () => {
    assert.deepEqual(dirty(), []);
    rig.data.load(LOW, 4, 0);
    rig.bus.read(HIGH_PA, 4);
    rig.bus.readBlock(LOW_PA, new Uint8Array(0x2000));
    rig.unit.fetch(LOW);
    assert.deepEqual(dirty(), []);
  });

  it('stores of a processor: inline ones only to pages that are dirty', () => {
    assert.equal(rig.inline(1, LOW, true), undefined);
    rig.data.store(LOW + 8, 4, 1, 0);
    assert.deepEqual(dirty(), [LOW_PA]);
    assert.equal(rig.inline(1, LOW, true), rig.host(LOW_PA));
    assert.equal(rig.inline(1, HIGH, true), undefined);
    rig.memory.dirty.beginEpoch();
    assert.deepEqual(dirty(), []);
    assert.equal(rig.inline(1, LOW, true), undefined, 'a store would go by unseen');
    assert.notEqual(rig.inline(1, LOW), undefined, 'loads need not look again');
    rig.data.store(LOW, 1, 1, 0);
    assert.deepEqual(dirty(), [LOW_PA]);
  });

  it('a store across two pages makes both dirty', () => {
    rig.data.store(HIGH - 2, 4, -1, 0);
    assert.deepEqual(dirty(), [LOW_PA, HIGH_PA]);
  });

  it('in both banks, and for those whose accesses are never inline', () => {
    rig.data.store(LOW, 4, 1, 0);
    rig.mode(Mode.usr);
    rig.data.store(LOW, 4, 1, 0);
    rig.memory.dirty.beginEpoch();
    assert.deepEqual(
      [0, 1].map((bank) => rig.inline(bank, LOW, true)),
      [undefined, undefined],
    );
    const memory = rig.memory.forVirtualCpu();
    const bus = new PhysicalBus(rig.memory);
    bus.mapRam(0, 0x10_0000, rig.ram.offset);
    const mmu = new Mmu(memory, bus);
    mmu.select();
    new DataAccess(memory, mmu, bus).store(0x5000, 4, 1, 0);
    assert.deepEqual(dirty(), [RAM + 0x5000]);
  });

  it('a code page, whose stores are never inline', () => {
    rig.bus.markCode(LOW_PA);
    rig.data.store(LOW, 4, 1, 0);
    assert.deepEqual(dirty(), [LOW_PA]);
    rig.memory.dirty.beginEpoch();
    rig.data.store(LOW, 4, 1, 0);
    assert.deepEqual(dirty(), [LOW_PA]);
  });

  it('stores by way of the bus, of words and of blocks: devices, loaders, debuggers', () => {
    rig.bus.write(LOW_PA + 0xfff, 1, 1);
    rig.bus.writeBlock(HIGH_PA + 0xff0, new Uint8Array(0x1020));
    assert.deepEqual(dirty(), [LOW_PA, HIGH_PA, HIGH_PA + 0x1000, HIGH_PA + 0x2000]);
  });

  it('a block of which nothing was written leaves all clean', () => {
    assert.equal(rig.bus.writeBlock(RAM - 4, new Uint8Array(8)), false);
    assert.deepEqual(dirty(), []);
  });

  it('memory at two addresses is one page', () => {
    rig.bus.mapRam(0, 0x1000, rig.ram.offset);
    rig.bus.write(0x10, 4, 1);
    rig.bus.write(RAM + 0x20, 4, 1);
    assert.deepEqual(dirty(), [RAM]);
  });

  it('cells of a flash: programmed, erased, given when they are first read', () => {
    const memory = new MachineMemory([4 * FLASH_SECTOR]);
    const { offset } = memory.allocate('flash', 4 * FLASH_SECTOR);
    const flash = new CfiFlash('flash', memory.buffer, offset, 4 * FLASH_SECTOR, { guestError: () => {} });
    flash.onWritten = (host, length) => memory.dirty.markRange(host, length);
    const sectors = () => [...new Set(memory.dirty.pages.map((host) => (host - offset) / FLASH_SECTOR))];
    flash.read(FLASH_SECTOR, 4);
    assert.equal(memory.dirty.count, FLASH_SECTOR / 4096, 'a sector that has its cells');
    assert.equal(Math.floor(sectors()[0]), 1);
    memory.dirty.beginEpoch();
    flash.write(FLASH_SECTOR + 0x1000, 2, 0x40);
    flash.write(FLASH_SECTOR + 0x1000, 2, 0x1234);
    assert.deepEqual(memory.dirty.pages, [offset + FLASH_SECTOR + 0x1000]);
    memory.dirty.beginEpoch();
    flash.write(FLASH_SECTOR, 2, 0x20);
    flash.write(FLASH_SECTOR, 2, 0xd0);
    assert.equal(memory.dirty.count, FLASH_SECTOR / 4096);
    memory.dirty.beginEpoch();
    flash.patch(Uint8Array.of(1), FLASH_SECTOR + 5);
    assert.deepEqual(memory.dirty.pages, [offset + FLASH_SECTOR]);
  });
});

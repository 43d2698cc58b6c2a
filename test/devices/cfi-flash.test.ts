import assert from 'node:assert/strict';
import { CfiFlash, FLASH_SECTOR } from '../../src/devices/cfi-flash.js';
import { FakeLog } from './fakes.js';

const SIZE = 0x400_0000;
const BASE = 0x1_0000;
const BOTH = (command: number): number => command | (command << 16);

function setUp(size = 0x20_0000) {
  const memory = new ArrayBuffer(BASE + size);
  const log = new FakeLog();
  const changes: [number, number][] = [];
  const make = () => {
    const flash = new CfiFlash('flash0', memory, BASE, size, log);
    flash.onDirectChange = (offset, length) => void changes.push([offset, length]);
    return flash;
  };
  const flash = make();
  const command = (...commands: number[]) => commands.forEach((c) => flash.write(0, 4, BOTH(c)));
  const program = (offset: number, value: number) => {
    flash.write(offset, 4, BOTH(0x40));
    flash.write(offset, 4, value);
    flash.write(offset, 4, BOTH(0xff));
  };
  const erase = (offset: number) => {
    flash.write(offset, 4, BOTH(0x20));
    flash.write(offset, 4, BOTH(0xd0));
    flash.write(offset, 4, BOTH(0xff));
  };
  const cells = new Uint8Array(memory, BASE, size);
  return { flash, cells, log, changes, command, program, erase, make };
}

describe('cfi-flash', () => {
  it('reads ones where nothing was programmed, and leaves sectors alone that nobody looks at', () => {
    const { flash, cells } = setUp();
    assert.equal(flash.read(0x1000, 4), 0xffffffff);
    assert.equal(flash.read(0x1000, 2), 0xffff);
    assert.equal(flash.read(0x1003, 1), 0xff);
    assert.equal(cells[FLASH_SECTOR], 0);
    assert.equal(flash.directPage(FLASH_SECTOR + 0x1000), BASE + FLASH_SECTOR + 0x1000);
    assert.deepEqual([cells[FLASH_SECTOR], cells[2 * FLASH_SECTOR - 1], cells[2 * FLASH_SECTOR]], [0xff, 0xff, 0]);
  });

  it('is memory in read-array mode, sector by sector', () => {
    const { flash, cells } = setUp();
    flash.loadImage(Uint8Array.of(1, 2, 3, 4), FLASH_SECTOR - 2);
    assert.equal(flash.directPage(0x1fff), BASE + 0x1000);
    assert.equal(flash.directPage(FLASH_SECTOR + 0x123), BASE + FLASH_SECTOR);
    assert.equal(flash.directPage(2 * FLASH_SECTOR), BASE + 2 * FLASH_SECTOR);
    assert.equal(flash.read(FLASH_SECTOR - 4, 4), 0x0201ffff);
    assert.equal(flash.read(FLASH_SECTOR, 2), 0x0403);
    assert.equal(flash.read(FLASH_SECTOR + 1, 1), 4);
    assert.deepEqual([...cells.subarray(FLASH_SECTOR - 3, FLASH_SECTOR + 3)], [0xff, 1, 2, 3, 4, 0xff]);
  });

  it('withdraws direct reads, of the sectors that were given', () => {
    const { flash, changes, command } = setUp();
    flash.loadImage(new Uint8Array(5 * FLASH_SECTOR));
    command(0x70, 0xff);
    assert.deepEqual(changes, [], 'nothing to withdraw');
    for (const offset of [0, FLASH_SECTOR + 0x1000, 4 * FLASH_SECTOR])
      assert.equal(flash.directPage(offset), BASE + offset);
    const runs = [
      [0, 2 * FLASH_SECTOR],
      [4 * FLASH_SECTOR, FLASH_SECTOR],
    ];
    command(0x90);
    assert.deepEqual(changes, runs);
    assert.equal(flash.directPage(0), -1);
    command(0x98);
    assert.equal(changes.length, 2, 'it was already withdrawn');
    command(0xff, 0x90, 0xff);
    assert.equal(changes.length, 2, 'nothing was given since');
    assert.equal(flash.directPage(FLASH_SECTOR), BASE + FLASH_SECTOR);
    flash.restore(flash.save());
    assert.deepEqual(changes.slice(2), [[FLASH_SECTOR, FLASH_SECTOR]], 'when a snapshot is brought back');
  });

  it('tells what it is', () => {
    const { flash, command } = setUp(SIZE);
    command(0x90);
    assert.deepEqual(
      [0, 4, 8].map((o) => flash.read(o, 4)),
      [0x00890089, 0x00180018, 0],
    );
    command(0x98);
    const query = (address: number) => flash.read(address * 4, 4);
    assert.deepEqual([0x10, 0x11, 0x12].map(query), [0x00510051, 0x00520052, 0x00590059]);
    assert.equal(query(0x13), 0x00010001);
    assert.equal(query(0x27), 0x00190019, '32 MiB a chip');
    assert.deepEqual([0x2d, 0x2e, 0x2f, 0x30].map(query), [0x00ff00ff, 0, 0, 0x00020002], '256 blocks of 128 KiB');
    assert.equal(query(0x2000), 0);
    assert.deepEqual(
      [0, 1, 2, 3].map((lane) => flash.read(0x40 + lane, 1)),
      [0x51, 0, 0x51, 0],
    );
    assert.deepEqual(
      [0, 2].map((lane) => flash.read(0x40 + lane, 2)),
      [0x51, 0x51],
    );
    flash.write(0xaa, 1, 0xff);
    flash.write(0x55, 1, 0x98);
    assert.equal(query(0x10), 0x00510051, 'a byte-wide probe reaches both chips');
  });

  it('programs words, only clearing bits', () => {
    const { flash, program, command } = setUp();
    program(0x100, 0x12345678);
    assert.equal(flash.read(0x100, 4), 0x12345678);
    assert.equal(flash.read(0x104, 4), 0xffffffff);
    program(0x100, 0xff00ff0f);
    assert.equal(flash.read(0x100, 4), 0x12005608);
    for (const [offset, size, value] of [
      [0x200, 1, 0xab],
      [0x201, 1, 0xcd],
      [0x202, 2, 0x1234],
    ] as const) {
      flash.write(offset, size, 0x10);
      assert.equal(flash.read(0, 4), 0x00800080, 'status');
      flash.write(offset, size, value);
      assert.equal(flash.read(offset & ~1, 2), 0x80);
    }
    command(0xff);
    assert.equal(flash.read(0x200, 4), 0x1234cdab);
  });

  it('erases the sector that is addressed, when confirmed', () => {
    const { flash, program, erase, command } = setUp();
    program(FLASH_SECTOR - 4, 1);
    program(FLASH_SECTOR, 2);
    program(2 * FLASH_SECTOR, 3);
    erase(FLASH_SECTOR + 0x1234);
    const at = (offset: number) => flash.read(offset, 4);
    assert.deepEqual([FLASH_SECTOR - 4, FLASH_SECTOR, 2 * FLASH_SECTOR].map(at), [1, 0xffffffff, 3]);
    command(0x20, 0xff);
    assert.equal(flash.read(0, 4), 0x00b000b0, 'sequence error');
    command(0x50, 0x70);
    assert.equal(flash.read(0, 4), 0x00800080);
    command(0xff);
    assert.equal(at(2 * FLASH_SECTOR), 3);
  });

  it('writes by the buffer', () => {
    const { flash, command } = setUp();
    flash.write(0x1000, 4, BOTH(0xe8));
    assert.equal(flash.read(0x1000, 4), 0x00800080, 'buffer available');
    flash.write(0x1000, 4, BOTH(3));
    for (let i = 0; i < 4; i++) flash.write(0x1010 + 4 * i, 4, 0x01010101 * (i + 1));
    flash.write(0x1000, 4, BOTH(0xd0));
    assert.equal(flash.read(0x1000, 4), 0x00800080);
    command(0xff);
    assert.deepEqual(
      [0x100c, 0x1010, 0x1014, 0x1018, 0x101c, 0x1020].map((o) => flash.read(o, 4)),
      [0xffffffff, 0x01010101, 0x02020202, 0x03030303, 0x04040404, 0xffffffff],
    );
  });

  it('refuses buffered writes that are too long, leave the buffer, or are not confirmed', () => {
    const { flash, command, log } = setUp();
    const status = () => {
      command(0x70);
      const value = flash.read(0, 4);
      command(0x50, 0xff);
      return value;
    };
    command(0xe8, 0x400);
    assert.equal(status(), 0x00b000b0);
    flash.write(0, 4, BOTH(0xe8));
    flash.write(0, 4, BOTH(1));
    flash.write(0xffc, 4, 0);
    flash.write(0x1000, 4, 0);
    flash.write(0, 4, BOTH(0xd0));
    assert.equal(status(), 0x00b000b0);
    flash.write(0, 4, BOTH(0xe8));
    flash.write(0, 4, BOTH(0));
    flash.write(0, 4, 0);
    flash.write(0, 4, BOTH(0xff));
    assert.equal(status(), 0x00b000b0);
    assert.equal(flash.read(0xffc, 4), 0xffffffff);
    assert.equal(flash.read(0, 4), 0xffffffff);
    assert.equal(log.messages.length, 3);
  });

  it('takes locks, suspends and resumes, which find nothing to do', () => {
    const { flash, program, command } = setUp();
    for (const second of [0x01, 0x2f, 0xd0]) {
      command(0x60, second);
      assert.equal(flash.read(0, 4), 0x00800080);
    }
    command(0xff);
    command(0x60, 0x01, 0xff);
    program(0, 0);
    assert.equal(flash.read(0, 4), 0);
    command(0xb0);
    assert.equal(flash.read(0, 4), 0x00800080);
    command(0xd0, 0xff);
    assert.equal(flash.read(0, 4), 0);
    command(0x60, 0x99);
    assert.equal(flash.read(0, 4), 0x00b000b0);
    command(0x50, 0xff, 0xf0, 0x55);
    assert.equal(flash.read(0, 4), 0, 'an unknown command is reported and ends in read-array mode');
  });

  it('hands out changed sectors once', () => {
    const { flash, program, erase } = setUp();
    flash.loadImage(new Uint8Array(4));
    assert.deepEqual([...flash.takeDirty()], []);
    erase(3 * FLASH_SECTOR);
    program(FLASH_SECTOR + 8, 0);
    program(2 * FLASH_SECTOR, 0);
    const dirty = [...flash.takeDirty()];
    assert.deepEqual(
      dirty.map((sector) => sector.offset),
      [FLASH_SECTOR, 2 * FLASH_SECTOR],
    );
    assert.deepEqual([...dirty[0].bytes.subarray(6, 14)], [0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff]);
    assert.equal(dirty[0].bytes.length, FLASH_SECTOR);
    assert.deepEqual([...flash.takeDirty()], []);
  });

  it('hands out what a debugger wrote, and leaves alone what only was loaded', () => {
    const { flash } = setUp();
    flash.patch(Uint8Array.of(1, 2, 3), 2 * FLASH_SECTOR - 1);
    assert.deepEqual(
      [...flash.takeDirty()].map(({ offset, bytes }) => [offset, bytes[0], bytes[FLASH_SECTOR - 1]]),
      [
        [FLASH_SECTOR, 0xff, 1],
        [2 * FLASH_SECTOR, 2, 0xff],
      ],
    );
  });

  it('hands out again, after going back in time, every sector that was ever changed', () => {
    const { flash, program } = setUp();
    const saved = structuredClone(flash.save());
    program(FLASH_SECTOR, 0);
    assert.equal([...flash.takeDirty()].length, 1);
    flash.restore(saved);
    assert.deepEqual(
      [...flash.takeDirty()].map(({ offset, bytes }) => [offset, bytes[0]]),
      [[FLASH_SECTOR, 0xff]],
    );
    assert.deepEqual([...flash.takeDirty()], []);
  });

  it('marks as ones a changed sector that going back in time has emptied', () => {
    const { flash, program } = setUp();
    const saved = structuredClone(flash.save());
    program(0, 0);
    flash.restore(saved);
    assert.equal(flash.read(0, 4), 0xffffffff);
    assert.equal([...flash.takeDirty()][0].bytes[0], 0xff);
  });

  it('continues after restore as it went on after save', () => {
    const { flash, cells, make, changes } = setUp();
    flash.loadImage(new Uint8Array(64));
    flash.write(0x1000, 4, BOTH(0xe8));
    flash.write(0x1000, 4, BOTH(3));
    flash.write(0x1000, 4, 0x11111111);
    flash.write(0x1004, 4, 0x22222222);
    const saved = structuredClone(flash.save());
    const memory = cells.slice();
    const goOn = (device: CfiFlash): unknown[] => {
      const trace: unknown[] = [device.read(0x1000, 4), device.directPage(0)];
      device.write(0x1008, 4, 0x33333333);
      device.write(0x100c, 4, 0x44444444);
      device.write(0x1000, 4, BOTH(0xd0));
      device.write(0x1000, 4, BOTH(0xff));
      for (let o = 0x1000; o < 0x1014; o += 4) trace.push(device.read(o, 4));
      trace.push(device.directPage(0));
      return trace;
    };
    const expected = goOn(flash);
    assert.deepEqual(
      expected.slice(2, 7),
      [0x11111111, 0x22222222, 0x33333333, 0x44444444, 0x00000000].map((v, i) => (i < 4 ? v : 0xffffffff)),
    );
    cells.set(memory);
    changes.length = 0;
    flash.restore(saved);
    assert.ok(changes.length > 0, 'direct reads are withdrawn');
    assert.deepEqual(goOn(flash), expected);
    cells.set(memory);
    const other = make();
    other.restore(saved);
    assert.deepEqual(goOn(other), expected);
  });

  it('comes back from reset in read-array mode with its cells', () => {
    const { flash, program, command } = setUp();
    program(0, 0x12345678);
    command(0x20);
    flash.reset();
    assert.equal(flash.read(0, 4), 0x12345678);
    assert.equal(flash.directPage(0), BASE);
    command(0x70);
    assert.equal(flash.read(0, 4), 0x00800080);
  });
});

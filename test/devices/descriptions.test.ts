/** What devices say of their registers, against what the devices do: nothing is left out, names are unique, and looking changes nothing. */
import assert from 'node:assert/strict';
import { boardModel } from '../../src/machine/boards.js';
import { createBareGuest } from '../../src/machine/bare-guest.js';
import type { Board } from '../../src/machine/board.js';
import type { Device } from '../../src/mem/device.js';
import { extract } from '../../src/util/bit-fields.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';

/** Windows that are no registers, or whose registers keep whatever is written. */
const NO_REGISTERS =
  /^(pcie-(mmio|pio)|bcm2835-(txp|mphi|i2s|spi0|dpi|dsi0|pwm|otp|spis|emmc|smi|vec|hdmi|usb|v3d|sdramc|dma15))$/;
const UNNAMED_WORDS = /^(flash\d|bcm2835-(power|cprman|asb|thermal|i2c\d)|virtio-mmio\d+|pcie-ecam)$/;

/** A board of a bare guest, and what its devices complain of. */
function boardOf(name: string): { readonly board: Board; readonly complaints: string[] } {
  const complaints: string[] = [];
  const model = boardModel(name);
  const program = { name: 'nothing', bytes: Uint8Array.of(0xfe, 0xff, 0xff, 0xea) };
  const guest = createBareGuest(
    {
      board: name,
      cpu: model.cpus[0],
      memory: 32 << 20,
      engine: 'reference',
      nsPerInstruction: 16,
      epoch: 0,
      semihosting: false,
      unpredictable: 'undefined',
      images: { program, loads: [] },
    },
    {
      console: () => {},
      guestError: (device, message) => complaints.push(`${device}: ${message}`),
      guestException: () => {},
    },
  );
  return { board: guest.board, complaints };
}

/** Makes a device's state one that a guest could have made. */
function stir({ device }: { readonly device: Device }, random: RandomSource): void {
  for (const { offset, access } of device.registers ?? []) {
    // those that end or stop the machine are left alone
    if (access === 'RO' || /power|fw-cfg/.test(device.name)) continue;
    device.write(offset, 4, random());
  }
}

for (const name of ['virt', 'raspi1']) {
  describe(`register descriptions of ${name}`, () => {
    it('belong to every device, have unique names and places, and fields that fit', () => {
      const { board } = boardOf(name);
      for (const { device } of board.devices) {
        if (NO_REGISTERS.test(device.name)) continue;
        const registers = device.registers ?? [];
        assert.ok(registers.length > 0, `${device.name} describes no registers`);
        assert.ok('peek' in device, `${device.name} cannot be looked at`);
        assert.equal(new Set(registers.map((register) => register.name)).size, registers.length, device.name);
        assert.equal(new Set(registers.map(({ offset }) => offset)).size, registers.length, device.name);
        for (const { name: register, offset, bits, fields } of registers) {
          const what = `${device.name} ${register}`;
          assert.ok(offset % 4 === 0 && offset + 4 <= device.size, `${what} lies outside`);
          assert.equal(new Set(fields.map((field) => field.name)).size, fields.length, `${what}: names`);
          let used = 0n;
          for (const field of fields) {
            for (const { hi, lo } of field.slices) {
              const mask = ((1n << BigInt(hi - lo + 1)) - 1n) << BigInt(lo);
              assert.equal(used & mask, 0n, `${what}.${field.name} overlaps`);
              used |= mask;
            }
            for (const value of field.values?.keys() ?? []) assert.ok(value < 2 ** field.bits, `${what}.${field.name}`);
          }
          assert.ok(used < 1n << BigInt(bits), `${what} has ${bits} bits`);
        }
      }
    });

    it('leave out no register that reads or writes find', () => {
      const { board, complaints } = boardOf(name);
      for (const { device } of board.devices) {
        if (NO_REGISTERS.test(device.name) || UNNAMED_WORDS.test(device.name)) continue;
        const described = new Set(device.registers?.map(({ offset }) => offset));
        const missing: string[] = [];
        const end = Math.min(device.size, 0x2000);
        for (let offset = 0; offset < end; offset += 4) {
          if (described.has(offset)) continue;
          complaints.length = 0;
          device.read(offset, 4);
          const readable = complaints.length === 0 && device.read(offset, 4) !== 0;
          if (readable) missing.push(`${offset.toString(16)}`);
        }
        if (device.name === 'pl061') continue; // its data register fills the first kilobyte
        const expected = device.name === 'bcm2835-mailbox' ? ['84', '88', '8c'] : []; // MAIL0_READ, three times more
        assert.deepEqual(missing, expected, device.name);
      }
    });

    it('are complete for reading: no device complains, whatever its state', () => {
      const random = seededRandom(5);
      const { board, complaints } = boardOf(name);
      for (let round = 0; round < 20; round++) {
        for (const entry of board.devices) stir(entry, random);
        const before = board.devices.map(({ device }) => structuredClone(device.save()));
        complaints.length = 0;
        for (const { device } of board.devices) {
          for (const { offset, access, name: register, fields, bits } of device.registers ?? []) {
            if (access === 'WO') continue;
            const value = device.peek?.(offset) ?? -1;
            assert.ok(
              Number.isInteger(value) && value >= 0 && value < 2 ** bits,
              `${device.name} ${register}: ${value}`,
            );
            for (const field of fields) extract(BigInt(value), field);
          }
        }
        assert.deepEqual(complaints, []);
        // looking changed nothing
        assert.deepEqual(
          board.devices.map(({ device }) => device.save()),
          before,
        );
      }
    });

    it('are looked at as a guest would read them', () => {
      const { board } = boardOf(name);
      const random = seededRandom(6);
      for (const entry of board.devices) stir(entry, random);
      for (const { device } of board.devices) {
        if (device.name.startsWith('flash')) continue; // the status register is no address of theirs
        for (const { offset, access, reads, bits } of device.registers ?? []) {
          if (access === 'WO') continue;
          const value = device.peek?.(offset);
          assert.equal(
            value,
            device.read(offset, 4) % 2 ** bits,
            `${device.name} at ${offset.toString(16)}, ${reads ?? ''}`,
          );
        }
      }
    });
  });
}

describe('looking at what a read would change', () => {
  const named = (board: Board, name: string): Device => {
    const found = board.devices.find(({ device }) => device.name === name);
    assert.ok(found, name);
    return found.device;
  };
  const valueOf = (device: Device, name: string): number => {
    const register = device.registers?.find((candidate) => candidate.name === name);
    assert.ok(register, name);
    return device.peek?.(register.offset) ?? -1;
  };

  it('does not acknowledge an interrupt of the GIC', () => {
    const { board } = boardOf('virt');
    const { controller } = board.interruptLines;
    const [gicd, gicc] = ['gicd', 'gicc'].map((name) => named(board, name));
    gicd.write(0x000, 4, 1);
    gicd.write(0x104, 4, 1 << 1);
    gicc.write(0x00, 4, 1);
    gicc.write(0x04, 4, 0xf0);
    controller.hold(33, true);
    for (let i = 0; i < 3; i++) {
      assert.equal(valueOf(gicc, 'GICC_IAR'), 33);
      assert.equal(valueOf(gicc, 'GICC_HPPIR'), 33);
      assert.equal(valueOf(gicc, 'GICC_RPR'), 0xff);
    }
    assert.equal(controller.signalled('IRQ'), 33);
    assert.deepEqual([controller.line(33).active, controller.line(33).acknowledged], [false, 0]);
    assert.equal(gicc.read(0x0c, 4), 33);
    assert.deepEqual([controller.line(33).active, controller.line(33).acknowledged], [true, 1]);
    assert.equal(valueOf(gicc, 'GICC_IAR'), 1023);
    assert.equal(controller.signalled('IRQ'), -1);
  });

  it('does not count as having read a pending register of the BCM2835', () => {
    const { board } = boardOf('raspi1');
    const { controller } = board.interruptLines;
    const device = named(board, 'bcm2835-ic');
    device.write(0x14, 4, 1 << 25);
    controller.hold(57, true);
    for (const name of ['IRQ_pending_2', 'IRQ_basic_pending']) assert.notEqual(valueOf(device, name), 0, name);
    assert.equal(controller.line(57).acknowledged, 0);
    // basic pending has a bit of its own for line 57
    device.read(0x00, 4);
    assert.equal(controller.line(57).acknowledged, 1);
    device.read(0x08, 4);
    assert.equal(controller.line(57).acknowledged, 1, 'once for each time that it rose');
    controller.hold(57, false);
    controller.hold(57, true);
    device.read(0x08, 4);
    assert.equal(controller.line(57).acknowledged, 2);
    device.write(0x0c, 4, 0x80 | 57);
    assert.deepEqual([controller.line(57).signal, controller.signalled('FIQ')], ['FIQ', 57]);
  });
});

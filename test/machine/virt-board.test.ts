import assert from 'node:assert/strict';
import { TimerKind } from '../../src/arm/timer-port.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, TestGuest, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

const BARE: Way = { engine: 'interpreter' };
const UART = 0x0900_0000;
const GICD = 0x0800_0000;
const GICC = 0x0801_0000;
const RTC = 0x0901_0000;
const FLASH1 = 0x0400_0000;

/** A guest that goes round in a loop while its board is used from outside. */
function idle(): TestGuest {
  return new TestGuest(BARE, { images: assembled('b .'), memory: MIB, epoch: 1000 });
}

describe('the virt board', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('goes on after a restore as it went on from the save', () => {
    const g = idle();
    const { board, bus, machine } = g.guest;
    const write = (pa: number, value: number): void => bus.write(pa, 4, value);
    // Interrupts of timer and UART, a running timer, typed bytes on their way, a flash in the middle of a command, a transfer of fw_cfg
    write(GICD, 1);
    write(GICD + 0x100, 1 << 27);
    write(GICD + 0x104, 1 << 1);
    write(GICC + 4, 0xf0);
    write(GICC, 1);
    write(UART + 0x30, 0x301);
    write(UART + 0x38, 0x50);
    board.timer!.writeTimerValue(1, 5000);
    board.timer!.writeControl(1, 1);
    g.send('a longer line of typing than any FIFO will take at once');
    write(RTC + 8, 77);
    write(FLASH1, 0x90);
    bus.write(0x0902_0008, 2, 0);
    bus.read(0x0902_0000, 1);
    g.run(3000);

    /** What the guest can read of it, over a while. */
    const observe = (): string[] => {
      const seen: string[] = [];
      const note = (what: string, value: number): number => seen.push(`${what} ${(value >>> 0).toString(16)}`);
      for (let i = 0; i < 40; i++) {
        g.run(1000);
        note('irq', Number(g.guest.cpu.irqLine));
        note('timer', board.timer!.readControl(1));
        note('count', board.timer!.counter(TimerKind.virtual));
        note('uart flags', bus.read(UART + 0x18, 4));
        note('uart interrupts', bus.read(UART + 0x3c, 4));
        note('pending', bus.read(GICD + 0x200, 4));
        note('rtc', bus.read(RTC, 4));
        note('flash', bus.read(FLASH1, 4));
        note('fw_cfg', bus.read(0x0902_0000, 1));
        if (i % 3 === 0) note('received', bus.read(UART, 4));
        if (i === 20) note('acknowledged', bus.read(GICC + 0xc, 4));
      }
      return seen;
    };
    const saved: unknown = structuredClone(board.save());
    const clock = structuredClone(machine.clock.save());
    const first = observe();
    machine.clock.restore(clock);
    board.restore(saved);
    assert.deepEqual(observe(), first);
    assert.ok(first.some((line) => line === 'irq 1') && first.some((line) => line === 'received 61'));
    assert.ok(new Set(first.filter((line) => line.startsWith('received'))).size > 5);
  });

  it('gives typed bytes at the speed of the line, and none before the guest can take it', () => {
    const g = idle();
    const { bus, machine } = g.guest;
    bus.write(UART + 0x30, 4, 0x301);
    bus.write(UART + 0x2c, 4, 0x70);
    g.send('0123456789abcdefXYZ');
    const RXFE = 1 << 4;
    let got = '';
    const times: number[] = [];
    for (let i = 0; i < 40 && got.length < 19; i++) {
      while ((bus.read(UART + 0x18, 4) & RXFE) === 0) {
        got += String.fromCharCode(bus.read(UART, 4) & 0xff);
        times.push(machine.clock.now());
      }
      g.run(5425);
    }
    assert.equal(got, '0123456789abcdefXYZ');
    assert.ok(times[18] - times[0] >= 18 * 80_000, `${times[18]} ns for 19 bytes`);
  });

  it('can be woken by what the outside may do, if the guest enabled it', () => {
    const g = idle();
    assert.equal(g.guest.board.canBeWoken(), false);
    g.guest.bus.write(GICD + 0x104, 4, 1 << 1);
    assert.equal(g.guest.board.canBeWoken(), true);
    g.guest.board.reset();
    assert.equal(g.guest.board.canBeWoken(), false);
  });

  it('is as at power-on after a reset', () => {
    const g = idle();
    const fresh = JSON.stringify(g.guest.board.save());
    const { bus, board } = g.guest;
    for (const { base, device } of board.devices) {
      for (let offset = 0; offset < Math.min(device.size, 0x100); offset += 4)
        bus.write(base + offset, 4, 0x21 + offset);
    }
    board.timer!.writeTimerValue(0, 5);
    board.timer!.writeControl(0, 1);
    g.send('typed');
    assert.notEqual(JSON.stringify(board.save()), fresh);
    g.guest.reset();
    assert.equal(JSON.stringify(board.save()), fresh);
  });
});

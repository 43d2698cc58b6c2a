/** The `raspi1` board as a whole: how it starts a guest, what reaches it from outside, and that bare and hypervised see the same of it. */
import assert from 'node:assert/strict';
import { DeviceTree, parseDeviceTree } from '../../src/machine/fdt.js';
import { planImages, type GuestImages } from '../../src/machine/images.js';
import { raspi1Map } from '../../src/machine/raspi1-map.js';
import { raspi1Target } from '../../src/machine/raspi1.js';
import { UserError } from '../../src/util/errors.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { assertSameHistory, recordHistory, type Subject } from '../support/guest-history.js';
import { MIB, TestGuest, wayName, WAYS, type TestGuestOptions, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

const BARE: Way = { engine: 'interpreter' };
const { systemTimer, interrupts, armTimer, uart, gpio, aux, dma, power, mailbox } = raspi1Map;

const raw = (source: string): GuestImages => ({
  program: { name: 'kernel.img', bytes: assemble(source, { origin: 0x8000 }) },
  loads: [],
});

const options = (images: GuestImages, more: Partial<TestGuestOptions> = {}): TestGuestOptions => ({
  board: 'raspi1',
  cpu: 'arm1176',
  memory: 16 * MIB,
  semihosting: true,
  ...more,
  images,
});

/** A guest that goes round in a loop while its board is used from outside. */
function idle(images = raw('b .'), more: Partial<TestGuestOptions> = {}): TestGuest {
  return new TestGuest(BARE, options(images, more));
}

function refusal(make: () => unknown): number {
  try {
    make();
  } catch (reason) {
    if (reason instanceof UserError) return reason.number;
    throw reason;
  }
  return 0;
}

/** The tags of the list at `at`: number, then the words of its value. */
function tags(g: TestGuest, at: number): number[][] {
  const found: number[][] = [];
  for (;;) {
    const size = g.word(at);
    if (size === 0) return found;
    found.push(Array.from({ length: size - 1 }, (_, i) => g.word(at + 4 * (i + 1))));
    at += 4 * size;
  }
}

const SYS_EXIT = `
  mov r0, #0x18
  ldr r1, =0x20026
  svc 0x123456
  .ltorg
`;
const EXITED = { kind: 'exit', code: 0, how: 'semihosting' };

describe('the raspi1 board', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  describe('starts a guest as the firmware does', () => {
    it('a raw kernel at 0x8000, with the machine type and a list of tags', () => {
      const g = idle({ ...raw('b .'), append: 'quiet' }, { memory: 256 * MIB });
      assert.deepEqual([g.pc, g.r(0), g.r(1), g.r(2), g.cpsr & 0xff], [0x8000, 0, 0xc42, 0x100, 0xd3]);
      assert.deepEqual(tags(g, 0x100), [
        [0x5441_0001, 1, 4096, 0],
        // A quarter of the RAM is the GPU's
        [0x5441_0002, 192 * MIB, 0],
        [0x5441_0009, 0x6569_7571, 0x74],
      ]);
    });

    it('a kernel that is neither ELF file nor zImage, with an initial RAM disk', () => {
      const kernel = { name: 'Image', bytes: new Uint8Array(0x1000).fill(0xe1) };
      const initrd = { name: 'initrd', bytes: new Uint8Array(5000).fill(1) };
      const g = idle({ kernel, initrd, loads: [] });
      assert.equal(g.pc, 0x8000);
      const [, , disk] = tags(g, 0x100);
      assert.deepEqual(disk, [0x5442_0005, 6 * MIB, 5000]);
      assert.equal(g.word(disk[1]), 0x0101_0101);
    });

    it('with a device tree at 0x100, or out of the way of the kernel if that is large', () => {
      const dtb = (padding: number) => ({ name: 'my.dtb', bytes: new DeviceTree().toBytes(padding) });
      const small = planImages(raspi1Target(512 * MIB), { ...raw('b .'), dtb: dtb(0) });
      assert.deepEqual([small.deviceTree, small.start.r2, small.start.r1], [0x100, 0x100, 0xc42]);
      const large = planImages(raspi1Target(512 * MIB), {
        kernel: raw('b .').program,
        loads: [],
        dtb: dtb(0x4000),
        append: 'x',
      });
      assert.equal(large.deviceTree, 128 * MIB);
      const blob = large.images.find(({ address }) => address === large.deviceTree)!.bytes;
      const { root } = parseDeviceTree(blob);
      assert.deepEqual(root.child('memory@0')?.readCells('reg')?.slice(-1), [448 * MIB]);
    });

    it('elsewhere, where files are loaded', () => {
      const g = idle({ loads: [{ file: raw('b .').program!, address: 0x10_0000 }] });
      assert.deepEqual([g.pc, g.r(1), g.r(2)], [0x10_0000, 0xc42, 0x100]);
    });

    it('leaves the tags out of the way of a program at 0', () => {
      const bytes = new Uint8Array(0x1000).fill(0xe1);
      const g = idle({ loads: [{ file: { name: 'low.bin', bytes }, address: 0 }] });
      assert.deepEqual([g.pc, g.r(2)], [0, 0x1000]);
    });

    it('refuses what the board has not, in one sentence each', () => {
      const bios = { name: 'u-boot.bin', bytes: new Uint8Array(4) };
      assert.equal(
        refusal(() => idle({ bios, loads: [] })),
        126,
      );
      assert.equal(
        refusal(() => idle({ ...raw('b .'), flash1: bios })),
        126,
      );
      assert.equal(
        refusal(() => idle(raw('b .'), { cpu: 'cortex-a15' })),
        125,
      );
      for (const memory of [0, 513 * MIB, 1000])
        assert.equal(
          refusal(() => idle(raw('b .'), { memory })),
          122,
        );
      // The GPU's share is not for images.
      assert.equal(
        refusal(() => idle({ loads: [{ file: bios, address: 12 * MIB }] })),
        107,
      );
    });
  });

  it('hands typed bytes to the UART that has the pin', () => {
    const g = idle();
    const { bus } = g.guest;
    const text = (data: number, ready: () => boolean): string => {
      let got = '';
      for (let i = 0; i < 30; i++) {
        while (ready()) got += String.fromCharCode(bus.read(data, 4) & 0xff);
        g.run(6000);
      }
      return got;
    };
    bus.write(uart.base + 0x30, 4, 0x301);
    bus.write(uart.base + 0x2c, 4, 0x70);
    g.send('for the PL011');
    assert.equal(
      text(uart.base, () => (bus.read(uart.base + 0x18, 4) & 0x10) === 0),
      'for the PL011',
    );
    bus.write(gpio.base + 4, 4, (2 << 12) | (2 << 15)); // pins 14 and 15: alternate function 5
    g.send('for the mini UART');
    assert.equal(
      text(aux.base + 0x40, () => (bus.read(aux.base + 0x54, 4) & 1) === 1),
      'for the mini UART',
    );
    bus.write(uart.base, 4, 0x41);
    bus.write(aux.base + 0x40, 4, 0x42);
    assert.equal(g.console, 'AB');
  });

  it('can be woken by what the outside may do, if the guest enabled it', () => {
    const g = idle();
    const { bus, board } = g.guest;
    assert.equal(board.canBeWoken(), false);
    bus.write(interrupts.base + 0x14, 4, 1 << 25);
    assert.equal(board.canBeWoken(), true);
    board.reset();
    assert.equal(board.canBeWoken(), false);
    bus.write(interrupts.base + 0xc, 4, 0x80 | 29);
    assert.equal(board.canBeWoken(), true);
  });

  it('resets by its watchdog, and switches off by it', () => {
    const watchdog = (partition: number) => `
      ldr r4, =${power.base}
      ldr r0, =0x5a000000 + ${partition}
      str r0, [r4, #0x20]
      ldr r0, =0x5a00000a
      str r0, [r4, #0x24]
      ldr r0, =0x5a000020
      str r0, [r4, #0x1c]
      b .
    `;
    assert.deepEqual(idle(raw(watchdog(0))).end(), { kind: 'reset' });
    assert.deepEqual(idle(raw(watchdog(0x555))).end(), { kind: 'exit', code: 0, how: 'power-off' });
  });

  it('answers on the channels of power and framebuffer: granted, and refused', () => {
    const { bus } = idle().guest;
    bus.write(mailbox.base + 0xa0, 4, 0x80);
    bus.write(mailbox.base + 0xa0, 4, 0x1_0001);
    assert.equal(bus.read(mailbox.base + 0x80, 4), 0x80);
    assert.equal(bus.read(mailbox.base + 0x80, 4), 0x11);
  });

  it('has no firmware that HVC reaches', () => {
    const g = idle(raw(`.word 0xe1400070\n${SYS_EXIT}`));
    g.run(100);
    assert.deepEqual(g.exceptions.slice(0, 1), [1]);
  });

  it('gives a slice back to a guest that sleeps beside endless DMA', () => {
    const g = idle(
      raw(`
        ldr r4, =${dma.base}
        adr r0, block
        str r0, [r4, #4]
        mov r0, #1
        str r0, [r4]
        mcr p15, 0, r0, c7, c0, 4
        b .
        .ltorg
        .balign 32
      block: .word 0, 0, 0, 0, 0, block, 0, 0
      `),
    );
    const stop = g.guest.run({ limit: 1000, skipBreakpointOnce: false, sleepUntil: Infinity });
    assert.equal(stop.kind, 'limit');
    assert.ok(g.instructions < 10);
  });

  it('goes on after a restore as it went on from the save', () => {
    const g = idle();
    const { board, bus, machine } = g.guest;
    const write = (pa: number, value: number): void => bus.write(pa, 4, value);
    // Timers with interrupts, typed bytes on their way, DMA under way, an answer in the mailbox, a watchdog, pins
    write(interrupts.base + 0x10, 0xffff_ffff);
    write(interrupts.base + 0x18, 3);
    write(systemTimer.base + 0xc, 300);
    write(systemTimer.base + 0x10, 600);
    write(armTimer.base, 500);
    write(armTimer.base + 8, 0x3e_02a2);
    write(uart.base + 0x30, 0x301);
    write(uart.base + 0x38, 0x50);
    write(gpio.base + 4, 0x249);
    write(gpio.base + 0x1c, 0x400);
    write(0x1_0000, 0x111);
    write(0x1_0004, 0x10_0000);
    write(0x1_0008, 0x20_0000);
    write(0x1_000c, 0x4_0000);
    write(dma.base + 4, 0x1_0000);
    write(dma.base, 1);
    write(mailbox.base + 0xa0, 0x3_0008);
    write(mailbox.base + 0x9c, 1);
    write(power.base + 0x24, 0x5a00_ffff);
    write(power.base + 0x1c, 0x5a00_0020);
    g.send('a longer line of typing than any FIFO will take at once');
    g.run(3000);
    const observe = (): string[] => {
      const seen: string[] = [];
      const note = (what: string, value: number): number => seen.push(`${what} ${(value >>> 0).toString(16)}`);
      for (let i = 0; i < 40; i++) {
        g.run(1000);
        note('irq', Number(g.guest.cpu.irqLine));
        for (const at of [interrupts.base, interrupts.base + 4, interrupts.base + 8]) note('pending', bus.read(at, 4));
        note('matches', bus.read(systemTimer.base, 4));
        note('arm timer', bus.read(armTimer.base + 4, 4));
        note('free', bus.read(armTimer.base + 0x20, 4));
        note('dma', bus.read(dma.base + 0x14, 4));
        note('watchdog', bus.read(power.base + 0x24, 4));
        note('uart flags', bus.read(uart.base + 0x18, 4));
        note('pins', bus.read(gpio.base + 0x34, 4));
        if (i % 3 === 0) note('received', bus.read(uart.base, 4));
        if (i === 20) note('mail', bus.read(mailbox.base + 0x80, 4));
        if (i % 9 === 4) write(armTimer.base + 0xc, 0);
      }
      return seen;
    };
    const saved: unknown = structuredClone(board.save());
    const clock = structuredClone(machine.clock.save());
    const first = observe();
    machine.clock.restore(clock);
    board.restore(saved);
    assert.deepEqual(observe(), first);
    for (const what of ['matches 3', 'mail 30008', 'received 61', 'dma 0', 'irq 1'])
      assert.ok(first.includes(what), what);
  });

  it('is as at power-on after a reset', () => {
    const g = idle();
    const { bus, board } = g.guest;
    const fresh = JSON.stringify(board.save());
    for (const { base, device } of board.devices) {
      for (let offset = 0; offset < Math.min(device.size, 0x100); offset += 4) {
        bus.write(base + offset, 4, 0x5a00_0021 + offset);
        bus.read(base + offset, 4);
      }
    }
    g.send('typed');
    assert.notEqual(JSON.stringify(board.save()), fresh);
    g.guest.reset();
    assert.equal(JSON.stringify(board.save()), fresh);
  });

  describe('is the same bare and hypervised:', () => {
    function same(source: string, more: Partial<TestGuestOptions> = {}): TestGuest {
      const subject: Subject = {
        options: options(raw(source), { memory: 4 * MIB, sampleEvery: 97, ...more }),
        script: (g) => assert.deepEqual(g.end(), EXITED, `${wayName(g.way)}: ${g.place()} ${g.console}`),
      };
      const [first, ...others] = WAYS;
      const baseline = recordHistory(first, subject);
      for (const way of others) assertSameHistory(baseline, recordHistory(way, subject), subject);
      return baseline.guest;
    }

    it('timers by IRQ and FIQ, with vectors at 0', () => {
      const g = same(
        `
          ldr r0, =vectors
          mov r1, #0
          ldmia r0!, {r2-r9}
          stmia r1!, {r2-r9}
          ldmia r0!, {r2-r9}
          stmia r1!, {r2-r9}
          cps #0x12
          mov sp, #0x7000
          cps #0x11
          mov sp, #0x6000
          ldr r8, =${armTimer.base}
          ldr r11, =${uart.base}
          cps #0x13
          mov sp, #0x5000
          ldr r10, =${systemTimer.base}
          ldr r11, =${uart.base}
          ldr r4, =${armTimer.base}
          ldr r0, =2000                @ at 1.98 MHz: about a millisecond
          str r0, [r4]
          ldr r0, =0x3e00a2
          str r0, [r4, #8]
          ldr r4, =${interrupts.base}
          mov r0, #0x80 | 64           @ the ARM timer is the FIQ
          str r0, [r4, #0xc]
          ldr r0, [r10, #4]
          add r0, r0, #500
          str r0, [r10, #0x10]
          mov r0, #2
          str r0, [r4, #0x10]
          mov r6, #0
          cpsie if
        1: mcr p15, 0, r0, c7, c0, 4
          cmp r6, #20
          blt 1b
          cpsid if
          ${SYS_EXIT}
        irq:
          stmfd sp!, {r0, r1}
          mov r0, #2
          str r0, [r10]
          ldr r0, [r10, #0x10]
          add r0, r0, #500
          str r0, [r10, #0x10]
          mov r0, #'i'
          str r0, [r11]
          add r6, r6, #1
          ldmfd sp!, {r0, r1}
          subs pc, lr, #4
        fiq:
          str r8, [r8, #0xc]
          mov r9, #'f'
          str r9, [r11]
          subs pc, lr, #4
          .ltorg
          .balign 4
        vectors:
          .rept 6
          b .
          .endr
          ldr pc, [pc, #0x18]
          ldr pc, [pc, #0x18]
          .word 0, 0, 0, 0, 0, 0, irq, fiq
        `,
      );
      assert.match(g.console, /^(iif){9}i*$/);
    });

    it('DMA that writes over code that was analysed, also while it runs', () => {
      const g = same(
        `
          ldr r10, =${dma.base}
          ldr r11, =${uart.base}
          mov sp, #0x7000
          mov r5, #0
        again:
          bl say
          adr r0, block
          str r0, [r10, #4]
          mov r0, #1
          str r0, [r10]
        spin:
          add r5, r5, #1
          nop
        hot:
          b spin                       @ becomes a branch that leads out
        out:
          bl say
          cmp r6, #1
          movne r6, #1
          bne again
          mov r0, #'0'
          add r0, r0, r5, lsr #8
          str r0, [r11]
          and r5, r5, #0xff
          add r0, r5, #'0'
          str r0, [r11]
          ${SYS_EXIT}
        say:
          mov r0, #'a'
          str r0, [r11]
          bx lr
        other:
          mov r0, #'b'
          str r0, [r11]
          bx lr
          b . + (out - hot)            @ for where it goes
        leads:
          .ltorg
          .balign 32
        block:                         @ the routine, then the branch
          .word 0x110, other, say, 12, 0, branch, 0, 0
        branch:
          .word 0x110, leads - 4, hot, 4, 0, 0, 0, 0
        `,
        { sampleEvery: 13 },
      );
      assert.match(g.console, /^abbb..$/);
    });
  });
});

/**
 * The `raspi1` board: the blocks of a BCM2835, wired to a bus, a clock and the interrupt inputs of one core. The bus may be the machine's own (a bare
 * guest) or a guest-physical one (hypervised): the board cannot tell. Knows no CPU beyond its two interrupt lines.
 */
import { Bcm2835ArmTimer } from '../devices/bcm2835-arm-timer.js';
import { Bcm2835Aux } from '../devices/bcm2835-aux.js';
import { Bcm2835Clocks } from '../devices/bcm2835-clocks.js';
import { Bcm2835Dma } from '../devices/bcm2835-dma.js';
import { Bcm2835Gpio, PinFunction } from '../devices/bcm2835-gpio.js';
import { ArmIrq, Bcm2835Interrupts } from '../devices/bcm2835-interrupts.js';
import { Bcm2835Mailbox, type MailboxChannel } from '../devices/bcm2835-mailbox.js';
import { Bcm2835Power } from '../devices/bcm2835-power.js';
import { Bcm2835Property } from '../devices/bcm2835-property.js';
import { Bcm2835Bridges, Bcm2835Rng, Bcm2835Thermal, UnmodelledBlock } from '../devices/bcm2835-small.js';
import { Bcm2835SystemTimer } from '../devices/bcm2835-system-timer.js';
import { Bcm2835I2c, Bcm2835SdHost } from '../devices/bcm2835-vacant.js';
import { DmaPort } from '../devices/dma-port.js';
import { Pl011 } from '../devices/pl011.js';
import type { Device, IrqLine } from '../mem/device.js';
import { assert } from '../util/assert.js';
import type { Board, BoardInterrupts, BoardWiring } from './board.js';
import type { LoadPlan } from './images.js';
import { raspi1LineNames } from './interrupt-lines.js';
import { RamContents } from './ram-contents.js';
import {
  armMemory,
  boardRevision,
  CORE_CLOCK,
  DMA_OWN_LINES,
  raspi1Irq,
  raspi1Map,
  raspi1Unmodelled,
  UART_CLOCK,
} from './raspi1-map.js';
import { TypedInput } from './typed-input.js';

/** Channels of the mailbox: power, framebuffer, property tags. */
const POWER_CHANNEL = 0;
const FRAMEBUFFER_CHANNEL = 1;
const PROPERTY_CHANNEL = 8;
/** What is not 0 as the answer about a framebuffer is a refusal. */
const NO_FRAMEBUFFER = 0x10;
const DMA_CHANNELS = 15;
/** Channels that the GPU does not use itself: 2, 4, 5 and 8 to 14. */
const ARM_DMA_CHANNELS = 0x7f34;
const SERIAL_NUMBER = 0x2835_0001;
/** The pin at which the serial line arrives, and the function that gives it to the mini UART. */
const RECEIVE_PIN = 15;

interface Saved {
  readonly devices: readonly unknown[];
  readonly property: unknown;
  readonly typed: unknown;
}

/** `count` lines that are one behind them: high while any of them is. */
function sharedLine(line: IrqLine, count: number): IrqLine[] {
  let raised = 0;
  return Array.from({ length: count }, (_, i) => ({
    set: (level) => {
      raised = level ? raised | (1 << i) : raised & ~(1 << i);
      line.set(raised !== 0);
    },
  }));
}

export class Raspi1Board implements Board {
  readonly devices: readonly { readonly base: number; readonly device: Device }[];
  readonly flashes = [];
  readonly store = undefined;
  readonly timer = undefined;
  /** The line is wired to nothing. */
  readonly performanceOverflow: IrqLine = { set: () => {} };
  readonly interrupts: Bcm2835Interrupts;
  readonly interruptLines: BoardInterrupts;
  readonly gpio: Bcm2835Gpio;
  readonly uart: Pl011;
  readonly aux: Bcm2835Aux;
  readonly property: Bcm2835Property;
  private readonly ram: RamContents;
  private readonly typed: TypedInput;
  private commandLine = '';

  constructor({ bus, buffer, written, memories, clock, irq, fiq, console, log, power }: BoardWiring) {
    const [ram] = memories;
    assert(memories.length === 1 && ram.kind === 'ram', 'the raspi1 board has one memory');
    this.ram = new RamContents(buffer, ram, written);
    this.typed = new TypedInput(clock, (byte) => this.receive(byte));
    const onRoom = (): void => {
      this.typed.resume();
    };

    this.interrupts = new Bcm2835Interrupts(irq, fiq, log);
    this.interruptLines = {
      controller: this.interrupts,
      names: raspi1LineNames(),
      cpuInterface: {
        device: this.interrupts,
        registers: ['IRQ_basic_pending', 'IRQ_pending_1', 'IRQ_pending_2', 'FIQ_control'],
      },
    };
    const gpu = (line: number): IrqLine => this.interrupts.gpu(line);
    const lines = (first: number, count: number): IrqLine[] => Array.from({ length: count }, (_, i) => gpu(first + i));
    this.gpio = new Bcm2835Gpio(lines(raspi1Irq.gpio, 4), log);
    this.uart = new Pl011(
      'pl011',
      { clock, interrupt: gpu(raspi1Irq.uart), sink: console, log },
      { uartClock: UART_CLOCK, interruptOnFirstByte: true },
    );
    this.uart.onRoom = onRoom;
    this.aux = new Bcm2835Aux(gpu(raspi1Irq.aux), console, log);
    this.aux.onRoom = onRoom;

    const port = new DmaPort(bus);
    const bytes = ram.memory.length;
    this.property = new Bcm2835Property(
      port,
      {
        boardRevision: boardRevision(bytes),
        serial: SERIAL_NUMBER,
        armMemory: armMemory(bytes),
        gpuMemory: bytes - armMemory(bytes),
        dmaChannels: ARM_DMA_CHANNELS,
        commandLine: () => this.commandLine,
      },
      log,
    );
    const channels = new Map<number, MailboxChannel>([
      // Everything has power: what is asked for is so.
      [POWER_CHANNEL, (states) => states],
      [FRAMEBUFFER_CHANNEL, () => NO_FRAMEBUFFER],
      [
        PROPERTY_CHANNEL,
        (address) => {
          this.property.call(address);
          return address;
        },
      ],
    ]);
    const map = raspi1Map;
    // The last four channels share a line.
    const dmaLines = [
      ...lines(raspi1Irq.dma, DMA_OWN_LINES),
      ...sharedLine(gpu(raspi1Irq.dmaShared), DMA_CHANNELS - DMA_OWN_LINES),
    ];
    const i2c = sharedLine(gpu(raspi1Irq.i2c), 3);
    this.devices = [
      { base: map.systemTimer.base, device: new Bcm2835SystemTimer(clock, lines(raspi1Irq.systemTimer, 4), log) },
      { base: map.dma.base, device: new Bcm2835Dma(clock, port, dmaLines, log) },
      { base: map.bridges.base, device: new Bcm2835Bridges(log) },
      { base: map.interrupts.base, device: this.interrupts },
      {
        base: map.armTimer.base,
        device: new Bcm2835ArmTimer(clock, this.interrupts.arm(ArmIrq.timer), CORE_CLOCK, log),
      },
      { base: map.mailbox.base, device: new Bcm2835Mailbox(this.interrupts.arm(ArmIrq.mailbox), channels, log) },
      { base: map.power.base, device: new Bcm2835Power(clock, power, log) },
      { base: map.clocks.base, device: new Bcm2835Clocks(log) },
      { base: map.rng.base, device: new Bcm2835Rng(log) },
      { base: map.gpio.base, device: this.gpio },
      { base: map.uart.base, device: this.uart },
      { base: map.sdHost.base, device: new Bcm2835SdHost(log) },
      { base: map.i2c0.base, device: new Bcm2835I2c('bcm2835-i2c0', i2c[0], log) },
      { base: map.thermal.base, device: new Bcm2835Thermal(log) },
      { base: map.aux.base, device: this.aux },
      { base: map.i2c1.base, device: new Bcm2835I2c('bcm2835-i2c1', i2c[1], log) },
      { base: map.i2c2.base, device: new Bcm2835I2c('bcm2835-i2c2', i2c[2], log) },
      ...Object.entries(raspi1Unmodelled).map(([name, { base, size }]) => ({
        base,
        device: new UnmodelledBlock(`bcm2835-${name}`, size, log),
      })),
    ];
    bus.mapRam(ram.base, bytes, ram.memory.offset);
    for (const { base, device } of this.devices) bus.mapDevice(base, device);
  }

  /** The board's firmware is the GPU's: the ARM has none to call. */
  hypervisorCall(): boolean {
    return false;
  }

  load(plan: LoadPlan): void {
    this.commandLine = plan.commandLine;
    this.ram.load(plan.images);
  }

  type(bytes: Uint8Array): void {
    this.typed.type(bytes);
  }

  takeTyped(): number {
    return this.typed.take();
  }

  /** A byte on the serial line reaches the UART that the pin is given to: the PL011, unless the guest chose the mini UART. */
  private receive(byte: number): boolean {
    const mini = this.gpio.functionOf(RECEIVE_PIN) === PinFunction.alt5;
    return mini ? this.aux.receive(byte) : this.uart.receive(byte);
  }

  canBeWoken(): boolean {
    return this.interrupts.isEnabled(raspi1Irq.uart) || this.interrupts.isEnabled(raspi1Irq.aux);
  }

  reset(): void {
    this.typed.reset();
    for (const { device } of this.devices) device.reset();
    this.property.reset();
  }

  save(): unknown {
    const saved: Saved = {
      devices: this.devices.map(({ device }) => device.save()),
      property: this.property.save(),
      typed: this.typed.save(),
    };
    return saved;
  }

  restore(state: unknown): void {
    const saved = state as Saved;
    this.devices.forEach(({ device }, i) => {
      device.restore(saved.devices[i]);
    });
    this.property.restore(saved.property);
    this.typed.restore(saved.typed);
  }
}

/**
 * The `virt` board: its devices, wired to a bus, a clock and the interrupt inputs of one core. The bus may be the machine's own (a bare guest)
 * or a guest-physical one (hypervised): the board cannot tell. Knows no CPU beyond its two interrupt lines.
 */
import { CfiFlash } from '../devices/cfi-flash.js';
import { FwCfg, FwCfgKey } from '../devices/fw-cfg.js';
import { GenericTimer } from '../devices/generic-timer.js';
import { Gicv2CpuInterface } from '../devices/gicv2-cpu-interface.js';
import { Gicv2Distributor } from '../devices/gicv2-distributor.js';
import { Gicv2m } from '../devices/gicv2m.js';
import { GpioKey } from '../devices/gpio-key.js';
import { PciEcam, PciWindow } from '../devices/pci-ecam.js';
import { Pl011 } from '../devices/pl011.js';
import { Pl031 } from '../devices/pl031.js';
import { Pl061 } from '../devices/pl061.js';
import { VirtioMmio } from '../devices/virtio-mmio.js';
import type { PhysicalBus } from '../mem/bus.js';
import type { CharacterSink, Clock, Device, DeviceLog, IrqLine } from '../mem/device.js';
import type { GuestMemory } from '../mem/memory.js';
import type { LoadPlan } from './images.js';
import {
  APB_CLOCK,
  COUNTER_FREQUENCY,
  FLASH_SIZE,
  GIC_INTERRUPTS,
  V2M_SPIS,
  VIRTIO_TRANSPORTS,
  virtMap,
  virtPpi,
  virtSpi,
} from './virt-map.js';

const FIRST_SPI = 32;
const POWER_KEY_PIN = 3;
/** Typed bytes reach the UART at the speed of its line: ten bits each at 115,200 bits a second, in virtual ns. */
const BYTE_TIME = Math.round(1e10 / 115_200);

export interface VirtBoardWiring {
  readonly bus: PhysicalBus;
  /** The one memory's buffer, which holds the flashes' and RAM's bytes. */
  readonly buffer: ArrayBuffer;
  readonly ram: GuestMemory;
  readonly flash0: GuestMemory;
  readonly flash1: GuestMemory;
  readonly clock: Clock;
  /** Interrupt inputs of the core. */
  readonly irq: IrqLine;
  readonly fiq: IrqLine;
  readonly console: CharacterSink;
  readonly log: DeviceLog;
  /** Seconds since 1970 at power-on. */
  readonly epoch: number;
}

interface Saved {
  readonly devices: readonly unknown[];
  readonly typed: readonly number[];
  readonly feedAt: number;
}

export class VirtBoard {
  readonly gic: Gicv2Distributor;
  readonly gicCpu: Gicv2CpuInterface;
  readonly timer: GenericTimer;
  /** Overflow interrupt of the core's performance monitors. */
  readonly performanceOverflow: IrqLine;
  readonly uart: Pl011;
  readonly rtc: Pl031;
  readonly gpio: Pl061;
  readonly powerKey: GpioKey;
  readonly flash0: CfiFlash;
  readonly flash1: CfiFlash;
  readonly fwCfg: FwCfg;
  /** Every device with a window, in the order of the map. */
  readonly devices: readonly { readonly base: number; readonly device: Device }[];
  /** Typed bytes that the UART has not taken yet. */
  private typed: number[] = [];
  /** When the next of them is offered, virtual ns; Infinity while none waits. */
  private feedAt = Infinity;
  /** Nothing was loaded yet: RAM is zero, as the one memory came from its maker. */
  private pristine = true;

  constructor(private readonly wiring: VirtBoardWiring) {
    const { bus, clock, log } = wiring;
    this.gic = new Gicv2Distributor('gicd', GIC_INTERRUPTS, log);
    this.gicCpu = new Gicv2CpuInterface('gicc', this.gic, wiring.irq, wiring.fiq, log);
    const spi = (n: number) => this.gic.input(FIRST_SPI + n);
    this.timer = new GenericTimer(
      { clock, physical: this.gic.input(virtPpi.physicalTimer), virtual: this.gic.input(virtPpi.virtualTimer) },
      COUNTER_FREQUENCY,
    );
    this.performanceOverflow = this.gic.input(virtPpi.pmu);
    this.uart = new Pl011(
      'pl011',
      { clock, interrupt: spi(virtSpi.uart), sink: wiring.console, log },
      { uartClock: APB_CLOCK, interruptOnFirstByte: true },
    );
    this.uart.onRoom = () => this.feedLater(clock.now());
    this.rtc = new Pl031('pl031', { clock, interrupt: spi(virtSpi.rtc), log }, wiring.epoch);
    this.gpio = new Pl061('pl061', spi(virtSpi.gpio), log);
    this.powerKey = new GpioKey(clock, this.gpio.input(POWER_KEY_PIN));
    this.flash0 = new CfiFlash('flash0', wiring.buffer, wiring.flash0.offset, FLASH_SIZE, log);
    this.flash1 = new CfiFlash('flash1', wiring.buffer, wiring.flash1.offset, FLASH_SIZE, log);
    this.fwCfg = new FwCfg('fw-cfg', bus, log);
    const v2mLines = Array.from({ length: V2M_SPIS }, (_, i) => spi(virtSpi.gicV2m + i));
    this.devices = [
      { base: virtMap.flash0.base, device: this.flash0 },
      { base: virtMap.flash1.base, device: this.flash1 },
      { base: virtMap.gicDistributor.base, device: this.gic },
      { base: virtMap.gicCpuInterface.base, device: this.gicCpu },
      { base: virtMap.gicV2m.base, device: new Gicv2m('gicv2m', FIRST_SPI + virtSpi.gicV2m, v2mLines, log) },
      { base: virtMap.uart.base, device: this.uart },
      { base: virtMap.rtc.base, device: this.rtc },
      { base: virtMap.fwCfg.base, device: this.fwCfg },
      { base: virtMap.gpio.base, device: this.gpio },
      ...Array.from({ length: VIRTIO_TRANSPORTS }, (_, i) => ({
        base: virtMap.virtio.base + i * virtMap.virtio.size,
        device: new VirtioMmio(`virtio-mmio${i}`, log),
      })),
      { base: virtMap.pcieMmio.base, device: new PciWindow('pcie-mmio', virtMap.pcieMmio.size) },
      { base: virtMap.pciePio.base, device: new PciWindow('pcie-pio', virtMap.pciePio.size) },
      { base: virtMap.pcieEcam.base, device: new PciEcam('pcie-ecam', virtMap.pcieEcam.size) },
    ];
    bus.mapRam(virtMap.ram.base, wiring.ram.length, wiring.ram.offset);
    for (const { base, device } of this.devices) bus.mapDevice(base, device);
    this.describe();
  }

  /** The numbered items that firmware finds in fw_cfg on this board. */
  private describe(): void {
    this.fwCfg.addNumber(FwCfgKey.cpuCount, 1, 2);
  }

  /**
   * Writes a launch's images where the plan says. RAM beside them is zero afterwards. The second flash is filled at power-on only: what the guest
   * stored there outlives a reset.
   */
  load(plan: LoadPlan): void {
    const { buffer, ram } = this.wiring;
    if (!this.pristine) new Uint8Array(buffer, ram.offset, ram.length).fill(0);
    if (this.pristine && plan.flash1) this.flash1.loadImage(plan.flash1.bytes);
    this.pristine = false;
    for (const image of plan.images) {
      new Uint8Array(buffer, ram.offset + image.address - virtMap.ram.base, image.length).set(image.bytes);
    }
    if (plan.flash0) this.flash0.loadImage(plan.flash0.bytes);
    const linux = plan.firmwareKernel;
    if (linux) {
      const commandLine = Uint8Array.from(linux.commandLine + '\0', (c) => c.charCodeAt(0));
      this.fwCfg.addNumber(FwCfgKey.kernelSize, linux.kernel.length, 4);
      this.fwCfg.add(FwCfgKey.kernelData, linux.kernel);
      this.fwCfg.addNumber(FwCfgKey.initrdSize, linux.initrd?.length ?? 0, 4);
      this.fwCfg.add(FwCfgKey.initrdData, linux.initrd ?? new Uint8Array(0));
      this.fwCfg.addNumber(FwCfgKey.commandLineSize, commandLine.length, 4);
      this.fwCfg.add(FwCfgKey.commandLineData, commandLine);
    }
  }

  /** Bytes typed at the far end of the UART. They arrive at the speed of the line, and wait while its FIFO is full. */
  type(bytes: Uint8Array): void {
    for (const byte of bytes) this.typed.push(byte);
    if (this.feedAt === Infinity) this.feed();
  }

  /** Offers the next byte; if the UART refuses it, its `onRoom` resumes. */
  private feed(): void {
    this.feedAt = Infinity;
    if (this.typed.length === 0 || !this.uart.receive(this.typed[0])) return;
    this.typed.shift();
    if (this.typed.length > 0) this.feedLater(this.wiring.clock.now() + BYTE_TIME);
  }

  private feedLater(at: number): void {
    this.feedAt = at;
    this.wiring.clock.schedule(at, () => this.feed());
  }

  /** The next byte of what was typed and the UART has not taken, for a semihosting console; -1 if there is none. */
  takeTyped(): number {
    return this.typed.shift() ?? -1;
  }

  /** True if some interrupt that only the outside can cause would reach the core: a sleeping guest may still be woken. */
  canBeWoken(): boolean {
    return this.gic.isEnabled(FIRST_SPI + virtSpi.uart) || this.gic.isEnabled(FIRST_SPI + virtSpi.gpio);
  }

  reset(): void {
    this.typed = [];
    this.feedAt = Infinity;
    this.powerKey.reset(); // before the GPIO, which would keep the edge
    for (const { device } of this.devices) device.reset();
    this.timer.reset();
  }

  save(): unknown {
    const saved: Saved = {
      devices: [...this.devices.map((d) => d.device.save()), this.timer.save(), this.powerKey.save()],
      typed: [...this.typed],
      feedAt: this.feedAt,
    };
    return saved;
  }

  restore(state: unknown): void {
    const saved = state as Saved;
    const count = this.devices.length;
    this.devices.forEach((d, i) => {
      d.device.restore(saved.devices[i]);
    });
    this.timer.restore(saved.devices[count]);
    this.powerKey.restore(saved.devices[count + 1]);
    this.typed = [...saved.typed];
    this.feedAt = Infinity;
    if (saved.feedAt !== Infinity) this.feedLater(saved.feedAt);
  }
}

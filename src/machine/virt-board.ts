/**
 * The `virt` board: its devices, wired to a bus, a clock and the interrupt inputs of one core. The bus may be the machine's own (a bare guest)
 * or a guest-physical one (hypervised): the board cannot tell. Knows no CPU beyond its two interrupt lines.
 */
import { CfiFlash } from '../devices/cfi-flash.js';
import { FwCfg, FwCfgKey } from '../devices/fw-cfg.js';
import { GenericTimer } from '../devices/generic-timer.js';
import { Gicv2CpuInterface } from '../devices/gicv2-cpu-interface.js';
import { Gicv2Distributor } from '../devices/gicv2-distributor.js';
import { Gicv2Lines } from '../devices/gicv2-lines.js';
import { Gicv2m } from '../devices/gicv2m.js';
import { GpioKey } from '../devices/gpio-key.js';
import { PciEcam, PciWindow } from '../devices/pci-ecam.js';
import { Pl011 } from '../devices/pl011.js';
import { Pl031 } from '../devices/pl031.js';
import { Pl061 } from '../devices/pl061.js';
import { VirtioMmio } from '../devices/virtio-mmio.js';
import type { SystemPort } from '../arm/system-port.js';
import type { Device, IrqLine } from '../mem/device.js';
import { assert } from '../util/assert.js';
import type { Board, BoardFlash, BoardInterrupts, BoardWiring, MappedMemory } from './board.js';
import type { LoadPlan } from './images.js';
import { virtLineNames } from './interrupt-lines.js';
import { callPsci } from './psci.js';
import { RamContents } from './ram-contents.js';
import { TypedInput } from './typed-input.js';
import {
  APB_CLOCK,
  COUNTER_FREQUENCY,
  GIC_INTERRUPTS,
  V2M_SPIS,
  VIRTIO_TRANSPORTS,
  virtMap,
  virtPpi,
  virtSpi,
} from './virt-map.js';

const FIRST_SPI = 32;
const POWER_KEY_PIN = 3;
const GICC_SHOWN = [
  'CTLR',
  'PMR',
  'BPR',
  'ABPR',
  'RPR',
  'HPPIR',
  'AHPPIR',
  'APR0',
  'APR1',
  'APR2',
  'APR3',
  'NSAPR0',
  'NSAPR1',
  'NSAPR2',
  'NSAPR3',
];

interface Saved {
  readonly devices: readonly unknown[];
  readonly typed: unknown;
}

export class VirtBoard implements Board {
  readonly gic: Gicv2Distributor;
  readonly gicCpu: Gicv2CpuInterface;
  readonly interruptLines: BoardInterrupts;
  readonly timer: GenericTimer;
  readonly performanceOverflow: IrqLine;
  readonly uart: Pl011;
  readonly rtc: Pl031;
  readonly gpio: Pl061;
  readonly powerKey: GpioKey;
  readonly flash0: CfiFlash;
  readonly flash1: CfiFlash;
  readonly flashes: readonly BoardFlash[];
  readonly store: CfiFlash;
  readonly fwCfg: FwCfg;
  readonly devices: readonly { readonly base: number; readonly device: Device }[];
  private readonly ram: RamContents;
  private readonly typed: TypedInput;

  constructor(private readonly wiring: BoardWiring) {
    const { bus, buffer, written, memories, clock, log } = wiring;
    const memory = (name: string): MappedMemory => {
      const found = memories.find((m) => m.memory.name === name);
      assert(found !== undefined, `the virt board has no memory ${name}`);
      return found;
    };
    this.ram = new RamContents(buffer, memory('ram'), written);
    this.typed = new TypedInput(clock, (byte) => this.uart.receive(byte));
    this.gic = new Gicv2Distributor('gicd', GIC_INTERRUPTS, log);
    this.gicCpu = new Gicv2CpuInterface('gicc', this.gic, wiring.irq, wiring.fiq, log);
    this.interruptLines = {
      controller: new Gicv2Lines(this.gic, this.gicCpu),
      names: virtLineNames(),
      cpuInterface: { device: this.gicCpu, registers: GICC_SHOWN.map((name) => `GICC_${name}`) },
    };
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
    this.uart.onRoom = () => {
      this.typed.resume();
    };
    this.rtc = new Pl031('pl031', { clock, interrupt: spi(virtSpi.rtc), log }, wiring.epoch);
    this.gpio = new Pl061('pl061', spi(virtSpi.gpio), log);
    this.powerKey = new GpioKey(clock, this.gpio.input(POWER_KEY_PIN));
    const flash = (name: string): BoardFlash => {
      const { memory: cells, base } = memory(name);
      const device = new CfiFlash(name, buffer, cells.offset, cells.length, log);
      device.onWritten = written;
      return { base, memory: cells, device };
    };
    this.flashes = [flash('flash0'), flash('flash1')];
    this.flash0 = this.flashes[0].device;
    this.flash1 = this.flashes[1].device;
    this.store = this.flash1;
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
    const ram = memory('ram');
    bus.mapRam(ram.base, ram.memory.length, ram.memory.offset);
    for (const { base, device } of this.devices) bus.mapDevice(base, device);
    this.describe();
  }

  /** The numbered items that firmware finds in fw_cfg on this board. */
  private describe(): void {
    this.fwCfg.addNumber(FwCfgKey.cpuCount, 1, 2);
  }

  hypervisorCall(cpu: SystemPort): boolean {
    callPsci(cpu, this.wiring.power);
    return true;
  }

  /** The second flash is filled at power-on only: what the guest stored there outlives a reset. */
  load(plan: LoadPlan): void {
    if (this.ram.pristine && plan.flash1) this.flash1.loadImage(plan.flash1.bytes);
    this.ram.load(plan.images);
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

  type(bytes: Uint8Array): void {
    this.typed.type(bytes);
  }

  takeTyped(): number {
    return this.typed.take();
  }

  canBeWoken(): boolean {
    return this.gic.isEnabled(FIRST_SPI + virtSpi.uart) || this.gic.isEnabled(FIRST_SPI + virtSpi.gpio);
  }

  reset(): void {
    this.typed.reset();
    this.powerKey.reset(); // before the GPIO, which would keep the edge
    for (const { device } of this.devices) device.reset();
    this.timer.reset();
  }

  save(): unknown {
    const saved: Saved = {
      devices: [...this.devices.map((d) => d.device.save()), this.timer.save(), this.powerKey.save()],
      typed: this.typed.save(),
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
    this.typed.restore(saved.typed);
  }
}

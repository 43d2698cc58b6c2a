/**
 * The device tree that the `virt` board hands to its guest: node for node and property for property, in the same order, what QEMU's board says
 * of itself, so that guests print the same of both. Left out: the seeds of random numbers in /chosen, for nothing here is random.
 */
import { DeviceTree, type DeviceTreeNode } from './fdt.js';
import { APB_CLOCK, VIRTIO_TRANSPORTS, virtMap, virtPpi, virtSpi, type Window } from './virt-map.js';

export interface VirtTreeOptions {
  /** Bytes of RAM. */
  readonly ramSize: number;
  /** CPU model, `cortex-a15`. */
  readonly cpu: string;
  /** The kernel's command line. */
  readonly bootargs?: string;
  /** Physical addresses of the initial RAM disk: first byte, and first byte behind it. */
  readonly initrd?: { readonly start: number; readonly end: number };
  /** Whether the board's firmware answers PSCI calls. Default: it does. */
  readonly psci?: boolean;
  /** Whether the processor has the generic timer. Default: it does. */
  readonly timer?: boolean;
}

/** Size of the blob where memory allows: QEMU's, which leaves a guest room to edit the tree in place. */
const ROOMY = 0x10_0000;
/** RAM from which on the blob is as large as that. */
const ROOMY_FROM = 0x200_0000;

const FIRST_PHANDLE = 0x8000;

// Interrupt specifiers of the GIC's binding: kind, number, flags
const SPI = 0;
const PPI = 1;
const FIRST_PPI = 16;
const EDGE_RISING = 1;
const LEVEL_HIGH = 4;
/** Processor mask of a PPI's flags: processor 0. */
const CPU0 = 0x100;

const KEY_POWER = 116;
const POWER_KEY_PIN = 3;

/** PSCI 0.1's function numbers, which this version's are too. */
const PSCI_CPU_SUSPEND = 0x84000001;
const PSCI_CPU_OFF = 0x84000002;
const PSCI_CPU_ON = 0x84000003;
const PSCI_MIGRATE = 0x84000005;

/** PCI ranges: space codes of the high cell. */
const PCI_IO_SPACE = 0x01000000;
const PCI_MEMORY_SPACE = 0x02000000;
const PCI_BUS_BYTES = 0x10_0000;
const PCI_PINS = 4;

interface Handles {
  readonly clock: number;
  readonly cpu: number;
  readonly gic: number;
  readonly v2m: number;
  readonly gpio: number;
}

/** `name@base`, as unit addresses are written. */
function unit(name: string, base: number): string {
  return `${name}@${base.toString(16)}`;
}

/** The tree as a blob. */
export function virtDeviceTree(options: VirtTreeOptions): Uint8Array {
  const tree = new DeviceTree(FIRST_PHANDLE);
  const handles: Handles = {
    clock: tree.allocatePhandle(),
    cpu: tree.allocatePhandle(),
    gic: tree.allocatePhandle(),
    v2m: tree.allocatePhandle(),
    gpio: tree.allocatePhandle(),
  };
  const { root } = tree;
  root.cells('interrupt-parent', handles.gic).strings('model', 'linux,dummy-virt');
  root.cells('#size-cells', 2).cells('#address-cells', 2).strings('compatible', 'linux,dummy-virt');
  if (options.psci ?? true) psci(root);
  root
    .add(unit('memory', virtMap.ram.base))
    .wideCells('reg', virtMap.ram.base, options.ramSize)
    .strings('device_type', 'memory');
  platformBus(root, handles);
  root
    .add(unit('fw-cfg', virtMap.fwCfg.base))
    .flag('dma-coherent')
    .wideCells('reg', ...range(virtMap.fwCfg))
    .strings('compatible', 'qemu,fw-cfg-mmio');
  virtio(root);
  gpio(root, handles);
  pcie(root, handles);
  primeCell(root, 'pl031', virtMap.rtc, virtSpi.rtc, ['apb_pclk'], handles);
  primeCell(root, 'pl011', virtMap.uart, virtSpi.uart, ['uartclk', 'apb_pclk'], handles);
  root.add('pmu');
  interruptController(root, handles);
  root
    .add(unit('flash', virtMap.flash0.base))
    .cells('bank-width', 4)
    .wideCells('reg', ...range(virtMap.flash0), ...range(virtMap.flash1))
    .strings('compatible', 'cfi-flash');
  cpus(root, options.cpu, handles);
  if (options.timer ?? true) timer(root);
  clock(root, handles);
  chosen(root, options);
  return tree.toBytes(options.ramSize >= ROOMY_FROM ? ROOMY : 0);
}

function range(window: Window): [number, number] {
  return [window.base, window.size];
}

function psci(root: DeviceTreeNode): void {
  root
    .add('psci')
    .cells('migrate', PSCI_MIGRATE)
    .cells('cpu_on', PSCI_CPU_ON)
    .cells('cpu_off', PSCI_CPU_OFF)
    .cells('cpu_suspend', PSCI_CPU_SUSPEND)
    .strings('method', 'hvc')
    .strings('compatible', 'arm,psci-1.0', 'arm,psci-0.2', 'arm,psci');
}

function platformBus(root: DeviceTreeNode, { gic }: Handles): void {
  const { base, size } = virtMap.platformBus;
  root
    .add(unit('platform-bus', base))
    .cells('interrupt-parent', gic)
    .cells('ranges', 0, 0, base, size)
    .cells('#address-cells', 1)
    .cells('#size-cells', 1)
    .strings('compatible', 'qemu,platform', 'simple-bus');
}

function virtio(root: DeviceTreeNode): void {
  for (let i = 0; i < VIRTIO_TRANSPORTS; i++) {
    const base = virtMap.virtio.base + i * virtMap.virtio.size;
    root
      .add(unit('virtio_mmio', base))
      .flag('dma-coherent')
      .cells('interrupts', SPI, virtSpi.virtio + i, EDGE_RISING)
      .wideCells('reg', base, virtMap.virtio.size)
      .strings('compatible', 'virtio,mmio');
  }
}

/** The GPIO controller, and the power button at one of its pins. */
function gpio(root: DeviceTreeNode, handles: Handles): void {
  root
    .add('gpio-keys')
    .strings('compatible', 'gpio-keys')
    .add('poweroff')
    .cells('gpios', handles.gpio, POWER_KEY_PIN, 0)
    .cells('linux,code', KEY_POWER)
    .strings('label', 'GPIO Key Poweroff');
  root
    .add(unit('pl061', virtMap.gpio.base))
    .cells('phandle', handles.gpio)
    .strings('clock-names', 'apb_pclk')
    .cells('clocks', handles.clock)
    .cells('interrupts', SPI, virtSpi.gpio, LEVEL_HIGH)
    .flag('gpio-controller')
    .cells('#gpio-cells', 2)
    .strings('compatible', 'arm,pl061', 'arm,primecell')
    .wideCells('reg', ...range(virtMap.gpio));
}

function pcie(root: DeviceTreeNode, { gic, v2m }: Handles): void {
  const { pcieMmio, pciePio, pcieEcam } = virtMap;
  const buses = pcieEcam.size / PCI_BUS_BYTES;
  root
    .add(unit('pcie', pcieMmio.base))
    .cells('interrupt-map-mask', 0x1800, 0, 0, 7)
    .cells('interrupt-map', ...interruptMap(gic))
    .cells('#interrupt-cells', 1)
    .cells(
      'ranges',
      ...[PCI_IO_SPACE, 0, 0, 0, pciePio.base, 0, pciePio.size],
      ...[PCI_MEMORY_SPACE, 0, pcieMmio.base, 0, pcieMmio.base, 0, pcieMmio.size],
    )
    .wideCells('reg', ...range(pcieEcam))
    .cells('msi-map', 0, v2m, 0, buses << 12)
    .flag('dma-coherent')
    .cells('bus-range', 0, buses - 1)
    .cells('linux,pci-domain', 0)
    .cells('#size-cells', 2)
    .cells('#address-cells', 3)
    .strings('device_type', 'pci')
    .strings('compatible', 'pci-host-ecam-generic');
}

/** Interrupt pin p of device d goes to the SPI number (d + p) modulo 4 of the bridge, with pins counted from 0. */
function interruptMap(gic: number): number[] {
  const map: number[] = [];
  for (let device = 0; device < PCI_PINS; device++) {
    for (let pin = 0; pin < PCI_PINS; pin++) {
      const spi = virtSpi.pcie + ((device + pin) % PCI_PINS);
      map.push(device << 11, 0, 0, pin + 1, gic, 0, 0, SPI, spi, LEVEL_HIGH);
    }
  }
  return map;
}

function primeCell(
  root: DeviceTreeNode,
  part: string,
  window: Window,
  spi: number,
  clockNames: readonly string[],
  handles: Handles,
): void {
  root
    .add(unit(part, window.base))
    .strings('clock-names', ...clockNames)
    .cells('clocks', ...clockNames.map(() => handles.clock))
    .cells('interrupts', SPI, spi, LEVEL_HIGH)
    .wideCells('reg', ...range(window))
    .strings('compatible', `arm,${part}`, 'arm,primecell');
}

function interruptController(root: DeviceTreeNode, { gic, v2m }: Handles): void {
  root
    .add(unit('intc', virtMap.gicDistributor.base))
    .cells('phandle', gic)
    .wideCells('reg', ...range(virtMap.gicDistributor), ...range(virtMap.gicCpuInterface))
    .strings('compatible', 'arm,cortex-a15-gic')
    .flag('ranges')
    .cells('#size-cells', 2)
    .cells('#address-cells', 2)
    .flag('interrupt-controller')
    .cells('#interrupt-cells', 3)
    .add(unit('v2m', virtMap.gicV2m.base))
    .cells('phandle', v2m)
    .wideCells('reg', ...range(virtMap.gicV2m))
    .flag('msi-controller')
    .strings('compatible', 'arm,gic-v2m-frame');
}

function cpus(root: DeviceTreeNode, model: string, { cpu }: Handles): void {
  const node = root.add('cpus').cells('#size-cells', 0).cells('#address-cells', 1);
  node.add('cpu-map').add('socket0').add('cluster0').add('core0').cells('cpu', cpu);
  node
    .add('cpu@0')
    .cells('phandle', cpu)
    .cells('reg', 0)
    .strings('compatible', `arm,${model === 'arm1176' ? 'arm1176jzf-s' : model}`)
    .strings('device_type', 'cpu');
}

function timer(root: DeviceTreeNode): void {
  const { securePhysicalTimer, physicalTimer, virtualTimer, hypervisorTimer } = virtPpi;
  const lines = [securePhysicalTimer, physicalTimer, virtualTimer, hypervisorTimer];
  root
    .add('timer')
    .cells('interrupts', ...lines.flatMap((id) => [PPI, id - FIRST_PPI, CPU0 | LEVEL_HIGH]))
    .flag('always-on')
    .strings('compatible', 'arm,armv7-timer');
}

function clock(root: DeviceTreeNode, { clock }: Handles): void {
  root
    .add('apb-pclk')
    .cells('phandle', clock)
    .strings('clock-output-names', 'clk24mhz')
    .cells('clock-frequency', APB_CLOCK)
    .cells('#clock-cells', 0)
    .strings('compatible', 'fixed-clock');
}

function chosen(root: DeviceTreeNode, { bootargs, initrd }: VirtTreeOptions): void {
  const node = root.add('chosen');
  if (bootargs !== undefined) node.strings('bootargs', bootargs);
  if (initrd) node.cells('linux,initrd-end', initrd.end).cells('linux,initrd-start', initrd.start);
  node.strings('stdout-path', `/${unit('pl011', virtMap.uart.base)}`);
}

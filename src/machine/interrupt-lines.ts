/**
 * What the boards' interrupt lines are called: by the device that drives each, and the path of its node in the device tree where the board has one. Derived
 * from the maps; knows no controller.
 */
import { ARM_IRQ_NAMES } from '../devices/bcm2835-registers.js';
import { raspi1Irq, DMA_OWN_LINES } from './raspi1-map.js';
import { V2M_SPIS, VIRTIO_TRANSPORTS, virtMap, virtPpi, virtSpi } from './virt-map.js';

export interface LineName {
  /** The device, as the board names it, with what the line is where a device has several. */
  readonly name: string;
  /** Path in the device tree that the board hands to its guest. */
  readonly node?: string;
}

const FIRST_SPI = 32;
const FIRST_ARM_LINE = 64;
const PCI_PINS = ['INTA', 'INTB', 'INTC', 'INTD'];

/** Names by interrupt ID of the GIC. */
export function virtLineNames(): ReadonlyMap<number, LineName> {
  const path = (name: string, { base }: { readonly base: number }) => `/${name}@${base.toString(16)}`;
  const names = new Map<number, LineName>([
    [virtPpi.physicalTimer, { name: 'physical timer', node: '/timer' }],
    [virtPpi.virtualTimer, { name: 'virtual timer', node: '/timer' }],
    [virtPpi.securePhysicalTimer, { name: 'secure physical timer', node: '/timer' }],
    [virtPpi.hypervisorTimer, { name: 'hypervisor timer', node: '/timer' }],
    [virtPpi.pmu, { name: 'performance monitors' }],
  ]);
  const spi = (number: number, name: string, node: string): void => {
    names.set(FIRST_SPI + number, { name, node });
  };
  spi(virtSpi.uart, 'pl011', path('pl011', virtMap.uart));
  spi(virtSpi.rtc, 'pl031', path('pl031', virtMap.rtc));
  spi(virtSpi.gpio, 'pl061', path('pl061', virtMap.gpio));
  PCI_PINS.forEach((pin, i) => {
    spi(virtSpi.pcie + i, `pcie ${pin}`, path('pcie', virtMap.pcieMmio));
  });
  for (let i = 0; i < VIRTIO_TRANSPORTS; i++) {
    const base = virtMap.virtio.base + i * virtMap.virtio.size;
    spi(virtSpi.virtio + i, `virtio-mmio${i}`, path('virtio_mmio', { base }));
  }
  for (let i = 0; i < V2M_SPIS; i++) {
    spi(
      virtSpi.gicV2m + i,
      `gicv2m message ${i}`,
      `${path('intc', virtMap.gicDistributor)}${path('v2m', virtMap.gicV2m)}`,
    );
  }
  return names;
}

/** The GPU's own lines: nothing on this board drives them (BCM2835 ARM Peripherals 7.5, and the Raspberry Pi's device tree). */
const UNDRIVEN: Readonly<Record<number, string>> = {
  4: 'codec 0',
  5: 'codec 1',
  6: 'codec 2',
  7: 'jpeg',
  8: 'isp',
  9: 'usb',
  10: '3d',
  11: 'transposer',
  12: 'multicore sync 0',
  13: 'multicore sync 1',
  14: 'multicore sync 2',
  15: 'multicore sync 3',
  28: 'dma, all channels',
  30: 'arm',
  31: 'vpu dma',
  32: 'host port',
  33: 'video scaler',
  34: 'ccp2',
  35: 'sdram controller',
  36: 'dsi0',
  37: 'ave',
  38: 'camera 0',
  39: 'camera 1',
  40: 'hdmi 0',
  41: 'hdmi 1',
  42: 'pixelvalve1',
  43: 'i2c and spi slave',
  44: 'dsi1',
  45: 'pwa0',
  46: 'pwa1',
  47: 'cpr',
  48: 'smi',
  54: 'spi',
  55: 'pcm',
  56: 'sdhost',
  58: 'slimbus',
  59: 'vec',
  60: 'cpg',
  61: 'rng',
  62: 'emmc',
  63: 'avs monitor',
};

/** Names by number of the line: 0–63 of the GPU's side, 64 on the ARM's own. */
export function raspi1LineNames(): ReadonlyMap<number, LineName> {
  const names = new Map<number, LineName>(Object.entries(UNDRIVEN).map(([line, name]) => [Number(line), { name }]));
  const series = (first: number, count: number, name: (i: number) => string): void => {
    for (let i = 0; i < count; i++) names.set(first + i, { name: name(i) });
  };
  series(raspi1Irq.systemTimer, 4, (i) => `system timer, compare ${i}`);
  series(raspi1Irq.dma, DMA_OWN_LINES, (i) => `dma, channel ${i}`);
  series(raspi1Irq.dmaShared, 1, () => `dma, channels ${DMA_OWN_LINES} to 14`);
  series(raspi1Irq.aux, 1, () => 'aux: mini uart');
  series(raspi1Irq.gpio, 4, (i) => `gpio, ${['pins 0–27', 'pins 28–45', 'pins 46–53', 'all pins'][i]}`);
  series(raspi1Irq.i2c, 1, () => 'i2c');
  series(raspi1Irq.uart, 1, () => 'pl011');
  series(FIRST_ARM_LINE, ARM_IRQ_NAMES.length, (i) => ARM_IRQ_NAMES[i]);
  return names;
}

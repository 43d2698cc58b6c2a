/**
 * The map of the `virt` board: base address, size and interrupt of every device, as QEMU's 32-bit `virt` with `highmem=off` has them. The
 * board, its device tree and the tests derive from these numbers.
 */

export interface Window {
  readonly base: number;
  /** Bytes. */
  readonly size: number;
}

export const FLASH_SIZE = 0x0400_0000;

export const virtMap = {
  flash0: { base: 0x0000_0000, size: FLASH_SIZE },
  flash1: { base: 0x0400_0000, size: FLASH_SIZE },
  gicDistributor: { base: 0x0800_0000, size: 0x1_0000 },
  gicCpuInterface: { base: 0x0801_0000, size: 0x1_0000 },
  gicV2m: { base: 0x0802_0000, size: 0x1000 },
  uart: { base: 0x0900_0000, size: 0x1000 },
  rtc: { base: 0x0901_0000, size: 0x1000 },
  fwCfg: { base: 0x0902_0000, size: 0x18 },
  gpio: { base: 0x0903_0000, size: 0x1000 },
  /** 32 transports, one every 0x200 bytes. */
  virtio: { base: 0x0a00_0000, size: 0x200 },
  platformBus: { base: 0x0c00_0000, size: 0x0200_0000 },
  pcieMmio: { base: 0x1000_0000, size: 0x2eff_0000 },
  pciePio: { base: 0x3eff_0000, size: 0x1_0000 },
  pcieEcam: { base: 0x3f00_0000, size: 0x0100_0000 },
  ram: { base: 0x4000_0000, size: 0 },
} as const satisfies Record<string, Window>;

export const VIRTIO_TRANSPORTS = 32;

/** Shared peripheral interrupts (SPI numbers; the interrupt id is 32 more). */
export const virtSpi = {
  uart: 1,
  rtc: 2,
  /** First of four. */
  pcie: 3,
  gpio: 7,
  /** First of 32. */
  virtio: 16,
  /** First of 64 message-signalled ones. */
  gicV2m: 48,
} as const;
export const V2M_SPIS = 64;

/** Private peripheral interrupts of the generic timer, as interrupt ids. */
export const virtPpi = {
  virtualTimer: 27,
  hypervisorTimer: 26,
  securePhysicalTimer: 29,
  physicalTimer: 30,
  pmu: 23,
} as const;

/** Interrupt ids of the GIC: 32 private ones and 256 shared ones. */
export const GIC_INTERRUPTS = 288;

/** RAM sizes that the board takes, bytes: the map below 4 GiB has room for 3 GiB. */
export const RAM_LEAST = 1 << 20;
export const RAM_MOST = 3 * 2 ** 30;

/** Clock of the UART and the other PrimeCells, Hz. */
export const APB_CLOCK = 24_000_000;
/** The generic timer's counter, Hz. */
export const COUNTER_FREQUENCY = 62_500_000;

/**
 * The map of the `raspi1` board: base address, size and interrupt of every block, as the BCM2835 has them (BCM2835 ARM Peripherals 1.2.3 and 7.5) by
 * the ARM's physical addresses. The board and the tests derive from these numbers.
 */
import type { Window } from './virt-map.js';

export const raspi1Map = {
  ram: { base: 0x0000_0000, size: 0 },
  systemTimer: { base: 0x2000_3000, size: 0x20 },
  dma: { base: 0x2000_7000, size: 0x1000 },
  bridges: { base: 0x2000_a000, size: 0x24 },
  interrupts: { base: 0x2000_b200, size: 0x200 },
  armTimer: { base: 0x2000_b400, size: 0x40 },
  mailbox: { base: 0x2000_b800, size: 0x400 },
  power: { base: 0x2010_0000, size: 0x200 },
  clocks: { base: 0x2010_1000, size: 0x2000 },
  rng: { base: 0x2010_4000, size: 0x10 },
  gpio: { base: 0x2020_0000, size: 0x1000 },
  uart: { base: 0x2020_1000, size: 0x1000 },
  sdHost: { base: 0x2020_2000, size: 0x1000 },
  i2c0: { base: 0x2020_5000, size: 0x20 },
  thermal: { base: 0x2021_2000, size: 0x8 },
  aux: { base: 0x2021_5000, size: 0x100 },
  i2c1: { base: 0x2080_4000, size: 0x20 },
  i2c2: { base: 0x2080_5000, size: 0x20 },
} as const satisfies Record<string, Window>;

/** Blocks of which there is nothing but the window. */
export const raspi1Unmodelled: Readonly<Record<string, Window>> = {
  txp: { base: 0x2000_4000, size: 0x1000 },
  mphi: { base: 0x2000_6000, size: 0x1000 },
  i2s: { base: 0x2020_3000, size: 0x100 },
  spi0: { base: 0x2020_4000, size: 0x20 },
  dpi: { base: 0x2020_8000, size: 0x100 },
  dsi0: { base: 0x2020_9000, size: 0x100 },
  pwm: { base: 0x2020_c000, size: 0x28 },
  otp: { base: 0x2020_f000, size: 0x80 },
  spis: { base: 0x2021_4000, size: 0x100 },
  emmc: { base: 0x2030_0000, size: 0x100 },
  smi: { base: 0x2060_0000, size: 0x100 },
  vec: { base: 0x2080_6000, size: 0x1000 },
  hdmi: { base: 0x2090_2000, size: 0x600 },
  usb: { base: 0x2098_0000, size: 0x1_1000 },
  v3d: { base: 0x20c0_0000, size: 0x1000 },
  sdramc: { base: 0x20e0_0000, size: 0x100 },
  dma15: { base: 0x20e0_5000, size: 0x100 },
};

/** Interrupt lines of the GPU's side. */
export const raspi1Irq = {
  /** First of four. */
  systemTimer: 0,
  /** First of eleven: channels 0 to 10. Channels 11 to 14 share the line behind them. */
  dma: 16,
  dmaShared: 27,
  aux: 29,
  /** First of four. */
  gpio: 49,
  /** All three masters share one. */
  i2c: 53,
  uart: 57,
} as const;
/** Channels of the DMA controller with an interrupt line of their own. */
export const DMA_OWN_LINES = 11;

/** RAM sizes that the board takes, bytes. */
export const RAM_LEAST = 1 << 20;
export const RAM_MOST = 512 << 20;

/** Clocks, Hz: of the core, which the ARM timer counts, and of the UART. */
export const CORE_CLOCK = 250_000_000;
export const UART_CLOCK = 48_000_000;

/** Raw kernels are loaded and started there. */
export const KERNEL_ADDRESS = 0x8000;
/** Tags or a small device tree go there; a kernel may have its first translation table from 0x4000 on. */
export const TAGS_ADDRESS = 0x100;
export const TAGS_END = 0x4000;
/** r1 at the first instruction: the machine type of the BCM2708, as the chip is called inside. */
export const MACHINE_TYPE = 0xc42;

const MIB = 1 << 20;
/** What the GPU takes at most for itself. */
const GPU_SHARE = 64 * MIB;

/** The ARM's share of RAM, bytes: all but 64 MiB, or but a quarter where that is less, in whole MiB. */
export function armMemory(ram: number): number {
  return ram - Math.min(GPU_SHARE, Math.floor(ram / 4 / MIB) * MIB);
}

/** The revision code of a Model A+ with as much memory: 256 or 512 MiB. */
export function boardRevision(ram: number): number {
  return ram > 256 * MIB ? 0x90_0021 : 0x80_0021;
}

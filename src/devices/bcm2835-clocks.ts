/**
 * Clock manager of the BCM2835: PLLs, their dividers, and the generators of peripheral clocks, as a kernel finds them when the firmware has set them
 * up. The registers keep what is written and answer as a block whose PLLs lock and whose clocks start and stop at once; no clock in the machine
 * follows them. BCM2835 ARM Peripherals describes the generators (6.3); the rest is as Linux uses it.
 */
import type { AccessSize, Device, DeviceLog } from '../mem/device.js';
import { readLanes } from './registers.js';
import { clockRegisters } from './bcm2835-system-registers.js';

const PASSWORD = 0x5a;
const WINDOW = 0x2000;

// Generators: CM_<clock>CTL, every 8 bytes, and CM_<clock>DIV behind it. The PLLs' own controls lie between.
const CM_PLLA = 0x104;
const CM_CTL_END = 0x1c8;
const CM_LOCK = 0x114;
const CM_EVENT = 0x118;
const CTL_ENAB = 1 << 4;
const CTL_BUSY = 1 << 7;

const A2W_PLLA_CTRL = 0x1100;
const A2W_PLLC_CTRL = 0x1120;
const A2W_PLLD_CTRL = 0x1140;
const A2W_PLLH_CTRL = 0x1160;
const A2W_PLLB_CTRL = 0x11e0;
const PLL_PWRDN = 1 << 16;
const PLL_PRST_DISABLE = 1 << 17;
/** The PLLs, and their bits of CM_LOCK. */
const LOCKS: readonly (readonly [number, number])[] = [
  [A2W_PLLA_CTRL, 1 << 8],
  [A2W_PLLB_CTRL, 1 << 9],
  [A2W_PLLC_CTRL, 1 << 10],
  [A2W_PLLD_CTRL, 1 << 11],
  [A2W_PLLH_CTRL, 1 << 12],
];

/** Registers as the firmware leaves them. A divisor has 12 bits behind the point, a PLL's multiplier 20 in its FRAC register. */
const BOOTED: readonly (readonly [number, number])[] = [
  [0x008, 0x245], // VPU: PLLC core 0, by 3
  [0x00c, 0x3000],
  [0x028, 0x244], // H264
  [0x02c, 0x3000],
  [0x030, 0x244], // ISP
  [0x034, 0x3000],
  [0x070, 0x200], // general purpose 0
  [0x078, 0x096], // general purpose 1
  [0x07c, 0x1_4000],
  [0x080, 0x291], // general purpose 2
  [0x084, 0x24_9f00],
  [0x090, 0x091], // OTP
  [0x094, 0x4000],
  [0x098, 0x200], // PCM
  [0x0a0, 0x200], // PWM
  [0x0a8, 0x200], // SLIM
  [0x0e0, 0x091], // temperature sensor
  [0x0e4, 0xa000],
  [0x0e8, 0x291], // timer: the oscillator by 19.2
  [0x0ec, 0x1_3333],
  [0x0f0, 0x296], // UART: PLLD per by 10.42, 48 MHz
  [0x0f4, 0xa6ab],
  [0x0f8, 0x097], // VEC
  [0x0fc, 0x2000],
  [CM_PLLA, 0x08a],
  [0x108, 0x228],
  [0x10c, 0x20a],
  [0x1a8, 0x4006], // SDRAM
  [0x1ac, 0x3000],
  [0x1c0, 0x295], // EMMC
  [0x1c4, 0x6000],
  // Analogue settings of PLLA, PLLC, PLLD and PLLH
  [0x1014, 0x14_4000],
  [0x101c, 0x100],
  [0x1034, 0x14_4000],
  [0x103c, 0x100],
  [0x1054, 0x14_4000],
  [0x105c, 0x100],
  [0x1070, 0x90_0000],
  [0x1074, 0x0c],
  [A2W_PLLA_CTRL, 0x2_103a],
  [A2W_PLLC_CTRL, 0x2_103e],
  [A2W_PLLD_CTRL, 0x2_1034],
  [A2W_PLLH_CTRL, 0x2_102d],
  [A2W_PLLB_CTRL, 0x2_1048], // 1400 MHz, for the ARM by 2
  [0x1200, 0x9_8000],
  [0x1220, 0x8_0000],
  [0x1240, 0x1_5556],
  [0x12e0, 0xe_aaab],
  // Channels of the PLLs
  [0x1300, 0x100],
  [0x1320, 0x100],
  [0x1340, 0x100],
  [0x1360, 0x4],
  [0x13e0, 0x2],
  [0x1400, 0x3],
  [0x1420, 0x100],
  [0x1440, 0x4],
  [0x1520, 0x2],
  [0x1540, 0x4],
  [0x1600, 0x100],
  [0x1620, 0x2],
  [0x1640, 0x100],
];

export class Bcm2835Clocks implements Device {
  readonly name = 'bcm2835-cprman';
  readonly size = WINDOW;
  readonly registers = clockRegisters;
  private readonly words = new Int32Array(WINDOW / 4);

  constructor(private readonly log: DeviceLog) {
    this.reset();
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(at: number): number {
    return at === CM_LOCK ? this.locks() : this.words[at >> 2];
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const at = offset & ~3;
    if (value >>> 24 !== PASSWORD) {
      this.log.guestError(this.name, `write to offset 0x${at.toString(16)} without the password 0x5a in its top byte`);
      return;
    }
    let kept = value & 0xff_ffff;
    // A clock that is enabled is busy, and one that is not is not.
    if (at % 8 === 0 && at < CM_CTL_END && (at < CM_PLLA || at > CM_EVENT)) {
      kept = kept & CTL_ENAB ? kept | CTL_BUSY : kept & ~CTL_BUSY;
    }
    this.words[at >> 2] = kept;
  }

  reset(): void {
    this.words.fill(0);
    for (const [at, value] of BOOTED) this.words[at >> 2] = value;
  }

  save(): readonly number[] {
    return [...this.words];
  }

  restore(state: unknown): void {
    this.words.set(state as readonly number[]);
  }

  /** A PLL has locked as soon as it is powered and out of reset. */
  private locks(): number {
    let locks = 0;
    for (const [at, bit] of LOCKS) {
      const on = (this.words[at >> 2] & (PLL_PWRDN | PLL_PRST_DISABLE)) === PLL_PRST_DISABLE;
      if (on) locks |= bit;
    }
    return locks;
  }
}

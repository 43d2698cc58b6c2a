/**
 * Power manager of the BCM2835: the watchdog, the reset that it makes, and the switches of the power domains. Every write needs the password in its
 * top byte. The manual is silent about this block; the registers are those that the Raspberry Pi's firmware and Linux use.
 */
import type { AccessSize, Clock, Device, DeviceLog, ScheduledEvent } from '../mem/device.js';
import { readLanes } from './registers.js';
import { powerRegisters } from './bcm2835-system-registers.js';

const PASSWORD = 0x5a;
const PM_RSTC = 0x1c;
const RSTC_WRCFG = 3 << 4;
const RSTC_WRCFG_FULL_RESET = 2 << 4;
const RSTC_RESET = 0x102;
const PM_RSTS = 0x20;
/** A cold start; bits that mean something to the boot ROM. */
const RSTS_RESET = 0x1000;
/** Partition number 63 in the bits that the boot ROM reads: do not start again, but halt. */
const RSTS_HALT = 0x555;
const PM_WDOG = 0x24;
const WDOG_TIME = 0xfffff;
const PM_IMAGE = 0x108;
const PM_GRAFX = 0x10c;
const PM_PROC = 0x110;
/** Power domains: a switch on the left is answered by a bit on the right, at once. */
const PM_POWUP = 1 << 0;
const PM_POWOK = 1 << 1;
const PM_MEMREP = 1 << 3;
const PM_MRDONE = 1 << 4;

const WINDOW = 0x200;
/** The watchdog counts down at 65,536 Hz. */
const WATCHDOG_RATE = 65_536;

interface Saved {
  readonly registers: readonly number[];
  readonly expireAt: number;
}

/** What the block asks of the machine. */
export interface PowerSwitches {
  powerOff(): void;
  systemReset(): void;
}

export class Bcm2835Power implements Device {
  readonly name = 'bcm2835-power';
  readonly size = WINDOW;
  readonly registers = powerRegisters;
  private readonly words = new Int32Array(WINDOW / 4);
  /** When the watchdog bites, virtual ns. */
  private expireAt = Infinity;
  private event: ScheduledEvent | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly power: PowerSwitches,
    private readonly log: DeviceLog,
  ) {
    this.reset();
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    const value = this.words[offset >> 2];
    switch (offset) {
      case PM_WDOG:
        return this.expireAt === Infinity ? value : this.remaining();
      case PM_IMAGE:
      case PM_GRAFX:
      case PM_PROC: {
        const answered = value & ~(PM_POWOK | PM_MRDONE);
        return answered | (value & PM_POWUP ? PM_POWOK : 0) | (value & PM_MEMREP ? PM_MRDONE : 0);
      }
      default:
        return value;
    }
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
    this.words[at >> 2] = value & 0xff_ffff;
    if (at === PM_WDOG || at === PM_RSTC) this.watch();
  }

  reset(): void {
    this.words.fill(0);
    this.words[PM_RSTC >> 2] = RSTC_RESET;
    this.words[PM_RSTS >> 2] = RSTS_RESET;
    this.schedule(Infinity);
  }

  save(): Saved {
    return { registers: [...this.words], expireAt: this.expireAt };
  }

  restore(state: unknown): void {
    const { registers, expireAt } = state as Saved;
    this.words.set(registers);
    this.schedule(expireAt);
  }

  /** Ticks until the watchdog bites. */
  private remaining(): number {
    return Math.max(0, Math.ceil(((this.expireAt - this.clock.now()) * WATCHDOG_RATE) / 1e9));
  }

  /** The watchdog runs from the last write of its time on, while a full reset is configured. */
  private watch(): void {
    const armed = (this.words[PM_RSTC >> 2] & RSTC_WRCFG) === RSTC_WRCFG_FULL_RESET;
    const ticks = this.words[PM_WDOG >> 2] & WDOG_TIME;
    this.schedule(armed ? this.clock.now() + (ticks * 1e9) / WATCHDOG_RATE : Infinity);
  }

  private schedule(at: number): void {
    this.event?.cancel();
    this.expireAt = at;
    this.event = at === Infinity ? undefined : this.clock.schedule(at, () => this.expire());
  }

  private expire(): void {
    this.expireAt = Infinity;
    if ((this.words[PM_RSTS >> 2] & RSTS_HALT) === RSTS_HALT) this.power.powerOff();
    else this.power.systemReset();
  }
}

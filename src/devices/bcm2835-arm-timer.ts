/**
 * ARM timer of the BCM2835 (BCM2835 ARM Peripherals, 14): an SP804 of which there is one, always periodic, behind a predivider, with a
 * free-running counter beside it. Both count the APB clock. Values are worked out from the time when somebody looks: the timer schedules the
 * moment at which its interrupt rises, and nothing else.
 */
import type { AccessSize, Clock, Device, DeviceLog, IrqLine, ScheduledEvent } from '../mem/device.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { armTimerRegisters } from './bcm2835-registers.js';

const LOAD = 0x00;
const VALUE = 0x04;
const CONTROL = 0x08;
const CONTROL_32BIT = 1 << 1;
const CONTROL_PRESCALE_SHIFT = 2;
const CONTROL_INTERRUPT = 1 << 5;
const CONTROL_ENABLE = 1 << 7;
const CONTROL_FREE_RUNNING = 1 << 9;
const CONTROL_FREE_PRESCALE_SHIFT = 16;
const CONTROL_WRITABLE = 0x00ff_03ae;
const CONTROL_RESET = 0x003e_0020;
const IRQ_CLEAR = 0x0c;
const RAW_IRQ = 0x10;
const MASKED_IRQ = 0x14;
const RELOAD = 0x18;
const PREDIVIDER = 0x1c;
const PREDIVIDER_MASK = 0x3ff;
const PREDIVIDER_RESET = 0x7d;
const FREE_RUNNING = 0x20;

/** Divisors of CONTROL bits 3:2; the last encoding is undefined, and divides by one. */
const PRESCALE = [1, 16, 256, 1];
const WORD = 2 ** 32;

interface Saved {
  readonly registers: readonly number[];
  readonly startedAt: number;
  readonly startValue: number;
  readonly freeAt: number;
  readonly freeCount: number;
  readonly riseAt: number;
}

/** @impdef CONTROL bit 1 selects a counter of 32 bits, as in the SP804 (the manual says 23); with it clear the counter has 16. */
export class Bcm2835ArmTimer implements Device {
  readonly name = 'bcm2835-arm-timer';
  readonly size = 0x40;
  readonly registers = armTimerRegisters;
  private load = 0;
  private control = CONTROL_RESET;
  private predivider = PREDIVIDER_RESET;
  private raw = 0;
  /** The counter was `startValue` at `startedAt` (virtual ns), and counts down from there; while disabled it stays. */
  private startedAt = 0;
  private startValue = 0;
  /** The free-running counter was `freeCount` at `freeAt`. */
  private freeAt = 0;
  private freeCount = 0;
  private riseAt = Infinity;
  private rise: ScheduledEvent | undefined;
  /** Virtual ns of an APB clock. */
  private readonly period: number;

  /** @param apbClock Hz */
  constructor(
    private readonly clock: Clock,
    private readonly interrupt: IrqLine,
    apbClock: number,
    private readonly log: DeviceLog,
  ) {
    this.period = 1e9 / apbClock;
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case LOAD:
      case RELOAD:
        return this.load;
      case VALUE:
        return this.value();
      case CONTROL:
        return this.control;
      case RAW_IRQ:
        return this.raw;
      case MASKED_IRQ:
        return this.line() ? 1 : 0;
      case PREDIVIDER:
        return this.predivider;
      case FREE_RUNNING:
        return this.freeRunning();
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset & ~3) {
      case LOAD:
        this.load = value;
        this.restart(value);
        break;
      case RELOAD: // in force from the next reload on
        this.keep();
        this.load = value;
        break;
      case CONTROL:
        this.keep();
        this.control = value & CONTROL_WRITABLE;
        break;
      case IRQ_CLEAR:
        this.keep();
        this.raw = 0;
        break;
      case PREDIVIDER:
        this.keep();
        this.predivider = value & PREDIVIDER_MASK;
        break;
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
    this.update();
  }

  reset(): void {
    this.load = 0;
    this.control = CONTROL_RESET;
    this.predivider = PREDIVIDER_RESET;
    this.raw = this.startedAt = this.startValue = this.freeAt = this.freeCount = 0;
    this.update();
  }

  save(): Saved {
    const { load, control, predivider, raw, startedAt, startValue, freeAt, freeCount, riseAt } = this;
    return { registers: [load, control, predivider, raw], startedAt, startValue, freeAt, freeCount, riseAt };
  }

  restore(state: unknown): void {
    const { registers, startedAt, startValue, freeAt, freeCount, riseAt } = state as Saved;
    [this.load, this.control, this.predivider, this.raw] = registers;
    this.startedAt = startedAt;
    this.startValue = startValue;
    this.freeAt = freeAt;
    this.freeCount = freeCount;
    this.schedule(riseAt);
    this.interrupt.set(this.line());
  }

  /** Virtual ns of a count of the timer. */
  private tick(): number {
    return this.period * (this.predivider + 1) * PRESCALE[(this.control >> CONTROL_PRESCALE_SHIFT) & 3];
  }

  private counts(): boolean {
    return (this.control & CONTROL_ENABLE) !== 0;
  }

  private wrapped(value: number): number {
    return this.control & CONTROL_32BIT ? value >>> 0 : value & 0xffff;
  }

  /** Counts since the counter was last known, while it counts. */
  private elapsed(): number {
    return Math.floor((this.clock.now() - this.startedAt) / this.tick());
  }

  /** A reload of 0 counts as one of 1: the interrupt comes with every count. */
  private reload(): number {
    return Math.max(1, this.wrapped(this.load));
  }

  private value(): number {
    if (!this.counts()) return this.startValue;
    const elapsed = this.elapsed();
    if (elapsed < this.startValue) return this.startValue - elapsed;
    const reload = this.reload();
    return reload - ((elapsed - this.startValue) % reload);
  }

  private line(): boolean {
    return this.raw !== 0 && (this.control & CONTROL_INTERRUPT) !== 0;
  }

  private freeTick(): number {
    return this.period * (((this.control >> CONTROL_FREE_PRESCALE_SHIFT) & 0xff) + 1);
  }

  private freeRunning(): number {
    if (!(this.control & CONTROL_FREE_RUNNING)) return this.freeCount;
    return (this.freeCount + Math.floor((this.clock.now() - this.freeAt) / this.freeTick())) % WORD;
  }

  /** Takes stock before a register changes that both counters follow from. */
  private keep(): void {
    const now = this.clock.now();
    this.freeCount = this.freeRunning();
    this.freeAt = this.control & CONTROL_FREE_RUNNING ? now - ((now - this.freeAt) % this.freeTick()) : now;
    if (!this.counts()) {
      this.startedAt = now;
      return;
    }
    const elapsed = this.elapsed();
    this.startValue = this.value();
    this.startedAt += elapsed * this.tick();
  }

  private restart(value: number): void {
    this.keep();
    this.startedAt = this.clock.now();
    this.startValue = this.wrapped(value);
  }

  /** Drives the line; until the interrupt is raised, waits for the count to reach zero. */
  private update(): void {
    this.interrupt.set(this.line());
    this.schedule(this.counts() && this.raw === 0 ? this.startedAt + this.startValue * this.tick() : Infinity);
  }

  private schedule(at: number): void {
    this.rise?.cancel();
    this.riseAt = at;
    this.rise = at === Infinity ? undefined : this.clock.schedule(at, () => this.expire());
  }

  private expire(): void {
    this.raw = 1;
    this.keep();
    this.update();
  }
}

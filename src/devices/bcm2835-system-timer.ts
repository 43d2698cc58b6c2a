/**
 * System timer of the BCM2835 (BCM2835 ARM Peripherals, 12): a counter of 64 bits at 1 MHz that nothing stops, and four compare registers against
 * its low word, each with an interrupt. On a Raspberry Pi the GPU's firmware uses compare 0 and 2; here they are free.
 */
import type { AccessSize, Clock, Device, DeviceLog, IrqLine, ScheduledEvent } from '../mem/device.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { systemTimerRegisters } from './bcm2835-registers.js';

const CS = 0x00;
const CLO = 0x04;
const CHI = 0x08;
const C0 = 0x0c;
const C3 = 0x18;
const CHANNELS = 4;
const CS_MATCHES = (1 << CHANNELS) - 1;

/** Virtual ns of a count. */
const MICROSECOND = 1000;
const WORD = 2 ** 32;

interface Saved {
  readonly matches: number;
  readonly compare: readonly number[];
  /** When the compare registers match next, virtual ns; Infinity: not before the guest does something. */
  readonly matchAt: readonly number[];
}

/** @deviates a compare register that was not written since reset does not match when the counter wraps to its 0, after 71 minutes. */
export class Bcm2835SystemTimer implements Device {
  readonly name = 'bcm2835-system-timer';
  readonly size = 0x20;
  readonly registers = systemTimerRegisters;
  /** CS: which channels have matched. */
  private matches = 0;
  private readonly compare = new Uint32Array(CHANNELS);
  private readonly matchAt = new Array<number>(CHANNELS).fill(Infinity);
  private readonly events: (ScheduledEvent | undefined)[] = new Array<undefined>(CHANNELS).fill(undefined);

  /** @param interrupts of compare 0 to 3 */
  constructor(
    private readonly clock: Clock,
    private readonly interrupts: readonly IrqLine[],
    private readonly log: DeviceLog,
  ) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    if (offset >= C0 && offset <= C3) return this.compare[(offset - C0) >> 2];
    switch (offset) {
      case CS:
        return this.matches;
      case CLO:
        return this.counter() % WORD;
      case CHI:
        return Math.floor(this.counter() / WORD) >>> 0;
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const register = offset & ~3;
    if (register >= C0 && register <= C3) {
      const channel = (register - C0) >> 2;
      this.compare[channel] = value;
      this.arm(channel);
    } else if (register === CS) this.clear(value & CS_MATCHES);
    else unknownWrite(this.log, this.name, offset, value);
  }

  reset(): void {
    this.matches = 0;
    this.compare.fill(0);
    for (let channel = 0; channel < CHANNELS; channel++) {
      this.schedule(channel, Infinity);
      this.interrupts[channel].set(false);
    }
  }

  save(): Saved {
    return { matches: this.matches, compare: [...this.compare], matchAt: [...this.matchAt] };
  }

  restore(state: unknown): void {
    const { matches, compare, matchAt } = state as Saved;
    this.matches = matches;
    this.compare.set(compare);
    for (let channel = 0; channel < CHANNELS; channel++) {
      this.schedule(channel, matchAt[channel]);
      this.interrupts[channel].set((matches & (1 << channel)) !== 0);
    }
  }

  /** Microseconds since power-on. */
  private counter(): number {
    return Math.floor(this.clock.now() / MICROSECOND);
  }

  private clear(channels: number): void {
    const cleared = this.matches & channels;
    this.matches &= ~channels;
    for (let channel = 0; channel < CHANNELS; channel++) {
      if ((cleared & (1 << channel)) === 0) continue;
      this.interrupts[channel].set(false);
      // A match while the bit was set made no difference, and has not been waited for.
      this.arm(channel, 1);
    }
  }

  /** Waits for the next match: the present count included, unless the compare register stayed what it was. */
  private arm(channel: number, after = 0): void {
    const from = this.counter() + after;
    const ahead = (this.compare[channel] - (from % WORD) + WORD) % WORD;
    this.schedule(channel, (from + ahead) * MICROSECOND);
  }

  private schedule(channel: number, at: number): void {
    this.events[channel]?.cancel();
    this.matchAt[channel] = at;
    this.events[channel] = at === Infinity ? undefined : this.clock.schedule(at, () => this.match(channel));
  }

  private match(channel: number): void {
    this.matchAt[channel] = Infinity;
    this.events[channel] = undefined;
    this.matches |= 1 << channel;
    this.interrupts[channel].set(true);
  }
}

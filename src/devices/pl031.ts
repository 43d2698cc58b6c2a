/**
 * PrimeCell real time clock PL031 (DDI 0224B): a counter of seconds with a match interrupt. Its seconds are virtual; what date they started
 * from is a setting of the run, never the host's clock.
 */
import type { AccessSize, Clock, Device, DeviceLog, IrqLine, ScheduledEvent } from '../mem/device.js';
import { PERIPH_ID0, primeCellId, readLanes, unknownRead, unknownWrite } from './registers.js';
import { pl031Registers } from './pl031-registers.js';

const RTCDR = 0x000;
const RTCMR = 0x004;
const RTCLR = 0x008;
const RTCCR = 0x00c;
const RTCIMSC = 0x010;
const RTCRIS = 0x014;
const RTCMIS = 0x018;
const RTCICR = 0x01c;

const PART = 0x031;
const REVISION = 1;
const SECOND = 1e9;
const WRAP = 2 ** 32;

/** What a PL031 is wired to. */
export interface Pl031Wiring {
  readonly clock: Clock;
  readonly interrupt: IrqLine;
  readonly log: DeviceLog;
}

interface Pl031State {
  offset: number;
  match: number;
  load: number;
  mask: number;
  raw: number;
  matchAt: number;
}

/** @impdef RTCCR reads 1: the board has started the counter before the guest runs, and nothing stops it. */
export class Pl031 implements Device {
  readonly size = 0x1000;
  readonly registers = pl031Registers;

  /** RTCDR less the whole virtual seconds since power-on, modulo 2^32. */
  private offset: number;
  private match = 0;
  private load = 0;
  private mask = 0;
  private raw = 0;
  private matchAt = -1;
  private event: ScheduledEvent | undefined;

  /** @param epoch seconds since 1970 that the counter shows at virtual time 0 */
  constructor(
    readonly name: string,
    private readonly wiring: Pl031Wiring,
    private readonly epoch: number,
  ) {
    this.offset = epoch >>> 0;
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case RTCDR:
        return this.counter();
      case RTCMR:
        return this.match;
      case RTCLR:
        return this.load;
      case RTCCR:
        return 1;
      case RTCIMSC:
        return this.mask;
      case RTCRIS:
        return this.raw;
      case RTCMIS:
        return this.raw & this.mask;
      default:
        return offset >= PERIPH_ID0
          ? primeCellId(PART, REVISION, offset)
          : unknownRead(this.wiring.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset) {
      case RTCMR:
        this.match = value;
        this.awaitMatch();
        break;
      case RTCLR:
        this.load = value;
        this.offset = (value - this.seconds()) >>> 0;
        this.awaitMatch();
        break;
      case RTCCR: // started for good
        break;
      case RTCIMSC:
        this.mask = value & 1;
        break;
      case RTCICR:
        this.raw &= ~value;
        break;
      default:
        unknownWrite(this.wiring.log, this.name, offset, value);
    }
    this.updateLine();
  }

  reset(): void {
    this.offset = this.epoch >>> 0;
    this.match = this.load = this.mask = this.raw = 0;
    this.arm(-1);
    this.updateLine();
  }

  save(): Pl031State {
    const { offset, match, load, mask, raw, matchAt } = this;
    return { offset, match, load, mask, raw, matchAt };
  }

  restore(state: unknown): void {
    const { offset, match, load, mask, raw, matchAt } = state as Pl031State;
    Object.assign(this, { offset, match, load, mask, raw });
    this.arm(matchAt);
    this.updateLine();
  }

  /** Whole virtual seconds since power-on, modulo 2^32. */
  private seconds(): number {
    return Math.floor(this.wiring.clock.now() / SECOND) % WRAP;
  }

  private counter(): number {
    return (this.offset + this.seconds()) % WRAP;
  }

  /** The interrupt is raised when the counter comes to equal RTCMR, also by a write to either. */
  private awaitMatch(): void {
    const wait = (this.match - this.counter()) >>> 0;
    if (wait === 0) {
      this.raw = 1;
      this.arm(-1);
    } else this.arm((Math.floor(this.wiring.clock.now() / SECOND) + wait) * SECOND);
  }

  private arm(at: number): void {
    this.event?.cancel();
    this.matchAt = at;
    this.event = at < 0 ? undefined : this.wiring.clock.schedule(at, () => this.matched());
  }

  private matched(): void {
    this.matchAt = -1;
    this.event = undefined;
    this.raw = 1;
    this.updateLine();
  }

  private updateLine(): void {
    this.wiring.interrupt.set((this.raw & this.mask) !== 0);
  }
}

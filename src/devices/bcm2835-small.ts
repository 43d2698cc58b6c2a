/**
 * Small blocks of the BCM2835 of which a kernel wants little: the random number generator, the thermometer, the bridges of the power domains, and
 * windows of blocks that are not modelled.
 */
import type { AccessSize, Device, DeviceLog } from '../mem/device.js';
import { bridgeRegisters, rngRegisters, thermalRegisters } from './bcm2835-system-registers.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';

const RNG_CTRL = 0x0;
const RNG_RBGEN = 1 << 0;
const RNG_STATUS = 0x4;
const RNG_COUNT_SHIFT = 24;
const RNG_DATA = 0x8;
const RNG_FF_THRESHOLD = 0xc;

/** A state that a xorshift generator may start from. */
const SEED = 0x2835_1176;

/** The random number generator. The same numbers in every run: nothing in the machine is left to chance. */
export class Bcm2835Rng implements Device {
  readonly name = 'bcm2835-rng';
  readonly size = 0x10;
  readonly registers = rngRegisters;
  private control = 0;
  private status = 0;
  private threshold = 0;
  private state = SEED;

  constructor(private readonly log: DeviceLog) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case RNG_CTRL:
        return this.control;
      case RNG_STATUS: // one word is always ready
        return this.status | (1 << RNG_COUNT_SHIFT);
      case RNG_DATA:
        return this.control & RNG_RBGEN ? this.next() : 0;
      case RNG_FF_THRESHOLD:
        return this.threshold;
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset & ~3) {
      case RNG_CTRL:
        this.control = value;
        break;
      case RNG_STATUS: // words to discard while it warms up
        this.status = value & 0xf_ffff;
        break;
      case RNG_FF_THRESHOLD:
        this.threshold = value;
        break;
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
  }

  peek(offset: number): number {
    if (offset === RNG_DATA) return this.control & RNG_RBGEN ? this.following() >>> 0 : 0;
    return this.readRegister(offset) >>> 0;
  }

  private following(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    return x ^ (x << 5);
  }

  private next(): number {
    this.state = this.following();
    return this.state >>> 0;
  }

  reset(): void {
    this.control = this.status = this.threshold = 0;
    this.state = SEED;
  }

  save(): readonly number[] {
    return [this.control, this.status, this.threshold, this.state];
  }

  restore(state: unknown): void {
    [this.control, this.status, this.threshold, this.state] = state as readonly number[];
  }
}

const TSENSCTL = 0x0;
const TSENSSTAT = 0x4;
const TSENSSTAT_VALID = 1 << 10;

/** What the chip's temperature is, always: millidegrees Celsius, as firmware and drivers give it. */
export const TEMPERATURE = 25_000;
/** The reading r of the sensor for it: 407 - 0.538 r degrees. */
const READING = Math.round((407_000 - TEMPERATURE) / 538);

/** The thermometer. */
export class Bcm2835Thermal implements Device {
  readonly name = 'bcm2835-thermal';
  readonly size = 0x8;
  readonly registers = thermalRegisters;
  private control = 0;

  constructor(private readonly log: DeviceLog) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.peek(offset & ~3), offset, size);
  }

  peek(offset: number): number {
    return (offset === TSENSCTL ? this.control : TSENSSTAT_VALID | READING) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    if ((offset & ~3) === TSENSSTAT) unknownWrite(this.log, this.name, offset, value);
    else this.control = value;
  }

  reset(): void {
    this.control = 0;
  }

  save(): number {
    return this.control;
  }

  restore(state: unknown): void {
    this.control = state as number;
  }
}

const ASB_FIRST_CTRL = 0x08;
const ASB_LAST_CTRL = 0x1c;
const ASB_REQ_STOP = 1 << 0;
const ASB_ACK = 1 << 1;
const ASB_AXI_BRDG_ID = 0x20;
/** "brdg". */
const BRIDGE_ID = 0x6272_6467;
const PASSWORD = 0x5a;

/** Asynchronous bridges in front of the power domains. A bridge that is asked to stop, or to go on, has done so at once. */
export class Bcm2835Bridges implements Device {
  readonly name = 'bcm2835-asb';
  readonly size = 0x24;
  readonly registers = bridgeRegisters;
  private readonly control = new Int32Array(0x24 / 4);

  constructor(private readonly log: DeviceLog) {
    this.reset();
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.peek(offset & ~3), offset, size);
  }

  peek(offset: number): number {
    if (offset === ASB_AXI_BRDG_ID) return BRIDGE_ID;
    const value = this.control[offset >> 2];
    return (value & ASB_REQ_STOP ? value | ASB_ACK : value & ~ASB_ACK) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const at = offset & ~3;
    if (value >>> 24 !== PASSWORD || at < ASB_FIRST_CTRL || at > ASB_LAST_CTRL) {
      unknownWrite(this.log, this.name, offset, value);
    } else this.control[at >> 2] = value & 0xff_ffff;
  }

  reset(): void {
    this.control.fill(0);
    for (let at = ASB_FIRST_CTRL; at <= ASB_LAST_CTRL; at += 4) this.control[at >> 2] = ASB_REQ_STOP;
  }

  save(): readonly number[] {
    return [...this.control];
  }

  restore(state: unknown): void {
    this.control.set(state as readonly number[]);
  }
}

/** The window of a block that is not modelled: reads give 0, writes do nothing, and the guest's author is told. */
export class UnmodelledBlock implements Device {
  constructor(
    readonly name: string,
    readonly size: number,
    private readonly log: DeviceLog,
  ) {}

  read(offset: number): number {
    this.log.guestError(
      this.name,
      `read of offset 0x${offset.toString(16)}: this block is not modelled, and reads as 0`,
    );
    return 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const what = `write of 0x${value.toString(16)} to offset 0x${offset.toString(16)}`;
    this.log.guestError(this.name, `${what}: this block is not modelled`);
  }

  reset(): void {
    // It keeps nothing.
  }

  save(): null {
    return null;
  }

  restore(): void {
    // Nothing was saved.
  }
}

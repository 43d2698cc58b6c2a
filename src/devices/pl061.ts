/**
 * PrimeCell general purpose input/output PL061 (DDI 0190B): eight pins with level and edge interrupts. What is soldered to the pins it does
 * not know; inputs that nothing drives are low.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { PERIPH_ID0, primeCellId, readLanes, unknownRead, unknownWrite } from './registers.js';
import { pl061Registers } from './pl061-registers.js';

/** GPIODATA fills 0x000-0x3fc: address bits 9:2 select the pins that an access reaches. */
const GPIODATA_LAST = 0x3fc;
const GPIODIR = 0x400;
const GPIOIS = 0x404;
const GPIOIBE = 0x408;
const GPIOIEV = 0x40c;
const GPIOIE = 0x410;
const GPIORIS = 0x414;
const GPIOMIS = 0x418;
const GPIOIC = 0x41c;
const GPIOAFSEL = 0x420;

const PART = 0x061;
const REVISION = 0;

/** @impdef GPIOAFSEL is kept, and has no effect: the pins have no alternate hardware function here. */
export class Pl061 implements Device {
  readonly size = 0x1000;
  readonly registers = pl061Registers;

  private data = 0;
  private inputs = 0;
  private dir = 0;
  private is = 0;
  private ibe = 0;
  private iev = 0;
  private ie = 0;
  private afsel = 0;
  /** Pins whose edge was seen and not yet cleared by GPIOIC. */
  private edges = 0;

  constructor(
    readonly name: string,
    private readonly interrupt: IrqLine,
    private readonly log: DeviceLog,
  ) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    if (offset <= GPIODATA_LAST) return this.levels() & (offset >> 2);
    switch (offset) {
      case GPIODIR:
        return this.dir;
      case GPIOIS:
        return this.is;
      case GPIOIBE:
        return this.ibe;
      case GPIOIEV:
        return this.iev;
      case GPIOIE:
        return this.ie;
      case GPIORIS:
        return this.raw();
      case GPIOMIS:
        return this.raw() & this.ie;
      case GPIOAFSEL:
        return this.afsel;
      default:
        return offset >= PERIPH_ID0 ? primeCellId(PART, REVISION, offset) : unknownRead(this.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const byte = value & 0xff;
    if (offset <= GPIODATA_LAST && (offset & 3) === 0) {
      const mask = (offset >> 2) & this.dir;
      this.data = (this.data & ~mask) | (byte & mask);
      return;
    }
    switch (offset) {
      case GPIODIR:
        this.dir = byte;
        break;
      case GPIOIS:
        this.is = byte;
        break;
      case GPIOIBE:
        this.ibe = byte;
        break;
      case GPIOIEV:
        this.iev = byte;
        break;
      case GPIOIE:
        this.ie = byte;
        break;
      case GPIOIC:
        this.edges &= ~byte;
        break;
      case GPIOAFSEL:
        this.afsel = byte;
        break;
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
    this.updateLine();
  }

  /** Something outside drives pin `pin` (0-7). */
  setInput(pin: number, level: boolean): void {
    const bit = 1 << pin;
    const before = this.inputs;
    this.inputs = level ? before | bit : before & ~bit;
    if (this.inputs === before) return;
    const edgeWanted = this.ibe & bit || (this.iev & bit) === (this.inputs & bit);
    if (edgeWanted && !(this.is & bit) && !(this.dir & bit)) this.edges |= bit;
    this.updateLine();
  }

  /** Pin `pin` as an interrupt-like line, for sources that drive one. */
  input(pin: number): IrqLine {
    return { set: (level) => this.setInput(pin, level) };
  }

  /** Levels of the eight pins: what the guest drives where GPIODIR says output, what the outside drives elsewhere. */
  levels(): number {
    return (this.data & this.dir) | (this.inputs & ~this.dir & 0xff);
  }

  reset(): void {
    this.data = this.dir = this.is = this.ibe = this.iev = this.ie = this.afsel = this.edges = 0;
    this.updateLine();
  }

  save(): unknown {
    const { data, inputs, dir, is, ibe, iev, ie, afsel, edges } = this;
    return [data, inputs, dir, is, ibe, iev, ie, afsel, edges];
  }

  restore(state: unknown): void {
    [this.data, this.inputs, this.dir, this.is, this.ibe, this.iev, this.ie, this.afsel, this.edges] =
      state as number[];
    this.updateLine();
  }

  /** GPIORIS: latched edges, and for pins that GPIOIS makes level-sensitive the comparison as it stands. */
  private raw(): number {
    const matching = ~(this.inputs ^ this.iev) & ~this.dir;
    return ((this.edges & ~this.is) | (matching & this.is)) & 0xff;
  }

  private updateLine(): void {
    this.interrupt.set((this.raw() & this.ie) !== 0);
  }
}

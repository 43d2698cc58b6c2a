/**
 * Auxiliary peripherals of the BCM2835 (BCM2835 ARM Peripherals, 2): the mini UART and the switches of the block. The two SPI masters beside it are
 * not modelled. Transmission takes no virtual time. Of the manual's known mistakes: receive and transmit interrupt are bits 0 and 1 of
 * AUX_MU_IER_REG, in this order.
 */
import type { AccessSize, CharacterSink, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { auxRegisters } from './bcm2835-registers.js';

const AUX_IRQ = 0x00;
const AUX_ENABLES = 0x04;
const ENABLES_MINI_UART = 1 << 0;
const ENABLES_ALL = 7;
const AUX_MU_IO_REG = 0x40;
const AUX_MU_IER_REG = 0x44;
const IER_RECEIVE = 1 << 0;
const IER_TRANSMIT = 1 << 1;
const IER_READ_ONES = 0xc0;
const AUX_MU_IIR_REG = 0x48;
const IIR_NOT_PENDING = 1 << 0;
const IIR_TRANSMIT = 1 << 1;
const IIR_RECEIVE = 1 << 2;
const IIR_FIFOS = 0xc0;
const IIR_CLEAR_RECEIVE = 1 << 1;
const AUX_MU_LCR_REG = 0x4c;
const LCR_DLAB = 1 << 7;
const LCR_WRITABLE = 0xc3;
const AUX_MU_MCR_REG = 0x50;
const AUX_MU_LSR_REG = 0x54;
const LSR_DATA_READY = 1 << 0;
const LSR_OVERRUN = 1 << 1;
const LSR_TRANSMITTER_EMPTY = 1 << 5;
const LSR_TRANSMITTER_IDLE = 1 << 6;
const AUX_MU_MSR_REG = 0x58;
const AUX_MU_SCRATCH = 0x5c;
const AUX_MU_CNTL_REG = 0x60;
const CNTL_RECEIVER = 1 << 0;
const CNTL_TRANSMITTER = 1 << 1;
const AUX_MU_STAT_REG = 0x64;
const STAT_SYMBOL_AVAILABLE = 1 << 0;
const STAT_SPACE_AVAILABLE = 1 << 1;
const STAT_RECEIVER_IDLE = 1 << 2;
const STAT_TRANSMITTER_IDLE = 1 << 3;
const STAT_RECEIVER_OVERRUN = 1 << 4;
const STAT_TRANSMIT_EMPTY = 1 << 8;
const STAT_TRANSMITTER_DONE = 1 << 9;
const STAT_FILL_SHIFT = 16;
const AUX_MU_BAUD_REG = 0x68;

const FIFO_DEPTH = 8;

interface Saved {
  readonly registers: readonly number[];
  readonly fifo: readonly number[];
  readonly overrun: boolean;
  readonly refused: boolean;
}

/** @deviates the mini UART works while AUX_ENABLES leaves it off, and transmits while AUX_MU_CNTL_REG forbids it: small guests skip the set-up. */
export class Bcm2835Aux implements Device {
  readonly name = 'bcm2835-aux';
  readonly size = 0x100;
  readonly registers = auxRegisters;
  /** Called when {@link receive} has refused a byte and would now take it. */
  onRoom: () => void = () => {};

  private enables = 0;
  private ier = 0;
  private lcr = 0;
  private mcr = 0;
  private scratch = 0;
  private cntl = CNTL_RECEIVER | CNTL_TRANSMITTER;
  private baud = 0;
  private fifo: number[] = [];
  private overrun = false;
  private refused = false;

  constructor(
    private readonly interrupt: IrqLine,
    private readonly sink: CharacterSink,
    private readonly log: DeviceLog,
  ) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case AUX_IRQ:
        return this.pending() === 0 ? 0 : ENABLES_MINI_UART;
      case AUX_ENABLES:
        return this.enables;
      case AUX_MU_IO_REG:
        return this.lcr & LCR_DLAB ? this.baud & 0xff : this.take();
      case AUX_MU_IER_REG:
        return this.lcr & LCR_DLAB ? this.baud >> 8 : this.ier | IER_READ_ONES;
      case AUX_MU_IIR_REG:
        return this.identification();
      case AUX_MU_LCR_REG:
        return this.lcr;
      case AUX_MU_MCR_REG:
        return this.mcr;
      case AUX_MU_LSR_REG:
        return this.readLineStatus();
      case AUX_MU_MSR_REG:
        return 0;
      case AUX_MU_SCRATCH:
        return this.scratch;
      case AUX_MU_CNTL_REG:
        return this.cntl;
      case AUX_MU_STAT_REG:
        return this.status();
      case AUX_MU_BAUD_REG:
        return this.baud;
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    if (offset === AUX_MU_IO_REG) return this.lcr & LCR_DLAB ? this.baud & 0xff : (this.fifo[0] ?? 0);
    return (offset === AUX_MU_LSR_REG ? this.lineStatus() : this.readRegister(offset)) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset & ~3) {
      case AUX_ENABLES:
        this.enables = value & ENABLES_ALL;
        break;
      case AUX_MU_IO_REG:
        if (this.lcr & LCR_DLAB) this.baud = (this.baud & 0xff00) | (value & 0xff);
        else this.sink.write(value & 0xff);
        break;
      case AUX_MU_IER_REG:
        if (this.lcr & LCR_DLAB) this.baud = (this.baud & 0xff) | ((value & 0xff) << 8);
        else this.ier = value & 0xf;
        break;
      case AUX_MU_IIR_REG:
        if (value & IIR_CLEAR_RECEIVE) {
          this.fifo = [];
          this.offerRoom();
        }
        break;
      case AUX_MU_LCR_REG:
        this.lcr = value & LCR_WRITABLE;
        break;
      case AUX_MU_MCR_REG:
        this.mcr = value & 2;
        break;
      case AUX_MU_SCRATCH:
        this.scratch = value & 0xff;
        break;
      case AUX_MU_CNTL_REG:
        this.cntl = value & 0xff;
        this.offerRoom();
        break;
      case AUX_MU_BAUD_REG:
        this.baud = value & 0xffff;
        break;
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
    this.update();
  }

  /** A byte arrives at the receiver. Returns false, and forgets it, if there is no room: the caller keeps it until {@link onRoom}. */
  receive(byte: number): boolean {
    if (this.fifo.length >= FIFO_DEPTH || (this.cntl & CNTL_RECEIVER) === 0) {
      this.refused = true;
      return false;
    }
    this.fifo.push(byte & 0xff);
    this.update();
    return true;
  }

  /** A character arrives whether or not there is room, as on a wire: a full FIFO overruns. */
  receiveUnchecked(byte: number): void {
    if (this.fifo.length >= FIFO_DEPTH) this.overrun = true;
    else this.fifo.push(byte & 0xff);
    this.update();
  }

  reset(): void {
    this.enables = this.ier = this.lcr = this.mcr = this.scratch = this.baud = 0;
    this.cntl = CNTL_RECEIVER | CNTL_TRANSMITTER;
    this.fifo = [];
    this.overrun = this.refused = false;
    this.update();
  }

  save(): Saved {
    const { enables, ier, lcr, mcr, scratch, cntl, baud, overrun, refused } = this;
    return { registers: [enables, ier, lcr, mcr, scratch, cntl, baud], fifo: [...this.fifo], overrun, refused };
  }

  restore(state: unknown): void {
    const { registers, fifo, overrun, refused } = state as Saved;
    [this.enables, this.ier, this.lcr, this.mcr, this.scratch, this.cntl, this.baud] = registers;
    this.fifo = [...fifo];
    this.overrun = overrun;
    this.refused = refused;
    this.update();
  }

  private take(): number {
    const byte = this.fifo.shift() ?? 0;
    this.update();
    this.offerRoom();
    return byte;
  }

  private offerRoom(): void {
    if (!this.refused || this.fifo.length >= FIFO_DEPTH || (this.cntl & CNTL_RECEIVER) === 0) return;
    this.refused = false;
    this.onRoom();
  }

  /** The interrupts that are enabled and hold, as bits of AUX_MU_IER_REG. The transmit FIFO is always empty. */
  private pending(): number {
    return this.ier & (IER_TRANSMIT | (this.fifo.length > 0 ? IER_RECEIVE : 0));
  }

  private identification(): number {
    const pending = this.pending();
    if (pending & IER_RECEIVE) return IIR_FIFOS | IIR_RECEIVE;
    if (pending & IER_TRANSMIT) return IIR_FIFOS | IIR_TRANSMIT;
    return IIR_FIFOS | IIR_NOT_PENDING;
  }

  private lineStatus(): number {
    let status = LSR_TRANSMITTER_EMPTY | LSR_TRANSMITTER_IDLE;
    if (this.fifo.length > 0) status |= LSR_DATA_READY;
    if (this.overrun) status |= LSR_OVERRUN;
    return status;
  }

  private readLineStatus(): number {
    const status = this.lineStatus();
    this.overrun = false;
    return status;
  }

  private status(): number {
    let status = STAT_SPACE_AVAILABLE | STAT_RECEIVER_IDLE | STAT_TRANSMITTER_IDLE;
    status |= STAT_TRANSMIT_EMPTY | STAT_TRANSMITTER_DONE | (this.fifo.length << STAT_FILL_SHIFT);
    if (this.fifo.length > 0) status |= STAT_SYMBOL_AVAILABLE;
    if (this.overrun) status |= STAT_RECEIVER_OVERRUN;
    return status;
  }

  private update(): void {
    this.interrupt.set(this.pending() !== 0);
  }
}

/**
 * PrimeCell UART PL011 (DDI 0183G): FIFOs, all eleven interrupts, receive timeout, modem lines, loop-back. It owns the port's registers and
 * its receive FIFO; who types and who reads at the far end it does not know. Transmission takes no virtual time.
 */
import type { AccessSize, CharacterSink, Clock, Device, DeviceLog, IrqLine, ScheduledEvent } from '../mem/device.js';
import { PERIPH_ID0, primeCellId, readLanes, unknownRead, unknownWrite } from './registers.js';
import { pl011Registers } from './pl011-registers.js';

const UARTDR = 0x000;
const UARTRSR = 0x004; // read: UARTRSR, write: UARTECR
const RSR_FE = 1 << 0;
const RSR_BE = 1 << 2;
const RSR_OE = 1 << 3;
const UARTFR = 0x018;
const FR_CTS = 1 << 0;
const FR_DSR = 1 << 1;
const FR_DCD = 1 << 2;
const FR_RXFE = 1 << 4;
const FR_RXFF = 1 << 6;
const FR_TXFE = 1 << 7;
const FR_RI = 1 << 8;
const UARTILPR = 0x020;
const UARTIBRD = 0x024;
const UARTFBRD = 0x028;
const UARTLCR_H = 0x02c;
const LCR_H_BRK = 1 << 0;
const LCR_H_FEN = 1 << 4;
const UARTCR = 0x030;
const CR_UARTEN = 1 << 0;
const CR_LBE = 1 << 7;
const CR_TXE = 1 << 8;
const CR_RXE = 1 << 9;
const CR_DTR = 1 << 10;
const CR_RTS = 1 << 11;
const CR_Out1 = 1 << 12;
const CR_Out2 = 1 << 13;
const CR_WRITABLE = 0xff87;
const UARTIFLS = 0x034;
const UARTIMSC = 0x038;
const INT_RIM = 1 << 0;
const INT_CTSM = 1 << 1;
const INT_DCDM = 1 << 2;
const INT_DSRM = 1 << 3;
const INT_RX = 1 << 4;
const INT_TX = 1 << 5;
const INT_RT = 1 << 6;
const INT_FE = 1 << 7;
const INT_PE = 1 << 8;
const INT_BE = 1 << 9;
const INT_OE = 1 << 10;
const INT_ALL = 0x7ff;
const UARTRIS = 0x03c;
const UARTMIS = 0x040;
const UARTICR = 0x044;
const UARTDMACR = 0x048;

const PART = 0x011;
/** r1p4: FIFOs of 16 bytes. */
const REVISION = 1;
const FIFO_DEPTH = 16;
/** UARTIFLS.RXIFLSEL: 1/8, 1/4, 1/2, 3/4, 7/8 of the FIFO; the reserved encodings are taken as 7/8. */
const RECEIVE_LEVELS = [2, 4, 8, 12, 14, 14, 14, 14];
/** Silence, in bit periods, after which received bytes below the trigger level raise the receive timeout interrupt (2.8.1). */
const TIMEOUT_BITS = 32;
/** Bits a second while the guest has left the divisor 0, which selects no baud rate. */
const UNSET_BAUD = 115_200;

/** Errors that may come with a received byte, as bits of UARTRSR. */
export const ReceiveError = { framing: RSR_FE, parity: 1 << 1 } as const;

/** Modem inputs as {@link Pl011.setModemInputs} takes them; a set bit is an asserted line. */
export const ModemInput = { CTS: FR_CTS, DSR: FR_DSR, DCD: FR_DCD, RI: FR_RI } as const;

/** What a PL011 is wired to. */
export interface Pl011Wiring {
  readonly clock: Clock;
  readonly interrupt: IrqLine;
  readonly sink: CharacterSink;
  readonly log: DeviceLog;
}

export interface Pl011Settings {
  /** UARTCLK in Hz. */
  readonly uartClock: number;
  /**
   * Raise the receive interrupt with the first byte, whatever UARTIFLS says. Software written on QEMU, which does so, often enables nothing
   * but this interrupt and would otherwise wait for a full half FIFO.
   */
  readonly interruptOnFirstByte: boolean;
}

interface Pl011State {
  registers: readonly number[];
  fifo: readonly number[];
  timeoutAt: number;
  overrun: boolean;
  refused: boolean;
  warned: boolean;
}

/**
 * @deviates Transmission and reception work while UARTCR.UARTEN is 0 (reported once): small guests skip the set-up, as they may on QEMU.
 * @deviates Characters are of 8 bits whatever UARTLCR_H.WLEN says, and UARTCR.CTSEn does not hold back transmission.
 */
export class Pl011 implements Device {
  readonly size = 0x1000;
  readonly registers = pl011Registers;
  /** Called when {@link receive} has refused a byte and would now take it. The owner of the input queue sets it. */
  onRoom: () => void = () => {};

  private rsr = 0;
  private ilpr = 0;
  private ibrd = 0;
  private fbrd = 0;
  private lcr_h = 0;
  private cr = CR_TXE | CR_RXE;
  private ifls = 0x12;
  private imsc = 0;
  private ris = 0;
  private dmacr = 0;
  /** Divisor in 1/64, latched from UARTIBRD and UARTFBRD by a write to UARTLCR_H (3.3.6). */
  private divisor = 0;
  /** Modem inputs from outside, and those that the port sees (which differ in loop-back mode), as bits of UARTFR. */
  private modemInputs = 0;
  private modemSeen = 0;
  /** Entries as UARTDR reads them: data in bits 7:0, FE PE BE OE in bits 11:8. */
  private readonly fifo = new Uint16Array(FIFO_DEPTH);
  private head = 0;
  private count = 0;
  /** A character was lost; the next one stored carries the OE bit. */
  private overrun = false;
  private refused = false;
  private warned = false;
  private timeoutAt = -1;
  private timeout: ScheduledEvent | undefined;

  constructor(
    readonly name: string,
    private readonly wiring: Pl011Wiring,
    private readonly settings: Pl011Settings,
  ) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case UARTDR:
        return this.readData();
      case UARTRSR:
        return this.rsr;
      case UARTFR:
        return this.flags();
      case UARTILPR:
        return this.ilpr;
      case UARTIBRD:
        return this.ibrd;
      case UARTFBRD:
        return this.fbrd;
      case UARTLCR_H:
        return this.lcr_h;
      case UARTCR:
        return this.cr;
      case UARTIFLS:
        return this.ifls;
      case UARTIMSC:
        return this.imsc;
      case UARTRIS:
        return this.ris;
      case UARTMIS:
        return this.ris & this.imsc;
      case UARTDMACR:
        return this.dmacr;
      default:
        return offset >= PERIPH_ID0
          ? primeCellId(PART, REVISION, offset)
          : unknownRead(this.wiring.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    if (offset === UARTDR) return this.count === 0 ? 0 : this.fifo[this.head];
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset) {
      case UARTDR:
        this.transmit(value & 0xff);
        break;
      case UARTRSR: // UARTECR: any value clears
        this.rsr = 0;
        break;
      case UARTILPR:
        this.ilpr = value & 0xff;
        break;
      case UARTIBRD:
        this.ibrd = value & 0xffff;
        break;
      case UARTFBRD:
        this.fbrd = value & 0x3f;
        break;
      case UARTLCR_H:
        this.writeLineControl(value & 0xff);
        break;
      case UARTCR:
        this.cr = value & CR_WRITABLE;
        this.warned = false;
        this.updateModem();
        this.offerRoom();
        break;
      case UARTIFLS:
        this.ifls = value & 0x3f;
        break;
      case UARTIMSC:
        this.imsc = value & INT_ALL;
        break;
      case UARTICR:
        this.ris &= ~value;
        break;
      case UARTDMACR:
        this.dmacr = value & 7;
        break;
      default:
        unknownWrite(this.wiring.log, this.name, offset, value);
    }
    this.updateLine();
  }

  /**
   * A byte arrives at the receiver. Returns false, and forgets it, if there is no room or the guest has switched the receiver off or to
   * loop-back: the caller keeps the byte until {@link onRoom}.
   */
  receive(byte: number): boolean {
    if (!this.canReceive()) {
      this.refused = true;
      return false;
    }
    this.refused = false;
    this.shiftIn(byte & 0xff);
    return true;
  }

  /** A character arrives whether or not there is room, as on a wire: a full FIFO overruns. `errors` are bits of {@link ReceiveError}. */
  receiveUnchecked(byte: number, errors: number): void {
    this.shiftIn((byte & 0xff) | (errors << 8));
  }

  /** The far end holds the line low for longer than a character. */
  receiveBreak(): void {
    this.shiftIn(RSR_BE << 8);
  }

  /** Sets the modem inputs, bits of {@link ModemInput}; all are deasserted at power-on. */
  setModemInputs(asserted: number): void {
    this.modemInputs = asserted;
    this.updateModem();
    this.updateLine();
  }

  reset(): void {
    this.rsr = this.ilpr = this.ibrd = this.fbrd = this.lcr_h = this.imsc = this.ris = this.dmacr = this.divisor = 0;
    this.cr = CR_TXE | CR_RXE;
    this.ifls = 0x12;
    this.modemSeen = this.modemInputs;
    this.refused = this.warned = false;
    this.flush();
    this.updateLine();
  }

  save(): Pl011State {
    const { rsr, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr, divisor, modemInputs, modemSeen } = this;
    const fifo: number[] = [];
    for (let i = 0; i < this.count; i++) fifo.push(this.fifo[(this.head + i) % FIFO_DEPTH]);
    return {
      registers: [rsr, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr, divisor, modemInputs, modemSeen],
      fifo,
      timeoutAt: this.timeoutAt,
      overrun: this.overrun,
      refused: this.refused,
      warned: this.warned,
    };
  }

  restore(state: unknown): void {
    const { registers, fifo, timeoutAt, overrun, refused, warned } = state as Pl011State;
    [this.rsr, this.ilpr, this.ibrd, this.fbrd, this.lcr_h, this.cr, this.ifls] = registers;
    [this.imsc, this.ris, this.dmacr, this.divisor, this.modemInputs, this.modemSeen] = registers.slice(7);
    this.fifo.set(fifo);
    this.head = 0;
    this.count = fifo.length;
    this.overrun = overrun;
    this.refused = refused;
    this.warned = warned;
    this.armTimeout(timeoutAt);
    this.updateLine();
  }

  private flags(): number {
    let flags = this.modemSeen | FR_TXFE;
    if (this.count === 0) flags |= FR_RXFE;
    if (this.count >= this.depth()) flags |= FR_RXFF;
    return flags;
  }

  private depth(): number {
    return this.lcr_h & LCR_H_FEN ? FIFO_DEPTH : 1;
  }

  private receiveLevel(): number {
    if (this.settings.interruptOnFirstByte || !(this.lcr_h & LCR_H_FEN)) return 1;
    return RECEIVE_LEVELS[(this.ifls >> 3) & 7];
  }

  private canReceive(): boolean {
    if (this.cr & CR_LBE || !(this.cr & CR_RXE)) return false;
    return this.count < this.depth();
  }

  private offerRoom(): void {
    if (!this.refused || !this.canReceive()) return;
    this.refused = false;
    this.onRoom();
  }

  private readData(): number {
    if (this.count === 0) return 0;
    const entry = this.fifo[this.head];
    this.head = (this.head + 1) % FIFO_DEPTH;
    this.count--;
    this.rsr = (this.rsr & RSR_OE) | ((entry >> 8) & ~RSR_OE & 0xf);
    if (this.count < this.receiveLevel()) this.ris &= ~INT_RX;
    if (this.count === 0) {
      this.ris &= ~INT_RT;
      this.armTimeout(-1);
    } else if (!(this.ris & INT_RT)) this.startTimeout();
    this.updateLine();
    this.offerRoom();
    return entry;
  }

  /** The transmit FIFO fills and drains at once, which takes it through its trigger level each time. */
  private transmit(byte: number): void {
    const enabled = CR_UARTEN | CR_TXE;
    if ((this.cr & enabled) !== enabled && !this.warned) {
      this.warned = true;
      this.wiring.log.guestError(
        this.name,
        'character written while UARTCR.UARTEN or UARTCR.TXE is 0; sent all the same',
      );
    }
    this.wiring.sink.write(byte);
    if (this.cr & CR_LBE) this.shiftIn(byte);
    this.ris |= INT_TX;
  }

  /** A character is complete in the receive shift register: `entry` is data and FE, PE, BE as in UARTDR. */
  private shiftIn(entry: number): void {
    if (this.count >= this.depth()) {
      this.overrun = true;
      this.rsr |= RSR_OE;
      this.ris |= INT_OE;
    } else {
      this.fifo[(this.head + this.count) % FIFO_DEPTH] = this.overrun ? entry | (RSR_OE << 8) : entry;
      this.overrun = false;
      this.count++;
      const errors = entry >> 8;
      if (errors & RSR_FE) this.ris |= INT_FE;
      if (errors & ReceiveError.parity) this.ris |= INT_PE;
      if (errors & RSR_BE) this.ris |= INT_BE;
      if (this.count >= this.receiveLevel()) this.ris |= INT_RX;
      this.startTimeout();
    }
    this.updateLine();
  }

  private writeLineControl(value: number): void {
    const changed = this.lcr_h ^ value;
    this.lcr_h = value;
    this.divisor = (this.ibrd << 6) | this.fbrd;
    if (changed & LCR_H_FEN) this.flush();
    if (changed & value & LCR_H_BRK && this.cr & CR_LBE) this.shiftIn(RSR_BE << 8);
    this.offerRoom();
  }

  private flush(): void {
    this.head = 0;
    this.count = 0;
    this.overrun = false;
    this.ris &= ~(INT_RX | INT_RT);
    this.armTimeout(-1);
  }

  private updateModem(): void {
    let lines = this.modemInputs;
    if (this.cr & CR_LBE) {
      lines = 0;
      if (this.cr & CR_RTS) lines |= FR_CTS;
      if (this.cr & CR_DTR) lines |= FR_DSR;
      if (this.cr & CR_Out1) lines |= FR_DCD;
      if (this.cr & CR_Out2) lines |= FR_RI;
    }
    const changed = lines ^ this.modemSeen;
    this.modemSeen = lines;
    if (changed & FR_RI) this.ris |= INT_RIM;
    if (changed & FR_CTS) this.ris |= INT_CTSM;
    if (changed & FR_DCD) this.ris |= INT_DCDM;
    if (changed & FR_DSR) this.ris |= INT_DSRM;
  }

  /** Virtual nanoseconds a bit: Baud16 is UARTCLK / divisor, and a bit is 16 of its periods (3.3.6). */
  private bitPeriod(): number {
    if (this.divisor < 64) return 1e9 / UNSET_BAUD;
    return (this.divisor / 64) * 16 * (1e9 / this.settings.uartClock);
  }

  private startTimeout(): void {
    this.armTimeout(this.wiring.clock.now() + TIMEOUT_BITS * this.bitPeriod());
  }

  private armTimeout(at: number): void {
    this.timeout?.cancel();
    this.timeoutAt = at;
    this.timeout = at < 0 ? undefined : this.wiring.clock.schedule(at, () => this.timedOut());
  }

  private timedOut(): void {
    this.timeoutAt = -1;
    this.timeout = undefined;
    this.ris |= INT_RT;
    this.updateLine();
  }

  private updateLine(): void {
    this.wiring.interrupt.set((this.ris & this.imsc) !== 0);
  }
}

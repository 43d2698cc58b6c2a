/**
 * DMA controller of the BCM2835 (BCM2835 ARM Peripherals, 4): fifteen channels that follow chains of control blocks in memory. It copies between
 * memory and memory, and to and from registers that need no pacing; no peripheral here raises a request, so that a transfer paced by one waits.
 * Transfers take virtual time and go on piece by piece beside the processor. It knows bus addresses; whose memory they are, the board knows.
 */
import type { AccessSize, Clock, Device, DeviceLog, IrqLine, ScheduledEvent } from '../mem/device.js';
import { assert } from '../util/assert.js';
import type { DmaPort } from './dma-port.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { dmaRegisters } from './bcm2835-registers.js';

const CS = 0x00;
const CS_ACTIVE = 1 << 0;
const CS_END = 1 << 1;
const CS_INT = 1 << 2;
const CS_DREQ = 1 << 3;
const CS_PAUSED = 1 << 4;
const CS_DREQ_STOPS_DMA = 1 << 5;
const CS_ERROR = 1 << 8;
const CS_WRITABLE = 0x30ff_0000;
const CS_ABORT = 1 << 30;
const CS_RESET = 2 ** 31;
const CONBLK_AD = 0x04;
const TI = 0x08;
const TI_INTEN = 1 << 0;
const TI_TDMODE = 1 << 1;
const TI_DEST_INC = 1 << 4;
const TI_DEST_DREQ = 1 << 6;
const TI_DEST_IGNORE = 1 << 7;
const TI_SRC_INC = 1 << 8;
const TI_SRC_DREQ = 1 << 10;
const TI_SRC_IGNORE = 1 << 11;
const TI_PERMAP_SHIFT = 16;
const SOURCE_AD = 0x0c;
const DEST_AD = 0x10;
const TXFR_LEN = 0x14;
const STRIDE = 0x18;
const NEXTCONBK = 0x1c;
const DEBUG = 0x20;
const DEBUG_READ_ERROR = 1 << 2;
const DEBUG_ERRORS = 7;
const DEBUG_ID_SHIFT = 8;
const DEBUG_VERSION = 2 << 25;
const DEBUG_LITE = 1 << 28;

const CHANNEL_BYTES = 0x100;
const CHANNELS = 15;
/** From here on channels are "lite": no 2D mode, 65,536 bytes at most (4.5). */
const FIRST_LITE = 7;
const INT_STATUS = 0xfe0;
const ENABLE = 0xff0;
const ENABLE_RESET = 0x7fff;

const CONTROL_BLOCK_BYTES = 32;
/** Bytes moved at a time; the processor sees memory change between pieces. */
const PIECE = 4096;
/** Virtual ns for a control block to be fetched, and for each byte: a gigabyte a second. */
const FETCH_TIME = 500;
const BYTE_TIME = 1;

interface ChannelState {
  readonly registers: readonly number[];
  readonly row: readonly number[];
  readonly stepAt: number;
}

/** One channel: the control block that it works on, and how far it has got. */
class Channel {
  cs = 0;
  conblk_ad = 0;
  ti = 0;
  source_ad = 0;
  dest_ad = 0;
  txfr_len = 0;
  stride = 0;
  nextconbk = 0;
  debug = 0;
  /** 2D mode: bytes left in this row, bytes in a row, rows left behind this one. */
  private left = 0;
  private rowBytes = 0;
  private rows = 0;
  /** Its control register was written. */
  private disturbed = false;
  private stepAt = Infinity;
  private event: ScheduledEvent | undefined;
  private readonly block = new Uint32Array(CONTROL_BLOCK_BYTES / 4);

  constructor(
    readonly number: number,
    private readonly clock: Clock,
    private readonly port: DmaPort,
    private readonly interrupt: IrqLine,
    private readonly log: DeviceLog,
  ) {}

  private get lite(): boolean {
    return this.number >= FIRST_LITE;
  }

  readRegister(offset: number): number | undefined {
    switch (offset) {
      case CS:
        return (this.cs | this.condition()) >>> 0;
      case CONBLK_AD:
        return this.conblk_ad;
      case TI:
        return this.ti;
      case SOURCE_AD:
        return this.source_ad;
      case DEST_AD:
        return this.dest_ad;
      case TXFR_LEN:
        return this.length();
      case STRIDE:
        return this.stride;
      case NEXTCONBK:
        return this.nextconbk;
      case DEBUG:
        return this.debug | (this.number << DEBUG_ID_SHIFT) | DEBUG_VERSION | (this.lite ? DEBUG_LITE : 0);
      default:
        return undefined;
    }
  }

  /** False if there is no writable register. */
  writeRegister(offset: number, value: number, enabled: boolean): boolean {
    switch (offset) {
      case CS:
        this.control(value, enabled);
        return true;
      case CONBLK_AD:
        this.conblk_ad = (value & ~(CONTROL_BLOCK_BYTES - 1)) >>> 0;
        return true;
      case NEXTCONBK: // while it is paused, to change what comes next
        this.nextconbk = (value & ~(CONTROL_BLOCK_BYTES - 1)) >>> 0;
        return true;
      case DEBUG:
        this.debug &= ~(value & DEBUG_ERRORS);
        return true;
      default:
        return false;
    }
  }

  reset(): void {
    this.cs =
      this.conblk_ad =
      this.ti =
      this.source_ad =
      this.dest_ad =
      this.txfr_len =
      this.stride =
      this.nextconbk =
        0;
    this.debug = this.left = this.rowBytes = this.rows = 0;
    this.schedule(Infinity);
    this.interrupt.set(false);
  }

  save(): ChannelState {
    const { cs, conblk_ad, ti, source_ad, dest_ad, txfr_len, stride, nextconbk, debug } = this;
    return {
      registers: [cs, conblk_ad, ti, source_ad, dest_ad, txfr_len, stride, nextconbk, debug],
      row: [this.left, this.rowBytes, this.rows],
      stepAt: this.stepAt,
    };
  }

  restore({ registers, row, stepAt }: ChannelState): void {
    [this.cs, this.conblk_ad, this.ti, this.source_ad, this.dest_ad, this.txfr_len] = registers;
    [this.stride, this.nextconbk, this.debug] = registers.slice(6);
    [this.left, this.rowBytes, this.rows] = row;
    this.schedule(stepAt);
    this.interrupt.set((this.cs & CS_INT) !== 0);
  }

  /** The block was switched on or off: an active channel goes on, or stands still. */
  enable(enabled: boolean): void {
    if (!enabled) this.schedule(Infinity);
    else if (this.cs & CS_ACTIVE && this.stepAt === Infinity) this.proceed();
  }

  /** Bits of CS that follow from the transfer. */
  private condition(): number {
    const waits = this.waitsForRequest();
    let condition = this.debug & DEBUG_ERRORS ? CS_ERROR : 0;
    if (this.cs & CS_ACTIVE) condition |= waits ? CS_DREQ_STOPS_DMA | CS_PAUSED : CS_DREQ;
    else if (this.busy()) condition |= CS_PAUSED;
    return condition;
  }

  private busy(): boolean {
    return this.left > 0 || this.rows > 0;
  }

  /** A transfer that a peripheral paces; 0 in PERMAP is a request that is always there. */
  private waitsForRequest(): boolean {
    return (this.ti & (TI_SRC_DREQ | TI_DEST_DREQ)) !== 0 && ((this.ti >> TI_PERMAP_SHIFT) & 0x1f) !== 0;
  }

  /** TXFR_LEN counts down; in 2D mode it is rows and bytes of a row. */
  private length(): number {
    return this.ti & TI_TDMODE && !this.lite ? ((this.rows << 16) | this.left) >>> 0 : this.left;
  }

  private control(value: number, enabled: boolean): void {
    this.disturbed = true;
    if (value >= CS_RESET) {
      this.reset();
      return;
    }
    this.cs = (this.cs & ~CS_WRITABLE) | (value & CS_WRITABLE);
    this.cs &= ~(value & (CS_END | CS_INT));
    this.interrupt.set((this.cs & CS_INT) !== 0);
    if (value & CS_ABORT) {
      // What is under way ends here; the next control block is taken up.
      this.left = this.rows = 0;
      this.conblk_ad = this.nextconbk;
      this.nextconbk = 0;
    }
    const active = (value & CS_ACTIVE) !== 0 && (this.busy() || this.conblk_ad !== 0);
    this.cs = active ? this.cs | CS_ACTIVE : this.cs & ~CS_ACTIVE;
    this.schedule(Infinity);
    if (active && enabled) this.proceed();
  }

  /** Plans the next step: fetching a control block, or moving a piece. */
  private proceed(): void {
    if (!this.busy()) this.schedule(this.clock.now() + FETCH_TIME);
    else if (!this.waitsForRequest()) this.schedule(this.clock.now() + this.piece() * BYTE_TIME);
  }

  private piece(): number {
    return Math.min(this.left, PIECE);
  }

  private schedule(at: number): void {
    this.event?.cancel();
    this.stepAt = at;
    this.event = at === Infinity ? undefined : this.clock.schedule(at, () => this.step());
  }

  private step(): void {
    this.stepAt = Infinity;
    this.event = undefined;
    if (!this.busy()) {
      this.fetch();
      if (this.busy()) {
        if (this.waitsForRequest()) {
          const who = (this.ti >> TI_PERMAP_SHIFT) & 0x1f;
          this.log.guestError(
            'bcm2835-dma',
            `channel ${this.number} waits for peripheral ${who}, which makes no requests here`,
          );
        }
        this.proceed();
        return;
      }
    } else if (!this.move()) return;
    if (!this.busy()) this.finish();
    if (this.cs & CS_ACTIVE) this.proceed();
  }

  private fetch(): void {
    const { block } = this;
    if (!this.port.readBlock(this.conblk_ad, new Uint8Array(block.buffer))) {
      this.debug |= DEBUG_READ_ERROR;
      block.fill(0);
    }
    [this.ti, this.source_ad, this.dest_ad, this.txfr_len, this.stride, this.nextconbk] = block;
    this.nextconbk = (this.nextconbk & ~(CONTROL_BLOCK_BYTES - 1)) >>> 0;
    if (this.ti & TI_TDMODE && !this.lite) {
      this.rowBytes = this.txfr_len & 0xffff;
      // YLENGTH is one less than the number of rows.
      this.rows = this.rowBytes === 0 ? 0 : (this.txfr_len >>> 16) & 0x3fff;
    } else {
      this.rowBytes = this.txfr_len & (this.lite ? 0xffff : 0x3fff_ffff);
      this.rows = 0;
    }
    this.left = this.rowBytes;
  }

  /** Moves a piece of the present row. It may reach this very channel's registers: what was written there holds, and false is returned. */
  private move(): boolean {
    const { ti, port } = this;
    const length = this.piece();
    const source = ti & TI_SRC_IGNORE ? undefined : { at: this.source_ad, steps: (ti & TI_SRC_INC) !== 0 };
    const target = ti & TI_DEST_IGNORE ? undefined : { at: this.dest_ad, steps: (ti & TI_DEST_INC) !== 0 };
    this.disturbed = false;
    if (!port.move(source, target, length)) this.debug |= DEBUG_READ_ERROR;
    if (this.disturbed) return false;
    if (ti & TI_SRC_INC) this.source_ad = (this.source_ad + length) >>> 0;
    if (ti & TI_DEST_INC) this.dest_ad = (this.dest_ad + length) >>> 0;
    this.left -= length;
    if (this.left > 0 || this.rows === 0) return true;
    // The next row: both addresses take their stride, which is signed.
    this.rows--;
    this.left = this.rowBytes;
    this.source_ad = (this.source_ad + ((this.stride << 16) >> 16)) >>> 0;
    this.dest_ad = (this.dest_ad + (this.stride >> 16)) >>> 0;
    return true;
  }

  /** A control block is done with: the next one, or the end. */
  private finish(): void {
    if (this.ti & TI_INTEN) {
      this.cs |= CS_INT;
      this.interrupt.set(true);
    }
    this.cs |= CS_END;
    this.conblk_ad = this.nextconbk;
    if (this.conblk_ad === 0) this.cs &= ~CS_ACTIVE;
  }
}

interface Saved {
  readonly channels: readonly ChannelState[];
  readonly enabled: number;
}

/** @impdef a read where nothing answers gives zeros and sets DEBUG.READ_ERROR; a write there is lost. */
export class Bcm2835Dma implements Device {
  readonly name = 'bcm2835-dma';
  readonly size = 0x1000;
  readonly registers = dmaRegisters;
  private readonly channels: readonly Channel[];
  private enabled = ENABLE_RESET;

  /** @param interrupts of channels 0 to 14 */
  constructor(
    clock: Clock,
    port: DmaPort,
    interrupts: readonly IrqLine[],
    private readonly log: DeviceLog,
  ) {
    assert(interrupts.length === CHANNELS, `the DMA controller has ${CHANNELS} interrupt lines`);
    this.channels = interrupts.map((line, n) => new Channel(n, clock, port, line, log));
  }

  read(offset: number, size: AccessSize): number {
    const at = offset & ~3;
    return readLanes(this.readRegister(at) ?? unknownRead(this.log, this.name, at), offset, size);
  }

  private readRegister(at: number): number | undefined {
    if (at === INT_STATUS)
      return this.channels.reduce((bits, { cs, number }) => bits | (cs & CS_INT ? 1 << number : 0), 0);
    if (at === ENABLE) return this.enabled;
    return this.channelAt(at)?.readRegister(at % CHANNEL_BYTES);
  }

  peek(offset: number): number {
    return (this.readRegister(offset) ?? 0) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const at = offset & ~3;
    if (at === ENABLE) {
      this.enabled = value & ENABLE_RESET;
      for (const channel of this.channels) channel.enable(this.isEnabled(channel));
      return;
    }
    const channel = this.channelAt(at);
    if (!channel?.writeRegister(at % CHANNEL_BYTES, value, this.isEnabled(channel))) {
      unknownWrite(this.log, this.name, offset, value);
    }
  }

  reset(): void {
    this.enabled = ENABLE_RESET;
    for (const channel of this.channels) channel.reset();
  }

  save(): Saved {
    return { channels: this.channels.map((channel) => channel.save()), enabled: this.enabled };
  }

  restore(state: unknown): void {
    const { channels, enabled } = state as Saved;
    this.enabled = enabled;
    this.channels.forEach((channel, i) => {
      channel.restore(channels[i]);
    });
  }

  private channelAt(at: number): Channel | undefined {
    return at < CHANNELS * CHANNEL_BYTES ? this.channels[Math.floor(at / CHANNEL_BYTES)] : undefined;
  }

  private isEnabled({ number }: Channel): boolean {
    return (this.enabled & (1 << number)) !== 0;
  }
}

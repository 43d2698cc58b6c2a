/**
 * Mailboxes between the ARM and the GPU of the BCM2835, as the ARM sees them: 0 to read, 1 to write. A message is 28 bits and a channel of four. Who
 * answers on which channel is the board's affair; an answer is there as soon as the question was written. The registers are those that the Raspberry
 * Pi's firmware documents ("Accessing mailboxes").
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { mailboxRegisters } from './bcm2835-system-registers.js';

const MAIL0_READ = 0x80; // and three more addresses
const MAIL0_PEEK = 0x90;
const MAIL0_SENDER = 0x94;
const MAIL0_STATUS = 0x98;
const MAIL0_CONFIG = 0x9c;
const CONFIG_DATA_INTERRUPT = 1 << 0;
const CONFIG_CLEAR = 1 << 3;
const CONFIG_DATA_PENDING = 1 << 4;
const CONFIG_WRITABLE = 7;
const MAIL1_WRITE = 0xa0;
const MAIL1_STATUS = 0xb8;
const STATUS_FULL = 2 ** 31;
const STATUS_EMPTY = 1 << 30;

const CHANNEL = 0xf;
/** What an empty mailbox reads: a message of no channel. */
const NOTHING = 0xf;
const DEPTH = 8;

/**
 * Takes the upper 28 bits of a message; returns those of the answer, or undefined if there is none.
 * @param data a u32 whose low four bits are zero, and so is the answer
 */
export type MailboxChannel = (data: number) => number | undefined;

interface Saved {
  readonly waiting: readonly number[];
  readonly config: number;
}

/** @deviates mailbox 1 is never full: its messages are taken at once. */
export class Bcm2835Mailbox implements Device {
  readonly name = 'bcm2835-mailbox';
  readonly size = 0x400;
  readonly registers = mailboxRegisters;
  private waiting: number[] = [];
  private config = 0;

  constructor(
    private readonly interrupt: IrqLine,
    private readonly channels: ReadonlyMap<number, MailboxChannel>,
    private readonly log: DeviceLog,
  ) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case MAIL0_READ:
      case MAIL0_READ + 4:
      case MAIL0_READ + 8:
      case MAIL0_READ + 12:
        return this.take();
      case MAIL0_PEEK:
        return this.waiting[0] ?? NOTHING;
      case MAIL0_SENDER:
        return 0;
      case MAIL0_STATUS:
        return this.status();
      case MAIL0_CONFIG:
        return this.config | (this.line() ? CONFIG_DATA_PENDING : 0);
      case MAIL1_STATUS:
        return STATUS_EMPTY;
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset === MAIL0_READ ? MAIL0_PEEK : offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset & ~3) {
      case MAIL0_CONFIG:
        this.config = value & CONFIG_WRITABLE;
        if (value & CONFIG_CLEAR) this.waiting = [];
        break;
      case MAIL1_WRITE:
      case MAIL1_WRITE + 4:
      case MAIL1_WRITE + 8:
      case MAIL1_WRITE + 12:
        this.post(value & CHANNEL, (value & ~CHANNEL) >>> 0);
        break;
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
    this.update();
  }

  reset(): void {
    this.waiting = [];
    this.config = 0;
    this.update();
  }

  save(): Saved {
    return { waiting: [...this.waiting], config: this.config };
  }

  restore(state: unknown): void {
    const { waiting, config } = state as Saved;
    this.waiting = [...waiting];
    this.config = config;
    this.update();
  }

  private post(channel: number, data: number): void {
    const answer = this.channels.get(channel);
    if (answer === undefined) {
      this.log.guestError(this.name, `message to channel ${channel}, where nobody answers`);
      return;
    }
    if (this.waiting.length >= DEPTH) {
      this.log.guestError(
        this.name,
        `message to channel ${channel}, whose answer is lost: ${DEPTH} others wait to be read`,
      );
      return;
    }
    const result = answer(data);
    if (result !== undefined) this.waiting.push((result | channel) >>> 0);
  }

  private take(): number {
    const message = this.waiting.shift() ?? NOTHING;
    this.update();
    return message;
  }

  private status(): number {
    const { length } = this.waiting;
    return length === 0 ? STATUS_EMPTY : length >= DEPTH ? STATUS_FULL + length : length;
  }

  private line(): boolean {
    return (this.config & CONFIG_DATA_INTERRUPT) !== 0 && this.waiting.length > 0;
  }

  private update(): void {
    this.interrupt.set(this.line());
  }
}

/**
 * Blocks of the BCM2835 to which nothing is connected: the SD host with its slot empty, and the I2C masters (BCM2835 ARM Peripherals, 3) with nothing on
 * the bus. Their registers keep what is written; whatever is sent out, nobody answers, and the block says so.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { i2cRegisters } from './bcm2835-registers.js';
import { sdHostRegisters } from './bcm2835-system-registers.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';

const SDCMD = 0x00;
const SDCMD_NEW_FLAG = 1 << 15;
const SDCMD_FAIL_FLAG = 1 << 14;
const SDCMD_NO_RESPONSE = 1 << 10;
const SDARG = 0x04;
const SDTOUT = 0x08;
const SDCDIV = 0x0c;
const SDRSP0 = 0x10;
const SDRSP3 = 0x1c;
const SDHSTS = 0x20;
const SDHSTS_CMD_TIME_OUT = 1 << 6;
const SDVDD = 0x30;
const SDEDM = 0x34;
const SDHCFG = 0x38;
const SDHBCT = 0x3c;
const SDDATA = 0x40;
const SDHBLC = 0x50;
const SD_BYTES = 0x54;
const SD_KEPT: readonly number[] = [SDARG, SDTOUT, SDCDIV, SDVDD, SDEDM, SDHCFG, SDHBCT, SDHBLC];

/** The SD host: a command that asks for a response times out at once. The manual is silent about it; the registers are as Linux uses them. */
export class Bcm2835SdHost implements Device {
  readonly name = 'bcm2835-sdhost';
  readonly size = 0x1000;
  readonly registers = sdHostRegisters;
  private readonly words = new Int32Array(SD_BYTES / 4);

  constructor(private readonly log: DeviceLog) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.peek(offset & ~3), offset, size);
  }

  peek(at: number): number {
    if (at >= SDRSP0 && at <= SDRSP3) return 0;
    if (at === SDDATA) return 0;
    const known = at === SDCMD || at === SDHSTS || SD_KEPT.includes(at);
    return known ? this.words[at >> 2] >>> 0 : unknownRead(this.log, this.name, at);
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const at = offset & ~3;
    if (at === SDCMD) this.command(value);
    else if (at === SDHSTS) this.words[SDHSTS >> 2] &= ~value;
    else if (SD_KEPT.includes(at)) this.words[at >> 2] = value;
    else if (at !== SDDATA) unknownWrite(this.log, this.name, offset, value);
  }

  reset(): void {
    this.words.fill(0);
  }

  save(): readonly number[] {
    return [...this.words];
  }

  restore(state: unknown): void {
    this.words.set(state as readonly number[]);
  }

  private command(value: number): void {
    this.words[SDCMD >> 2] = value & ~SDCMD_NEW_FLAG;
    if ((value & (SDCMD_NEW_FLAG | SDCMD_NO_RESPONSE)) !== SDCMD_NEW_FLAG) return;
    this.words[SDCMD >> 2] |= SDCMD_FAIL_FLAG;
    this.words[SDHSTS >> 2] |= SDHSTS_CMD_TIME_OUT;
  }
}

const C = 0x00;
const C_READ_CLEAR = (1 << 7) | (3 << 4);
const C_ST = 1 << 7;
const C_INTD = 1 << 8;
const C_I2CEN = 1 << 15;
const C_WRITABLE = 0x8731;
const S = 0x04;
const S_DONE = 1 << 1;
const S_TXD = 1 << 4;
const S_TXE = 1 << 6;
const S_ERR = 1 << 8;
const S_CLKT = 1 << 9;
const S_CLEARABLE = S_DONE | S_ERR | S_CLKT;
const DLEN = 0x08;
const A = 0x0c;
const FIFO = 0x10;
const DIV = 0x14;
const DIV_RESET = 0x5dc;
const DEL = 0x18;
const DEL_RESET = 0x30_0030;
const CLKT = 0x1c;
const CLKT_RESET = 0x40;
const I2C_BYTES = 0x20;
const I2C_MASK: Readonly<Record<number, number>> = {
  [DLEN]: 0xffff,
  [A]: 0x7f,
  [DIV]: 0xffff,
  [DEL]: -1,
  [CLKT]: 0xffff,
};

/** An I2C master: every transfer ends at once, because nobody acknowledges the address. */
export class Bcm2835I2c implements Device {
  readonly size = I2C_BYTES;
  readonly registers = i2cRegisters;
  private readonly words = new Int32Array(I2C_BYTES / 4);

  constructor(
    readonly name: string,
    private readonly interrupt: IrqLine,
    private readonly log: DeviceLog,
  ) {
    this.reset();
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.peek(offset & ~3), offset, size);
  }

  peek(at: number): number {
    if (at === FIFO) return 0;
    const value = this.words[at >> 2];
    return (at === S ? value | S_TXD | S_TXE : at === C ? value & ~C_READ_CLEAR : value) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const at = offset & ~3;
    if (at === C) {
      this.words[C >> 2] = value & C_WRITABLE;
      if ((value & (C_ST | C_I2CEN)) === (C_ST | C_I2CEN)) this.words[S >> 2] |= S_DONE | S_ERR;
    } else if (at === S) this.words[S >> 2] &= ~(value & S_CLEARABLE);
    else if (at in I2C_MASK) this.words[at >> 2] = value & I2C_MASK[at];
    else if (at !== FIFO) unknownWrite(this.log, this.name, offset, value);
    this.update();
  }

  reset(): void {
    this.words.fill(0);
    this.words[DIV >> 2] = DIV_RESET;
    this.words[DEL >> 2] = DEL_RESET;
    this.words[CLKT >> 2] = CLKT_RESET;
    this.update();
  }

  save(): readonly number[] {
    return [...this.words];
  }

  restore(state: unknown): void {
    this.words.set(state as readonly number[]);
    this.update();
  }

  private update(): void {
    this.interrupt.set((this.words[C >> 2] & C_INTD) !== 0 && (this.words[S >> 2] & S_DONE) !== 0);
  }
}

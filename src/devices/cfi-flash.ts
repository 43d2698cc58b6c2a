/**
 * A bank of NOR flash: two 16-bit chips side by side on a 32-bit bus, with the Intel command set (JEDEC JESD68.01 CFI, command set 0001; Intel
 * StrataFlash J3 for the commands). It owns command state and which sectors hold anything; the cells lie in the machine's memory, so that
 * a guest reads and executes them there directly while the chips are in read-array mode.
 *
 * A sector that nobody looked at costs nothing: its cells in memory are untouched until the first read, program operation or initial image
 * materialises it, as ones.
 */
import type { AccessSize, DeviceLog } from '../mem/device.js';
import type { DirectDevice } from '../mem/ports.js';
import { assert } from '../util/assert.js';
import { readLanes } from './registers.js';
import { flashRegisters } from './virt-small-registers.js';

/** Erase block of the bank: 128 KiB of each chip. */
export const FLASH_SECTOR = 0x4_0000;
const CHIPS = 2;
/** log2 of the write buffer's bytes in a chip. */
const BUFFER_SHIFT = 11;
const BUFFER_BYTES = CHIPS << BUFFER_SHIFT;

// Commands; on the bus each chip sees its own copy.
const READ_ARRAY = 0xff;
const WORD_PROGRAM = 0x40;
const WORD_PROGRAM_ALTERNATE = 0x10;
const BLOCK_ERASE = 0x20;
const CLEAR_STATUS = 0x50;
const LOCK_SETUP = 0x60;
const LOCK_BLOCK = 0x01;
const LOCK_DOWN = 0x2f;
const READ_STATUS = 0x70;
const READ_ID = 0x90;
const CFI_QUERY = 0x98;
const SUSPEND = 0xb0;
const CONFIRM = 0xd0; // also: resume, unlock
const WRITE_TO_BUFFER = 0xe8;
/** The other command set's reset, which probing software tries too. */
const AMD_RESET = 0xf0;

// Status register
const SR_READY = 1 << 7;
const SR_ERASE_ERROR = 1 << 5;
const SR_PROGRAM_ERROR = 1 << 4;
const SR_SEQUENCE_ERROR = SR_ERASE_ERROR | SR_PROGRAM_ERROR;

const MANUFACTURER = 0x89;
const DEVICE = 0x18;

/** What reads give. */
const Reading = { array: 0, status: 1, id: 2, query: 3 } as const;
/** Which bus cycle of a command comes next. */
const Cycle = { command: 0, program: 1, erase: 2, lock: 3, bufferCount: 4, bufferData: 5, bufferConfirm: 6 } as const;

/** The query structure of one chip: CFI addresses are word addresses, a byte in each. */
function queryTable(chipBytes: number): Uint8Array {
  const table = new Uint8Array(0x40);
  const sectors = (chipBytes * CHIPS) / FLASH_SECTOR;
  const sectorUnits = FLASH_SECTOR / CHIPS / 256;
  table.set([0x51, 0x52, 0x59], 0x10); // "QRY"
  table.set([0x01, 0x00, 0x31, 0x00], 0x13); // primary command set 0001, its extended table at 0x31
  table.set([0x45, 0x55, 0x00, 0x00], 0x1b); // Vcc 4.5 to 5.5 V, no Vpp
  table.set([0x07, 0x07, 0x0a, 0x00], 0x1f); // log2 of typical times: word, buffer (us), block erase (ms), no chip erase
  table.set([0x04, 0x04, 0x04, 0x00], 0x23); // maximum times, as log2 of a factor
  table[0x27] = 31 - Math.clz32(chipBytes);
  table.set([0x02, 0x00], 0x28); // x8/x16 interface
  table.set([BUFFER_SHIFT, 0x00], 0x2a);
  table[0x2c] = 1; // one region of equal blocks
  table.set([(sectors - 1) & 0xff, (sectors - 1) >> 8, sectorUnits & 0xff, sectorUnits >> 8], 0x2d);
  table.set([0x50, 0x52, 0x49, 0x31, 0x30], 0x31); // "PRI", version 1.0, no optional features: neither block locks nor suspension
  table[0x3f] = 1; // one protection register field
  return table;
}

interface FlashState {
  reading: number;
  cycle: number;
  status: number;
  remaining: number;
  window: number;
  windowBad: boolean;
  buffer: Uint8Array | null;
  materialised: Uint8Array;
}

/** A sector that was changed since the run began. */
export interface DirtySector {
  /** Byte offset in the bank. */
  readonly offset: number;
  /** What it holds: read it at once, it may be a view. */
  readonly bytes: Uint8Array;
}

/**
 * @deviates The chips are kept in step: a command reaches both, whichever lanes of the bus it was written to.
 * @impdef Operations take no virtual time, so that a suspend command finds nothing to suspend; lock commands are taken and lock nothing, as the
 * query structure says.
 */
export class CfiFlash implements DirectDevice {
  readonly registers = flashRegisters;
  onDirectChange: (offset: number, length: number) => void = () => {};
  /** Called when so many cells got other contents: byte address in the machine's memory. */
  onWritten: (host: number, length: number) => void = () => {};

  private readonly bytes: Uint8Array;
  private readonly words: DataView;
  private readonly query: Uint8Array;
  private readonly materialised: Uint8Array;
  /** Sectors of which pages were given to be read directly, and were not taken back since. */
  private readonly given: Uint8Array;
  private readonly dirty: Uint8Array;
  /** Sectors that were ever marked dirty. */
  private readonly changed: Uint8Array;
  private reading: number = Reading.array;
  private cycle: number = Cycle.command;
  private status = SR_READY;
  /** Buffered write: data cycles to come, offset of the buffer's window in the bank (-1 before the first), an address was outside it. */
  private remaining = 0;
  private window = -1;
  private windowBad = false;
  /** Ones where nothing was written: programming only clears bits. */
  private readonly buffer = new Uint8Array(BUFFER_BYTES);

  /**
   * @param memory the machine's memory
   * @param base byte address in it of the cells, 4 KiB aligned
   * @param size bytes of the bank: a power of two, at least two sectors
   */
  constructor(
    readonly name: string,
    memory: ArrayBufferLike,
    private readonly base: number,
    readonly size: number,
    private readonly log: DeviceLog,
  ) {
    assert(size >= 2 * FLASH_SECTOR && (size & (size - 1)) === 0, `a flash bank cannot have ${size} bytes`);
    assert(base % 4096 === 0, 'flash cells must begin on a page');
    this.bytes = new Uint8Array(memory, base, size);
    this.words = new DataView(memory, base, size);
    this.query = queryTable(size / CHIPS);
    this.materialised = new Uint8Array(size / FLASH_SECTOR);
    this.given = new Uint8Array(size / FLASH_SECTOR);
    this.dirty = new Uint8Array(size / FLASH_SECTOR);
    this.changed = new Uint8Array(size / FLASH_SECTOR);
  }

  /** The status register, whatever reads give now. */
  peek(): number {
    return this.status;
  }

  /** Fills cells before the machine starts. The image must fit: the loader has seen to it. */
  loadImage(image: Uint8Array, offset = 0): void {
    assert(offset >= 0 && offset + image.length <= this.size, 'a flash image must fit its bank');
    for (let at = offset - (offset % FLASH_SECTOR); at < offset + image.length; at += FLASH_SECTOR)
      this.materialise(at);
    this.bytes.set(image, offset);
    this.onWritten(this.base + offset, image.length);
  }

  /** Writes cells past the command interface, as a debugger does. They must lie in the bank. */
  patch(bytes: Uint8Array, offset: number): void {
    this.loadImage(bytes, offset);
    for (let at = offset - (offset % FLASH_SECTOR); at < offset + bytes.length; at += FLASH_SECTOR) this.mark(at);
  }

  /**
   * Sectors that were changed since the last call. Not part of the machine's state: after going back in time it is every sector that was ever
   * changed, so that who keeps a copy has what the cells hold now.
   */
  *takeDirty(): Generator<DirtySector> {
    for (let sector = 0; sector < this.dirty.length; sector++) {
      if (!this.dirty[sector]) continue;
      this.dirty[sector] = 0;
      const offset = sector * FLASH_SECTOR;
      const cells = this.bytes.subarray(offset, offset + FLASH_SECTOR);
      yield { offset, bytes: this.materialised[sector] ? cells : new Uint8Array(FLASH_SECTOR).fill(0xff) };
    }
  }

  directPage(offset: number): number {
    if (this.reading !== Reading.array) return -1;
    this.materialise(offset);
    this.given[Math.floor(offset / FLASH_SECTOR)] = 1;
    return this.base + (offset & ~0xfff);
  }

  read(offset: number, size: AccessSize): number {
    switch (this.reading) {
      case Reading.array:
        return this.readArray(offset, size);
      case Reading.status:
        return readLanes(this.status | (this.status << 16), offset, size);
      case Reading.id:
        return this.readChips(offset, size, offset >> 2 === 0 ? MANUFACTURER : offset >> 2 === 1 ? DEVICE : 0);
      default:
        return this.readChips(offset, size, this.query[offset >> 2] ?? 0);
    }
  }

  write(offset: number, size: AccessSize, value: number): void {
    switch (this.cycle) {
      case Cycle.command:
        this.command(value & 0xff);
        break;
      case Cycle.program:
        this.programValue(offset, size, value);
        this.cycle = Cycle.command;
        break;
      case Cycle.erase:
        this.cycle = Cycle.command;
        if ((value & 0xff) === CONFIRM) this.erase(offset);
        else this.sequenceError('block erase was not confirmed');
        break;
      case Cycle.lock:
        this.lock(value & 0xff);
        break;
      case Cycle.bufferCount:
        this.startBuffer(size === 1 ? value : value & 0xffff);
        break;
      case Cycle.bufferData:
        this.fillBuffer(offset, size, value);
        break;
      case Cycle.bufferConfirm:
        this.finishBuffer(value & 0xff);
        break;
    }
  }

  private command(command: number): void {
    switch (command) {
      case READ_ARRAY:
      case AMD_RESET:
        this.setReading(Reading.array);
        break;
      case WORD_PROGRAM:
      case WORD_PROGRAM_ALTERNATE:
        this.begin(Cycle.program);
        break;
      case BLOCK_ERASE:
        this.begin(Cycle.erase);
        break;
      case CLEAR_STATUS:
        this.status = SR_READY;
        break;
      case LOCK_SETUP:
        this.begin(Cycle.lock);
        break;
      case READ_STATUS:
      case SUSPEND:
        this.setReading(Reading.status);
        break;
      case READ_ID:
        this.setReading(Reading.id);
        break;
      case CFI_QUERY:
        this.setReading(Reading.query);
        break;
      case CONFIRM: // resume, with nothing suspended
        break;
      case WRITE_TO_BUFFER:
        this.begin(Cycle.bufferCount);
        break;
      default:
        this.log.guestError(this.name, `unknown flash command 0x${command.toString(16)}`);
        this.setReading(Reading.array);
    }
  }

  /** The first cycle of a command of several: reads give the status from here on. */
  private begin(cycle: number): void {
    this.cycle = cycle;
    this.setReading(Reading.status);
  }

  private sequenceError(what: string): void {
    this.log.guestError(this.name, what);
    this.status |= SR_SEQUENCE_ERROR;
  }

  private lock(command: number): void {
    this.cycle = Cycle.command;
    if (command !== LOCK_BLOCK && command !== LOCK_DOWN && command !== CONFIRM) {
      this.sequenceError(`unknown lock command 0x${command.toString(16)}`);
    }
  }

  /** @param count the number of data cycles less one */
  private startBuffer(count: number): void {
    if (count >= 1 << (BUFFER_SHIFT - 1)) {
      this.cycle = Cycle.command;
      this.sequenceError(`buffered write of ${count + 1} words, more than the buffer holds`);
      return;
    }
    this.buffer.fill(0xff);
    this.remaining = count + 1;
    this.window = -1;
    this.windowBad = false;
    this.cycle = Cycle.bufferData;
  }

  private fillBuffer(offset: number, size: AccessSize, value: number): void {
    const window = offset - (offset % BUFFER_BYTES);
    if (this.window < 0) this.window = window;
    if (window !== this.window) this.windowBad = true;
    else for (let i = 0; i < size; i++) this.buffer[(offset % BUFFER_BYTES) + i] = value >>> (8 * i);
    if (--this.remaining === 0) this.cycle = Cycle.bufferConfirm;
  }

  private finishBuffer(command: number): void {
    this.cycle = Cycle.command;
    if (command !== CONFIRM) this.sequenceError('buffered write was not confirmed');
    else if (this.windowBad) this.sequenceError('buffered write left the range of the buffer');
    else this.program(this.window, this.buffer);
  }

  private programValue(offset: number, size: AccessSize, value: number): void {
    const data = new Uint8Array(size);
    for (let i = 0; i < size; i++) data[i] = value >>> (8 * i);
    this.program(offset, data);
  }

  /** Programming clears bits; only erasing sets them. `data` lies within a sector. */
  private program(offset: number, data: Uint8Array): void {
    this.materialise(offset);
    for (let i = 0; i < data.length; i++) this.bytes[offset + i] &= data[i];
    this.onWritten(this.base + offset, data.length);
    this.mark(offset);
  }

  private erase(offset: number): void {
    const sector = Math.floor(offset / FLASH_SECTOR);
    if (!this.materialised[sector]) return;
    this.fillSector(sector);
    this.mark(offset);
  }

  /** The sector of `offset` no longer holds what it did. */
  private mark(offset: number): void {
    const sector = Math.floor(offset / FLASH_SECTOR);
    this.dirty[sector] = 1;
    this.changed[sector] = 1;
  }

  /** Gives the sector of `offset` real cells. */
  private materialise(offset: number): void {
    const sector = Math.floor(offset / FLASH_SECTOR);
    if (this.materialised[sector]) return;
    this.fillSector(sector);
    this.materialised[sector] = 1;
  }

  private fillSector(sector: number): void {
    const offset = sector * FLASH_SECTOR;
    this.bytes.fill(0xff, offset, offset + FLASH_SECTOR);
    this.onWritten(this.base + offset, FLASH_SECTOR);
  }

  private readArray(offset: number, size: AccessSize): number {
    this.materialise(offset);
    if (size === 4) return this.words.getUint32(offset, true);
    return size === 2 ? this.words.getUint16(offset, true) : this.bytes[offset];
  }

  /** Both chips put the byte `value` on the low half of their lanes. */
  private readChips(offset: number, size: AccessSize, value: number): number {
    return readLanes(value | (value << 16), offset, size);
  }

  private setReading(reading: number): void {
    const wasArray = this.reading === Reading.array;
    this.reading = reading;
    if (wasArray && reading !== Reading.array) this.takeBack();
  }

  /**
   * Tells the bus of every run of sectors that may be read directly no longer.
   * PERF: of those alone that were. A driver that looks for flash changes the mode a thousand times, and each time the TLB and a VMM's shadow tables
   * lose what they had of all sectors with cells (U-Boot to its prompt: a tenth of its time, engine.bench).
   */
  private takeBack(): void {
    const { given } = this;
    for (let first = given.indexOf(1); first >= 0; first = given.indexOf(1, first)) {
      let end = first + 1;
      while (end < given.length && given[end]) end++;
      given.fill(0, first, end);
      this.onDirectChange(first * FLASH_SECTOR, (end - first) * FLASH_SECTOR);
    }
  }

  /** Command state only: the cells keep what they hold. */
  reset(): void {
    this.cycle = Cycle.command;
    this.status = SR_READY;
    this.setReading(Reading.array);
  }

  /** All but the cells, which are memory. */
  save(): FlashState {
    const { reading, cycle, status, remaining, window, windowBad } = this;
    const buffer = cycle === Cycle.bufferData || cycle === Cycle.bufferConfirm ? this.buffer.slice() : null;
    return { reading, cycle, status, remaining, window, windowBad, buffer, materialised: this.materialised.slice() };
  }

  restore(state: unknown): void {
    const { buffer, materialised, ...registers } = state as FlashState;
    this.takeBack();
    Object.assign(this, registers);
    if (buffer) this.buffer.set(buffer);
    this.materialised.set(materialised);
    this.dirty.set(this.changed);
  }
}

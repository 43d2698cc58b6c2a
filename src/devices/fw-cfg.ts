/**
 * QEMU's firmware configuration device, memory-mapped (the "fw_cfg" specification of the QEMU documentation): named and numbered items that the
 * board hands to firmware, read byte by byte or by DMA. It owns the items and the read position; what they mean it does not know.
 */
import type { AccessSize, Device, DeviceLog, PhysicalMemory } from '../mem/device.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { fwCfgRegisters } from './virt-small-registers.js';

const DATA_LAST = 0x07; // data: 8 bytes wide, from 0x00
const SELECTOR = 0x08; // 16 bits, big-endian
const DMA_HIGH = 0x10; // 64 bits, big-endian: the write of the low half starts a transfer
const DMA_LOW = 0x14;
const WINDOW_BYTES = 0x18;

/** Selector keys of numbered items. */
export const FwCfgKey = {
  signature: 0x00,
  id: 0x01,
  cpuCount: 0x05,
  kernelSize: 0x08,
  initrdSize: 0x0b,
  kernelData: 0x11,
  initrdData: 0x12,
  commandLineSize: 0x14,
  commandLineData: 0x15,
  fileDirectory: 0x19,
} as const;

const FIRST_FILE = 0x20;
const FILE_NAME_BYTES = 56;
const KEY_MASK = 0x3fff;

/** Item `id`: traditional interface (bit 0) and DMA interface (bit 1). */
const ID = 3;

// Control field of a DMA descriptor
const CTL_ERROR = 1 << 0;
const CTL_READ = 1 << 1;
const CTL_SKIP = 1 << 2;
const CTL_SELECT = 1 << 3;
const CTL_WRITE = 1 << 4;

/** Bytes of memory that one step of a DMA read writes. */
const CHUNK = 0x1_0000;

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function littleEndian(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
}

interface FwCfgState {
  key: number;
  position: number;
  dmaHigh: number;
}

/** @impdef No item is writable: a DMA write ends with the error bit, a write to the data register does nothing (and is reported). */
export class FwCfg implements Device {
  readonly size = WINDOW_BYTES;
  readonly registers = fwCfgRegisters;

  private readonly items = new Map<number, Uint8Array>();
  private readonly files = new Map<string, Uint8Array>();
  private key = 0;
  private position = 0;
  private dmaHigh = 0;

  constructor(
    readonly name: string,
    private readonly memory: PhysicalMemory,
    private readonly log: DeviceLog,
  ) {
    this.add(FwCfgKey.signature, ascii('QEMU'));
    this.add(FwCfgKey.id, littleEndian(ID, 4));
    this.rebuildDirectory();
  }

  /** Sets the numbered item `key`, before the machine starts. */
  add(key: number, bytes: Uint8Array): void {
    this.items.set(key, bytes);
  }

  /** Sets the numbered item `key` to an unsigned number of `bytes` bytes, little-endian. */
  addNumber(key: number, value: number, bytes: number): void {
    this.add(key, littleEndian(value, bytes));
  }

  /** Adds a file (at most 55 ASCII characters of name), before the machine starts. Files take their keys in the order of their names. */
  addFile(name: string, bytes: Uint8Array): void {
    this.files.set(name, bytes);
    this.rebuildDirectory();
  }

  private rebuildDirectory(): void {
    const entries = [...this.files].sort(([a], [b]) => (a < b ? -1 : 1));
    const directory = new DataView(new ArrayBuffer(4 + entries.length * (8 + FILE_NAME_BYTES)));
    directory.setUint32(0, entries.length);
    entries.forEach(([name, bytes], i) => {
      const at = 4 + i * (8 + FILE_NAME_BYTES);
      directory.setUint32(at, bytes.length);
      directory.setUint16(at + 4, FIRST_FILE + i);
      new Uint8Array(directory.buffer).set(ascii(name).subarray(0, FILE_NAME_BYTES - 1), at + 8);
      this.items.set(FIRST_FILE + i, bytes);
    });
    this.items.set(FwCfgKey.fileDirectory, new Uint8Array(directory.buffer));
  }

  /** The data register gives the item's next bytes in memory order, and 0 behind its end. */
  read(offset: number, size: AccessSize): number {
    if (offset <= DATA_LAST) {
      let value = 0;
      for (let i = 0; i < size; i++) value |= this.nextByte() << (8 * i);
      return value >>> 0;
    }
    switch (offset & ~3) {
      case DMA_HIGH: // "QEMU"
        return readLanes(0x554d_4551, offset, size);
      case DMA_LOW: // " CFG"
        return readLanes(0x4746_4320, offset, size);
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  /** Of the data, the bytes that come next. */
  peek(offset: number): number {
    if (offset > DATA_LAST) return this.read(offset, 4);
    let value = 0;
    for (let i = 0; i < 4; i++) value |= (this.item()?.[this.position + offset + i] ?? 0) << (8 * i);
    return value >>> 0;
  }

  write(offset: number, size: AccessSize, value: number): void {
    if (offset === SELECTOR && size >= 2) this.select(swap16(value));
    else if (offset === DMA_HIGH && size === 4) this.dmaHigh = swap32(value);
    else if (offset === DMA_LOW && size === 4) {
      const descriptor = this.dmaHigh * 2 ** 32 + swap32(value);
      this.dmaHigh = 0;
      this.transfer(descriptor);
    } else unknownWrite(this.log, this.name, offset, value);
  }

  private select(key: number): void {
    this.key = key & KEY_MASK;
    this.position = 0;
  }

  private item(): Uint8Array | undefined {
    return this.items.get(this.key);
  }

  private nextByte(): number {
    const item = this.item();
    return item !== undefined && this.position < item.length ? item[this.position++] : 0;
  }

  /** Runs the descriptor at physical address `pa`: {control, length, address}, big-endian; control becomes 0 or the error bit. */
  private transfer(pa: number): void {
    const descriptor = new DataView(new ArrayBuffer(16));
    const valid = this.memory.readBlock(pa, new Uint8Array(descriptor.buffer));
    const succeeded = valid && this.execute(descriptor);
    if (!succeeded) this.log.guestError(this.name, `DMA failed, descriptor at 0x${pa.toString(16)}`);
    const result = new Uint8Array(4);
    result[3] = succeeded ? 0 : CTL_ERROR;
    this.memory.writeBlock(pa, result);
  }

  private execute(descriptor: DataView): boolean {
    const control = descriptor.getUint32(0);
    const length = descriptor.getUint32(4);
    const address = descriptor.getUint32(8) * 2 ** 32 + descriptor.getUint32(12);
    if (control & CTL_SELECT) this.select(control >>> 16);
    if (control & CTL_READ) return this.copyOut(address, length);
    if (control & CTL_WRITE) return false;
    if (control & CTL_SKIP) this.advance(length);
    return true;
  }

  private copyOut(address: number, length: number): boolean {
    const item = this.item() ?? new Uint8Array(0);
    for (let done = 0; done < length; done += CHUNK) {
      const chunk = new Uint8Array(Math.min(CHUNK, length - done));
      chunk.set(item.subarray(this.position, this.position + chunk.length));
      if (!this.memory.writeBlock(address + done, chunk)) return false;
      this.advance(chunk.length);
    }
    return true;
  }

  private advance(bytes: number): void {
    this.position = Math.min(this.position + bytes, this.item()?.length ?? 0);
  }

  reset(): void {
    this.key = this.position = this.dmaHigh = 0;
  }

  /** The items are the board's, and do not change while it runs. */
  save(): FwCfgState {
    const { key, position, dmaHigh } = this;
    return { key, position, dmaHigh };
  }

  restore(state: unknown): void {
    Object.assign(this, state as FwCfgState);
  }
}

function swap16(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

function swap32(value: number): number {
  return ((swap16(value) << 16) | swap16(value >>> 16)) >>> 0;
}

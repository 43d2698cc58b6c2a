/**
 * What a bus master of the BCM2835 reaches by bus addresses: RAM under each of its four cache aliases, and registers at the GPU's address of them. It
 * turns bus addresses into the ARM's physical ones and moves bytes; it knows no transfer as a whole.
 */
import type { AccessSize, PhysicalMemory } from '../mem/device.js';

/** Physical memory and single accesses to registers: the ARM's own bus. */
export interface MasterBus extends PhysicalMemory {
  /** Whether the last single access met nothing. */
  readonly failed: boolean;
  read(pa: number, size: AccessSize): number;
  write(pa: number, size: AccessSize, value: number): void;
}

/** The two topmost bits of a bus address say how it is cached. */
const ALIAS = 0x3fff_ffff;
/** Bus addresses of registers, 0x7e00_0000 on, without the alias bits; and where the ARM has them. */
const BUS_PERIPHERALS = 0x3e00_0000;
const PERIPHERALS_BYTES = 0x0100_0000;
const ARM_PERIPHERALS = 0x2000_0000;
/** First alias under which registers are reached. */
const PERIPHERAL_ALIAS = 0x7e00_0000;

/** One side of a transfer. */
export interface DmaSide {
  /** Bus address. */
  readonly at: number;
  /** The address steps; otherwise each word comes from, or goes to, the same place. */
  readonly steps: boolean;
}

const isRegister = (address: number): boolean =>
  address >= PERIPHERAL_ALIAS && address < PERIPHERAL_ALIAS + PERIPHERALS_BYTES;

/** The ARM's physical address of a bus address. */
function physical(address: number): number {
  if (isRegister(address)) return (address & ALIAS) - BUS_PERIPHERALS + ARM_PERIPHERALS;
  return address & ALIAS;
}

export class DmaPort implements PhysicalMemory {
  private readonly buffer = new Uint8Array(4096);
  private readonly words = new DataView(this.buffer.buffer);

  constructor(private readonly bus: MasterBus) {}

  readBlock(address: number, target: Uint8Array): boolean {
    return this.isMemory(address) && this.bus.readBlock(physical(address), target);
  }

  writeBlock(address: number, source: Uint8Array): boolean {
    return this.isMemory(address) && this.bus.writeBlock(physical(address), source);
  }

  /**
   * Moves `length` bytes, at most 4096, from lower addresses to higher ones, by words as far as they go. Without a source it is zeros, without a
   * target they are lost. Returns false if something could not be read; zeros were moved instead.
   */
  move(source: DmaSide | undefined, target: DmaSide | undefined, length: number): boolean {
    const bytes = this.buffer.subarray(0, length);
    if (this.inOne(source, target, length)) {
      const read = source === undefined || this.readBlock(source.at, bytes);
      if (source === undefined || !read) bytes.fill(0);
      if (target !== undefined) this.writeBlock(target.at, bytes);
      return read;
    }
    let read = true;
    for (let done = 0; done < length;) {
      const size: AccessSize = length - done >= 4 ? 4 : 1;
      let value = 0;
      if (source !== undefined) {
        const got = this.load(step(source, done), size);
        value = got ?? 0;
        read &&= got !== undefined;
      }
      if (target !== undefined) this.store(step(target, done), size, value);
      done += size;
    }
    return read;
  }

  /** RAM to RAM, where no byte that is written is read later on: at one go. */
  private inOne(source: DmaSide | undefined, target: DmaSide | undefined, length: number): boolean {
    for (const side of [source, target])
      if (side !== undefined && (!side.steps || !this.isMemory(side.at))) return false;
    if (source === undefined || target === undefined) return true;
    const ahead = physical(target.at) - physical(source.at);
    return ahead <= 0 || ahead >= length;
  }

  private isMemory(address: number): boolean {
    return !isRegister(address);
  }

  private load(address: number, size: AccessSize): number | undefined {
    if (isRegister(address)) {
      const value = this.bus.read(physical(address), size);
      return this.bus.failed ? undefined : value;
    }
    const bytes = this.buffer.subarray(0, size);
    if (!this.bus.readBlock(physical(address), bytes)) return undefined;
    return size === 4 ? this.words.getUint32(0, true) : bytes[0];
  }

  private store(address: number, size: AccessSize, value: number): void {
    if (isRegister(address)) {
      this.bus.write(physical(address), size, value);
      return;
    }
    this.words.setUint32(0, value, true);
    this.bus.writeBlock(physical(address), this.buffer.subarray(0, size));
  }
}

/** Where the byte `done` of a transfer lies; a side that does not step has its words at one place. */
function step({ at, steps }: DmaSide, done: number): number {
  return steps ? (at + done) >>> 0 : at;
}

/**
 * The physical address space: a map of disjoint ranges of RAM and devices, each 4 KiB page of the low 4 GiB looked up in one table. Owns
 * the marks of pages that hold decoded code. Knows no virtual address and no processor.
 *
 * A word of the page table, for the page `pa >>> 12`:
 *
 *   31            12 11     0
 *   [ host page     |   1   ]  RAM: byte address of the page in the one memory
 *   [ range index   |   2   ]  one device, in whole or in part
 *   [ 0             |   3   ]  several devices, or one that starts inside the page: search the ranges
 *   [ 0             |   0   ]  nothing
 */
import type { AccessSize, Device } from './device.js';
import type { DirtyPages } from './dirty-pages.js';
import { hexAddress, MemoryMapError, sizeText } from './errors.js';
import { PAGE } from './layout.js';
import type { MachineMemory } from './memory.js';
import type { Bus, BusRange, DirectDevice } from './ports.js';

const KIND = 0xfff;
const RAM = 1;
const DEVICE = 2;
const SEARCH = 3;

/** First byte behind the part of the address space that the page table covers. */
const TABLE_END = 0x1_0000_0000;
/** First byte behind the physical address space (40 bits). */
const SPACE_END = 2 ** 40;

interface Range extends BusRange {
  readonly index: number;
  /** RAM: byte address of its first byte in the one memory. */
  readonly offset: number;
  readonly device: Device | undefined;
  readonly direct: DirectDevice | undefined;
  /** Pages of a direct device from which code was decoded, allocated when there is one. */
  code: Uint8Array | undefined;
}

function isDirect(device: Device): device is DirectDevice {
  return 'directPage' in device;
}

export class PhysicalBus implements Bus {
  failed = false;
  onCodeWrite: (pa: number, length: number) => void = () => {};
  onMapChange: (pa: number, length: number) => void = () => {};
  /** Called when the RAM page at byte address `host` of the one memory becomes a code page: direct stores to it must end. */
  onCodeMarked: (host: number) => void = () => {};

  readonly #memory: MachineMemory;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #dirty: DirtyPages;
  readonly #pages = new Int32Array(TABLE_END / PAGE);
  /** By 4 KiB page of the one memory: 1 where code was decoded. */
  readonly #code: Uint8Array;
  /** By index as the page table has it; a removed range leaves a hole. */
  readonly #byIndex: (Range | undefined)[] = [];
  #sorted: Range[] = [];
  /** Whether some memory is mapped at two addresses, so that a store to code must be reported at both. */
  #aliased = false;

  constructor(memory: MachineMemory) {
    this.#memory = memory;
    this.#u8 = memory.u8;
    this.#u16 = memory.u16;
    this.#i32 = memory.i32;
    this.#dirty = memory.dirty;
    this.#code = new Uint8Array(memory.length / PAGE);
  }

  // ---- the map

  /** @throws MemoryMapError 'length' (not whole pages, or outside the machine's memory or the address space) or 'overlap'. */
  mapRam(pa: number, length: number, offset: number): void {
    const what = `RAM at ${hexAddress(pa)}`;
    if (!(length > 0) || length % PAGE !== 0 || pa % PAGE !== 0 || offset % PAGE !== 0) {
      throw new MemoryMapError(
        'length',
        `${what} must start at a page and have whole pages of 4 KiB, not ${sizeText(length)}.`,
      );
    }
    if (offset < 0 || offset + length > this.#memory.length) {
      throw new MemoryMapError('length', `${what} of ${sizeText(length)} reaches beyond the machine's memory.`);
    }
    for (const range of this.#sorted) {
      if (range.kind === 'ram' && range.offset < offset + length && offset < range.offset + range.length)
        this.#aliased = true;
    }
    this.#insert(pa, length, what, offset, undefined);
  }

  /** @throws MemoryMapError 'length' (an empty window, or one that leaves the address space) or 'overlap'. */
  mapDevice(pa: number, device: Device): void {
    const range = this.#insert(pa, device.size, `Device ${device.name} at ${hexAddress(pa)}`, -1, device);
    if (range.direct === undefined) return;
    range.direct.onDirectChange = (offset, length) => this.#directChanged(range, offset, length);
  }

  /** Takes the range that starts at `pa` off the map: the inverse of mapRam and mapDevice. @throws MemoryMapError 'unmapped'. */
  unmap(pa: number): void {
    const range = this.#find(pa);
    if (range === undefined || range.pa !== pa) {
      throw new MemoryMapError('unmapped', `No range of the physical memory map starts at ${hexAddress(pa)}.`);
    }
    this.#sorted = this.#sorted.filter((other) => other !== range);
    this.#byIndex[range.index] = undefined;
    this.#enterPages(range);
    this.#forgetCode(range, 0, range.length);
    this.onMapChange(range.pa, range.length);
  }

  ranges(): readonly BusRange[] {
    return this.#sorted;
  }

  #insert(pa: number, length: number, what: string, offset: number, device: Device | undefined): Range {
    if (!Number.isSafeInteger(length) || length <= 0) {
      throw new MemoryMapError('length', `${what} must have a positive length, not ${length}.`);
    }
    if (!Number.isSafeInteger(pa) || pa < 0 || pa + length > SPACE_END) {
      throw new MemoryMapError(
        'length',
        `${what} of ${sizeText(length)} leaves the physical address space of 40 bits.`,
      );
    }
    const other = this.#sorted.find((range) => range.pa < pa + length && pa < range.pa + range.length);
    if (other !== undefined) {
      const its = `${hexAddress(other.pa)} to ${hexAddress(other.pa + other.length - 1)}`;
      throw new MemoryMapError('overlap', `${what} of ${sizeText(length)} overlaps ${other.name}, which has ${its}.`);
    }
    const range: Range = {
      pa,
      length,
      kind: device === undefined ? 'ram' : 'device',
      name: device === undefined ? 'RAM' : device.name,
      index: this.#byIndex.length,
      offset,
      device,
      direct: device !== undefined && isDirect(device) ? device : undefined,
      code: undefined,
    };
    this.#byIndex.push(range);
    this.#sorted.push(range);
    this.#sorted.sort((a, b) => a.pa - b.pa);
    this.#enterPages(range);
    return range;
  }

  /** Writes the page table's words for the pages that `range` touches, from the ranges as they are now. */
  #enterPages(range: Range): void {
    const mapped = this.#byIndex[range.index] !== undefined;
    const end = Math.min(range.pa + range.length, TABLE_END);
    const firstWhole = Math.ceil(range.pa / PAGE);
    const lastWhole = Math.floor(end / PAGE);
    if (!mapped || range.kind === 'device') this.#pages.fill(mapped ? pageWord(range, 0) : 0, firstWhole, lastWhole);
    else {
      // PERF: for each page of the RAM, and cold: nothing is called, and no private name looked up, on the way (`engine.bench`, start).
      const pages = this.#pages;
      let word = pageWord(range, firstWhole * PAGE);
      for (let page = firstWhole; page < lastWhole; page++, word += PAGE) pages[page] = word;
    }
    // Pages that the range has in part: at its start, and at its end.
    for (const page of new Set([Math.floor(range.pa / PAGE), Math.ceil(end / PAGE) - 1])) {
      if ((page < firstWhole || page >= lastWhole) && page * PAGE < end)
        this.#pages[page] = this.#sharedPage(page * PAGE);
    }
  }

  /** The page table's word for a page that no single range need cover. */
  #sharedPage(start: number): number {
    const here = this.#sorted.filter((other) => other.pa < start + PAGE && start < other.pa + other.length);
    const [only] = here;
    if (only === undefined) return 0;
    return here.length === 1 && only.pa <= start ? pageWord(only, start) : SEARCH;
  }

  #find(pa: number): Range | undefined {
    let low = 0;
    let high = this.#sorted.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const range = this.#sorted[middle];
      if (pa < range.pa) high = middle - 1;
      else if (pa >= range.pa + range.length) low = middle + 1;
      else return range;
    }
    return undefined;
  }

  /** The range that holds `pa`, for everything that is not RAM below 4 GiB. */
  #rangeOf(pa: number): Range | undefined {
    if (pa < TABLE_END) {
      const entry = this.#pages[pa >>> 12];
      if ((entry & KIND) === DEVICE) return this.#byIndex[entry >>> 12];
      if (entry === 0) return undefined;
    }
    return this.#find(pa);
  }

  // ---- single accesses

  /** Zero-extended; a word is an i32. */
  read(pa: number, size: AccessSize): number {
    this.failed = false;
    let host: number;
    const entry = pa < TABLE_END ? this.#pages[pa >>> 12] : 0;
    if ((entry & KIND) === RAM) {
      host = ((entry & ~KIND) | (pa & KIND)) >>> 0;
    } else {
      const range = this.#rangeOf(pa);
      if (range === undefined || pa + size > range.pa + range.length) {
        this.failed = true;
        return 0;
      }
      if (range.device !== undefined) {
        const value = range.device.read(pa - range.pa, size);
        return size === 4 ? value | 0 : size === 2 ? value & 0xffff : value & 0xff;
      }
      host = range.offset + (pa - range.pa);
    }
    return size === 4 ? this.#i32[host >>> 2] : size === 2 ? this.#u16[host >>> 1] : this.#u8[host];
  }

  write(pa: number, size: AccessSize, value: number): void {
    this.failed = false;
    let host: number;
    const entry = pa < TABLE_END ? this.#pages[pa >>> 12] : 0;
    if ((entry & KIND) === RAM) {
      host = ((entry & ~KIND) | (pa & KIND)) >>> 0;
    } else {
      const range = this.#rangeOf(pa);
      if (range === undefined || pa + size > range.pa + range.length) {
        this.failed = true;
        return;
      }
      if (range.device !== undefined) {
        const low = size === 4 ? value >>> 0 : size === 2 ? value & 0xffff : value & 0xff;
        range.device.write(pa - range.pa, size, low);
        return;
      }
      host = range.offset + (pa - range.pa);
    }
    if (size === 4) this.#i32[host >>> 2] = value;
    else if (size === 2) this.#u16[host >>> 1] = value;
    else this.#u8[host] = value;
    this.#dirty.mark(host);
    if (this.#code[host >>> 12] !== 0) this.#codeWritten(pa, host, size);
  }

  directPage(pa: number, write: boolean): number {
    const host = this.#hostPage(pa);
    if (host >= 0) return write && this.#code[host >>> 12] !== 0 ? -1 : host;
    if (write) return -1;
    const range = this.#rangeOf(pa);
    if (range?.direct === undefined || range.pa % PAGE !== 0) return -1;
    const offset = pa - range.pa;
    const page = offset - (offset % PAGE);
    return page + PAGE <= range.length ? range.direct.directPage(page) : -1;
  }

  /** Reads memory that {@link directPage} finds, 2 or 4 bytes within a page, unsigned; -1 where it finds none. Disturbs nothing. */
  peek(pa: number, size: 2 | 4): number {
    const page = this.directPage(pa, false);
    if (page < 0) return -1;
    const host = page + (pa % PAGE);
    return size === 4 ? this.#i32[host >>> 2] >>> 0 : this.#u16[host >>> 1];
  }

  /**
   * Whether the whole page of `pa` is one device.
   * @param direct that is read as memory at times
   */
  isDevicePage(pa: number, direct: boolean): boolean {
    const range = this.#rangeOf(pa);
    if (range?.device === undefined || (range.direct !== undefined) !== direct) return false;
    const start = pa - (pa % PAGE);
    return range.pa <= start && start + PAGE <= range.pa + range.length;
  }

  /** Byte address in the memory of the RAM page that holds `pa`, or -1. */
  #hostPage(pa: number): number {
    if (pa < TABLE_END) {
      const entry = this.#pages[pa >>> 12];
      return (entry & KIND) === RAM ? (entry & ~KIND) >>> 0 : -1;
    }
    const range = this.#find(pa);
    if (range === undefined || range.kind !== 'ram') return -1;
    const offset = pa - range.pa;
    return range.offset + (offset - (offset % PAGE));
  }

  // ---- blocks

  readBlock(pa: number, target: Uint8Array): boolean {
    const end = pa + target.length;
    if (end > SPACE_END) return false;
    for (let at = pa; at < end; at = nextPage(at)) if (this.directPage(at, false) < 0) return false;
    for (let at = pa; at < end; at = nextPage(at)) {
      const host = this.directPage(at, false) + (at % PAGE);
      const length = Math.min(nextPage(at), end) - at;
      target.set(this.#u8.subarray(host, host + length), at - pa);
    }
    return true;
  }

  writeBlock(pa: number, source: Uint8Array): boolean {
    const end = pa + source.length;
    if (end > SPACE_END) return false;
    for (let at = pa; at < end; at = nextPage(at)) if (this.#hostPage(at) < 0) return false;
    for (let at = pa; at < end; at = nextPage(at)) {
      const host = this.#hostPage(at) + (at % PAGE);
      const length = Math.min(nextPage(at), end) - at;
      this.#u8.set(source.subarray(at - pa, at - pa + length), host);
      this.#dirty.mark(host);
      if (this.#code[host >>> 12] !== 0) this.#codeWritten(at, host, length);
    }
    return true;
  }

  // ---- code pages

  markCode(pa: number): void {
    const host = this.#hostPage(pa);
    if (host >= 0) {
      if (this.#code[host >>> 12] !== 0) return;
      this.#code[host >>> 12] = 1;
      this.onCodeMarked(host);
      return;
    }
    const range = this.#rangeOf(pa);
    if (range?.direct === undefined) return;
    range.code ??= new Uint8Array(Math.ceil(range.length / PAGE));
    range.code[Math.floor((pa - range.pa) / PAGE)] = 1;
  }

  /** Whether stores to the page of `pa` are reported. */
  isCode(pa: number): boolean {
    const host = this.#hostPage(pa);
    if (host >= 0) return this.#code[host >>> 12] !== 0;
    const range = this.#rangeOf(pa);
    return range?.code !== undefined && range.code[Math.floor((pa - range.pa) / PAGE)] !== 0;
  }

  /** The inverse of markCode, for whoever knows that nothing decoded or analysed of the page is left. */
  unmarkCode(pa: number): void {
    const host = this.#hostPage(pa);
    if (host >= 0) {
      this.#code[host >>> 12] = 0;
      return;
    }
    const range = this.#rangeOf(pa);
    if (range?.code !== undefined) range.code[Math.floor((pa - range.pa) / PAGE)] = 0;
  }

  /** Forgets all marks: everything decoded and analysed has been dropped (a snapshot was restored). */
  clearCodeMarks(): void {
    this.#code.fill(0);
    for (const range of this.#sorted) range.code = undefined;
  }

  #codeWritten(pa: number, host: number, length: number): void {
    if (!this.#aliased) {
      this.onCodeWrite(pa, length);
      return;
    }
    for (const range of this.#sorted) {
      if (range.kind !== 'ram' || host < range.offset || host >= range.offset + range.length) continue;
      this.onCodeWrite(range.pa + (host - range.offset), length);
    }
  }

  #directChanged(range: Range, offset: number, length: number): void {
    this.#forgetCode(range, offset, length);
    this.onMapChange(range.pa + offset, length);
  }

  /** Reports the marked pages of `[offset, offset + length)` of a range as changed throughout, and unmarks them. */
  #forgetCode(range: Range, offset: number, length: number): void {
    const end = offset + length;
    for (let at = offset - (offset % PAGE); at < end; at += PAGE) {
      const code = range.kind === 'ram' ? this.#code : range.code;
      if (code === undefined) return;
      const page = Math.floor((range.kind === 'ram' ? range.offset + at : at) / PAGE);
      if (code[page] === 0) continue;
      code[page] = 0;
      this.onCodeWrite(range.pa + at, PAGE);
    }
  }
}

function pageWord(range: Range, start: number): number {
  return range.kind === 'ram' ? (range.offset + (start - range.pa)) | RAM : (range.index << 12) | DEVICE;
}

function nextPage(pa: number): number {
  return pa - (pa % PAGE) + PAGE;
}

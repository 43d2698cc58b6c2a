/**
 * Data accesses of the processor at any size, alignment and byte order: what the inline TLB cannot serve, and the whole of the reference's
 * accesses. Transcribes MemU, MemA and their unprivileged forms (DDI 0406C B2.4.5) down to the bus. Knows no instruction and takes no
 * exception: a refused access leaves a fault record.
 */
import { Cp15, SCTLR_A, SCTLR_U } from '../arm/cp15.js';
import { AccessFlag, ALIGNMENT_SHIFT } from '../arm/engine-port.js';
import { FaultType } from '../arm/exceptions.js';
import { Psr } from '../arm/modes.js';
import { Word } from '../arm/state.js';
import type { PhysicalBus } from './bus.js';
import { PAGE, TLB_TABLE_BYTES } from './layout.js';
import { TLB_DEVICE, type CpuMemory } from './memory.js';
import type { Mmu } from './mmu.js';
import { Access } from './ports.js';
import { noFault, type MemoryView } from './view.js';
import { reverseWord } from './walk.js';

const TABLE_WORDS = TLB_TABLE_BYTES / 4;

/**
 * The processor's data memory, with its current rights or those of PL0 (AccessFlag.unprivileged).
 * @unpredictable an unaligned access to Device or Strongly-ordered memory, without Virtualization Extensions: as to Normal memory, byte by byte.
 */
export class DataAccess implements MemoryView {
  readonly fault = noFault();

  readonly #mmu: Mmu;
  readonly #bus: PhysicalBus;
  readonly #state: Int32Array;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #context: number | undefined;
  /** Whether the TLB bank in use may serve the processor's own accesses. */
  readonly #direct: boolean;

  /** Where the first and the last byte of an access lie: a byte address in the memory, or -1 and a physical address. */
  #firstHost = -1;
  #firstPa = 0;
  #lastHost = -1;
  #lastPa = 0;
  #asking = -1;

  /** @param context the fetch context whose view of memory this is; by default whichever is in use. */
  constructor(memory: CpuMemory, mmu: Mmu, bus: PhysicalBus, context?: number) {
    this.#mmu = mmu;
    this.#bus = bus;
    this.#state = memory.state;
    this.#u8 = memory.u8;
    this.#u16 = memory.u16;
    this.#i32 = memory.i32;
    this.#context = context;
    this.#direct = context === undefined && memory.inlineTables;
  }

  /** Virtual address (u32) of the aligned access with which the bus is being asked; -1 where it is asked byte by byte, or is not asked at all. */
  get asking(): number {
    return this.#asking;
  }

  load(va: number, size: 1 | 2 | 4, flags: number): number {
    if (this.#direct && (flags & AccessFlag.unprivileged) === 0) {
      const addend = this.#i32[(this.#state[Word.TLB_BANK] >>> 2) + (va >>> 12)];
      if ((addend & 1) === 0 && this.#inPage(va, size, flags)) {
        this.fault.type = FaultType.None;
        return extend(this.#loadHost((va + addend) >>> 0, size), size, flags);
      }
      if (isDevice(addend) && isAligned(va, size, flags)) return this.#loadDevice(va, addend, size, flags);
    }
    if ((va & (size - 1)) !== 0 && this.#rotates()) return this.#loadRotated(va, size, flags);
    if (!this.#locate(va >>> 0, size, flags, false)) return 0;
    const value = this.#loadLocated(va >>> 0, size);
    if (this.fault.type !== FaultType.None) return 0;
    return extend(this.#bigEndian() ? reverse(value, size) : value, size, flags);
  }

  store(va: number, size: 1 | 2 | 4, value: number, flags: number): void {
    if (this.#direct && (flags & AccessFlag.unprivileged) === 0) {
      const addend = this.#i32[(this.#state[Word.TLB_BANK] >>> 2) + TABLE_WORDS + (va >>> 12)];
      if ((addend & 1) === 0 && this.#inPage(va, size, flags)) {
        this.fault.type = FaultType.None;
        this.#storeHost((va + addend) >>> 0, size, value);
        return;
      }
      if (isDevice(addend) && isAligned(va, size, flags)) return this.#storeDevice(va, addend, size, value);
    }
    if ((va & (size - 1)) !== 0 && this.#rotates()) return this.store(va & -size, size, value, flags);
    if (!this.#locate(va >>> 0, size, flags, true)) return;
    this.#storeLocated(va >>> 0, size, this.#bigEndian() ? reverse(value, size) : value);
  }

  /**
   * An aligned access to a page that a TLB word says to be a device's.
   * PERF: translating, and finding out that there is no memory, took longer than all else (device read and write of `engine.bench`).
   */
  #loadDevice(va: number, word: number, size: 1 | 2 | 4, flags: number): number {
    this.fault.type = FaultType.None;
    const value = this.#read(va >>> 0, deviceAddress(va, word), size);
    return this.fault.type === FaultType.None ? extend(value, size, flags) : 0;
  }

  #storeDevice(va: number, word: number, size: 1 | 2 | 4, value: number): void {
    this.fault.type = FaultType.None;
    this.#write(va >>> 0, deviceAddress(va, word), size, value);
  }

  /** An aligned access to the bus, as far as that answers. */
  #read(va: number, pa: number, size: 1 | 2 | 4): number {
    this.#asking = va;
    const value = this.#bus.read(pa, size);
    this.#asking = -1;
    if (this.#bus.failed) this.#refuse(FaultType.External, 0, 0, va, false);
    return value;
  }

  #write(va: number, pa: number, size: 1 | 2 | 4, value: number): void {
    this.#asking = va;
    this.#bus.write(pa, size, value);
    this.#asking = -1;
    if (this.#bus.failed) this.#refuse(FaultType.External, 0, 0, va, true);
  }

  /** Whether an access lies on one page and is aligned as far as it must be. */
  #inPage(va: number, size: number, flags: number): boolean {
    if (isMisaligned(va, flags)) return false;
    return (va & (size - 1)) === 0 || ((va & 0xfff) + size <= 4096 && !this.#mustBeAligned(flags));
  }

  /** ARMv6 with SCTLR.U and A clear: low bits of an address do not select bytes (DDI 0301H 4.2). */
  #rotates(): boolean {
    return this.#mmu.armv6 && (this.#state[Cp15.SCTLR] & (SCTLR_U | SCTLR_A)) === 0;
  }

  /**
   * A word is loaded from its aligned address and rotated; several words are not.
   * @unpredictable a halfword at an odd address, with SCTLR.U clear: the aligned one.
   */
  #loadRotated(va: number, size: 1 | 2 | 4, flags: number): number {
    const value = this.load(va & -size, size, flags);
    if (size !== 4 || (flags & AccessFlag.aligned) !== 0) return value;
    const by = 8 * (va & 3);
    return (value >>> by) | (value << (32 - by));
  }

  /** Whether an unaligned access goes another way than byte by byte: refused, or rotated. */
  #mustBeAligned(flags: number): boolean {
    return (flags & AccessFlag.aligned) !== 0 || (this.#state[Cp15.SCTLR] & SCTLR_A) !== 0 || this.#rotates();
  }

  #bigEndian(): boolean {
    return (this.#state[Word.PSR] & Psr.E) !== 0;
  }

  /** Checks alignment, translates first and last byte, asks for watchpoints. False with the fault record set if the access is refused. */
  #locate(va: number, size: number, flags: number, write: boolean): boolean {
    this.fault.type = FaultType.None;
    if (isMisaligned(va, flags) || ((va & (size - 1)) !== 0 && this.#mustBeAligned(flags))) {
      return this.#refuse(FaultType.Alignment, 0, 0, va, write);
    }
    const privileged = (flags & AccessFlag.unprivileged) === 0 && this.#mmu.privileged();
    const offset = va & 0xfff;
    if (offset + size <= 4096) {
      if (!this.#translate(va, privileged, write)) return false;
      this.#firstHost = this.#lastHost;
      this.#firstPa = this.#lastPa;
      return this.#unwatched(va, size, flags, write);
    }
    if (!this.#translate(va, privileged, write)) return false;
    const host = this.#lastHost;
    const pa = this.#lastPa;
    if (!this.#translate((va - offset + 4096) >>> 0, privileged, write)) return false;
    this.#firstHost = host;
    this.#firstPa = pa;
    return this.#unwatched(va, size, flags, write);
  }

  /** Whether an access that may be made has no debug event: one that faults has none. */
  #unwatched(va: number, size: number, flags: number, write: boolean): boolean {
    const { watch } = this.#mmu;
    if (watch === undefined) return true;
    const hit = watch.hit(va, size, write, (flags & AccessFlag.unprivileged) !== 0);
    return hit < 0 || this.#refuse(FaultType.Debug, 0, 0, hit, write);
  }

  /** Translates one page's part of an access, into `#lastHost` and `#lastPa`. */
  #translate(va: number, privileged: boolean, write: boolean): boolean {
    const outcome = this.#mmu.access(va, write ? Access.write : Access.read, privileged, this.#context);
    if (outcome.fault !== FaultType.None) return this.#refuse(outcome.fault, outcome.level, outcome.domain, va, write);
    this.#lastPa = outcome.pa;
    const page = this.#mmu.direct(va, outcome.pa, write, privileged, this.#context);
    this.#lastHost = page < 0 ? -1 : page + (va & 0xfff);
    return true;
  }

  #refuse(type: number, level: number, domain: number, address: number, write: boolean): false {
    const { fault } = this;
    fault.type = type;
    fault.level = level;
    fault.domain = domain;
    fault.address = address;
    fault.write = write;
    return false;
  }

  #loadLocated(va: number, size: 1 | 2 | 4): number {
    const head = 4096 - (va & 0xfff);
    if (head >= size && this.#firstHost >= 0) return this.#loadHost(this.#firstHost, size);
    if ((va & (size - 1)) === 0) return this.#read(va, this.#firstPa, size);
    let value = 0;
    for (let i = 0; i < size; i++) {
      const host = i < head ? this.#firstHost : this.#lastHost;
      const within = i < head ? i : i - head;
      let byte: number;
      if (host >= 0) {
        byte = this.#u8[host + within];
      } else {
        byte = this.#bus.read((i < head ? this.#firstPa : this.#lastPa) + within, 1);
        if (this.#bus.failed) this.#refuse(FaultType.External, 0, 0, (va + i) >>> 0, false);
      }
      if (this.fault.type !== FaultType.None) return 0;
      value |= byte << (8 * i);
    }
    return value;
  }

  /**
   * Bytes in ascending order. Translation has allowed all of them; an external abort on a later byte leaves the earlier ones stored, as it
   * does on a real bus.
   */
  #storeLocated(va: number, size: 1 | 2 | 4, value: number): void {
    const head = 4096 - (va & 0xfff);
    if (head >= size && this.#firstHost >= 0) return this.#storeHost(this.#firstHost, size, value);
    if ((va & (size - 1)) === 0) return this.#write(va, this.#firstPa, size, value);
    for (let i = 0; i < size; i++) {
      const host = i < head ? this.#firstHost : this.#lastHost;
      const within = i < head ? i : i - head;
      const byte = (value >>> (8 * i)) & 0xff;
      if (host >= 0) {
        this.#u8[host + within] = byte;
      } else {
        this.#bus.write((i < head ? this.#firstPa : this.#lastPa) + within, 1, byte);
        if (this.#bus.failed) {
          this.#refuse(FaultType.External, 0, 0, (va + i) >>> 0, true);
          return;
        }
      }
    }
  }

  /** Memory's own bytes, at any alignment within a page. */
  #loadHost(host: number, size: number): number {
    const u8 = this.#u8;
    if ((host & (size - 1)) === 0) {
      return size === 4 ? this.#i32[host >>> 2] : size === 2 ? this.#u16[host >>> 1] : u8[host];
    }
    const half = u8[host] | (u8[host + 1] << 8);
    return size === 2 ? half : half | (u8[host + 2] << 16) | (u8[host + 3] << 24);
  }

  #storeHost(host: number, size: number, value: number): void {
    const u8 = this.#u8;
    if ((host & (size - 1)) === 0) {
      if (size === 4) this.#i32[host >>> 2] = value;
      else if (size === 2) this.#u16[host >>> 1] = value;
      else u8[host] = value;
      return;
    }
    u8[host] = value;
    u8[host + 1] = value >>> 8;
    if (size === 2) return;
    u8[host + 2] = value >>> 16;
    u8[host + 3] = value >>> 24;
  }
}

/** Whether an address has not the alignment that the instruction itself asks for. */
function isMisaligned(va: number, flags: number): boolean {
  return (va & ((1 << (flags >>> ALIGNMENT_SHIFT)) - 1)) !== 0;
}

/** Whether a TLB word names a device's page, and the physical address (u32) of an address in it. */
function isDevice(word: number): boolean {
  return (word & TLB_DEVICE) === TLB_DEVICE;
}

function deviceAddress(va: number, word: number): number {
  return ((word & -PAGE) | (va & (PAGE - 1))) >>> 0;
}

/** Whether an access is aligned to its size, and as the instruction itself asks for. */
function isAligned(va: number, size: number, flags: number): boolean {
  return (va & (size - 1)) === 0 && !isMisaligned(va, flags);
}

/** The low `size` bytes of `value` in the other order, zero-extended. */
function reverse(value: number, size: number): number {
  return size === 4 ? reverseWord(value) : size === 2 ? ((value << 8) & 0xff00) | ((value >>> 8) & 0xff) : value;
}

function extend(value: number, size: number, flags: number): number {
  if ((flags & AccessFlag.signed) === 0) return value;
  return size === 2 ? (value << 16) >> 16 : size === 1 ? (value << 24) >> 24 : value;
}

/**
 * Creation of the one WebAssembly.Memory and the handing out of guest memories in it. Owns the views over it; knows the byte map of
 * layout.ts, nothing of what lies in it. The memory has its final size from the start, so that no view ever goes stale.
 */
import { VECTOR_WORDS, Word } from '../arm/state.js';
import { DirtyPages } from './dirty-pages.js';
import { MemoryMapError, sizeText } from './errors.js';
import { GUEST_MEMORY, STATE_BASE, STATE_BYTES, VIRTUAL_STATE_BASE } from './layout.js';

const WASM_PAGE = 0x1_0000;
/** Bytes that 32-bit WebAssembly can address. */
const WASM_LIMIT = 0x1_0000_0000;

/** A TLB word that matches no access: low bit set. */
export const TLB_INVALID = 1;
/** One that matches none either, and has the physical address of a device's page above its low 12 bits. */
export const TLB_DEVICE = TLB_INVALID | 2;

/** One guest memory: RAM, a flash's contents. */
export interface GuestMemory {
  readonly name: string;
  /** Byte address of its first byte in the one memory, a multiple of 64 KiB. */
  readonly offset: number;
  /** Size in bytes as requested. */
  readonly length: number;
}

/** What a processor and its MMU see of the one memory: the views, and where their own state lies in it. */
export interface CpuMemory {
  readonly memory: WebAssembly.Memory;
  readonly buffer: ArrayBuffer;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly length: number;
  /** The state block: `state[Word.PC]` and so on. */
  readonly state: Int32Array;
  /** The vector block: `vectors[n]` is state word Word.V + n. */
  readonly vectors: Int32Array;
  /** What was written of the memory, by whoever it was. */
  readonly dirty: DirtyPages;
  /** Whether this processor's translations go to the tables that engines read inline. Only one processor's may. */
  readonly inlineTables: boolean;
}

/** The one memory and its views. */
export class MachineMemory implements CpuMemory {
  readonly inlineTables = true;
  readonly memory: WebAssembly.Memory;
  readonly buffer: ArrayBuffer;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  /** The state block: `state[Word.PC]` and so on. */
  readonly state: Int32Array;
  readonly vectors: Int32Array;
  readonly dirty: DirtyPages;
  /** Size of the whole in bytes. */
  readonly length: number;
  readonly #guests: GuestMemory[] = [];
  #next = GUEST_MEMORY;

  /**
   * Creates the memory with room for guest memories of these sizes (bytes), to be taken by {@link allocate} in any order whose sum fits.
   * @throws MemoryMapError ('length' for a size that is not a positive whole number, 'memory' if it cannot be had).
   */
  constructor(guestSizes: readonly number[]) {
    let length = GUEST_MEMORY;
    for (const size of guestSizes) {
      checkSize('A guest memory', size);
      length += roundUp(size);
    }
    if (length > WASM_LIMIT) {
      const most = sizeText(WASM_LIMIT - GUEST_MEMORY);
      throw new MemoryMapError(
        'memory',
        `The guest's memories need ${sizeText(length - GUEST_MEMORY)} together; a machine has room for ${most}: choose a smaller memory size.`,
      );
    }
    const pages = length / WASM_PAGE;
    try {
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch {
      throw new MemoryMapError(
        'memory',
        `The host could not provide ${sizeText(length)} of memory: choose a smaller memory size.`,
      );
    }
    this.buffer = this.memory.buffer;
    this.length = length;
    this.dirty = new DirtyPages(length);
    this.u8 = new Uint8Array(this.buffer);
    this.u16 = new Uint16Array(this.buffer);
    this.i32 = new Int32Array(this.buffer);
    this.u32 = new Uint32Array(this.buffer);
    this.state = new Int32Array(this.buffer, STATE_BASE, STATE_BYTES / 4);
    this.vectors = this.state.subarray(Word.V, Word.V + VECTOR_WORDS);
  }

  /** Takes the next `length` bytes, zero-filled, at a multiple of 64 KiB. @throws MemoryMapError if the machine was created with less. */
  allocate(name: string, length: number): GuestMemory {
    checkSize(`The memory '${name}'`, length);
    if (this.#next + roundUp(length) > this.length) {
      throw new MemoryMapError(
        'memory',
        `The memory '${name}' of ${sizeText(length)} does not fit: ${sizeText(this.length - this.#next)} of the machine's memory are left.`,
      );
    }
    const guest: GuestMemory = { name, offset: this.#next, length };
    this.#next += roundUp(length);
    this.#guests.push(guest);
    return guest;
  }

  /** The memory as a VMM's virtual CPU sees it: with a state block of its own but for the vector block, and no part in the engines' tables. */
  forVirtualCpu(): CpuMemory {
    const { memory, buffer, u8, u16, i32, length, vectors, dirty } = this;
    const state = new Int32Array(buffer, VIRTUAL_STATE_BASE, STATE_BYTES / 4);
    return { memory, buffer, u8, u16, i32, length, state, vectors, dirty, inlineTables: false };
  }

  /** The guest memories, in the order of their allocation. */
  get guests(): readonly GuestMemory[] {
    return this.#guests;
  }

  /** The bytes of a guest memory, live: to be looked at. Who writes there tells {@link dirty}. */
  bytes(guest: GuestMemory): Uint8Array {
    return this.u8.subarray(guest.offset, guest.offset + guest.length);
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / WASM_PAGE) * WASM_PAGE;
}

function checkSize(what: string, size: number): void {
  if (!Number.isSafeInteger(size) || size <= 0) {
    throw new MemoryMapError('length', `${what} must be a positive whole number of bytes, not ${size}.`);
  }
}

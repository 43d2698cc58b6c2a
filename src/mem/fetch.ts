/**
 * Instruction fetch, for every engine: translation, the question to the block admission, the overlay, the word itself, and the mark on the
 * page it came from. Decodes nothing beyond the length of a Thumb instruction, and takes no exception.
 */
import type { BlockAdmission } from '../arm/engine.js';
import { PatchKind } from '../arm/engine.js';
import { FaultType } from '../arm/exceptions.js';
import { Word } from '../arm/state.js';
import type { PhysicalBus } from './bus.js';
import { PAGE } from './layout.js';
import type { CpuMemory } from './memory.js';
import type { Mmu } from './mmu.js';
import type { Overlay, Patch } from './ports.js';

/** Outcome of a fetch, one reused object: read it before fetching again. */
export interface Fetched {
  /** FaultType of a prefetch abort, 0 for none. */
  fault: number;
  level: number;
  domain: number;
  /** The address that could not be fetched (IFAR), u32: of the second halfword where only that one could not. */
  faultAddress: number;
  /** Physical address of the first byte (up to 2^40). */
  pa: number;
  /** The word to execute, as the table has it (i32): memory's, or the planted one. */
  word: number;
  /** Its length in bytes. */
  length: number;
  /** The patch at this address, whatever its kind: a counted one executes memory's word, and the engine counts. */
  patch: Patch | undefined;
  /** The instruction lies on two pages: what was decoded depends on both, and on both translations. */
  crossesPage: boolean;
  /** Then: the physical address of its second halfword. */
  secondPa: number;
  /** The page's subpages have rights of their own: fetch each instruction anew each time. */
  divided: boolean;
}

export class FetchUnit {
  /**
   * Bytes of the Thumb instruction of two halfwords (DDI 0406C A6.1), `second` being -1 where the page ends between them: a matter of the
   * processor, before ARMv6T2.
   */
  thumbLength: (first: number, second: number) => 2 | 4 = (first) => (first >>> 11 >= 0b11101 ? 4 : 2);
  /** Asked before every fetch, if set. */
  admission: BlockAdmission | undefined;

  readonly #mmu: Mmu;
  readonly #bus: PhysicalBus;
  readonly #overlay: Overlay;
  readonly #state: Int32Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #fetched: Fetched = {
    fault: 0,
    level: 0,
    domain: 0,
    faultAddress: 0,
    pa: 0,
    word: 0,
    length: 4,
    patch: undefined,
    crossesPage: false,
    secondPa: 0,
    divided: false,
  };

  constructor(memory: CpuMemory, mmu: Mmu, bus: PhysicalBus, overlay: Overlay) {
    this.#mmu = mmu;
    this.#bus = bus;
    this.#overlay = overlay;
    this.#state = memory.state;
    this.#u16 = memory.u16;
    this.#i32 = memory.i32;
  }

  /**
   * Translates `va` for a fetch and checks that memory answers there. The result has `pa` and `divided`, or a fault; it has no word.
   * Instructions are fetched from memory only. @deviates executing from device space is an external abort.
   */
  translate(va: number): Fetched {
    this.#locate(va >>> 0);
    return this.#fetched;
  }

  /** The patch of the instruction whose first byte is at `pa`, if there is one. */
  patch(pa: number, thumb: number, context: number): Patch | undefined {
    return this.#overlay.size === 0 ? undefined : this.#overlay.lookup(pa, thumb, context);
  }

  /** Byte address in the memory of the page at `pa`, from which instructions are fetched directly; -1 if they are not. */
  hostPage(pa: number): number {
    return this.#bus.directPage(pa, false);
  }

  /** Whether the page of the latest translation has subpages with rights of their own: see {@link Fetched.divided}. */
  get divided(): boolean {
    return this.#fetched.divided;
  }

  /**
   * Fetches the instruction at `va` (aligned for the current state) with the current rights, in the current context.
   * What it returns may be kept until the page changes, the translation goes or the overlay changes; not if `divided`, and of two pages if `crossesPage`.
   */
  fetch(va: number): Fetched {
    const out = this.#fetched;
    out.patch = undefined;
    out.crossesPage = false;
    const address = va >>> 0;
    const host = this.#locate(address);
    if (host < 0) return out;
    const { pa } = out;
    const thumb = this.#state[Word.T];
    // Before the word is read: from now on a store here is noticed.
    this.#bus.markCode(pa);
    if (thumb === 0) {
      out.length = 4;
      this.#admit(address, pa, 0);
      out.word = this.#i32[host >>> 2];
    } else {
      const atEnd = (address & 0xfff) === 0xffe;
      const crossing = atEnd && this.thumbLength(this.#u16[host >>> 1], -1) === 4;
      if (crossing) {
        out.crossesPage = true;
        const second = this.#locate((address + 2) >>> 0);
        if (second < 0) return out;
        this.#bus.markCode(out.pa);
        out.secondPa = out.pa;
        out.pa = pa;
        this.#admit(address, pa, 1);
        out.length = 4;
        out.word = (this.#u16[host >>> 1] << 16) | this.#u16[second >>> 1];
      } else {
        this.#admit(address, pa, 1);
        const first = this.#u16[host >>> 1];
        const second = atEnd ? -1 : this.#u16[(host + 2) >>> 1];
        out.length = this.thumbLength(first, second);
        out.word = out.length === 2 ? first : (first << 16) | second;
      }
    }
    this.#overlayWord(out, thumb);
    return out;
  }

  /**
   * The instruction at `va`, which an engine is executing: {@link fetch} of what was fetched before, admitted, and is no planted trap.
   * PERF: without the questions that have been answered then (data aborts of `exits.bench`).
   */
  executing(va: number): Fetched {
    const out = this.#fetched;
    const address = va >>> 0;
    if ((address & 0xfff) === 0xffe) return this.fetch(va);
    const host = this.#locate(address);
    if (host < 0) return out;
    out.patch = undefined;
    out.crossesPage = false;
    if (this.#state[Word.T] === 0) {
      out.length = 4;
      out.word = this.#i32[host >>> 2];
      return out;
    }
    const first = this.#u16[host >>> 1];
    const second = this.#u16[(host + 2) >>> 1];
    out.length = this.thumbLength(first, second);
    out.word = out.length === 2 ? first : (first << 16) | second;
    return out;
  }

  #admit(va: number, pa: number, thumb: number): void {
    this.admission?.admit(va, pa, thumb, this.#state[Word.CONTEXT]);
  }

  #overlayWord(out: Fetched, thumb: number): void {
    if (this.#overlay.size === 0) return;
    const patch = this.#overlay.lookup(out.pa, thumb, this.#state[Word.CONTEXT]);
    out.patch = patch;
    if (patch === undefined || patch.kind !== PatchKind.trap) return;
    out.word = patch.planted;
    out.length = patch.length;
  }

  /** Byte address in the memory of what `va` executes, or -1 with the fault in the result. Sets `pa`. */
  #locate(va: number): number {
    const out = this.#fetched;
    const outcome = this.#mmu.fetch(va);
    if (outcome.fault !== FaultType.None) {
      out.fault = outcome.fault;
      out.level = outcome.level;
      out.domain = outcome.domain;
      out.faultAddress = va;
      return -1;
    }
    out.pa = outcome.pa;
    out.divided = outcome.size < PAGE;
    const page = this.#bus.directPage(outcome.pa, false);
    out.fault = page < 0 ? FaultType.External : FaultType.None;
    out.level = 0;
    out.domain = 0;
    out.faultAddress = va;
    return page < 0 ? -1 : page + (va & 0xfff);
  }
}

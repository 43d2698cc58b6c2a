/**
 * The interfaces that mem offers to the layers above it: the physical bus, address translation, the fetch overlay. Implementations lie
 * beside this file; engines and the VMM are written against these.
 */
import type { ShortForm } from '../arm/engine-port.js';
import type { PatchKindValue } from '../arm/engine.js';
import type { Device, PhysicalMemory } from './device.js';

/** What kind of access an address is translated for. */
export const Access = { read: 0, write: 1, fetch: 2 } as const;
export type AccessKind = (typeof Access)[keyof typeof Access];

/** Outcome of a bus access that found nothing: an external abort. Returned instead of thrown. */
export interface Bus extends PhysicalMemory {
  /** Set by `read` and `write`: true if nothing answered at that address (synchronous external abort). */
  readonly failed: boolean;
  /** Reads `size` bytes (naturally aligned, little-endian), zero-extended; a word is an i32. Devices answer at their width. Addresses are never negative. */
  read(pa: number, size: 1 | 2 | 4): number;
  write(pa: number, size: 1 | 2 | 4, value: number): void;
  /** Byte address in the memory of the 4 KiB page that holds `pa`, if loads (or stores) may go there directly; else -1. Stores to code never may. */
  directPage(pa: number, write: boolean): number;
  /** Maps `length` bytes of RAM that lie at byte `offset` of the memory. Ranges are disjoint: overlap and bad length are UserErrors. */
  mapRam(pa: number, length: number, offset: number): void;
  /** Maps a device's window. A device that is {@link DirectDevice} lets loads through directly where it says so. */
  mapDevice(pa: number, device: Device): void;
  /** The ranges, ascending, for the memory view and error messages. */
  ranges(): readonly BusRange[];
  /** Marks the page of `pa` as holding decoded or analysed code: stores there are reported to `onCodeWrite`. */
  markCode(pa: number): void;
  /** Called after any write (CPU, DMA, debugger) to a page marked as code, and when direct mapping of a range changes (flash modes). */
  onCodeWrite: (pa: number, length: number) => void;
  /** Called when direct access to `[pa, pa + length)` changed, so that TLB entries to it must go. */
  onMapChange: (pa: number, length: number) => void;
}

export interface BusRange {
  readonly pa: number;
  readonly length: number;
  readonly kind: 'ram' | 'device';
  readonly name: string;
}

/** A device whose contents may be read as memory (a flash in read-array mode). */
export interface DirectDevice extends Device {
  /**
   * Byte address in the memory of the 4 KiB page at `offset`, or -1 while reads must come to the device: nobody keeps that answer, but asks again.
   * Stores always come to the device.
   */
  directPage(offset: number): number;
  /** The bus sets this; the device calls it when an address that `directPage` gave for `[offset, offset + length)` holds no longer. */
  onDirectChange: (offset: number, length: number) => void;
}

/** Result of a translation, one reused object: read it before translating again. */
export interface Translation {
  /** Physical address (up to 2^40), meaningful if `fault` is 0. */
  pa: number;
  /** FaultType of arm/exceptions.ts, 0 for none. */
  fault: number;
  /** Level of the walk at which it faulted or ended (0 with the MMU off). */
  level: number;
  domain: number;
  /** Rights at this address, its domain considered, as bits: see {@link Right}. */
  rights: number;
  /** Of an access: the leaf's own rights, whatever its domain leaves of them. */
  leafRights: number;
  /** Memory attributes: in the short format at their places in PAR (NOS, SH, Inner, Outer); in the long one the MAIR byte in bits 7:0, SH in 9:8. */
  attributes: number;
  /** Bytes that the leaf maps: 4 KiB, 64 KiB, 1 MiB, 2 MiB, 16 MiB, 1 GiB; 4 KiB with the MMU off; 1 KiB of a page whose subpages differ in rights. */
  size: number;
  /** nG: the mapping belongs to the current ASID. */
  notGlobal: boolean;
}

/** Hears of what is no longer to be relied on, to drop what it derived from translations. */
export interface TranslationListener {
  /** All translations; registers may have changed, too. */
  allForgotten(): void;
  /** That of a modified virtual address and the others of its leaf: in one address space and where it is global, or in every one. */
  addressForgotten(mva: number, asid: number | undefined): void;
  /** Those of an address space, global ones not among them. */
  asidForgotten(asid: number): void;
  /** Nothing by itself, but other translations hold from now on: the registers changed that say where the tables are and how they are read. */
  spaceChanged(): void;
}

export const Right = { readPL1: 1, writePL1: 2, readPL0: 4, writePL0: 8, executePL1: 16, executePL0: 32 } as const;

/** Looks at data accesses before they are made: the watchpoints of a processor. */
export interface AccessWatch {
  /** Whether each access to a page (virtual address / 4096) is to be looked at. */
  watchesPage(page: number): boolean;
  /** The first watched byte (address, u32) of an access of `size` bytes at `va` (u32) if it has a debug event, else -1. */
  hit(va: number, size: number, write: boolean, unprivileged: boolean): number;
}

/** A patched instruction. */
export interface Patch {
  readonly pa: number;
  readonly thumb: number;
  readonly context: number;
  /** Length in bytes of the instruction, original and planted alike. */
  readonly length: number;
  /** Words as the table has them (a T32 word has its first halfword in the high half). */
  readonly original: number;
  readonly planted: number;
  readonly kind: PatchKindValue;
  /**
   * Does what the instruction at PC would, its condition having passed: PC, ITSTATE and all registers are in the state block; afterwards they are where
   * execution goes on. Of PatchKind.inlined engines call it instead; of PatchKind.trap they may, if it is there, instead of having the planted word
   * executed.
   * PERF: who planted a trap is not told by an exception then, and need not find out that it is his (sites of level 1, `exits.bench`: 250 ns, and 175 so).
   */
  readonly arbitrate?: () => void;
  /** For PatchKind.inlined: what engines may execute instead of `arbitrate`, which comes to the same where it does not give up. */
  readonly shortForm?: ShortForm;
  /** Told how often engines did that (flushed as counts are). */
  readonly executed?: (times: number) => void;
  /** For PatchKind.counted: executions so far are accumulated here by engines (flushed when slots are dropped or on request). */
  count: number;
}

/** The fetch overlay: which instructions are executed instead of memory's content. Keyed by physical address, state, fetch context. */
export interface Overlay {
  lookup(pa: number, thumb: number, context: number): Patch | undefined;
  install(patch: Patch): void;
  /** Removes a patch; the inverse of install. */
  remove(pa: number, thumb: number, context: number): void;
  /** All patches whose first byte lies in the page of `pa`. */
  inPage(pa: number): readonly Patch[];
  readonly size: number;
  /** Called by install and remove, so that decoded slots go. */
  onChange: (pa: number, length: number) => void;
}

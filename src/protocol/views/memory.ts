/** What the panel "Memory" asks and is told. */
import type { SpaceInfo } from './mmu.js';

/** Whose rights decide what is shown of a virtual space: nobody's, or those of a level. */
export type RightsOf = 'nobody' | 'PL1' | 'PL0';

export interface MemoryPlace {
  /** `physical`, `machine`, or the id of a virtual address space. */
  readonly space: string;
  readonly rights: RightsOf;
}

export interface MemorySpace extends SpaceInfo {
  readonly kind: 'physical' | 'virtual';
  /** One behind its last address. */
  readonly end: number;
}

/** A stretch of physical memory that there is. */
export interface MemoryRegion {
  readonly space: string;
  readonly name: string;
  readonly kind: 'ram' | 'flash' | 'device' | 'nothing' | 'monitor';
  readonly address: number;
  readonly length: number;
}

export interface MemoryMap {
  readonly spaces: readonly MemorySpace[];
  readonly regions: readonly MemoryRegion[];
}

export interface MemoryPiece {
  readonly address: number;
  readonly length: number;
  /** `bytes` can be read and written. `fixed`: read only, since it is the monitor's own. All else has no bytes here. */
  readonly kind: 'bytes' | 'fixed' | 'device' | 'nothing' | 'unmapped' | 'denied';
  /** What is there, or why nothing is. */
  readonly name: string;
  /** Physical address of its first byte, in a virtual space. */
  readonly pa?: number;
}

export interface MemoryQuery extends MemoryPlace {
  readonly address: number;
  readonly length: number;
}

export interface MemoryBytes {
  readonly address: number;
  /** As many as were asked for; 0 where a piece has none. */
  readonly bytes: Uint8Array;
  /** They cover what was asked for, in order. */
  readonly pieces: readonly MemoryPiece[];
  /** Of a virtual space: symbols that begin here, and before them the one that holds the first byte. */
  readonly symbols: readonly { readonly address: number; readonly name: string }[];
}

export interface SearchQuery extends MemoryPlace {
  /** Where it goes on: the first candidate, or, backwards, the last one. */
  readonly from: number;
  /** Candidates are in `[first, end)`. */
  readonly first: number;
  readonly end: number;
  readonly backwards: boolean;
  readonly pattern: Uint8Array;
  /** Letters A to Z are found in either case. */
  readonly anyCase: boolean;
  /** Candidates are multiples of this. */
  readonly align: 1 | 2 | 4;
}

export interface SearchResult {
  /** Of the first match. */
  readonly found?: number;
  /** Where the next question goes on; absent when all was looked at. */
  readonly next?: number;
}

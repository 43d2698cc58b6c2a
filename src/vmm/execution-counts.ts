/**
 * Counts how often single instructions of analysed code execute, for as long as somebody looks: each gets a patch under which it runs as it is and is
 * counted by the engine. Nothing of the guest changes, and what nobody looks at costs nothing. Owns these patches; what traps is the patcher's.
 */
import { PatchKind } from '../arm/engine.js';
import type { Patch } from '../mem/ports.js';
import type { Plant } from './planting.js';
import { GUEST_KERNEL } from './shadow.js';
import type { AnalysisMap, Block } from './sites.js';

/** Instructions that are counted at most: some of each block that fits into a picture. */
export const COUNTED_MOST = 1024;

/** An instruction of analysed code. */
export interface CountedPlace {
  readonly pa: number;
  readonly thumb: number;
  /** Bytes. */
  readonly length: number;
  readonly word: number;
}

export class ExecutionCounts {
  readonly #patches = new Map<number, Patch>();

  constructor(
    private readonly plant: Plant,
    private readonly map: AnalysisMap,
  ) {}

  /** Instructions that are counted now. */
  get size(): number {
    return this.#patches.size;
  }

  /**
   * Counts these from now on, and no others: those that were counted before go on counting. Callback sites have counts of their own, and code that is
   * not analysed has none; both are left out.
   */
  watch(places: readonly CountedPlace[]): void {
    const wanted = new Map<number, CountedPlace>();
    for (const place of places.slice(0, COUNTED_MOST)) wanted.set(keyOf(place), place);
    for (const [key, patch] of this.#patches) if (!wanted.has(key)) this.#remove(key, patch);
    for (const [key, place] of wanted) if (!this.#patches.has(key)) this.#install(key, place);
  }

  /** Executions since it was first watched, its condition having held; undefined for what is not counted. The engine's counters must have been flushed. */
  at(pa: number, thumb: number): number | undefined {
    return this.#patches.get(keyOf({ pa, thumb }))?.count;
  }

  /** A block is dropped: nothing of it may be left. */
  forget({ pa, thumb, length }: Block): void {
    if (this.#patches.size === 0) return;
    for (const [key, patch] of this.#patches) {
      if (patch.thumb === thumb && patch.pa >= pa && patch.pa < pa + length) this.#remove(key, patch);
    }
  }

  clear(): void {
    for (const [key, patch] of this.#patches) this.#remove(key, patch);
  }

  #install(key: number, { pa, thumb, length, word }: CountedPlace): void {
    if (this.map.siteAt(pa, thumb) !== undefined || this.map.blockAt(pa, thumb) === undefined) return;
    const patch: Patch = {
      pa,
      thumb,
      context: GUEST_KERNEL,
      length,
      original: word,
      planted: word,
      kind: PatchKind.counted,
      count: 0,
    };
    this.#patches.set(key, patch);
    this.plant.install(patch);
  }

  #remove(key: number, patch: Patch): void {
    this.#patches.delete(key);
    this.plant.remove(patch);
  }
}

function keyOf({ pa, thumb }: Pick<CountedPlace, 'pa' | 'thumb'>): number {
  return pa * 2 + thumb;
}

/**
 * How often execution has arrived at slots by branches: tier 0 counts down a word of each slot (fragments.ts), and asks here when it has come to
 * nothing. Owns those counts, and how much is enough. Knows no region.
 */
import { slotRegion } from './table.js';

/** How often is often enough. */
export interface HeatOptions {
  /** Arrivals by branches after which a slot becomes a region. At 1 it does so at once: for tests. */
  readonly threshold: number;
  /**
   * As many times the threshold are wanted while nothing has been translated, and fewer the more has been: 1 if not given.
   * PERF: the first instructions are translated by a generator that the host has not compiled yet, at thirty times the cost of later ones, and what a
   * boot executes some thousand times does not bring that in (U-Boot: 43 regions took 115 ms of 430; bigcode: 42 of 650).
   */
  readonly timesAtFirst?: number | undefined;
}

/** Instructions after which the host has compiled the generator. */
const WARM = 1500;
/** Arrivals at a slot that has a region, after which it is seen whether it has the one that is wanted. */
const LEAST_ARRIVALS = 256;

export class Heat {
  /** How often the threshold was reached at slots of which that was not enough. */
  readonly #reached = new Map<number, number>();

  /** @param u16 the memory */
  constructor(
    private readonly u16: Uint16Array,
    private readonly options: HeatOptions,
  ) {}

  /** Nobody has arrived at a slot yet. */
  restart(slot: number): void {
    this.#reached.delete(slot);
    this.u16[slotRegion(slot) / 2] = this.options.threshold;
  }

  /** A region begins at a slot: it is counted on, for other addresses and code keys. */
  countOn(slot: number): void {
    this.#reached.delete(slot);
    this.u16[slotRegion(slot) / 2] = Math.max(this.options.threshold, LEAST_ARRIVALS);
  }

  /** A region of a slot is on its way: its count comes to nothing again only when it has gone round. */
  rest(slot: number): void {
    this.u16[slotRegion(slot) / 2] = 0;
  }

  /** A slot's count has come to nothing: whether it is hot, now that so many instructions have been translated. It is counted on if not. */
  isHot(slot: number, translated: number): boolean {
    const { threshold, timesAtFirst = 1 } = this.options;
    const times = (this.#reached.get(slot) ?? 0) + 1;
    this.#reached.delete(slot);
    if (times >= timesAtFirst * (1 - translated / WARM)) return true;
    this.#reached.set(slot, times);
    this.u16[slotRegion(slot) / 2] = threshold;
    return false;
  }

  /** Whether a slot has been arrived at more than by chance. */
  isTarget(slot: number): boolean {
    const { threshold } = this.options;
    const left = this.u16[slotRegion(slot) / 2];
    return left > threshold || left <= threshold - Math.ceil(threshold / 64) || this.#reached.has(slot);
  }

  /** Whether a slot is on its way to become hot. */
  isWarm(slot: number): boolean {
    const { threshold } = this.options;
    return this.u16[slotRegion(slot) / 2] <= threshold - (threshold >> 3) || this.#reached.has(slot);
  }
}

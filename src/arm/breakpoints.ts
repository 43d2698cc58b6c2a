/**
 * Addresses at which an engine stops before it executes the instruction there. One set serves all engines: they ask `has` when they decode
 * (or before each instruction) and forget what they decoded when told of a change. Keyed by virtual address; what kind of breakpoint it
 * is, and whether its condition holds, is for those who put it there to know.
 */

/** Told the virtual address (u32) whose breakpoint came or went. */
export type BreakpointListener = (va: number) => void;

export class CodeBreakpoints {
  readonly #addresses = new Set<number>();
  readonly #listeners: BreakpointListener[] = [];

  /** Number of addresses. Zero lets an engine skip the question. */
  get size(): number {
    return this.#addresses.size;
  }

  /** Stops before the instruction at `va` (bit 0 is ignored). Adding twice is adding once. */
  add(va: number): void {
    const address = (va & ~1) >>> 0;
    if (this.#addresses.has(address)) return;
    this.#addresses.add(address);
    this.#notify(address);
  }

  delete(va: number): void {
    const address = (va & ~1) >>> 0;
    if (this.#addresses.delete(address)) this.#notify(address);
  }

  /** Removes every breakpoint. */
  clear(): void {
    for (const va of [...this.#addresses]) this.delete(va);
  }

  has(va: number): boolean {
    return this.#addresses.has(va >>> 0);
  }

  /** All addresses (u32), in no particular order. */
  addresses(): IterableIterator<number> {
    return this.#addresses.values();
  }

  /** Calls `listener` after each change. Engines register once, for life. */
  onChange(listener: BreakpointListener): void {
    this.#listeners.push(listener);
  }

  #notify(va: number): void {
    for (const listener of this.#listeners) listener(va);
  }
}
